import type { FuelTransaction } from "../events.ts";
import { type Draft, draftLines, draftPart } from "./draft.ts";

/** What was bought, the card's fee, and the discount that lowers what the card company asks for. */
export function draftFuelTransaction(event: FuelTransaction): Draft {
  const fees = draftPart(event, "fees", { amount: event.fees, sense: 1 });
  const discount = draftPart(event, "discount", { amount: event.discount, sense: -1 });
  return { lines: [...draftLines(event, 1), fees, discount], counterSuffix: "-C" };
}
