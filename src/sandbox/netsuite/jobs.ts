import type { Answer, SandboxRequest } from "../http.ts";
import { isObject, listOf, objectOf, textOf, type Json, type JsonObject } from "../json.ts";
import { errorAnswer, invalidContent, invalidRequest, methodNotAllowed, noSuchRecord, Refusal, resourceType } from "./errors.ts";
import { answerRecord, requireType, singular } from "./record-service.ts";
import { utcText } from "./sql-dates.ts";
import type { Work } from "./work.ts";

/** One request that is done now, or in a job. */
export type Task = (work: Work) => Answer;

const batchMax = 100;

/**
 * Takes a request as a job: it is done at once, and its outcome kept to be fetched. The same idempotency key names the job
 * that there is already; it counts for jobs alone.
 */
export function startJob(
  work: Work,
  request: SandboxRequest,
  segments: readonly string[],
  how: { task: Task; prefers: ReadonlySet<string> },
): Answer {
  const { company, storage, records } = work;
  const key = request.ignoreKey ? null : textOf(request.headers["x-netsuite-idempotency-key"]);
  const known = key === null ? undefined : storage.get("SELECT id FROM ns_jobs WHERE company = ? AND key = ?", company.key, key);
  if (known !== undefined) {
    const detail = "The idempotency key of the request was already used. The location of the earlier job is in the Location header.";
    throw new Refusal(company.switches.idempotencyStatus, [{ detail, code: "IDEMPOTENCY_ERROR" }], jobHref(work, Number(known["id"])));
  }
  const tasks = isBatch(request, segments) ? batchTasks(work, request, segments) : [how.task];
  const id = records.next(company.key, "job", 1);
  storage.run("INSERT INTO ns_jobs VALUES (?, ?, ?, ?, ?, ?)", company.key, id, key, company.switches.jobPolls, request.method, work.atMs);
  for (const [index, task] of tasks.entries()) keepOutcome(work, { job: id, task: index + 1 }, outcomeOf(work, task, how.prefers));
  const headers = { "preference-applied": "respond-async", location: jobHref(work, id) };
  return { status: 202, headers, body: "" };
}

function jobHref({ base }: Work, id: number): string {
  return `${base}/async/v1/job/${id}`;
}

/** What the synchronous call would have answered. One item that fails undoes only itself. */
function outcomeOf(work: Work, task: Task, prefers: ReadonlySet<string>): Answer {
  try {
    return work.storage.part(() => task({ ...work, dropped: [] }));
  } catch (error) {
    work.records.forget();
    // A query that was not sent as transient runs, but its outcome cannot be fetched.
    if (error instanceof Refusal && prefers.size > 0) return errorAnswer(error);
    throw error;
  }
}

function keepOutcome({ storage, company, atMs }: Work, { job, task }: { job: number; task: number }, answer: Answer): void {
  storage.run(
    "INSERT INTO ns_tasks VALUES (?, ?, ?, ?, ?, ?, ?)",
    company.key,
    job,
    task,
    answer.status,
    JSON.stringify(answer.headers),
    answer.body,
    atMs,
  );
}

function isBatch(request: SandboxRequest, segments: readonly string[]): boolean {
  const isType = segments.length === 1 && segments[0] !== "metadata-catalog" && segments[0] !== "suiteql";
  if (!isType) return false;
  const isCollection = /type=collection/.test(request.headers["content-type"] ?? "");
  return isCollection || request.query.has("ids");
}

/** One task for each record of a batch. */
function batchTasks(work: Work, request: SandboxRequest, segments: readonly string[]): Task[] {
  if (!work.company.switches.batch) throw invalidContent("Invalid content in the request body.");
  const type = requireType(work, segments[0] ?? "").name;
  const { method, query } = request;
  if (method === "GET" || method === "DELETE") {
    const ids = (query.get("ids") ?? "").split(",").filter((id) => id !== "");
    refuseCount(ids.length);
    const rest = new URLSearchParams(query);
    rest.delete("ids");
    if (method === "GET") return [(inner) => readMany(inner, type, ids, rest)];
    return ids.map((id) => (inner) => answerRecord(inner, { method, segments: [type, id], query: rest, body: undefined }));
  }
  const items = itemsOf(request.json());
  refuseCount(items.length);
  return items.map((item) => (inner) => answerRecord(inner, oneOf(method, type, item, query)));
}

function refuseCount(count: number): void {
  if (count < 1 || count > batchMax) throw invalidRequest(`A batch has 1 to ${batchMax} records.`);
}

function itemsOf(body: Json | undefined): JsonObject[] {
  if (!isObject(body) || !Array.isArray(body["items"])) throw invalidContent("Invalid content in the request body.");
  return listOf(body["items"]).map(objectOf);
}

