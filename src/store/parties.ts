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

const relink: Statement = {
  name: "party_links_relink",
  text: `update party_links l set external_id = o.into_id from unnest($3::text[], $4::text[], $5::text[]) as o(kind, gone_id, into_id)
    where l.organization_id = $1 and l.books_id = $2 and l.kind = o.kind and l.external_id = o.gone_id
    returning l.kind, l.party_id as "partyId", l.posting_id as "postingId", l.external_id as "externalId"`,
};

/** Leads the parties of records that were merged away to the records that took them in. Answers the links that changed. */
export async function relinkParties(
  tx: Tx,
  booksId: string,
  merges: readonly { kind: "vendor" | "customer"; goneId: string; intoId: string }[],
): Promise<PartyLink[]> {
  if (merges.length === 0) return [];
  return tx.rows<PartyLink>(relink, [
    tx.organizationId,
    booksId,
    merges.map(({ kind }) => kind),
    merges.map(({ goneId }) => goneId),
    merges.map(({ intoId }) => intoId),
  ]);
}
