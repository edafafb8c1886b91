import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { objectOf, type JsonObject } from "../json.ts";
import { faultIn, openBench, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let basic: string;
beforeEach(async () => {
  bench = await openBench();
  const { clientId, clientSecret } = bench.credentials;
  basic = `Basic ${Buffer.from(`${String(clientId)}:${String(clientSecret)}`).toString("base64")}`;
});
afterEach(() => bench.close());

const redirect = "http://127.0.0.1:4400/callback";
const form = (path: string, fields: Record<string, string>, authorization = basic) =>
  bench.raw({
    method: "POST",
    path,
    headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });
const token = (fields: Record<string, string>, authorization = basic) =>
  form("/quickbooks-online/oauth2/v1/tokens/bearer", fields, authorization);
const refresh = (value: string) => token({ grant_type: "refresh_token", refresh_token: value });
const consent = (fields: Record<string, string>): Record<string, string> => ({
  client_id: String(bench.credentials["clientId"]),
  response_type: "code",
  scope: "com.intuit.quickbooks.accounting",
  redirect_uri: redirect,
  state: "s-1",
  ...fields,
});
const ask = (accessToken: unknown, realm = bench.realm) =>
  bench.raw({ method: "GET", path: `/v3/company/${realm}/preferences`, headers: { authorization: `Bearer ${String(accessToken)}` } });
const switches = (changes: JsonObject) =>
  bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: changes });

async function approve(more: Record<string, string> = {}): Promise<URL> {
  const answer = await form("/quickbooks-online/connect/oauth2", consent({ decision: "approve", realm: bench.realm, ...more }), "");
  expect(answer.status).toBe(302);
  return new URL(String(answer.headers["location"]));
}
const exchange = (code: string | null, more: Record<string, string> = {}) =>
  token({ grant_type: "authorization_code", code: code ?? "", redirect_uri: redirect, ...more });

describe("consent", () => {
  test("a page asks, an approval comes back with code, state and realm, and the code becomes tokens once", async () => {
    const page = await bench.raw({
      method: "GET",
      path: `/quickbooks-online/connect/oauth2?${new URLSearchParams(consent({})).toString()}`,
    });
    expect(page.text).toContain(bench.realm);
    expect(page.text).toContain('value="deny"');
    const back = await approve();
    expect([back.searchParams.get("state"), back.searchParams.get("realmId")]).toEqual(["s-1", bench.realm]);
    const tokens = await exchange(back.searchParams.get("code"));
    expect(tokens.json).toMatchObject({ token_type: "bearer", expires_in: 3600, x_refresh_token_expires_in: 8_726_400 });
    expect((await ask(tokens.json["access_token"])).status).toBe(200);
    const again = await exchange(back.searchParams.get("code"));
    expect([again.status, again.json["error"]]).toEqual([400, "invalid_grant"]);
  });

  test("a code is bound to its redirect URI, its verifier and ten minutes", async () => {
    const verifier = "a".repeat(50);
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const proof = { code_challenge: challenge, code_challenge_method: "S256" };
    const code = async (more = {}) => (await approve(more)).searchParams.get("code");
    expect((await exchange(await code(), { redirect_uri: "http://127.0.0.1:1/other" })).status).toBe(400);
    expect((await exchange(await code(proof))).status).toBe(400);
    expect((await exchange(await code(proof), { code_verifier: "wrong" })).status).toBe(400);
    expect((await exchange(await code(proof), { code_verifier: verifier })).status).toBe(200);
    const late = await code();
    await bench.control("PUT", "clock", { advanceMs: 11 * 60_000 });
    expect((await exchange(late)).status).toBe(400);
  });

  test("a denial and a wrong scope come back as errors; a wrong app or redirect stays on the page", async () => {
    const denied = await form("/connect/oauth2", consent({ decision: "deny", realm: bench.realm }), "");
    expect(String(denied.headers["location"])).toContain("error=access_denied&state=s-1");
    const scope = await form("/connect/oauth2", consent({ scope: "payroll" }), "");
    expect(String(scope.headers["location"])).toContain("error=invalid_scope");
    expect((await form("/connect/oauth2", consent({ client_id: "x" }), "")).status).toBe(400);
    const elsewhere = await form("/connect/oauth2", consent({ redirect_uri: "https://evil.example/<script>" }), "");
    expect([elsewhere.status, elsewhere.headers["location"]]).toEqual([400, undefined]);
  });
});

