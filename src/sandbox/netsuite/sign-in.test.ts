import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../json.ts";
import type { RawAnswer } from "../raw-client.ts";
import { assertion, assertionForm, openAccount, refusal, services, testNow, tokenCall, type TestAccount } from "./test-account.ts";
import { signatureOf } from "./token-based.ts";

let account: TestAccount;
beforeAll(async () => {
  account = await openAccount({ id: "1234567_SB1" });
});
afterAll(() => account.close());

const readAccount = (authorization: string): Promise<RawAnswer> =>
  account.raw({ method: "GET", path: `${services}/record/v1/account/1`, headers: { authorization } });
const basic = (id: unknown, secret: unknown) => `Basic ${Buffer.from(`${String(id)}:${String(secret)}`).toString("base64")}`;

describe("client credentials", () => {
  test("a signed assertion becomes an access token for an hour, without a refresh token", async () => {
    const answer = await tokenCall(account, assertionForm(assertion(account)));
    expect(answer).toMatchObject({ status: 200, json: { expires_in: 3600, token_type: "Bearer" } });
    expect(answer.json).not.toHaveProperty("refresh_token");
    expect((await readAccount(`Bearer ${String(answer.json["access_token"])}`)).status).toBe(200);
  });

  test.each<[string, { header?: JsonObject; claims?: JsonObject; seconds?: number }, number, string]>([
    ["an unknown certificate", { header: { kid: "other" } }, 401, "invalid_client"],
    ["an unknown client", { claims: { iss: "other" } }, 401, "invalid_client"],
    ["an algorithm that does not fit the key", { header: { alg: "PS256" } }, 401, "invalid_client"],
    ["RS256", { header: { alg: "RS256" } }, 401, "invalid_client"],
    ["another audience", { claims: { aud: "https://example.com/token" } }, 400, "invalid_request"],
    ["an expired assertion", { seconds: Math.floor(testNow() / 1000) - 4000 }, 400, "invalid_request"],
    ["an unknown scope", { claims: { scope: "everything" } }, 400, "invalid_scope"],
  ])("%s is refused", async (_name, more, status, error) => {
    const text = more.header?.["alg"] === undefined ? assertion(account, more) : retyped(more.header);
    expect(await tokenCall(account, assertionForm(text))).toMatchObject({ status, json: { error } });
  });

  /** The good signature under another header. */
  function retyped(header: JsonObject): string {
    const [, claims = "", signature = ""] = assertion(account).split(".");
    const head = Buffer.from(JSON.stringify({ typ: "JWT", kid: account.credentials["certificateId"], ...header })).toString("base64url");
    return `${head}.${claims}.${signature}`;
  }

  test("a life of more than an hour, and a changed signature, are refused", async () => {
    const now = Math.floor(testNow() / 1000);
    expect((await tokenCall(account, assertionForm(assertion(account, { claims: { exp: now + 3700 } })))).json).toEqual({
      error: "invalid_request",
    });
    const [head, claims] = assertion(account).split(".");
    const forged = `${head}.${claims}.${Buffer.alloc(64, 7).toString("base64url")}`;
    expect((await tokenCall(account, assertionForm(forged))).json).toEqual({ error: "invalid_client" });
  });

  test("several scopes come as a list, with commas or with spaces", async () => {
    for (const scope of [["rest_webservices", "suite_analytics"], "rest_webservices,suite_analytics", "rest_webservices suite_analytics"]) {
      expect((await tokenCall(account, assertionForm(assertion(account, { claims: { scope } })))).status).toBe(200);
    }
  });

  test("other grants, other forms and another place for the client are refused", async () => {
    expect((await tokenCall(account, { grant_type: "password" })).json).toEqual({ error: "unsupported_grant_type" });
    expect((await tokenCall(account, {})).json).toEqual({ error: "invalid_request" });
    const withHeader = await tokenCall(account, assertionForm(assertion(account)), { authorization: "Basic eDp5" });
    expect(withHeader.json).toEqual({ error: "invalid_request" });
    expect((await tokenCall(account, assertionForm(assertion(account)), { "content-type": "application/json" })).json).toEqual({
      error: "invalid_request",
    });
  });

  test("an RSA certificate signs with PS256; RS256 only where the account takes it", async () => {
    const rsa = await openAccount({ options: { certificate: "rsa" } });
    try {
      expect((await tokenCall(rsa, assertionForm(assertion(rsa)))).status).toBe(200);
      expect((await tokenCall(rsa, assertionForm(assertion(rsa, { header: { alg: "RS256" } })))).status).toBe(401);
      await rsa.switches({ allowRs256: true });
      expect((await tokenCall(rsa, assertionForm(assertion(rsa, { header: { alg: "RS256" } })))).status).toBe(200);
    } finally {
      await rsa.close();
    }
  });

  test("a certificate ends after two years, and a token after an hour", async () => {
    const own = await openAccount();
    try {
      await own.control("PUT", "clock", { advanceMs: 3_601_000 });
      expect(refusal(await own.record("GET", "account/1"))).toMatchObject({ status: 401, code: "INVALID_LOGIN" });
      await own.control("PUT", "clock", { advanceMs: 731 * 86_400_000 });
      const seconds = Math.floor(Number((await own.control("GET", "clock")).json["nowMs"]) / 1000);
      expect((await tokenCall(own, assertionForm(assertion(own, { seconds })))).json).toEqual({ error: "invalid_client" });
    } finally {
      await own.close();
    }
  });
});

