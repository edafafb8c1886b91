import { type Decimal, minorDigitsOf, parseDecimal } from "../money.ts";

/** Below zero when `a` is less than `b`, above when it is more, 0 when they are equal. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = unitsAt(a, scale) - unitsAt(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isAbove(a: Decimal, b: Decimal): boolean {
  return compareDecimals(a, b) > 0;
}

export function isBelow(a: Decimal, b: Decimal): boolean {
  return compareDecimals(a, b) < 0;
}

export const zero: Decimal = { units: 0n, scale: 0 };

/** An optional decimal of an event; what is missing or empty is zero. */
export function decimalOf(text: string | undefined | null): Decimal {
  return text ? parseDecimal(text) : zero;
}

/** Minor units as an exact decimal: 41134n of USD is 411.34. */
export function decimalOfMinor(minor: bigint, currency: string): Decimal {
  return { units: minor, scale: minorDigitsOf(currency) };
}

function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function minus(a: Decimal, b: Decimal): Decimal {
  return plus(a, { units: -b.units, scale: b.scale });
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function sumOf(values: readonly Decimal[]): Decimal {
  return values.reduce(plus, zero);
}

export function magnitude(value: Decimal): Decimal {
  return value.units < 0n ? { units: -value.units, scale: value.scale } : value;
}

/** `percent` of a value: 1 percent of 250 is 2.5. */
export function percentOf(value: Decimal, percent: Decimal): Decimal {
  return { units: value.units * percent.units, scale: value.scale + percent.scale + 2 };
}

/** `a` ÷ `b`, cut off after `decimals`; null for a division by zero. For messages: comparisons multiply instead. */
export function quotient(a: Decimal, b: Decimal, decimals: number): Decimal | null {
  if (b.units === 0n) return null;
  const scale = Math.max(a.scale, b.scale);
  return { units: (unitsAt(a, scale) * 10n ** BigInt(decimals)) / unitsAt(b, scale), scale: decimals };
}

/** Writes a decimal without needless zeros after the point: 112.41800 → `112.418`. */
export function showDecimal({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = scale === 0 ? digits : digits.slice(0, -scale);
  const fraction = scale === 0 ? "" : digits.slice(-scale).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
  return wanted === scale ? units : units * 10n ** BigInt(wanted - scale);
}

const litresPerGallon: Decimal = { units: 3785411784n, scale: 9 };
const litres = new Set(["l", "ltr", "lt", "litre", "litres", "liter", "liters"]);
const gallons = new Set(["gal", "gals", "gallon", "gallons", "usg"]);

export function isLitres(uom: string): boolean {
  return litres.has(uom.trim().toLowerCase());
}

export function isGallons(uom: string): boolean {
  return gallons.has(uom.trim().toLowerCase());
}

/** A volume in US gallons, to the thousandth; null when the unit is no volume we know. */
export function inGallons(quantity: { readonly value: string; readonly uom: string }): Decimal | null {
  const value = parseDecimal(quantity.value);
  if (isGallons(quantity.uom)) return value;
  return isLitres(quantity.uom) ? quotient(value, litresPerGallon, 3) : null;
}
