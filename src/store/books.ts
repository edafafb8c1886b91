import type { BooksPreferences, BooksRecord, BooksReference } from "../core/reference.ts";
import type { Statement, Tx } from "./database.ts";

/** One company file that documents are posted to. `settings` holds addresses and overrides, never a secret. */
export interface Books {
  readonly booksId: string;
  readonly name: string;
  readonly system: string;
  readonly company: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ruleSet: string;
  readonly state: "connected" | "paused" | "reconnect";
  readonly stateReason: string | null;
  readonly preferences: BooksPreferences | null;
  readonly referenceVersion: bigint;
  readonly referenceAt: Date | null;
}

const columns = `books_id as "booksId", name, system, company, settings, rule_set as "ruleSet", state, state_reason as "stateReason", preferences,
  reference_version as "referenceVersion", reference_at as "referenceAt"`;

const select: Statement = { name: "books_select", text: `select ${columns} from books where organization_id = $1 and books_id = $2` };

/** One books; undefined when there is none of that id. */
export async function findBooks(tx: Tx, booksId: string): Promise<Books | undefined> {
  return (await tx.rows<Books>(select, [tx.organizationId, booksId]))[0];
}

const selectAll: Statement = { name: "books_all", text: `select ${columns} from books where organization_id = $1 order by name` };

/** Every books of the organization. */
export function listBooks(tx: Tx): Promise<Books[]> {
  return tx.rows<Books>(selectAll, [tx.organizationId]);
}

const insert: Statement = {
  name: "books_insert",
  text: "insert into books (organization_id, books_id, name, system, company, settings, rule_set) values ($1, $2, $3, $4, $5, $6, $7)",
};

/** Adds books, connected and with no reference data yet. */
export async function insertBooks(
  tx: Tx,
  books: Pick<Books, "booksId" | "name" | "system" | "company" | "settings" | "ruleSet">,
): Promise<void> {
  const { booksId, name, system, company, settings, ruleSet } = books;
  await tx.change(insert, [tx.organizationId, booksId, name, system, company, JSON.stringify(settings), ruleSet]);
}

const setSettings: Statement = {
  name: "books_settings",
  text: "update books set settings = $3, company = $4 where organization_id = $1 and books_id = $2",
};

/** Changes where the books are reached. */
export async function updateBooksSettings(tx: Tx, books: Pick<Books, "booksId" | "settings" | "company">): Promise<void> {
  await tx.change(setSettings, [tx.organizationId, books.booksId, JSON.stringify(books.settings), books.company]);
}

const setRuleSet: Statement = {
  name: "books_rule_set",
  text: "update books set rule_set = $3 where organization_id = $1 and books_id = $2 and rule_set <> $3",
};

/** Maps what comes for the books by another rule set from now on. False: it was that one already. */
export async function updateBooksRuleSet(tx: Tx, booksId: string, ruleSet: string): Promise<boolean> {
  return (await tx.change(setRuleSet, [tx.organizationId, booksId, ruleSet])) === 1;
}

const setState: Statement = {
  name: "books_state",
  text: "update books set state = $3, state_reason = $4 where organization_id = $1 and books_id = $2 and state <> $3 and state <> 'paused'",
};

/**
 * The worker's word on the connection, with the reason people read: it stands or needs a reconnect. True when it was another
 * state before. What a person paused stays paused.
 */
export async function setBooksState(tx: Tx, booksId: string, state: Books["state"], reason: string | null): Promise<boolean> {
  return (await tx.change(setState, [tx.organizationId, booksId, state, reason])) === 1;
}

const orderState: Statement = {
  name: "books_order_state",
  text: `update books b set state = $3, state_reason = $4 from (select state from books where organization_id = $1 and books_id = $2 for update) as was
    where b.organization_id = $1 and b.books_id = $2 returning was.state`,
};

