import { codesOfClasses, type FindingClass } from "../core/finding-class.ts";
import type { Statement, Tx } from "./database.ts";

/** Which stopped events a job is over. Empty lists mean all; dates are document dates, both included. */
export interface JobSelection {
  readonly causes: readonly string[];
  readonly classes: readonly FindingClass[];
  readonly types: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
}

/** One job over many events of the review queue. */
export interface ReviewJob {
  readonly jobId: string;
  readonly kind: "retry" | "exclude";
  readonly selection: JobSelection;
  readonly reason: string | null;
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly total: bigint;
  readonly done: bigint;
  /** Events that were left as they are: something of them is in the books. */
  readonly left: bigint;
  readonly afterId: string;
  readonly throughId: string;
  readonly problem: string | null;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

const columns = `job_id as "jobId", kind, selection, reason, state, total_events as "total", done_events as "done", left_events as "left",
  after_id as "afterId", through_id as "throughId", problem, started_by as "startedBy", started_at as "startedAt", ended_at as "endedAt"`;

const insert: Statement = {
  name: "review_jobs_insert",
  text: `insert into review_jobs (organization_id, job_id, kind, selection, reason, state, total_events, through_id, started_by)
    values ($1, $2, $3, $4, $5, 'running', $6, $7, $8)`,
};

/** Notes a job that begins. */
export async function insertJob(
  tx: Tx,
  job: Pick<ReviewJob, "jobId" | "kind" | "selection" | "reason" | "throughId" | "startedBy"> & { total: number },
): Promise<void> {
  const { jobId, kind, selection, reason, total, throughId, startedBy } = job;
  await tx.change(insert, [tx.organizationId, jobId, kind, JSON.stringify(selection), reason, total, throughId, startedBy]);
}

const select: Statement = {
  name: "review_jobs_find",
  text: `select ${columns} from review_jobs where organization_id = $1 and job_id = $2`,
};

/** One job; undefined when there is none of that id. */
export async function findJob(tx: Tx, jobId: string): Promise<ReviewJob | undefined> {
  return (await tx.rows<ReviewJob>(select, [tx.organizationId, jobId]))[0];
}

const selectNewest: Statement = {
  name: "review_jobs_newest",
  text: `select ${columns} from review_jobs where organization_id = $1 order by started_at desc limit 50`,
};

/** The last fifty jobs, newest first. */
export function listJobs(tx: Tx): Promise<ReviewJob[]> {
  return tx.rows<ReviewJob>(selectNewest, [tx.organizationId]);
}

const selectAbandoned: Statement = {
  name: "review_jobs_abandoned",
  text: `select ${columns} from review_jobs where organization_id = $1 and state = 'running' and (runner_until is null or runner_until < now())
    order by started_at`,
};

/** Jobs that nobody works on: their process is gone. */
export function findAbandonedJobs(tx: Tx): Promise<ReviewJob[]> {
  return tx.rows<ReviewJob>(selectAbandoned, [tx.organizationId]);
}

const claim: Statement = {
  name: "review_jobs_claim",
  text: `update review_jobs set runner = $3, runner_until = now() + interval '30 seconds', updated_at = now()
    where organization_id = $1 and job_id = $2 and state = 'running' and (runner is null or runner = $3 or runner_until < now()) returning ${columns}`,
};

/** Takes or keeps a job for half a minute. Undefined: it is over, cancelled, or somebody else works on it. */
export async function claimJob(tx: Tx, jobId: string, runner: string): Promise<ReviewJob | undefined> {
  return (await tx.rows<ReviewJob>(claim, [tx.organizationId, jobId, runner]))[0];
}

const advance: Statement = {
  name: "review_jobs_advance",
  text: `update review_jobs set done_events = done_events + $3, left_events = left_events + $4, after_id = $5, updated_at = now()
    where organization_id = $1 and job_id = $2`,
};

/** Notes how far a job is. */
export async function advanceJob(tx: Tx, of: { jobId: string; done: number; left: number; afterId: string }): Promise<void> {
  await tx.change(advance, [tx.organizationId, of.jobId, of.done, of.left, of.afterId]);
}

const end: Statement = {
  name: "review_jobs_end",
  text: `update review_jobs set state = $3, problem = $4, runner = null, ended_at = now(), updated_at = now()
    where organization_id = $1 and job_id = $2 and state = 'running'`,
};

/** Ends a running job. False: it was over already. */
export async function endJob(
  tx: Tx,
  jobId: string,
  state: "done" | "cancelled" | "failed",
  problem: string | null = null,
): Promise<boolean> {
  return (await tx.change(end, [tx.organizationId, jobId, state, problem])) === 1;
}

const chosen = `e.organization_id = $1 and e.state in ('review', 'held') and (cardinality($2::text[]) = 0 or e.type = any($2))
    and ($3::date is null or e.date >= $3) and ($4::date is null or e.date <= $4)
    and exists (select 1 from findings f where f.organization_id = $1 and f.event_id = e.event_id and f.resolved_at is null and f.severity <> 'warn'
      and (cardinality($5::text[]) = 0 or f.cause = any($5)) and (f.code ~ $6 or f.code !~ $7))`;

function valuesOf(tx: Tx, { types, from, to, causes, classes }: JobSelection): unknown[] {
  const { like, unlike } = codesOfClasses(classes);
  return [tx.organizationId, types, from, to, causes, like, unlike];
}

const selectBatch: Statement = {
  name: "review_jobs_batch",
  text: `select e.event_id as "eventId" from events e where ${chosen} and e.event_id > $8 and e.event_id <= $9 order by e.event_id limit $10 for update of e`,
};

/** The next events of a job, in order. Locks them. */
export async function findJobBatch(tx: Tx, job: Pick<ReviewJob, "selection" | "afterId" | "throughId">, limit: number): Promise<string[]> {
  const values = [...valuesOf(tx, job.selection), job.afterId, job.throughId, limit];
  return (await tx.rows<{ eventId: string }>(selectBatch, values)).map(({ eventId }) => eventId);
}

/** What a job would be over. */
export interface JobSize {
  readonly events: number;
  readonly money: readonly { readonly currency: string; readonly minor: bigint }[];
  /** Newest event of it; what comes later is not part of the job. Null when there is none. */
  readonly throughId: string | null;
}

const measure: Statement = {
  name: "review_jobs_measure",
  text: `select e.currency, count(*)::int as events, sum(e.total_minor)::text as minor, max(e.event_id::text) as "throughId"
    from events e where ${chosen} group by e.currency order by e.currency`,
};

/** Counts what a job would be over. */
export async function measureJob(tx: Tx, selection: JobSelection): Promise<JobSize> {
  const rows = await tx.rows<{ currency: string; events: number; minor: string; throughId: string }>(measure, valuesOf(tx, selection));
  return {
    events: rows.reduce((sum, { events }) => sum + events, 0),
    money: rows.map(({ currency, minor }) => ({ currency, minor: BigInt(minor) })),
    throughId: rows.reduce<string | null>((last, { throughId }) => (last === null || throughId > last ? throughId : last), null),
  };
}
