import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Database } from "../../src/store/database.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { defaultRules, type Installation, install, startSandbox } from "../setup/installation.ts";

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

type Raw = Record<string, unknown>;
const changed = (over: Raw = {}): Raw => {
  const rules = defaultRules() as unknown as Raw;
  return { ...rules, ...over };
};
const withRow = (row: Raw): Raw => changed({ accounts: [row, ...(changed()["accounts"] as unknown[])] });

/** Open balance of an account in the emulated books. */
async function balance(at: Installation, account: string): Promise<string> {
  const { entries } = await at.ledger();
  const lines = entries.flatMap((entry) => entry.lines).filter((line) => line.account === account);
  return lines.reduce((sum, line) => sum + Number(line.debit) - Number(line.credit), 0).toFixed(2);
}

async function publish(at: Installation, raw: Raw, effectiveFrom: string | null): Promise<void> {
  await at.engine.rules.saveDraft(at.actor, "trucking", { raw, effectiveFrom, note: "", ifRevision: null });
  await at.engine.rules.publishDraft(at.actor, "trucking", null);
}

describe("events and the versions they are mapped by", () => {
  test("the service date picks, what is in the books stays, and only mapping anew on purpose moves it, once", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "60.00", { date: "2026-10-31" }), fuel("t-2", "40.00", { date: "2026-11-01" }));
    await at.drain();
    expect(await balance(at, "5210")).toBe("100.00");
    await publish(at, withRow({ code: "FULSD", where: { "vendor.id": "*" }, account: "5220" }), "2026-11-01");
    await at.send(fuel("t-3", "7.00", { date: "2026-10-30" }), fuel("t-4", "5.00", { date: "2026-11-02" }));
    await at.drain();
    expect([await balance(at, "5210"), await balance(at, "5220")]).toEqual(["107.00", "5.00"]);
    expect(await at.engine.rules.remap(at.actor, "trucking", { eventIds: null, from: "2026-10-01", to: "2026-11-30", types: [] })).toEqual({
      events: 4,
    });
    await at.drain();
    expect([await balance(at, "5210"), await balance(at, "5220")]).toEqual(["67.00", "45.00"]);
    const versions =
      "select e.id, d.rule_set_version as v from documents d join events e using (organization_id, event_id) where d.reverses is null order by d.created_at, e.id";
    const made = (await at.rows<{ id: string; v: number }>(versions)).map(({ id, v }) => `${id}:${v}`);
    expect(made.sort()).toEqual(["t-1:1", "t-2:1", "t-2:2", "t-3:1", "t-4:2"]);
  });

  test("where edits are held, a newer revision of what is in the books waits for a person", async () => {
    const at = await install(database, sandbox);
    await publish(at, changed({ edits: { posted: "hold" } }), null);
    await at.send(fuel("t-1", "60.00"));
    await at.drain();
    await at.send(fuel("t-1", "65.00", { revision: 2 }));
    await at.drain();
    expect(await balance(at, "5210")).toBe("60.00");
    expect(await at.rows("select code from findings where resolved_at is null")).toEqual([{ code: "edit_held" }]);
  });
});

test("where the rules say so, a document of a closed period is dated the first open day, says which day it was of, and is posted once", async () => {
  const at = await install(database, sandbox, { companyOptions: { closedThrough: "2026-09-30" } });
  await publish(at, changed({ closedPeriod: "next_open" }), null);
  await at.send(fuel("t-1", "50.00", { date: "2026-09-15" }));
  await at.drain();
  const documents = await at.rows<{ date: string; memo: string }>(
    "select date, body::json->>'memo' as memo from documents where kind = 'journal_entry'",
  );
  expect(documents).toEqual([{ date: "2026-10-01", memo: expect.stringMatching(/ · of 2026-09-15$/) }]);
  expect(await balance(at, "5210")).toBe("50.00");
  await at.engine.rules.remap(at.actor, "trucking", { eventIds: null, from: "2026-09-01", to: "2026-09-30", types: [] });
  await at.drain();
  expect((await at.ledger()).entries.filter(({ entity }) => entity === "JournalEntry")).toHaveLength(1);
});
