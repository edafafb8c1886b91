import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { expenseLine, openBench, rowsOf, type TestBench } from "../raw-client.ts";

// A reader that follows the rules loses nothing, however many changes share a second and whatever changes while it pages.

let bench: TestBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const switches = (changes: JsonObject) =>
  bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: changes });
const clock = (change: JsonObject) => bench.control("PUT", "clock", change);
const timeOf = (row: JsonObject | undefined) => String(objectOf(row?.["MetaData"])["LastUpdatedTime"]);

/** What a reader knows: the newest SyncToken by id; `gone` for tombstones. */
type Known = Map<string, string>;

function learn(known: Known, rows: readonly JsonObject[]): boolean {
  let isNews = false;
  for (const row of rows) {
    const [id, sync] = [String(row["Id"]), row["status"] === "Deleted" ? "gone" : String(row["SyncToken"])];
    if (known.get(id) === sync) continue;
    known.set(id, sync);
    isNews = true;
  }
  return isNews;
}

/** Pages by time of change, from the last time seen and once more with it; repeats until a whole pass brings no news. */
async function readByQuery(known: Known, since: string, page: number, between: () => Promise<void>): Promise<void> {
  for (let isNews = true; isNews; ) {
    isNews = false;
    let from = since;
    let position = 1;
    for (;;) {
      const where = `where MetaData.LastUpdatedTime >= '${from}' orderby MetaData.LastUpdatedTime startposition ${position} maxresults ${page}`;
      const rows = rowsOf((await bench.query(`select * from Vendor ${where}`)).json, "Vendor");
      isNews = learn(known, rows) || isNews;
      if (rows.length < page) break;
      const last = timeOf(rows.at(-1));
      position = last === from ? position + page : 1;
      from = last;
      await between();
    }
  }
}

interface Act {
  readonly kind: "create" | "update";
  readonly target: number;
  readonly waitMs: number;
}
const acts = fc.array(
  fc.record({
    kind: fc.constantFrom("create" as const, "update" as const),
    target: fc.nat(),
    waitMs: fc.constantFrom(0, 0, 0, 1, 400, 1500),
  }),
  { minLength: 5, maxLength: 40 },
);
let names = 0;

async function perform({ kind, target, waitMs }: Act, truth: Known): Promise<void> {
  const ids = [...truth.keys()];
  const id = ids[target % Math.max(1, ids.length)];
  if (kind === "create" || id === undefined) {
    const made = await bench.make("Vendor", { DisplayName: `Vendor ${(names += 1)}` });
    truth.set(String(made["Id"]), "0");
  } else {
    const sync = truth.get(id) ?? "0";
    const answer = await bench.post("vendor", { Id: id, SyncToken: sync, sparse: true, AcctNum: `${sync} again` });
    truth.set(id, String(objectOf(answer.json["Vendor"])["SyncToken"]));
  }
  if (waitMs > 0) await clock({ advanceMs: waitMs });
}

describe.each(["milliseconds", "seconds"])("with times kept in %s", (timePrecision) => {
  test("query pages find every change, though rows move while they are read", async () => {
    await switches({ timePrecision });
    await clock({ frozen: true });
    await fc.assert(
      fc.asyncProperty(acts, acts, fc.integer({ min: 2, max: 6 }), async (before, during, page) => {
        await clock({ advanceMs: 2000 });
        const since = new Date(Number((await bench.control("GET", "clock")).json["nowMs"]) - 1000).toISOString().replace(/\.\d+/, "");
        const [truth, known]: [Known, Known] = [new Map(), new Map()];
        for (const act of before) await perform(act, truth);
        const rest = [...during];
        await readByQuery(known, since, page, async () => {
          const next = rest.shift();
          if (next !== undefined) await perform(next, truth);
        });
        // The clock was set back between the two runs: rows of the other one may come along.
        expect(Object.fromEntries(known)).toMatchObject(Object.fromEntries(truth));
      }),
      { numRuns: 15 },
    );
    await clock({ reset: true });
  });
});

