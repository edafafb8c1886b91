import { listOf, objectOf, textOf, type Json, type JsonObject } from "../json.ts";
import { changeTime, commitChange, commitNew } from "./commit.ts";
import { business, missing, notFound, Refusal } from "./errors.ts";
import { renameChildren } from "./hierarchy.ts";
import type { Kind, Prepared, Work } from "./kind.ts";
import { openItem, unsigned } from "./links.ts";
import { present } from "./present.ts";
import type { Stored } from "./records.ts";
import { readShape, withoutNulls, type Reading } from "./schema.ts";

/** Creates, or updates when the body names an Id: the API has one call for both. */
export function save(work: Work, kind: Kind, input: JsonObject): JsonObject {
  if (kind.isReadOnly === true) throw new Refusal("500", `Unsupported Operation : ${kind.name} cannot be written.`);
  if (kind.save !== undefined) return kind.save(work, input);
  return input["Id"] === undefined || input["Id"] === null ? create(work, kind, input) : update(work, kind, input);
}

function readingOf({ company }: Work): Reading {
  return { refuseEmoji: company.switches.refuseEmoji, refuseCardNumbers: company.switches.refuseCardNumbers };
}

function create(work: Work, kind: Kind, input: JsonObject): JsonObject {
  const draft = withoutNulls(readShape(kind.fields, input, readingOf(work)));
  const prepared = kind.prepare(work, draft, null);
  refuseClosed(work, prepared.columns.date);
  const { company, records } = work;
  const atMs = changeTime(work);
  const stored: Stored = {
    entity: kind.name,
    id: records.nextId(company.key, kind.type === "transaction" ? "transaction" : kind.name),
    sync: 0,
    body: prepared.body,
    legs: prepared.legs,
    active: prepared.active,
    deleted: false,
    createdMs: atMs,
    updatedMs: atMs,
  };
  commitNew(work, stored, prepared);
  return present(work, stored);
}

function update(work: Work, kind: Kind, input: JsonObject): JsonObject {
  const token = input["SyncToken"];
  if (token === undefined || token === null) throw missing("SyncToken");
  const clean = readShape(kind.fields, input, readingOf(work));
  const before = existing(work, kind, input);
  const draft = withoutNulls(input["sparse"] === true || input["sparse"] === "true" ? mergeSparse(before.body, clean) : clean);
  kind.guard?.(work, before, "update");
  const prepared = kind.prepare(work, draft, before);
  refuseClosed(work, textOf(before.body["TxnDate"]));
  refuseClosed(work, prepared.columns.date);
  refuseStale(before, token);
  refuseLessThanSettled(work, before, prepared);
  const stored = commitChange(work, before, { ...prepared, operation: "update" });
  const { FullyQualifiedName: fullName } = stored.body;
  if (kind.type === "list" && typeof fullName === "string" && fullName !== before.body["FullyQualifiedName"]) {
    renameChildren(work, kind.name, { id: stored.id, fullName });
  }
  return present(work, stored);
}

/** Sent members replace, null clears, absent stays. A sent line list is the new list; lines known by Id keep what was not sent. */
function mergeSparse(body: JsonObject, clean: JsonObject): JsonObject {
  const merged = { ...body, ...clean };
  if (!Array.isArray(clean["Line"])) return merged;
  const known = new Map(listOf(body["Line"]).map((line) => [objectOf(line)["Id"], objectOf(line)]));
  merged["Line"] = listOf(clean["Line"]).map((line) => {
    const id = objectOf(line)["Id"];
    return id === undefined ? line : { ...known.get(id), ...objectOf(line) };
  });
  return merged;
}

/** The live record that a body names. */
export function existing(work: Work, kind: Kind, input: JsonObject): Stored {
  const id = input["Id"];
  if (typeof id !== "string" && typeof id !== "number") throw missing("Id");
  if (!/^\d+$/.test(String(id))) throw new Refusal("2030", `Invalid ID : Id should be a valid number. Supplied value:${String(id)}`, "Id");
  const found = work.records.find(work.company.key, kind.name, String(id));
  if (found === null || found.deleted) throw notFound(kind.type);
  return found;
}

export function refuseStale(before: Stored, token: Json | undefined): void {
  if (String(token) === String(before.sync)) return;
  const detail =
    "Stale Object Error : You and root were working on this at the same time. root finished before you did, so your work was not saved.";
  throw new Refusal("5010", detail);
}

/** On or before the close date nothing may change. */
export function refuseClosed(work: Work, date: string | null | undefined): void {
  const { rules, switches } = work.company;
  if (typeof date !== "string" || rules.bookCloseDate === null || date > rules.bookCloseDate) return;
  const detail =
    "The account period has closed and the account books cannot be updated through the QBO Services API. " +
    "Please use the QBO website to make these changes.";
  throw new Refusal(switches.closedPeriodCode, detail);
}

/** What payments have settled cannot be taken away from under them. */
function refuseLessThanSettled(work: Work, before: Stored, prepared: Prepared): void {
  const item = openItem(work, before, { party: null });
  if (item === null || item.applied === 0n) return;
  const next = openItem(work, { ...before, legs: prepared.legs }, { party: null });
  const partyOf = (legs: Prepared["legs"]) => legs.find(({ isControl }) => isControl)?.party?.id;
  if (before.body["ExchangeRate"] !== prepared.body["ExchangeRate"])
    throw business("The exchange rate of a paid transaction cannot change.", "ExchangeRate");
  if (next !== null && unsigned(next.total) >= item.applied && partyOf(prepared.legs) === partyOf(before.legs)) return;
  throw business("Transactions are linked to this one. Its name cannot change, and its amount cannot be less than what was applied to it.");
}
