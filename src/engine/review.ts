import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization, type Statement, type Tx } from "../store/database.ts";
import { findBehind, resolveFindingsOfEvents, resolveFindingsOfPostings } from "../store/findings.ts";
import { reopenPostings } from "../store/postings.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { noteAction } from "./review-cards.ts";

const reopenEvents: Statement = {
  name: "review_reopen_events",
  text: `update events set state = 'received', updated_at = now() where organization_id = $1 and event_id = any($2::uuid[]) and state in ('review', 'held')
    returning event_id as "eventId", books_id as "booksId"`,
};
const partyLanes: Statement = {
  name: "review_party_lanes",
  text: `select distinct books_id as "booksId" from postings where organization_id = $1 and posting_id = any($2::uuid[])`,
};

/**
 * Puts what stands behind a cause back to work. Events are mapped afresh by the rules as they are now; what stands in
 * the books unchanged is kept, so a retry never posts a document twice. Party records are sent again as they are.
 */
export async function retryReview(
  parts: EngineParts,
  actor: Actor,
  selection: { cause?: string; eventIds?: string[] },
): Promise<{ retried: number }> {
  if (selection.cause === undefined && (selection.eventIds?.length ?? 0) === 0) {
    throw new Fault("request_invalid", "Name a cause or at least one event to retry");
  }
  const { cause } = selection;
  const done = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const reopened = await reopen(tx, parts, actor, selection);
    const facts = { events: reopened.retried };
    if (cause !== undefined && reopened.retried > 0) await noteAction(tx, { parts, actor }, { cause, kind: "retry", reason: null, facts });
    return reopened;
  });
  for (const booksId of done.lanes) await parts.wake({ organizationId: actor.organizationId, booksId });
  return { retried: done.retried };
}

/** Puts what is selected back in line in the caller's transaction. Wake the lanes it answers afterwards. */
export async function reopen(tx: Tx, parts: EngineParts, actor: Actor, selection: { cause?: string; eventIds?: string[] }) {
  const behind = await findBehind(tx, selection);
  const eventIds = [...new Set(behind.map(({ eventId }) => eventId).filter((id) => id !== null))];
  const parties = [...new Set(behind.filter(({ eventId }) => eventId === null).map(({ postingId }) => postingId!))];
  const events = await tx.rows<{ eventId: string; booksId: string }>(reopenEvents, [tx.organizationId, eventIds]);
  await resolveFindingsOfEvents(
    tx,
    events.map(({ eventId }) => eventId),
  );
  const reopened = await reopenPostings(tx, parties);
  await resolveFindingsOfPostings(tx, parties);
  const lanes = await tx.rows<{ booksId: string }>(partyLanes, [tx.organizationId, parties]);
  const facts = { cause: selection.cause ?? null };
  const leaves = [
    ...events.map(({ eventId }) => ({ objectType: "event" as const, objectId: eventId, action: "event.retried" })),
    ...parties.map((postingId) => ({ objectType: "posting" as const, objectId: postingId, action: "posting.retried" })),
  ];
  await appendAudit(
    tx,
    parts.now(),
    leaves.map((leaf) => ({ ...leaf, actor: `${actor.type}:${actor.id}`, facts })),
  );
  return { retried: events.length + reopened, lanes: new Set([...events, ...lanes].map(({ booksId }) => booksId)) };
}
