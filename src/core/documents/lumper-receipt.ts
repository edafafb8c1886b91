import type { LumperReceipt } from "../events.ts";
import { type Draft, draftPart } from "./draft.ts";

/** What the dock crew was paid, and the fee of the way it was paid. */
export function draftLumperReceipt(event: LumperReceipt): Draft {
  const lines = [draftPart(event, "amount", { amount: event.amount, sense: 1 }), draftPart(event, "fee", { amount: event.fee, sense: 1 })];
  return { lines, counterSuffix: "-C" };
}
