import { jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { isObject, listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import type { Limits, PublishedLimits } from "../limits.ts";
import type { Storage } from "../storage.ts";
import { includesOf, runBatch } from "./batch.ts";
import { changesSince } from "./cdc.ts";
import type { Company } from "./company.ts";
import { notFound, Refusal, serviceFault, systemFault, throttleFault } from "./errors.ts";
import type { Kind, Work } from "./kind.ts";
import { kindOfPath } from "./kinds.ts";
import { perform } from "./perform.ts";
import { present } from "./present.ts";
import { runQuery } from "./query.ts";
import type { Records } from "./records.ts";
import { runReport } from "./reports.ts";
import { download, upload } from "./files.ts";
import { corePlusThisMonth, countCalls, type CallClass } from "./metering.ts";
import { readRate } from "./plain-kinds.ts";
import { atStatus, refuseInTrouble } from "./troubles.ts";
import { fromXml, isXml } from "./xml-read.ts";
import { keepReply, replayed, requestKey, type RequestKey } from "./replay.ts";
import { companyInfo } from "./template.ts";
import { pacificTime } from "./time.ts";

const system = "quickbooks-online";

/** What the vendor publishes, per realm and app. */
const publishedLimits: PublishedLimits = { perSecond: 10, perMinute: 500, batchesPerMinute: 40, inFlight: 10 };

export interface Service {
  readonly storage: Storage;
  readonly records: Records;
  readonly limits: Limits;
  readonly now: () => number;
}

/** One call to `/v3/company/{realm}/{resource}/{id}`, by a client that may make it. */
export interface Call {
  readonly request: SandboxRequest;
  readonly company: Company;
  readonly resource: string;
  readonly id: string | null;
}

export function answerCall(service: Service, given: Call): Answer {
  const atMs = service.now();
  const call = isXml(given.request) ? { ...given, request: fromXml(given.request, given.resource) } : given;
  const { company, resource } = call;
  const admitted = service.limits.admit({ system, company: company.id, isBatch: resource === "batch", published: publishedLimits });
  const calls = classesOf(call);
  const quota = service.limits.quota(system, company.id);
  const isSpent = calls.corePlus > 0 && quota !== null && corePlusThisMonth(service.storage, atMs) + calls.corePlus > quota;
  if (!admitted || isSpent) return throttleFault(atMs);
  try {
    refuseInTrouble(company, calls.core > 0);
    const answer = route(service, call, atMs);
    if (answer.status === 200) countCalls(service.storage, company.id, atMs, calls);
    return answer;
  } catch (error) {
    // Whatever was read ahead inside an undone transaction must not be believed.
    service.records.forget();
    if (error instanceof Refusal) return atStatus(company, serviceFault(error, atMs));
    console.error(error);
    return systemFault(atMs);
  }
}

/** How the vendor meters a call: reads are metered, writes are free, and a batch is as many calls as it has items. */
function classesOf({ request, resource }: Call): Record<CallClass, number> {
  if (resource === "batch") {
    const items = listOf(objectOf(request.json())["BatchItemRequest"]).map(objectOf);
    const reads = items.filter((item) => item["Query"] !== undefined).length;
    return { core: items.length - reads, corePlus: reads };
  }
  const isRead = request.method === "GET" || resource === "query";
  return { core: isRead ? 0 : 1, corePlus: isRead ? 1 : 0 };
}

function envelope(members: JsonObject, atMs: number): Answer {
  return jsonAnswer(200, { ...members, time: pacificTime(atMs, "milliseconds") });
}

function route(service: Service, call: Call, atMs: number): Answer {
  const { request, resource } = call;
  if (resource === "upload") return uploadFiles(service, call, atMs);
  if (!request.isUtf8) throw new Refusal("500", "Unsupported Operation : MalformedByteSequence: Invalid byte of UTF-8 sequence");
  if (resource === "query") return envelope({ QueryResponse: query(service, call, atMs)(statementOf(request)) }, atMs);
  if (resource === "reports" && request.method === "GET") {
    return jsonAnswer(200, runReport({ ...service, company: call.company, atMs }, call.id ?? "", request.query));
  }
  if (resource === "download") return download(workOf(service, call, atMs), call.id);
  if (request.method === "GET") return envelope(read(service, call, atMs), atMs);
  if (request.method !== "POST") throw new Refusal("500", `Unsupported Operation : ${request.method} is not supported.`);
  return write(service, call, atMs);
}

function statementOf(request: SandboxRequest): string {
  const statement = request.method === "POST" ? request.body.toString("utf8") : (request.query.get("query") ?? "");
  if (statement.trim() === "") throw new Refusal("4000", 'QueryParserError: Encountered " <EOF> "" at line 1, column 0.');
  return statement;
}

function query({ storage }: Service, { company, request }: Call, atMs: number): (statement: string) => JsonObject {
  const singles = { Preferences: () => company.preferences, CompanyInfo: () => companyInfo(company, pacificTime(company.createdMs)) };
  return (statement) => runQuery({ company, storage, atMs, singles, origin: request.origin }, statement);
}

function read(service: Service, call: Call, atMs: number): JsonObject {
  const { company, resource, id, request } = call;
  if (resource === "preferences") return { Preferences: company.preferences };
  if (resource === "companyinfo") return { CompanyInfo: companyInfo(company, pacificTime(company.createdMs)) };
  const work = workOf(service, call, atMs);
  if (resource === "cdc") return { CDCResponse: [{ QueryResponse: changesSince(work, request.query) }] };
  if (resource === "exchangerate" && id === null) return { ExchangeRate: readRate(work, request.query) };
  const kind = requireKind(resource);
  if (id === null) throw new Refusal("500", "Unsupported Operation : Operation GET without an id is not supported.");
  // Two tax codes have words for ids.
  if (!/^\d+$/.test(id) && kind.isReadOnly !== true) {
    throw new Refusal("2030", `Invalid ID : Id should be a valid number. Supplied value:${id}`, "Id");
  }
  const stored = service.records.find(company.key, kind.name, id);
  if (stored === null || stored.deleted) throw notFound(kind.type);
  return { [kind.name]: present(work, stored) };
}

function workOf({ records, storage }: Service, { company, request }: Call, atMs: number): Work {
  const include = new Set(includesOf(request.query.toString()));
  return { company, records, storage, atMs, key: textOf(request.query.get("requestid")), include, origin: request.origin };
}

function uploadFiles(service: Service, call: Call, atMs: number): Answer {
  const members = service.storage.transaction(() => upload(workOf(service, call, atMs), call.request));
  return envelope(members, atMs);
}

const singles = new Set(["preferences", "companyinfo"]);

function requireKind(resource: string): Kind {
  const kind = kindOfPath(resource);
  if (kind === null) throw new Refusal("2000", `Invalid or unsupported object name : ${resource}`, resource);
  return kind;
}

function write(service: Service, call: Call, atMs: number): Answer {
  const { resource, company } = call;
  const isBatch = resource === "batch";
  if (singles.has(resource)) throw new Refusal("500", `Unsupported Operation : ${resource} cannot be written.`);
  const kind = isBatch ? null : requireKind(resource);
  const { request } = call;
  const contentType = request.headers["content-type"];
  if (contentType !== undefined && !/json|xml/.test(contentType)) throw new Refusal("1050", `Invalid Content Type : ${contentType}`);
  const body = request.json();
  if (!isObject(body)) throw new Refusal("2010", "Request has invalid or unsupported property : the body is not readable");
  const key = requestKey(request, isBatch);
  const known = key === null ? null : replayed(service.storage, company, key, atMs);
  if (known !== null) return known;
  try {
    return service.storage.transaction(() => {
      const { answer, isDone } = run(service, call, { kind, body, atMs });
      if (key !== null && (isDone || company.switches.requestIdKeepsFailures)) keepReply(service.storage, company, key, { answer, atMs });
      return answer;
    });
  } catch (error) {
    keepFailure(service, company, { key, error, atMs });
    throw error;
  }
}

function keepFailure({ storage }: Service, company: Company, failed: { key: RequestKey | null; error: unknown; atMs: number }): void {
  const { key, error, atMs } = failed;
  if (key === null || !company.switches.requestIdKeepsFailures || !(error instanceof Refusal)) return;
  storage.transaction(() => keepReply(storage, company, key, { answer: serviceFault(error, atMs), atMs }));
}

function run(
  service: Service,
  call: Call,
  what: { kind: Kind | null; body: JsonObject; atMs: number },
): { answer: Answer; isDone: boolean } {
  const { request } = call;
  const { kind, body, atMs } = what;
  const work = workOf(service, call, atMs);
  if (kind === null) {
    const { items, didAnything } = runBatch(work, body, query(service, call, atMs));
    return { answer: envelope({ BatchItemResponse: items }, atMs), isDone: didAnything };
  }
  return { answer: envelope(perform(work, kind, body, request.query.get("operation")), atMs), isDone: true };
}
