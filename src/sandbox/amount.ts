import { formatMinor, parseDecimal, type Decimal } from "../core/money.ts";
import type { Json } from "./json.ts";

/** A JSON number (or a numeric string) as an exact decimal; null when it is none, or needs more than 12 decimals. */
export function decimalOf(value: Json | undefined): Decimal | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  const text = String(value).replace(/^(-?)0+(?=\d)/, "$1");
  const plain = /^-?\d+(\.\d+)?$/.test(text) ? text : typeof value === "number" && Math.abs(value) < 1e15 ? value.toFixed(12) : text;
  try {
    return parseDecimal(plain);
  } catch {
    return null;
  }
}

/** Cents, rounded half away from zero: the service keeps two decimals whatever was sent. */
export function toMinor({ units, scale }: Decimal): bigint {
  if (scale <= 2) return units * 10n ** BigInt(2 - scale);
  const divisor = 10n ** BigInt(scale - 2);
  const magnitude = units < 0n ? -units : units;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return units < 0n ? -rounded : rounded;
}

export function minorOf(value: Json | undefined): bigint {
  const decimal = decimalOf(value);
  return decimal === null ? 0n : toMinor(decimal);
}

/** Cents as the JSON number the service would print. */
export function toAmount(minor: bigint): number {
  return Number(formatMinor(minor, "USD"));
}
