import type { Finding } from "../core/finding.ts";
import type { Tx } from "../store/database.ts";
import type { LaneContext } from "./lane-context.ts";
import type { Draft } from "./plan.ts";

/** What a checker may know of the lane. It reads, and reserves where that is its business; it never asks the books themselves. */
export type CheckContext = Pick<LaneContext, "parts" | "organizationId" | "books" | "reference">;

/** One kind of question about drafts that needs more than the draft itself: what is stored, and what stands beside it in the slice. */
export interface Checker {
  readonly name: string;
  /**
   * What it finds, by event id. It is handed every draft of the slice that may post something, in order, with the findings
   * of the checkers before it. It runs in the transaction that prepares the events.
   */
  readonly run: (tx: Tx, context: CheckContext, drafts: readonly Draft[]) => Promise<ReadonlyMap<string, readonly Finding[]>>;
}

/** In this order: what costs least first, what reserves last. */
const checkers: readonly Checker[] = [];

/** Asks every checker about the drafts of a slice. Answers all findings of each event, those of its draft first. */
export async function checkDrafts(tx: Tx, context: CheckContext, drafts: readonly Draft[]): Promise<Map<string, Finding[]>> {
  const found = new Map(drafts.map(({ stored, findings }) => [stored.eventId, [...findings]]));
  for (const { run } of checkers) {
    const asked = drafts
      .filter(({ event }) => event.status !== "void")
      .map((draft) => ({ ...draft, findings: found.get(draft.stored.eventId)! }));
    for (const [eventId, findings] of await run(tx, context, asked)) found.get(eventId)?.push(...findings);
  }
  return found;
}
