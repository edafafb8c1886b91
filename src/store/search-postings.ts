import type { PostingState } from "../core/posting.ts";
import type { Statement, Tx } from "./database.ts";
import { type StoredPostable, readPostable } from "./documents.ts";
import { type Listed, type Page, pageOf, readIdCursor, searchStatement, writeCursor } from "./search.ts";

/** One posting with its document, as lists show it. */
export interface PostingRow {
  readonly postingId: string;
  readonly state: PostingState;
  readonly booksId: string;
  readonly booksName: string;
  readonly documentId: string;
  readonly kind: string;
  readonly number: string;
  readonly date: string | null;
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly postable: StoredPostable;
  readonly event: { readonly type: string; readonly id: string; readonly revision: number } | null;
  readonly eventId: string | null;
  readonly providerId: string | null;
  readonly url: string | null;
  readonly adopted: boolean;
  readonly faultCode: string | null;
  readonly faultMessage: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly postedAt: Date | null;
  readonly updatedAt: Date;
}

export interface PostingFilter {
  readonly state?: string | undefined;
  readonly booksId?: string | undefined;
  readonly kind?: string | undefined;
  /** First and last document date, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

type Raw = Omit<PostingRow, "postable" | "event"> & {
  body: string;
  eventType: string | null;
  eventKey: string | null;
  eventRevision: number | null;
};

const columns = `p.posting_id as "postingId", p.state, p.books_id as "booksId", coalesce(b.name, '') as "booksName", p.document_id as "documentId",
  d.kind, d.number, d.date, d.currency, d.total_minor as "totalMinor", d.body, p.event_id as "eventId", e.type as "eventType", e.id as "eventKey", e.revision as "eventRevision",
  p.provider_id as "providerId", p.url, p.adopted, p.fault_code as "faultCode", p.fault_message as "faultMessage", p.attempts,
  p.created_at as "createdAt", p.posted_at as "postedAt", p.updated_at as "updatedAt"`;
const joins = `join documents d on d.organization_id = p.organization_id and d.document_id = p.document_id
  left join books b on b.organization_id = p.organization_id and b.books_id = p.books_id
  left join events e on e.organization_id = p.organization_id and e.event_id = p.event_id`;

/** Searches postings, newest first. */
export async function searchPostings(tx: Tx, filter: PostingFilter, page: Page): Promise<Listed<PostingRow>> {
  const { statement, values } = searchStatement(
    "search_postings",
    { head: `select ${columns} from postings p ${joins} where p.organization_id = $1`, tail: "order by p.posting_id desc limit $2" },
    [tx.organizationId, page.limit + 1],
    [
      { as: "state", sql: "p.state = ?", value: filter.state },
      { as: "books", sql: "p.books_id = ?", value: filter.booksId },
      { as: "kind", sql: "d.kind = ?", value: filter.kind },
      { as: "from", sql: "d.date >= ?", value: filter.from },
      { as: "to", sql: "d.date <= ?", value: filter.to },
      { as: "after", sql: "p.posting_id < ?", value: readIdCursor(page.cursor) },
    ],
  );
  return pageOf((await tx.rows<Raw>(statement, values)).map(rowOf), page.limit, (row) => writeCursor(row.postingId));
}

// The limit stands inside, so that names and bodies are read for the few rows that are shown.
const newest: Statement = {
  name: "search_postings_newest",
  text: `select ${columns} from (
      select * from postings where organization_id = $1 and state = 'posted' and event_id is not null order by posted_at desc limit $2
    ) p ${joins} where p.organization_id = $1 order by p.posted_at desc`,
};

/** The documents that reached the books last. */
export async function findNewestPostings(tx: Tx, limit: number): Promise<PostingRow[]> {
  return (await tx.rows<Raw>(newest, [tx.organizationId, limit])).map(rowOf);
}

const ofEvents: Statement = {
  name: "search_postings_of_events",
  text: `select ${columns} from postings p ${joins} where p.organization_id = $1 and p.event_id = any($2::uuid[]) order by p.posting_id`,
};

/** Every posting of these events, oldest first. */
export async function listPostingsOfEvents(tx: Tx, eventIds: readonly string[]): Promise<PostingRow[]> {
  return (await tx.rows<Raw>(ofEvents, [tx.organizationId, eventIds])).map(rowOf);
}

const ofDocument: Statement = {
  name: "search_postings_of_document",
  text: `select ${columns} from postings p ${joins} where p.organization_id = $1 and p.document_id = $2 order by p.posting_id`,
};

/** Every posting of a document, oldest first. */
export async function listPostingsOfDocument(tx: Tx, documentId: string): Promise<PostingRow[]> {
  return (await tx.rows<Raw>(ofDocument, [tx.organizationId, documentId])).map(rowOf);
}

function rowOf({ body, eventType, eventKey, eventRevision, ...row }: Raw): PostingRow {
  const event =
    eventType === null || eventKey === null || eventRevision === null ? null : { type: eventType, id: eventKey, revision: eventRevision };
  return { ...row, postable: readPostable(body), event };
}
