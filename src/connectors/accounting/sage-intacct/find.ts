import { Fault } from "../../../core/errors.ts";
import type { LedgerDocument } from "../../../core/document.ts";
import type { FoundRecord, Lookup, PartyRecord, PostItem } from "../connector.ts";
import { foldName, foundDocument, foundParty, partyFields } from "./content.ts";
import type { Desk } from "./desk.ts";
import { entityOf, isParty, isReversal, shapes, type Transaction } from "./entities.ts";
import { rowsMax, valuesPerQueryMax } from "./limits.ts";
import { allRows, valuesInChunks } from "./query.ts";
import type { Entry, Query, Row } from "./tasks.ts";
import { partyName, toEntry } from "./translate.ts";

/**
 * Looks for many items with few questions: documents by number, then their lines, in two requests whatever their kinds; parties
 * by id and by name. A number found with other content is reported too.
 */
export async function findItems(desk: Desk, items: readonly PostItem[], lookup: Lookup): Promise<Map<string, FoundRecord[]>> {
  const documents = items.flatMap(({ key, postable }) => (isParty(postable) ? [] : [{ key, document: postable }]));
  const parties = items.flatMap(({ key, postable }) => (isParty(postable) ? [{ key, party: postable }] : []));
  return new Map([...(await findDocuments(desk, documents, lookup)), ...(await findParties(desk, parties))]);
}

/** One document that is looked for, and how it would be written now. */
export interface Wanted {
  readonly key: string;
  readonly entity: Transaction;
  readonly entry: Entry;
  readonly number: string;
  readonly currency: string;
}

async function findDocuments(
  desk: Desk,
  items: readonly { key: string; document: LedgerDocument }[],
  lookup: Lookup,
): Promise<Map<string, FoundRecord[]>> {
  const wanted = items.map(({ key, document }) => ({
    key,
    entity: entityOf[document.kind],
    entry: expectedEntry(document, key, { lookup, options: desk.options }),
    number: document.number,
    currency: document.currency,
  }));
  const found = new Map<string, FoundRecord[]>();
  const { heads, lines } = await readWanted(desk, wanted);
  for (const each of wanted) {
    const records = headsOf(heads, each).map((row) =>
      foundDocument(each.entity, row, { ...each, lines: lines.get(lineKey(each.entity, row)) ?? [], home: desk.options.homeCurrency }),
    );
    if (records.length > 0) found.set(each.key, records);
  }
  return found;
}

export interface Held {
  readonly heads: ReadonlyMap<Transaction, readonly Row[]>;
  readonly lines: ReadonlyMap<string, readonly Row[]>;
}

/** Heads by number, and their lines. */
export async function readWanted(desk: Desk, wanted: readonly Pick<Wanted, "entity" | "number">[]): Promise<Held> {
  const heads = new Map<Transaction, readonly Row[]>();
  for (const [entity, rows] of await allRows(desk.transport, headQueries(wanted))) heads.set(entity as Transaction, rows);
  const lineQueries = [...heads].flatMap(([entity, rows]) =>
    valuesInChunks(
      rows.map((row) => row["RECORDNO"] ?? ""),
      valuesPerQueryMax,
    ).map((values) => lineQuery(entity, values)),
  );
  const lines = new Map<string, Row[]>();
  for (const [object, rows] of await allRows(desk.transport, lineQueries)) {
    const entity = [...heads.keys()].find((each) => shapes[each].lines.object === object)!;
    for (const row of rows) {
      const key = `${entity} ${row[shapes[entity].lines.parent] ?? ""}`;
      lines.set(key, [...(lines.get(key) ?? []), row]);
    }
  }
  return { heads, lines };
}

/** The heads with the number of one, whatever its case; what only takes another entry back is left out. */
export function headsOf(heads: Held["heads"], { entity, number }: Pick<Wanted, "entity" | "number">): readonly Row[] {
  return (heads.get(entity) ?? []).filter((row) => foldName(row[shapes[entity].number] ?? "") === foldName(number) && !isReversal(row));
}

export function lineKey(entity: Transaction, row: Row): string {
  return `${entity} ${row["RECORDNO"] ?? ""}`;
}

/** One question a kind for some numbers of documents. */
export function headQueries(wanted: readonly Pick<Wanted, "entity" | "number">[]): Query[] {
  return [...Map.groupBy(wanted, ({ entity }) => entity)].flatMap(([entity, group]) =>
    valuesInChunks(
      group.map(({ number }) => number),
      valuesPerQueryMax,
    ).map((values) => ({
      object: entity,
      fields: shapes[entity].fields,
      filter: { field: shapes[entity].number, is: "in", values } as const,
      order: ["RECORDNO"],
      size: rowsMax,
    })),
  );
}

function lineQuery(entity: Transaction, recordNos: readonly string[]): Query {
  const { object, parent, fields } = shapes[entity].lines;
  return { object, fields, filter: { field: parent, is: "in", values: recordNos }, order: ["RECORDNO"], size: rowsMax };
}

/** A document that can no longer be translated (its account is gone) is still found; its content then equals nothing. */
function expectedEntry(document: LedgerDocument, key: string, context: Parameters<typeof toEntry>[2]): Entry {
  try {
    return toEntry(document, key, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { object: entityOf[document.kind], head: { [shapes[entityOf[document.kind]].date]: "unknown" }, lines: [], custom: {} };
  }
}

async function findParties(desk: Desk, items: readonly { key: string; party: PartyRecord }[]): Promise<Map<string, FoundRecord[]>> {
  const rows = await partyRows(
    desk,
    items.map(({ party }) => party),
  );
  const found = new Map<string, FoundRecord[]>();
  for (const { key, party } of items) {
    const records = partyCandidates(rows.get(entityOf[party.kind]) ?? [], party);
    if (records.length > 0) found.set(key, records);
  }
  return found;
}

/** Rows of vendors and customers with the ids or names of these parties. */
export async function partyRows(desk: Desk, parties: readonly PartyRecord[]): Promise<ReadonlyMap<string, readonly Row[]>> {
  const queries = [...Map.groupBy(parties, ({ kind }) => kind)].flatMap(([kind, group]) => {
    const entity = entityOf[kind];
    const ask = (name: string, values: readonly string[]): Query[] =>
      valuesInChunks(values, 40).map((chunk) => ({
        object: entity,
        fields: partyFields(entity),
        // Each by itself: a list of values is compared with its case.
        filter: { any: chunk.map((value) => ({ field: name, is: "equal", values: [value] }) as const) },
        order: ["RECORDNO"],
        size: rowsMax,
        anyCase: true,
      }));
    return [
      ...ask(
        `${entity}ID`,
        group.map(({ id }) => id),
      ),
      ...ask("NAME", group.map(partyName)),
    ];
  });
  return allRows(desk.transport, queries);
}

/** Ours by its id, else the active ones with its name. */
export function partyCandidates(rows: readonly Row[], party: PartyRecord): FoundRecord[] {
  const named = rows.map((row) => foundParty(row, party));
  const ours = named.filter((record) => record.ours);
  return ours.length > 0 ? ours : named.filter(({ sameContent }) => sameContent);
}
