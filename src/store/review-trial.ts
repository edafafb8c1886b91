import type { Statement, Tx } from "./database.ts";
import type { WaitingEvent } from "./events.ts";

/** Stored events that a dry run is over: document dates, both included; empty lists mean all. */
export interface TrialSelection {
  readonly from: string;
  readonly to: string;
  readonly types: readonly string[];
}

const selected = `e.organization_id = $1 and e.date between $2 and $3 and (cardinality($4::text[]) = 0 or e.type = any($4))`;
const counts: Statement = {
  name: "review_trial_counts",
  text: `select e.books_id as "booksId", count(*) filter (where e.state in ('received', 'review', 'held'))::int as open,
      count(*) filter (where e.state in ('prepared', 'posted'))::int as done, count(*) filter (where e.state = 'excluded')::int as excluded
    from events e where ${selected} group by e.books_id`,
};

/** How many of the selected events are still to be posted, are posted or on their way, and are excluded, by books. */
export function countTrial(
  tx: Tx,
  { from, to, types }: TrialSelection,
): Promise<{ booksId: string; open: number; done: number; excluded: number }[]> {
  return tx.rows(counts, [tx.organizationId, from, to, types]);
}

const columns = `e.event_id as "eventId", e.source_id as "sourceId", e.type, e.id, e.revision, e.body`;
const page: Statement = {
  name: "review_trial_page",
  text: `select ${columns} from events e where ${selected} and e.books_id = $5 and e.state in ('received', 'review', 'held') and e.event_id > $6
    order by e.event_id limit $7`,
};

/** The next selected events of one books that are still to be posted, in order. */
export function readTrialPage(
  tx: Tx,
  { from, to, types }: TrialSelection,
  of: { booksId: string; afterId: string; limit: number },
): Promise<WaitingEvent[]> {
  return tx.rows<WaitingEvent>(page, [tx.organizationId, from, to, types, of.booksId, of.afterId, of.limit]);
}

const byIds: Statement = {
  name: "review_trial_by_ids",
  text: `select ${columns}, e.books_id as "booksId" from events e where e.organization_id = $1 and e.event_id = any($2::uuid[]) order by e.event_id`,
};

/** These events, with the books they go to. */
export function readTrialEvents(tx: Tx, eventIds: readonly string[]): Promise<(WaitingEvent & { booksId: string })[]> {
  return tx.rows(byIds, [tx.organizationId, eventIds]);
}
