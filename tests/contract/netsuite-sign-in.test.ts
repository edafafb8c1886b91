import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { netSuite } from "../../src/connectors/accounting/netsuite/connector.ts";
import type { ConnectionSettings } from "../../src/connectors/accounting/connector.ts";
import { company, control, start, stop, system } from "./netsuite-world.ts";
import { documentOf, newKey, openBench, posted } from "./world.ts";

/* The three ways to sign in, over the emulator. */

beforeAll(start);
afterAll(stop);

const { signIn } = netSuite;
const redirectUri = "http://127.0.0.1:4400/v1/connect/netsuite/callback";
const hour = 3_600_000;
/** A certificate that ends on 22 October 2028; its key is nobody's. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUbIPso886ytYqOLvpzhJ5HMF2WTkwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKbGVkZ2VybGFuZTAeFw0yNjExMjIxMTE3MDlaFw0yODEwMjIx
MTE3MDlaMBUxEzARBgNVBAMMCmxlZGdlcmxhbmUwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQZtKxxIg023Eqzckpc/Hj9kg9fF9yPNkMgpDvNtPtYuSHofkND/Bd0
/ZXTYaecBPPkn5QG/jVRhXRBNyLZbTvRo1MwUTAdBgNVHQ4EFgQU2X64aDzj/8IF
NwI3g5YkQpR+Fv0wHwYDVR0jBBgwFoAU2X64aDzj/8IFNwI3g5YkQpR+Fv0wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBXVuLv06/6KEVm3NqqleCA
3kbZOa0y/gQCA/ttFg8XewIhAKR+o6VY4XXN8iI2OAAFeaqby9FiSduhjHV8hz3h
4Ygq
-----END CERTIFICATE-----`;

describe("by certificate", () => {
  for (const kind of ["ec", "rsa"]) {
    test(`a signed assertion gives a token of an hour and no refresh token (${kind} key)`, async () => {
      const { settings } = await company({ founding: { certificate: kind } });
      const tokens = await netSuite.refresh(settings, "");
      expect(tokens.refreshToken).toBe("");
      expect(tokens.accessExpiresAt - Date.now()).toBeLessThanOrEqual(hour);
      const connector = netSuite.connect(settings, () => Promise.resolve(tokens.accessToken));
      expect((await connector.reference()).preferences.homeCurrency).toBe("USD");
    }, 60_000);
  }

  test("the certificate's end is the end of the sign-in, so that it can be warned about in time", async () => {
    const { settings } = await company();
    const { refreshExpiresAt } = await netSuite.refresh({ ...settings, options: { ...settings.options, certificate } }, "");
    expect(new Date(refreshExpiresAt).toISOString().slice(0, 10)).toBe("2028-10-22");
  });

  test("a certificate that is not known there, and a connection without its key, are told apart", async () => {
    const { settings } = await company();
    const unknown = { ...settings, options: { ...settings.options, certificateId: "another" } };
    await expect(netSuite.refresh(unknown, "")).rejects.toMatchObject({ code: expect.stringMatching(/^credentials_/) as string });
    await expect(netSuite.refresh({ ...settings, secrets: {} }, "")).rejects.toThrow(/lacks the private key/);
  });
});

describe("by consent", () => {
  /** What a person's browser brings back. */
  async function consented(settings: ConnectionSettings, decision: "approve" | "deny") {
    const consent = signIn.begin(settings, redirectUri, randomBytes(64));
    const page = new URL(consent.url);
    const form = new URLSearchParams([
      ...page.searchParams,
      ["decision", decision],
      ["account", settings.company],
      ["company", settings.company],
    ]);
    const answer = await fetch(page.origin + page.pathname, { method: "POST", body: form, redirect: "manual" });
    return { consent, back: new URL(answer.headers.get("location") ?? "http://nowhere/").searchParams };
  }

  test("the code's tokens work; a refresh keeps the refresh token, which ends with the seven days of the consent", async () => {
    const { settings } = await company({ options: { signIn: "consent" } });
    const { consent, back } = await consented(settings, "approve");
    expect(consent.state.length).toBeGreaterThanOrEqual(22);
    const { code, company: account } = signIn.callback(back, consent.state);
    expect(account).toBe(settings.company);
    const tokens = await signIn.exchange(settings, { code, redirectUri, codeVerifier: consent.codeVerifier });
    expect(Math.abs(tokens.refreshExpiresAt - Date.now() - 7 * 24 * hour)).toBeLessThan(hour);
    const connector = netSuite.connect(settings, () => Promise.resolve(tokens.accessToken));
    expect((await connector.reference()).records.length).toBeGreaterThan(10);
    // A confidential client is given none: the one it has must be kept.
    const again = await netSuite.refresh(settings, tokens.refreshToken);
    expect(again).toMatchObject({ refreshToken: tokens.refreshToken, refreshExpiresAt: tokens.refreshExpiresAt });
    expect(again.accessToken).not.toBe(tokens.accessToken);
    // A code is good once, and a dead refresh token asks for a person.
    await expect(signIn.exchange(settings, { code, redirectUri, codeVerifier: consent.codeVerifier })).rejects.toMatchObject({
      code: "credentials_expired",
    });
    await expect(netSuite.refresh(settings, "dead")).rejects.toMatchObject({ code: "credentials_expired" });
    await expect(netSuite.refresh({ ...settings, clientSecret: "wrong" }, tokens.refreshToken)).rejects.toMatchObject({
      code: "credentials_refused",
    });
  });

  test("a code without our proof is worth nothing, and a no is told as such", async () => {
    const { settings } = await company({ options: { signIn: "consent" } });
    const { consent, back } = await consented(settings, "approve");
    const { code } = signIn.callback(back, consent.state);
    await expect(signIn.exchange(settings, { code, redirectUri, codeVerifier: "another".repeat(8) })).rejects.toMatchObject({
      code: "credentials_expired",
    });
    expect(() => signIn.callback(back, "another state")).toThrow(/not started in this browser/);
    const denied = await consented(settings, "deny");
    expect(() => signIn.callback(denied.back, denied.consent.state)).toThrow(/declined/);
  });
});

