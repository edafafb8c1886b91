import { appendAudit, type AuditEntry } from "../audit/log.ts";
import type { TransportEvent } from "../core/events.ts";
import { releasedCauses } from "../store/approvals.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findTakenNumbers, insertDocuments, type NewDocument } from "../store/documents.ts";
import {
  type EarlierRevision,
  findEarlierRevisions,
  findWaitingEvents,
  moveEvents,
  settleEvents,
  type WaitingEvent,
} from "../store/events.ts";
import { type FindingOf, insertFindings, resolveFindingsOfEvents, resolveFindingsOfPostings } from "../store/findings.ts";
import { fenceLane } from "../store/lanes.ts";
import { insertTraces } from "../store/near-duplicates.ts";
import { isInDoubt } from "../store/origins.ts";
import { putPartyLinks } from "../store/parties.ts";
import {
  type EventPosting,
  findPostingsOfEvents,
  insertPostings,
  type NewPosting,
  supersedePostings,
  voidPostings,
} from "../store/postings.ts";
import { addToOutbox, type OutboxMessage } from "../webhooks/outbox.ts";
import { asReleased, checkDrafts } from "./checks.ts";
import type { LaneContext } from "./lane-context.ts";
import { linkKey } from "./lane-context.ts";
import { reserveBudgets } from "./budgets.ts";
import { placeInPeriods } from "./periods.ts";
import { createPlanner, draftDocuments, type Draft, type EventPlan } from "./plan.ts";
import { freshen, withoutLinked } from "./review-fresh.ts";

/** How far a slice came. */
export interface Prepared {
  readonly events: number;
  /** Hand in next time; events that had to wait for an open posting of theirs lie behind it. */
  readonly lastId: string;
}

/**
 * Turns the next waiting events into documents and postings, or into findings for people. One transaction: an event
 * leaves `received` together with everything that follows from it.
 */
export async function prepareSlice(context: LaneContext, page: { afterId: string; limit: number }): Promise<Prepared> {
  const { parts, organizationId, books, lease } = context;
  return inOrganization(parts.database, organizationId, async (tx) => {
    const [, events] = await Promise.all([fenceLane(tx, lease), findWaitingEvents(tx, books.booksId, page)]);
    if (events.length === 0) return { events: 0, lastId: page.afterId };
    await freshen(tx, context);
    const plans = await planAll(tx, context, events);
    await writePlans(tx, context, plans);
    return { events: plans.filter(({ state }) => state !== "received").length, lastId: events.at(-1)!.eventId };
  });
}

/** What follows from each of these events, in order. Reads only: a dry run asks it too. */
export async function planAll(tx: Tx, context: LaneContext, events: readonly WaitingEvent[]): Promise<EventPlan[]> {
  const ids = events.map(({ eventId }) => eventId);
  const earlier = await findEarlierRevisions(tx, ids);
  const standing = await findPostingsOfEvents(tx, [...new Set([...ids, ...earlier.map(({ eventId }) => eventId)])]);
  // A restored database may have forgotten what became of an older revision: each is looked up before the next one's turn.
  const isRestored = await isInDoubt(tx, context.books.booksId);
  const outdated = isRestored ? new Set<string>() : outdatedIn(events, earlier);
  const mapped = events.filter(({ eventId }) => !outdated.has(eventId)).map((event) => draftOf(context, event));
  const drafts = await placeInPeriods(tx, context, mapped);
  const numbers = drafts.flatMap(({ documents }) => documents.map(({ kind, number }) => ({ kind, number })));
  const [taken, released, found] = await Promise.all([
    findTakenNumbers(tx, context.books.booksId, numbers),
    releasedCauses(tx, ids),
    checkDrafts(tx, context, drafts),
  ]);
  const planner = createPlanner(context, taken);
  const draftBy = new Map(
    drafts.map((draft) => {
      const { eventId } = draft.stored;
      const causes = released.get(eventId);
      return [
        eventId,
        { ...draft, findings: asReleased(found.get(eventId)!, causes), ...(causes === undefined ? {} : { released: causes }) },
      ];
    }),
  );
  const byEvent = Map.groupBy(standing, (posting) => posting.eventId);
  const earlierOf = Map.groupBy(earlier, (row) => row.ofEventId);
  return events.map((event) => {
    const draft = draftBy.get(event.eventId);
    if (draft === undefined) return planner.outdated(event);
    const before = (earlierOf.get(event.eventId) ?? []).filter(({ eventId }) => !outdated.has(eventId));
    if (isRestored && before.some(({ state }) => state === "received")) return planner.later(event);
    return planner.plan(draft, { earlier: before, standing: postingsOf(byEvent, event, before) });
  });
}

