import type { Decimal } from "../money.ts";
import type { Limits } from "./check.ts";
import { minutesOfDay } from "./trace.ts";

/** What to do about two that look like one. */
export const excludeIt = "If it is the same, exclude one of the two; if both are right, release this one.";

/** The threshold `days` to both sides. */
export function daysAround(limits: Limits): { before: number; after: number } {
  const minutes = asNumber(limits.decimal("days")) * minutesOfDay;
  return { before: minutes, after: minutes };
}

/** A threshold of time as a number: minutes and days need no exactness. */
export function asNumber({ units, scale }: Decimal): number {
  return Number(units) / 10 ** scale;
}
