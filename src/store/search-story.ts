import type { Statement, Tx } from "./database.ts";
import { readPostable, type StoredPostable } from "./documents.ts";
import { eventColumns, type EventRow } from "./search-events.ts";

/** A revision with what was sent. */
export interface RevisionRow extends EventRow {
  readonly body: string;
}

const revisions: Statement = {
  name: "story_revisions",
  text: `select ${eventColumns}, e.body from events e
    where e.organization_id = $1 and e.type = $2 and e.id = $3 and ($4::text is null or e.source_id = $4) order by e.source_id, e.revision`,
};

/** Every revision of an event, oldest first; of all sources when none is named. */
export function findRevisions(tx: Tx, key: { type: string; id: string; sourceId: string | null }): Promise<RevisionRow[]> {
  return tx.rows<RevisionRow>(revisions, [tx.organizationId, key.type, key.id, key.sourceId]);
}

/** A document with where it came from. */
export interface DocumentRow {
  readonly documentId: string;
  readonly eventId: string | null;
  readonly booksId: string;
  readonly version: number;
  readonly ruleSet: string | null;
  readonly ruleSetVersion: number | null;
  readonly reverses: string | null;
  readonly createdAt: Date;
  readonly postable: StoredPostable;
}

type RawDocument = Omit<DocumentRow, "postable"> & { body: string };
const documentColumns = `document_id as "documentId", event_id as "eventId", books_id as "booksId", version, rule_set as "ruleSet", rule_set_version as "ruleSetVersion", reverses,
  created_at as "createdAt", body`;
const documents: Statement = {
  name: "story_documents",
  text: `select ${documentColumns} from documents where organization_id = $1 and event_id = any($2::uuid[]) order by document_id`,
};

/** Every document made from these events, oldest first. */
export async function listDocumentsOfEvents(tx: Tx, eventIds: readonly string[]): Promise<DocumentRow[]> {
  return (await tx.rows<RawDocument>(documents, [tx.organizationId, eventIds])).map(withPostable);
}

const document: Statement = {
  name: "story_document",
  text: `select ${documentColumns} from documents where organization_id = $1 and document_id = $2`,
};

/** One document; undefined when there is none of that id. */
export async function findDocument(tx: Tx, documentId: string): Promise<DocumentRow | undefined> {
  return (await tx.rows<RawDocument>(document, [tx.organizationId, documentId])).map(withPostable)[0];
}

function withPostable({ body, ...row }: RawDocument): DocumentRow {
  return { ...row, postable: readPostable(body) };
}

const accountNames: Statement = {
  name: "story_account_names",
  text: `select books_id as "booksId", number, name from books_records where organization_id = $1 and kind = 'account' and books_id = any($2::uuid[]) and number = any($3::text[])`,
};

/** Names of accounts in the books' charts as last read, by `books/number`. */
export async function findAccountNames(tx: Tx, booksIds: readonly string[], numbers: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ booksId: string; number: string; name: string }>(accountNames, [tx.organizationId, booksIds, numbers]);
  return new Map(rows.map(({ booksId, number, name }) => [`${booksId}/${number}`, name]));
}

/** A finding about an event or one of its postings. */
export interface FindingRow {
  readonly findingId: string;
  readonly eventId: string | null;
  readonly postingId: string | null;
  readonly code: string;
  readonly severity: string;
  readonly field: string | null;
  readonly message: string;
  readonly fix: string;
  readonly cause: string;
  readonly createdAt: Date;
  readonly resolvedAt: Date | null;
}

export const findingColumns = `f.finding_id as "findingId", f.event_id as "eventId", f.posting_id as "postingId", f.code, f.severity, f.field, f.message, f.fix, f.cause,
  f.created_at as "createdAt", f.resolved_at as "resolvedAt"`;
const findings: Statement = {
  name: "story_findings",
  text: `select ${findingColumns} from findings f where f.organization_id = $1 and f.event_id = any($2::uuid[]) order by f.finding_id`,
};

/** Every finding of these events, open and resolved, oldest first. */
export function listFindingsOfEvents(tx: Tx, eventIds: readonly string[]): Promise<FindingRow[]> {
  return tx.rows<FindingRow>(findings, [tx.organizationId, eventIds]);
}

/** One try to send a posting. */
export interface AttemptRow {
  readonly postingId: string;
  readonly attempt: number;
  readonly key: string;
  readonly number: string;
  readonly startedAt: Date;
  readonly deadlineAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: string | null;
  readonly detail: string | null;
}

const attempts: Statement = {
  name: "story_attempts",
  text: `select posting_id as "postingId", attempt, key, number, started_at as "startedAt", deadline_at as "deadlineAt", ended_at as "endedAt", outcome, detail
    from attempts where organization_id = $1 and posting_id = any($2::uuid[]) order by posting_id, attempt`,
};

/** Every attempt of these postings, in order. */
export function listAttempts(tx: Tx, postingIds: readonly string[]): Promise<AttemptRow[]> {
  return tx.rows<AttemptRow>(attempts, [tx.organizationId, postingIds]);
}
