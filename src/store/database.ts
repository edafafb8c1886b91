import pg from "pg";

// Dates stay civil dates and 64-bit integers stay exact.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text));

/** The role every query of the application runs as: no superuser, no owner, cannot bypass row-level security. */
export const applicationRole = "ledgerlane_app";

/** A statement that the server prepares once per connection. A name keeps one text for ever. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A pool whose connections run as the application role. */
export interface Database {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** An open transaction that sees one organization's rows and no others. */
export interface Tx {
  readonly organizationId: string;
  readonly rows: <Row>(statement: Statement, values?: readonly unknown[]) => Promise<Row[]>;
  /** Runs a write and answers how many rows it changed. */
  readonly change: (statement: Statement, values?: readonly unknown[]) => Promise<number>;
}

/** Opens the pool. `max` connections; each is bounded by statement and idle-in-transaction time limits. */
export function openDatabase(url: string, options: { max?: number; onError?: (error: Error) => void } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    pipeline: true,
    // Tables grow from nothing to millions between two analyses, and a plan made for the empty table is kept: every
    // statement has an index to go by, so a scan of the whole table is only taken where there is none.
    // The role is part of the start of the connection, so that RESET ROLE leads back to it, never to the login.
    options: `-c role=${applicationRole} -c enable_seqscan=off -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000`,
    application_name: "ledgerlane",
    connectionTimeoutMillis: 10_000,
  });
  pool.on("error", (error) => options.onError?.(error)); // A stopped server must not crash the process.
  return { pool, url, close: () => pool.end() };
}

const scope: Statement = { name: "scope", text: "select set_config('ledgerlane.organization', $1, true)" };
const directory: Statement = { name: "directory", text: "select set_config('ledgerlane.directory', 'on', true)" };

/** Runs `work` in one transaction that sees `organizationId` only. Commits when it returns, rolls back when it throws. */
export function inOrganization<T>(database: Database, organizationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(database, organizationId, scope, work);
}

/**
 * Runs `work` with sight of the few directory tables (organizations, users, lanes) across organizations: to sign
 * somebody in, and to find lanes with work. Every other table stays empty here.
 */
export function inDirectory<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(database, "", directory, work);
}

async function inTransaction<T>(database: Database, organizationId: string, opening: Statement, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  let broken: Error | undefined;
  // A line that breaks between two statements is told as an event, which would end the process if nobody listened.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on("error", onError);
  try {
    // Both go out with the first statement of `work`: pipelined, they cost no round trip of their own.
    const opened = Promise.all([client.query("begin"), client.query({ ...opening, values: opening === scope ? [organizationId] : [] })]);
    opened.catch(() => undefined);
    const result = await work(transactionOf(client, organizationId));
    await opened;
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((failed: Error) => {
      broken = failed;
    });
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

function transactionOf(client: pg.PoolClient, organizationId: string): Tx {
  const run = (statement: Statement, values: readonly unknown[] = []) => client.query({ ...statement, values: values as unknown[] });
  return {
    organizationId,
    rows: async <Row>(statement: Statement, values?: readonly unknown[]) => (await run(statement, values)).rows as Row[],
    change: async (statement, values) => (await run(statement, values)).rowCount ?? 0,
  };
}

/** Stands between packed texts. Neither JSON nor a checked field holds control characters, so it is in none of them. */
const between = "\u001f";

/**
 * Many texts as one parameter, taken apart by `string_to_array($n, E'\\x1f')`: JSON, ids, dates. As an array parameter each
 * quote of each text would be escaped here and unescaped there, which is most of what writing a batch costs.
 */
export function packTexts(texts: readonly string[]): string {
  return texts.join(between);
}
