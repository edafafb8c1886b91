import { formatMinor, multiply, parseDecimal, parseMoney } from "../core/money.ts";

export const currency = "USD";

/** Cents as a decimal string. */
export function usd(minor: bigint): string {
  return formatMinor(minor, currency);
}

/** A decimal string as cents. */
export function cents(text: string): bigint {
  return parseMoney(text, currency).minor;
}

/** A whole number of `10^-scale` as a decimal string: 3659, 3 → `3.659`. */
export function decimal(units: number, scale: number): string {
  const text = String(units).padStart(scale + 1, "0");
  return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/** Quantity × price in cents, rounded once. */
export function priced(quantity: string, unitPrice: string): bigint {
  return multiply(parseDecimal(quantity), parseDecimal(unitPrice), currency);
}

/** A share of an amount, rounded half up to the cent: 75 percent is `75n, 100n`. */
export function share(minor: bigint, part: bigint, whole: bigint): bigint {
  return (minor * part * 2n + whole) / (whole * 2n);
}

export function sumOf<T>(list: readonly T[], minor: (item: T) => bigint): bigint {
  return list.reduce((sum, item) => sum + minor(item), 0n);
}
