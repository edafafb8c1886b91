import type { TollTransaction } from "../events.ts";
import { type Draft, draftPart, minorOf } from "./draft.ts";
import { formatMinor } from "../money.ts";

/** The passage net of its discount, and the service fee. A discount of its own would be a credit document of cents per passage. */
export function draftTollTransaction(event: TollTransaction): Draft {
  const net = formatMinor(minorOf(event.amount, event.currency) - minorOf(event.discount, event.currency), event.currency);
  const lines = [draftPart(event, "amount", { amount: net, sense: 1 }), draftPart(event, "fee", { amount: event.fee, sense: 1 })];
  return { lines, counterSuffix: "-C" };
}
