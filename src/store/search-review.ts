import { Fault } from "../core/errors.ts";
import { codesOfClasses, type FindingClass } from "../core/finding-class.ts";
import type { Statement, Tx } from "./database.ts";
import { type EventRow, eventColumns } from "./search-events.ts";
import { type Listed, type Page, pageOf, readCursor, readIdCursor, searchStatement, writeCursor } from "./search.ts";
import { type FindingRow, findingColumns } from "./search-story.ts";

/** One root cause that keeps events from the books, or that people should know of. */
export interface CauseRow {
  readonly cause: string;
  readonly code: string;
  readonly severity: "block" | "hold" | "warn";
  /** Of the newest finding. */
  readonly message: string;
  readonly fix: string;
  readonly field: string | null;
  /** Events that stand behind it. */
  readonly events: number;
  readonly money: readonly { readonly currency: string; readonly minor: bigint }[];
  readonly types: readonly string[];
  /** Months of the document dates, `2026-10`. */
  readonly periods: readonly string[];
  readonly oldestAt: Date;
  readonly newestAt: Date;
  readonly owner: string | null;
  readonly snoozedUntil: Date | null;
  readonly samples: readonly { readonly type: string; readonly id: string; readonly revision: number; readonly number: string | null }[];
}

/** Which cards are asked for. Drift stops nothing: it is listed only when it is asked for by its class. */
export interface CauseFilter {
  readonly classes?: readonly FindingClass[];
  readonly owner?: string | undefined;
  /** Cards that are put aside: left out, the only ones, or listed with the others. */
  readonly snoozed?: "without" | "only" | "with";
}

type RawCause = Omit<CauseRow, "money" | "samples"> & { money: { currency: string; minor: string }[]; samples: CauseRow["samples"] };

// One event may have several findings of one cause: it and its money count once.
const causes = `with open as (
    select f.cause, f.finding_id, f.code, f.severity, f.message, f.fix, f.field, f.created_at, f.event_id, f.posting_id from findings f
    where f.organization_id = $1 and f.resolved_at is null and (f.severity <> 'warn') = $3 and (f.code ~ $4 or f.code !~ $5)
  ), heads as (
    select distinct on (cause) cause, code, severity, message, fix, field from open order by cause, finding_id desc
  ), spans as (
    select cause, min(created_at) as oldest_at, max(created_at) as newest_at, count(distinct coalesce(event_id, posting_id))::int as events from open group by cause
  ), behind as (
    select distinct o.cause, e.event_id, e.type, e.id, e.revision, e.number, e.date, e.currency, e.total_minor from open o
    join events e on e.organization_id = $1 and e.event_id = o.event_id
  ), money as (
    select cause, jsonb_agg(jsonb_build_object('currency', currency, 'minor', minor::text) order by currency) as money
    from (select cause, currency, sum(total_minor) as minor from behind group by cause, currency) m group by cause
  ), kinds as (
    select cause, array_agg(distinct type) as types, array_agg(distinct to_char(date, 'YYYY-MM')) as periods from behind group by cause
  ), samples as (
    select cause, jsonb_agg(jsonb_build_object('type', type, 'id', id, 'revision', revision, 'number', number) order by event_id) as samples
    from (select *, row_number() over (partition by cause order by event_id) as place from behind) s where place <= 5 group by cause
  )
  select h.cause, h.code, h.severity, h.message, h.fix, h.field, s.events, coalesce(m.money, '[]') as money, coalesce(k.types, '{}') as types,
    coalesce(k.periods, '{}') as periods, s.oldest_at as "oldestAt", s.newest_at as "newestAt", c.owner, c.snoozed_until as "snoozedUntil",
    coalesce(p.samples, '[]') as samples
  from heads h join spans s using (cause) left join money m using (cause) left join kinds k using (cause) left join samples p using (cause)
  left join review_cards c on c.organization_id = $1 and c.cause = h.cause where true`;

/** Open causes, those that stop most events first. Cards that are put aside are left out unless they are asked for. */
export async function searchCauses(tx: Tx, page: Page, filter: CauseFilter = {}): Promise<Listed<CauseRow>> {
  const { classes = [], owner, snoozed = "without" } = filter;
  const after = page.cursor === null ? undefined : readCauseCursor(page.cursor);
  const { like, unlike } = codesOfClasses(classes);
  const isStopping = !classes.includes("drift");
  const { statement, values } = searchStatement(
    "search_causes_2",
    { head: causes, tail: "order by s.events desc, h.cause limit $2" },
    [tx.organizationId, page.limit + 1, isStopping, like, unlike],
    [
      { as: "owner", sql: "c.owner = ?", value: owner },
      { as: "snoozed", sql: "coalesce(c.snoozed_until > now(), false) = ?", value: snoozed === "with" ? undefined : snoozed === "only" },
      { as: "after", sql: "s.events < (?::jsonb->>0)::int or (s.events = (?::jsonb->>0)::int and h.cause > ?::jsonb->>1)", value: after },
    ],
  );
  const rows = (await tx.rows<RawCause>(statement, values)).map((row) => ({
    ...row,
    money: row.money.map(({ currency, minor }) => ({ currency, minor: BigInt(minor) })),
  }));
  return pageOf(rows, page.limit, (row) => writeCursor(row.events, row.cause));
}

const countAll: Statement = {
  name: "search_causes_count_2",
  text: `select count(distinct f.cause) filter (where f.severity <> 'warn')::int as open,
      count(distinct f.cause) filter (where f.severity <> 'warn' and c.snoozed_until > now())::int as snoozed,
      count(distinct f.cause) filter (where f.code = 'drift')::int as drift
    from findings f left join review_cards c on c.organization_id = $1 and c.cause = f.cause
    where f.organization_id = $1 and f.resolved_at is null and (f.severity <> 'warn' or f.code = 'drift')`,
};

/** How many causes are open, how many of them are put aside, and how many records of ours were changed in the books. */
export async function countCauses(tx: Tx): Promise<{ open: number; snoozed: number; drift: number }> {
  return (await tx.rows<{ open: number; snoozed: number; drift: number }>(countAll, [tx.organizationId]))[0]!;
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
    "search_cause_items_2",
    {
      head: `select ${findingColumns} from findings f where f.organization_id = $1 and f.cause = $3 and f.resolved_at is null and (f.severity <> 'warn' or f.code = 'drift')`,
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
