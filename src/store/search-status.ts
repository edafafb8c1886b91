import type { Statement, Tx } from "./database.ts";

/** Events of one state, source, type, month and currency. `stage` splits `prepared` by what its postings do: ready, sending, uncertain. */
export interface EventCount {
  readonly state: string;
  readonly stage: string;
  readonly source: string;
  readonly type: string;
  /** Month of the document date, `2026-10`. */
  readonly period: string;
  readonly currency: string;
  readonly count: number;
  readonly minor: bigint;
}

/** Everything that was ever taken, counted without looking at states: what the states must add up to. */
export interface Accepted {
  readonly currency: string;
  readonly count: number;
  readonly minor: bigint;
}

// One statement, so one snapshot: the two counts differ only if an event stands in no state or in two.
const counts: Statement = {
  name: "status_events_2",
  text: `with open as (
      select event_id, case when bool_or(state = 'uncertain') then 'uncertain' when bool_or(state = 'sending') then 'sending' else 'ready' end as stage
      from postings where organization_id = $1 and state in ('ready', 'sending', 'uncertain') and event_id is not null group by event_id
    ), counted as (
      select e.state, case when e.state = 'prepared' then coalesce(o.stage, 'ready') else e.state end as stage, e.source_id as source, e.type,
        date_trunc('month', e.date::timestamp) as month, e.currency, count(*) as count, sum(e.total_minor) as minor
      from events e left join open o on e.state = 'prepared' and o.event_id = e.event_id
      where e.organization_id = $1 group by 1, 2, 3, 4, 5, 6
    ), accepted as (
      select currency, count(*) as count, sum(total_minor) as minor from events where organization_id = $1 group by currency
    )
    select state, stage, source, type, to_char(month, 'YYYY-MM') as period, currency, count::int, minor::text from counted
    union all select null, null, null, null, null, currency, count::int, minor::text from accepted`,
};

/** Counts and money of every event, and the totals they must add up to. */
export async function countEvents(tx: Tx): Promise<{ counts: EventCount[]; accepted: Accepted[] }> {
  const rows = await tx.rows<(EventCount | (Accepted & { state: null })) & { minor: string }>(counts, [tx.organizationId]);
  const read = rows.map((row): EventCount | (Accepted & { state: null }) => ({ ...row, minor: BigInt(row.minor) }));
  return { counts: read.filter((row) => row.state !== null), accepted: read.filter((row) => row.state === null) };
}

/** Postings of one state and currency. `records` tells vendors and customers, which carry no money, from documents. */
export interface PostingCount {
  readonly state: string;
  readonly records: boolean;
  readonly currency: string;
  readonly count: number;
  readonly minor: bigint;
}

const postings: Statement = {
  name: "status_postings",
  text: `select p.state, d.kind in ('vendor', 'customer') as records, d.currency, count(*)::int as count, sum(d.total_minor)::text as minor
    from postings p join documents d on d.organization_id = p.organization_id and d.document_id = p.document_id
    where p.organization_id = $1 group by 1, 2, 3 order by 1, 2, 3`,
};

/** Counts and money of every posting. */
export async function countPostings(tx: Tx): Promise<PostingCount[]> {
  const rows = await tx.rows<Omit<PostingCount, "minor"> & { minor: string }>(postings, [tx.organizationId]);
  return rows.map((row) => ({ ...row, minor: BigInt(row.minor) }));
}

/** One books and how its lane is doing. */
export interface LaneRow {
  readonly booksId: string;
  readonly name: string;
  readonly system: string;
  readonly company: string;
  readonly companyName: string | null;
  readonly ruleSet: string;
  readonly state: "connected" | "paused" | "reconnect";
  readonly reason: string | null;
  readonly pausedUntil: Date | null;
  readonly referenceAt: Date | null;
  /** Documents and events that are on their way there and wait for nobody. */
  readonly waiting: number;
}

// What waits for something that was refused waits for a person with it.
const lanes: Statement = {
  name: "status_lanes",
  text: `select b.books_id as "booksId", b.name, b.system, b.company, b.preferences->>'companyName' as "companyName", b.rule_set as "ruleSet", b.state,
      b.state_reason as "reason", case when l.paused_until > now() then l.paused_until end as "pausedUntil", b.reference_at as "referenceAt",
      (select count(*)::int from events e where e.organization_id = $1 and e.books_id = b.books_id and e.state = 'received')
      + (select count(*)::int from postings p where p.organization_id = $1 and p.books_id = b.books_id and p.state in ('ready', 'sending', 'uncertain')
          and (p.waits_for is null or not exists (select 1 from postings w where w.organization_id = $1 and w.posting_id = p.waits_for and w.state = 'refused'))) as waiting
    from books b left join lanes l on l.organization_id = b.organization_id and l.books_id = b.books_id
    where b.organization_id = $1 order by b.name`,
};

/** Every books with the state of its lane. */
export function listLanes(tx: Tx): Promise<LaneRow[]> {
  return tx.rows<LaneRow>(lanes, [tx.organizationId]);
}

const organization: Statement = { name: "status_organization", text: "select name from organizations where organization_id = $1" };

/** Name of the organization. */
export async function findOrganizationName(tx: Tx): Promise<string> {
  return (await tx.rows<{ name: string }>(organization, [tx.organizationId]))[0]?.name ?? "";
}
