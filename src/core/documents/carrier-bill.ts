import type { CarrierBill } from "../events.ts";
import { type Draft, draftLines } from "./draft.ts";

/** Purchased transportation; recovered advances and quick-pay fees come negative and make a vendor credit beside the bill. */
export function draftCarrierBill(event: CarrierBill): Draft {
  return { lines: draftLines(event, 1), counterSuffix: "-C" };
}
