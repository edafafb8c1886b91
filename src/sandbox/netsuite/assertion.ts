import { constants, verify } from "node:crypto";
import { isObject, parseJson, type JsonObject } from "../json.ts";
import type { Companies, Company } from "./company.ts";
import { scopesOf } from "./scopes.ts";

/** What the signed assertion of a client proves. */
export interface Proven {
  readonly company: Company;
  readonly scopes: readonly string[];
}

const hashes: Readonly<Record<string, string>> = { "256": "sha256", "384": "sha384", "512": "sha512" };
const longestMs = 60 * 60_000;
/** Clocks of clients may go a little ahead. */
const leewayMs = 60_000;

/** Verifies an assertion of the client credentials flow; a text names the OAuth error. */
export function verifyAssertion(
  companies: Companies,
  assertion: string,
  at: { nowMs: number; audiences: (company: Company) => readonly string[] },
): Proven | string {
  const [head = "", claims = "", signature = "", ...more] = assertion.split(".");
  const header = decoded(head);
  const body = decoded(claims);
  if (header === null || body === null || signature === "" || more.length > 0) return "invalid_request";
  const company = companies.withClient(String(body["iss"]));
  if (company === null || company.switches.integration === "disabled" || header["kid"] !== company.credentials.certificateId)
    return "invalid_client";
  if (Date.parse(company.credentials.certificateEnds) <= at.nowMs) return "invalid_client";
  if (header["typ"] !== "JWT" || !isSigned(company, { alg: String(header["alg"]), data: `${head}.${claims}`, signature }))
    return "invalid_client";
  const { iat, exp, aud } = body;
  if (typeof iat !== "number" || typeof exp !== "number") return "invalid_request";
  const isTimely = exp * 1000 > at.nowMs && iat * 1000 <= at.nowMs + leewayMs && exp > iat && (exp - iat) * 1000 <= longestMs;
  const audiences = at.audiences(company);
  const isForUs = (Array.isArray(aud) ? aud : [aud]).some((one) => typeof one === "string" && audiences.includes(one));
  if (!isTimely || !isForUs) return "invalid_request";
  const scopes = scopesOf(body["scope"]);
  return scopes === null ? "invalid_scope" : { company, scopes };
}

function decoded(part: string): JsonObject | null {
  const value = parseJson(Buffer.from(part, "base64url").toString("utf8"));
  return isObject(value) ? value : null;
}

function isSigned({ credentials, switches }: Company, { alg, data, signature }: { alg: string; data: string; signature: string }): boolean {
  const [, family = "", size = ""] = /^(PS|ES|RS)(256|384|512)$/.exec(alg) ?? [];
  const hash = hashes[size];
  if (hash === undefined || (family === "RS" && !switches.allowRs256)) return false;
  const isElliptic = credentials.publicKey.length < 600;
  if ((family === "ES") !== isElliptic) return false;
  const key = { key: credentials.publicKey };
  const how =
    family === "ES"
      ? { ...key, dsaEncoding: "ieee-p1363" as const }
      : family === "PS"
        ? { ...key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
        : key;
  return verify(hash, Buffer.from(data), how, Buffer.from(signature, "base64url"));
}
