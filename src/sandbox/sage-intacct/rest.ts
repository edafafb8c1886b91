import { jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { isObject, listOf, objectOf, type Json, type JsonObject } from "../json.ts";
import type { Company } from "./company.ts";
import { bearerOf, pathOf } from "./identify.ts";
import { answerOAuth } from "./oauth.ts";
import { Refusal } from "./refusal.ts";
import { businessFailure, gatewayFailure, requestFailure } from "./rest-errors.ts";
import { performObject } from "./rest-objects-api.ts";
import { performService } from "./rest-services.ts";
import type { RestCall } from "./rest-call.ts";
import { answerBulkFile, performWorkflow } from "./rest-work.ts";
import { isEntity, meter, publishedLimits, system, workFor, type Service } from "./service.ts";

const base = "/ia/api/v1";

export function answerRest(service: Service, request: SandboxRequest): Answer {
  const path = pathOf(request);
  if (!path.startsWith(`${base}/`))
    return requestFailure(404, { code: "notFound", errorId: "REST-1031", message: `There is nothing at ${path}` });
  const rest = path.slice(base.length);
  if (rest.startsWith("/oauth2/")) return answerOAuth(service, request, rest);
  const token = bearerOf(request) ?? "";
  const known = service.tokens.bearer(token);
  const company = known.state === "good" ? service.companies.find(known.company) : null;
  if (known.state !== "good" || company === null) return tokenFailure(service, request);
  const header = request.headers["x-ia-api-param-entity"];
  const entity = typeof header === "string" && header !== "" ? header : known.entity;
  if (!isEntity(service, company, entity))
    return requestFailure(400, { code: "invalidRequest", errorId: "REST-1050", message: `The entity '${entity}' does not exist` });
  const trouble = troubleOf(service, company);
  if (trouble !== null) return trouble;
  const work = workFor(service, { company, entity, user: known.user, key: keyOf(request), origin: request.origin });
  const hasBody = request.body.length > 0;
  const isForm = request.headers["content-type"]?.includes("multipart") === true;
  const body = hasBody && !isForm ? request.json() : undefined;
  if (hasBody && !isForm && body === undefined)
    return requestFailure(400, { code: "invalidRequest", errorId: "REST-1028", message: "The payload is not JSON" });
  return once({ service, work, company, method: request.method, path: rest, query: request.query, body, perform, request });
}

function keyOf({ headers }: SandboxRequest): string | null {
  const key = headers["idempotency-key"];
  return typeof key === "string" && key !== "" ? key : null;
}

/** A token that is not good: the state of its company is not known, so the first company's switch decides. */
function tokenFailure({ companies }: Service, request: SandboxRequest): Answer {
  const [first] = companies.list();
  const status = first?.switches.tokenFailure ?? 401;
  return gatewayFailure(status, bearerOf(request) === null ? "The token is missing" : "Token is not valid");
}

function troubleOf(service: Service, company: Company): Answer | null {
  const isAdmitted = service.limits.admit({ system, company: company.id, isBatch: false, published: publishedLimits(company) });
  if (!isAdmitted)
    return requestFailure(429, {
      code: "tooManyRequests",
      errorId: "GW-0010",
      message: "The request was throttled: too many requests at a time",
    });
  const { outage } = company.switches;
  if (outage === "offline")
    return requestFailure(503, { code: "serviceUnavailable", errorId: "REST-5003", message: "The Service is Temporarily Off-line" });
  return outage === "login expired" ? gatewayFailure(401, "Token is not valid") : null;
}

/** Runs a write with a key that is new, and remembers what came of it; a key of a finished write is refused or replayed. */
function once(call: RestCall): Answer {
  const { service, work, company, method, request } = call;
  const { storage, now } = service;
  const isWrite = method !== "GET" && !call.path.startsWith("/services/core/query");
  if (work.key === null || !isWrite || request.ignoreKey) return perform(call);
  const key = `rest ${work.user} ${work.key}`;
  const since = now() - company.switches.keyHours * 3_600_000;
  const kept = storage.get("SELECT status, body FROM intacct_replies WHERE company = ? AND key = ? AND at > ?", company.key, key, since);
  if (kept !== undefined) {
    if (company.switches.idempotencyKey === "replay") return { ...jsonAnswer(Number(kept["status"]), null), body: String(kept["body"]) };
    return requestFailure(409, {
      code: "duplicateRequest",
      errorId: "REST-1070",
      message: `A request with the idempotency key '${work.key}' was already executed`,
    });
  }
  const answer = perform(call);
  if (answer.status < 300)
    storage.run("INSERT OR REPLACE INTO intacct_replies VALUES (?, ?, ?, ?, ?)", company.key, key, answer.status, answer.body, now());
  return answer;
}

/** Finds what a path is about. Each call is one unit: what it refuses leaves nothing behind. */
function perform(call: RestCall): Answer {
  const { service, company, work, method, path } = call;
  try {
    const answer = area(call);
    meter(service, company.id, Math.max(work.meter.transactions, method === "GET" || path.startsWith("/services/core/query") ? 1 : 0));
    return answer;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return businessFailure(company, { method, path }, error);
  }
}

function area(call: RestCall): Answer {
  const { path } = call;
  if (path.startsWith("/objects/")) return performObject(call);
  if (path.startsWith("/workflows/")) return performWorkflow(call);
  if (path === "/services/core/composite") return composite(call);
  if (path.startsWith("/services/bulk/")) return answerBulkFile(call);
  if (path.startsWith("/services/")) return performService(call);
  return requestFailure(404, { code: "notFound", errorId: "REST-1031", message: `There is nothing at ${path}` });
}

/** Values of earlier items: `@{ref.key}`, and `@{ref.1.key}` where an item made several. */
function filled(value: Json, results: ReadonlyMap<string, Json>): Json {
  if (typeof value === "string")
    return value.replace(/@\{([^}]+)\}/g, (_, inside: string) => {
      const [ref = "", ...steps] = inside.split(".");
      let at: Json | undefined = results.get(ref);
      for (const step of steps) {
        if (Array.isArray(at)) at = (at as readonly Json[])[Number(step) - 1];
        else at = isObject(at) ? at[step] : undefined;
      }
      return typeof at === "string" || typeof at === "number" ? String(at) : "";
    });
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => filled(one, results));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, results)])) : value;
}

