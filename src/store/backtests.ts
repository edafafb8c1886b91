import type { Statement, Tx } from "./database.ts";

/** A run of a rule set over stored events. */
export interface Backtest {
  readonly backtestId: string;
  readonly name: string;
  readonly request: unknown;
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly doneEvents: bigint;
  /** Null while they are being counted. */
  readonly totalEvents: bigint | null;
  readonly problem: string | null;
  readonly cancelAsked: boolean;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | null;
}

const facts = `backtest_id as "backtestId", name, request, state, done_events as "doneEvents", total_events as "totalEvents", problem,
  cancel_asked as "cancelAsked", started_by as "startedBy", started_at as "startedAt", updated_at as "updatedAt", ended_at as "endedAt"`;
const insert: Statement = {
  name: "backtests_insert",
  text: `insert into rule_set_backtests (organization_id, backtest_id, name, request, state, started_by) values ($1, $2, $3, $4, 'running', $5)`,
};

/** Notes a run that begins. */
export async function insertBacktest(tx: Tx, of: { backtestId: string; name: string; request: unknown; startedBy: string }): Promise<void> {
  await tx.change(insert, [tx.organizationId, of.backtestId, of.name, JSON.stringify(of.request), of.startedBy]);
}

const selectOne: Statement = {
  name: "backtests_find",
  text: `select ${facts}, result from rule_set_backtests where organization_id = $1 and backtest_id = $2`,
};

/** One run with its result, which is null until it is done. */
export async function findBacktest(tx: Tx, backtestId: string): Promise<(Backtest & { readonly result: unknown }) | undefined> {
  return (await tx.rows<Backtest & { result: unknown }>(selectOne, [tx.organizationId, backtestId]))[0];
}

const progress: Statement = {
  name: "backtests_progress",
  text: `update rule_set_backtests set done_events = $3, total_events = $4, updated_at = now()
    where organization_id = $1 and backtest_id = $2 and state = 'running' returning cancel_asked as "cancelAsked"`,
};

/** Notes how far a run is. True: somebody asked to cancel it, or it was ended by others. */
export async function noteProgress(tx: Tx, of: { backtestId: string; done: number; total: number }): Promise<boolean> {
  const rows = await tx.rows<{ cancelAsked: boolean }>(progress, [tx.organizationId, of.backtestId, of.done, of.total]);
  return rows[0]?.cancelAsked ?? true;
}

const end: Statement = {
  name: "backtests_end",
  text: `update rule_set_backtests set state = $3, result = $4, problem = $5, done_events = coalesce($6, done_events), updated_at = now(), ended_at = now()
    where organization_id = $1 and backtest_id = $2 and state = 'running'`,
};

/** Ends a run: with its result, with a problem, or cancelled. */
export async function endBacktest(
  tx: Tx,
  of: { backtestId: string; state: "done" | "cancelled" | "failed"; result?: unknown; problem?: string; done?: number },
): Promise<void> {
  const result = of.result === undefined ? null : JSON.stringify(of.result);
  await tx.change(end, [tx.organizationId, of.backtestId, of.state, result, of.problem ?? null, of.done ?? null]);
}

const askCancel: Statement = {
  name: "backtests_cancel",
  text: `update rule_set_backtests set cancel_asked = true where organization_id = $1 and backtest_id = $2 and state = 'running'`,
};

/** Asks a run to stop; whoever runs it sees it within a second. False: it is not running. */
export async function askToCancel(tx: Tx, backtestId: string): Promise<boolean> {
  return (await tx.change(askCancel, [tx.organizationId, backtestId])) > 0;
}

const endSilent: Statement = {
  name: "backtests_end_silent",
  text: `update rule_set_backtests set state = 'failed', problem = $2, updated_at = now(), ended_at = now()
    where organization_id = $1 and state = 'running' and updated_at < now() - interval '2 minutes'`,
};

/** Ends runs that nobody has heard of for two minutes: their process is gone. */
export async function endSilentBacktests(tx: Tx): Promise<void> {
  await tx.change(endSilent, [tx.organizationId, "The process that ran it ended; start it again"]);
}

/** Which stored events are meant. Dates are document dates, both included; empty lists mean all. */
export interface EventSelection {
  readonly from: string;
  readonly to: string;
  readonly types: readonly string[];
  readonly booksIds: readonly string[];
}

const selected = `e.organization_id = $1 and e.date between $2 and $3 and (cardinality($4::text[]) = 0 or e.type = any($4))
    and (cardinality($5::uuid[]) = 0 or e.books_id = any($5)) and e.state not in ('superseded', 'voided') and not e.is_void`;
const selectRanges: Statement = {
  name: "backtests_ranges",
  text: `select event_id as "firstId", count from (
      select event_id, row_number() over (order by event_id) as n, count(*) over () as count from events e where ${selected}
    ) counted where (n - 1) % $6 = 0 order by event_id`,
};

/** Cuts the selected events into ranges of `size`: the first id of each, and how many events there are in all. */
export async function cutRanges(tx: Tx, events: EventSelection, size: number): Promise<{ firstIds: string[]; total: number }> {
  const { from, to, types, booksIds } = events;
  const rows = await tx.rows<{ firstId: string; count: bigint }>(selectRanges, [tx.organizationId, from, to, types, booksIds, size]);
  return { firstIds: rows.map(({ firstId }) => firstId), total: Number(rows[0]?.count ?? 0n) };
}

/** A stored event as it is mapped. */
export interface StoredEvent {
  readonly eventId: string;
  readonly type: string;
  readonly id: string;
  readonly revision: number;
  readonly booksId: string;
  readonly body: string;
}

const selectRange: Statement = {
  name: "backtests_range",
  text: `select e.event_id as "eventId", e.type, e.id, e.revision, e.books_id as "booksId", e.body from events e
    where ${selected} and e.event_id >= $6 and ($7::uuid is null or e.event_id < $7) order by e.event_id`,
};

/** The selected events from one id up to another; null: to the end. */
export function readRange(tx: Tx, events: EventSelection, range: { firstId: string; beforeId: string | null }): Promise<StoredEvent[]> {
  const { from, to, types, booksIds } = events;
  return tx.rows<StoredEvent>(selectRange, [tx.organizationId, from, to, types, booksIds, range.firstId, range.beforeId]);
}
