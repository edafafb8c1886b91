import { jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { isObject, textOf, type JsonObject } from "../json.ts";
import type { Limits, PublishedLimits } from "../limits.ts";
import type { Storage } from "../storage.ts";
import { includesOf, runBatch } from "./batch.ts";
import { changesSince } from "./cdc.ts";
import type { Company } from "./company.ts";
import { notFound, Refusal, serviceFault, systemFault, throttleFault } from "./errors.ts";
import type { Kind, Work } from "./kind.ts";
import { kindOfPath } from "./kinds.ts";
import { present } from "./present.ts";
import { runQuery } from "./query.ts";
import type { Records } from "./records.ts";
import { keepReply, replayed, requestKey, type RequestKey } from "./replay.ts";
import { companyInfo } from "./template.ts";
import { pacificTime } from "./time.ts";
import { remove, save, voidTransaction } from "./write.ts";

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

export function answerCall(service: Service, call: Call): Answer {
  const atMs = service.now();
  const isBatch = call.resource === "batch";
  const admitted = service.limits.admit({ system: "quickbooks-online", company: call.company.id, isBatch, published: publishedLimits });
  if (!admitted) return throttleFault(atMs);
  try {
    return route(service, call, atMs);
  } catch (error) {
    // Whatever was read ahead inside an undone transaction must not be believed.
    service.records.forget();
    if (error instanceof Refusal) return serviceFault(error, atMs);
    console.error(error);
    return systemFault(atMs);
  }
}

function envelope(members: JsonObject, atMs: number): Answer {
  return jsonAnswer(200, { ...members, time: pacificTime(atMs, "milliseconds") });
}

function route(service: Service, call: Call, atMs: number): Answer {
  const { request, resource } = call;
  const accept = request.headers.accept;
  if (accept !== undefined && !/json|\*\/\*|application\/\*/.test(accept)) {
    throw new Refusal("1050", `Invalid Content Type : This emulator cannot answer ${accept}`);
  }
  if (!request.isUtf8) throw new Refusal("500", "Unsupported Operation : MalformedByteSequence: Invalid byte of UTF-8 sequence");
  if (resource === "query") return envelope({ QueryResponse: query(service, call, atMs)(statementOf(request)) }, atMs);
  if (request.method === "GET") return envelope(read(service, call, atMs), atMs);
  if (request.method !== "POST") throw new Refusal("500", `Unsupported Operation : ${request.method} is not supported.`);
  return write(service, call, atMs);
}

function statementOf(request: SandboxRequest): string {
  const statement = request.method === "POST" ? request.body.toString("utf8") : (request.query.get("query") ?? "");
  if (statement.trim() === "") throw new Refusal("4000", 'QueryParserError: Encountered " <EOF> "" at line 1, column 0.');
  return statement;
}

function query({ storage }: Service, { company }: Call, atMs: number): (statement: string) => JsonObject {
  const singles = { Preferences: () => company.preferences, CompanyInfo: () => companyInfo(company, pacificTime(company.createdMs)) };
  return (statement) => runQuery({ company, storage, atMs, singles }, statement);
}

function read({ storage, records }: Service, { company, resource, id, request }: Call, atMs: number): JsonObject {
  if (resource === "preferences") return { Preferences: company.preferences };
  if (resource === "companyinfo") return { CompanyInfo: companyInfo(company, pacificTime(company.createdMs)) };
  if (resource === "cdc") return { CDCResponse: [{ QueryResponse: changesSince({ company, storage, atMs }, request.query) }] };
  const kind = requireKind(resource);
  if (id === null) throw new Refusal("500", "Unsupported Operation : Operation GET without an id is not supported.");
  if (!/^\d+$/.test(id)) throw new Refusal("2030", `Invalid ID : Id should be a valid number. Supplied value:${id}`, "Id");
  const stored = records.find(company.key, kind.name, id);
  if (stored === null || stored.deleted) throw notFound(kind.type);
  return { [kind.name]: present({ company, storage }, stored) };
}

function requireKind(resource: string): Kind {
  const kind = kindOfPath(resource);
  if (kind === null) throw new Refusal("2000", `Invalid or unsupported object name : ${resource}`, resource);
  return kind;
}

function write(service: Service, call: Call, atMs: number): Answer {
  const { request, resource, company } = call;
  const isBatch = resource === "batch";
  const kind = isBatch ? null : requireKind(resource);
  const contentType = request.headers["content-type"];
  if (contentType !== undefined && !contentType.includes("json")) throw new Refusal("1050", `Invalid Content Type : ${contentType}`);
  const body = request.json();
  if (!isObject(body)) throw new Refusal("2010", "Request has invalid or unsupported property : the body is not readable as JSON");
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
  const { request, company } = call;
  const { kind, body, atMs } = what;
  const work: Work = {
    company,
    records: service.records,
    storage: service.storage,
    atMs,
    key: textOf(request.query.get("requestid")),
    include: new Set(includesOf(request.query.toString())),
  };
  if (kind === null) {
    const { items, didAnything } = runBatch(work, body, query(service, call, atMs));
    return { answer: envelope({ BatchItemResponse: items }, atMs), isDone: didAnything };
  }
  return { answer: envelope({ [kind.name]: perform(work, kind, body, request.query.get("operation")) }, atMs), isDone: true };
}

function perform(work: Work, kind: Kind, body: JsonObject, operation: string | null): JsonObject {
  switch (operation) {
    case null:
    case "create":
      return save(work, kind, body);
    case "update":
      if (work.include.has("void")) return voidTransaction(work, kind, body);
      return save(work, kind, body);
    case "delete":
      return remove(work, kind, body);
    case "void":
      return voidTransaction(work, kind, body);
    default:
      throw new Refusal("500", `Unsupported Operation : Operation ${operation} is not supported.`);
  }
}
