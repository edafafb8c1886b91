import { createHmac } from "node:crypto";

/** What token-based authentication signs with. */
export interface TokenKeys {
  readonly realm: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
}

/** One request to be signed. `nonce` and `timestamp` (seconds) are used once. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly nonce: string;
  readonly timestamp: number;
}

/**
 * The `Authorization` header of OAuth 1.0a as NetSuite takes it (Oracle, "The Authorization Headers"): HMAC-SHA256 over the
 * method, the address without its query, and the sorted parameters of header and query. The realm and the body are no part of it.
 */
export function tokenBasedHeader(keys: TokenKeys, { method, url, nonce, timestamp }: SignedRequest): string {
  const oauth: readonly (readonly [string, string])[] = [
    ["oauth_consumer_key", keys.consumerKey],
    ["oauth_nonce", nonce],
    ["oauth_signature_method", "HMAC-SHA256"],
    ["oauth_timestamp", String(timestamp)],
    ["oauth_token", keys.tokenId],
    ["oauth_version", "1.0"],
  ];
  const pairs = [...oauth, ...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const base = [method.toUpperCase(), encode(url.origin + url.pathname), encode(pairs.join("&"))].join("&");
  const key = `${encode(keys.consumerSecret)}&${encode(keys.tokenSecret)}`;
  const signature = createHmac("sha256", key).update(base).digest("base64");
  const shown = [["realm", keys.realm] as const, ...oauth, ["oauth_signature", signature] as const];
  return `OAuth ${shown.map(([name, value]) => `${name}="${encode(value)}"`).join(", ")}`;
}

/** Percent-encoding of RFC 3986, stricter than the one of the language. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
