import type { LedgerDocument } from "../../../core/document.ts";
import { Fault } from "../../../core/errors.ts";
import type { FoundRecord, Lookup, PartyRecord, PostItem } from "../connector.ts";
import type { AccountTypes } from "./accounts.ts";
import { asUnsent, type Call } from "./api.ts";
import { foundDocument, foundParty, nameBeforeDeletion } from "./content.ts";
import { rowsMax, valuesPerQueryMax } from "./limits.ts";
import { displayName, foldName, suffixes } from "./names.ts";
import { activeOrNot, isIn, queryRows } from "./query.ts";
import { entityOf, isParty, type Entity } from "./entities.ts";
import type { Entry } from "./entry.ts";
import { toQuickBooks, type Context } from "./translate.ts";
import { textOf, type Json, type JsonObject } from "./wire.ts";

/**
 * Looks for many items with few questions: documents by number, forty a query and one kind at a time, parties by name.
 * A number found with other content is reported too: it may be a namesake, or ours after somebody edited it.
 */
export async function findItems(
  call: Call,
  accounts: AccountTypes,
  items: readonly PostItem[],
  lookup: Lookup,
): Promise<Map<string, FoundRecord[]>> {
  const found = new Map<string, FoundRecord[]>();
  const byEntity = Map.groupBy(items, (item) => entityOf[item.postable.kind]);
  for (const [entity, group] of byEntity) {
    const documents = group.flatMap(({ key, postable }) => (isParty(postable) ? [] : [{ key, document: postable }]));
    const parties = group.flatMap(({ key, postable }) => (isParty(postable) ? [{ key, party: postable }] : []));
    if (documents.length > 0) await findDocuments({ call, accounts, lookup, found }, entity, documents);
    if (parties.length > 0) await findParties(call, entity, parties, found);
  }
  return found;
}

interface Search {
  readonly call: Call;
  readonly accounts: AccountTypes;
  readonly lookup: Lookup;
  readonly found: Map<string, FoundRecord[]>;
}

async function findDocuments(
  { call, accounts, lookup, found }: Search,
  entity: Entity,
  items: readonly { key: string; document: LedgerDocument }[],
): Promise<void> {
  const numbers = [...new Set(items.map(({ document }) => document.number))];
  const rows = await rowsWhere(call, entity, { property: "DocNumber", values: numbers });
  const byNumber = Map.groupBy(rows, (row) => foldName(textOf(row, "DocNumber")));
  await loadAccountTypes(
    accounts,
    items.map(({ document }) => document),
    lookup,
  );

  for (const { key, document } of items) {
    const records = byNumber.get(foldName(document.number)) ?? [];
    if (records.length === 0) continue;
    const expected = expectedEntry(document, key, { lookup, accountType: accounts.of });
    found.set(
      key,
      records.map((record) => foundDocument(record, expected, key, document.currency)),
    );
  }
}

/** A document that can no longer be translated (its account is gone) is still found; its content then equals nothing. */
function expectedEntry(document: LedgerDocument, key: string, context: Context): Entry {
  try {
    return toQuickBooks(document, key, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const nothing: Json = {};
    return { entity: entityOf[document.kind], json: "{}", record: nothing };
  }
}

/** Expenses are cash or card by the type of the account they are paid from. */
export async function loadAccountTypes(accounts: AccountTypes, documents: readonly LedgerDocument[], lookup: Lookup): Promise<void> {
  const paidFrom = documents
    .filter((document) => document.kind === "expense")
    .flatMap((document) => document.lines.filter((line) => line.role === "balance"))
    .map((line) => line.account);
  await loadTypes(accounts, paidFrom, lookup);
}

/** Reads the types of accounts, told by number, that are not known yet. */
export async function loadTypes(accounts: AccountTypes, numbers: readonly string[], lookup: Lookup): Promise<void> {
  try {
    await accounts.load(numbers.flatMap((number) => lookup("account", number) ?? []));
  } catch (error) {
    throw asUnsent(error);
  }
}

async function findParties(
  call: Call,
  entity: Entity,
  items: readonly { key: string; party: PartyRecord }[],
  found: Map<string, FoundRecord[]>,
): Promise<void> {
  const spellings = items.flatMap(({ party }) => namesOf(party).flatMap((name) => [name, `${name} (deleted)`]));
  const rows = await rowsWhere(call, entity, { property: "DisplayName", values: [...new Set(spellings)], extra: activeOrNot });
  for (const { key, party } of items) {
    const records = partyCandidates(rows, party);
    if (records.length > 0) found.set(key, records);
  }
}

/**
 * The records that may be this party: ours by its mark, else the one with the plain name, else the one with the suffix it
 * gets where another kind has the name. A deactivated one counts only when it carries our mark.
 */
function partyCandidates(rows: readonly JsonObject[], party: PartyRecord): FoundRecord[] {
  const names = namesOf(party);
  const named = rows.flatMap((row) => {
    const name = nameBeforeDeletion(textOf(row, "DisplayName"));
    const rank = names.findIndex((each) => foldName(each) === name);
    return rank < 0 ? [] : [{ rank, renamed: name !== foldName(textOf(row, "DisplayName")), record: foundParty(row, party, names) }];
  });
  const usable = named.filter(({ renamed, record }) => record.ours || !renamed);
  const ours = usable.filter(({ record }) => record.ours);
  if (ours.length > 0) return ours.map(({ record }) => record);
  const best = Math.min(...usable.map(({ rank }) => rank));
  return usable.filter(({ rank }) => rank === best).map(({ record }) => record);
}

/** The names a party can have over there: its own, and with the suffix of its kind. */
export function namesOf(party: PartyRecord): readonly [string, string] {
  return [displayName(party.name) || party.id, displayName(party.name, suffixes[party.kind])];
}

interface Wanted {
  readonly property: string;
  readonly values: readonly string[];
  readonly extra?: string;
}

/** All rows whose property is one of the values, some values a query; a query that comes back full is read to its end. */
export async function rowsWhere(call: Call, entity: string, { property, values, extra }: Wanted): Promise<JsonObject[]> {
  const rows = new Map<string, JsonObject>();
  for (let at = 0; at < values.length; at += valuesPerQueryMax) {
    const where = [isIn(property, values.slice(at, at + valuesPerQueryMax)), ...(extra ? [extra] : [])].join(" and ");
    for (let start = 1; ; start += rowsMax) {
      const page = await queryRows(call, entity, `select * from ${entity} where ${where} startposition ${start} maxresults ${rowsMax}`);
      for (const row of page) rows.set(textOf(row, "Id"), row);
      if (page.length < rowsMax) break;
    }
  }
  return [...rows.values()];
}