/** A person's word: connects or pauses, whatever the state was. Answers the state before; undefined when there are no such books. */
export async function orderBooksState(
  tx: Tx,
  booksId: string,
  state: "connected" | "paused",
  reason: string | null,
): Promise<Books["state"] | undefined> {
  return (await tx.rows<{ state: Books["state"] }>(orderState, [tx.organizationId, booksId, state, reason]))[0]?.state;
}

const lockCompany: Statement = {
  name: "books_lock_company",
  text: "select pg_advisory_xact_lock(hashtextextended($1 || '/' || $2 || '/' || $3, 0))",
};
const selectCompany: Statement = {
  name: "books_of_company",
  text: `select ${columns} from books where organization_id = $1 and system = $2 and company = $3 order by created_at limit 1`,
};

/** The books of a company file; undefined when there are none. Nobody else connects that company before the transaction ends. */
export async function findBooksOfCompany(tx: Tx, system: string, company: string): Promise<Books | undefined> {
  await tx.rows(lockCompany, [tx.organizationId, system, company]);
  return (await tx.rows<Books>(selectCompany, [tx.organizationId, system, company]))[0];
}

const clearRecords: Statement = { name: "records_clear", text: "delete from books_records where organization_id = $1 and books_id = $2" };
const insertRecords: Statement = {
  name: "records_insert",
  text: `insert into books_records (organization_id, books_id, kind, external_id, name, number, active, facts)
    select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::jsonb[])`,
};
const setReference: Statement = {
  name: "books_reference",
  text: `update books set preferences = $3, reference_version = reference_version + 1, reference_at = now()
    where organization_id = $1 and books_id = $2`,
};

/** Replaces what is known of the books' lists and settings. */
export async function putReference(tx: Tx, booksId: string, reference: BooksReference): Promise<void> {
  const { records, preferences } = reference;
  await tx.change(clearRecords, [tx.organizationId, booksId]);
  await tx.change(insertRecords, [
    tx.organizationId,
    booksId,
    records.map(({ kind }) => kind),
    records.map(({ externalId }) => externalId),
    records.map(({ name }) => name),
    records.map(({ number }) => number),
    records.map(({ active }) => active),
    records.map(({ facts }) => JSON.stringify(facts)),
  ]);
  await tx.change(setReference, [tx.organizationId, booksId, JSON.stringify(preferences)]);
}

const selectRecords: Statement = {
  name: "records_select",
  text: `select kind, external_id as "externalId", name, number, active, facts from books_records where organization_id = $1 and books_id = $2`,
};

/** The lists of the books as last read; null before the first reading. */
export async function findReference(tx: Tx, books: Books): Promise<BooksReference | null> {
  if (books.preferences === null) return null;
  return { preferences: books.preferences, records: await tx.rows<BooksRecord>(selectRecords, [tx.organizationId, books.booksId]) };
}

const insertSource: Statement = {
  name: "sources_insert",
  text: `insert into sources (organization_id, source_id, name, books_id, options) values ($1, $2, $3, $4, $5)
    on conflict (organization_id, source_id) do update set name = excluded.name, books_id = excluded.books_id, options = excluded.options`,
};

/** One system that feeds the organization. `options` are what its files cannot say about themselves. */
export interface Source {
  readonly sourceId: string;
  readonly name: string;
  readonly booksId: string;
  readonly options: {
    readonly dims?: Record<string, string>;
    readonly currency?: string;
    readonly timeZone?: string;
    readonly ownerOperatorUnits?: string[];
  };
}

/** Adds or replaces a source. */
export async function putSource(tx: Tx, source: Source): Promise<void> {
  await tx.change(insertSource, [tx.organizationId, source.sourceId, source.name, source.booksId, JSON.stringify(source.options)]);
}

const selectSource: Statement = {
  name: "sources_select",
  text: `select source_id as "sourceId", name, books_id as "booksId", options from sources where organization_id = $1 and source_id = $2`,
};

/** One source; undefined when there is none of that name. */
export async function findSource(tx: Tx, sourceId: string): Promise<Source | undefined> {
  return (await tx.rows<Source>(selectSource, [tx.organizationId, sourceId]))[0];
}
