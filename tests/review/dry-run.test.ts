import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Database } from "../../src/store/database.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel, invoice } from "../setup/events.ts";
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

const october = { from: "2026-10-01", to: "2026-10-31", types: [] };
const tables = ["events", "documents", "postings", "findings", "audit_leaves", "outbox", "party_links", "attempts"];
const rowsIn = async (at: Installation) =>
  Object.fromEntries(
    await Promise.all(
      tables.map(async (name) => [name, (await at.rows<{ n: number }>(`select count(*)::int as n from ${name}`))[0]!.n] as const),
    ),
  );
const requests = (at: Installation) => at.control<unknown>("GET", `requests?system=${system}&id=${at.company}`);
async function* bodyOf(events: readonly unknown[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(events.map((event) => JSON.stringify(event)).join("\n"));
}

/** Lists of the books are read, and one event is posted. */
async function ready(): Promise<Installation> {
  const at = await install(database, sandbox);
  await at.send(fuel("old", "9.00"));
  await at.drain();
  return at;
}

describe("a dry run", () => {
  test("of a period says what would post, what would not and why, and what it would take; nothing is written or leaves the house", async () => {
    const at = await ready();
    await at.send(
      fuel("t-1", "60.00"),
      fuel("t-2", "40.00", { code: "XDSL" }),
      invoice("i-1", { number: "A-1" }),
      fuel("nov", "7.00", { date: "2026-11-01" }),
    );
    const [before, asked] = [await rowsIn(at), await requests(at)];
    const report = await at.engine.dryRun(at.actor, october);
    expect(await requests(at)).toEqual(asked);
    expect(await rowsIn(at)).toEqual(before);
    expect(report).toMatchObject({
      events: 3,
      wouldPost: { events: 2, documents: 2 },
      wouldStay: { events: 1, money: [{ currency: "USD", amount: "40.00" }] },
      done: 1,
      effort: { documents: 2, parties: 1, calls: 1 },
    });
    expect(report.causes).toMatchObject([
      { cause: "code_unmapped:fuel_transaction:XDSL", class: "mapping", events: 1, fix: expect.any(String) },
    ]);
    const entry = report.samples.find(({ kind }) => kind === "journal_entry");
    expect(entry).toMatchObject({
      id: "t-1",
      total: "60.00",
      lines: expect.arrayContaining([expect.objectContaining({ account: "5210", side: "debit", amount: "60.00" })]),
    });
    // And so it comes.
    await at.drain();
    expect(await at.rows("select state, count(*)::int as n from events group by state order by state")).toEqual([
      { state: "posted", n: 4 },
      { state: "review", n: 1 },
    ]);
  });

  test("of a file reads it as intake would, over its batches, and stores nothing of it", async () => {
    const at = await ready();
    const [before, asked] = [await rowsIn(at), await requests(at)];
    const events = [
      fuel("old", "9.00"),
      { type: "no_such_thing", id: "x" },
      ...Array.from({ length: 250 }, (_, index) => fuel(`f-${index}`, `${20 + index}.00`)),
      fuel("f-0", "20.00"),
      fuel("bad", "5.00", { code: "XDSL" }),
    ];
    const report = await at.engine.dryRun(at.actor, { format: null, name: "october.ndjson", body: bodyOf(events), sourceId: "tms" });
    expect(report).toMatchObject({
      events: 251,
      duplicates: 2,
      rejected: 1,
      wouldStay: { events: 1 },
      wouldPost: { events: 250, documents: 250 },
    });
    expect(report.causes.map(({ class: of }) => of)).toEqual(expect.arrayContaining(["mapping"]));
    expect(await requests(at)).toEqual(asked);
    expect(await rowsIn(at)).toEqual(before);
  });

  test("refuses days that do not exist, unknown sources, and files it cannot recognize", async () => {
    const at = await ready();
    await expect(at.engine.dryRun(at.actor, { ...october, to: "2026-02-31" })).rejects.toMatchObject({ code: "request_invalid" });
    await expect(at.engine.dryRun(at.actor, { format: null, name: "a.json", body: bodyOf([]), sourceId: "nobody" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(at.engine.dryRun(at.actor, { format: "csv-ish", name: "a", body: bodyOf([]), sourceId: "tms" })).rejects.toMatchObject({
      code: "format_unknown",
    });
  });
});
