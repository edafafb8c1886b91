import { type Static, Type } from "typebox";
import { type Database, inOrganization } from "../../store/database.ts";
import { findNewestPostings } from "../../store/search-postings.ts";
import { countCauses, searchCauses } from "../../store/search-review.ts";
import { type Accepted, countEvents, countPostings, type EventCount, findOrganizationName } from "../../store/search-status.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { eventStates, instant, Money, oneOf, Posting, postingStates, stages, text } from "../schemas.ts";
import { showPosting, sumMoney } from "../shapes.ts";
import { Books, readBooks } from "./books.ts";
import { Cause, showCause } from "./review.ts";

const Counted = { count: Type.Integer(), money: Type.Array(Money) };
const ByState = Type.Array(Type.Object({ state: oneOf(eventStates), ...Counted }));

export const Status = Type.Object(
  {
    organization: text("Name of the organization"),
    at: instant("When this was counted"),
    accepted: Type.Object(Counted, { description: "Everything that was ever taken, counted without looking at states" }),
    addsUp: Type.Boolean({ description: "The states together are exactly what was accepted, in number and money" }),
    states: Type.Array(Type.Object({ state: oneOf(eventStates), ...Counted }), { description: "Events by state; every state is listed" }),
    stages: Type.Array(Type.Object({ stage: oneOf(stages), ...Counted }), {
      description: "The same events, where prepared is split by what its postings do: ready, sending, uncertain",
    }),
    types: Type.Array(Type.Object({ type: text("Event type"), ...Counted, states: ByState }), { description: "The same events by type" }),
    sources: Type.Array(Type.Object({ source: text("Source that sent them"), ...Counted, states: ByState }), {
      description: "The same events by source",
    }),
    periods: Type.Array(Type.Object({ period: text("Month of the document date, 2026-10"), ...Counted, states: ByState }), {
      description: "The same events by period, the newest first",
    }),
    postings: Type.Array(Type.Object({ state: oneOf(postingStates), ...Counted }), { description: "Documents by state of their posting" }),
    partyRecords: Type.Array(Type.Object({ state: oneOf(postingStates), count: Type.Integer() }), {
      description: "Vendors and customers created in the books",
    }),
    books: Type.Array(Books),
    newestPostings: Type.Array(Posting, { description: "The last ten documents that reached the books" }),
    reviewCauses: Type.Integer({ description: "Open causes in all, with those that are put aside" }),
    reviewSnoozed: Type.Integer({ description: "Open causes that somebody put aside for now" }),
    drift: Type.Integer({ description: "Documents of ours that were changed in the books; they stop nothing: GET /v1/review?class=drift" }),
    review: Type.Array(Cause, { description: "The ten causes that stop most events" }),
  },
  { title: "Status" },
);

const schema = { summary: "Where everything stands", tags: ["Status"], response: { 200: Status } };
/** Watchers of one organization share one count of this age, so that many open pages cost as much as one. */
const freshMs = 1_000;

export function statusRoutes(app: Gateway, { database }: GatewayOptions): void {
  const kept = new Map<string, { at: number; status: Promise<Static<typeof Status>> }>();
  app.get("/v1/status", { schema, config: { permission: "read" } }, async ({ actor: { organizationId } }) => {
    const now = Date.now();
    const known = kept.get(organizationId);
    if (known !== undefined && now - known.at < freshMs) return known.status;
    const status = readStatus(database, organizationId);
    kept.set(organizationId, { at: now, status });
    status.catch(() => kept.delete(organizationId));
    return status;
  });
}

async function readStatus(database: Database, organizationId: string): Promise<Static<typeof Status>> {
  return inOrganization(database, organizationId, async (tx) => {
    const [organization, { counts, accepted }, postings, lanes, newest, causes, causeCounts] = await Promise.all([
      findOrganizationName(tx),
      countEvents(tx),
      countPostings(tx),
      readBooks(tx),
      findNewestPostings(tx, 10),
      searchCauses(tx, { limit: 10, cursor: null }),
      countCauses(tx),
    ]);
    const documents = postings.filter(({ records }) => !records);
    const records = postings.filter((row) => row.records);
    return {
      organization,
      at: new Date().toISOString(),
      accepted: counted(accepted),
      addsUp: doesAddUp(counts, accepted),
      states: eventStates.map((state) => ({ state, ...counted(counts.filter((row) => row.state === state)) })),
      stages: stages.map((stage) => ({ stage, ...counted(counts.filter((row) => row.stage === stage)) })),
      types: by(counts, "type").map(({ name, ...one }) => ({ type: name, ...one })),
      sources: by(counts, "source").map(({ name, ...one }) => ({ source: name, ...one })),
      periods: by(counts, "period")
        .map(({ name, ...one }) => ({ period: name, ...one }))
        .reverse(),
      postings: postingStates.map((state) => ({ state, ...counted(documents.filter((row) => row.state === state)) })),
      partyRecords: postingStates.map((state) => ({ state, count: counted(records.filter((row) => row.state === state)).count })),
      books: lanes,
      newestPostings: newest.map(showPosting),
      reviewCauses: causeCounts.open,
      reviewSnoozed: causeCounts.snoozed,
      drift: causeCounts.drift,
      review: causes.items.map(showCause),
    };
  });
}

function counted(rows: readonly { currency: string; count: number; minor: bigint }[]): { count: number; money: Static<typeof Money>[] } {
  return { count: rows.reduce((sum, { count }) => sum + count, 0), money: sumMoney(rows) };
}

/** Counts and money of each value of one property, with the states they are made of. */
function by(counts: readonly EventCount[], property: "type" | "source" | "period") {
  return [...new Set(counts.map((row) => row[property]))].sort().map((name) => {
    const rows = counts.filter((row) => row[property] === name);
    const states = eventStates.map((state) => ({ state, ...counted(rows.filter((row) => row.state === state)) }));
    return { name, ...counted(rows), states: states.filter(({ count }) => count > 0) };
  });
}

/** What the states we show hold, against a count that never looked at states. */
function doesAddUp(counts: readonly EventCount[], accepted: readonly Accepted[]): boolean {
  const known = counts.filter(
    ({ state, stage }) => (eventStates as readonly string[]).includes(state) && (stages as readonly string[]).includes(stage),
  );
  return JSON.stringify(counted(known)) === JSON.stringify(counted(accepted));
}
