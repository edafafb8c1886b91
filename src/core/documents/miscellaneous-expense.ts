import type { MiscellaneousExpense } from "../events.ts";
import { type Draft, draftLines } from "./draft.ts";

/** A receipt by code. */
export function draftMiscellaneousExpense(event: MiscellaneousExpense): Draft {
  return { lines: draftLines(event, 1), counterSuffix: "-C" };
}
