import { textOf, type JsonObject } from "../json.ts";
import { noteDeletion } from "./commit.ts";
import { userError } from "./errors.ts";
import { requireFields } from "./read-body.ts";
import type { Stored } from "./records.ts";
import { referent } from "./references.ts";
import type { RecordType } from "./types.ts";
import type { Work } from "./work.ts";

interface Order {
  readonly type: RecordType;
  readonly id: number;
  readonly external: string | null;
  readonly before: Stored | null;
}

/** Keeps a row of a list: party, account, classification, item. */
export function saveListRow(work: Work, draft: JsonObject, { type, id, external, before }: Order): Stored {
  const { company, records, atMs, atText } = work;
  requireFields(missingOf(work, type, draft));
  const body = completed(work, type, draft);
  const name = nameOf(work, type, body, id);
  refuseTakenName(work, type, { name, id, body });
  const stored: Stored = {
    space: type.space,
    type: type.name,
    id,
    external,
    name,
    number: textOf(body["acctNumber"]) ?? "",
    kind: textOf(body["acctType"]) ?? kindOf(type.name, body),
    inactive: body["isInactive"] === true || body["isinactive"] === true,
    body,
    createdMs: before?.createdMs ?? atMs,
    updatedMs: atMs,
  };
  if (before === null) records.insert(company.key, stored, { created: atText, updated: atText });
  else records.update(company.key, stored, atText);
  return stored;
}

function kindOf(type: string, body: JsonObject): string {
  if (type.endsWith("Item")) return itemTypes.find(([start]) => type.startsWith(start))?.[1] ?? "";
  const isMonth = type === "accountingPeriod" && body["isYear"] !== true && body["isQuarter"] !== true;
  return isMonth ? "month" : "";
}

const itemTypes = [
  ["nonInventory", "NonInvtPart"],
  ["service", "Service"],
  ["otherCharge", "OthCharge"],
] as const;

function missingOf(work: Work, type: RecordType, draft: JsonObject): string[] {
  const { oneWorld, accountNumbers, requiredFields } = work.company.preferences;
  const subsidiary = oneWorld ? ["subsidiary"] : [];
  const isPerson = draft["isPerson"] === true || (draft["companyName"] === undefined && draft["firstName"] !== undefined);
  const person = isPerson ? ["firstName", "lastName"] : ["companyName"];
  const byType: Readonly<Record<string, readonly string[]>> = {
    customer: [...person, ...subsidiary],
    vendor: [...person, ...subsidiary],
    employee: ["firstName", "lastName", ...subsidiary],
    account: ["acctName", "acctType", ...(accountNumbers ? ["acctNumber"] : []), ...subsidiary],
    department: ["name", ...subsidiary],
    classification: ["name", ...subsidiary],
    location: ["name", ...subsidiary],
    term: ["name"],
    currency: ["name", "symbol", "exchangeRate"],
    expenseCategory: ["name", "expenseacct"],
    vendorSubsidiaryRelationship: ["entity", "subsidiary"],
    customerSubsidiaryRelationship: ["entity", "subsidiary"],
    budgetImport: ["year", "account"],
  };
  const ofItem = [
    "itemId",
    ...(type.name.includes("Sale") || type.name.includes("Resale") ? ["incomeAccount"] : []),
    ...(type.name.includes("Purchase") || type.name.includes("Resale") ? ["expenseAccount"] : []),
    ...subsidiary,
  ];
  const wanted = type.space === "item" ? ofItem : (byType[type.name] ?? []);
  const form = requiredFields[type.name];
  return [...wanted, ...(Array.isArray(form) ? form.map(String) : [])].filter((name) => {
    const value = draft[name];
    return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  });
}

/** What the account fills in by itself. */
function completed(work: Work, type: RecordType, draft: JsonObject): JsonObject {
  const body = Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== null));
  if (type.space !== "entity") return body;
  const subsidiary = referent(work, "subsidiary", body["subsidiary"] ?? "1");
  const isPerson = body["isPerson"] === true || (body["companyName"] === undefined && body["firstName"] !== undefined);
  const currency = body["currency"] ?? subsidiary?.body["currency"] ?? "1";
  const status = type.name === "customer" ? { entityStatus: body["entityStatus"] ?? "13" } : {};
  return { ...body, subsidiary: body["subsidiary"] ?? "1", currency, ...(type.name === "employee" ? {} : { isPerson }), ...status };
}

function nameOf({ records, company }: Work, type: RecordType, body: JsonObject, id: number): string {
  if (type.name === "accountingPeriod") return `${String(body["startDate"])}~${String(body["periodName"])}`;
  if (type.space !== "entity") return textOf(body["name"]) ?? textOf(body["acctName"]) ?? textOf(body["itemId"]) ?? `${type.name} ${id}`;
  const person = [body["firstName"], body["lastName"]].filter((part) => typeof part === "string").join(" ");
  const own = textOf(body["entityId"]);
  const name =
    own ?? textOf(body["companyName"]) ?? (person === "" ? `${type.name} ${records.next(company.key, "entity number", 1)}` : person);
  body["entityId"] = name;
  return name;
}

function refuseTakenName(work: Work, type: RecordType, { name, id, body }: { name: string; id: number; body: JsonObject }): void {
  if (type.space === "entity") {
    const taken = work.records.withName(work.company.key, "entity", name);
    if (taken !== null && taken.id !== id) {
      throw userError(
        `A ${taken.type} record with this ID already exists. You must enter a unique ${type.name} ID for each record you create.`,
        "entityId",
      );
    }
  }
  const number = body["acctNumber"];
  if (type.name !== "account" || typeof number !== "string") return;
  const row = work.storage.get(
    "SELECT id FROM ns_records WHERE company = ? AND space = 'account' AND number = ? AND id <> ?",
    ...[work.company.key, number, id],
  );
  if (row !== undefined) throw userError(`An account with the number ${number} already exists.`, "acctNumber");
}

/** A row that documents use can only be made inactive. */
export function removeListRow(work: Work, before: Stored): void {
  const { storage, company, records, atText } = work;
  const column = before.space === "entity" ? "entity" : before.space === "classification" ? "class" : before.space;
  const isDimension = ["account", "entity", "department", "class", "location", "item", "subsidiary"].includes(column);
  const used = isDimension
    ? storage.get(`SELECT 1 AS found FROM ns_lines WHERE company = ? AND ${column} = ? LIMIT 1`, company.key, before.id)
    : undefined;
  if (used !== undefined) throw userError("This record cannot be deleted because it has dependent records and is in use.");
  records.remove(company.key, before);
  noteDeletion(work, before, atText);
}