describe("authorization code", () => {
  const verifier = "v".repeat(64);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const redirect = "http://localhost:3000/callback";
  const asked = (more: Record<string, string> = {}) =>
    new URLSearchParams({
      response_type: "code",
      client_id: String(account.credentials["clientId"]),
      redirect_uri: redirect,
      scope: "rest_webservices",
      state: "s".repeat(24),
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...more,
    }).toString();
  const authorize = (query: string, body?: string) =>
    account.raw({
      method: body === undefined ? "GET" : "POST",
      path: `/netsuite/app/login/oauth2/authorize.nl${body === undefined ? `?${query}` : ""}`,
      body,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
  const consent = async (more: Record<string, string> = {}) =>
    new URL(String((await authorize("", `${asked(more)}&decision=approve`)).headers["location"]));
  const exchange = (code: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    tokenCall(account, { grant_type: "authorization_code", code, redirect_uri: redirect, code_verifier: verifier, ...more }, headers);
  const confidential = () => ({ authorization: basic(account.credentials["clientId"], account.credentials["clientSecret"]) });

  test("a page asks; the redirect brings code, state, role, entity and company; the code becomes tokens once", async () => {
    const page = await authorize(asked());
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining("1234567_SB1") });
    const back = await consent();
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: "s".repeat(24), company: "1234567_SB1", role: "3" });
    const code = back.searchParams.get("code") ?? "";
    const tokens = await exchange(code, {}, confidential());
    expect(tokens).toMatchObject({ status: 200, json: { token_type: "bearer", expires_in: 3600 } });
    expect((await readAccount(`Bearer ${String(tokens.json["access_token"])}`)).status).toBe(200);
    expect((await exchange(code, {}, confidential())).json).toEqual({ error: "invalid_grant" });
  });

  test("a confidential client's refresh token is not renewed and dies after seven days", async () => {
    const own = await openAccount();
    try {
      const issued = (await own.control("POST", "tokens", { system: "netsuite", id: own.id })).json;
      const form = { grant_type: "refresh_token", refresh_token: String(issued["refreshToken"]) };
      const headers = { authorization: basic(own.credentials["clientId"], own.credentials["clientSecret"]) };
      const refreshed = await tokenCall(own, form, headers);
      expect(refreshed).toMatchObject({ status: 200, json: { token_type: "bearer", expires_in: 3600 } });
      expect(refreshed.json).not.toHaveProperty("refresh_token");
      await own.control("PUT", "clock", { advanceMs: 7 * 86_400_000 + 1000 });
      expect(await tokenCall(own, form, headers)).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
    } finally {
      await own.close();
    }
  });

  test("a public client needs PKCE, and gets a new refresh token each time", async () => {
    const id = { client_id: String(account.credentials["clientId"]) };
    const code = (await consent()).searchParams.get("code") ?? "";
    expect((await exchange(code, { ...id, code_verifier: "w".repeat(64) })).json).toEqual({ error: "invalid_grant" });
    const tokens = await exchange(code, id);
    const refresh = String(tokens.json["refresh_token"]);
    const second = await tokenCall(account, { grant_type: "refresh_token", refresh_token: refresh, ...id });
    expect(second.json["refresh_token"]).not.toBe(refresh);
    expect((await tokenCall(account, { grant_type: "refresh_token", refresh_token: refresh, ...id })).json).toEqual({
      error: "invalid_grant",
    });
  });

  test("a short state, plain PKCE, an unknown redirect and a refusal by the person", async () => {
    expect((await authorize(asked({ state: "short" }))).status).toBe(400);
    expect((await authorize(asked({ redirect_uri: "https://elsewhere.example/" }))).status).toBe(400);
    expect(String((await authorize(asked({ code_challenge_method: "plain" }))).headers["location"])).toContain("error=invalid_request");
    expect(String((await authorize(asked({ scope: "other" }))).headers["location"])).toContain("error=invalid_scope");
    const denied = new URL(String((await authorize("", `${asked()}&decision=deny`)).headers["location"]));
    expect(Object.fromEntries(denied.searchParams)).toEqual({ error: "access_denied", state: "s".repeat(24) });
  });

  test("revoking a token ends the grant", async () => {
    const issued = (await account.control("POST", "tokens", { system: "netsuite", id: account.id })).json;
    const form = { token: String(issued["refreshToken"]) };
    const call = { method: "POST", path: `${services}/auth/oauth2/v1/revoke`, body: new URLSearchParams(form).toString() };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await account.raw({ ...call, headers })).status).toBe(401);
    expect((await account.raw({ ...call, headers: { ...headers, ...confidential() } })).status).toBe(200);
    expect((await readAccount(`Bearer ${String(issued["accessToken"])}`)).status).toBe(401);
    const refresh = { grant_type: "refresh_token", refresh_token: String(issued["refreshToken"]) };
    expect((await tokenCall(account, refresh, confidential())).json).toEqual({ error: "invalid_grant" });
  });

  test("a wrong secret is 401 with a challenge", async () => {
    const answer = await tokenCall(
      account,
      { grant_type: "refresh_token", refresh_token: "x" },
      { authorization: basic(account.credentials["clientId"], "no") },
    );
    expect(answer).toMatchObject({ status: 401, json: { error: "invalid_client" } });
    expect(answer.headers["www-authenticate"]).toMatch(/^Basic realm=/);
  });
});

