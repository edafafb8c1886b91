import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { htmlAnswer, jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { textOf } from "../json.ts";
import type { Storage } from "../storage.ts";
import { verifyAssertion } from "./assertion.ts";
import { hostId, type Companies, type Company } from "./company.ts";
import { consentPage, refusalPage } from "./consent.ts";
import { scopesOf } from "./scopes.ts";
import type { Tokens } from "./tokens.ts";

export interface OAuthParts {
  readonly storage: Storage;
  readonly now: () => number;
  readonly companies: Companies;
  readonly tokens: Tokens;
}

export const tokenPath = "/services/rest/auth/oauth2/v1/token";
export const revokePath = "/services/rest/auth/oauth2/v1/revoke";
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const codeMinutes = 10;

/** Addresses under which a client may know a path of an account. */
export function addressesOf(request: SandboxRequest, company: Company, path: string): string[] {
  return [`${request.origin}${request.path}`, `https://${hostId(company.id)}.suitetalk.api.netsuite.com${path}`];
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

const refuse = (status: number, error: string): Answer => jsonAnswer(status, { error });

function refuseClient(account: string): Answer {
  const answer = refuse(401, "invalid_client");
  return { ...answer, headers: { ...answer.headers, "www-authenticate": `Basic realm="${account}"` } };
}

/** `POST …/auth/oauth2/v1/token`: assertion, code, or refresh. */
export function answerToken(parts: OAuthParts, request: SandboxRequest): Answer {
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  if (request.method !== "POST" || !isForm) return refuse(400, "invalid_request");
  const form = new URLSearchParams(request.body.toString("utf8"));
  switch (form.get("grant_type")) {
    case "client_credentials":
      return withAssertion(parts, request, form);
    case "authorization_code":
      return withCode(parts, request, form);
    case "refresh_token":
      return withRefresh(parts, request, form);
    case null:
      return refuse(400, "invalid_request");
    default:
      return refuse(400, "unsupported_grant_type");
  }
}

function withAssertion({ companies, tokens, now, storage }: OAuthParts, request: SandboxRequest, form: URLSearchParams): Answer {
  if (request.headers.authorization !== undefined || form.get("client_assertion_type") !== assertionType)
    return refuse(400, "invalid_request");
  const audiences = (company: Company) => addressesOf(request, company, tokenPath);
  const proven = verifyAssertion(companies, form.get("client_assertion") ?? "", { nowMs: now(), audiences });
  if (proven === "invalid_client") return refuseClient("");
  if (typeof proven === "string") return refuse(400, proven);
  const { token, expiresIn } = storage.transaction(() => tokens.access(proven.company.id, proven.scopes));
  // No refresh token: the client signs a new assertion.
  return jsonAnswer(200, { access_token: token, expires_in: expiresIn, token_type: "Bearer" });
}

/** Who asks: a confidential client proves itself with Basic, a public one only names itself. */
function clientOf(
  { companies }: OAuthParts,
  request: SandboxRequest,
  form: URLSearchParams,
): { company: Company; isPublic: boolean } | null {
  const [scheme = "", token = ""] = (request.headers.authorization ?? "").split(" ");
  const isBasic = scheme.toLowerCase() === "basic";
  const [id = "", secret = ""] = isBasic ? Buffer.from(token, "base64").toString("utf8").split(":") : [form.get("client_id") ?? ""];
  const company = companies.withClient(id);
  if (company === null || company.credentials.clientId !== id || company.switches.integration === "disabled") return null;
  const isPublic = secret === "";
  return isPublic || isSame(secret, company.credentials.clientSecret) ? { company, isPublic } : null;
}

function withCode(parts: OAuthParts, request: SandboxRequest, form: URLSearchParams): Answer {
  const { storage, tokens, now } = parts;
  const client = clientOf(parts, request, form);
  if (client === null) return refuseClient("");
  const row = storage.get("SELECT * FROM ns_codes WHERE code = ?", form.get("code") ?? "");
  const { company, isPublic } = client;
  const isUsable = row !== undefined && row["used"] === 0 && Number(row["expires"]) > now() && row["redirect"] === form.get("redirect_uri");
  if (!isUsable || row["account"] !== company.id) return refuse(400, "invalid_grant");
  const verifier = form.get("code_verifier");
  const challenge = textOf(row["challenge"]);
  const isProven =
    challenge === null ? !isPublic : verifier !== null && isSame(challenge, createHash("sha256").update(verifier).digest("base64url"));
  if (!isProven) return refuse(400, "invalid_grant");
  return storage.transaction(() => {
    storage.run("UPDATE ns_codes SET used = 1 WHERE code = ?", row["code"] ?? "");
    const scopes = String(row["scopes"]).split(" ");
    const grant = tokens.grant({ account: company.id, scopes, isPublic });
    const { token, expiresIn } = tokens.access(company.id, scopes, grant.id);
    return jsonAnswer(200, { access_token: token, refresh_token: grant.refresh, expires_in: expiresIn, token_type: "bearer" });
  });
}

function withRefresh(parts: OAuthParts, request: SandboxRequest, form: URLSearchParams): Answer {
  const { storage, tokens } = parts;
  const client = clientOf(parts, request, form);
  if (client === null) return refuseClient("");
  const grant = tokens.refreshable(form.get("refresh_token") ?? "");
  if (grant === null || grant.account !== client.company.id || grant.isPublic !== client.isPublic) return refuse(400, "invalid_grant");
  return storage.transaction(() => {
    const { token, expiresIn } = tokens.access(grant.account, grant.scopes, grant.id);
    const rotated = grant.isPublic ? { refresh_token: tokens.rotate(grant.id) } : {};
    return jsonAnswer(200, { access_token: token, ...rotated, expires_in: expiresIn, token_type: "bearer" });
  });
}

/** Revoking either token ends the grant. */
export function answerRevoke(parts: OAuthParts, request: SandboxRequest): Answer {
  const form = new URLSearchParams(request.body.toString("utf8"));
  const token = form.get("token");
  if (request.method !== "POST" || token === null) return refuse(400, "invalid_request");
  const client = clientOf(parts, request, form);
  if (client === null) return refuseClient("");
  parts.storage.transaction(() => parts.tokens.revoke(client.company.id, token));
  return { status: 200, headers: {}, body: "" };
}

const loopbackRedirect = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/;

function isRegistered({ options }: Company, redirect: string): boolean {
  const chosen = Array.isArray(options["redirectUris"]) ? options["redirectUris"].map(String) : [];
  return loopbackRedirect.test(redirect) || chosen.includes(redirect);
}

/** The consent page, and what the person chose on it. */
export function answerConsent(parts: OAuthParts, request: SandboxRequest): Answer {
  const asked = request.method === "POST" ? new URLSearchParams(request.body.toString("utf8")) : request.query;
  const company = parts.companies.withClient(asked.get("client_id") ?? "");
  const redirect = asked.get("redirect_uri") ?? "";
  const state = asked.get("state") ?? "";
  if (company === null || company.credentials.clientId !== asked.get("client_id"))
    return refusalPage("The client_id is not one of an integration record.");
  if (!isRegistered(company, redirect)) return refusalPage("The redirect_uri does not match a registered value.");
  if (!/^[\x20-\x7e]{22,1024}$/.test(state)) return refusalPage("The state must have 22 to 1024 printable characters.");
  const back = (answer: Record<string, string>) => {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ ...answer, state })) url.searchParams.set(name, value);
    return { status: 302, headers: { location: url.href }, body: "" };
  };
  const challenge = asked.get("code_challenge");
  if (asked.get("response_type") !== "code") return back({ error: "unsupported_response_type" });
  if (challenge !== null && asked.get("code_challenge_method") !== "S256") return back({ error: "invalid_request" });
  const scopes = scopesOf(asked.get("scope"));
  if (scopes === null) return back({ error: "invalid_scope" });
  if (request.method !== "POST") return htmlAnswer(200, consentPage(asked, company));
  if (asked.get("decision") !== "approve") return back({ error: "access_denied" });
  const code = newCode(parts, { company, redirect, scopes, challenge });
  return back({ code, role: "3", entity: "12", company: company.id });
}

function newCode(
  { storage, now }: OAuthParts,
  order: { company: Company; redirect: string; scopes: readonly string[]; challenge: string | null },
): string {
  const code = randomBytes(32).toString("hex");
  const { company, redirect, scopes, challenge } = order;
  storage.run(
    "INSERT INTO ns_codes VALUES (?, ?, ?, ?, ?, ?, 0)",
    code,
    company.id,
    redirect,
    scopes.join(" "),
    challenge,
    now() + codeMinutes * 60_000,
  );
  return code;
}