describe("token-based, for existing customers", () => {
  test("each request is signed anew; documents are posted and found", async () => {
    const world = await company();
    const { consumerKey, consumerSecret, tokenId } = world.credentials;
    const options = { ...world.settings.options, signIn: "token", tokenId };
    const settings = { ...world.settings, clientId: consumerKey, clientSecret: consumerSecret, options };
    const tokens = await netSuite.refresh(settings, "");
    expect(tokens.accessExpiresAt).toBeGreaterThan(Date.now() + 365 * 24 * hour);
    const connector = netSuite.connect(settings, () => Promise.reject(new Error("no token is needed")));
    const books = await openBench({ ...world, connector });
    const item = { key: newKey(), postable: documentOf(books, "bill") };
    const record = posted(await books.postOne(item));
    expect((await connector.find([item], books.lookup)).get(item.key)).toEqual([record]);
  });

  test("a wrong secret is told with the place to look; a missing token id before anything is sent", async () => {
    const world = await company();
    const options = { ...world.settings.options, signIn: "token", tokenId: world.credentials.tokenId };
    const wrong = { ...world.settings, clientId: world.credentials.consumerKey, clientSecret: "wrong", options };
    const connector = netSuite.connect(wrong, () => Promise.resolve(""));
    await expect(connector.reference()).rejects.toMatchObject({
      code: "credentials_expired",
      message: expect.stringContaining("Login Audit Trail") as string,
    });
    expect(() => netSuite.connect({ ...wrong, secrets: {} }, () => Promise.resolve(""))).toThrow(/token id/);
  });
});

test("an integration that is switched off stops posting until it is mended", async () => {
  const world = await company();
  await control("PUT", "switches", { system, id: world.settings.company, switches: { integration: "disabled" } });
  await expect(netSuite.refresh(world.settings, "")).rejects.toMatchObject({ remedy: "reconnect" });
});
