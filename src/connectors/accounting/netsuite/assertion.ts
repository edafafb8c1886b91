import { constants, createPrivateKey, sign, type KeyObject } from "node:crypto";
import { Fault } from "../../../core/errors.ts";

/** What a client assertion says. Times in seconds since 1970. */
export interface Assertion {
  readonly certificateId: string;
  readonly clientId: string;
  readonly tokenUrl: string;
  readonly scope: string;
  readonly issuedAt: number;
  readonly id: string;
}

/** Shorter than the hour they allow, so that clocks may differ. */
const lifetimeSeconds = 1_800;

/**
 * The signed assertion of the client credentials grant (Oracle, "OAuth 2.0 Client Credentials (M2M) Flow"): PS256 with an RSA
 * key, ES256, ES384 or ES512 with an elliptic one. RS256 is never used. Fault: `credentials_refused` for a key that is none of these.
 */
export function signAssertion(assertion: Assertion, privateKeyPem: string): string {
  const key = readKey(privateKeyPem);
  const { alg, hash } = algorithmOf(key);
  const head = { typ: "JWT", alg, kid: assertion.certificateId };
  const claims = {
    iss: assertion.clientId,
    scope: assertion.scope,
    aud: assertion.tokenUrl,
    iat: assertion.issuedAt,
    exp: assertion.issuedAt + lifetimeSeconds,
    jti: assertion.id,
  };
  const text = `${part(head)}.${part(claims)}`;
  const options =
    key.asymmetricKeyType === "ec"
      ? { key, dsaEncoding: "ieee-p1363" as const }
      : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return `${text}.${sign(hash, Buffer.from(text), options).toString("base64url")}`;
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw refused("The private key of the connection is not a PEM private key without a passphrase");
  }
}

const curves: Readonly<Record<string, { alg: string; hash: string }>> = {
  prime256v1: { alg: "ES256", hash: "sha256" },
  secp384r1: { alg: "ES384", hash: "sha384" },
  secp521r1: { alg: "ES512", hash: "sha512" },
};

function algorithmOf(key: KeyObject): { alg: string; hash: string } {
  if (key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "rsa-pss") {
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits < 3_072) throw refused(`The private key is RSA with ${bits} bits; NetSuite takes 3072 or 4096`);
    return { alg: "PS256", hash: "sha256" };
  }
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (curve === undefined) throw refused("The private key is neither RSA nor an elliptic key on P-256, P-384 or P-521");
  return curve;
}

function refused(what: string): Fault {
  return new Fault("credentials_refused", `${what}. Make a new key pair, upload its certificate in NetSuite and store both here.`);
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
