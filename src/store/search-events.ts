import type { Tx } from "./database.ts";
import type { EventState } from "../core/posting.ts";
import { type Listed, type Page, pageOf, readIdCursor, searchStatement, writeCursor } from "./search.ts";

/** One revision of an event as lists show it. Dates are civil dates. */
export interface EventRow {
  readonly eventId: string;
  readonly sourceId: string;
  readonly type: string;
  readonly id: string;
  readonly revision: number;
  readonly number: string | null;
  readonly state: EventState;
  readonly booksId: string;
  readonly date: string;
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly receivedAt: Date;
  readonly updatedAt: Date;
}

export interface EventFilter {
  readonly type?: string | undefined;
  readonly state?: string | undefined;
  readonly sourceId?: string | undefined;
  /** First and last document date, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The printed number, exactly. */
  readonly number?: string | undefined;
  /** Part of the printed number or of the TMS's id. */
  readonly q?: string | undefined;
}

export const eventColumns = `e.event_id as "eventId", e.source_id as "sourceId", e.type, e.id, e.revision, e.number, e.state, e.books_id as "booksId", e.date, e.currency,
  e.total_minor as "totalMinor", e.received_at as "receivedAt", e.updated_at as "updatedAt"`;

/** Searches events, newest first. */
export async function searchEvents(tx: Tx, filter: EventFilter, page: Page): Promise<Listed<EventRow>> {
  const { statement, values } = searchStatement(
    "search_events",
    { head: `select ${eventColumns} from events e where e.organization_id = $1`, tail: "order by e.event_id desc limit $2" },
    [tx.organizationId, page.limit + 1],
    [
      { as: "type", sql: "e.type = ?", value: filter.type },
      { as: "state", sql: "e.state = ?", value: filter.state },
      { as: "source", sql: "e.source_id = ?", value: filter.sourceId },
      { as: "from", sql: "e.date >= ?", value: filter.from },
      { as: "to", sql: "e.date <= ?", value: filter.to },
      { as: "number", sql: "e.number = ?", value: filter.number },
      { as: "q", sql: "e.number ilike ? or e.id ilike ?", value: filter.q === undefined ? undefined : containing(filter.q) },
      { as: "after", sql: "e.event_id < ?", value: readIdCursor(page.cursor) },
    ],
  );
  return pageOf(await tx.rows<EventRow>(statement, values), page.limit, (row) => writeCursor(row.eventId));
}

function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
