import { packLegs, unpackLegs, type Leg } from "../ledger.ts";
import { objectOf, type JsonObject } from "../json.ts";
import type { Row, Storage } from "../storage.ts";

/** A record as it is kept. `body` is what a read shows, without Id, SyncToken, MetaData and live balances. */
export interface Stored {
  readonly entity: string;
  readonly id: string;
  readonly sync: number;
  readonly body: JsonObject;
  readonly legs: readonly Leg[];
  readonly active: boolean;
  readonly deleted: boolean;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** What is kept beside the body, to find the record again. */
export interface Columns {
  readonly name?: string | null;
  readonly parent?: string | null;
  readonly number?: string | null;
  readonly date?: string | null;
  readonly party?: string | null;
  readonly kind?: string | null;
  readonly subkind?: string | null;
}

/** A name-list row as other records refer to it. */
export interface Referent {
  readonly id: string;
  readonly name: string;
  readonly number: string;
  readonly kind: string;
  readonly subkind: string;
  readonly active: boolean;
  /** Currency code of accounts and parties; empty where there is none. */
  readonly currency: string;
}

export interface Records {
  find(company: number, entity: string, id: string): Stored | null;
  insert(company: number, record: Kept): void;
  update(company: number, record: Kept): void;
  referent(company: number, entity: string, id: string): Referent | null;
  /** Another live record with this number; `party` narrows it to one vendor. */
  withNumber(company: number, search: NumberSearch): string | null;
  /** Live rows of these lists that have this name, without regard to case. */
  withName(company: number, search: { entities: readonly string[]; name: string }): { entity: string; id: string; parent: string | null }[];
  children(company: number, entity: string, parent: string): Stored[];
  /** The next id of a counter; ids of classes and attachments start where JavaScript numbers end. */
  nextId(company: number, counter: string): string;
  nextNumber(company: number, entity: string): string;
  /** Forgets what was read ahead: after anything was undone. */
  forget(): void;
}

type Kept = Omit<Stored, "deleted"> & { readonly columns: Columns; readonly deleted?: boolean };
interface NumberSearch {
  readonly entity: string;
  readonly number: string;
  readonly party: string | null;
  readonly not: string;
}

const firstIds: Readonly<Record<string, bigint>> = { Class: 5_000_000_000_000_007_280n, Attachable: 200_900_000_000_000_008_541n };
const stringOrNull = (value: unknown) => (value === null || value === undefined ? null : String(value));

export function toStored(row: Row): Stored {
  return {
    entity: String(row["entity"]),
    id: String(row["id"]),
    sync: Number(row["sync"]),
    body: objectOf(JSON.parse(String(row["body"]))),
    legs: unpackLegs(String(row["legs"])),
    active: row["active"] === 1,
    deleted: row["deleted"] === 1,
    createdMs: Number(row["created"]),
    updatedMs: Number(row["updated"]),
  };
}

function columnValues(record: Kept) {
  const { columns } = record;
  return [
    ...[columns.name, columns.parent, columns.number, columns.date, columns.party, columns.kind, columns.subkind].map(
      (value) => value ?? null,
    ),
    record.active ? 1 : 0,
    record.deleted === true ? 1 : 0,
    record.updatedMs,
    JSON.stringify(record.body),
    packLegs(record.legs),
  ];
}

function insertRecord(storage: Storage, company: number, record: Kept): void {
  storage.run(
    `INSERT INTO qbo_records (company, entity, id, sync, created, name, parent, number, date, party, kind, subkind, active, deleted, updated, body, legs)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[company, record.entity, record.id, record.sync, record.createdMs, ...columnValues(record)],
  );
}

function updateRecord(storage: Storage, company: number, record: Kept): void {
  storage.run(
    `UPDATE qbo_records SET name = ?, parent = ?, number = ?, date = ?, party = ?, kind = ?, subkind = ?, active = ?, deleted = ?, updated = ?,
       body = ?, legs = ?, sync = ? WHERE company = ? AND entity = ? AND id = ?`,
    ...[...columnValues(record), record.sync, company, record.entity, record.id],
  );
}

function readReferent(storage: Storage, company: number, entity: string, id: string): Referent | null {
  const row = storage.get(
    "SELECT name, number, kind, subkind, active, body ->> '$.FullyQualifiedName' AS full, body ->> '$.CurrencyRef.value' AS currency FROM qbo_records WHERE company = ? AND entity = ? AND id = ?",
    ...[company, entity, id],
  );
  if (row === undefined) return null;
  return {
    id,
    name: String(row["full"] ?? row["name"] ?? ""),
    number: stringOrNull(row["number"]) ?? "",
    kind: stringOrNull(row["kind"]) ?? "",
    subkind: stringOrNull(row["subkind"]) ?? "",
    active: row["active"] === 1,
    currency: stringOrNull(row["currency"]) ?? "",
  };
}

function findWithNumber(storage: Storage, company: number, { entity, number, party, not }: NumberSearch): string | null {
  const row = storage.get(
    `SELECT id FROM qbo_records WHERE company = ? AND entity = ? AND number = ? AND deleted = 0 AND id <> ? AND (? IS NULL OR party = ?) LIMIT 1`,
    ...[company, entity, number, not, party, party],
  );
  return stringOrNull(row?.["id"]);
}

function findWithName(storage: Storage, company: number, { entities, name }: { entities: readonly string[]; name: string }) {
  const marks = entities.map(() => "?").join(", ");
  const rows = storage.all(
    `SELECT entity, id, parent FROM qbo_records WHERE company = ? AND name = ? AND deleted = 0 AND entity IN (${marks})`,
    ...[company, name, ...entities],
  );
  return rows.map((row) => ({ entity: String(row["entity"]), id: String(row["id"]), parent: stringOrNull(row["parent"]) }));
}

function countOn(storage: Storage, company: number, counter: string): string {
  const row = storage.get("SELECT last FROM qbo_counters WHERE company = ? AND name = ?", company, counter);
  const next = row === undefined ? (firstIds[counter] ?? 1n) : BigInt(String(row["last"])) + 1n;
  storage.run(
    "INSERT INTO qbo_counters VALUES (?, ?, ?) ON CONFLICT (company, name) DO UPDATE SET last = excluded.last",
    ...[company, counter, next.toString()],
  );
  return next.toString();
}

export function createRecords(storage: Storage): Records {
  // Accounts, classes and parties are named by every line of every write.
  const referents = new Map<string, Referent>();
  return {
    find(company, entity, id) {
      const row = storage.get("SELECT * FROM qbo_records WHERE company = ? AND entity = ? AND id = ?", company, entity, id);
      return row === undefined ? null : toStored(row);
    },
    insert: (company, record) => insertRecord(storage, company, record),
    update(company, record) {
      updateRecord(storage, company, record);
      referents.delete(`${company} ${record.entity} ${record.id}`);
    },
    referent(company, entity, id) {
      const name = `${company} ${entity} ${id}`;
      const found = referents.get(name) ?? readReferent(storage, company, entity, id);
      if (found !== null) referents.set(name, found);
      return found;
    },
    withNumber: (company, search) => findWithNumber(storage, company, search),
    withName: (company, search) => findWithName(storage, company, search),
    children: (company, entity, parent) =>
      storage.all("SELECT * FROM qbo_records WHERE company = ? AND entity = ? AND parent = ?", company, entity, parent).map(toStored),
    nextId: (company, counter) => countOn(storage, company, counter),
    nextNumber(company, entity) {
      // Numbers that clients chose are stepped over.
      for (;;) {
        const number = (1000n + BigInt(countOn(storage, company, `number ${entity}`))).toString();
        if (findWithNumber(storage, company, { entity, number, party: null, not: "" }) === null) return number;
      }
    },
    forget: () => referents.clear(),
  };
}
