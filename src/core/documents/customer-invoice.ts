import type { CustomerInvoice } from "../events.ts";
import { type Draft, draftLines } from "./draft.ts";

/** Revenue by code; discounts and adjustments come negative and make a credit memo beside the invoice. */
export function draftCustomerInvoice(event: CustomerInvoice): Draft {
  return { lines: draftLines(event, -1), counterSuffix: "-C" };
}
