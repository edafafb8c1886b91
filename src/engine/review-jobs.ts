import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization } from "../store/database.ts";
import { newId } from "../store/ids.ts";
import {
  advanceJob,
  claimJob,
  endJob,
  findAbandonedJobs,
  findJob,
  findJobBatch,
  insertJob,
  type JobSelection,
  type JobSize,
  listJobs,
  measureJob,
  type ReviewJob,
} from "../store/review-jobs.ts";
import type { Actor } from "./actor.ts";
import { type DryRunReport, tryStopped } from "./dry-run.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf, requireDate } from "./publish-rules.ts";
import { reopen } from "./review.ts";
import { requireReason } from "./review-cards.ts";
import { excludeAll } from "./review-exclude.ts";

/** Something to be done to many stopped events. */
export interface JobOrder {
  readonly kind: ReviewJob["kind"];
  readonly selection: JobSelection;
  /** Why; needed to exclude. */
  readonly reason: string | null;
}

/** What a job would do, before anything is done. Of a retry, what a dry run says of it now. */
export interface JobPlan {
  readonly size: JobSize;
  readonly outcome: DryRunReport | null;
}

/** Events of one transaction. */
const batchSize = 500;

function check(order: JobOrder): void {
  requireDate(order.selection.from);
  requireDate(order.selection.to);
  if (order.kind === "exclude") requireReason(order.reason ?? "", "these events are excluded");
}

/** Says what a job would do, and does nothing. Faults: `request_invalid`. */
export async function planJob(parts: EngineParts, actor: Actor, order: JobOrder): Promise<JobPlan> {
  check({ ...order, reason: order.reason ?? "planned" });
  const size = await inOrganization(parts.database, actor.organizationId, (tx) => measureJob(tx, order.selection));
  return { size, outcome: order.kind === "retry" ? await tryStopped(parts, actor.organizationId, order.selection) : null };
}

/** Starts a job; it goes on in the background and over restarts. Faults: `request_invalid` when nothing is selected. */
export async function startJob(parts: EngineParts, actor: Actor, order: JobOrder): Promise<ReviewJob> {
  check(order);
  const { organizationId } = actor;
  const jobId = newId();
  const startedBy = nameOf(actor);
  const job = await inOrganization(parts.database, organizationId, async (tx) => {
    const { events, throughId } = await measureJob(tx, order.selection);
    if (throughId === null) throw new Fault("request_invalid", "Nothing that is stopped is like that; look at the plan first");
    const { kind, selection, reason } = order;
    await insertJob(tx, { jobId, kind, selection, reason, total: events, throughId, startedBy });
    const facts = { kind, selection, reason, events };
    await appendAudit(tx, parts.now(), [{ actor: startedBy, action: "review.job_started", objectType: "finding", objectId: jobId, facts }]);
    return (await findJob(tx, jobId))!;
  });
  void runJob(parts, organizationId, jobId);
  return job;
}

/** Where a job stands. Faults: `not_found`. */
export async function readJob(parts: EngineParts, actor: Actor, jobId: string): Promise<ReviewJob> {
  const job = await inOrganization(parts.database, actor.organizationId, (tx) => findJob(tx, jobId));
  if (job === undefined) throw new Fault("not_found", `There is no job ${jobId}`);
  return job;
}

/** The last jobs, newest first. */
export function readJobs(parts: EngineParts, actor: Actor): Promise<ReviewJob[]> {
  return inOrganization(parts.database, actor.organizationId, listJobs);
}

/** Stops a job; what it did so far stays done. Faults: `not_found`. */
export async function cancelJob(parts: EngineParts, actor: Actor, jobId: string): Promise<ReviewJob> {
  await inOrganization(parts.database, actor.organizationId, async (tx) => {
    if (!(await endJob(tx, jobId, "cancelled"))) return;
    const leaf = { actor: nameOf(actor), action: "review.job_cancelled", objectType: "finding" as const, objectId: jobId, facts: {} };
    await appendAudit(tx, parts.now(), [leaf]);
  });
  return readJob(parts, actor, jobId);
}

/** Goes on with jobs of an organization whose process is gone. */
export async function resumeJobs(parts: EngineParts, organizationId: string): Promise<void> {
  for (const { jobId } of await inOrganization(parts.database, organizationId, findAbandonedJobs))
    await runJob(parts, organizationId, jobId);
}

/** Works on a job batch by batch, each one transaction, until it is over or somebody else has it. Never throws. */
async function runJob(parts: EngineParts, organizationId: string, jobId: string): Promise<void> {
  const runner = randomUUID();
  try {
    while (await runBatch(parts, organizationId, { jobId, runner }));
  } catch (error) {
    // Nothing of the batch is kept. A database that is away is no end: whoever finds the job goes on with it.
    parts.log("error", "a review job stopped", { jobId, error: String((error as Error).stack) });
    if (!(error instanceof Fault)) return;
    await inOrganization(parts.database, organizationId, (tx) => endJob(tx, jobId, "failed", error.message)).catch(() => undefined);
  }
}

async function runBatch(parts: EngineParts, organizationId: string, of: { jobId: string; runner: string }): Promise<boolean> {
  const { jobId, runner } = of;
  const { lanes, goOn } = await inOrganization(parts.database, organizationId, async (tx) => {
    const job = await claimJob(tx, jobId, runner);
    if (job === undefined) return { lanes: [], goOn: false };
    const eventIds = await findJobBatch(tx, job, batchSize);
    const actor = actorOf(organizationId, job.startedBy);
    if (eventIds.length === 0) {
      await endJob(tx, jobId, "done");
      const facts = { done: Number(job.done), left: Number(job.left) };
      await appendAudit(tx, parts.now(), [
        { actor: job.startedBy, action: "review.job_done", objectType: "finding", objectId: jobId, facts },
      ]);
      return { lanes: [], goOn: false };
    }
    const afterId = eventIds.at(-1)!;
    if (job.kind === "exclude") {
      const { excluded, left } = await excludeAll(tx, { parts, actor }, { eventIds, cause: null, reason: job.reason ?? "" });
      await advanceJob(tx, { jobId, done: excluded, left, afterId });
      return { lanes: [], goOn: true };
    }
    const { retried, lanes: woken } = await reopen(tx, parts, actor, { eventIds });
    await advanceJob(tx, { jobId, done: retried, left: eventIds.length - retried, afterId });
    return { lanes: [...woken], goOn: true };
  });
  for (const booksId of lanes) await parts.wake({ organizationId, booksId });
  return goOn;
}

/** Who started a job, as the audit log names him. */
function actorOf(organizationId: string, startedBy: string): Actor {
  const [type = "system", ...id] = startedBy.split(":");
  return { organizationId, type: type as Actor["type"], id: id.join(":"), role: "clerk", sourceId: null };
}
