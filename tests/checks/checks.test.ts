import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Database } from "../../src/store/database.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { type Installation, install, startSandbox } from "../setup/installation.ts";

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

/** A ticket over `gallons` at 3.50. */
function ticket(id: string, gallons: number, over: Raw = {}): Raw {
  const amount = ((gallons * 350) / 100).toFixed(2);
  const lines = [
    { lineNo: 1, code: "FULSD", product: "ULSD", quantity: { value: String(gallons), uom: "gal" }, unitPrice: "3.50", amount },
  ];
  return { ...fuel(id, amount), occurredAt: "2026-10-03T08:00:00-05:00", lines, ...over };
}

const stateOf = async (at: Installation, id: string) =>
  (await at.rows<{ state: string }>("select state from events where id = $1", id))[0]?.state;
const findingsOf = async (at: Installation, id: string) =>
  (
    await at.rows<{ code: string; severity: string }>(
      "select f.code, f.severity from findings f join events e using (organization_id, event_id) where e.id = $1 and f.resolved_at is null order by f.code",
      id,
    )
  ).map(({ code, severity }) => `${code} ${severity}`);
const addSource = (at: Installation, sourceId: string) =>
  at.rows(
    "insert into sources (organization_id, source_id, name, books_id) select $1, $2, 'Card feed', books_id from books where organization_id = $1 returning source_id",
    at.organizationId,
    sourceId,
  );
const sendFrom = (at: Installation, sourceId: string, event: Raw) =>
  at.engine.ingest(at.actor, {
    format: "json",
    sourceId,
    body: (async function* () {
      yield Buffer.from(JSON.stringify([event]));
    })(),
  });

describe("checks that are set", () => {
  test("more fuel than the tank holds waits; a larger tank of that unit's source lets it through by itself", async () => {
    const at = await install(database, sandbox);
    await at.send(ticket("f-1", 320));
    await at.drain();
    expect([await stateOf(at, "f-1"), await findingsOf(at, "f-1")]).toEqual(["held", ["fuel_over_tank hold"]]);
    const lanes: unknown[] = [];
    Object.assign(at.parts, { wake: async (lane: unknown) => void lanes.push(lane) });
    const changed = await at.engine.checks.set(at.actor, [
      { code: "fuel_over_tank", source: "tms", type: null, thresholds: { tractor: "330" } },
    ]);
    expect([changed, lanes.length]).toEqual([{ rechecked: 1 }, 1]);
    await at.drain();
    expect([await stateOf(at, "f-1"), await findingsOf(at, "f-1")]).toEqual(["posted", []]);
    const leaves = await at.rows<{ facts: string }>("select facts from audit_leaves where action = 'check.changed'");
    expect(leaves.map(({ facts }) => JSON.parse(facts) as unknown)).toEqual([
      { source: "tms", type: null, before: null, after: { severity: null, thresholds: { tractor: "330" } } },
    ]);
  });

  test("warn posts and tells, off says nothing, block waits in review", async () => {
    const at = await install(database, sandbox);
    const set = (severity: "warn" | "off" | "block") =>
      at.engine.checks.set(at.actor, [{ code: "fuel_over_tank", source: null, type: null, severity }]);
    for (const [severity, id, state] of [
      ["warn", "w", "posted"],
      ["off", "o", "posted"],
      ["block", "b", "review"],
    ] as const) {
      await set(severity);
      await at.send(ticket(id, 330 + id.charCodeAt(0) / 10, { occurredAt: `2026-10-0${"wob".indexOf(id) + 3}T08:00:00-05:00` }));
      await at.drain();
      expect(await stateOf(at, id)).toBe(state);
    }
    expect([await findingsOf(at, "w"), await findingsOf(at, "o")]).toEqual([["fuel_over_tank warn"], []]);
  });

  test("unknown checks, thresholds, values, types and sources are refused with what is known, and nothing is changed", async () => {
    const at = await install(database, sandbox);
    const set = (change: Raw) => at.engine.checks.set(at.actor, [{ code: "fuel_over_tank", source: null, type: null, ...change } as never]);
    await expect(set({ code: "fuel_over_tnk" })).rejects.toThrow('Did you mean "fuel_over_tank"?');
    await expect(set({ thresholds: { tracter: "1" } })).rejects.toThrow('Did you mean "tractor"?');
    await expect(set({ thresholds: { tractor: "1,000" } })).rejects.toThrow("must be a decimal");
    await expect(set({ type: "toll_transaction" })).rejects.toThrow("looks at fuel_transaction");
    await expect(set({ source: "tmx" })).rejects.toThrow('Did you mean "tms"?');
    await expect(set({ severity: "stop" })).rejects.toThrow("none of block, hold, warn, off");
    expect(await at.rows("select 1 from check_settings")).toEqual([]);
  });
});

