import { randomBytes } from "node:crypto";
import type { Row, Storage } from "../storage.ts";

const accessSeconds = 3600;
const refreshSeconds = 8_726_400;
const hardDays = 5 * 365;
const dayMs = 86_400_000;

/** How refresh tokens behave for a company. */
export interface Rotation {
  readonly rotation: "daily" | "always" | "never";
  readonly previousHours: number;
}

export interface TokenPair {
  readonly token_type: "bearer";
  readonly access_token: string;
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly x_refresh_token_expires_in: number;
}

export type BearerState = { state: "good"; realm: string } | { state: "unknown" | "expired" | "revoked" };

export interface Tokens {
  /** A new consent for a realm. */
  grant(realm: string): TokenPair;
  /** Null when the refresh token is unknown, stale, expired or revoked. */
  refresh(token: string, rotation: (realm: string) => Rotation): { pair: TokenPair; hardExpiresInSeconds: number } | null;
  /** Kills the whole grant, whichever of its tokens is named. */
  revoke(token: string): void;
  bearer(token: string): BearerState;
  expire(token: string): void;
  newest(realm: string): { accessToken: string; refreshToken: string; expiresAt: string } | null;
}

interface Mint {
  readonly storage: Storage;
  readonly now: () => number;
}

const secret = (prefix: string) => `${prefix}${randomBytes(30).toString("base64url")}`;

function newAccess({ storage, now }: Mint, grant: number, realm: string): string {
  const token = secret("eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..");
  storage.run("INSERT INTO qbo_access VALUES (?, ?, ?, ?)", token, grant, realm, now() + accessSeconds * 1000);
  storage.run("DELETE FROM qbo_access WHERE grant_id = ? AND expires < ?", grant, now() - dayMs);
  return token;
}

function pairOf(accessToken: string, refreshToken: string): TokenPair {
  return {
    token_type: "bearer",
    access_token: accessToken,
    expires_in: accessSeconds,
    refresh_token: refreshToken,
    x_refresh_token_expires_in: refreshSeconds,
  };
}

/** The refresh token from now on; the one before stays good for a while, because an answer can get lost. */
function rotate({ storage, now }: Mint, row: Row, { rotation, previousHours }: Rotation): string {
  const current = String(row["refresh"]);
  const isDue = rotation === "always" || (rotation === "daily" && now() - Number(row["rotated"]) >= dayMs);
  const next = isDue ? secret("RT1-") : current;
  if (isDue) {
    storage.run(
      "UPDATE qbo_grants SET refresh = ?, previous = ?, previous_until = ?, rotated = ? WHERE id = ?",
      ...[next, current, now() + previousHours * 3_600_000, now(), row["id"] ?? null],
    );
  }
  storage.run("UPDATE qbo_grants SET expires = ? WHERE id = ?", now() + refreshSeconds * 1000, row["id"] ?? null);
  return next;
}

function refreshGrant(mint: Mint, token: string, rotationOf: (realm: string) => Rotation): ReturnType<Tokens["refresh"]> {
  const { storage, now } = mint;
  const row = storage.get("SELECT * FROM qbo_grants WHERE refresh = ? OR (previous = ? AND previous_until > ?)", token, token, now());
  if (row === undefined || row["revoked"] === 1) return null;
  if (Number(row["expires"]) <= now() || Number(row["hard_expires"]) <= now()) return null;
  const realm = String(row["realm"]);
  // A token from before the last rotation gets the current one, not yet another one.
  const refresh = row["refresh"] === token ? rotate(mint, row, rotationOf(realm)) : String(row["refresh"]);
  const hardExpiresInSeconds = Math.floor((Number(row["hard_expires"]) - now()) / 1000);
  return { pair: pairOf(newAccess(mint, Number(row["id"]), realm), refresh), hardExpiresInSeconds };
}

export function createTokens(storage: Storage, now: () => number): Tokens {
  const mint: Mint = { storage, now };
  return {
    grant(realm) {
      const refresh = secret("RT1-");
      const row = storage.get(
        "INSERT INTO qbo_grants (realm, refresh, rotated, expires, hard_expires, revoked) VALUES (?, ?, ?, ?, ?, 0) RETURNING id",
        ...[realm, refresh, now(), now() + refreshSeconds * 1000, now() + hardDays * dayMs],
      );
      return pairOf(newAccess(mint, Number(row?.["id"]), realm), refresh);
    },
    refresh: (token, rotationOf) => refreshGrant(mint, token, rotationOf),
    revoke(token) {
      storage.run(
        `UPDATE qbo_grants SET revoked = 1 WHERE refresh = ? OR previous = ? OR id IN (SELECT grant_id FROM qbo_access WHERE token = ?)`,
        ...[token, token, token],
      );
    },
    bearer(token) {
      const row = storage.get(
        "SELECT a.realm, a.expires, g.revoked FROM qbo_access a JOIN qbo_grants g ON g.id = a.grant_id WHERE a.token = ?",
        token,
      );
      if (row === undefined) return { state: "unknown" };
      if (row["revoked"] === 1) return { state: "revoked" };
      return Number(row["expires"]) <= now() ? { state: "expired" } : { state: "good", realm: String(row["realm"]) };
    },
    expire: (token) => storage.run("UPDATE qbo_access SET expires = 0 WHERE token = ?", token),
    newest(realm) {
      const row = storage.get(
        `SELECT a.token, a.expires, g.refresh FROM qbo_access a JOIN qbo_grants g ON g.id = a.grant_id
           WHERE a.realm = ? AND a.expires > ? AND g.revoked = 0 ORDER BY a.expires DESC, a.grant_id DESC LIMIT 1`,
        ...[realm, now()],
      );
      if (row === undefined) return null;
      const expiresAt = new Date(Number(row["expires"])).toISOString();
      return { accessToken: String(row["token"]), refreshToken: String(row["refresh"]), expiresAt };
    },
  };
}
