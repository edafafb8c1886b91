import type { Statement, Tx } from "./database.ts";

/** Which stored events are looked at. Dates are document dates, both included. */
export interface CoverageSelection {
  readonly booksId: string;
  readonly from: string;
  readonly to: string;
}

/** A stored event with where it came from. */
export interface SourcedEvent {
  readonly eventId: string;
  readonly sourceId: string;
  readonly type: string;
  readonly revision: number;
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly body: string;
}

const selectPage: Statement = {
  name: "coverage_page",
  text: `select e.event_id as "eventId", e.source_id as "sourceId", e.type, e.revision, e.currency, e.total_minor as "totalMinor", e.body
    from events e where e.organization_id = $1 and e.books_id = $2 and e.date between $3 and $4 and e.event_id > $5
      and e.state not in ('superseded', 'voided') and not e.is_void order by e.event_id limit $6`,
};

/** The next standing events of books after an id, in the order of their ids. */
export function readSourcedEvents(
  tx: Tx,
  { booksId, from, to }: CoverageSelection,
  page: { afterId: string; limit: number },
): Promise<SourcedEvent[]> {
  return tx.rows<SourcedEvent>(selectPage, [tx.organizationId, booksId, from, to, page.afterId, page.limit]);
}
