import { isObject, objectOf, type Json, type JsonObject } from "../json.ts";
import type { LedgerAccount } from "../ledger.ts";
import { Refusal } from "./errors.ts";
import type { Work } from "./kind.ts";
import type { Referent } from "./records.ts";

/** The group names the service uses in its texts. */
const groups: Readonly<Record<string, string>> = {
  Account: "Accounts",
  Class: "Klasses",
  Department: "Depts",
  Vendor: "Names",
  Customer: "Names",
  Employee: "Names",
  Item: "Items",
  Term: "Terms",
  TaxCode: "TaxCodes",
};

const inactiveText =
  "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.";

/** The row that `value` refers to; null when there is no reference. */
export function resolve(work: Work, entity: string, value: Json | undefined): Referent | null {
  const id = isObject(value) ? value["value"] : undefined;
  if (typeof id !== "string") return null;
  const { company, records } = work;
  const found = records.referent(company.key, entity, id);
  if (found === null) throw new Refusal("2500", `Invalid Reference Id : ${groups[entity] ?? entity} element id ${id} not found`);
  if (!found.active) throw new Refusal(company.switches.inactiveReferenceCode, `Invalid Reference Id : ${inactiveText}`);
  return found;
}

export function toRef(referent: Referent): JsonObject {
  return { value: referent.id, name: referent.name };
}

/** An optional reference as a member to spread: absent when there is none. */
export function refMember(name: string, referent: Referent | null): JsonObject {
  return referent === null ? {} : { [name]: toRef(referent) };
}

export function ledgerAccount(referent: Referent): LedgerAccount {
  return { id: referent.id, number: referent.number, name: referent.name };
}

/** Class and department of a leg, by name. */
export function dimensionsOf(klass: Referent | null, department: Referent | null): Record<string, string> {
  return { ...(klass === null ? {} : { class: klass.name }), ...(department === null ? {} : { department: department.name }) };
}

/** A class on a line or header; with tracking off it is dropped, or refused where the switch says so. */
export function resolveClass(work: Work, value: Json | undefined, level: "line" | "transaction"): Referent | null {
  const { rules, switches } = work.company;
  const isTracked = level === "line" ? rules.classPerLine : rules.classPerTransaction;
  if (isTracked) return resolve(work, "Class", value);
  const isSent = typeof objectOf(value)["value"] === "string";
  if (isSent && switches.classWhenTrackingOff === "5020")
    throw new Refusal("5020", "Permission Denied Error : Class tracking is turned off");
  return null;
}

export function resolveDepartment(work: Work, value: Json | undefined): Referent | null {
  return work.company.rules.departments ? resolve(work, "Department", value) : null;
}

/** The company's own receivable, payable or other account: the active one of that type and currency with the lowest number. */
export function defaultAccount(work: Work, by: { kind?: string; subkind?: string; currency?: string }): Referent | null {
  const { storage, records, company } = work;
  const row = storage.get(
    `SELECT id FROM qbo_records WHERE company = ? AND entity = 'Account' AND active = 1 AND (? IS NULL OR kind = ?) AND (? IS NULL OR subkind = ?)
       AND body ->> '$.CurrencyRef.value' = ? ORDER BY number IS NULL, number, CAST(id AS INTEGER) LIMIT 1`,
    ...[company.key, by.kind ?? null, by.kind ?? null, by.subkind ?? null, by.subkind ?? null, by.currency ?? "USD"],
  );
  return row === undefined ? null : records.referent(company.key, "Account", String(row["id"]));
}
