import { createHash } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import type { Callback, ConnectionSettings, Consent, Environment, SignIn, SignInClient, SignInPages, Tokens } from "../connector.ts";
import { exchangeCode, revokeTokens } from "./oauth.ts";
import { optionsOf } from "./options.ts";
import { transportOf } from "./transport.ts";
import { counterOf } from "./usage.ts";
import { tag } from "./xml.ts";

/** One address for the whole world; a trial company lives on the same servers as a paying one. */
const pages: SignInPages = {
  apiUrl: "https://api.intacct.com",
  appUrl: "https://www.intacct.com",
  authorizeUrl: "https://api.intacct.com/ia/api/v1/oauth2/authorize",
  tokenUrl: "https://api.intacct.com/ia/api/v1/oauth2/token",
  revokeUrl: "https://api.intacct.com/ia/api/v1/oauth2/revoke",
  discoveryUrl: "",
};
const environments: Readonly<Record<Environment, SignInPages>> = { production: pages, sandbox: pages };

export const intacctSignIn: SignIn = {
  environments,
  // They publish no document with their addresses: those above are the ones of their OAuth page.
  discover: () => Promise.resolve(pages),
  redirectTo,
  begin: beginConsent,
  callback: readCallback,
  exchange: exchangeCode,
  revoke: revokeTokens,
};

const companyPattern = /^[\w.| -]{1,100}$/;

/** They send the browser back to the very address that the consent names, its query included. */
function redirectTo(redirectUri: string, company: string | undefined): string {
  if (company === undefined || !companyPattern.test(company)) {
    throw new Fault("request_invalid", "Sage Intacct does not name the company that is chosen", {
      "/company": "must be the Intacct company id, as people type it when they sign in",
    });
  }
  const url = new URL(redirectUri);
  url.searchParams.set("company", company);
  return url.href;
}

/** The first half of `random` becomes the state, the second the verifier of PKCE (RFC 7636, S256). */
function beginConsent(client: SignInClient, redirectUri: string, random: Uint8Array): Consent {
  if (random.length < 64) throw new RangeError("A consent needs 64 random bytes");
  const state = Buffer.from(random.subarray(0, 32)).toString("base64url");
  const codeVerifier = Buffer.from(random.subarray(32, 64)).toString("base64url");
  const url = new URL(client.authorizeUrl);
  const query = {
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: redirectUri,
    state,
    // Without it there is no refresh token.
    scope: "offline_access",
    code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { url: url.href, state, codeVerifier };
}

/**
 * The callback of theirs names no company: the person who agreed chose it on their page, and the first token pair is bound
 * to it. The company that the connection is for stands in our own redirect address, as `company`.
 */
function readCallback(query: URLSearchParams, state: string): Callback {
  if (state === "" || query.get("state") !== state) {
    throw new Fault(
      "unauthorized",
      "This sign-in was not started in this browser, or was used already. Start again from the connections page.",
    );
  }
  const error = query.get("error");
  if (error === "access_denied")
    throw new Fault("forbidden", "The connection was declined at Sage Intacct. A user with administrator rights must agree to it.");
  if (error !== null) {
    throw new Fault(
      "request_invalid",
      `Sage Intacct did not accept the sign-in (${error.slice(0, 100)}). Check the app's redirect address.`,
    );
  }
  const code = query.get("code") ?? "";
  if (code === "" || code.length > 2_000) {
    throw new Fault("request_invalid", "Sage Intacct came back without the code. Start again from the connections page.");
  }
  const company = query.get("company") ?? "";
  if (!companyPattern.test(company)) {
    throw new Fault(
      "request_invalid",
      "The redirect address must end with ?company= and the Intacct company id, because Sage Intacct does not name the company itself.",
    );
  }
  return { code, company };
}

/** Each answer of the XML gateway names the company of its session; the transport refuses another one's. */
export async function confirmCompany(settings: ConnectionSettings, tokens: Tokens): Promise<void> {
  const options = optionsOf(settings);
  const token = () => Promise.resolve(tokens.accessToken);
  const transport = transportOf({ settings, options, token, gate: (_kind, call) => call(), counter: counterOf() });
  await transport.ask(tag("getAPISession", []));
}
