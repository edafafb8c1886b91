import type { Module, PeriodState } from "../core/periods.ts";
import type { Statement, Tx } from "./database.ts";
import { type EventRow, eventColumns } from "./search-events.ts";
import { type Listed, type Page, pageOf, readIdCursor, searchStatement, writeCursor } from "./search.ts";

/** A month of one module as somebody set it. */
export interface SetPeriod extends PeriodState {
  readonly note: string;
  readonly setBy: string;
  readonly setAt: Date;
}

const select: Statement = {
  name: "periods_of_books",
  text: `select module, period, state, note, set_by as "setBy", set_at as "setAt" from period_states
    where organization_id = $1 and books_id = $2 order by period desc, module`,
};

/** All months that were closed or opened by hand in these books, newest first. */
export function findPeriodStates(tx: Tx, booksId: string): Promise<SetPeriod[]> {
  return tx.rows<SetPeriod>(select, [tx.organizationId, booksId]);
}

const put: Statement = {
  name: "periods_put",
  text: `insert into period_states as old (organization_id, books_id, module, period, state, note, set_by)
    select $1, $2, module, $4, $5, $6, $7 from unnest($3::text[]) as given(module)
    on conflict (organization_id, books_id, module, period) do update set state = excluded.state, note = excluded.note, set_by = excluded.set_by, set_at = now()
    where old.state <> excluded.state`,
};

/** Closes or opens a month of these modules. Answers how many changed. */
export async function putPeriodState(
  tx: Tx,
  booksId: string,
  of: { modules: readonly Module[]; period: string; state: "open" | "closed"; note: string; setBy: string },
): Promise<number> {
  return tx.change(put, [tx.organizationId, booksId, of.modules, of.period, of.state, of.note, of.setBy]);
}

const selectExceptions: Statement = {
  name: "periods_exceptions",
  text: `select details->>'module' as module, details->>'period' as period from approvals
    where organization_id = $1 and books_id = $2 and kind = 'period' and state = 'approved' and (details->>'until')::timestamptz > now()`,
};

/** Months that stand open for a while because somebody asked for it and another approved. */
export function findPeriodExceptions(tx: Tx, booksId: string): Promise<{ module: Module; period: string }[]> {
  return tx.rows(selectExceptions, [tx.organizationId, booksId]);
}

/** An event dated in a month that was closed when it came, and where its documents went. */
export interface LateArrival {
  readonly event: EventRow;
  /** What was said about it. */
  readonly message: string;
  /** Documents of it that stand or are on their way, with the day they were given. */
  readonly documents: readonly { readonly kind: string; readonly number: string; readonly date: string }[];
}

/** Late arrivals of a month, newest first. */
export async function searchLateArrivals(
  tx: Tx,
  of: { period: string; booksId: string | undefined },
  page: Page,
): Promise<Listed<LateArrival>> {
  const { statement, values } = searchStatement(
    "search_late",
    {
      head: `select ${eventColumns}, f.message, coalesce(d.documents, '[]') as documents
        from (
          select event_id, max(message) as message from findings where organization_id = $1 and code = 'period_closed' and event_id is not null group by event_id
        ) f
        cross join lateral (select k.* from events k where k.organization_id = $1 and k.event_id = f.event_id offset 0) e
        cross join lateral (
          select jsonb_agg(jsonb_build_object('kind', k.kind, 'number', k.number, 'date', k.date) order by k.date, k.number) as documents
          from postings p join documents k on k.organization_id = $1 and k.document_id = p.document_id
          where p.organization_id = $1 and p.event_id = f.event_id and p.state not in ('superseded', 'voided') and k.reverses is null
        ) d
        where e.date >= ($3 || '-01')::date and e.date < ($3 || '-01')::date + interval '1 month' and e.state not in ('superseded', 'voided')`,
      tail: "order by e.event_id desc limit $2",
    },
    [tx.organizationId, page.limit + 1, of.period],
    [
      { as: "books", sql: "e.books_id = ?", value: of.booksId },
      { as: "after", sql: "e.event_id < ?", value: readIdCursor(page.cursor) },
    ],
  );
  const rows = await tx.rows<EventRow & { message: string; documents: LateArrival["documents"] }>(statement, values);
  return pageOf(
    rows.map(({ message, documents, ...event }) => ({ event, message, documents })),
    page.limit,
    ({ event }) => writeCursor(event.eventId),
  );
}
