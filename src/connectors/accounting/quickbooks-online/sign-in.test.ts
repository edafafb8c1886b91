import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Fault } from "../../../core/errors.ts";
import { beginConsent, quickBooksSignIn, readCallback } from "./sign-in.ts";

const client = { authorizeUrl: "https://appcenter.intuit.com/connect/oauth2", tokenUrl: "", clientId: "client", clientSecret: "s3cret" };
const redirectUri = "https://ledger.example/v1/connect/quickbooks-online/callback";

test("a consent asks for the accounting scope alone and carries the proof of PKCE, never the verifier or the secret", () => {
  const random = Uint8Array.from({ length: 64 }, (_, index) => index);
  const { url, state, codeVerifier } = beginConsent(client, redirectUri, random);
  expect(state).not.toBe(codeVerifier);
  expect(codeVerifier).toMatch(/^[\w-]{43}$/);
  expect(url).not.toContain(codeVerifier);
  expect(url).not.toContain("s3cret");
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    client_id: "client",
    response_type: "code",
    scope: "com.intuit.quickbooks.accounting",
    redirect_uri: redirectUri,
    state,
    code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  expect(() => beginConsent(client, redirectUri, random.subarray(1))).toThrow(RangeError);
});

describe("the callback", () => {
  test("gives code and company", () => {
    expect(readCallback(new URLSearchParams("code=C1&state=S&realmId=1185883450"), "S")).toEqual({ code: "C1", company: "1185883450" });
  });

  const cases: [string, string, string, string][] = [
    ["another state", "code=C1&state=X&realmId=1", "S", "unauthorized"],
    ["no state at all", "code=C1&realmId=1", "", "unauthorized"],
    ["the person said no", "error=access_denied&state=S", "S", "forbidden"],
    ["a refusal without our state", "error=access_denied", "S", "unauthorized"],
    ["a wrong scope", "error=invalid_scope&state=S", "S", "request_invalid"],
    ["no company", "code=C1&state=S", "S", "request_invalid"],
    ["a company that is no number", "code=C1&state=S&realmId=../x", "S", "request_invalid"],
    ["no code", "state=S&realmId=1", "S", "request_invalid"],
    ["a code without end", `code=${"C".repeat(513)}&state=S&realmId=1`, "S", "request_invalid"],
  ];
  for (const [name, query, state, code] of cases) {
    test(name, () => {
      const act = () => readCallback(new URLSearchParams(query), state);
      expect(act).toThrow(Fault);
      expect(act).toThrow(expect.objectContaining({ code }) as Fault);
    });
  }
});

test("production and sandbox differ in API and application, not in sign-in", () => {
  const { production, sandbox } = quickBooksSignIn.environments;
  expect(production.tokenUrl).toBe(sandbox.tokenUrl);
  expect([production.apiUrl, sandbox.apiUrl]).toEqual(["https://quickbooks.api.intuit.com", "https://sandbox-quickbooks.api.intuit.com"]);
  for (const url of [...Object.values(production), ...Object.values(sandbox)]) expect(new URL(url).hostname).toMatch(/\.intuit\.com$/);
});
