import type { RequestFacts } from "../emulator.ts";
import type { SandboxRequest } from "../http.ts";
import { tableEntry } from "../json.ts";
import type { Service } from "./service.ts";

const prefix = "/sage-intacct";
const ownPaths = /^\/ia\/(xml|api)\//;

/** True for paths with our prefix and for the vendor's own. */
export function isOwnPath(path: string): boolean {
  return path.startsWith(`${prefix}/`) || ownPaths.test(path);
}

export function pathOf({ path }: Pick<SandboxRequest, "path">): string {
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}

export const isXmlPath = (path: string) => path.startsWith("/ia/xml/");

export function bearerOf(request: SandboxRequest): string | null {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
}

/** What a request is about, before anything is checked. XML is searched, not parsed: this runs before its caps. */
export function identify(service: Service, request: SandboxRequest): RequestFacts {
  return isXmlPath(pathOf(request)) ? identifyXml(service, request) : identifyRest(service, request);
}

const functionPattern =
  /<function\s[^>]*?controlid\s*=\s*["']([^"']*)["'][^>]*>\s*<([A-Za-z_]\w*)[^>]*>\s*(?:<([A-Za-z_]\w*)[^>]*>([^<]*))?/g;

/** Legacy functions by what they do to which object. */
function meaning(name: string, first: string, text: string): { operation: string; entity: string } {
  const [, verb = "", object = ""] =
    /^(create|update|record|reverse|delete|void|approve|confirm|send|decline|apply|get)_(.+)$/.exec(name) ?? [];
  if (verb === "get") return { operation: "read", entity: object };
  if (verb !== "") return { operation: verb === "record" ? "create" : verb, entity: tableEntry(legacyObjects, object) ?? object };
  if (name === "create" || name === "update") return { operation: name, entity: first.toLowerCase() };
  const isRead = /^(read|query|lookup|inspect|get)/.test(name);
  return {
    operation: name === "delete" ? "delete" : name === "getAPISession" ? "session" : isRead ? name.toLowerCase() : name,
    entity: text.trim().toLowerCase(),
  };
}

const legacyObjects: Readonly<Record<string, string>> = {
  bill: "apbill",
  invoice: "arinvoice",
  paymentrequest: "appymt",
  appayment: "appymt",
  arpayment: "arpymt",
  expensereport: "eexpenses",
  reimbursementrequest: "eppayment",
  cctransaction: "cctransaction",
};

function identifyXml({ sessions }: Service, request: SandboxRequest): RequestFacts {
  const text = request.body.toString("utf8");
  const calls = [...text.matchAll(functionPattern)].map(([, controlId = "", name = "", first = "", value = ""]) => ({
    controlId,
    ...meaning(name, first, value),
  }));
  const token = /<sessionid>\s*([^<\s]+)\s*<\/sessionid>/.exec(text)?.[1];
  const company =
    token === undefined ? (/<companyid>\s*([^<]*?)\s*<\/companyid>/.exec(text)?.[1] ?? null) : (sessions.use(token)?.company ?? null);
  const key = calls[0]?.controlId ?? null;
  const writes = calls.some(({ operation }) => !/^(read|query|lookup|inspect|session)/.test(operation));
  return {
    company,
    entities: [...new Set(calls.map(({ entity }) => entity))],
    operations: [...new Set(calls.map(({ operation }) => operation))],
    // A twin of a function that is under way waits for it.
    claim: company === null || key === null || !writes ? null : `${company} ${key}`,
    key,
    records: Math.max(1, (text.match(recordPattern) ?? []).length),
  };
}

/** The records that a create or update holds, and the legacy functions that make one each. */
const recordPattern =
  /<(?:GLBATCH|APBILL|APPYMT|ARPYMT|VENDOR|CUSTOMER|EMPLOYEE|PROJECT|CLASS|ITEM)>|<(?:create|record|update)_[a-z]+[\s>]/g;

const restOperations: Readonly<Record<string, string>> = { GET: "read", POST: "create", PATCH: "update", DELETE: "delete" };

function identifyRest({ tokens }: Service, request: SandboxRequest): RequestFacts {
  const path = pathOf(request);
  const bearer = bearerOf(request);
  const known = bearer === null ? null : tokens.bearer(bearer);
  const company = known?.state === "good" ? known.company : null;
  const header = request.headers["idempotency-key"];
  const key = typeof header === "string" ? header : null;
  const [, area = "", app = "", object = ""] = /^\/ia\/api\/v1\/(objects|services|workflows|oauth2)\/([^/]+)\/?([^/]*)/.exec(path) ?? [];
  if (area === "oauth2") return { company: null, entities: [], operations: [app], claim: null, key: null };
  if (area === "services" && app === "core" && object === "composite") {
    // What its items do is what it does.
    const methods = [...request.body.toString("utf8").matchAll(/"method"\s*:\s*"(\w+)"/g)].map(
      ([, method = ""]) => restOperations[method] ?? "read",
    );
    return { company, entities: [object], operations: [...new Set(methods)], claim: null, key, records: methods.length };
  }
  if (area === "services") return { company, entities: [object], operations: [object === "query" ? "query" : object], claim: null, key };
  const operation = area === "workflows" ? (path.split("/").at(-1) ?? "") : (restOperations[request.method] ?? "read");
  const claim = company === null || key === null || request.method === "GET" ? null : `${company} ${key}`;
  const body = request.method === "GET" ? undefined : request.json();
  const records = Array.isArray(body) ? body.length : 1;
  return { company, entities: [`${app}/${object}`, object], operations: [operation], claim, key, records };
}
