import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";

export type Row = Record<string, SQLOutputValue>;

/** One SQLite file (or memory) behind all emulators. Statements are prepared once and kept. */
export interface Storage {
  run(sql: string, ...values: SQLInputValue[]): void;
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** As `all`, with whole numbers as bigint: sums of cents may pass 2^53. */
  allExact(sql: string, ...values: SQLInputValue[]): Row[];
  /** As `all`, for a statement that comes once: nothing of it is kept. Columns of one name: the last one wins. */
  once(sql: string, ...values: SQLInputValue[]): Row[];
  /** A pure function that statements may call; the same name again replaces it. */
  define(name: string, work: (...values: never[]) => SQLInputValue): void;
  /** Runs `work` and commits; a throw undoes all of it. */
  transaction<T>(work: () => T): T;
  /** Runs `work` inside a transaction; a throw undoes only this part. */
  part<T>(work: () => T): T;
  isInTransaction(): boolean;
  close(): void;
}

function statementsOf(database: DatabaseSync): (sql: string, exact?: boolean) => StatementSync {
  const kept = new Map<string, StatementSync>();
  return (sql, exact = false) => {
    const name = exact ? `exact ${sql}` : sql;
    let statement = kept.get(name);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statement.setReadBigInts(exact);
      kept.set(name, statement);
    }
    return statement;
  };
}

export function openStorage(file: string | null, tables: readonly string[]): Storage {
  if (file !== null) mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file ?? ":memory:");
  // NORMAL with a write-ahead log survives a killed process; only a power cut may lose the newest writes.
  if (file !== null) database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000");
  for (const table of tables) database.exec(table);
  const statement = statementsOf(database);

  function bracket<T>(words: { begin: string; end: string; undo: string }, work: () => T): T {
    statement(words.begin).run();
    try {
      const result = work();
      statement(words.end).run();
      return result;
    } catch (error) {
      database.exec(words.undo);
      throw error;
    }
  }

  return {
    run: (sql, ...values) => void statement(sql).run(...values),
    get: (sql, ...values) => statement(sql).get(...values),
    all: (sql, ...values) => statement(sql).all(...values),
    allExact: (sql, ...values) => statement(sql, true).all(...values),
    once: (sql, ...values) => database.prepare(sql).all(...values),
    define: (name, work) =>
      database.function(name, { deterministic: true, varargs: true }, work as (...values: SQLOutputValue[]) => SQLInputValue),
    transaction: (work) => bracket({ begin: "BEGIN IMMEDIATE", end: "COMMIT", undo: "ROLLBACK" }, work),
    part: (work) => bracket({ begin: "SAVEPOINT part", end: "RELEASE part", undo: "ROLLBACK TO part; RELEASE part" }, work),
    isInTransaction: () => database.isTransaction,
    close: () => database.close(),
  };
}

/** Settings shared by all emulators, as JSON by name. */
export const settingsTable = "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";

export function readSetting(storage: Storage, name: string): unknown {
  const row = storage.get("SELECT value FROM settings WHERE name = ?", name);
  return row === undefined ? undefined : JSON.parse(String(row["value"]));
}

export function writeSetting(storage: Storage, name: string, value: unknown): void {
  storage.run("INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, JSON.stringify(value));
}
