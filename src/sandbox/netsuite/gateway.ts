import { randomUUID } from "node:crypto";
import { jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import type { Storage } from "../storage.ts";
import { answerAsync, startJob, type Task } from "./jobs.ts";
import { accountId, type Companies, type Company } from "./company.ts";
import { errorAnswer, invalidContent, invalidRequest, noSuchType, Refusal, unauthorized, unexpected, unsupportedMedia } from "./errors.ts";
import { governance } from "./governance.ts";
import { answerMetadata } from "./metadata.ts";
import { addressesOf, answerConsent, answerRevoke, answerToken, revokePath, tokenPath, type OAuthParts } from "./oauth.ts";
import { answerPage } from "./pages.ts";
import { answerRecord } from "./record-service.ts";
import type { Records } from "./records.ts";
import { localText } from "./sql-dates.ts";
import { answerQuery } from "./suiteql.ts";
import { tokenBasedAccount } from "./token-based.ts";
import type { Tokens } from "./tokens.ts";
import type { Strictness, Work } from "./work.ts";

export const system = "netsuite";

export interface Gateway {
  readonly storage: Storage;
  readonly now: () => number;
  readonly companies: Companies;
  readonly records: Records;
  readonly tokens: Tokens;
  readonly oauth: OAuthParts;
}

/** `/netsuite`, then perhaps the account, then the vendor's own path. */
const ownPath = /^(?:\/netsuite(?:\/(?!services\/|app\/)([\w-]+))?)?(\/(?:services\/rest|app\/(?:login|accounting|common))\/.*)$/;

export function isOwnPath(path: string): boolean {
  return ownPath.test(path) || path.startsWith(`/${system}/`);
}

export interface Routed {
  /** Account the address names, by path or host; null when it names none. */
  readonly account: string | null;
  /** The vendor's path. */
  readonly path: string;
  /** What stands before it. */
  readonly start: string;
}

export function routeOf(request: SandboxRequest): Routed | null {
  const found = ownPath.exec(request.path);
  if (found === null) return null;
  const [, named, path = ""] = found;
  const host = /^([\w-]+)\.suitetalk\.api\.netsuite\.com/i.exec(request.headers.host ?? "")?.[1];
  const account = named ?? host;
  return {
    account: account === undefined ? null : accountId(account),
    path,
    start: request.path.slice(0, request.path.length - path.length),
  };
}

/** Gives every answer the ids that the vendor's support asks for. */
function traced(answer: Answer): Answer {
  return {
    ...answer,
    headers: { "x-n-operationid": randomUUID(), "x-netsuite-jobid": randomUUID(), "cache-control": "No-Cache", ...answer.headers },
  };
}

/** Finds what a path is about; services pass only who signed in. */
export function answerRequest(gateway: Gateway, request: SandboxRequest): Answer {
  const routed = routeOf(request);
  if (routed === null) return jsonAnswer(404, { error: "There is nothing at this address" });
  const { path } = routed;
  if (path === "/app/login/oauth2/authorize.nl") return answerConsent(gateway.oauth, request);
  if (path.startsWith("/app/")) return answerPage(gateway, request, routed);
  if (path === revokePath) return traced(answerRevoke(gateway.oauth, request));
  if (path === tokenPath) return traced(answerToken(gateway.oauth, request));
  return traced(answerService(gateway, request, routed));
}

function answerService(gateway: Gateway, request: SandboxRequest, routed: Routed): Answer {
  const signedIn = accountOf(gateway, request, routed);
  if (signedIn === null || (routed.account !== null && routed.account !== signedIn.id))
    return unauthorized(routed.account ?? signedIn?.id ?? null);
  const account = signedIn;
  if (request.method === "OPTIONS") return { status: 204, headers: { allow: "OPTIONS, GET, POST, PATCH, PUT, DELETE" }, body: "" };
  try {
    const work = workOf(gateway, account, request, routed);
    return withWarnings(work, run(gateway, work, request, routed.path.slice("/services/rest".length)));
  } catch (error) {
    // Whatever was read ahead inside an undone transaction must not be believed.
    gateway.records.forget();
    if (error instanceof Refusal) return errorAnswer(error);
    console.error(error);
    return unexpected(500, randomUUID());
  }
}

/** The account of a bearer token or of a signature. */
function accountOf({ tokens, companies, storage, now }: Gateway, request: SandboxRequest, { path }: Routed): Company | null {
  const header = request.headers.authorization ?? "";
  if (/^OAuth\s/i.test(header)) {
    return storage.transaction(() =>
      tokenBasedAccount({ companies, storage, now }, request, (company) => addressesOf(request, company, path)),
    );
  }
  const bearer = bearerOf(request);
  const known = bearer === null ? null : tokens.bearer(bearer);
  if (known === null || !known.scopes.includes("rest_webservices")) return null;
  const company = companies.find(known.account);
  return company?.switches.integration === "enabled" ? company : null;
}

export function bearerOf(request: SandboxRequest): string | null {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
}

function strictness(header: string | string[] | undefined, otherwise: Strictness, name: string): Strictness {
  if (header === undefined) return otherwise;
  const value = String(header).toLowerCase();
  if (value === "error" || value === "warning" || value === "ignore") return value;
  throw new Refusal(400, [{ detail: `Invalid value '${String(header)}' of the header ${name}.`, code: "INVALID_REQUEST", header: name }]);
}

function workOf({ storage, records, now }: Gateway, company: Company, request: SandboxRequest, { start }: Routed): Work {
  const atMs = now();
  const { headers } = request;
  const external = /eid:([^/]+)/.exec(request.path)?.[1];
  const body = request.method === "GET" ? undefined : request.json();
  const sent = typeof body === "object" && body !== null && "externalId" in body ? body["externalId"] : undefined;
  return {
    company,
    records,
    storage,
    atMs,
    atText: localText(atMs, company.timeZone),
    base: `${request.origin}${start}/services/rest`,
    names: strictness(headers["x-netsuite-propertynamevalidation"], "warning", "X-NetSuite-PropertyNameValidation"),
    values: strictness(headers["x-netsuite-propertyvaluevalidation"], "error", "X-NetSuite-PropertyValueValidation"),
    dropped: [],
    key: external ?? (typeof sent === "string" ? sent : null),
  };
}

function withWarnings(work: Work, answer: Answer): Answer {
  if (work.dropped.length === 0) return answer;
  const names = work.dropped.map((name) => name.replace(/[^\x20-\x7e]/g, "?")).join(", ");
  const warning = `The following properties were ignored because they are not valid: ${names}`;
  return { ...answer, headers: { ...answer.headers, "x-netsuite-propertyvalidation": names, "x-netsuite-warning": warning } };
}

/** Values of `Prefer`, in lower case. */
function prefersOf(request: SandboxRequest): ReadonlySet<string> {
  const text = String(request.headers["prefer"] ?? "");
  return new Set(text.split(",").map((part) => part.trim().toLowerCase()));
}

function run(gateway: Gateway, work: Work, request: SandboxRequest, path: string): Answer {
  const segments = path.split("/").slice(1).map(decoded);
  const [service = "", version, ...rest] = segments;
  const prefers = prefersOf(request);
  if (service === "async" && version === "v1") return answerAsync(work, request.method, rest, prefers);
  if (service === "system" && version === "v1" && rest[0] === "governanceLimits") return governance(work, request.method);
  if (/xml|form-data|x-www-form/.test(request.headers["content-type"] ?? "")) throw unsupportedMedia(request.headers["content-type"] ?? "");
  const hasBody = request.body.length > 0 && request.method !== "GET" && request.method !== "DELETE";
  if (hasBody && (!request.isUtf8 || request.json() === undefined))
    throw invalidContent("Invalid content in the request body. The request body is not valid JSON.");
  const task = taskOf(service, version, rest, { request, prefers });
  if (task === null) throw noSuchType(path, `${work.base}/record/v1/metadata-catalog`);
  if (prefers.has("respond-async")) return gateway.storage.transaction(() => startJob(work, request, rest, { task, prefers }));
  return service === "query" ? task(work) : gateway.storage.transaction(() => task(work));
}

/** What a request asks for, to be done now or as a job. */
function taskOf(
  service: string,
  version: string | undefined,
  rest: readonly string[],
  { request, prefers }: { request: SandboxRequest; prefers: ReadonlySet<string> },
): Task | null {
  const body = request.body.length === 0 ? undefined : request.json();
  const { method, query } = request;
  if (version !== "v1") return null;
  if (service === "query" && rest[0] === "suiteql") return (work) => answerQuery(work, { method, query, body, prefers });
  if (service !== "record") return null;
  if (rest[0] === "metadata-catalog") return (work) => answerMetadata(work, request, rest[1] ?? null);
  return (work) => answerRecord(work, { method, segments: rest, query, body });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidRequest("The URL is not properly encoded.");
  }
}
