import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { startEmbedded } from "../../src/store/embedded.ts";
import { migrate } from "../../src/store/migrate.ts";

/** A server that tests may make databases on. */
export interface TestServer {
  readonly name: "embedded" | "external";
  /** A fresh, migrated database and its address; dropped by `stop`. */
  readonly database: () => Promise<Database>;
  /** Runs one statement as the server's superuser. */
  readonly admin: (statement: string) => Promise<void>;
  /** The address of a fresh database with nothing in it. */
  readonly empty: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Names of the servers this run tests on: the embedded one always, an external one where TEST_DATABASE_URL names it. */
export const serverNames: readonly TestServer["name"][] = process.env.TEST_DATABASE_URL ? ["embedded", "external"] : ["embedded"];

/** Starts a server to test on. */
export async function startTestServer(name: TestServer["name"]): Promise<TestServer> {
  const dataDir = name === "embedded" ? await mkdtemp(join(tmpdir(), "ledgerlane-test-")) : null;
  const embedded = dataDir === null ? null : await startEmbedded({ dataDir });
  const serverUrl = embedded?.url ?? process.env.TEST_DATABASE_URL!;
  const opened: Database[] = [];
  const created: string[] = [];
  const empty = async () => {
    const fresh = `ledgerlane_test_${randomBytes(6).toString("hex")}`;
    await onServer(serverUrl, `create database ${fresh}`);
    created.push(fresh);
    const url = new URL(serverUrl);
    url.pathname = `/${fresh}`;
    return url.href;
  };
  return {
    name,
    empty,
    admin: (statement) => onServer(serverUrl, statement),
    database: async () => {
      const url = await empty();
      await migrate(url);
      const database = openDatabase(url);
      opened.push(database);
      return database;
    },
    stop: async () => {
      for (const database of opened) await database.close();
      if (embedded === null) for (const fresh of created) await onServer(serverUrl, `drop database ${fresh} with (force)`);
      await embedded?.stop();
      if (dataDir !== null) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
