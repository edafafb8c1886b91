import { createHmac, timingSafeEqual } from "node:crypto";
import type { SandboxRequest } from "../http.ts";
import type { Storage } from "../storage.ts";
import type { Companies, Company } from "./company.ts";

/** Percent-encoding of RFC 3986. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Parameters of an `Authorization: OAuth …` header; null when it is none. */
export function oauthParameters(header: string | undefined): ReadonlyMap<string, string> | null {
  const found = /^OAuth\s+(.*)$/is.exec(header ?? "");
  if (found === null) return null;
  const pairs = [...(found[1] ?? "").matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, decoded(value)] as const);
  return new Map(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export interface Signed {
  readonly method: string;
  /** Without the query. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly parameters: ReadonlyMap<string, string>;
  readonly consumerSecret: string;
  readonly tokenSecret: string;
}

/** The HMAC-SHA256 signature of RFC 5849: method, address, and all parameters but realm and signature. */
export function signatureOf({ method, url, query, parameters, consumerSecret, tokenSecret }: Signed): string {
  const own = [...parameters].filter(([name]) => name !== "realm" && name !== "oauth_signature");
  const pairs = [...own, ...query].map(([name, value]) => [encoded(name), encoded(value)] as const);
  // By bytes of the encoded name, then of the value.
  const order = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
  const text = pairs
    .toSorted((left, right) => order(left[0], right[0]) || order(left[1], right[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const base = [method.toUpperCase(), url, text].map(encoded).join("&");
  return createHmac("sha256", `${encoded(consumerSecret)}&${encoded(tokenSecret)}`)
    .update(base)
    .digest("base64");
}

const windowMs = 5 * 60_000;

/** The account a signed request is for; null when anything about its signature is wrong, or it came before. */
export function tokenBasedAccount(
  parts: { companies: Companies; storage: Storage; now: () => number },
  request: SandboxRequest,
  urls: (company: Company) => readonly string[],
): Company | null {
  const parameters = oauthParameters(request.headers.authorization);
  const company = parameters === null ? null : parts.companies.withClient(parameters.get("oauth_consumer_key") ?? "");
  if (parameters === null || company === null || company.switches.integration === "disabled") return null;
  const { credentials } = company;
  const isOurs =
    parameters.get("realm") === company.id &&
    parameters.get("oauth_token") === credentials.tokenId &&
    parameters.get("oauth_consumer_key") === credentials.consumerKey &&
    parameters.get("oauth_signature_method") === "HMAC-SHA256" &&
    (parameters.get("oauth_version") ?? "1.0") === "1.0";
  const seconds = Number(parameters.get("oauth_timestamp"));
  const isTimely = Math.abs(seconds * 1000 - parts.now()) <= windowMs;
  if (!isOurs || !isTimely) return null;
  const { consumerSecret, tokenSecret } = credentials;
  const sent = parameters.get("oauth_signature") ?? "";
  const signed = { method: request.method, query: request.query, parameters, consumerSecret, tokenSecret };
  const isSigned = urls(company).some((url) => isSame(signatureOf({ ...signed, url }), sent));
  return isSigned && isFresh(parts, parameters) ? company : null;
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** A nonce counts once. */
function isFresh({ storage, now }: { storage: Storage; now: () => number }, parameters: ReadonlyMap<string, string>): boolean {
  const [token, nonce] = [parameters.get("oauth_token") ?? "", parameters.get("oauth_nonce") ?? ""];
  if (nonce === "" || storage.get("SELECT 1 AS found FROM ns_nonces WHERE token = ? AND nonce = ?", token, nonce) !== undefined)
    return false;
  storage.run("DELETE FROM ns_nonces WHERE at < ?", now() - 2 * windowMs);
  storage.run("INSERT INTO ns_nonces VALUES (?, ?, ?)", token, nonce, now());
  return true;
}
