import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Statement, Tx } from "./database.ts";
import { newId } from "./ids.ts";

export type Role = "admin" | "controller" | "clerk" | "auditor" | "machine";

/** One key of a program. Its secret is never stored, only the SHA-256 of the whole token. */
export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  /** The source whose events it sends; null when a message may name any. */
  readonly sourceId: string | null;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

const tokenPattern = /^ll_([0-9a-f]{32})_[A-Za-z0-9_-]{32,200}$/;

/** A new token: `ll_<organization>_<secret>`, with 256 random bits. It says whose it is, so that it can be checked under that organization's own rows. */
export function newApiToken(organizationId: string): string {
  return `ll_${organizationId.replaceAll("-", "")}_${randomBytes(32).toString("base64url")}`;
}

/** The organization a token claims to belong to; null when it has another shape. */
export function organizationOfToken(token: string): string | null {
  const hex = tokenPattern.exec(token)?.[1];
  return hex === undefined ? null : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What is stored of a token: its SHA-256. Tokens carry 256 random bits, so a slow hash would add nothing. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

const insertKey: Statement = {
  name: "api_keys_insert",
  text: "insert into api_keys (organization_id, key_id, secret_hash, name, role, source_id) values ($1, $2, $3, $4, $5, $6)",
};

/** Creates a key. Its token is answered once and cannot be read again; a given `token` is used instead of a new one. */
export async function createApiKey(
  tx: Tx,
  key: { name: string; role: Role; sourceId: string | null; token?: string },
): Promise<{ keyId: string; token: string }> {
  const keyId = newId();
  const token = key.token ?? newApiToken(tx.organizationId);
  await tx.change(insertKey, [tx.organizationId, keyId, hashToken(token), key.name, key.role, key.sourceId]);
  return { keyId, token };
}

const keyColumns = `key_id as "keyId", name, role, source_id as "sourceId", created_at as "createdAt", revoked_at as "revokedAt"`;
const selectKey: Statement = {
  name: "api_keys_by_hash",
  text: `select ${keyColumns}, secret_hash as "secretHash" from api_keys where organization_id = $1 and secret_hash = $2 and revoked_at is null`,
};

/** The key that a token belongs to; null for an unknown or revoked one. */
export async function findApiKey(tx: Tx, token: string): Promise<ApiKey | null> {
  const hash = hashToken(token);
  const [row] = await tx.rows<ApiKey & { secretHash: Buffer }>(selectKey, [tx.organizationId, hash]);
  if (row === undefined || !timingSafeEqual(row.secretHash, hash)) return null;
  const { secretHash: _, ...key } = row;
  return key;
}

const selectKeys: Statement = {
  name: "api_keys_all",
  text: `select ${keyColumns} from api_keys where organization_id = $1 order by key_id`,
};

/** Every key of the organization, revoked ones too, oldest first. */
export function listApiKeys(tx: Tx): Promise<ApiKey[]> {
  return tx.rows<ApiKey>(selectKeys, [tx.organizationId]);
}

const revoke: Statement = {
  name: "api_keys_revoke",
  text: "update api_keys set revoked_at = now() where organization_id = $1 and key_id = $2 and revoked_at is null",
};

/** Ends a key at once. False: there was none, or it had ended already. */
export async function revokeApiKey(tx: Tx, keyId: string): Promise<boolean> {
  return (await tx.change(revoke, [tx.organizationId, keyId])) === 1;
}

/** Somebody who signs in with an e-mail address and a password. */
export interface User {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Exclude<Role, "machine">;
}

const insertUser: Statement = {
  name: "users_insert",
  text: "insert into users (organization_id, user_id, email, name, role, password_hash) values ($1, $2, $3, $4, $5, $6)",
};

/** Creates a user. `passwordHash` is what `hashPassword` made. An address belongs to one organization: a second use fails on the key. */
export async function createUser(tx: Tx, user: Omit<User, "userId"> & { passwordHash: string }): Promise<string> {
  const userId = newId();
  await tx.change(insertUser, [tx.organizationId, userId, plainEmail(user.email), user.name, user.role, user.passwordHash]);
  return userId;
}

const selectForSignIn: Statement = {
  name: "users_for_sign_in",
  text: `select organization_id as "organizationId", user_id as "userId", email, name, role, password_hash as "passwordHash" from users where email = $1`,
};

/** The user of an address, whatever the organization. Needs `inDirectory`. */
export async function findUserForSignIn(
  directory: Tx,
  email: string,
): Promise<(User & { organizationId: string; passwordHash: string }) | null> {
  const [row] = await directory.rows<User & { organizationId: string; passwordHash: string }>(selectForSignIn, [plainEmail(email)]);
  return row ?? null;
}

function plainEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** How long somebody stays signed in, in hours: one long working day. */
export const signInHours = 12;

const insertSignIn: Statement = {
  name: "sign_ins_insert",
  text: `insert into user_sessions (organization_id, token_hash, user_id, expires_at) values ($1, $2, $3, now() + make_interval(hours => ${signInHours}))`,
};
const forgetSignIns: Statement = {
  name: "sign_ins_forget",
  text: "delete from user_sessions where organization_id = $1 and expires_at < now()",
};

/** Signs a user in. Answers the token for the cookie: `<organization>.<secret>`; only its SHA-256 is stored. */
export async function createSignIn(tx: Tx, userId: string): Promise<string> {
  const token = `${tx.organizationId}.${randomBytes(32).toString("base64url")}`;
  await tx.change(forgetSignIns, [tx.organizationId]);
  await tx.change(insertSignIn, [tx.organizationId, hashToken(token), userId]);
  return token;
}

/** The organization a sign-in token claims; null when it has another shape. */
export function organizationOfSignIn(token: string): string | null {
  return /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[A-Za-z0-9_-]{43}$/.exec(token)?.[1] ?? null;
}

const selectSignIn: Statement = {
  name: "sign_ins_find",
  text: `select u.user_id as "userId", u.email, u.name, u.role from user_sessions s
    join users u on u.organization_id = s.organization_id and u.user_id = s.user_id
    where s.organization_id = $1 and s.token_hash = $2 and s.expires_at > now()`,
};

/** Who is signed in with this token; null when nobody is, or no longer. */
export async function findSignIn(tx: Tx, token: string): Promise<User | null> {
  return (await tx.rows<User>(selectSignIn, [tx.organizationId, hashToken(token)]))[0] ?? null;
}

const deleteSignIn: Statement = { name: "sign_ins_end", text: "delete from user_sessions where organization_id = $1 and token_hash = $2" };

/** Signs out. */
export async function endSignIn(tx: Tx, token: string): Promise<void> {
  await tx.change(deleteSignIn, [tx.organizationId, hashToken(token)]);
}
