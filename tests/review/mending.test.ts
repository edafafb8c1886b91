import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Database } from "../../src/store/database.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { defaultRules, type Installation, install, startSandbox, system } from "../setup/installation.ts";

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
const withRow = (row: Raw): Raw => {
  const rules = defaultRules() as unknown as Raw;
  return { ...rules, accounts: [row, ...(rules["accounts"] as unknown[])] };
};
const publish = (at: Installation, raw: Raw) => at.engine.publishRules(at.actor, raw as never);
const statesOf = (at: Installation) =>
  at.rows<{ state: string; n: number }>("select state, count(*)::int as n from events group by state order by state");

describe("what was mended runs again by itself", () => {
  test("a thousand events behind one mapping are posted after one row is published, and nobody presses retry", async () => {
    const at = await install(database, sandbox);
    await at.send(
      ...Array.from({ length: 1_000 }, (_, index) => fuel(`t-${index}`, "10.00", { code: "XDSL" })),
      fuel("other", "5.00", { code: "YDSL" }),
    );
    await at.drain();
    expect(await statesOf(at)).toEqual([{ state: "review", n: 1_001 }]);
    const found = await at.rows<{ at: Date }>("select created_at as at from findings where cause = 'code_unmapped:fuel_transaction:YDSL'");
    const asked: number[] = [];
    Object.assign(at.parts, { wake: async () => void asked.push(1) });
    await publish(at, withRow({ code: "XDSL", account: "5210" }));
    expect(asked.length).toBe(1);
    await at.drain();
    expect(await statesOf(at)).toEqual([
      { state: "posted", n: 1_000 },
      { state: "review", n: 1 },
    ]);
    // What the row did not mend is as old as it was.
    const again = await at.rows("select created_at as at from findings where resolved_at is null");
    expect(again).toEqual(found);
    const { entries } = await at.ledger();
    expect(new Set(entries.filter(({ entity }) => entity === "JournalEntry").map(({ number }) => number)).size).toBe(1_000);
  });

  test("a version published in the middle of a turn is the one that the rest of the turn maps by", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00"));
    await at.control("PUT", "faults", {
      seed: 1,
      rules: [{ system, match: { path: "/journalentry" }, kind: "delay", count: 1, ms: 2_000 }],
    });
    const turn = at.drain();
    await expect.poll(() => at.rows("select 1 as n from postings where state = 'sending'"), { timeout: 20_000 }).toHaveLength(1);
    await publish(at, withRow({ code: "XDSL", account: "5220" }));
    await at.send(fuel("t-2", "10.00", { code: "XDSL" }));
    await turn;
    expect(await statesOf(at)).toEqual([{ state: "posted", n: 2 }]);
    expect(await at.rows("select code from findings")).toEqual([]);
  });
});
