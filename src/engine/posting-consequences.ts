import { appendAudit } from "../audit/log.ts";
import type { Finding } from "../core/finding.ts";
import type { Verdict } from "../core/posting/ports.ts";
import type { Tx } from "../store/database.ts";
import type { StoredPostable } from "../store/documents.ts";
import { settleEvents } from "../store/events.ts";
import { insertFindings, resolveFindingsOfPostings } from "../store/findings.ts";
import { confirmPartyLinks } from "../store/parties.ts";
import type { OpenPosting, PostingOutcome } from "../store/postings.ts";
import { addToOutbox } from "../webhooks/outbox.ts";
import { type LaneContext, linkKey } from "./lane-context.ts";

/** A posting whose outcome was just written. */
interface Settled {
  readonly row: OpenPosting;
  readonly postable: StoredPostable;
  readonly outcome: PostingOutcome;
  readonly finding: Finding | null;
}

/** What follows from outcomes, in their transaction: findings, links, the events' states, audit leaves and messages. */
export async function writeConsequences(tx: Tx, { parts }: LaneContext, settled: readonly Settled[]): Promise<void> {
  const arrived = settled.filter(({ outcome }) => outcome.state === "posted");
  const told = settled.filter(({ outcome }) => outcome.state === "posted" || outcome.state === "refused");
  const findings = settled.flatMap(({ row, finding }) =>
    finding === null ? [] : [{ eventId: row.eventId, postingId: row.postingId, finding }],
  );
  const events = told.map(({ row }) => row.eventId).filter((id) => id !== null);
  const parties = arrived.filter(({ postable }) => !("lines" in postable));
  await Promise.all([
    insertFindings(tx, findings),
    confirmPartyLinks(
      tx,
      parties.map(({ row }) => row.postingId),
    ),
    resolveFindingsOfPostings(
      tx,
      arrived.map(({ row }) => row.postingId),
    ),
    settleEvents(tx, [...new Set(events)]),
    appendAudit(tx, parts.now(), settled.map(leafOf)),
    addToOutbox(
      tx,
      told.map(({ outcome }) => ({
        topic: `posting.${outcome.state}`,
        body: { postingId: outcome.postingId, providerId: outcome.providerId, url: outcome.url, fault: outcome.faultCode },
      })),
    ),
  ]);
}

function leafOf({ outcome, finding }: Settled) {
  const { state, providerId, providerVersion, adopted, faultCode } = outcome;
  return {
    actor: "system:worker",
    action: `posting.${state}`,
    objectType: "posting" as const,
    objectId: outcome.postingId,
    facts: { providerId, providerVersion, adopted, fault: faultCode, finding: finding?.code ?? null },
  };
}

/** Parties that are in the books now can be named by the documents that wait for them. After the commit. */
export function rememberLinks(
  context: LaneContext,
  written: readonly Verdict[],
  read: ReadonlyMap<string, { readonly postable: StoredPostable }>,
): void {
  for (const { outcome } of written) {
    const { postable } = read.get(outcome.postingId)!;
    if (outcome.record === null || "lines" in postable) continue;
    const { kind, id: partyId } = postable;
    context.links.set(linkKey(kind, partyId), { kind, partyId, postingId: outcome.postingId, externalId: outcome.record.providerId });
  }
}
