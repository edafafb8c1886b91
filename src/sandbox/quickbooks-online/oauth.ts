import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { htmlAnswer, jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { objectOf, textOf } from "../json.ts";
import { readSetting, writeSetting, type Storage } from "../storage.ts";
import type { Companies } from "./company.ts";
import { consentPage, refusalPage } from "./consent.ts";
import { defaultSwitches } from "./switches.ts";
import type { Tokens } from "./tokens.ts";

/** The one registered app. */
export interface App {
  readonly clientId: string;
  readonly clientSecret: string;
}

export function registeredApp(storage: Storage): App {
  const kept = readSetting(storage, "qbo_app") as App | undefined;
  if (kept !== undefined) return kept;
  const app = { clientId: `AB${randomBytes(24).toString("base64url")}`, clientSecret: randomBytes(30).toString("base64url") };
  writeSetting(storage, "qbo_app", app);
  return app;
}

export interface Parts {
  readonly storage: Storage;
  readonly now: () => number;
  readonly app: App;
  readonly companies: Companies;
  readonly tokens: Tokens;
}

const loopbackRedirect = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/;

/** Redirect URIs: any on this machine, and what a company was created with. */
export function redirectUris(companies: Companies): string[] {
  const chosen = companies
    .list()
    .flatMap(({ options }) => (Array.isArray(options["redirectUris"]) ? options["redirectUris"].map(String) : []));
  return [...new Set(chosen)];
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function isOurApp({ app }: Parts, request: SandboxRequest): boolean {
  const [scheme = "", encoded = ""] = (request.headers.authorization ?? "").split(" ");
  return scheme.toLowerCase() === "basic" && isSame(Buffer.from(encoded, "base64").toString("utf8"), `${app.clientId}:${app.clientSecret}`);
}

function formOf(request: SandboxRequest): URLSearchParams {
  const isJson = request.headers["content-type"]?.includes("json") === true;
  if (!isJson) return new URLSearchParams(request.body.toString("utf8"));
  return new URLSearchParams(Object.entries(objectOf(request.json())).map(([name, value]): [string, string] => [name, String(value)]));
}

const refuse = (status: number, error: string, description?: string): Answer =>
  jsonAnswer(status, description === undefined ? { error } : { error, error_description: description });

/** `POST /oauth2/v1/tokens/bearer`: exchanges a code, or refreshes. */
export function answerToken(parts: Parts, request: SandboxRequest): Answer {
  if (request.method !== "POST") return refuse(405, "invalid_request");
  if (!isOurApp(parts, request)) return refuse(401, "invalid_client");
  const form = formOf(request);
  switch (form.get("grant_type") ?? "") {
    case "authorization_code":
      return exchangeCode(parts, form);
    case "refresh_token":
      return refreshTokens(parts, form, request.headers["x-include-refresh-token-hard-expires-in"] === "true");
    default:
      return refuse(400, "unsupported_grant_type");
  }
}

function forcedError(parts: Parts, realm: string): Answer | null {
  const forced = parts.companies.find(realm)?.switches.tokenError ?? "none";
  if (forced === "none") return null;
  if (forced === "server_error") return refuse(503, "temporarily_unavailable");
  return forced === "invalid_client" ? refuse(401, forced) : refuse(400, forced, "Incorrect or invalid refresh token");
}

function exchangeCode({ storage, tokens, now }: Parts, form: URLSearchParams): Answer {
  const row = storage.get("SELECT * FROM qbo_codes WHERE code = ?", form.get("code") ?? "");
  const isUsable = row !== undefined && row["used"] === 0 && Number(row["expires"]) > now() && row["redirect"] === form.get("redirect_uri");
  if (!isUsable) return refuse(400, "invalid_grant", "Invalid authorization code");
  if (!provesPossession(textOf(row["challenge"]), textOf(row["method"]), form.get("code_verifier"))) {
    return refuse(400, "invalid_grant", "Invalid code verifier");
  }
  return storage.transaction(() => {
    storage.run("UPDATE qbo_codes SET used = 1 WHERE code = ?", row["code"] ?? "");
    return jsonAnswer(200, tokens.grant(String(row["realm"])));
  });
}

function provesPossession(challenge: string | null, method: string | null, verifier: string | null): boolean {
  if (challenge === null) return true;
  if (verifier === null) return false;
  return isSame(challenge, method === "S256" ? createHash("sha256").update(verifier).digest("base64url") : verifier);
}

function refreshTokens(parts: Parts, form: URLSearchParams, wantsHardEnd: boolean): Answer {
  const { storage, tokens, companies } = parts;
  let forced: Answer | null = null;
  const refreshed = storage.transaction(() =>
    tokens.refresh(form.get("refresh_token") ?? "", (realm) => {
      const { refreshTokenRotation, previousRefreshTokenHours, tokenError } = companies.find(realm)?.switches ?? defaultSwitches;
      forced = forcedError(parts, realm);
      return { rotation: tokenError === "none" ? refreshTokenRotation : "never", previousHours: previousRefreshTokenHours };
    }),
  );
  if (forced !== null) return forced;
  if (refreshed === null) return refuse(400, "invalid_grant", "Incorrect or invalid refresh token");
  const { pair, hardExpiresInSeconds } = refreshed;
  return jsonAnswer(200, wantsHardEnd ? { ...pair, x_refresh_token_hard_expires_in: hardExpiresInSeconds } : pair);
}

/** Revoking either token ends the grant. */
export function answerRevoke(parts: Parts, request: SandboxRequest): Answer {
  if (!isOurApp(parts, request)) return refuse(401, "invalid_client");
  const token = formOf(request).get("token");
  if (token === null) return refuse(400, "invalid_request");
  parts.tokens.revoke(token);
  return { status: 200, headers: {}, body: "" };
}

/** The consent page, and what the person chose on it. */
export function answerConsent(parts: Parts, request: SandboxRequest): Answer {
  const asked = request.method === "POST" ? formOf(request) : request.query;
  const redirect = asked.get("redirect_uri") ?? "";
  if (asked.get("client_id") !== parts.app.clientId) return refusalPage("The client_id is not one of a registered app.");
  if (!loopbackRedirect.test(redirect) && !redirectUris(parts.companies).includes(redirect)) {
    return refusalPage("The redirect_uri query parameter value is invalid.");
  }
  const back = (answer: Record<string, string>) => {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ ...answer, state: asked.get("state") ?? "" })) url.searchParams.set(name, value);
    return { status: 302, headers: { location: url.href }, body: "" };
  };
  if (asked.get("response_type") !== "code") return back({ error: "unsupported_response_type" });
  if (!(asked.get("scope") ?? "").split(" ").includes("com.intuit.quickbooks.accounting")) return back({ error: "invalid_scope" });
  if (request.method !== "POST") return htmlAnswer(200, consentPage(asked, parts.companies.list()));
  if (asked.get("decision") !== "approve") return back({ error: "access_denied" });
  const realm = asked.get("realm") ?? "";
  const company = parts.companies.find(realm);
  if (company === null) return refusalPage("There is no such company.");
  return back({ code: newCode(parts, { realm, redirect, asked, minutes: company.switches.authorizationCodeMinutes }), realmId: realm });
}

