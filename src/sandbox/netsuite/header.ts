import { textOf, type JsonObject } from "../json.ts";
import { userError } from "./errors.ts";
import type { Header } from "./kind.ts";
import { decimalOf } from "./money.ts";
import { postingPeriod } from "./periods.ts";
import { requireFields } from "./read-body.ts";
import type { Stored } from "./records.ts";
import { invalidField, referent } from "./references.ts";
import { localDay } from "./sql-dates.ts";
import { isAllowedIn, isInSubsidiary } from "./subsidiaries.ts";
import type { RecordType } from "./types.ts";
import type { Work } from "./work.ts";

/** What a type brings to its header. */
export interface HeaderOrder {
  readonly type: RecordType;
  readonly lock: "ap" | "ar" | "none";
  /** Vendor, customer or employee the document is with. */
  readonly entity: Stored | null;
  /** Names of fields the type cannot do without. */
  readonly required: readonly string[];
  /** Numbered by the account; else the number is free text. */
  readonly isNumbered: boolean;
  readonly before: Stored | null;
}

/** Looks up and checks what heads every transaction. */
export function readHeader(work: Work, draft: JsonObject, order: HeaderOrder): Header {
  const { company } = work;
  const { entity, type, lock } = order;
  requireFields(missingFields(work, draft, order));
  const subsidiary = subsidiaryOf(work, draft, entity);
  // Eliminations are journals; no other document belongs there.
  if (subsidiary.body["isElimination"] === true && type.name !== "journalEntry") {
    throw invalidField(work, subsidiary.id, "subsidiary", "subsidiary");
  }
  if (entity !== null && !isInSubsidiary(work, entity, String(subsidiary.id))) {
    throw userError(`Invalid combination of entity and subsidiary: ${entity.name}, ${subsidiary.name}.`, "subsidiary");
  }
  for (const name of ["department", "class", "location"] as const) checkClassification(work, draft, name, subsidiary);
  const date = textOf(draft["tranDate"]) ?? localDay(work.atMs, company.timeZone);
  const period = postingPeriod(work, textOf(draft["postingPeriod"]), date, lock);
  const currency = currencyOf(work, draft, entity, subsidiary);
  const rateText = rateOf(work, draft, { currency, subsidiary, date });
  const rate = decimalOf(rateText);
  if (rate === null || rate.units <= 0n) throw userError("Exchange rate must be greater than zero.", "exchangeRate");
  return { subsidiary, currency, rate, rateText, date, period, approval: approvalOf(work, draft, order), ...numbersOf(work, draft, order) };
}

function missingFields(work: Work, draft: JsonObject, { type, required, entity }: HeaderOrder): string[] {
  const { preferences } = work.company;
  const form = preferences.requiredFields[type.name];
  const wanted = [...required, ...(Array.isArray(form) ? form.map(String) : [])];
  const isMissing = (name: string) => draft[name] === undefined || draft[name] === null || draft[name] === "";
  // Where a party is missing, its subsidiary is not asked for.
  const hasParty = required.includes("entity") || required.includes("customer");
  const needsSubsidiary = preferences.oneWorld && entity === null && !hasParty && isMissing("subsidiary");
  return [...(needsSubsidiary ? ["subsidiary"] : []), ...wanted.filter(isMissing)];
}

function subsidiaryOf(work: Work, draft: JsonObject, entity: Stored | null): Stored {
  const { preferences } = work.company;
  if (!preferences.oneWorld && draft["subsidiary"] !== undefined) {
    throw userError(
      "You do not have permissions to set a value for element subsidiary due to one of the following reasons: 2) An associated feature is disabled.",
    );
  }
  // An expense report is booked where its employee works, whatever was sent.
  const own = entity?.type === "employee" ? undefined : draft["subsidiary"];
  const found = referent(work, "subsidiary", own ?? entity?.body["subsidiary"] ?? "1");
  if (found === null) throw invalidField(work, String(draft["subsidiary"]), "subsidiary", "subsidiary");
  return found;
}

function checkClassification(work: Work, draft: JsonObject, name: "department" | "class" | "location", subsidiary: Stored): void {
  const found = referent(work, name === "class" ? "classification" : name, draft[name]);
  if (found !== null && !isAllowedIn(work, found, String(subsidiary.id))) throw invalidField(work, found.id, name, name);
}

