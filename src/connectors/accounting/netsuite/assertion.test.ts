import { constants, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signAssertion } from "./assertion.ts";

const claims = {
  certificateId: "kid-1",
  clientId: "client",
  tokenUrl: "https://1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token",
  scope: "rest_webservices",
  issuedAt: 1_700_000_000,
  id: "once",
};
const pem = { type: "pkcs8", format: "pem" } as const;

function parts(assertion: string) {
  const [head = "", body = "", signature = ""] = assertion.split(".");
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
  return { head: read(head), body: read(body), text: Buffer.from(`${head}.${body}`), signature: Buffer.from(signature, "base64url") };
}

describe("the client assertion", () => {
  test("is signed PS256 with an RSA key, for half an hour", () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 3_072 });
    const { head, body, text, signature } = parts(signAssertion(claims, privateKey.export(pem).toString()));
    expect(head).toEqual({ typ: "JWT", alg: "PS256", kid: "kid-1" });
    expect(body).toEqual({
      iss: "client",
      scope: "rest_webservices",
      aud: claims.tokenUrl,
      iat: 1_700_000_000,
      exp: 1_700_001_800,
      jti: "once",
    });
    const key = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    expect(verify("sha256", text, key, signature)).toBe(true);
  });

  for (const [curve, alg, hash] of [
    ["P-256", "ES256", "sha256"],
    ["P-384", "ES384", "sha384"],
    ["P-521", "ES512", "sha512"],
  ] as const) {
    test(`is signed ${alg} with a key on ${curve}`, () => {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
      const { head, text, signature } = parts(signAssertion(claims, privateKey.export(pem).toString()));
      expect(head["alg"]).toBe(alg);
      expect(verify(hash, text, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
    });
  }

  test("a key that NetSuite does not take is told before anything is sent", () => {
    const short = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export(pem).toString();
    const other = generateKeyPairSync("ed25519").privateKey.export(pem).toString();
    for (const key of [short, other, "no key"]) expect(() => signAssertion(claims, key)).toThrow(/private key/i);
  });
});
