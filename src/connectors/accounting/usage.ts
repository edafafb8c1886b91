/** Successful calls since the connection was opened, the way the provider meters them: each item of a batch counts. */
export interface Usage {
  readonly requests: number;
  readonly batches: number;
  /** Writes: free at QuickBooks Online ("Core"). */
  readonly writes: number;
  /** Reads, queries, reports and change data capture: metered ("CorePlus"). */
  readonly meteredReads: number;
}
