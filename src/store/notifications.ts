import { type Database, inDirectory, type Statement, type Tx } from "./database.ts";
import { newId } from "./ids.ts";

/** One hint of a change in the books, as told by a notification or found by asking. */
export interface NewNotification {
  readonly entity: string;
  readonly providerId: string;
  readonly operation: "created" | "changed" | "deleted" | "voided" | "merged";
  /** On a merge: the record that is gone. */
  readonly mergedId: string | null;
  /** The record's version, where it was told. */
  readonly version: string | null;
  /** ISO 8601, their clock; null when it was not told. */
  readonly at: string | null;
}

export interface WaitingNotification extends Omit<NewNotification, "at"> {
  readonly notificationId: string;
  readonly at: Date | null;
  readonly receivedAt: Date;
}

/** What became of a hint: our own write; nothing new; the lists are read anew; a posted document differs; passed on. */
export type NotificationOutcome = "echo" | "known" | "reference" | "drift" | "told";

const quietFor = "interval '5 minutes'";
const askEvery = "interval '60 seconds'";

/**
 * Whether a row of `books` is due to be asked what changed: never asked, cut short the last time, or no notification for
 * five minutes; at most once a minute but where the answer was cut.
 */
export const changesDue = `(books.changes_behind or ((books.changes_cursor is null or coalesce(books.notified_at < now() - ${quietFor}, true))
  and coalesce(books.changes_at < now() - ${askEvery}, true)))`;

const company: Statement = {
  name: "companies_find",
  text: `select organization_id as "organizationId", books_id as "booksId", company from companies where system = $1 and company = any($2::text[])`,
};

/** The books, of whatever organization, that are these company files. */
export function findCompanies(
  database: Database,
  system: string,
  companies: readonly string[],
): Promise<{ organizationId: string; booksId: string; company: string }[]> {
  return inDirectory(database, (tx) => tx.rows(company, [system, companies]));
}

const insert: Statement = {
  name: "notifications_insert",
  text: `insert into book_notifications (organization_id, books_id, notification_id, entity, provider_id, operation, merged_id, version, at)
    select $1, $2, * from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
    order by 4, 5, 6, 9 on conflict do nothing`,
};

/** Keeps hints, each once. Answers how many were new. */
export async function insertNotifications(tx: Tx, booksId: string, hints: readonly NewNotification[]): Promise<number> {
  if (hints.length === 0) return 0;
  return tx.change(insert, [
    tx.organizationId,
    booksId,
    hints.map(() => newId()),
    hints.map(({ entity }) => entity),
    hints.map(({ providerId }) => providerId),
    hints.map(({ operation }) => operation),
    hints.map(({ mergedId }) => mergedId),
    hints.map(({ version }) => version),
    hints.map(({ at }) => at),
  ]);
}

// Once in ten seconds is enough for a clock of minutes, and spares the row a flood's writes.
const notified: Statement = {
  name: "books_notified",
  text: `update books set notified_at = now() where organization_id = $1 and books_id = $2 and coalesce(notified_at < now() - interval '10 seconds', true)`,
};

/** Remembers that these books' notifications arrive. */
export async function markNotified(tx: Tx, booksId: string): Promise<void> {
  await tx.change(notified, [tx.organizationId, booksId]);
}

const waiting: Statement = {
  name: "notifications_waiting",
  text: `select notification_id as "notificationId", entity, provider_id as "providerId", operation, merged_id as "mergedId", version, at,
      received_at as "receivedAt" from book_notifications
    where organization_id = $1 and books_id = $2 and handled_at is null order by notification_id limit $3`,
};

/** Hints nobody has looked at, oldest first. */
export function findWaitingNotifications(tx: Tx, booksId: string, limit: number): Promise<WaitingNotification[]> {
  return tx.rows<WaitingNotification>(waiting, [tx.organizationId, booksId, limit]);
}

const handle: Statement = {
  name: "notifications_handle",
  text: `update book_notifications n set handled_at = now(), outcome = o.outcome, version = coalesce(o.version, n.version)
    from unnest($3::uuid[], $4::text[], $5::text[]) as o(notification_id, outcome, version)
    where n.organization_id = $1 and n.books_id = $2 and n.notification_id = o.notification_id and n.handled_at is null`,
};

/** Marks hints as looked at. `version` is the record's, where it was read. */
export async function handleNotifications(
  tx: Tx,
  booksId: string,
  done: readonly { notificationId: string; outcome: NotificationOutcome; version: string | null }[],
): Promise<void> {
  if (done.length === 0) return;
  await tx.change(handle, [
    tx.organizationId,
    booksId,
    done.map(({ notificationId }) => notificationId),
    done.map(({ outcome }) => outcome),
    done.map(({ version }) => version),
  ]);
}

const known: Statement = {
  name: "notifications_known",
  text: `select g.place::int as place from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[]) with ordinality
      as g(entity, provider_id, version, at, is_gone, place)
    where exists (select 1 from book_notifications n where n.organization_id = $1 and n.books_id = $2 and n.entity = g.entity
      and n.provider_id = g.provider_id and (n.version = g.version or n.at >= g.at) and (not g.is_gone or n.operation = 'deleted'))`,
};

