import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { readMoney, type Money } from "./currency.ts";
import { Refusal } from "./errors.ts";
import type { Work } from "./kind.ts";
import type { Stored } from "./records.ts";
import { pacificDate } from "./time.ts";

/** How a type of transaction gets and guards its number. */
export interface Numbering {
  readonly entity: string;
  /** As error texts call it. */
  readonly display: string;
  readonly party: string | null;
  /** Gives a number to a new transaction that came without one. */
  readonly assigns: boolean;
  readonly refusesDuplicates: boolean;
}

/** Date and money of a transaction: what its accounts and its number depend on. */
export function readTerms(
  work: Work,
  draft: JsonObject,
  before: Stored | null,
  party: { currency: string } | null,
): { date: string; money: Money } {
  const date = textOf(draft["TxnDate"]) ?? textOf(before?.body["TxnDate"]) ?? pacificDate(work.atMs);
  return { date, money: readMoney(work, draft, party, date) };
}

export interface Header {
  readonly date: string;
  readonly number: string | null;
  /** Members every transaction shows. */
  readonly shown: JsonObject;
}

/** Date, number and currency of a transaction, by the company's preferences. */
export function readHeader(
  work: Work,
  draft: JsonObject,
  before: Stored | null,
  numbering: Numbering & { readonly terms: { date: string; money: Money } },
): Header {
  const { date, money } = numbering.terms;
  const number = readNumber(work, draft, before, numbering);
  return { date, number, shown: { ...(number === null ? {} : { DocNumber: number }), TxnDate: date, ...money.shown } };
}

function readNumber(work: Work, draft: JsonObject, before: Stored | null, numbering: Numbering): string | null {
  const { company, records, include } = work;
  const sent = textOf(draft["DocNumber"]);
  const wantsNext = sent === "AUTO_GENERATE" || (sent === null && before === null && (numbering.assigns || include.has("allowautodocnum")));
  if (wantsNext) return records.nextNumber(company.key, numbering.entity);
  const isNew = sent !== null && sent !== textOf(before?.body["DocNumber"]);
  if (!isNew || !numbering.refusesDuplicates || include.has("allowduplicatedocnum")) return sent;
  const { entity, party, display } = numbering;
  const holder = records.withNumber(company.key, { entity, number: sent, party, not: before?.id ?? "" });
  if (holder === null) return sent;
  const detail =
    "Duplicate Document Number Error : You must specify a different number. This number has already been used. " +
    `DocNumber=${sent} is assigned to TxnType=${display} with TxnId=${holder}`;
  throw new Refusal("6140", detail, "DocNumber");
}

/** Line ids: known ones stay, new lines count on from the highest. Journal entries start at 0, all others at 1. */
export function lineIds(lines: readonly JsonObject[], before: Stored | null, first: number): string[] {
  const known = new Set(listOf(before?.body["Line"]).map((line) => objectOf(line)["Id"]));
  let next = first;
  for (const id of known) if (typeof id === "string") next = Math.max(next, Number(id) + 1);
  const used = new Set<string>();
  return lines.map((line) => {
    const id = line["Id"];
    if (typeof id === "string" && known.has(id) && !used.has(id)) {
      used.add(id);
      return id;
    }
    return String(next++);
  });
}

/** Lines that carry money: subtotals are the service's own and come back as it likes. */
export function moneyLines(draft: JsonObject): JsonObject[] {
  return listOf(draft["Line"])
    .map(objectOf)
    .filter((line) => line["DetailType"] !== "SubTotalLineDetail");
}
