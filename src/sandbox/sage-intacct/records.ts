import { packLegs, unpackLegs, type Leg } from "../ledger.ts";
import type { Row, Storage } from "../storage.ts";
import type { Values } from "./values.ts";

/** A record as it is kept. */
export interface Stored {
  readonly object: string;
  readonly recordno: number;
  readonly id: string | null;
  readonly parent: string | null;
  /** The entity that owns it; empty at the top level. */
  readonly entity: string;
  readonly date: string | null;
  /** Hundredths with the sign of the general ledger, on rows of the ledger. */
  readonly minor: bigint | null;
  readonly createdMs: number;
  readonly updatedMs: number | null;
  readonly values: Values;
  readonly legs: readonly Leg[];
}

export interface Records {
  find(company: number, object: string, recordno: number): Stored | null;
  /** Live records of that business id; masters have one at most. */
  withId(company: number, object: string, id: string): Stored[];
  /** Lines of a header, in order. */
  children(company: number, object: string, parent: string): Stored[];
  all(company: number, object: string): Stored[];
  insert(company: number, record: Stored): void;
  update(company: number, record: Stored): void;
  remove(company: number, object: string, recordno: number): void;
  removeChildren(company: number, object: string, parent: string): void;
  /** Counts a counter on and gives its new value. */
  next(company: number, counter: string): number;
}

/** Record numbers of documents start high, as in a company that has lived. */
const firstNumbers: Readonly<Record<string, number>> = { prrecord: 1001, glbatch: 501, prentry: 5001, glentry: 7001, own: 10_001 };

const stringOrNull = (value: unknown) => (value === null || value === undefined ? null : String(value));

export function toStored(row: Row): Stored {
  const { updated, minor } = row;
  return {
    object: String(row["object"]),
    recordno: Number(row["recordno"]),
    id: stringOrNull(row["id"]),
    parent: stringOrNull(row["parent"]),
    entity: String(row["entity"]),
    date: stringOrNull(row["date"]),
    minor: minor === null || minor === undefined ? null : BigInt(minor as number),
    createdMs: Number(row["created"]),
    updatedMs: updated === null || updated === undefined ? null : Number(updated),
    values: JSON.parse(String(row["body"])) as Values,
    legs: unpackLegs(String(row["legs"])),
  };
}

function columnsOf(record: Stored) {
  const { id, parent, entity, date, minor, createdMs, updatedMs, values, legs } = record;
  return [id, parent, entity, date, minor, createdMs, updatedMs, JSON.stringify(values), packLegs(legs)];
}

export function createRecords(storage: Storage): Records {
  const select = (rest: string, ...values: (string | number)[]) =>
    storage.all(`SELECT * FROM intacct_records ${rest}`, ...values).map(toStored);
  return {
    find: (company, object, recordno) => select("WHERE company = ? AND object = ? AND recordno = ?", company, object, recordno)[0] ?? null,
    withId: (company, object, id) => select("WHERE company = ? AND object = ? AND id = ? ORDER BY recordno", company, object, id),
    children: (company, object, parent) =>
      select("WHERE company = ? AND object = ? AND parent = ? ORDER BY recordno", company, object, parent),
    all: (company, object) => select("WHERE company = ? AND object = ? ORDER BY recordno", company, object),
    insert(company, record) {
      storage.run(
        "INSERT INTO intacct_records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ...[company, record.object, record.recordno, ...columnsOf(record)],
      );
    },
    update(company, record) {
      storage.run(
        `UPDATE intacct_records SET id = ?, parent = ?, entity = ?, date = ?, minor = ?, created = ?, updated = ?, body = ?, legs = ?
           WHERE company = ? AND object = ? AND recordno = ?`,
        ...[...columnsOf(record), company, record.object, record.recordno],
      );
    },
    remove: (company, object, recordno) =>
      storage.run("DELETE FROM intacct_records WHERE company = ? AND object = ? AND recordno = ?", company, object, recordno),
    removeChildren: (company, object, parent) =>
      storage.run("DELETE FROM intacct_records WHERE company = ? AND object = ? AND parent = ?", company, object, parent),
    next(company, counter) {
      const row = storage.get(
        `INSERT INTO intacct_counters VALUES (?, ?, ?) ON CONFLICT (company, name) DO UPDATE SET last = last + 1 RETURNING last`,
        ...[company, counter, firstNumbers[counter] ?? 1],
      );
      return Number(row?.["last"]);
    },
  };
}
