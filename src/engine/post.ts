import { appendAudit } from "../audit/log.ts";
import type { PostItem, PostResult } from "../connectors/accounting/connector.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { contentHashOf, readPostable, type StoredPostable } from "../store/documents.ts";
import { settleEvents } from "../store/events.ts";
import { insertFindings, resolveFindingsOfPostings } from "../store/findings.ts";
import { fenceLane } from "../store/lanes.ts";
import { confirmPartyLinks } from "../store/parties.ts";
import { beginAttempts, findReadyPostings, type OpenPosting, recordOutcomes } from "../store/postings.ts";
import { addToOutbox } from "../webhooks/outbox.ts";
import { type LaneContext, linkKey, lookupOf } from "./lane-context.ts";
import { type Verdict, verdictOf } from "./outcome.ts";
import { freshenLinks } from "./review-fresh.ts";

/** Calls in flight at once within a slice. The provider's own limit is kept by the pace. */
const callsAtOnce = 4;
const requestTimeoutMs = 130_000;
/** Books that cannot be reached are not asked again by every posting in turn. */
const unreachableRestMs = 10_000;

/** What a slice of posting did. `rest` asks the lane to pause: the provider said so, or nobody can sign in. */
export interface Posted {
  readonly sent: number;
  readonly rest: { readonly until: Date | null; readonly reason: Fault } | null;
}

/** A posting with its document read. */
export interface Sending {
  readonly posting: OpenPosting;
  readonly postable: StoredPostable;
}

/**
 * Sends the next ready postings, each at most once: the intent is committed, then the bytes leave, then the outcome is
 * committed with its audit leaf and message. No transaction is open while the books are asked.
 */
export async function postSlice(context: LaneContext): Promise<Posted> {
  const sending = await begin(context);
  if (sending.length === 0) return { sent: 0, rest: null };
  const results = await sendAll(context, sending);
  const verdicts = sending.map(({ posting, postable }) => {
    const moment = { now: context.parts.now(), random: context.parts.random() };
    return verdictOf(posting, results.get(posting.key)!, moment, (providerId) => context.connector.openUrl(postable.kind, providerId));
  });
  await writeVerdicts(context, sending, verdicts);
  return { sent: sending.length, rest: restFrom(context, [...results.values()]) };
}

async function begin(context: LaneContext): Promise<Sending[]> {
  const { parts, organizationId, books, lease, connector } = context;
  return inOrganization(parts.database, organizationId, async (tx) => {
    const limit = connector.capabilities.batchItemsMax * callsAtOnce;
    const [, postings] = await Promise.all([fenceLane(tx, lease), findReadyPostings(tx, books.booksId, limit)]);
    if (postings.length === 0) return [];
    await freshenLinks(tx, context);
    const sending = postings.map((posting) => ({ posting, postable: readPostable(posting.body) }));
    const intents = sending.map(({ posting, postable }) => ({
      postingId: posting.postingId,
      attempt: posting.attempts + 1,
      key: posting.key,
      bodyHash: contentHashOf(posting.body),
      number: "number" in postable ? postable.number : postable.name,
    }));
    const now = parts.now();
    await beginAttempts(tx, lease.epoch, new Date(now.getTime() + requestTimeoutMs), intents);
    const leaves = intents.map(({ postingId, attempt, key, bodyHash }) => ({
      actor: "system:worker",
      action: "posting.sending",
      objectType: "posting" as const,
      objectId: postingId,
      facts: { attempt, key, sha256: bodyHash.toString("hex"), epoch: lease.epoch },
    }));
    await appendAudit(tx, now, leaves);
    return sending;
  });
}

async function sendAll(context: LaneContext, sending: readonly Sending[]): Promise<Map<string, PostResult>> {
  const size = context.connector.capabilities.batchItemsMax;
  const chunks = Array.from({ length: Math.ceil(sending.length / size) }, (_, index) => sending.slice(index * size, (index + 1) * size));
  const results = new Map<string, PostResult>();
  for (const answered of await Promise.all(chunks.map((chunk) => sendChunk(context, chunk)))) {
    for (const result of answered) results.set(result.key, result);
  }
  // An item without an answer may have been carried out.
  for (const { posting } of sending) {
    if (!results.has(posting.key))
      results.set(posting.key, { key: posting.key, fault: new Fault("upstream_silent", "The books did not answer for this item") });
  }
  return results;
}

