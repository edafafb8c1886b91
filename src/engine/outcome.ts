import type { FoundRecord, PostResult } from "../connectors/accounting/connector.ts";
import type { Fault } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { backoffMs } from "../core/posting.ts";
import type { OpenPosting, PostingOutcome } from "../store/postings.ts";

/** Bounds of a posting's retries: after either, a person decides. */
export const attemptsMax = 500;
const retryHoursMax = 24;

/** A posting's next step, and what people must know about it. */
export interface Verdict {
  readonly outcome: PostingOutcome;
  readonly finding: Finding | null;
}

/** The moment of a decision. */
export interface Moment {
  readonly now: Date;
  readonly random: number;
}

const unchanged = { nextAt: null, providerId: null, providerVersion: null, url: null, adopted: false, faultCode: null, faultMessage: null };

/**
 * What an answer means. Posted: done. Surely not sent or refused for a while: ready again, later. A definite refusal:
 * refused, to review. Anything else may be in the books: uncertain, looked up at once.
 */
export function verdictOf(posting: OpenPosting, result: PostResult, moment: Moment, openUrl: (providerId: string) => string): Verdict {
  const from = "sending" as const;
  const base = { ...unchanged, postingId: posting.postingId, from };
  if ("posted" in result) return { outcome: { ...base, ...inBooks(result.posted, openUrl), state: "posted" }, finding: null };
  const { fault, retryAfterMs } = result;
  const failed = { ...base, faultCode: fault.code, faultMessage: fault.message };
  if (fault.remedy === "confirm") return { outcome: { ...failed, state: "uncertain", nextAt: moment.now }, finding: null };
  if (fault.remedy === "retry" || fault.remedy === "reconnect") {
    if (isExhausted(posting, moment.now)) return { outcome: { ...failed, state: "refused" }, finding: exhausted(posting, fault) };
    const wait = retryAfterMs ?? backoffMs(posting.attempts + 1, moment.random);
    return { outcome: { ...failed, state: "ready", nextAt: new Date(moment.now.getTime() + wait) }, finding: null };
  }
  return { outcome: { ...failed, state: "refused" }, finding: findingOf(fault) };
}

function inBooks(record: FoundRecord, openUrl: (providerId: string) => string) {
  return { providerId: record.providerId, providerVersion: record.version, url: openUrl(record.providerId) };
}

/**
 * What a look-up means. One record with our content: adopted. None: proof of absence only when the provider cannot be
 * executing the request any more; then it is ready again with the same key. Anything else is for a person.
 */
export function verdictOfSearch(
  posting: OpenPosting,
  found: readonly FoundRecord[],
  moment: Moment,
  provider: { executionLimitMs: number; openUrl: (providerId: string) => string },
): Verdict {
  const base = { ...unchanged, postingId: posting.postingId, from: "uncertain" as const };
  const same = found.filter((record) => record.sameContent && record.active);
  const marked = same.filter((record) => record.ours);
  const ours = marked.length > 0 ? marked : same;
  if (ours.length === 1)
    return { outcome: { ...base, ...inBooks(ours[0]!, provider.openUrl), state: "posted", adopted: true }, finding: null };
  if (ours.length > 1) return refuse(base, severalFound(posting, ours));
  if (found.length > 0) return refuse(base, otherFound(posting, found[0]!));
  const provedAt = (posting.sentAt?.getTime() ?? 0) + provider.executionLimitMs;
  if (moment.now.getTime() < provedAt) {
    const wait = Math.min(provedAt - moment.now.getTime(), backoffMs(posting.attempts + 1, moment.random) + 1_000);
    return {
      outcome: {
        ...base,
        state: "uncertain",
        nextAt: new Date(moment.now.getTime() + wait),
        faultCode: "upstream_silent",
        faultMessage: "Sent, not heard of, and not found in the books yet",
      },
      finding: null,
    };
  }
  return {
    outcome: { ...base, state: "ready", nextAt: moment.now, faultMessage: "Proved absent: it is sent again with the same key" },
    finding: null,
  };
}

function refuse(base: Omit<PostingOutcome, "state">, finding: Finding): Verdict {
  return { outcome: { ...base, state: "refused", faultCode: finding.code, faultMessage: finding.message }, finding };
}

function isExhausted(posting: OpenPosting, now: Date): boolean {
  return posting.attempts + 1 >= attemptsMax || now.getTime() - posting.openedAt.getTime() > retryHoursMax * 3_600_000;
}

function exhausted(posting: OpenPosting, fault: Fault): Finding {
  return {
    code: "retries_exhausted",
    severity: "block",
    field: null,
    message: `Given up after ${posting.attempts + 1} tries; the last answer was: ${fault.message}`,
    fix: "See whether the books are reachable again, then retry",
    cause: `retries_exhausted:${fault.code}`,
  };
}

/** A refusal of the books as a finding. Refusals for one reason share a cause. */
function findingOf(fault: Fault): Finding {
  const { fix, cause, field } = fault.details;
  return {
    code: fault.code,
    severity: "block",
    field: field ?? null,
    message: fault.message,
    fix: fix ?? "Mend what the message names, in the books or in the rules, then retry",
    cause: `${fault.code}:${cause ?? fault.details.code ?? fault.message.slice(0, 80)}`,
  };
}

function severalFound(posting: OpenPosting, records: readonly FoundRecord[]): Finding {
  const ids = records.map(({ providerId }) => providerId).join(", ");
  return {
    code: "books_hold_several",
    severity: "block",
    field: null,
    message: `The books hold this document ${records.length} times (records ${ids})`,
    fix: "Open them, delete the ones too many in the books, then retry: the one that stays is taken over",
    cause: `books_hold_several:${posting.key}`,
  };
}

function otherFound(posting: OpenPosting, record: FoundRecord): Finding {
  const state = record.active ? "with other content" : "but inactive";
  return {
    code: "number_taken",
    severity: "block",
    field: "/number",
    message: `The books hold "${record.number ?? ""}" already (record ${record.providerId}), ${state}`,
    fix: "Compare the two: correct or remove the one in the books and retry, or send the event under another number as a new revision",
    cause: `number_taken:${record.number ?? posting.key}`,
  };
}

/** How long a lane rests after a call as a whole failed: as long as the books asked for, a minute where they did not say. */
export function restMs(fault: Fault, otherwiseMs: number): number {
  if (fault.code !== "upstream_busy") return otherwiseMs;
  const asked = Number(fault.details.retryAfterMs);
  return Number.isFinite(asked) && asked > 0 ? asked : 60_000;
}
