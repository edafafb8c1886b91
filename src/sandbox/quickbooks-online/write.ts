import { listOf, objectOf, textOf, type Json, type JsonObject } from "../json.ts";
import { appendWrite, type Leg } from "../ledger.ts";
import { missing, notFound, Refusal } from "./errors.ts";
import { renameChildren } from "./hierarchy.ts";
import type { Kind, Prepared, Work } from "./kind.ts";
import type { Columns, Stored } from "./records.ts";
import { present } from "./present.ts";
import { voided } from "./sales.ts";
import { readShape, withoutNulls } from "./schema.ts";

/** Creates, or updates when the body names an Id: the API has one call for both. */
export function save(work: Work, kind: Kind, input: JsonObject): JsonObject {
  return input["Id"] === undefined || input["Id"] === null ? create(work, kind, input) : update(work, kind, input);
}

function create(work: Work, kind: Kind, input: JsonObject): JsonObject {
  const draft = withoutNulls(readShape(kind.fields, input, { refuseEmoji: work.company.switches.refuseEmoji }));
  const prepared = kind.prepare(work, draft, null);
  refuseClosed(work, prepared.columns.date);
  const { company, records, atMs } = work;
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
  records.insert(company.key, { ...stored, columns: prepared.columns });
  record(work, { operation: "create", stored, columns: prepared.columns, undo: [] });
  return present(work, stored);
}

function update(work: Work, kind: Kind, input: JsonObject): JsonObject {
  const token = input["SyncToken"];
  if (token === undefined || token === null) throw missing("SyncToken");
  const clean = readShape(kind.fields, input, { refuseEmoji: work.company.switches.refuseEmoji });
  const before = existing(work, kind, input);
  const draft = withoutNulls(input["sparse"] === true || input["sparse"] === "true" ? mergeSparse(before.body, clean) : clean);
  const prepared = kind.prepare(work, draft, before);
  refuseClosed(work, textOf(before.body["TxnDate"]));
  refuseClosed(work, prepared.columns.date);
  refuseStale(before, token);
  const stored = change(work, before, { ...prepared, operation: "update" });
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
  merged["Line"] = listOf(clean["Line"]).map((line) => ({ ...known.get(objectOf(line)["Id"]), ...objectOf(line) }));
  return merged;
}

function existing(work: Work, kind: Kind, input: JsonObject): Stored {
  const id = input["Id"];
  if (typeof id !== "string" && typeof id !== "number") throw missing("Id");
  if (!/^\d+$/.test(String(id))) throw new Refusal("2030", `Invalid ID : Id should be a valid number. Supplied value:${String(id)}`, "Id");
  const found = work.records.find(work.company.key, kind.name, String(id));
  if (found === null || found.deleted) throw notFound(kind.type);
  return found;
}

function refuseStale(before: Stored, token: Json | undefined): void {
  if (String(token) === String(before.sync)) return;
  const detail =
    "Stale Object Error : You and root were working on this at the same time. root finished before you did, so your work was not saved.";
  throw new Refusal("5010", detail);
}

/** On or before the close date nothing may change. */
function refuseClosed(work: Work, date: string | null | undefined): void {
  const { rules, switches } = work.company;
  if (typeof date !== "string" || rules.bookCloseDate === null || date > rules.bookCloseDate) return;
  const detail =
    "The account period has closed and the account books cannot be updated through the QBO Services API. " +
    "Please use the QBO website to make these changes.";
  throw new Refusal(switches.closedPeriodCode, detail);
}

function change(work: Work, before: Stored, next: Prepared & { operation: string; deleted?: boolean }): Stored {
  const stored: Stored = {
    ...before,
    sync: before.sync + 1,
    body: next.body,
    legs: next.legs,
    active: next.active,
    deleted: next.deleted === true,
    updatedMs: work.atMs,
  };
  work.records.update(work.company.key, { ...stored, columns: next.columns });
  record(work, { operation: next.operation, stored, columns: next.columns, undo: before.legs });
  return stored;
}

function record(work: Work, write: { operation: string; stored: Stored; columns: Columns; undo: readonly Leg[] }): void {
  const { stored, columns, operation, undo } = write;
  appendWrite(work.storage, {
    company: work.company.key,
    atMs: work.atMs,
    operation,
    entity: stored.entity,
    id: stored.id,
    key: work.key,
    number: columns.number ?? null,
    date: columns.date ?? null,
    legs: stored.legs,
    undo,
  });
}

function columnsOf(stored: Stored): Columns {
  const { DocNumber: number, TxnDate: date, VendorRef: vendor, CustomerRef: customer, EntityRef: entity } = stored.body;
  const party = objectOf(vendor ?? customer ?? entity)["value"];
  return { number: textOf(number), date: textOf(date), party: textOf(party) };
}

/** Deletes a transaction for good; its ledger legs are taken back. Rows of name lists can only be made inactive. */
export function remove(work: Work, kind: Kind, input: JsonObject): JsonObject {
  if (kind.type === "list") throw new Refusal("500", "Unsupported Operation : Operation Delete is not supported.");
  const before = transactionToChange(work, kind, input);
  change(work, before, { operation: "delete", deleted: true, body: before.body, legs: [], columns: columnsOf(before), active: false });
  return { status: "Deleted", domain: "QBO", Id: before.id };
}

/** Voids an invoice: the paper stays, the money goes. No other entity here knows it. */
export function voidTransaction(work: Work, kind: Kind, input: JsonObject): JsonObject {
  if (kind.name !== "Invoice") throw new Refusal("500", "Unsupported Operation : Operation Void is not supported.");
  const before = transactionToChange(work, kind, input);
  const next = { operation: "void", body: voided(before.body), legs: [], columns: columnsOf(before), active: true };
  return present(work, change(work, before, next));
}

function transactionToChange(work: Work, kind: Kind, input: JsonObject): Stored {
  if (input["Id"] === undefined) throw missing("Id");
  if (input["SyncToken"] === undefined) throw missing("SyncToken");
  const before = existing(work, kind, input);
  refuseClosed(work, textOf(before.body["TxnDate"]));
  refuseStale(before, input["SyncToken"]);
  return before;
}
