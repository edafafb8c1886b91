import type { Fault } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { backoffMs } from "../posting.ts";
import { conflictFound, exhausted, refusal, severalFound } from "./findings.ts";
import type { Answer, Bounds, Candidate, FoundRecord, Outcome, Verdict } from "./ports.ts";

/** Bounds of a posting's retries: after either, a person decides. */
export const attemptsMax = 500;
const openMaxMs = 24 * 3_600_000;
/** Between two look-ups of one posting, at least. */
const lookUpAgainMs = 1_000;

const nothing = { waitMs: 0, settlesInMs: 0, record: null, adopted: false, faultCode: null, faultMessage: null } as const;

/** When something was sent, and a throw of the dice. `leftAgoMs` is null when no byte left. */
export interface Sent {
  readonly leftAgoMs: number | null;
  readonly random: number;
}

/**
 * What an answer means. Posted: done. Surely not sent, or refused for a while: ready again, later. A definite refusal:
 * refused, to review. Anything else may be in the books: uncertain, looked up at once. What was a repetition is ready again
 * only when the attempt before it is settled too.
 */
export function decideAnswer(posting: Candidate, answer: Answer, sent: Sent, bounds: Bounds): Verdict {
  const base = { ...nothing, postingId: posting.postingId, from: "sending" } as const;
  if ("posted" in answer) return { outcome: { ...base, state: "posted", record: answer.posted }, finding: null };
  const { fault, retryAfterMs } = answer;
  const failed = { ...base, faultCode: fault.code, faultMessage: fault.message };
  if (fault.remedy === "confirm") {
    const settlesInMs = Math.max(posting.settledInMs, settlesAfter(fault, sent, bounds));
    return { outcome: { ...failed, state: "uncertain", settlesInMs }, finding: null };
  }
  if (fault.remedy !== "retry" && fault.remedy !== "reconnect") return refuse(failed, refusal(fault));
  const waitMs = retryAfterMs ?? backoffMs(posting.attempts + 1, sent.random);
  // This time surely not sent; the time before is still unknown.
  if (posting.settledInMs > 0)
    return { outcome: { ...failed, state: "uncertain", waitMs, settlesInMs: posting.settledInMs }, finding: null };
  if (isExhausted(posting, 1)) return refuse(failed, exhausted(posting.attempts + 1, fault.code, fault.message));
  return { outcome: { ...failed, state: "ready", waitMs }, finding: null };
}

/** How long a request that was not answered usefully may still change the books, as far as look-ups can see. */
function settlesAfter(fault: Fault, { leftAgoMs }: Sent, { executionLimitMs, lookUpLagMs = 0 }: Bounds): number {
  // They answered: it is over. Whoever has the number may just have got it.
  if (fault.code === "number_taken") return lookUpLagMs;
  return Math.max(0, executionLimitMs - (leftAgoMs ?? 0)) + lookUpLagMs;
}

/**
 * What a look-up means. One record with our content and mark: adopted. While an attempt may still be running over there a
 * look-up proves nothing else: absent, and taken by somebody else, are believed only afterwards. Then nothing found is proof of
 * absence, and it is ready again with the same key; anything else is for a person. Null: send it again now, the provider
 * guarantees that the key has one outcome.
 */
export function decideSearch(posting: Candidate, found: readonly FoundRecord[], random: number, bounds: Bounds): Verdict | null {
  const base = { ...nothing, postingId: posting.postingId, from: "uncertain" } as const;
  const same = found.filter((record) => record.sameContent && record.active);
  const marked = same.filter((record) => record.ours);
  const isSettled = posting.settledInMs <= 0;
  const ours = marked.length > 0 || !isSettled ? marked : same;
  if (ours.length === 1) return { outcome: { ...base, state: "posted", record: ours[0]!, adopted: true }, finding: null };
  if (!isSettled) return mayReplay(posting, found, bounds) ? null : { outcome: askAgain(base, posting, random), finding: null };
  if (ours.length > 1) return refuse(base, severalFound(posting.key, ours));
  if (found.length > 0) return refuse(base, conflictFound(posting.key, found[0]!));
  if (isExhausted(posting, 0)) {
    return refuse(base, exhausted(posting.attempts, "upstream_silent", "no answer, and a look-up found nothing"));
  }
  const faultMessage = "Proved absent: it is sent again with the same key";
  return { outcome: { ...base, state: "ready", faultMessage }, finding: null };
}

function askAgain(base: Omit<Outcome, "state">, posting: Candidate, random: number): Outcome {
  const waitMs = Math.min(posting.settledInMs, backoffMs(posting.attempts, random) + lookUpAgainMs);
  return {
    ...base,
    state: "uncertain",
    waitMs,
    settlesInMs: posting.settledInMs,
    faultCode: "upstream_silent",
    faultMessage: "Sent, not heard of, and not found in the books yet",
  };
}

function mayReplay({ firstSentAgoMs }: Candidate, found: readonly FoundRecord[], { replayMs = 0 }: Bounds): boolean {
  return found.length === 0 && firstSentAgoMs !== null && firstSentAgoMs < replayMs;
}

function isExhausted({ attempts, openForMs }: Candidate, underWay: number): boolean {
  return attempts + underWay >= attemptsMax || openForMs > openMaxMs;
}

function refuse(base: Omit<Outcome, "state">, finding: Finding): Verdict {
  const told = base.faultCode === null ? { faultCode: finding.code, faultMessage: finding.message } : {};
  return { outcome: { ...base, ...told, state: "refused" }, finding };
}
