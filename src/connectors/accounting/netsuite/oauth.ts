import { randomUUID, X509Certificate } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import { send, type OutboundResponse } from "../../../net/http.ts";
import type { ConnectionSettings, SignInClient, Tokens } from "../connector.ts";
import { addressOf, methodOf } from "./account.ts";
import { signAssertion } from "./assertion.ts";
import { retryAfterOf } from "./errors.ts";
import { throttleWaitMaxMs } from "./limits.ts";
import { isObject, parseExact, textOf, type JsonObject } from "./wire.ts";

const tokenTimeoutMs = 30_000;
const scope = "rest_webservices";
const dayMs = 86_400_000;
/** What a confidential client's refresh token lives; it is never renewed. */
const consentMs = 7 * dayMs;
/** What a public client's lives unless an administrator chose otherwise; it is new after each use. */
const publicConsentMs = 2 * dayMs;
/** A certificate is cut to two years over there. */
const certificateMs = 730 * dayMs;

/**
 * A new access token. By certificate an assertion is signed, and the refresh token stays empty. By consent the refresh token
 * is exchanged; a confidential client keeps the one it has, which ends seven days after the consent whatever we do. Token-based
 * authentication signs each request and needs no token.
 *
 * Faults: `credentials_expired` when a person must consent again, `credentials_refused` when certificate, client id or secret
 * are not taken, `upstream_*` when it cannot be told.
 */
export async function refreshTokens(settings: ConnectionSettings, refreshToken: string): Promise<Tokens> {
  const method = methodOf(settings);
  if (method === "token") return signedByEachRequest(Date.now());
  if (method === "certificate") return byCertificate(settings);
  const kept = { ...keptFrom(refreshToken), account: settings.company };
  const tokenUrl = addressOf(settings.tokenUrl, settings.company);
  return askForTokens(tokenUrl, settings, { grant_type: "refresh_token", refresh_token: kept.token }, kept);
}

/** Exchanges the code of the callback. The account stands before the code: its host answers for it. */
export function exchangeCode(
  client: SignInClient,
  { code, redirectUri, codeVerifier }: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
): Promise<Tokens> {
  const { account, code: their } = splitCode(code);
  return askForTokens(
    addressOf(client.tokenUrl, account),
    client,
    {
      grant_type: "authorization_code",
      code: their,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    },
    { account, token: "", endsAt: null },
  );
}

/** Ends the grant. One that is gone already is no failure. */
export async function revokeTokens(client: SignInClient & { readonly revokeUrl: string }, token: string): Promise<void> {
  if (token === "") return;
  const kept = keptFrom(token);
  const answer = await post(addressOf(client.revokeUrl, kept.account), { token: kept.token }, basicOf(client));
  if (answer.status >= 200 && answer.status < 300) return;
  const fault = refusal(answer);
  if (fault.code === "credentials_expired") return;
  throw fault;
}

/** The code as it goes through the session: with the account that it is for. */
export function joinCode(account: string, code: string): string {
  return `${account}~${code}`;
}

function splitCode(joined: string): { account: string; code: string } {
  const at = joined.indexOf("~");
  if (at < 1) throw new Fault("request_invalid", "The code names no NetSuite account. Start the connection again.");
  return { account: joined.slice(0, at), code: joined.slice(at + 1) };
}

async function byCertificate(settings: ConnectionSettings): Promise<Tokens> {
  const tokenUrl = addressOf(settings.tokenUrl, settings.company);
  const assertion = signAssertion(
    {
      certificateId: required(settings.options, "certificateId", "the certificate id that NetSuite shows beside the uploaded certificate"),
      clientId: settings.clientId,
      tokenUrl,
      scope,
      issuedAt: Math.floor(Date.now() / 1_000),
      id: randomUUID(),
    },
    required(settings.secrets, "private_key", "the private key of the certificate"),
  );
  const askedAt = Date.now();
  const answer = await post(tokenUrl, {
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  });
  const { token, seconds } = tokenIn(answer);
  const pair = { accessToken: token, accessExpiresAt: askedAt + seconds * 1_000, refreshToken: "" };
  return { ...pair, refreshExpiresAt: certificateEnd(settings) ?? askedAt + certificateMs };
}

/** The end of the certificate, where it was stored beside the key: shown as the end of the sign-in. */
function certificateEnd({ options }: ConnectionSettings): number | null {
  const pem = options?.["certificate"];
  if (pem === undefined) return null;
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    throw new Fault(
      "credentials_refused",
      "The certificate stored with the connection is no PEM certificate; store it again or leave it out.",
    );
  }
}

function required(values: Readonly<Record<string, string>> | undefined, name: string, spoken: string): string {
  const value = values?.[name] ?? "";
  if (value !== "") return value;
  throw new Fault("credentials_refused", `The connection lacks ${spoken} (${name}). Add it, then reconnect.`);
}

