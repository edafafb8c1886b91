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