async function sendChunk(context: LaneContext, chunk: readonly Sending[]): Promise<PostResult[]> {
  const items: PostItem[] = chunk.map(({ posting, postable }) => ({ key: posting.key, postable }));
  try {
    return await context.connector.post(items, lookupOf(context));
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault("upstream_silent", "The program failed while sending", {}, { cause: error });
    if (!(error instanceof Fault))
      context.parts.log("error", "posting failed unforeseen", { error: String((error as Error).stack ?? error) });
    return items.map(({ key }) => ({ key, fault }));
  }
}

/** Commits outcomes: state, attempt, findings, audit leaf and message of each together, under the lease. */
export async function writeVerdicts(context: LaneContext, sending: readonly Sending[], verdicts: readonly Verdict[]): Promise<void> {
  const { parts, organizationId, lease } = context;
  const byId = new Map(sending.map((one) => [one.posting.postingId, one]));
  const linked = await inOrganization(parts.database, organizationId, async (tx) => {
    await fenceLane(tx, lease);
    const changed = new Map(
      (
        await recordOutcomes(
          tx,
          verdicts.map(({ outcome }) => outcome),
        )
      ).map((row) => [row.postingId, row]),
    );
    const written = verdicts.filter(({ outcome }) => changed.has(outcome.postingId));
    await writeConsequences(tx, context, written, byId);
    return written;
  });
  for (const { outcome } of linked) {
    const { posting, postable } = byId.get(outcome.postingId)!;
    if (outcome.state !== "posted" || "lines" in postable) continue;
    context.links.set(linkKey(postable.kind, postable.id), {
      kind: postable.kind,
      partyId: postable.id,
      postingId: posting.postingId,
      externalId: outcome.providerId,
    });
  }
}

async function writeConsequences(
  tx: Tx,
  context: LaneContext,
  written: readonly Verdict[],
  byId: ReadonlyMap<string, Sending>,
): Promise<void> {
  const of = (verdict: Verdict) => byId.get(verdict.outcome.postingId)!;
  const arrived = written.filter(({ outcome }) => outcome.state === "posted");
  const told = written.filter(({ outcome }) => outcome.state === "posted" || outcome.state === "refused");
  const findings = written.flatMap((verdict) =>
    verdict.finding === null
      ? []
      : [{ eventId: of(verdict).posting.eventId, postingId: verdict.outcome.postingId, finding: verdict.finding }],
  );
  const events = told.map((verdict) => of(verdict).posting.eventId).filter((id) => id !== null);
  await Promise.all([
    insertFindings(tx, findings),
    confirmPartyLinks(
      tx,
      arrived.filter((verdict) => !("lines" in of(verdict).postable)).map(({ outcome }) => outcome.postingId),
    ),
    resolveFindingsOfPostings(
      tx,
      arrived.map(({ outcome }) => outcome.postingId),
    ),
    settleEvents(tx, [...new Set(events)]),
    appendAudit(tx, context.parts.now(), written.map(leafOf)),
    addToOutbox(
      tx,
      told.map(({ outcome }) => ({
        topic: `posting.${outcome.state}`,
        body: { postingId: outcome.postingId, providerId: outcome.providerId, url: outcome.url, fault: outcome.faultCode },
      })),
    ),
  ]);
}

function leafOf({ outcome, finding }: Verdict) {
  const { state, providerId, providerVersion, adopted, faultCode } = outcome;
  return {
    actor: "system:worker",
    action: `posting.${state}`,
    objectType: "posting" as const,
    objectId: outcome.postingId,
    facts: { providerId, providerVersion, adopted, fault: faultCode, finding: finding?.code ?? null },
  };
}

/** A throttled or refused connection rests the whole lane; a stale list is read anew before the next slice. */
function restFrom(context: LaneContext, results: readonly PostResult[]): Posted["rest"] {
  for (const result of results) {
    if ("posted" in result) continue;
    const { fault, retryAfterMs } = result;
    if (fault.code === "reference_unknown" || fault.code === "period_closed") context.staleReference = true;
    if (fault.remedy === "reconnect") return { until: null, reason: fault };
    if (fault.code === "upstream_busy") return { until: new Date(context.parts.now().getTime() + (retryAfterMs ?? 60_000)), reason: fault };
    if (fault.code === "upstream_unreachable") return { until: new Date(context.parts.now().getTime() + unreachableRestMs), reason: fault };
  }
  return null;
}