test("change data capture in windows brings every change and every deletion; a full answer is asked on from its last time", async () => {
  await switches({ cdcObjects: 10, timePrecision: "milliseconds" });
  await clock({ frozen: true });
  const customer = { CustomerRef: { value: String((await bench.make("Customer", { DisplayName: "Shipper" }))["Id"]) } };
  const act = fc.record({ remove: fc.boolean(), waitMs: fc.constantFrom(0, 300, 1100) });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 9 }), async (steps) => {
      await clock({ advanceMs: 2000 });
      const since = new Date(Number((await bench.control("GET", "clock")).json["nowMs"]) - 1000).toISOString();
      const truth: Known = new Map();
      for (const { remove, waitMs } of steps) {
        const id = String((await bench.make("Payment", { ...customer, TotalAmt: 5 }))["Id"]);
        if (remove) await bench.post("payment?operation=delete", { Id: id, SyncToken: "0" });
        truth.set(id, remove ? "gone" : "0");
        if (waitMs > 0) await clock({ advanceMs: waitMs });
      }
      const answer = (await bench.get(`cdc?entities=Payment,BillPayment&changedSince=${encodeURIComponent(since)}`)).json;
      const [payments, none] = listOf(objectOf(listOf(answer["CDCResponse"])[0])["QueryResponse"]).map(objectOf);
      const known: Known = new Map();
      const rows = listOf(payments?.["Payment"]).map(objectOf);
      learn(known, rows);
      expect(known).toEqual(truth);
      expect(none).toEqual({});
      const deleted = rows.map((row) => row["status"] === "Deleted");
      expect(deleted).toEqual([...deleted].sort((left, right) => Number(left) - Number(right)));
    }),
    { numRuns: 15 },
  );
  await clock({ reset: true });
});

test("what was paid comes along with what pays it, though nobody wrote it", async () => {
  const vendor = { VendorRef: { value: String((await bench.make("Vendor", { DisplayName: "Paid Carrier" }))["Id"]) } };
  const bill = await bench.make("Bill", { ...vendor, Line: [expenseLine(bench.account("5130"), 5)] });
  await clock({ advanceMs: 5000 });
  const since = encodeURIComponent(new Date(Number((await bench.control("GET", "clock")).json["nowMs"]) - 1000).toISOString());
  await bench.make("BillPayment", {
    ...{ ...vendor, PayType: "Check", TotalAmt: 5, CheckPayment: { BankAccountRef: { value: bench.account("1010") } } },
    Line: [{ Amount: 5, LinkedTxn: [{ TxnId: String(bill["Id"]), TxnType: "Bill" }] }],
  });
  const answer = (await bench.get(`cdc?entities=Bill,BillPayment&changedSince=${since}`)).json;
  const [bills, payments] = listOf(objectOf(listOf(answer["CDCResponse"])[0])["QueryResponse"]).map(objectOf);
  expect(bills?.["Bill"]).toMatchObject([{ Id: bill["Id"], SyncToken: "1", Balance: 0 }]);
  expect(payments?.["BillPayment"]).toHaveLength(1);
  await clock({ reset: true });
});

test("more than one answer can hold is cut at the cap, over all entities together", async () => {
  for (let count = 0; count < 12; count += 1) await bench.make("Vendor", { DisplayName: `Cap ${count}` });
  const since = encodeURIComponent(new Date(Date.now() - 60_000).toISOString());
  const answer = (await bench.get(`cdc?entities=Vendor,Customer&changedSince=${since}`)).json;
  const [vendors, customers] = listOf(objectOf(listOf(answer["CDCResponse"])[0])["QueryResponse"]).map(objectOf);
  expect([listOf(vendors?.["Vendor"]).length, customers]).toEqual([10, {}]);
});
