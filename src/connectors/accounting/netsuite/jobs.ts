import { Fault } from "../../../core/errors.ts";
import type { ApiAnswer, Call } from "./api.ts";
import type { Desk } from "./desk.ts";
import type { Entry } from "./entry.ts";
import { errorsIn, faultFrom, unreadable } from "./errors.ts";
import { idempotencyKeyOf } from "./keys.ts";
import { readTimeoutMs, writeTimeoutMs } from "./limits.ts";
import { idIn } from "./location.ts";
import { listOf, textOf, type JsonObject } from "./wire.ts";

type Jobs = Pick<Desk, "call" | "pause">;

/** The pauses between looks at a job grow from two seconds; each look takes a lane of the account. */
const firstPauseMs = 2_000;
const pauseMaxMs = 15_000;
/** After this the outcome is left open: the record is looked up by its external id. */
const patienceMs = 115_000;

/** Creates one large record by a job of its own. The key finds the first job again where the request is repeated. */
export async function createByJob(desk: Jobs, entry: Entry, key: string): Promise<string> {
  const job = await submit(desk, { path: entry.path, body: JSON.stringify(entry.body), key, headers: { prefer: "respond-async" } });
  await ended(desk, job);
  const [task] = await tasksOf(desk, job);
  if (task === undefined) throw open(job, "without a task");
  return idIn(await resultOf(desk.call, task));
}

/**
 * Creates records of one type as one job and waits for its end. That a job succeeded only means that it ran, and which task
 * was for which record is told by position alone: what became of each is looked up by its external id afterwards. Faults of
 * the whole: a refusal where the account takes no batches, and nothing was written then.
 */
export async function createByBatch(desk: Jobs, entries: readonly Entry[], key: string): Promise<void> {
  const job = await submit(desk, {
    path: entries[0]!.path,
    body: JSON.stringify({ items: entries.map(({ body }) => body) }),
    key,
    headers: {
      "content-type": "application/vnd.oracle.resource+json; type=collection",
      prefer: 'respond-async, batch-processing="parallel"',
    },
  });
  await ended(desk, job);
}

interface Submission {
  readonly path: string;
  readonly body: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Starts the job, or finds the one that the same key started before. */
async function submit({ call }: Jobs, { path, body, key, headers }: Submission): Promise<string> {
  const answer = await call({
    method: "POST",
    path: `record/v1/${path}`,
    body,
    headers: { ...headers, "x-netsuite-idempotency-key": idempotencyKeyOf(key) },
    timeoutMs: writeTimeoutMs,
  });
  const job = /\/async\/v1\/job\/([\w-]+)/.exec(answer.location)?.[1];
  if (answer.status !== 202 || job === undefined) throw unreadable(answer.facts, "no job for an asynchronous request");
  return job;
}

async function ended({ call, pause }: Jobs, job: string): Promise<void> {
  for (let waited = 0, wait = firstPauseMs; ; waited += wait, wait = Math.min(wait * 2, pauseMaxMs)) {
    const { json } = await afterSubmission(() => call({ method: "GET", path: `async/v1/job/${job}`, timeoutMs: readTimeoutMs }), job);
    if (json["completed"] === true || ["succeeded", "failed"].includes(textOf(json, "progress"))) return;
    if (waited + wait > patienceMs) throw open(job, "still under way");
    await pause(wait);
  }
}

/** The addresses of a job's tasks, which stand in their links alone. */
async function tasksOf({ call }: Jobs, job: string): Promise<string[]> {
  const { json } = await afterSubmission(() => call({ method: "GET", path: `async/v1/job/${job}/task`, timeoutMs: readTimeoutMs }), job);
  return listOf(json, "items").flatMap((item) => taskPath(item, job) ?? []);
}

function taskPath(item: JsonObject, job: string): string | null {
  const href = listOf(item, "links")
    .map((link) => textOf(link, "href"))
    .find((each) => each.includes("/task/"));
  const task = /\/task\/([\w-]+)/.exec(href ?? "")?.[1] ?? textOf(item, "id");
  return task === "" ? null : `async/v1/job/${job}/task/${task}`;
}

/** The result is what the plain call would have answered: a place, or an error with its status. */
async function resultOf(call: Call, task: string): Promise<ApiAnswer> {
  const answer = await afterSubmission(() => call({ method: "GET", path: `${task}/result`, timeoutMs: readTimeoutMs }), task);
  const errors = errorsIn(answer.json);
  if (errors.length > 0) throw faultFrom(errors, { ...answer.facts, status: Number(textOf(answer.json, "status")) || 400 });
  return answer;
}

/** Once a job was started, silence and refused looks say nothing about what it does. A refusal of the record itself stays one. */
async function afterSubmission(look: () => Promise<ApiAnswer>, job: string): Promise<ApiAnswer> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Fault) || error.remedy === "review" || error.code === "number_taken") throw error;
    throw open(job, error.message);
  }
}

function open(job: string, why: string): Fault {
  return new Fault("upstream_silent", `NetSuite's job ${job} is ${why}; what became of the entry is looked up`, { job });
}
