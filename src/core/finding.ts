/** How much a finding stops: `block` until the data is mended, `hold` until a person releases it, `warn` not at all. */
export type Severity = "block" | "hold" | "warn";

/** Something a person must know about an event or a document. Findings are values: all of them are collected and shown. */
export interface Finding {
  /** Stable, snake_case: `code_unmapped`, `period_closed`, `party_unknown`. */
  readonly code: string;
  readonly severity: Severity;
  /** JSON pointer into the event, `/lines/2/code`; null when the whole event is meant. */
  readonly field: string | null;
  /** One sentence that says what is wrong, with the value seen. */
  readonly message: string;
  /** One sentence that says what to do next. */
  readonly fix: string;
  /** The root cause. Findings with one cause are one card in review: `code_unmapped:fuel_transaction:XYZ`. */
  readonly cause: string;
}