function draftOf(context: LaneContext, stored: WaitingEvent): Draft {
  const event = { ...(JSON.parse(stored.body) as object), revision: stored.revision } as TransportEvent;
  const draft = draftDocuments(context, stored, event);
  return { ...draft, findings: withoutLinked(draft.findings, context) };
}

/** Waiting revisions that a newer waiting one of the same slice replaces: they are never turned into documents. */
function outdatedIn(events: readonly WaitingEvent[], earlier: readonly EarlierRevision[]): Set<string> {
  const here = new Set(events.map(({ eventId }) => eventId));
  return new Set(earlier.filter(({ eventId, state }) => state === "received" && here.has(eventId)).map(({ eventId }) => eventId));
}

function postingsOf(byEvent: Map<string, EventPosting[]>, event: WaitingEvent, earlier: readonly EarlierRevision[]): EventPosting[] {
  return [event.eventId, ...earlier.map(({ eventId }) => eventId)].flatMap((eventId) => byEvent.get(eventId) ?? []);
}

async function writePlans(tx: Tx, context: LaneContext, plans: readonly EventPlan[]): Promise<void> {
  const { books, parts } = context;
  const documents: NewDocument[] = plans.flatMap((plan) => plan.documents);
  const postings: NewPosting[] = plans.flatMap((plan) => plan.postings);
  const links = plans.flatMap((plan) => plan.links);
  const findings: FindingOf[] = plans.flatMap((plan) =>
    plan.findings.map((finding) => ({ eventId: plan.eventId, postingId: null, finding })),
  );
  const withdrawn = plans.flatMap((plan) => plan.withdraw);
  await Promise.all([
    insertDocuments(tx, documents),
    insertPostings(tx, postings),
    putPartyLinks(tx, books.booksId, links),
    insertFindings(tx, findings),
    insertTraces(
      tx,
      plans.flatMap(({ eventId, traces }) => traces.map((trace) => ({ eventId, trace }))),
    ),
  ]);
  await reserveBudgets(tx, context, { documents, postings });
  if (withdrawn.length > 0) {
    await supersedePostings(tx, withdrawn);
    await resolveFindingsOfPostings(tx, withdrawn);
  }
  const reversed = plans.flatMap((plan) => plan.reverse);
  if (reversed.length > 0) await voidPostings(tx, reversed);
  await moveEvents(
    tx,
    plans.flatMap((plan) => [{ eventId: plan.eventId, state: plan.state }, ...plan.replaced]),
  );
  const replaced = plans.flatMap(({ replaced: earlier, state, eventId }) => [...earlier, ...(state === "superseded" ? [{ eventId }] : [])]);
  await resolveFindingsOfEvents(
    tx,
    replaced.map(({ eventId }) => eventId),
  );
  // A plan that found everything already in the books has nothing to wait for.
  await settleEvents(
    tx,
    plans.filter((plan) => plan.state === "prepared" && plan.postings.length === 0).map((plan) => plan.eventId),
  );
  await Promise.all([appendAudit(tx, parts.now(), leavesOf(plans)), addToOutbox(tx, messagesOf(plans))]);
  for (const link of links) context.links.set(linkKey(link.kind, link.partyId), link);
}

function leavesOf(plans: readonly EventPlan[]): AuditEntry[] {
  return plans
    .filter(({ state }) => state !== "received")
    .map((plan) => ({
      actor: "system:worker",
      action: `event.${plan.state}`,
      objectType: "event" as const,
      objectId: plan.eventId,
      facts: {
        documents: plan.documents.map(({ documentId, ruleSet, ruleSetVersion, postable }) => ({
          documentId,
          kind: postable.kind,
          ruleSet,
          ruleSetVersion,
        })),
        findings: plan.findings.map(({ code, severity }) => ({ code, severity })),
        reversed: plan.reverse,
        withdrawn: plan.withdraw,
      },
    }));
}

function messagesOf(plans: readonly EventPlan[]): OutboxMessage[] {
  return plans
    .filter(({ state }) => state === "review" || state === "held")
    .map((plan) => ({ topic: "event.review", body: { eventId: plan.eventId, type: plan.type, id: plan.id, findings: plan.findings } }));
}