/** An item of a batch as the single request that it stands for. */
function oneOf(method: string, type: string, item: JsonObject, query: URLSearchParams) {
  const { id, externalId } = item;
  const named = id !== undefined && id !== null ? String(id) : typeof externalId === "string" ? `eid:${externalId}` : null;
  if (method === "POST") return { method, segments: [type], query, body: item };
  if (named === null || (method === "PUT" && typeof externalId !== "string"))
    throw invalidContent("Each item needs an id or an externalId.");
  const { id: _id, ...body } = item;
  return { method, segments: [type, method === "PUT" ? `eid:${String(externalId)}` : named], query, body };
}

/** Reads many records into one collection. */
function readMany(work: Work, type: string, ids: readonly string[], query: URLSearchParams): Answer {
  const isExpanded = query.get("expandRecords") === "true";
  const items = ids.map((id) => {
    const one = objectOf(JSON.parse(answerRecord(work, { method: "GET", segments: [type, id], query, body: undefined }).body));
    return isExpanded ? one : { links: one["links"], id: one["id"] };
  });
  const body = { links: [], count: items.length, hasMore: false, items, offset: 0, totalResults: items.length };
  return { status: 200, headers: { "content-type": resourceType("collection") }, body: JSON.stringify(body) };
}

/** `/async/v1/job/{id}[/task[/{task}[/result]]]` */
export function answerAsync(work: Work, method: string, rest: readonly string[], prefers: ReadonlySet<string>): Answer {
  const [word, id = "", list, task, result] = rest;
  if (method !== "GET") throw methodNotAllowed(method);
  if (word !== "job" || !/^\d+$/.test(id)) throw noSuchRecord();
  const { storage, company } = work;
  const job = storage.get("SELECT * FROM ns_jobs WHERE company = ? AND id = ?", company.key, Number(id));
  if (job === undefined) throw noSuchRecord();
  const left = Number(job["polls"]);
  if (list === undefined && left > 0)
    storage.transaction(() => storage.run("UPDATE ns_jobs SET polls = polls - 1 WHERE company = ? AND id = ?", company.key, Number(id)));
  const href = jobHref(work, Number(id));
  if (list === undefined) return singular(jobBody(href, id, left > 0));
  if (list !== "task") throw noSuchRecord();
  if (task === undefined) return taskList(work, href, Number(id));
  const row = storage.get("SELECT * FROM ns_tasks WHERE company = ? AND job = ? AND id = ?", company.key, Number(id), Number(task));
  if (row === undefined) throw noSuchRecord();
  if (result === undefined)
    return singular(
      taskBody(`${href}/task/${task}`, {
        id: task,
        startedMs: Number(row["started"]),
        isUnderWay: left > 0,
        status: Number(row["status"]),
      }),
    );
  if (result !== "result" || left > 0) throw noSuchRecord();
  const headers = JSON.parse(String(row["headers"])) as Record<string, string>;
  const isQuery = String(row["body"]).includes("/query/v1/suiteql");
  if (isQuery && !prefers.has("transient")) throw invalidRequest("The required request header 'Prefer: transient' is missing.");
  return { status: Number(row["status"]), headers, body: String(row["body"]) };
}

/** `succeeded` says that the job ran to its end, not that its items did. */
function jobBody(href: string, id: string, isUnderWay: boolean): JsonObject {
  return {
    links: [{ rel: "self", href }],
    id,
    completed: !isUnderWay,
    progress: isUnderWay ? "processing" : "succeeded",
    task: { links: [{ rel: "self", href: `${href}/task` }] },
  };
}

function taskList({ storage, company }: Work, href: string, job: number): Answer {
  const rows = storage.all("SELECT id FROM ns_tasks WHERE company = ? AND job = ? ORDER BY id", company.key, job);
  const items = rows.map((row) => ({ links: [{ rel: "self", href: `${href}/task/${String(row["id"])}` }] }));
  const body = {
    links: [{ rel: "self", href: `${href}/task` }],
    count: items.length,
    hasMore: false,
    items,
    offset: 0,
    totalResults: items.length,
  };
  return { status: 200, headers: { "content-type": resourceType("collection") }, body: JSON.stringify(body) };
}

function taskBody(
  href: string,
  { id, startedMs, isUnderWay, status }: { id: string; startedMs: number; isUnderWay: boolean; status: number },
): JsonObject {
  const ended = isUnderWay ? {} : { endTime: utcText(startedMs) };
  return {
    links: [
      { rel: "self", href },
      { rel: "related", href: `${href}/result` },
    ],
    id,
    completed: !isUnderWay,
    progress: isUnderWay ? "processing" : status < 400 ? "succeeded" : "failed",
    startTime: utcText(startedMs),
    ...ended,
  };
}
