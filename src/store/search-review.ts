import { Fault } from "../core/errors.ts";
import type { Statement, Tx } from "./database.ts";
import { type EventRow, eventColumns } from "./search-events.ts";
import { type Listed, type Page, pageOf, readCursor, readIdCursor, searchStatement, writeCursor } from "./search.ts";
import { type FindingRow, findingColumns } from "./search-story.ts";

/** One root cause that keeps events from the books. */
export interface CauseRow {
  readonly cause: string;
  readonly code: string;
  readonly severity: "block" | "hold";
  /** Of the newest finding. */
  readonly message: string;
  readonly fix: string;
  readonly field: string | null;
  /** Events that stand behind it. */
  readonly events: number;
  readonly money: readonly { readonly currency: string; readonly minor: bigint }[];
  readonly types: readonly string[];
  readonly oldestAt: Date;
  readonly newestAt: Date;
  readonly samples: readonly { readonly type: string; readonly id: string; readonly revision: number; readonly number: string | null }[];
}

type RawCause = Omit<CauseRow, "money" | "samples"> & { money: { currency: string; minor: string }[]; samples: CauseRow["samples"] };

// One event may have several findings of one cause: it and its money count once.
const causes = `with open as (
    select f.cause, f.finding_id, f.code, f.severity, f.message, f.fix, f.field, f.created_at, f.event_id, f.posting_id from findings f
    where f.organization_id = $1 and f.resolved_at is null and f.severity <> 'warn'
  ), heads as (
    select distinct on (cause) cause, code, severity, message, fix, field from open order by cause, finding_id desc
  ), spans as (
    select cause, min(created_at) as oldest_at, max(created_at) as newest_at, count(distinct coalesce(event_id, posting_id))::int as events from open group by cause
  ), behind as (
    select distinct o.cause, e.event_id, e.type, e.id, e.revision, e.number, e.currency, e.total_minor from open o
    join events e on e.organization_id = $1 and e.event_id = o.event_id
  ), money as (
    select cause, jsonb_agg(jsonb_build_object('currency', currency, 'minor', minor::text) order by currency) as money
    from (select cause, currency, sum(total_minor) as minor from behind group by cause, currency) m group by cause
  ), kinds as (
    select cause, array_agg(distinct type) as types from behind group by cause
  ), samples as (
    select cause, jsonb_agg(jsonb_build_object('type', type, 'id', id, 'revision', revision, 'number', number) order by event_id) as samples
    from (select *, row_number() over (partition by cause order by event_id) as place from behind) s where place <= 5 group by cause
  )
  select h.cause, h.code, h.severity, h.message, h.fix, h.field, s.events, coalesce(m.money, '[]') as money, coalesce(k.types, '{}') as types,
    s.oldest_at as "oldestAt", s.newest_at as "newestAt", coalesce(p.samples, '[]') as samples
  from heads h join spans s using (cause) left join money m using (cause) left join kinds k using (cause) left join samples p using (cause) where true`;

/** Open causes, those that stop most events first. */
export async function searchCauses(tx: Tx, page: Page): Promise<Listed<CauseRow>> {
  const after = page.cursor === null ? undefined : readCauseCursor(page.cursor);
  const { statement, values } = searchStatement(
    "search_causes",
    { head: causes, tail: "order by s.events desc, h.cause limit $2" },
    [tx.organizationId, page.limit + 1],
    [{ as: "after", sql: "s.events < (?::jsonb->>0)::int or (s.events = (?::jsonb->>0)::int and h.cause > ?::jsonb->>1)", value: after }],
  );
  const rows = (await tx.rows<RawCause>(statement, values)).map((row) => ({
    ...row,
    money: row.money.map(({ currency, minor }) => ({ currency, minor: BigInt(minor) })),
  }));
  return pageOf(rows, page.limit, (row) => writeCursor(row.events, row.cause));
}

const countAll: Statement = {
  name: "search_causes_count",
  text: "select count(distinct cause)::int as count from findings where organization_id = $1 and resolved_at is null and severity <> 'warn'",
};

/** How many causes are open. */
export async function countCauses(tx: Tx): Promise<number> {
  return (await tx.rows<{ count: number }>(countAll, [tx.organizationId]))[0]!.count;
}

function readCauseCursor(cursor: string): string {
  const [events, cause] = readCursor(cursor, 2);
  if (!Number.isSafeInteger(events))
    throw new Fault("request_invalid", "The cursor is not one that this list gave out; start again without it");
  return JSON.stringify([events, String(cause)]);
}

/** One event behind a cause, with its finding. A party record that no single event owns has no event. */
export interface CauseItemRow {
  readonly finding: FindingRow;
  readonly event: EventRow | null;
}

/** What stands behind one open cause, newest first. */
export async function searchCauseItems(tx: Tx, cause: string, page: Page): Promise<Listed<CauseItemRow>> {
  const { statement, values } = searchStatement(
    "search_cause_items",
    {
      head: `select ${findingColumns} from findings f where f.organization_id = $1 and f.cause = $3 and f.resolved_at is null and f.severity <> 'warn'`,
      tail: "order by f.finding_id desc limit $2",
    },
    [tx.organizationId, page.limit + 1, cause],
    [{ as: "after", sql: "f.finding_id < ?", value: readIdCursor(page.cursor) }],
  );
  const { items, nextCursor } = pageOf(await tx.rows<FindingRow>(statement, values), page.limit, (row) => writeCursor(row.findingId));
  const events = await findEvents(
    tx,
    items.flatMap(({ eventId }) => eventId ?? []),
  );
  return {
    items: items.map((finding) => ({ finding, event: finding.eventId === null ? null : (events.get(finding.eventId) ?? null) })),
    nextCursor,
  };
}

const byIds: Statement = {
  name: "search_events_by_ids",
  text: `select ${eventColumns} from events e where e.organization_id = $1 and e.event_id = any($2::uuid[])`,
};

async function findEvents(tx: Tx, eventIds: readonly string[]): Promise<Map<string, EventRow>> {
  const rows = await tx.rows<EventRow>(byIds, [tx.organizationId, eventIds]);
  return new Map(rows.map((row) => [row.eventId, row]));
}
