import type { Statement, Tx } from "./database.ts";

/** Which record in the books a TMS party is. `externalId` is null while the record is being created by `postingId`. */
export interface PartyLink {
  readonly kind: string;
  readonly partyId: string;
  readonly postingId: string | null;
  readonly externalId: string | null;
}

const select: Statement = {
  name: "party_links_select",
  text: `select kind, party_id as "partyId", posting_id as "postingId", external_id as "externalId" from party_links where organization_id = $1 and books_id = $2`,
};

/** Every link of these books. */
export function findPartyLinks(tx: Tx, booksId: string): Promise<PartyLink[]> {
  return tx.rows<PartyLink>(select, [tx.organizationId, booksId]);
}

const insert: Statement = {
  name: "party_links_insert",
  text: `insert into party_links (organization_id, books_id, kind, party_id, posting_id, external_id)
    select $1, $2, * from unnest($3::text[], $4::text[], $5::uuid[], $6::text[])
    on conflict (organization_id, books_id, kind, party_id) do update set posting_id = excluded.posting_id, external_id = excluded.external_id`,
};

/** Remembers which record a party is, or which posting will create it. */
export async function putPartyLinks(tx: Tx, booksId: string, links: readonly PartyLink[]): Promise<void> {
  if (links.length === 0) return;
  await tx.change(insert, [
    tx.organizationId,
    booksId,
    links.map(({ kind }) => kind),
    links.map(({ partyId }) => partyId),
    links.map(({ postingId }) => postingId),
    links.map(({ externalId }) => externalId),
  ]);
}

const confirm: Statement = {
  name: "party_links_confirm",
  text: `update party_links l set external_id = p.provider_id from postings p
    where l.organization_id = $1 and p.organization_id = $1 and l.posting_id = p.posting_id and p.posting_id = any($2::uuid[]) and p.state = 'posted'`,
};

/** Takes the provider's ids over from the postings that created the records. */
export async function confirmPartyLinks(tx: Tx, postingIds: readonly string[]): Promise<void> {
  await tx.change(confirm, [tx.organizationId, postingIds]);
}
