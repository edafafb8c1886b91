import { hash } from "node:crypto";
import { canonicalJson } from "../core/canonical.ts";
import type { LedgerDocument } from "../core/document.ts";
import { packTexts, type Statement, type Tx } from "./database.ts";

/** A party record waits for its turn like a document and has a document's row; its kind says so. */
export interface StoredParty {
  readonly kind: "vendor" | "customer";
  readonly id: string;
  readonly name: string;
  readonly currency: string;
}
export type StoredPostable = LedgerDocument | StoredParty;

/** A document with the event, rules and books it belongs to. */
export interface NewDocument {
  readonly documentId: string;
  readonly eventId: string | null;
  readonly booksId: string;
  readonly version: number;
  readonly postable: StoredPostable;
  readonly ruleSet: string | null;
  readonly ruleSetVersion: number | null;
  /** The document that this one takes back. */
  readonly reverses: string | null;
}

/** Writes a document as text; bigint amounts become decimal strings of minor units. */
export function writePostable(postable: StoredPostable): string {
  return canonicalJson(postable);
}

/** Reads what `writePostable` wrote. */
export function readPostable(body: string): StoredPostable {
  return JSON.parse(body, (key, value) =>
    key === "totalMinor" || key === "amountMinor" ? BigInt(value as string) : value,
  ) as StoredPostable;
}

/** SHA-256 of a document's text. */
export function contentHashOf(body: string): Buffer {
  return hash("sha256", body, "buffer");
}

const insert: Statement = {
  name: "documents_insert",
  text: `insert into documents (organization_id, document_id, event_id, books_id, version, kind, number, date, currency, total_minor, party_id, rule_set, rule_set_version, content_hash, body, reverses)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::date[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::int[], $14::bytea[], string_to_array($15, E'\\x1f'), $16::uuid[])`,
};

/** Writes documents down. */
export async function insertDocuments(tx: Tx, documents: readonly NewDocument[]): Promise<void> {
  if (documents.length === 0) return;
  const bodies = documents.map(({ postable }) => writePostable(postable));
  const facts = documents.map(({ postable }) => factsOf(postable));
  await tx.change(insert, [
    tx.organizationId,
    documents.map(({ documentId }) => documentId),
    documents.map(({ eventId }) => eventId),
    documents.map(({ booksId }) => booksId),
    documents.map(({ version }) => version),
    documents.map(({ postable }) => postable.kind),
    facts.map(({ number }) => number),
    facts.map(({ date }) => date),
    documents.map(({ postable }) => postable.currency),
    facts.map(({ totalMinor }) => totalMinor),
    facts.map(({ partyId }) => partyId),
    documents.map(({ ruleSet }) => ruleSet),
    documents.map(({ ruleSetVersion }) => ruleSetVersion),
    bodies.map(contentHashOf),
    packTexts(bodies),
    documents.map(({ reverses }) => reverses),
  ]);
}

function factsOf(postable: StoredPostable): { number: string; date: string | null; totalMinor: bigint; partyId: string | null } {
  if ("lines" in postable) {
    const { number, date, totalMinor, party } = postable;
    return { number, date, totalMinor, partyId: party?.id ?? null };
  }
  return { number: postable.name, date: null, totalMinor: 0n, partyId: postable.id };
}

const selectTaken: Statement = {
  name: "documents_taken_2",
  text: `select d.kind, d.number, d.party_id as "partyId", d.event_id as "eventId", e.type, e.id
    from unnest($3::text[], $4::text[]) as given(kind, number)
    cross join lateral (
      select k.kind, k.number, k.party_id, k.event_id from documents k
      where k.organization_id = $1 and k.books_id = $2 and k.kind = given.kind and k.number = given.number offset 0
    ) d
    cross join lateral (select k.type, k.id, k.state from events k where k.organization_id = $1 and k.event_id = d.event_id offset 0) e
    where e.state not in ('superseded', 'voided', 'excluded')`,
};

/** A number that another event's document has already. */
export interface TakenNumber {
  readonly kind: string;
  readonly number: string;
  readonly partyId: string | null;
  readonly eventId: string;
  readonly type: string;
  readonly id: string;
}

/** Which of these natural numbers stand on documents of ours in these books already. */
export function findTakenNumbers(tx: Tx, booksId: string, numbers: readonly { kind: string; number: string }[]): Promise<TakenNumber[]> {
  if (numbers.length === 0) return Promise.resolve([]);
  return tx.rows<TakenNumber>(selectTaken, [
    tx.organizationId,
    booksId,
    numbers.map(({ kind }) => kind),
    numbers.map(({ number }) => number),
  ]);
}
