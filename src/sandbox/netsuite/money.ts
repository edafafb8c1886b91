import { multiply, type Decimal } from "../../core/money.ts";
import type { Json } from "../json.ts";
import { decimalOf, minorOf, toAmount, toMinor } from "../amount.ts";
import type { Line } from "./kind.ts";

export { decimalOf, minorOf, toAmount };

/** Quantity times rate, in cents. */
export function extended(quantity: Json | undefined, rate: Json | undefined): bigint {
  const one = decimalOf(quantity);
  const other = decimalOf(rate);
  return one === null || other === null ? 0n : toMinor({ units: one.units * other.units, scale: one.scale + other.scale });
}

/** Cents of one currency in another. */
export function converted(minor: bigint, rate: Decimal): bigint {
  return multiply({ units: minor, scale: 2 }, rate, "USD");
}

function magnitude(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}

/** Cents in the currency of the subsidiary, line by line; what rounding leaves goes to the main line, or else to the largest. */
export function baseAmounts(lines: readonly Line[], rate: Decimal): bigint[] {
  const base = lines.map(({ minor, baseMinor }) => baseMinor ?? converted(minor, rate));
  const over = base.reduce((sum, minor) => sum + minor, 0n);
  if (over === 0n || lines.reduce((sum, { minor }) => sum + minor, 0n) !== 0n) return base;
  const main = lines.findIndex(({ isMain }) => isMain);
  const largest = base.reduce((at, minor, index) => (magnitude(minor) > magnitude(base[at] ?? 0n) ? index : at), 0);
  const at = main < 0 ? largest : main;
  base[at] = (base[at] ?? 0n) - over;
  return base;
}
