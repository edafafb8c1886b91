import type { CustomerCredit } from "../events.ts";
import { type Draft, draftLines } from "./draft.ts";

/** The codes of the invoice, turned round: the amounts are positive and the document is the sign. */
export function draftCustomerCredit(event: CustomerCredit): Draft {
  return { lines: draftLines(event, 1), counterSuffix: "-C" };
}
