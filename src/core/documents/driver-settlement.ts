import type { DriverSettlement } from "../events.ts";
import { type Draft, draftLines, draftPart } from "./draft.ts";

/**
 * Pay and deductions, each on its own line: a contractor may ask what was charged back and why. A shortfall carried out is
 * a receivable from the payee; what was carried in settles the earlier one.
 */
export function draftDriverSettlement(event: DriverSettlement): Draft {
  const { carryForwardIn, carryForwardOut } = event.totals;
  const carried = [
    { ...draftPart(event, "carryForwardIn", { amount: carryForwardIn, sense: 1 }), from: "/totals/carryForwardIn" },
    { ...draftPart(event, "carryForwardOut", { amount: carryForwardOut, sense: 1 }), from: "/totals/carryForwardOut" },
  ];
  return { lines: [...draftLines(event, 1), ...carried], counterSuffix: "-D" };
}