describe("checks of one's own", () => {
  test("an expression holds, says its sentence, and lets go when it is taken away", async () => {
    const at = await install(database, sandbox);
    const own = { name: "big_dallas", types: ["fuel_transaction" as const], sources: [], severity: "hold" as const };
    const words = { message: "{vendor.name} over {netTotal}", fix: "Ask Dallas." };
    await at.engine.checks.putOwn(at.actor, { ...own, ...words, when: 'dims.terminal == "DAL" && event.netTotal > dec("500.00")' });
    await at.send(ticket("small", 100), ticket("big", 200, { occurredAt: "2026-10-04T20:00:00-05:00" }));
    await at.drain();
    expect([await stateOf(at, "small"), await stateOf(at, "big")]).toEqual(["posted", "held"]);
    const [said] = await at.rows("select message, cause from findings where code = 'own_big_dallas'");
    expect(said).toEqual({ message: "EFS Fuel Cards over 700.00", cause: "own_big_dallas:fuel_transaction" });
    expect(await at.engine.checks.removeOwn(at.actor, "big_dallas")).toEqual({ rechecked: 1 });
    await at.drain();
    expect(await stateOf(at, "big")).toBe("posted");
  });

  test("what is wrong with one is said when it is saved", async () => {
    const at = await install(database, sandbox);
    const good = {
      name: "mine",
      types: ["fuel_transaction" as const],
      sources: [],
      severity: "warn" as const,
      when: "true",
      message: "x",
      fix: "y",
    };
    const put = (over: Raw) => at.engine.checks.putOwn(at.actor, { ...good, ...over } as never);
    await expect(put({ when: 'event.vendr.id == "X"' })).rejects.toThrow('Did you mean "event.vendor.id"?');
    await expect(put({ when: "event.netTotal > 500" })).rejects.toThrow("The expression cannot be used");
    await expect(put({ message: "{vendor.nam}" })).rejects.toThrow("{vendor.nam}");
    await expect(put({ name: "date_future" })).rejects.toThrow("there already");
    expect(await at.rows("select 1 from own_checks")).toEqual([]);
  });
});

describe("near-duplicates", () => {
  test("the same fill from two sources waits, also within one slice; a void one is no neighbour", async () => {
    const at = await install(database, sandbox);
    await addSource(at, "cards");
    await at.send(ticket("a", 120));
    await sendFrom(at, "cards", ticket("c-1", 120, { number: "C1", occurredAt: "2026-10-03T08:20:00-05:00" }));
    await at.drain();
    expect([await stateOf(at, "a"), await stateOf(at, "c-1")]).toEqual(["posted", "held"]);
    expect(await findingsOf(at, "c-1")).toEqual(["fuel_duplicate_likely hold"]);
    await at.send({ ...ticket("a", 120), revision: 2, status: "void" });
    await at.drain();
    await at.engine.retry(at.actor, { cause: "fuel_duplicate_likely:T-1042" });
    await at.drain();
    expect(await stateOf(at, "c-1")).toBe("posted");
  });

  test("two tickets that one source numbers apart only warn, until the severity is set", async () => {
    const at = await install(database, sandbox);
    await at.send(ticket("n1", 90), ticket("n2", 90));
    await at.drain();
    expect([await stateOf(at, "n1"), await stateOf(at, "n2")]).toEqual(["posted", "posted"]);
    expect(await findingsOf(at, "n2")).toEqual(["fuel_duplicate_likely warn"]);
    await at.engine.checks.set(at.actor, [{ code: "fuel_duplicate_likely", source: null, type: null, severity: "hold" }]);
    await at.send(ticket("n3", 90));
    await at.drain();
    expect(await stateOf(at, "n3")).toBe("held");
  });

  test("a carrier's number written otherwise is the same number; another load of the carrier is not", async () => {
    const at = await install(database, sandbox);
    const bill = (id: string, number: string, loadNo: string, amount: string): Raw => ({
      type: "carrier_bill",
      id,
      revision: 1,
      number,
      date: "2026-10-05",
      currency: "USD",
      dims: { terminal: "DAL", division: "BROKERAGE", serviceLine: "BROKERAGE" },
      vendor: { id: "MC1", name: "Prairie Line" },
      loadNo,
      rateConfirmationNo: `RC-${loadNo}`,
      lines: [{ lineNo: 1, code: "PTLH", amount }],
      netPayable: amount,
    });
    await at.send(
      bill("b1", "INV 00123", "L-1", "900.00"),
      bill("b2", "inv-123", "L-2", "910.00"),
      bill("b3", "INV 00124", "L-3", "900.00"),
    );
    await at.drain();
    expect([await stateOf(at, "b1"), await stateOf(at, "b2"), await stateOf(at, "b3")]).toEqual(["posted", "review", "posted"]);
    expect(await findingsOf(at, "b2")).toEqual(["number_similar block"]);
    await at.send(bill("b4", "777", "L-3", "55.00"));
    await at.drain();
    expect(await findingsOf(at, "b4")).toEqual(["load_billed_twice hold"]);
  });
});
