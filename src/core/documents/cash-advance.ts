import type { CashAdvance } from "../events.ts";
import { type Draft, draftPart } from "./draft.ts";

/** A receivable from whoever got the cash, and the issuer's fee. */
export function draftCashAdvance(event: CashAdvance): Draft {
  const lines = [draftPart(event, "amount", { amount: event.amount, sense: 1 }), draftPart(event, "fee", { amount: event.fee, sense: 1 })];
  return { lines, counterSuffix: "-C" };
}
