import { type Static, Type } from "typebox";
import { Fault } from "../../core/errors.ts";
import { inOrganization, type Tx } from "../../store/database.ts";
import { listLeavesOf } from "../../store/search-audit.ts";
import { searchEvents } from "../../store/search-events.ts";
import { listPostingsOfEvents } from "../../store/search-postings.ts";
import { findRevisions, listAttempts, listDocumentsOfEvents, listFindingsOfEvents, type RevisionRow } from "../../store/search-story.ts";
import { showDocuments } from "../documents.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { Document, Event, filters, Leaf, listOf, paging, PostingWithAttempts, span, StoryFinding, text } from "../schemas.ts";
import { pageFrom, showAttempt, showEvent, showFinding, showLeaf, showPosting } from "../shapes.ts";

const source = Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "Source that sent it" }));

const searchSchema = {
  summary: "Search events",
  description: "Newest first, every revision by itself.",
  tags: ["Events"],
  querystring: Type.Object(
    {
      type: filters.eventType,
      state: filters.eventState,
      source,
      ...span,
      number: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "Printed number, exactly" })),
      q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "Part of the printed number or the id" })),
      ...paging,
    },
    { additionalProperties: false },
  ),
  response: { 200: listOf(Event) },
};

const Revision = Type.Object(
  { ...Event.properties, body: Type.Record(Type.String(), Type.Unknown(), { description: "The event as it was sent" }) },
  { title: "Revision" },
);
export const Story = Type.Object(
  {
    type: text("Event type"),
    id: text("The TMS's stable id"),
    source: text("Source that sent it"),
    state: Event.properties.state,
    revisions: Type.Array(Revision, { description: "Oldest first" }),
    findings: Type.Array(StoryFinding, { description: "Open and resolved, oldest first" }),
    documents: Type.Array(Document),
    postings: Type.Array(PostingWithAttempts),
    audit: Type.Array(Leaf, { description: "What happened to the event, its documents and postings, oldest first; up to 500" }),
  },
  { title: "Story" },
);

const storySchema = {
  summary: "One event with its whole story",
  description:
    "All revisions with what was sent, findings, documents with the reason of every line, postings with every attempt, and the audit leaves.",
  tags: ["Events"],
  params: Type.Object({
    type: Type.String({ maxLength: 100, description: "Event type" }),
    id: Type.String({ minLength: 1, maxLength: 200, description: "The TMS's id" }),
  }),
  querystring: Type.Object({ source }, { additionalProperties: false }),
  response: { 200: Story },
};

/** Events, and the whole story of one. */
export function eventRoutes(app: Gateway, { database }: GatewayOptions): void {
  app.get("/v1/events", { schema: searchSchema, config: { permission: "read" } }, async ({ actor, query }) => {
    const { type, state, source: sourceId, from, to, number, q } = query;
    const filter = { type, state, sourceId, from, to, number, q };
    const found = await inOrganization(database, actor.organizationId, (tx) => searchEvents(tx, filter, pageFrom(query)));
    return { items: found.items.map(showEvent), nextCursor: found.nextCursor };
  });

  app.get("/v1/events/:type/:id", { schema: storySchema, config: { permission: "read" } }, async ({ actor, params, query }) => {
    const key = { ...params, sourceId: query.source ?? actor.sourceId };
    return inOrganization(database, actor.organizationId, async (tx) => tell(tx, oneSource(key, await findRevisions(tx, key))));
  });
}

/** The revisions of one event. Two sources may use the same id for two different events. */
function oneSource(key: { type: string; id: string; sourceId: string | null }, revisions: RevisionRow[]): RevisionRow[] {
  if (revisions.length === 0) {
    const where = key.sourceId === null ? "" : ` from the source "${key.sourceId}"`;
    throw new Fault("not_found", `There is no ${key.type} with the id "${key.id}"${where}`);
  }
  const sources = [...new Set(revisions.map(({ sourceId }) => sourceId))];
  if (sources.length > 1)
    throw new Fault("request_invalid", `${sources.join(" and ")} both sent a ${key.type} "${key.id}"; name one with ?source=`);
  return revisions;
}

async function tell(tx: Tx, revisions: RevisionRow[]): Promise<Static<typeof Story>> {
  const eventIds = revisions.map(({ eventId }) => eventId);
  const [findings, documents, postings] = await Promise.all([
    listFindingsOfEvents(tx, eventIds),
    listDocumentsOfEvents(tx, eventIds),
    listPostingsOfEvents(tx, eventIds),
  ]);
  const postingIds = postings.map(({ postingId }) => postingId);
  const objects = [...eventIds, ...documents.map(({ documentId }) => documentId), ...postingIds];
  const [attempts, leaves, shown] = await Promise.all([
    listAttempts(tx, postingIds),
    listLeavesOf(tx, objects, 500),
    showDocuments(tx, documents),
  ]);
  const newest = revisions.at(-1)!;
  return {
    type: newest.type,
    id: newest.id,
    source: newest.sourceId,
    state: newest.state,
    revisions: revisions.map((row) => ({
      ...showEvent(row),
      body: { ...(JSON.parse(row.body) as Record<string, unknown>), revision: row.revision },
    })),
    findings: findings.map(showFinding),
    documents: shown,
    postings: postings.map((row) => ({
      posting: showPosting(row),
      attempts: attempts.filter(({ postingId }) => postingId === row.postingId).map(showAttempt),
    })),
    audit: leaves.map(showLeaf),
  };
}
