import { Fault } from "./errors.ts";

/** An amount in the currency's minor units (cents for USD, CAD, MXN). Signed. Never a float. */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

/** An exact decimal: `units` × 10^-`scale`. For rates, quantities and percentages. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const decimalPattern = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?$/;
/** Minor digits by ISO 4217 currency; a currency that is not listed has two. */
const minorDigits: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, CLP: 0, VND: 0, BHD: 3, KWD: 3, OMR: 3, JOD: 3, TND: 3 };

/** Digits after the point in amounts of `currency`: 2 for USD. */
export function minorDigitsOf(currency: string): number {
  return minorDigits[currency] ?? 2;
}

/**
 * Reads a decimal string such as `"3.6590"`.
 *
 * Faults: `amount_malformed` for floats written as `1e3`, thousands separators, blanks, or more than 18+12 digits.
 */
export function parseDecimal(text: string): Decimal {
  if (typeof text !== "string" || !decimalPattern.test(text)) {
    throw new Fault("amount_malformed", `"${text}" is not a decimal such as "411.34"`);
  }
  const point = text.indexOf(".");
  if (point < 0) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

/**
 * Reads a decimal string as money: `"411.34"`, `"USD"` → 41134 cents. Trailing zeros beyond the cents are allowed.
 *
 * Faults: `amount_malformed` when it is no decimal or has a fraction of a minor unit.
 */
export function parseMoney(text: string, currency: string): Money {
  const { units, scale } = parseDecimal(text);
  const digits = minorDigitsOf(currency);
  if (scale === digits) return { minor: units, currency };
  if (scale < digits) return { minor: units * 10n ** BigInt(digits - scale), currency };
  const divisor = 10n ** BigInt(scale - digits);
  if (units % divisor !== 0n) {
    throw new Fault("amount_malformed", `"${text}" has more than ${digits} decimals for ${currency}`);
  }
  return { minor: units / divisor, currency };
}

/** Writes minor units as a decimal string: 41134n, `"USD"` → `"411.34"`. */
export function formatMinor(minor: bigint, currency: string): string {
  const digits = minorDigitsOf(currency);
  const sign = minor < 0n ? "-" : "";
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, "0");
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** `quantity` × `rate` in minor units of `currency`, rounded once, half away from zero. */
export function multiply(quantity: Decimal, rate: Decimal, currency: string): bigint {
  const scale = quantity.scale + rate.scale - minorDigitsOf(currency);
  const product = quantity.units * rate.units;
  return scale <= 0 ? product * 10n ** BigInt(-scale) : divideRounded(product, 10n ** BigInt(scale));
}

function divideRounded(value: bigint, divisor: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return value < 0n ? -rounded : rounded;
}

/**
 * Splits `totalMinor` by `weights` (0 or more, not all 0) to the cent, largest remainder first, ties to the earlier share.
 *
 * Shape: n weights in, n shares out, same order; the shares sum to the total.
 */
export function allocate(totalMinor: bigint, weights: readonly bigint[]): bigint[] {
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0n);
  if (weightSum <= 0n) throw new Fault("amount_malformed", "There is nothing to split by: every weight is zero");
  const sign = totalMinor < 0n ? -1n : 1n;
  const magnitude = totalMinor * sign;
  const shares = weights.map((weight) => (magnitude * weight) / weightSum);
  const remainders = weights.map((weight, index) => ({ index, left: (magnitude * weight) % weightSum }));
  remainders.sort((a, b) => (a.left === b.left ? a.index - b.index : a.left > b.left ? -1 : 1));
  let open = magnitude - shares.reduce((sum, share) => sum + share, 0n);
  for (const { index } of remainders) {
    if (open === 0n) break;
    shares[index]! += 1n;
    open -= 1n;
  }
  return shares.map((share) => share * sign);
}
