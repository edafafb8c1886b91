import { describe, expect, test } from "vitest";
import { scriptedServer, type ScriptedAnswer, type Seen } from "../../../../tests/contract/scripted-server.ts";
import { Fault } from "../../../core/errors.ts";
import { discoverPages, exchangeCode, refreshTokens, revokeTokens } from "./oauth.ts";

async function scripted(answer: (seen: Seen) => ScriptedAnswer) {
  const { url, seen } = await scriptedServer(answer);
  return { client: { tokenUrl: `${url}/token`, authorizeUrl: `${url}/authorize`, clientId: "client", clientSecret: "s3cret" }, seen };
}

async function thrown(promise: Promise<unknown>): Promise<Fault> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Fault);
  return error as Fault;
}

describe("sign-in", () => {
  const pair = { token_type: "bearer", access_token: "A", expires_in: 3600, refresh_token: "R2", x_refresh_token_expires_in: 8726400 };

  test("the refresh token is exchanged with our client id and secret, and the new pair comes back", async () => {
    const { client, seen } = await scripted(() => ({ body: pair }));
    const before = Date.now();
    const tokens = await refreshTokens(client, "R1+/=");
    expect(tokens).toMatchObject({ accessToken: "A", refreshToken: "R2" });
    expect(tokens.accessExpiresAt - before).toBeLessThanOrEqual(3_600_000 + (Date.now() - before));
    expect(tokens.refreshExpiresAt - tokens.accessExpiresAt).toBe((8_726_400 - 3_600) * 1_000);
    expect(seen[0]).toMatchObject({
      path: "/token",
      body: "grant_type=refresh_token&refresh_token=R1%2B%2F%3D",
      authorization: `Basic ${btoa("client:s3cret")}`,
      contentType: "application/x-www-form-urlencoded",
    });
  });

  const refusals: [string, ScriptedAnswer, string][] = [
    [
      "grant gone",
      { status: 400, body: { error: "invalid_grant", error_description: "Incorrect or invalid refresh token" } },
      "credentials_expired",
    ],
    ["our secret is wrong, 401", { status: 401, body: { error: "invalid_client" } }, "credentials_refused"],
    ["our secret is wrong, 400", { status: 400, body: { error: "invalid_client" } }, "credentials_refused"],
    ["too fast", { status: 429, body: "" }, "upstream_busy"],
    ["server failure", { status: 503, body: "<html>" }, "upstream_silent"],
    ["a refusal without words", { status: 400, body: "" }, "upstream_silent"],
    ["no pair in it", { body: { access_token: "A" } }, "upstream_silent"],
    ["an error with status 200", { body: { error: "invalid_grant" } }, "upstream_silent"],
  ];
  for (const [name, answer, code] of refusals) {
    test(name, async () => {
      const { client } = await scripted(() => answer);
      const refused = await thrown(refreshTokens(client, "R1-secret"));
      expect(refused.code).toBe(code);
      expect(`${refused.message} ${JSON.stringify(refused.details)}`).not.toMatch(/R1-secret|s3cret/);
    });
  }

  test("nobody there is told apart from silence", async () => {
    const { client } = await scripted(() => ({ body: "" }));
    const gone = { ...client, tokenUrl: "http://127.0.0.1:1/token" };
    expect((await thrown(refreshTokens(gone, "R1"))).code).toBe("upstream_unreachable");
  });

  test("the code's exchange proves that we started the consent", async () => {
    const { client, seen } = await scripted(() => ({ body: pair }));
    const redirectUri = "https://ledger.example/v1/connect/quickbooks-online/callback";
    await exchangeCode(client, { code: "C1", redirectUri, codeVerifier: "V1" });
    expect(Object.fromEntries(new URLSearchParams(seen[0]!.body))).toEqual({
      grant_type: "authorization_code",
      code: "C1",
      redirect_uri: redirectUri,
      code_verifier: "V1",
    });
  });
});

describe("revocation", () => {
  const cases: [string, ScriptedAnswer, string][] = [
    ["done", { body: "" }, "revoked"],
    ["a grant that is gone already", { status: 400, body: { error: "invalid_grant" } }, "revoked"],
    ["our own secret is wrong", { status: 401, body: { error: "invalid_client" } }, "credentials_refused"],
    ["our own secret is wrong, 400", { status: 400, body: { error: "invalid_client" } }, "credentials_refused"],
    ["a failure over there", { status: 502, body: "<html>" }, "upstream_silent"],
  ];
  for (const [name, answer, expected] of cases) {
    test(name, async () => {
      const { client, seen } = await scripted(() => answer);
      const revokeUrl = client.tokenUrl.replace("/token", "/revoke");
      const outcome = revokeTokens({ ...client, revokeUrl }, "R1");
      if (expected === "revoked") await outcome;
      else expect((await thrown(outcome)).code).toBe(expected);
      expect(seen[0]).toMatchObject({ path: "/revoke", body: "token=R1", authorization: `Basic ${btoa("client:s3cret")}` });
    });
  }
});

describe("discovery", () => {
  const document = (base: string) => ({
    issuer: "https://oauth.platform.intuit.com/op/v1",
    authorization_endpoint: `${base}/connect/oauth2`,
    token_endpoint: `${base}/oauth2/v1/tokens/bearer`,
    revocation_endpoint: `${base}/v2/oauth2/tokens/revoke`,
  });

  test("gives the addresses of now", async () => {
    let base = "";
    const { client } = await scripted(() => ({ body: document(base) }));
    base = new URL(client.tokenUrl).origin;
    expect(await discoverPages(`${base}/.well-known/openid_configuration`)).toEqual({
      authorizeUrl: `${base}/connect/oauth2`,
      tokenUrl: `${base}/oauth2/v1/tokens/bearer`,
      revokeUrl: `${base}/v2/oauth2/tokens/revoke`,
    });
  });

  test("an address of somebody else is not believed", async () => {
    const { client } = await scripted(() => ({ body: document("https://intuit.com.evil.example") }));
    expect((await thrown(discoverPages(new URL("/d", client.tokenUrl).href))).code).toBe("credentials_refused");
  });

  test("an answer that is none", async () => {
    const { client } = await scripted(() => ({ body: "<html>" }));
    expect((await thrown(discoverPages(new URL("/d", client.tokenUrl).href))).code).toBe("upstream_silent");
  });
});