function newCode({ storage, now }: Parts, order: { realm: string; redirect: string; asked: URLSearchParams; minutes: number }): string {
  const { realm, redirect, asked, minutes } = order;
  const code = `AB1${randomBytes(24).toString("base64url")}`;
  storage.run(
    "INSERT INTO qbo_codes VALUES (?, ?, ?, ?, ?, ?, 0)",
    ...[code, realm, redirect, asked.get("code_challenge"), asked.get("code_challenge_method"), now() + minutes * 60_000],
  );
  return code;
}

/** Only the accounting scope is granted, so there is nothing to tell about the person; and no token here is a signed one. */
export function answerIdentity(request: SandboxRequest, path: string): Answer {
  if (path === "/op/v1/jwks") return jsonAnswer(200, { keys: [] });
  const hasBearer = /^Bearer \S+$/i.test(request.headers.authorization ?? "");
  return hasBearer ? refuse(403, "insufficient_scope") : refuse(401, "invalid_token");
}

/** Where everything is, for clients that ask first. */
export function answerDiscovery(request: SandboxRequest): Answer {
  const base = `${request.origin}/quickbooks-online`;
  return jsonAnswer(200, {
    issuer: `${base}/oauth2/v1`,
    authorization_endpoint: `${base}/connect/oauth2`,
    token_endpoint: `${base}/oauth2/v1/tokens/bearer`,
    userinfo_endpoint: `${base}/v1/openid_connect/userinfo`,
    jwks_uri: `${base}/op/v1/jwks`,
    revocation_endpoint: `${base}/oauth2/v1/tokens/revoke`,
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    scopes_supported: ["com.intuit.quickbooks.accounting"],
    token_endpoint_auth_methods_supported: ["client_secret_basic"],
  });
}
