import { createHash } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import type { Callback, Consent, Environment, SignIn, SignInClient, SignInPages } from "../connector.ts";
import { discoverPages, exchangeCode, revokeTokens } from "./oauth.ts";

const scope = "com.intuit.quickbooks.accounting";

/** Sign-in, token and revocation are the same for both worlds; the keys of the app, the API and the application differ. */
const shared = {
  authorizeUrl: "https://appcenter.intuit.com/connect/oauth2",
  tokenUrl: "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
  revokeUrl: "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
};
const environments: Readonly<Record<Environment, SignInPages>> = {
  production: {
    ...shared,
    apiUrl: "https://quickbooks.api.intuit.com",
    appUrl: "https://qbo.intuit.com",
    discoveryUrl: "https://developer.api.intuit.com/.well-known/openid_configuration/",
  },
  sandbox: {
    ...shared,
    apiUrl: "https://sandbox-quickbooks.api.intuit.com",
    appUrl: "https://sandbox.qbo.intuit.com",
    discoveryUrl: "https://developer.intuit.com/.well-known/openid_sandbox_configuration/",
  },
};

export const quickBooksSignIn: SignIn = {
  environments,
  discover: discoverPages,
  begin: beginConsent,
  callback: readCallback,
  exchange: exchangeCode,
  revoke: revokeTokens,
};

/** The first half of `random` becomes the state, the second the verifier of PKCE (RFC 7636, S256). */
export function beginConsent(client: SignInClient, redirectUri: string, random: Uint8Array): Consent {
  if (random.length < 64) throw new RangeError("A consent needs 64 random bytes");
  const state = Buffer.from(random.subarray(0, 32)).toString("base64url");
  const codeVerifier = Buffer.from(random.subarray(32, 64)).toString("base64url");
  const url = new URL(client.authorizeUrl);
  url.searchParams.set("client_id", client.clientId);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("scope", scope);
  url.searchParams.set("redirect_uri", redirectUri);
  url.searchParams.set("state", state);
  url.searchParams.set("code_challenge", createHash("sha256").update(codeVerifier).digest("base64url"));
  url.searchParams.set("code_challenge_method", "S256");
  return { url: url.href, state, codeVerifier };
}

/** The company stands in the address of the callback, not in the answer to the code. One consent is for one company. */
export function readCallback(query: URLSearchParams, state: string): Callback {
  if (state === "" || query.get("state") !== state) {
    throw new Fault(
      "unauthorized",
      "This sign-in was not started in this browser, or was used already. Start again from the connections page.",
    );
  }
  const error = query.get("error");
  if (error === "access_denied") {
    throw new Fault(
      "forbidden",
      "The connection was declined at QuickBooks. A Primary Admin or Company Admin of the company must agree to it.",
    );
  }
  if (error !== null) {
    throw new Fault(
      "request_invalid",
      `QuickBooks did not accept the sign-in (${error.slice(0, 100)}). Check the app's scope and redirect address.`,
    );
  }
  const code = query.get("code") ?? "";
  const company = query.get("realmId") ?? "";
  if (code === "" || code.length > 512 || !/^\d{1,30}$/.test(company)) {
    throw new Fault("request_invalid", "QuickBooks came back without the code or the company. Start again from the connections page.");
  }
  return { code, company };
}
