import { deposit, transfer } from "./deposits.ts";
import { journalEntry } from "./journal-entry.ts";
import type { Kind } from "./kind.ts";
import { account, department, item, klass, term } from "./lists.ts";
import { customer, employee, vendor } from "./names.ts";
import { attachable, budget, exchangeRate, taxCode } from "./plain-kinds.ts";
import { billPayment, payment } from "./payments.ts";
import { bill, purchase, vendorCredit } from "./purchases.ts";
import { creditMemo, invoice } from "./sales.ts";

export const kinds: readonly Kind[] = [
  ...[journalEntry, bill, vendorCredit, purchase, invoice, creditMemo],
  ...[payment, billPayment, deposit, transfer],
  ...[vendor, customer, employee, account, klass, department, item, term],
  ...[budget, attachable, taxCode, exchangeRate],
];

const byPath = new Map(kinds.map((kind) => [kind.name.toLowerCase(), kind]));

/** The entity of a path segment, which is lower case and case-sensitive. */
export function kindOfPath(segment: string): Kind | null {
  return byPath.get(segment) ?? null;
}

/** The entity of a name, in whatever case: queries and change data capture do not care. */
export function kindOfName(name: string): Kind | null {
  return byPath.get(name.toLowerCase()) ?? null;
}
