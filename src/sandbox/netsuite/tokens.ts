import { randomBytes } from "node:crypto";
import type { Storage } from "../storage.ts";

const accessSeconds = 3600;
const confidentialRefreshMs = 7 * 86_400_000;
const publicRefreshMs = 2 * 86_400_000;

export interface AccessToken {
  readonly account: string;
  readonly scopes: readonly string[];
}

export interface Tokens {
  access(account: string, scopes: readonly string[], grant?: number | null): { token: string; expiresIn: number };
  /** A consent: its refresh token lives 7 days for a confidential client and is never renewed. */
  grant(order: { account: string; scopes: readonly string[]; isPublic: boolean }): { id: number; refresh: string };
  /** The grant a refresh token belongs to; null when it is unknown, used, expired or revoked. */
  refreshable(refresh: string): { id: number; account: string; scopes: string[]; isPublic: boolean } | null;
  /** A new refresh token in the place of the used one, as public clients get it. */
  rotate(id: number): string;
  bearer(token: string): AccessToken | null;
  expire(token: string): void;
  /** Ends the grant of either of its tokens; an access token without a grant ends alone. */
  revoke(account: string, token: string): void;
  /** The newest live tokens of an account. */
  newest(account: string): { accessToken: string; expiresAt: string } | null;
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Looks like the vendor's; clients are to treat it as opaque, and so does the emulator: it knows it by its text. */
function newToken(account: string, scopes: readonly string[], atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  const header = part({ kid: "s.SYSTEM.2026", typ: "JWT", alg: "RS256" });
  const claims = part({
    sub: "3;12",
    aud: [`${account};s`],
    scope: scopes,
    iss: "https://system.netsuite.com",
    oit: seconds,
    exp: seconds + accessSeconds,
    iat: seconds,
    jti: randomBytes(12).toString("base64url"),
  });
  return `${header}.${claims}.${randomBytes(48).toString("base64url")}`;
}

export function createTokens(storage: Storage, now: () => number): Tokens {
  return {
    access(account, scopes, grant = null) {
      const token = newToken(account, scopes, now());
      storage.run("DELETE FROM ns_access WHERE expires < ?", now() - 86_400_000);
      storage.run("INSERT INTO ns_access VALUES (?, ?, ?, ?, ?)", token, account, grant, scopes.join(" "), now() + accessSeconds * 1000);
      return { token, expiresIn: accessSeconds };
    },
    grant({ account, scopes, isPublic }) {
      const refresh = newToken(account, scopes, now());
      const row = storage.get(
        "INSERT INTO ns_grants (account, refresh, scopes, is_public, expires, revoked) VALUES (?, ?, ?, ?, ?, 0) RETURNING id",
        ...[account, refresh, scopes.join(" "), isPublic ? 1 : 0, now() + (isPublic ? publicRefreshMs : confidentialRefreshMs)],
      );
      return { id: Number(row?.["id"]), refresh };
    },
    refreshable(refresh) {
      const row = storage.get("SELECT * FROM ns_grants WHERE refresh = ? AND revoked = 0 AND expires > ?", refresh, now());
      if (row === undefined) return null;
      return {
        id: Number(row["id"]),
        account: String(row["account"]),
        scopes: String(row["scopes"]).split(" "),
        isPublic: row["is_public"] === 1,
      };
    },
    rotate(id) {
      const row = storage.get("SELECT account, scopes FROM ns_grants WHERE id = ?", id);
      const refresh = newToken(String(row?.["account"]), String(row?.["scopes"]).split(" "), now());
      storage.run("UPDATE ns_grants SET refresh = ?, expires = ? WHERE id = ?", refresh, now() + publicRefreshMs, id);
      return refresh;
    },
    bearer(token) {
      const row = storage.get(
        `SELECT a.account, a.scopes FROM ns_access a LEFT JOIN ns_grants g ON g.id = a.grant_id
           WHERE a.token = ? AND a.expires > ? AND coalesce(g.revoked, 0) = 0`,
        ...[token, now()],
      );
      return row === undefined ? null : { account: String(row["account"]), scopes: String(row["scopes"]).split(" ") };
    },
    expire: (token) => storage.run("UPDATE ns_access SET expires = 0 WHERE token = ?", token),
    revoke(account, token) {
      storage.run(
        "UPDATE ns_grants SET revoked = 1 WHERE account = ? AND (refresh = ? OR id IN (SELECT grant_id FROM ns_access WHERE token = ?))",
        ...[account, token, token],
      );
      storage.run("UPDATE ns_access SET expires = 0 WHERE account = ? AND token = ?", account, token);
    },
    newest(account) {
      const row = storage.get(
        "SELECT token, expires FROM ns_access WHERE account = ? AND expires > ? ORDER BY expires DESC LIMIT 1",
        account,
        now(),
      );
      return row === undefined ? null : { accessToken: String(row["token"]), expiresAt: new Date(Number(row["expires"])).toISOString() };
    },
  };
}