/** The last failing item undoes all of it. */
class Undone extends Error {}

/** All items or none: one failure undoes the earlier ones and skips the later. */
function composite(call: RestCall): Answer {
  const items = listOf(call.body).map(objectOf);
  if (items.length === 0)
    return requestFailure(400, { code: "invalidRequest", errorId: "REST-1028", message: "A composite is a list of requests" });
  const done: JsonObject[] = [];
  try {
    call.service.storage.transaction(() => {
      const results = new Map<string, Json>();
      for (const item of items) {
        const answer = runItem(call, item, results);
        done.push(answer);
        if (Number(answer["ia::status"]) >= 300) throw new Undone();
        const { resultReference } = item;
        if (typeof resultReference === "string") results.set(resultReference, answer["ia::result"] ?? null);
      }
    });
    return jsonAnswer(200, { "ia::result": done, "ia::meta": { totalCount: items.length, totalSuccess: items.length, totalError: 0 } });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
  }
  const failed = done.length - 1;
  const unprocessed = {
    "ia::error": { code: "unprocessed", errorId: "REST-7010", message: "Operation skipped due to atomic transaction failure" },
    "ia::status": 422,
  };
  const answers = items.map((_, index) => (index === failed ? (done[index] ?? unprocessed) : unprocessed));
  return jsonAnswer(207, { "ia::result": answers, "ia::meta": { totalCount: items.length, totalSuccess: 0, totalError: items.length } });
}

function runItem(call: RestCall, item: JsonObject, results: ReadonlyMap<string, Json>): JsonObject {
  const address = String(filled(item["path"] ?? "", results));
  const [path = "", search = ""] = address.split("?");
  if (!/^\/(objects|services)\//.test(path) || path.startsWith("/services/core/composite"))
    return {
      "ia::error": { code: "invalidRequest", errorId: "REST-1028", message: `'${path}' is no path of an object or a service` },
      "ia::status": 400,
    };
  const body = item["body"] === undefined ? undefined : filled(item["body"], results);
  const answer = perform({
    ...call,
    method: typeof item["method"] === "string" ? item["method"] : "GET",
    path,
    query: new URLSearchParams(search),
    body,
  });
  const content = answer.body === "" ? {} : objectOf(JSON.parse(answer.body) as unknown);
  const inner = objectOf(content["ia::result"])["ia::error"];
  return { ...(inner === undefined ? content : { "ia::error": inner }), "ia::status": answer.status };
}
