import { Fault } from "../../../core/errors.ts";
import { send } from "../../../net/http.ts";
import type { SignInClient, SignInPages, Tokens } from "../connector.ts";
import { retryAfterMs } from "./errors.ts";
import { isObject, parseExact, textOf, type Json } from "./wire.ts";

const tokenTimeoutMs = 30_000;

/** Exchanges the code of the callback for the first token pair. Faults: as `refreshTokens`; an expired code is `credentials_expired`. */
export function exchangeCode(
  client: SignInClient,
  { code, redirectUri, codeVerifier }: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
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
export function refreshTokens(client: SignInClient, refreshToken: string): Promise<Tokens> {
  return askForTokens(client, { grant_type: "refresh_token", refresh_token: refreshToken });
}

/**
 * Ends the grant: both tokens of the pair are dead afterwards, whichever is named. A grant that is gone already is no
 * failure. Faults: `credentials_refused` for our own client id or secret, `upstream_*` when it cannot be told.
 */
export async function revokeTokens(client: SignInClient & { readonly revokeUrl: string }, token: string): Promise<void> {
  const { status, answer, facts } = await ask(client, client.revokeUrl, { token });
  if (status === 200) return;
  const fault = refusal(answer, status, facts);
  if (status === 400 && fault.code !== "upstream_silent" && textOf(answer, "error") !== "invalid_client") return;
  throw fault;
}

/**
 * The addresses as Intuit publishes them now. Only addresses of the same owner as the document are believed: sign-in data is
 * sent there.
 */
export async function discoverPages(discoveryUrl: string): Promise<Pick<SignInPages, "authorizeUrl" | "tokenUrl" | "revokeUrl">> {
  const source = new URL(discoveryUrl);
  const answer = await send({
    method: "GET",
    url: source,
    headers: { accept: "application/json" },
    timeoutMs: tokenTimeoutMs,
    maxBytes: 1024 * 1024,
  });
  const document = jsonOrNull(answer.text);
  if (answer.status !== 200 || document === null) {
    throw new Fault("upstream_silent", `Intuit's discovery document cannot be read (status ${answer.status})`);
  }
  const page = (name: string): string => {
    const address = textOf(document, name);
    if (!URL.canParse(address) || !isSameOwner(new URL(address), source)) {
      throw new Fault(
        "credentials_refused",
        `Intuit's discovery document names no address of its own for ${name}; check the discovery address`,
      );
    }
    return address;
  };
  return { authorizeUrl: page("authorization_endpoint"), tokenUrl: page("token_endpoint"), revokeUrl: page("revocation_endpoint") };
}

/** The same server, or the same domain over TLS. */
function isSameOwner(address: URL, source: URL): boolean {
  const domain = (url: URL): string => url.hostname.split(".").slice(-2).join(".");
  return address.origin === source.origin || (address.protocol === "https:" && domain(address) === domain(source));
}

interface SignInAnswer {
  readonly status: number;
  readonly answer: Json;
  readonly facts: Record<string, string>;
}

/** One call to the sign-in service, in our own name. */
async function ask(client: SignInClient, address: string, form: Record<string, string>): Promise<SignInAnswer> {
  const { status, headers, text } = await send({
    method: "POST",
    url: new URL(address),
    headers: {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    },
    body: new URLSearchParams(form).toString(),
    timeoutMs: tokenTimeoutMs,
    maxBytes: 1024 * 1024,
  });
  const facts = { status: String(status), ...(headers["intuit_tid"] ? { traceId: headers["intuit_tid"] } : {}) };
  if (status === 429) {
    const wait = String(retryAfterMs(headers["retry-after"], Date.now()));
    throw new Fault("upstream_busy", "Intuit's sign-in service asks for a pause", { ...facts, retryAfterMs: wait });
  }
  return { status, answer: jsonOrNull(text), facts };
}

async function askForTokens(client: SignInClient, form: Record<string, string>): Promise<Tokens> {
  const askedAt = Date.now();
  const { status, answer, facts } = await ask(client, client.tokenUrl, form);
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
