import type { Permit } from "../events.ts";
import { type Draft, draftPart } from "./draft.ts";

/** The permit, plate or tax itself, and the permit service's fee. */
export function draftPermit(event: Permit): Draft {
  const fee = draftPart(event, "serviceFee", { amount: event.serviceFee, sense: 1 });
  return { lines: [draftPart(event, "amount", { amount: event.amount, sense: 1 }), fee], counterSuffix: "-C" };
}
