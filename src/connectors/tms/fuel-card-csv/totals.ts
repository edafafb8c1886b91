import { formatMinor, parseMoney } from "../../../core/money.ts";
import type { ReadPart } from "../connector.ts";
import { unreadable } from "../part.ts";
import { readNumber } from "./values.ts";

/** What the rows of a group, or of the whole file, add up to: amounts by product as the file spells it, `FEES` and `TOTALS`. */
export interface Totals {
  readonly byLabel: Map<string, bigint>;
  badRows: number;
  readonly currency: string;
}

export function noTotals(currency: string): Totals {
  return { byLabel: new Map(), badRows: 0, currency };
}

/** Adds an amount under its label and to the total. */
export function addTo(totals: Totals, label: string, minor: bigint): void {
  for (const name of [label.toUpperCase(), "TOTALS"]) totals.byLabel.set(name, (totals.byLabel.get(name) ?? 0n) + minor);
}

/** One printed total. `isComplete`: every label of its block is a product, so one we have no rows for is missing. */
export interface PrintedTotal {
  readonly scope: string;
  readonly label: string;
  readonly amount: string;
  readonly line: number;
  readonly isComplete: boolean;
}

/** Compares one printed total with ours. Outside complete blocks a label we never added up (a discount summary) is passed over. */
export function checkTotal(totals: Totals, printed: PrintedTotal): ReadPart | null {
  const { scope, label, amount, line, isComplete } = printed;
  const name = /^total/i.test(label) ? "TOTALS" : label.toUpperCase();
  const text = readNumber(amount, 2);
  const ours = totals.byLabel.get(name) ?? (name === "TOTALS" || (isComplete && name !== "") ? 0n : null);
  if (text === null || ours === null || !/^-?\d+\.\d\d$/.test(text)) return null;
  if (parseMoney(text, totals.currency).minor === ours) return null;
  const left = totals.badRows === 0 ? "" : `; ${totals.badRows} unreadable rows are left out of that sum`;
  return unreadable(`line ${line}`, {
    code: "control_total_mismatch",
    severity: "hold",
    message: `${scope} says ${label} ${text}, but its rows add up to ${formatMinor(ours, totals.currency)}${left}`,
    fix: "Ask the card company for the file again: rows are missing, doubled or changed",
    detail: name === "TOTALS" || name === "FEES" ? name.toLowerCase() : "product",
  });
}
