/**
 * Every fault the programs foresee, with what to do about it.
 *
 * - `fix-input`: the data is wrong; a person mends it and tries again.
 * - `review`:    a person decides.
 * - `retry`:     nothing was changed over there; wait and send the same again.
 * - `confirm`:   it may already be in the books; look before sending again.
 * - `reconnect`: the connection itself must be mended first.
 */
const remedies = {
  amount_malformed: "fix-input",
  body_malformed: "fix-input",
  body_too_large: "fix-input",
  event_invalid: "fix-input",
  file_malformed: "fix-input",
  format_unknown: "fix-input",
  not_found: "fix-input",
  rule_set_invalid: "fix-input",
  idempotency_mismatch: "fix-input",
  version_behind: "retry", // Somebody published another version meanwhile.
  request_invalid: "fix-input",
  unauthorized: "reconnect",
  forbidden: "review",
  overloaded: "retry",
  // Answers of the books.
  reference_unknown: "review", // An account, item, class or party the document names is not there or inactive.
  number_taken: "confirm", // The document number is in use: perhaps by us.
  period_closed: "review",
  books_refused: "review", // A definite business refusal.
  books_readonly: "reconnect", // Subscription ended, or the user lost the right to write.
  record_stale: "review", // Somebody changed the record since we read it.
  upstream_busy: "retry", // 429, or a refusal before anything ran.
  upstream_unreachable: "retry", // No byte of the request was sent.
  upstream_silent: "confirm", // Sent, and no trustworthy answer came back.
  credentials_expired: "reconnect",
  credentials_refused: "reconnect", // Our own client id or secret is wrong.
  lease_lost: "retry",
  configuration_invalid: "fix-input",
  database_unavailable: "retry",
} as const;

export type FaultCode = keyof typeof remedies;
export type Remedy = (typeof remedies)[FaultCode];

/** A failure we foresaw. Anything else is a bug: it stays a plain Error and is logged with its stack. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly remedy: Remedy;
  /** Facts for the person who reads it: field names, the provider's code and words. Never a secret. */
  readonly details: Readonly<Record<string, string>>;
  constructor(code: FaultCode, message: string, details: Record<string, string> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = "Fault";
    this.code = code;
    this.remedy = remedies[code];
    this.details = details;
  }
}
