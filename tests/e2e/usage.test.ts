import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Database } from "../../src/store/database.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { type Installation, install, startSandbox, system } from "../setup/installation.ts";

let server: TestServer;
let database: Database;
let sandbox: Sandbox;
beforeAll(async () => {
  server = await startTestServer("embedded");
  database = await server.database();
  sandbox = await startSandbox({ port: 0, dataFile: null });
});
afterAll(async () => {
  await sandbox.close();
  await server.stop();
});

const month = "date_trunc('month', now() at time zone 'UTC')";
const readsUsed = (at: Installation, reads: number) =>
  at.rows(`insert into usage_months select organization_id, books_id, ${month}, 0, ${reads} from books
    on conflict (organization_id, books_id, month) do update set metered_reads = excluded.metered_reads`);
const usage = async (at: Installation) =>
  (await at.rows<{ writes: bigint; metered_reads: bigint }>("select writes, metered_reads from usage_months"))[0];
const readsSeen = async (at: Installation) => {
  const { requests } = await at.control<{ requests: { path: string }[] }>("GET", `requests?system=${system}&id=${at.company}`);
  return requests.filter(({ path }) => /\/(?:query|cdc|preferences|companyinfo)/.test(path)).length;
};

test("what the books were asked is written down by month, the way the provider meters it", async () => {
  const at = await install(database, sandbox);
  await at.send(...Array.from({ length: 10 }, (_, index) => fuel(`t-${index}`, "10.00")));
  await at.drain();
  const metered = await at.control<{ metered?: number; reads?: number }>("GET", `usage?system=${system}&id=${at.company}`);
  const { writes, metered_reads: reads } = (await usage(at))!;
  expect(writes).toBe(10n);
  expect(Number(reads)).toBeGreaterThan(0);
  expect(JSON.stringify(metered)).toContain(String(reads));
});

test("when the month's reads are nearly used up, posting goes on and no list or change is read", async () => {
  const at = await install(database, sandbox);
  await at.send(fuel("t-1", "11.00"));
  await at.drain();
  await readsUsed(at, 460_000);
  // An hour old: read anew as a rule, good enough while reads are scarce. Changes are due to be asked for.
  await at.rows("update books set reference_at = now() - interval '1 hour', changes_at = null, notified_at = null");
  const before = await readsSeen(at);
  await at.send(fuel("t-2", "12.00"));
  await at.drain();
  expect(await at.rows("select state, count(*)::int as n from events group by state")).toEqual([{ state: "posted", n: 2 }]);
  expect(await readsSeen(at)).toBe(before);
});

test("the step into scarcity is told once", async () => {
  const at = await install(database, sandbox);
  await readsUsed(at, 449_999);
  await at.send(fuel("t-1", "13.00"));
  await at.drain();
  await at.send(fuel("t-2", "14.00"));
  await at.drain();
  expect(await at.rows("select 1 as told from audit_leaves where action = 'books.reads_scarce'")).toEqual([{ told: 1 }]);
  expect(await at.rows("select 1 as told from outbox where topic = 'books.reads_scarce'")).toEqual([{ told: 1 }]);
});
