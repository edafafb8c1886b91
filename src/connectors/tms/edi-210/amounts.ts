import { formatMinor } from "../../../core/money.ts";

/** An amount of a 210, in hundredths. `isLiteral`: it was written with a point, so nothing was implied. */
export interface Amount {
  readonly hundredths: bigint;
  readonly isLiteral: boolean;
}

/**
 * Reads an N2 element: `278522` is 2,785.22. Senders who write `2785.22` mean what they write. Null when it is neither.
 */
export function readAmount(text: string): Amount | null {
  if (/^-?\d{1,15}$/.test(text)) return { hundredths: BigInt(text), isLiteral: false };
  const match = /^(-?)(\d{0,13})\.(\d{1,2})$/.exec(text);
  if (match === null) return null;
  const digits = BigInt(`${match[2]}${match[3]!.padEnd(2, "0")}`);
  return { hundredths: match[1] === "-" ? -digits : digits, isLiteral: true };
}

/** Hundredths as a decimal string. X12 knows two decimals, whatever the currency. */
export function amountText(hundredths: bigint): string {
  return formatMinor(hundredths, "USD");
}

/** What an invoice says about its own total, and how it was understood. */
export interface Totals {
  readonly total: bigint;
  /** Charges were written in whole units: each is a hundred times what N2 says. */
  readonly scale: bigint;
  readonly remarks: readonly string[];
}

/**
 * Cross-checks Σ L1-04 with B3-07 and L3-05. Where one of them is off by exactly a hundred, its sender wrote whole
 * dollars without a point. Any other difference is left for the event's own check of its total.
 */
export function reconcile(charges: readonly Amount[], billed: Amount | null, summary: Amount | null): Totals {
  const remarks: string[] = [];
  let sum = charges.reduce((total, charge) => total + charge.hundredths, 0n);
  let scale = 1n;
  let total = billed?.hundredths ?? null;
  if (total !== null && total !== sum && !billed!.isLiteral && total * 100n === sum) {
    remarks.push(`B3-07 is ${billed!.hundredths} in whole units, without its two implied decimals`);
    total = sum;
  } else if (total !== null && total !== sum && charges.every((charge) => !charge.isLiteral) && sum * 100n === total) {
    remarks.push("L1-04 is in whole units, without its two implied decimals");
    scale = 100n;
    sum = total;
  }
  if (total === null) remarks.push(`B3-07 has no amount; the total is taken from ${summary === null ? "the L1 charges" : "L3-05"}`);
  total ??= summary?.hundredths ?? sum;
  const stated = summary === null ? null : summary.hundredths * (summary.isLiteral ? 1n : scale);
  if (stated !== null && stated !== total && stated * 100n !== total) {
    remarks.push(`L3-05 says ${amountText(stated)}, B3-07 says ${amountText(total)}`);
  }
  return { total, scale, remarks };
}
