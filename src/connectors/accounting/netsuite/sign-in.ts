import { createHash } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import type { Callback, Consent, Environment, SignIn, SignInClient, SignInPages } from "../connector.ts";
import { exchangeCode, joinCode, revokeTokens } from "./oauth.ts";

/** Each account has hosts of its own; a sandbox is an account by itself. The consent page of all is asked which account is meant. */
const pages: SignInPages = {
  apiUrl: "https://{account}.suitetalk.api.netsuite.com",
  appUrl: "https://{account}.app.netsuite.com",
  authorizeUrl: "https://system.netsuite.com/app/login/oauth2/authorize.nl",
  tokenUrl: "https://{account}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token",
  revokeUrl: "https://{account}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/revoke",
  discoveryUrl: "https://system.netsuite.com/",
};
const environments: Readonly<Record<Environment, SignInPages>> = { production: pages, sandbox: pages };

export const netSuiteSignIn: SignIn = {
  environments,
  // Nothing is published to read: the addresses follow from the account.
  discover: () => Promise.resolve({ authorizeUrl: pages.authorizeUrl, tokenUrl: pages.tokenUrl, revokeUrl: pages.revokeUrl }),
  begin: beginConsent,
  callback: readCallback,
  exchange: exchangeCode,
  revoke: revokeTokens,
};

/** The first half of `random` becomes the state (they want 22 characters or more), the second the verifier of PKCE (RFC 7636, S256). */
function beginConsent(client: SignInClient, redirectUri: string, random: Uint8Array): Consent {
  if (random.length < 64) throw new RangeError("A consent needs 64 random bytes");
  const state = Buffer.from(random.subarray(0, 32)).toString("base64url");
  const codeVerifier = Buffer.from(random.subarray(32, 64)).toString("base64url");
  const url = new URL(client.authorizeUrl);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("client_id", client.clientId);
  url.searchParams.set("redirect_uri", redirectUri);
  url.searchParams.set("scope", "rest_webservices");
  url.searchParams.set("state", state);
  url.searchParams.set("code_challenge", createHash("sha256").update(codeVerifier).digest("base64url"));
  url.searchParams.set("code_challenge_method", "S256");
  return { url: url.href, state, codeVerifier };
}

/** The account that was chosen comes back as `company`. */
function readCallback(query: URLSearchParams, state: string): Callback {
  if (state === "" || query.get("state") !== state) {
    throw new Fault(
      "unauthorized",
      "This sign-in was not started in this browser, or was used already. Start again from the connections page.",
    );
  }
  const error = query.get("error");
  if (error === "access_denied") {
    throw new Fault("forbidden", "The connection was declined in NetSuite. A user whose role may log in using OAuth 2.0 must agree to it.");
  }
  if (error !== null) {
    throw new Fault(
      "request_invalid",
      `NetSuite did not accept the sign-in (${error.slice(0, 100)}). Check scope and redirect address of the integration record.`,
    );
  }
  const code = query.get("code") ?? "";
  const company = query.get("company") ?? "";
  if (code === "" || code.length > 2_048 || !/^[A-Za-z0-9_-]{1,40}$/.test(company)) {
    throw new Fault("request_invalid", "NetSuite came back without the code or the account. Start again from the connections page.");
  }
  return { code: joinCode(company, code), company };
}
