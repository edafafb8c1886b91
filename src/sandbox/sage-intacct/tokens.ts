import { randomBytes } from "node:crypto";
import type { Storage } from "../storage.ts";

export interface Grant {
  readonly company: string;
  readonly user: string;
  /** Entity that the tokens are bound to; empty at the top level. */
  readonly entity: string;
}

export interface TokenPair {
  readonly token_type: "Bearer";
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
}

interface Terms {
  readonly seconds: number;
  readonly rotates: boolean;
  /** A new consent of the same user ends the earlier one. */
  readonly isOnlyOne: boolean;
}

export type BearerState = ({ state: "good" } & Grant) | { state: "unknown" | "expired" };

export interface Tokens {
  grant(grant: Grant, terms: Terms, isOffline: boolean): TokenPair;
  /** Null when the refresh token is unknown, used up or revoked. `entity` binds the new access token to one entity. */
  refresh(token: string, terms: (grant: Grant) => Terms, entity: string | null): TokenPair | null;
  revoke(token: string): void;
  bearer(token: string): BearerState;
  expire(token: string): void;
  newest(company: string): { accessToken: string; refreshToken: string; expiresAt: string } | null;
}

const secret = (bytes: number) => randomBytes(bytes).toString("base64url");

/** The newest pair of a company that still works. */
function newestPair(storage: Storage, company: string, atMs: number): ReturnType<Tokens["newest"]> {
  const row = storage.get(
    `SELECT a.token, a.expires, g.refresh FROM intacct_access a JOIN intacct_grants g ON g.id = a.grant_id
       WHERE g.company = ? AND g.revoked = 0 AND g.refresh IS NOT NULL AND a.expires > ? ORDER BY a.expires DESC, g.id DESC LIMIT 1`,
    ...[company, atMs],
  );
  if (row === undefined) return null;
  return {
    accessToken: String(row["token"]),
    refreshToken: String(row["refresh"]),
    expiresAt: new Date(Number(row["expires"])).toISOString(),
  };
}

export function createTokens(storage: Storage, now: () => number): Tokens {
  function access(grant: number, entity: string, seconds: number): string {
    // It looks like a signed token, as the vendor's does; nobody is meant to read it.
    const token = `eyJhbGciOiJSUzI1NiJ9.${secret(40)}.${secret(32)}`;
    storage.run("INSERT INTO intacct_access VALUES (?, ?, ?, ?)", token, grant, now() + seconds * 1000, entity);
    storage.run("DELETE FROM intacct_access WHERE grant_id = ? AND expires < ?", grant, now() - 86_400_000);
    return token;
  }

  return {
    grant({ company, user, entity }, { seconds, isOnlyOne }, isOffline) {
      if (isOnlyOne) storage.run("UPDATE intacct_grants SET revoked = 1 WHERE company = ? AND user = ?", company, user);
      const refresh = isOffline ? secret(32) : null;
      const row = storage.get(
        "INSERT INTO intacct_grants (company, user, entity, refresh, revoked) VALUES (?, ?, ?, ?, 0) RETURNING id",
        ...[company, user, entity, refresh],
      );
      const token = access(Number(row?.["id"]), entity, seconds);
      return { token_type: "Bearer", access_token: token, ...(refresh === null ? {} : { refresh_token: refresh }), expires_in: seconds };
    },
    refresh(token, termsOf, entity) {
      const row = storage.get("SELECT * FROM intacct_grants WHERE refresh = ? AND revoked = 0", token);
      if (row === undefined) return null;
      const grant = { company: String(row["company"]), user: String(row["user"]), entity: String(row["entity"]) };
      const { seconds, rotates } = termsOf(grant);
      const next = rotates ? secret(32) : token;
      storage.run("UPDATE intacct_grants SET refresh = ? WHERE id = ?", next, row["id"] ?? null);
      return {
        token_type: "Bearer",
        access_token: access(Number(row["id"]), entity ?? grant.entity, seconds),
        refresh_token: next,
        expires_in: seconds,
      };
    },
    revoke(token) {
      storage.run(
        "UPDATE intacct_grants SET revoked = 1 WHERE refresh = ? OR id IN (SELECT grant_id FROM intacct_access WHERE token = ?)",
        token,
        token,
      );
    },
    bearer(token) {
      const row = storage.get(
        "SELECT g.company, g.user, g.revoked, a.entity, a.expires FROM intacct_access a JOIN intacct_grants g ON g.id = a.grant_id WHERE a.token = ?",
        token,
      );
      if (row === undefined || row["revoked"] === 1) return { state: "unknown" };
      if (Number(row["expires"]) <= now()) return { state: "expired" };
      return { state: "good", company: String(row["company"]), user: String(row["user"]), entity: String(row["entity"]) };
    },
    expire: (token) => storage.run("UPDATE intacct_access SET expires = 0 WHERE token = ?", token),
    newest: (company) => newestPair(storage, company, now()),
  };
}
