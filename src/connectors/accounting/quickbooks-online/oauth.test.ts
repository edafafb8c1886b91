import { describe, expect, test } from "vitest";
import { scriptedServer, type ScriptedAnswer, type Seen } from "../../../../tests/contract/scripted-server.ts";
import { Fault } from "../../../core/errors.ts";
import { authorizeUrl, exchangeCode, refreshTokens } from "./oauth.ts";

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

  test("the consent page and the code's exchange prove the same secret", async () => {
    const { client, seen } = await scripted(() => ({ body: pair }));
    const redirectUri = "https://ledger.example/v1/connect/quickbooks-online/callback";
    const codeVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const url = new URL(authorizeUrl(client, { redirectUri, state: "s&1", codeVerifier }));
    // The pair of RFC 7636, appendix B.
    expect(url.searchParams.get("code_challenge")).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: "client",
      response_type: "code",
      scope: "com.intuit.quickbooks.accounting",
      redirect_uri: redirectUri,
      state: "s&1",
      code_challenge_method: "S256",
    });
    await exchangeCode(client, { code: "C1", redirectUri, codeVerifier });
    expect(Object.fromEntries(new URLSearchParams(seen[0]!.body))).toEqual({
      grant_type: "authorization_code",
      code: "C1",
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    });
  });
});
