import type { RequestFacts } from "../emulator.ts";
import type { SandboxRequest } from "../http.ts";
import { isObject, listOf, objectOf } from "../json.ts";
import { routeOf } from "./gateway.ts";

const operations: Readonly<Record<string, string>> = {
  GET: "read",
  POST: "create",
  PATCH: "update",
  PUT: "upsert",
  DELETE: "delete",
  OPTIONS: "options",
};

/** What a request is about, before anything is checked. `account` knows whose credentials it carries. */
export function identify(request: SandboxRequest, account: (request: SandboxRequest) => string | null): RequestFacts {
  const path = routeOf(request)?.path ?? "";
  const none = { company: null, entities: [], claim: null, key: null };
  if (path.endsWith("/oauth2/v1/revoke")) return { ...none, operations: ["revoke"] };
  if (path.endsWith("/oauth2/v1/token")) return { ...none, operations: ["token"] };
  if (path.startsWith("/app/login/")) return { ...none, operations: ["authorize"] };
  if (path === "" || path.startsWith("/app/")) return { ...none, operations: ["page"] };
  const company = account(request);
  const [service = "", , type = "", id = "", word = ""] = path.slice("/services/rest/".length).split("/");
  const body = request.method === "GET" ? undefined : request.json();
  const external =
    isObject(body) && typeof body["externalId"] === "string" ? body["externalId"] : id.startsWith("eid:") ? id.slice(4) : null;
  const key = request.headers["x-netsuite-idempotency-key"];
  const facts = {
    company,
    key: typeof key === "string" ? key : external,
    claim: external === null ? null : `${company} ${external.toLowerCase()}`,
  };
  if (service === "query") return { ...facts, claim: null, entities: ["suiteql"], operations: ["query"] };
  if (service === "async") return { ...facts, claim: null, entities: ["job"], operations: ["job"] };
  if (service !== "record") return { ...facts, claim: null, entities: [service], operations: ["read"] };
  if (type === "metadata-catalog") return { ...facts, claim: null, entities: [type], operations: ["metadata"] };
  const isBatch =
    id === "" &&
    (request.query.has("ids") || (isObject(body) && listOf(objectOf(body)["items"]).length > 0 && Object.keys(body).length === 1));
  const own = word === "!transform" ? "transform" : (operations[request.method] ?? request.method.toLowerCase());
  const isWrite = request.method !== "GET";
  return { ...facts, claim: isWrite ? facts.claim : null, entities: [type.toLowerCase()], operations: isBatch ? ["batch", own] : [own] };
}
