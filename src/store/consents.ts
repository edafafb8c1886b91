import { createHash } from "node:crypto";
import { type Database, inDirectory, type Statement, type Tx } from "./database.ts";

/** A consent under way: somebody was sent to the provider and may come back once. What it needs then stands in an envelope. */
export interface ConsentRow {
  readonly organizationId: string;
  readonly consentId: string;
  readonly system: string;
  /** `user:<id>` or `key:<id>`. */
  readonly startedBy: string;
  /** The books that are connected again; null for new ones. */
  readonly booksId: string | null;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

/** What is stored of a state: its SHA-256. It carries 256 random bits. */
function hashState(state: string): Buffer {
  return createHash("sha256").update(state).digest();
}

const insert: Statement = {
  name: "consents_insert",
  text: `insert into consents (organization_id, consent_id, system, state_hash, started_by, books_id, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
};

/** Writes a consent down before the browser leaves. */
export async function insertConsent(
  tx: Tx,
  consent: Pick<ConsentRow, "consentId" | "system" | "startedBy" | "booksId" | "expiresAt"> & { readonly state: string },
): Promise<void> {
  const { consentId, system, startedBy, booksId, expiresAt, state } = consent;
  await tx.change(insert, [tx.organizationId, consentId, system, hashState(state), startedBy, booksId, expiresAt]);
}

const select: Statement = {
  name: "consents_by_state",
  text: `select organization_id as "organizationId", consent_id as "consentId", system, started_by as "startedBy", books_id as "booksId",
      expires_at as "expiresAt", used_at as "usedAt" from consents where state_hash = $1`,
};

/** The consent that a state belongs to, of whatever organization; undefined when nobody started it here. */
export async function findConsent(database: Database, state: string): Promise<ConsentRow | undefined> {
  return (await inDirectory(database, (tx) => tx.rows<ConsentRow>(select, [hashState(state)])))[0];
}

const use: Statement = {
  name: "consents_use",
  text: "update consents set used_at = now() where organization_id = $1 and consent_id = $2 and used_at is null and expires_at > $3",
};

/** Uses a consent up. False: it was used already, or its time is over. */
export async function useConsent(tx: Tx, consentId: string, now: Date): Promise<boolean> {
  return (await tx.change(use, [tx.organizationId, consentId, now])) === 1;
}

const forget: Statement = {
  name: "consents_forget",
  text: `with gone as (delete from consents where organization_id = $1 and expires_at < $2::timestamptz - interval '1 day' returning consent_id)
    delete from secrets where organization_id = $1 and owner in (select 'consent:' || consent_id from gone)`,
};

/** Forgets consents that ended more than a day ago. Until then a late browser is told what happened. */
export async function forgetConsents(tx: Tx, now: Date): Promise<void> {
  await tx.change(forget, [tx.organizationId, now]);
}