describe("tokens", () => {
  test("a wrong client, grant type or refresh token", async () => {
    const wrongClient = await token({ grant_type: "refresh_token", refresh_token: bench.refreshToken }, "Basic eDp5");
    expect([wrongClient.status, wrongClient.json]).toEqual([401, { error: "invalid_client" }]);
    expect((await token({ grant_type: "password" })).json).toEqual({ error: "unsupported_grant_type" });
    const stale = await refresh("RT1-nothing");
    expect([stale.status, stale.json]).toEqual([400, { error: "invalid_grant", error_description: "Incorrect or invalid refresh token" }]);
  });

  test("a refresh keeps the refresh token for a day, then hands out a new one; the old one lives another day", async () => {
    const first = await refresh(bench.refreshToken);
    expect(first.json["refresh_token"]).toBe(bench.refreshToken);
    expect((await ask(first.json["access_token"])).status).toBe(200);
    await bench.control("PUT", "clock", { advanceMs: 25 * 3_600_000 });
    const second = await refresh(bench.refreshToken);
    expect(second.json["refresh_token"]).not.toBe(bench.refreshToken);
    expect((await refresh(bench.refreshToken)).json["refresh_token"]).toBe(second.json["refresh_token"]);
    await bench.control("PUT", "clock", { advanceMs: 25 * 3_600_000 });
    expect((await refresh(bench.refreshToken)).status).toBe(400);
    expect((await refresh(String(second.json["refresh_token"]))).status).toBe(200);
  });

  test("rotation can be set to always, with no grace for the old value", async () => {
    await switches({ refreshTokenRotation: "always", previousRefreshTokenHours: 0 });
    const next = await refresh(bench.refreshToken);
    expect(next.json["refresh_token"]).not.toBe(bench.refreshToken);
    expect((await refresh(bench.refreshToken)).status).toBe(400);
  });

  test("a refresh token idles out after about a hundred days, and its hard end is told on request", async () => {
    const hard = await bench.raw({
      method: "POST",
      path: "/oauth2/v1/tokens/bearer",
      headers: {
        authorization: basic,
        "content-type": "application/x-www-form-urlencoded",
        "x-include-refresh-token-hard-expires-in": "true",
      },
      body: `grant_type=refresh_token&refresh_token=${bench.refreshToken}`,
    });
    expect(Number(hard.json["x_refresh_token_hard_expires_in"])).toBeGreaterThan(4 * 365 * 86_400);
    await bench.control("PUT", "clock", { advanceMs: 102 * 86_400_000 });
    expect((await refresh(bench.refreshToken)).status).toBe(400);
  });

  test("either token revokes the pair, by form or JSON", async () => {
    const path = "/quickbooks-online/oauth2/v1/tokens/revoke";
    expect((await form(path, { token: bench.accessToken })).status).toBe(200);
    expect(faultIn(await ask(bench.accessToken))).toMatchObject({ code: "3200", detail: "Token revoked" });
    expect((await refresh(bench.refreshToken)).json["error"]).toBe("invalid_grant");
    const pair = (await bench.control("POST", "tokens", { system: "quickbooks-online", id: bench.realm })).json;
    const headers = { authorization: basic };
    expect((await bench.raw({ method: "POST", path, headers, body: { token: String(pair["refreshToken"]) } })).status).toBe(200);
    expect((await ask(pair["accessToken"])).status).toBe(401);
  });

  test("the token endpoint can be told to refuse", async () => {
    for (const [tokenError, status] of [
      ["invalid_grant", 400],
      ["invalid_client", 401],
      ["server_error", 503],
    ] as const) {
      await switches({ tokenError });
      expect((await refresh(bench.refreshToken)).status).toBe(status);
    }
    await switches({ tokenError: "none" });
    expect((await refresh(bench.refreshToken)).status).toBe(200);
  });
});

describe("bearers", () => {
  test("missing, unknown and expired ones are refused by the gateway", async () => {
    const bare = await bench.raw({ method: "GET", path: `/v3/company/${bench.realm}/preferences` });
    expect(bare.status).toBe(401);
    expect(bare.json).toMatchObject({
      fault: {
        type: "AUTHENTICATION",
        error: [{ message: "message=AuthenticationFailed; errorCode=003200; statusCode=401", code: "3200", element: null }],
      },
    });
    expect(typeof bare.json["time"]).toBe("number");
    expect(faultIn(await ask("nonsense"))).toMatchObject({ code: "3200", detail: "Malformed bearer token: too short or too long" });
    await bench.control("PUT", "clock", { advanceMs: 3_600_001 });
    expect(faultIn(await ask(bench.accessToken))).toMatchObject({ code: "3200", detail: "Token expired" });
  });

  test("one of another realm is forbidden", async () => {
    const other = String((await bench.control("POST", "companies", { system: "quickbooks-online" })).json["id"]);
    const answer = await ask(bench.accessToken, other);
    expect([answer.status, faultIn(answer).code]).toEqual([403, "3100"]);
    expect(faultIn(await ask(bench.accessToken, "404"))).toMatchObject({ code: "3100" });
  });

  test("the refusal can come as XML", async () => {
    await switches({ unauthorizedFormat: "xml" });
    const answer = await ask("nonsense");
    expect(answer.status).toBe(401);
    expect(answer.headers["content-type"]).toContain("xml");
    expect(answer.text).toContain("SRV-110-Authentication Failure");
  });
});

test("discovery names the endpoints of this very server", async () => {
  const { json } = await bench.raw({ method: "GET", path: "/quickbooks-online/.well-known/openid_configuration" });
  expect(objectOf(json)["token_endpoint"]).toBe(`${bench.sandbox.url}/quickbooks-online/oauth2/v1/tokens/bearer`);
});