/** Their refresh token with what we keep beside it. */
interface Kept {
  readonly account: string;
  readonly token: string;
  readonly endsAt: number | null;
}

async function askForTokens(tokenUrl: string, client: SignInClient, fields: Record<string, string>, kept: Kept): Promise<Tokens> {
  const askedAt = Date.now();
  const isPublic = client.clientSecret === "";
  const answer = await post(
    tokenUrl,
    isPublic ? { ...fields, client_id: client.clientId } : fields,
    isPublic ? undefined : basicOf(client),
  );
  const { token, seconds, refresh } = tokenIn(answer);
  const theirs = refresh || kept.token;
  if (theirs === "") throw new Fault("upstream_silent", "NetSuite's sign-in service answered without a refresh token");
  const isNew = refresh !== "" && refresh !== kept.token;
  const endsAt = isNew || kept.endsAt === null ? askedAt + (isPublic ? publicConsentMs : consentMs) : kept.endsAt;
  const pair = { accessToken: token, accessExpiresAt: askedAt + seconds * 1_000 };
  return { ...pair, refreshToken: `${endsAt}~${kept.account}~${theirs}`, refreshExpiresAt: endsAt };
}

/** We keep end and account beside their token: it tells neither, and a refresh does not move the end. */
function keptFrom(refreshToken: string): Kept {
  const match = /^(\d{12,15})~([\w-]*)~(.*)$/s.exec(refreshToken);
  return match ? { endsAt: Number(match[1]), account: match[2]!, token: match[3]! } : { endsAt: null, account: "", token: refreshToken };
}

function signedByEachRequest(now: number): Tokens {
  const end = now + 3_650 * dayMs;
  return { accessToken: "signed by each request", accessExpiresAt: end, refreshToken: "", refreshExpiresAt: end };
}

function basicOf({ clientId, clientSecret }: SignInClient): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
}

function post(address: string, fields: Record<string, string>, authorization?: string): Promise<OutboundResponse> {
  return send({
    method: "POST",
    url: new URL(address),
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: new URLSearchParams(fields).toString(),
    timeoutMs: tokenTimeoutMs,
    maxBytes: 1024 * 1024,
  });
}

function tokenIn(answer: OutboundResponse): { token: string; seconds: number; refresh: string } {
  if (answer.status !== 200) throw refusal(answer);
  const json = parseExact(answer.text);
  const seconds = Number(textOf(json, "expires_in") || "NaN");
  const token = textOf(json, "access_token");
  if (token === "" || !(seconds > 0)) {
    throw new Fault("upstream_silent", "NetSuite's sign-in service answered without a token", { status: String(answer.status) });
  }
  return { token, seconds, refresh: textOf(json, "refresh_token") };
}

function refusal({ status, headers, text }: OutboundResponse): Fault {
  const json = parseExact(text);
  const answer: JsonObject = isObject(json) ? json : {};
  const error = textOf(answer, "error").slice(0, 100);
  const details = { status: String(status), ...(error ? { providerCode: error } : {}) };
  if (status === 429) {
    const wait = retryAfterOf(headers["retry-after"], Date.now()) ?? throttleWaitMaxMs;
    return new Fault("upstream_busy", "NetSuite's sign-in service asks for a pause", { ...details, retryAfterMs: String(wait) });
  }
  if (status >= 500 || error === "")
    return new Fault("upstream_silent", `NetSuite's sign-in service gave no usable answer (status ${status})`, details);
  const [code, words] = refusals[error] ?? refusals["invalid_client"]!;
  return new Fault(code, `${words} NetSuite says: "${error}". The reason stands in Setup > Users/Roles > View Login Audit Trail.`, details);
}

/** The token endpoint's words (Oracle, "OAuth 2.0 … Errors") and what they ask for. */
const refusals: Readonly<Record<string, readonly ["credentials_expired" | "credentials_refused", string]>> = {
  invalid_grant: [
    "credentials_expired",
    "The consent has ended (seven days for an application with a secret), was used or withdrawn. Connect again; a certificate needs no consent.",
  ],
  invalid_client: [
    "credentials_refused",
    "NetSuite does not take our client id, secret or certificate. Check that the integration record is enabled, that the certificate is not revoked or past its end, and that key and certificate id belong together.",
  ],
  unauthorized_client: [
    "credentials_refused",
    "This way of signing in is not switched on in the integration record. Tick Client Credentials (Machine to Machine) or Authorization Code Grant there.",
  ],
  invalid_scope: ["credentials_refused", "The scope REST Web Services is not ticked in the integration record."],
  invalid_request: [
    "credentials_refused",
    "NetSuite does not understand our sign-in request. Check client id, certificate id and the account's address.",
  ],
  unsupported_grant_type: [
    "credentials_refused",
    "NetSuite does not know this way of signing in. Check the token address of the connection.",
  ],
};
