import { createHash } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import { send } from "../../../net/http.ts";
import type { ConnectionSettings, Tokens } from "../connector.ts";
import { retryAfterMs } from "./errors.ts";
import { isObject, parseExact, textOf, type Json } from "./wire.ts";

const scope = "com.intuit.quickbooks.accounting";
const tokenTimeoutMs = 30_000;

type Client = Pick<ConnectionSettings, "tokenUrl" | "authorizeUrl" | "clientId" | "clientSecret">;

/**
 * The page where an administrator of the company gives consent. It comes back to `redirectUri` with `code`, `state` and
 * `realmId` (the company), or with `error`. `state` must be checked against the browser's session by the caller.
 */
export function authorizeUrl(
  client: Client,
  { redirectUri, state, codeVerifier }: { redirectUri: string; state: string; codeVerifier: string },
): string {
  const url = new URL(client.authorizeUrl);
  url.searchParams.set("client_id", client.clientId);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("scope", scope);
  url.searchParams.set("redirect_uri", redirectUri);
  url.searchParams.set("state", state);
  url.searchParams.set("code_challenge", createHash("sha256").update(codeVerifier).digest("base64url"));
  url.searchParams.set("code_challenge_method", "S256");
  return url.href;
}

/** Exchanges the code of the callback for the first token pair. Faults: as `refreshTokens`; an expired code is `credentials_expired`. */
export function exchangeCode(
  client: Client,
  { code, redirectUri, codeVerifier }: { code: string; redirectUri: string; codeVerifier: string },
): Promise<Tokens> {
  return askForTokens(client, { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: codeVerifier });
}

/**
 * Exchanges the refresh token. What comes back holds a refresh token too, often a new one: it must be stored before the
 * access token is used, and only one refresh of a connection may run at a time.
 *
 * Faults: `credentials_expired` when the grant is gone (the company must be reconnected), `credentials_refused` when our own
 * client id or secret is wrong, `upstream_*` when it cannot be told.
 */
export function refreshTokens(client: Client, refreshToken: string): Promise<Tokens> {
  return askForTokens(client, { grant_type: "refresh_token", refresh_token: refreshToken });
}

async function askForTokens(client: Client, form: Record<string, string>): Promise<Tokens> {
  const askedAt = Date.now();
  const { status, headers, text } = await send({
    method: "POST",
    url: new URL(client.tokenUrl),
    headers: {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    },
    body: new URLSearchParams(form).toString(),
    timeoutMs: tokenTimeoutMs,
    maxBytes: 1024 * 1024,
  });
  const answer = jsonOrNull(text);
  const facts = { status: String(status), ...(headers["intuit_tid"] ? { traceId: headers["intuit_tid"] } : {}) };
  if (status === 429) {
    const wait = String(retryAfterMs(headers["retry-after"], Date.now()));
    throw new Fault("upstream_busy", "Intuit's sign-in service asks for a pause", { ...facts, retryAfterMs: wait });
  }
  if (status === 200) return tokensIn(answer, askedAt, facts);
  throw refusal(answer, status, facts);
}

/** Lifetimes count from when we asked, so that they never end later than over there. */
function tokensIn(answer: Json, askedAt: number, facts: Record<string, string>): Tokens {
  const accessToken = textOf(answer, "access_token");
  const refreshToken = textOf(answer, "refresh_token");
  const accessSeconds = Number(textOf(answer, "expires_in") || "NaN");
  const refreshSeconds = Number(textOf(answer, "x_refresh_token_expires_in") || "NaN");
  if (!accessToken || !refreshToken || !(accessSeconds > 0) || !(refreshSeconds > 0)) {
    throw new Fault("upstream_silent", "Intuit's sign-in service answered without a complete token pair", facts);
  }
  return {
    accessToken,
    accessExpiresAt: askedAt + accessSeconds * 1_000,
    refreshToken,
    refreshExpiresAt: askedAt + refreshSeconds * 1_000,
  };
}

function refusal(answer: Json, status: number, facts: Record<string, string>): Fault {
  const error = textOf(answer, "error");
  const details = {
    ...facts,
    ...(error ? { providerCode: error.slice(0, 100) } : {}),
    ...(textOf(answer, "error_description") ? { providerDetail: textOf(answer, "error_description").slice(0, 500) } : {}),
  };
  if (status >= 500 || error === "") {
    return new Fault("upstream_silent", `Intuit's sign-in service gave no usable answer (status ${status})`, details);
  }
  if (error === "invalid_grant") {
    return new Fault(
      "credentials_expired",
      "The consent for this company has ended or was withdrawn. Reconnect the company as a QuickBooks administrator.",
      details,
    );
  }
  return new Fault(
    "credentials_refused",
    `Intuit refuses our own client id or secret (${error}). Correct the app's keys in the connection; the company need not reconnect.`,
    details,
  );
}

function jsonOrNull(text: string): Json {
  try {
    const value = parseExact(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
