import { objectOf, type JsonObject } from "../json.ts";
import type { Row, Storage } from "../storage.ts";

/** A record as it is kept. References in the body are bare ids, sublists are lists of rows. */
export interface Stored {
  readonly space: string;
  readonly type: string;
  readonly id: number;
  readonly external: string | null;
  /** What others see of it: the name of a list row, the number of a transaction. */
  readonly name: string;
  /** Account number; empty elsewhere. */
  readonly number: string;
  /** Account type, item type; empty elsewhere. */
  readonly kind: string;
  readonly inactive: boolean;
  readonly body: JsonObject;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Creation and change as the account's clocks show them. */
interface Times {
  readonly created: string;
  readonly updated: string;
}

export interface Records {
  find(company: number, space: string, id: number): Stored | null;
  withExternal(company: number, space: string, external: string): Stored | null;
  withName(company: number, space: string, name: string): Stored | null;
  ofType(company: number, type: string): Stored[];
  /** Accounts or items of one kind, by id. */
  ofKind(company: number, type: string, kind: string): Stored[];
  insert(company: number, record: Stored, times: Times): void;
  update(company: number, record: Stored, updated: string): void;
  remove(company: number, record: Stored): void;
  /** Counts on from a first value; ids, document numbers, jobs. */
  next(company: number, counter: string, first: number): number;
  /** Lets a counter go on after a value that was given. */
  atLeast(company: number, counter: string, value: number): void;
  /** Forgets what was read ahead: after anything was undone. */
  forget(): void;
}

function toStored(row: Row): Stored {
  return {
    space: String(row["space"]),
    type: String(row["type"]),
    id: Number(row["id"]),
    external: row["external"] === null ? null : String(row["external"]),
    name: String(row["name"] ?? ""),
    number: String(row["number"] ?? ""),
    kind: String(row["kind"] ?? ""),
    inactive: row["inactive"] === 1,
    body: objectOf(JSON.parse(String(row["body"]))),
    createdMs: Number(row["created_ms"]),
    updatedMs: Number(row["updated_ms"]),
  };
}

const cachedMax = 20_000;

export function createRecords(storage: Storage): Records {
  // Accounts, parties and classifications are named by every line of every write.
  const known = new Map<string, Stored>();
  const nameOf = (company: number, space: string, id: number) => `${company} ${space} ${id}`;
  const first = (row: Row | undefined) => (row === undefined ? null : toStored(row));

  function find(company: number, space: string, id: number): Stored | null {
    const name = nameOf(company, space, id);
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    const found = first(storage.get("SELECT * FROM ns_records WHERE company = ? AND space = ? AND id = ?", company, space, id));
    if (found !== null && space !== "transaction") {
      if (known.size >= cachedMax) known.clear();
      known.set(name, found);
    }
    return found;
  }

  return {
    find,
    withExternal: (company, space, external) =>
      first(storage.get("SELECT * FROM ns_records WHERE company = ? AND space = ? AND external = ?", company, space, external)),
    withName: (company, space, name) =>
      first(
        storage.get("SELECT * FROM ns_records WHERE company = ? AND space = ? AND name = ? COLLATE NOCASE LIMIT 1", company, space, name),
      ),
    ofType: (company, type) =>
      storage.all("SELECT * FROM ns_records WHERE company = ? AND type = ? ORDER BY id", company, type).map(toStored),
    ofKind: (company, type, kind) =>
      storage.all("SELECT * FROM ns_records WHERE company = ? AND type = ? AND kind = ? ORDER BY id", company, type, kind).map(toStored),
    insert(company, record, { created, updated }) {
      storage.run(
        `INSERT INTO ns_records (company, space, id, type, external, name, number, kind, inactive, created, updated, created_ms, updated_ms, body)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[company, record.space, record.id, record.type, record.external, record.name, record.number, record.kind],
        ...[record.inactive ? 1 : 0, created, updated, record.createdMs, record.updatedMs, JSON.stringify(record.body)],
      );
    },
    update(company, record, updated) {
      storage.run(
        `UPDATE ns_records SET external = ?, name = ?, number = ?, kind = ?, inactive = ?, updated = ?, updated_ms = ?, body = ?
           WHERE company = ? AND space = ? AND id = ?`,
        ...[record.external, record.name, record.number, record.kind, record.inactive ? 1 : 0, updated, record.updatedMs],
        ...[JSON.stringify(record.body), company, record.space, record.id],
      );
      known.delete(nameOf(company, record.space, record.id));
    },
    remove(company, record) {
      storage.run("DELETE FROM ns_records WHERE company = ? AND space = ? AND id = ?", company, record.space, record.id);
      known.delete(nameOf(company, record.space, record.id));
    },
    ...countersOf(storage),
    forget: () => known.clear(),
  };
}

function countersOf(storage: Storage): Pick<Records, "next" | "atLeast"> {
  return {
    next(company, counter, start) {
      const row = storage.get(
        `INSERT INTO ns_counters VALUES (?, ?, ?) ON CONFLICT (company, name) DO UPDATE SET last = last + 1 RETURNING last`,
        ...[company, counter, start],
      );
      return Number(row?.["last"]);
    },
    atLeast(company, counter, value) {
      storage.run(
        "INSERT INTO ns_counters VALUES (?, ?, ?) ON CONFLICT (company, name) DO UPDATE SET last = max(last, excluded.last)",
        ...[company, counter, value],
      );
    },
  };
}