function currencyOf(work: Work, draft: JsonObject, entity: Stored | null, subsidiary: Stored): Stored {
  const base = subsidiary.body["currency"];
  const found = referent(work, "currency", draft["currency"] ?? entity?.body["currency"] ?? base);
  if (found === null) throw invalidField(work, String(draft["currency"]), "currency", "currency");
  const list = entity?.body["currencyList"];
  const held = Array.isArray(list)
    ? list.map((row) => (row !== null && typeof row === "object" && "currency" in row ? row["currency"] : null))
    : [];
  const isHeld =
    entity === null || entity.type === "employee" || entity.body["currency"] === String(found.id) || held.includes(String(found.id));
  if (!isHeld) throw invalidField(work, found.id, "currency", "currency");
  return found;
}

function rateOf(
  work: Work,
  draft: JsonObject,
  { currency, subsidiary, date }: { currency: Stored; subsidiary: Stored; date: string },
): string {
  if (String(currency.id) === subsidiary.body["currency"]) return "1";
  if (typeof draft["exchangeRate"] === "number") return String(draft["exchangeRate"]);
  return tableRate(work, Number(subsidiary.body["currency"]), currency, date);
}

/** The newest rate of the table on or before a day. */
function tableRate(work: Work, base: number, currency: Stored, date: string): string {
  const row = work.storage.get(
    "SELECT rate FROM ns_rates WHERE company = ? AND base = ? AND currency = ? AND day <= ? ORDER BY day DESC LIMIT 1",
    ...[work.company.key, base, currency.id, date],
  );
  return String(row?.["rate"] ?? currency.body["exchangeRate"] ?? "1");
}

/** Where documents wait for approval, only a role that may approve can say that they are. */
function approvalOf(work: Work, draft: JsonObject, { type, before }: HeaderOrder): string | null {
  const hasApproval = type.shape.byName.has("approvalstatus");
  if (!hasApproval) return null;
  const { approvalRouting, mayApprove } = work.company.preferences;
  const wanted = textOf(draft["approvalStatus"]) ?? (draft["approved"] === true ? "2" : null);
  if (!approvalRouting.includes(type.name)) return wanted === "3" ? "3" : "2";
  if (mayApprove) return wanted ?? "1";
  const had = before === null ? "1" : (textOf(before.body["approvalStatus"]) ?? "1");
  if (wanted === "2" && had !== "2" && before !== null) {
    throw userError(
      "You do not have permissions to set a value for element approvalstatus due to one of the following reasons: 1) The field is read-only.",
    );
  }
  // Whatever was sent: a new document of such a role waits.
  return before === null ? "1" : (wanted ?? had);
}

/** Document numbers: ours where the account generates them, the sender's where they are free text or may be overridden. */
function numbersOf(work: Work, draft: JsonObject, { type, isNumbered, before }: HeaderOrder): Pick<Header, "tranId" | "number"> {
  const { company, records } = work;
  const number = textOf(before?.body["transactionNumber"]) ?? nextNumber(work, type);
  const sent = textOf(draft["tranId"]);
  if (!isNumbered) return { tranId: sent, number };
  if (company.preferences.allowNumberOverride && sent !== null) return { tranId: sent, number };
  const kept = textOf(before?.body["tranId"]);
  return { tranId: kept ?? `${prefixes[type.code ?? ""] ?? ""}${records.next(company.key, `tranid ${type.code}`, 1001)}`, number };
}

const prefixes: Readonly<Record<string, string>> = {
  Journal: "JE",
  CustInvc: "INV",
  CustCred: "CM",
  CustPymt: "PYMT",
  ExpRept: "EXP",
  VendPymt: "",
  Check: "",
};
const longPrefixes: Readonly<Record<string, string>> = {
  VendBill: "VENDBILL",
  VendCred: "VENDCRED",
  VendPymt: "VENDPYMT",
  Journal: "JOURNAL",
  CustInvc: "CUSTINVC",
};

function nextNumber({ company, records }: Work, { code }: RecordType): string {
  return `${longPrefixes[code ?? ""] ?? String(code).toUpperCase()}${records.next(company.key, `number ${code}`, 1)}`;
}
