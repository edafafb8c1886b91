import type { PostingState } from "../core/posting.ts";
import type { Statement, Tx } from "./database.ts";
import { readPostable } from "./documents.ts";
import type { PartyLink } from "./parties.ts";

/** A record of the books' list of parties. */
export interface PartyChoice {
  readonly externalId: string;
  readonly name: string;
  readonly active: boolean;
}

const selectRecords: Statement = {
  name: "review_party_records",
  text: `select external_id as "externalId", name, active from books_records
    where organization_id = $1 and books_id = $2 and kind = $3 and (external_id = $4 or lower(name) = lower($4)) order by (external_id = $4) desc, active desc`,
};

/** Records of the books with this id or name, as last read; the one of that id first. */
export function findPartyChoices(tx: Tx, of: { booksId: string; kind: string; wanted: string }): Promise<PartyChoice[]> {
  return tx.rows<PartyChoice>(selectRecords, [tx.organizationId, of.booksId, of.kind, of.wanted]);
}

/** A link with what became of the posting that was to create its record. */
export interface HeldLink extends PartyLink {
  readonly postingState: PostingState | null;
}

const selectLink: Statement = {
  name: "review_party_link",
  text: `select l.kind, l.party_id as "partyId", l.posting_id as "postingId", l.external_id as "externalId", p.state as "postingState"
    from party_links l left join postings p on p.organization_id = $1 and p.posting_id = l.posting_id
    where l.organization_id = $1 and l.books_id = $2 and l.kind = $3 and l.party_id = $4 for update of l`,
};

/** The link of one party; undefined when there is none. Locks it. */
export async function findHeldLink(tx: Tx, of: { booksId: string; kind: string; partyId: string }): Promise<HeldLink | undefined> {
  return (await tx.rows<HeldLink>(selectLink, [tx.organizationId, of.booksId, of.kind, of.partyId]))[0];
}

const remove: Statement = {
  name: "review_party_unlink",
  text: "delete from party_links where organization_id = $1 and books_id = $2 and kind = $3 and party_id = $4",
};

/** Takes a link away. */
export async function removeLink(tx: Tx, of: { booksId: string; kind: string; partyId: string }): Promise<void> {
  await tx.change(remove, [tx.organizationId, of.booksId, of.kind, of.partyId]);
}

const selectRefused: Statement = {
  name: "review_refused_parties",
  text: `select distinct p.books_id as "booksId", d.body from findings f
    join postings p on p.organization_id = $1 and p.posting_id = f.posting_id
    join documents d on d.organization_id = $1 and d.document_id = p.document_id
    where f.organization_id = $1 and f.cause = $2 and f.resolved_at is null and f.event_id is null and d.kind in ('vendor', 'customer')`,
};

/** Party records behind an open cause that the books refused to create. */
export async function findRefusedParties(tx: Tx, cause: string): Promise<{ booksId: string; kind: "vendor" | "customer"; id: string }[]> {
  const rows = await tx.rows<{ booksId: string; body: string }>(selectRefused, [tx.organizationId, cause]);
  return rows.map(({ booksId, body }) => {
    const { kind, id } = readPostable(body) as { kind: "vendor" | "customer"; id: string };
    return { booksId, kind, id };
  });
}
