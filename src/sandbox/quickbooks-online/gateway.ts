import { randomBytes } from "node:crypto";
import type { Answer, SandboxRequest } from "../http.ts";
import { answerCall, type Service } from "./api.ts";
import type { Companies } from "./company.ts";
import { gatewayFault } from "./errors.ts";
import { serveFile } from "./files.ts";
import { inFormat, wantsXml } from "./format.ts";
import { answerConsent, answerDiscovery, answerIdentity, answerRevoke, answerToken, type Parts as OAuthParts } from "./oauth.ts";
import { answerPage } from "./pages.ts";
import { pacificTime } from "./time.ts";
import type { Tokens } from "./tokens.ts";

export const system = "quickbooks-online";
const prefix = `/${system}`;
const ownPaths = /^\/(v3\/company\/|oauth2\/v1\/tokens\/|v2\/oauth2\/tokens\/|connect\/oauth2|\.well-known\/openid_)/;

/** `/v3/company/{realm}/{resource}/{id}` without the prefix. */
export const companyPath = /^\/v3\/company\/([^/]+)\/([^/]+)(?:\/([^/]+))?\/?$/;

/** True for paths with our prefix and for the vendor's own. */
export function isOwnPath(path: string): boolean {
  return path.startsWith(`${prefix}/`) || ownPaths.test(path);
}

export function pathOf(request: SandboxRequest): string {
  return request.path.startsWith(`${prefix}/`) ? request.path.slice(prefix.length) : request.path;
}

export function bearerOf(request: SandboxRequest): string | null {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
}

/** Gives every answer its own trace id. */
export function createTracer(now: () => number): (answer: Answer) => Answer {
  const root = randomBytes(8).toString("hex");
  let count = 0;
  return (answer) => {
    count += 1;
    const id = `1-${Math.floor(now() / 1000).toString(16)}-${root}${count.toString(16).padStart(8, "0")}`;
    return { ...answer, headers: { ...answer.headers, intuit_tid: id, "qbo-version": "2026.11" } };
  };
}

export interface Gateway {
  readonly service: Service;
  readonly oauth: OAuthParts;
  readonly companies: Companies;
  readonly tokens: Tokens;
}

/** Finds what a path is about; company calls pass only with a bearer for that company. */
export function answerRequest(gateway: Gateway, request: SandboxRequest): Answer {
  const { oauth, service, companies } = gateway;
  const path = pathOf(request);
  const call = companyPath.exec(path);
  if (call !== null) return answerCompany(gateway, request, call);
  if (path === "/oauth2/v1/tokens/bearer") return answerToken(oauth, request);
  if (path === "/oauth2/v1/tokens/revoke" || path === "/v2/oauth2/tokens/revoke") return answerRevoke(oauth, request);
  if (path === "/connect/oauth2") return answerConsent(oauth, request);
  if (path.startsWith("/.well-known/openid_")) return answerDiscovery(request);
  if (path === "/op/v1/jwks" || path === "/v1/openid_connect/userinfo") return answerIdentity(request, path);
  if (path.startsWith("/files/")) return serveFile({ ...service, companies }, request, path);
  if (path === "/app" || path.startsWith("/app/")) return answerPage({ ...service, companies }, request, path);
  return { status: 404, headers: { "content-type": "text/html" }, body: "<html><body><h1>404 Not Found</h1></body></html>" };
}

function answerCompany(gateway: Gateway, request: SandboxRequest, [, realm = "", resource = "", id]: RegExpExecArray): Answer {
  const company = gateway.companies.find(realm);
  const format = wantsXml(request, company?.switches.defaultFormat ?? "xml") ? "xml" : "json";
  return inFormat(answerBearer(gateway, request, { realm, resource, id: id ?? null }), format);
}

function answerBearer(
  gateway: Gateway,
  request: SandboxRequest,
  { realm, resource, id }: { realm: string; resource: string; id: string | null },
): Answer {
  const { service, companies, tokens } = gateway;
  const bearer = bearerOf(request);
  const known = bearer === null ? { state: "missing" as const } : tokens.bearer(bearer);
  if (known.state !== "good") return unauthorized(gateway, realm, known.state);
  const company = companies.find(realm);
  if (company === null || known.realm !== realm) {
    const detail = "Token is not authorized for this company or environment";
    return gatewayFault({ status: 403, code: "3100", name: "ApplicationAuthorizationFailed", detail, type: "SERVICE" }, service.now());
  }
  return answerCall(service, { request, company, resource, id });
}

const bearerDetails = {
  missing: "Missing bearer token",
  unknown: "Malformed bearer token: too short or too long",
  expired: "Token expired",
  revoked: "Token revoked",
} as const;

function unauthorized({ service, companies }: Gateway, realm: string, state: keyof typeof bearerDetails): Answer {
  const atMs = service.now();
  if (companies.find(realm)?.switches.unauthorizedFormat !== "xml") {
    const detail = bearerDetails[state];
    return gatewayFault({ status: 401, code: "3200", name: "AuthenticationFailed", detail, type: "AUTHENTICATION" }, atMs);
  }
  const body =
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="${pacificTime(atMs, "milliseconds")}" ` +
    'xmlns="http://schema.intuit.com/finance/v3"><Fault type="AUTHENTICATION"><Error code="100"><Message>General Authentication Error</Message>' +
    "<Detail>AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401</Detail></Error></Fault></IntuitResponse>";
  return { status: 401, headers: { "content-type": "application/xml" }, body };
}
