/** The life of one document in one books. */
export type PostingState = "ready" | "sending" | "posted" | "uncertain" | "refused" | "superseded" | "voided";
/** The life of one event before and beside its postings. */
export type EventState = "received" | "prepared" | "posted" | "review" | "held" | "excluded" | "superseded" | "voided";

/**
 * From where a posting may come into a state. `uncertain` is left only by proof: found (posted), proved absent (ready), a
 * definite refusal, or a repetition that the provider guarantees to have one effect (sending). What was never sent or was refused
 * becomes uncertain where it may be in the books all the same: after a restore, and after a conflict. `posted` is left only by
 * an effect in the books that undoes it.
 */
const predecessors: Readonly<Record<PostingState, readonly PostingState[]>> = {
  ready: ["sending", "uncertain", "refused"],
  sending: ["ready", "uncertain"],
  posted: ["sending", "uncertain"],
  uncertain: ["sending", "ready", "refused"],
  refused: ["sending", "uncertain"],
  superseded: ["ready", "refused", "posted"],
  voided: ["ready", "refused", "posted"],
};

/** States a posting may have before it becomes `state`; the guard of every update. */
export function canBecome(state: PostingState): readonly PostingState[] {
  return predecessors[state];
}

/**
 * The key of one document in one books: a function of its identity and version, never of an attempt, so that every attempt
 * of it has the same key and no other document has.
 *
 * Shape: 40 hex characters. `sha256Hex` is handed in because core has no crypto; it must give 64 lower-case hex characters.
 */
export function postingKey(
  input: { organizationId: string; booksId: string; documentId: string; version: number },
  sha256Hex: (text: string) => string,
): string {
  const { organizationId, booksId, documentId, version } = input;
  return sha256Hex(JSON.stringify(["posting", organizationId, booksId, documentId, version])).slice(0, 40);
}

const backoffBaseMs = 1_000;
const backoffCapMs = 300_000;

/**
 * Milliseconds to wait before attempt `attempt` + 1 (attempts count from 1): exponential with full jitter, base 1 s, cap 5 min.
 * `random` is 0 up to but not including 1 and comes from the caller.
 */
export function backoffMs(attempt: number, random: number): number {
  const exponent = Math.min(Math.max(Math.floor(attempt), 1) - 1, 20);
  return Math.floor(random * Math.min(backoffCapMs, backoffBaseMs * 2 ** exponent));
}
