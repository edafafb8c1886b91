import { Fault } from "../../../core/errors.ts";
import { send } from "../../../net/http.ts";
import type { ConnectionSettings, SignInClient, Tokens } from "../connector.ts";
import { throttled, waitOf } from "./errors.ts";
import { isObject, memberText, readJson, type Json } from "./json.ts";
import { optionsOf } from "./options.ts";
import { openSession } from "./session.ts";

const tokenTimeoutMs = 30_000;
/** Nothing is published about how long a refresh token lives; it is used long before. */
const refreshLifeMs = 90 * 86_400_000;

/**
 * Signs in anew. With a sender id and a Web Services user a session is opened; with OAuth the refresh token is exchanged, or,
 * where there is none because the books were connected by keys, the client signs in as its user. A refresh token may come back
 * changed: it must be stored before the access token is used.
 *
 * Faults: `credentials_expired` when the grant is gone, `credentials_refused` when our own keys are wrong, `upstream_*` when
 * it cannot be told.
 */
export async function signInAgain(settings: ConnectionSettings, refreshToken: string): Promise<Tokens> {
  const options = optionsOf(settings);
  if (options.transport === "xml") {
    const { token, endsAt } = await openSession(settings, options);
    return { accessToken: token, accessExpiresAt: endsAt, refreshToken: "", refreshExpiresAt: endsAt + refreshLifeMs };
  }
  const entity = options.entity === "" ? "" : `|${options.entity}`;
  return refreshToken === ""
    ? askForTokens(settings, { grant_type: "client_credentials", username: `${options.userId}@${settings.company}${entity}` })
    : askForTokens(settings, { grant_type: "refresh_token", refresh_token: refreshToken });
}

/** Exchanges the code of the callback for the first token pair. */
export function exchangeCode(
  client: SignInClient,
  { code, redirectUri, codeVerifier }: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
): Promise<Tokens> {
  return askForTokens(client, { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: codeVerifier });
}

/** Ends the grant. One that is gone already is no failure. */
export async function revokeTokens(client: SignInClient & { readonly revokeUrl: string }, token: string): Promise<void> {
  const { status, answer } = await ask(client, client.revokeUrl, { token });
  if (status >= 200 && status < 300) return;
  const fault = refusal(answer, status);
  if (fault.code === "credentials_expired") return;
  throw fault;
}

async function askForTokens(client: SignInClient, form: Record<string, string>): Promise<Tokens> {
  const askedAt = Date.now();
  const { status, answer } = await ask(client, client.tokenUrl, form);
  if (status !== 200) throw refusal(answer, status);
  const accessToken = memberText(answer, "access_token");
  const seconds = Number(memberText(answer, "expires_in") || "NaN");
  if (accessToken === "" || /\s/.test(accessToken) || !(seconds > 0)) {
    throw new Fault("upstream_silent", "Sage Intacct's sign-in service answered without a complete token");
  }
  return {
    accessToken,
    accessExpiresAt: askedAt + seconds * 1_000,
    // Where none comes back the one in use stays good.
    refreshToken: memberText(answer, "refresh_token") || (form["refresh_token"] ?? ""),
    refreshExpiresAt: askedAt + refreshLifeMs,
  };
}

async function ask(client: SignInClient, address: string, form: Record<string, string>): Promise<{ status: number; answer: Json }> {
  const body = new URLSearchParams({ ...form, client_id: client.clientId, client_secret: client.clientSecret }).toString();
  const { status, headers, text } = await send({
    method: "POST",
    url: new URL(address),
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body,
    timeoutMs: tokenTimeoutMs,
    maxBytes: 1024 * 1024,
  });
  if (status === 429) throw throttled(waitOf(headers, Date.now()));
  return { status, answer: readJson(text) };
}

/** OAuth's own words where there are any; else those of the gateway around it. */
function refusal(answer: Json, status: number): Fault {
  const gateway = isObject(answer) && isObject(answer["error"]) ? answer["error"] : undefined;
  const code = gateway === undefined ? memberText(answer, "error") : memberText(gateway, "code");
  const words = gateway === undefined ? memberText(answer, "error_description") : memberText(gateway, "message");
  const details = { status: String(status), providerCode: code.slice(0, 100), providerDetail: words.slice(0, 500) };
  if (status >= 500 || code === "") {
    return new Fault("upstream_silent", `Sage Intacct's sign-in service gave no usable answer (status ${status})`, details);
  }
  if (code === "invalid_client" || code === "unauthorized_client") {
    return new Fault(
      "credentials_refused",
      "Sage Intacct refuses our client id or secret. Correct the app's keys in the connection; the company need not reconnect.",
      details,
    );
  }
  return new Fault(
    "credentials_expired",
    "The consent for this company has ended or was withdrawn. Reconnect the company as an Intacct administrator.",
    details,
  );
}