/** Leaves out the hints that tell nothing newer than what was kept of the record before. */
export async function leaveOutKnown(tx: Tx, booksId: string, hints: readonly NewNotification[]): Promise<NewNotification[]> {
  if (hints.length === 0) return [];
  const rows = await tx.rows<{ place: number }>(known, [
    tx.organizationId,
    booksId,
    hints.map(({ entity }) => entity),
    hints.map(({ providerId }) => providerId),
    hints.map(({ version }) => version),
    hints.map(({ at }) => at),
    hints.map(({ operation }) => operation === "deleted"),
  ]);
  const places = new Set(rows.map(({ place }) => place - 1));
  return hints.filter((_, index) => !places.has(index));
}

/** A posting whose record in the books may be meant by a hint. */
export interface PostedRecord {
  readonly postingId: string;
  readonly eventId: string | null;
  readonly documentId: string;
  readonly state: string;
  readonly key: string;
  readonly kind: string;
  readonly providerId: string;
  readonly providerVersion: string | null;
  readonly body: string;
}

const posted: Statement = {
  name: "postings_by_provider_ids",
  text: `select p.posting_id as "postingId", p.event_id as "eventId", p.document_id as "documentId", p.state, p.key, d.kind,
      p.provider_id as "providerId", p.provider_version as "providerVersion", d.body
    from postings p cross join lateral (
      select k.kind, k.body from documents k where k.organization_id = $1 and k.document_id = p.document_id offset 0
    ) d
    where p.organization_id = $1 and p.books_id = $2 and p.provider_id = any($3::text[])`,
};

/** Our postings with these provider ids. An id is one record's within its kind only: compare kinds. */
export function findPostedRecords(tx: Tx, booksId: string, providerIds: readonly string[]): Promise<PostedRecord[]> {
  if (providerIds.length === 0) return Promise.resolve([]);
  return tx.rows<PostedRecord>(posted, [tx.organizationId, booksId, [...new Set(providerIds)]]);
}

const unsure: Statement = {
  name: "postings_unsure",
  text: `select exists (select 1 from postings where organization_id = $1 and books_id = $2 and state in ('sending', 'uncertain')) as found`,
};

/** Whether something of ours may stand in the books without our knowing its id yet. */
export async function hasUnsurePostings(tx: Tx, booksId: string): Promise<boolean> {
  return (await tx.rows<{ found: boolean }>(unsure, [tx.organizationId, booksId]))[0]?.found ?? false;
}

const seen: Statement = {
  name: "notifications_seen_version",
  text: `select entity, provider_id as "providerId", version from book_notifications
    where organization_id = $1 and books_id = $2 and provider_id = any($3::text[]) and handled_at is not null and outcome in ('drift', 'told') and version is not null`,
};

/** Versions of these records that people and programs were told of already, as `entity/id/version`. */
export async function findToldVersions(tx: Tx, booksId: string, providerIds: readonly string[]): Promise<Set<string>> {
  if (providerIds.length === 0) return new Set();
  const rows = await tx.rows<{ entity: string; providerId: string; version: string }>(seen, [tx.organizationId, booksId, providerIds]);
  return new Set(rows.map(({ entity, providerId, version }) => `${entity}/${providerId}/${version}`));
}

const resolveDrift: Statement = {
  name: "findings_resolve_drift",
  text: `update findings set resolved_at = now() where organization_id = $1 and posting_id = any($2::uuid[]) and code = 'drift' and resolved_at is null`,
};

/** Closes what was found about these postings before: the record was changed again, or back. */
export async function resolveDriftFindings(tx: Tx, postingIds: readonly string[]): Promise<void> {
  if (postingIds.length > 0) await tx.change(resolveDrift, [tx.organizationId, postingIds]);
}

const claim: Statement = {
  name: "books_claim_changes",
  text: `update books set changes_at = now() where organization_id = $1 and books_id = $2 and ${changesDue} returning changes_cursor as "cursor"`,
};

/** Takes the right to ask the books what changed, where they are due; null where they are not. */
export async function claimChanges(tx: Tx, booksId: string): Promise<{ cursor: string | null } | null> {
  return (await tx.rows<{ cursor: string | null }>(claim, [tx.organizationId, booksId]))[0] ?? null;
}

const advance: Statement = {
  name: "books_advance_changes",
  text: "update books set changes_cursor = $3, changes_behind = $4 where organization_id = $1 and books_id = $2",
};
const prune: Statement = {
  name: "notifications_prune",
  text: "delete from book_notifications where organization_id = $1 and books_id = $2 and handled_at < now() - interval '40 days'",
};

/** Keeps how far the changes were read, and drops hints older than anything that can be asked for again. */
export async function advanceChanges(tx: Tx, booksId: string, place: { cursor: string; isBehind: boolean }): Promise<void> {
  await tx.change(advance, [tx.organizationId, booksId, place.cursor, place.isBehind]);
  await tx.change(prune, [tx.organizationId, booksId]);
}