describe("token-based authentication", () => {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);

  /** Signs as a client does, from the specification and not with the emulator's own function. */
  function header(method: string, path: string, more: Record<string, string> = {}): string {
    const { consumerKey, consumerSecret, tokenId, tokenSecret } = account.credentials;
    const url = new URL(account.sandbox.url + path);
    const own: Record<string, string> = {
      oauth_consumer_key: String(consumerKey),
      oauth_token: String(tokenId),
      oauth_signature_method: "HMAC-SHA256",
      oauth_timestamp: String(Math.floor(testNow() / 1000)),
      oauth_nonce: crypto.randomUUID(),
      oauth_version: "1.0",
      ...more,
    };
    const pairs = [...Object.entries(own), ...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
    const base = `${method}&${encode(url.origin + url.pathname)}&${encode(pairs.join("&"))}`;
    const signature = createHmac("sha256", `${String(consumerSecret)}&${String(tokenSecret)}`)
      .update(base)
      .digest("base64");
    const shown = Object.entries({ realm: "1234567_SB1", ...own, oauth_signature: signature });
    return `OAuth ${shown.map(([name, value]) => `${name}="${encode(value)}"`).join(", ")}`;
  }
  const path = `${services}/record/v1/account?limit=1&offset=0`;
  const call = (authorization: string) => account.raw({ method: "GET", path, headers: { authorization } });

  test("the vendor's published request has the published signature", () => {
    const parameters = new Map([
      ["oauth_consumer_key", "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4"],
      ["oauth_token", "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc"],
      ["oauth_nonce", "fjaLirsIcCGVZWzBX0pg"],
      ["oauth_timestamp", "1508242306"],
      ["oauth_version", "1.0"],
      ["oauth_signature_method", "HMAC-SHA256"],
    ]);
    const secrets = {
      consumerSecret: "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
      tokenSecret: "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
    };
    const base = "https://123456.suitetalk.api.netsuite.com/services/rest";
    const read = { method: "GET", url: `${base}/record/v1/employee/40`, query: new URLSearchParams(), parameters, ...secrets };
    expect(signatureOf(read)).toBe("B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=");
    const query = {
      method: "POST",
      url: `${base}/query/v1/suiteql`,
      query: new URLSearchParams("limit=10&offset=0"),
      parameters,
      ...secrets,
    };
    expect(signatureOf(query)).toBe("hxjABHU9/fx9suvhTNYoRa6DBLAY6w721nAek71w1GM=");
  });

  test("a signed request passes once; the same nonce, an old time and another realm do not", async () => {
    const signed = header("GET", path);
    expect((await call(signed)).status).toBe(200);
    expect(refusal(await call(signed))).toMatchObject({ status: 401, code: "INVALID_LOGIN" });
    expect((await call(header("GET", path, { oauth_timestamp: String(Math.floor(testNow() / 1000) - 600) }))).status).toBe(401);
    expect((await call(header("GET", path).replace("1234567_SB1", "1234567"))).status).toBe(401);
    expect((await call(header("POST", path))).status).toBe(401);
    expect((await call(header("GET", path, { oauth_signature_method: "HMAC-SHA1" }))).status).toBe(401);
  });
});

test("a bad bearer is 401 with the words of the service and a challenge; a disabled integration too", async () => {
  const answer = await readAccount("Bearer nonsense");
  expect(refusal(answer)).toMatchObject({
    status: 401,
    code: "INVALID_LOGIN",
    detail: expect.stringMatching(/^Invalid login attempt\. For more details/),
  });
  expect(answer.headers["www-authenticate"]).toMatch(
    /^Bearer realm=".*", error="invalid_token", error_description="Invalid login attempt\."$/,
  );
  await account.switches({ integration: "disabled" });
  expect((await readAccount(`Bearer ${account.token}`)).status).toBe(401);
  expect((await tokenCall(account, assertionForm(assertion(account)))).status).toBe(401);
  await account.switches({ integration: "enabled" });
});
