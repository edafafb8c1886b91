import { afterAll, beforeAll, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { faultIn, journal, openBench, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let fuel: string;
let clearing: string;
beforeAll(async () => {
  bench = await openBench();
  fuel = bench.account("5210");
  clearing = bench.account("2050");
});
afterAll(() => bench.close());

const entry = (amount: number, more: JsonObject = {}) =>
  journal(
    [
      [fuel, amount],
      [clearing, -amount],
    ],
    more,
  );
const itemsOf = (answer: { json: JsonObject }) => listOf(answer.json["BatchItemResponse"]).map(objectOf);

test("items stand alone: a refused one leaves its neighbours and nothing of itself", async () => {
  const made = await bench.make("JournalEntry", entry(1));
  const answer = await bench.post("batch?requestid=mixed", {
    BatchItemRequest: [
      { bId: "good", operation: "create", JournalEntry: entry(5, { DocNumber: "G-1" }) },
      {
        bId: "bad",
        operation: "create",
        JournalEntry: journal(
          [
            [fuel, 5],
            [clearing, -6],
          ],
          { DocNumber: "G-2" },
        ),
      },
      { bId: "unknown", operation: "create", SalesReceipt: {} },
      { bId: "gone", operation: "delete", JournalEntry: { Id: String(made["Id"]), SyncToken: "0" } },
      { bId: "asked", Query: "select * from Class maxresults 2" },
      { bId: "sent", operation: "send", JournalEntry: entry(1) },
      { bId: "vendor", operation: "create", Vendor: { DisplayName: "Batch Vendor" } },
      { bId: "again", operation: "create", Vendor: { DisplayName: "batch vendor" } },
      { bId: "last", operation: "create", JournalEntry: entry(7, { DocNumber: "G-3" }) },
    ],
  });
  expect(answer.status).toBe(200);
  const byId = new Map(itemsOf(answer).map((item) => [item["bId"], item]));
  expect(byId.get("good")).toMatchObject({ JournalEntry: { DocNumber: "G-1" } });
  expect(faultIn({ json: byId.get("bad") ?? {} })).toMatchObject({ code: "6000" });
  expect(faultIn({ json: byId.get("unknown") ?? {} })).toMatchObject({ code: "2000" });
  expect(byId.get("gone")).toMatchObject({ JournalEntry: { status: "Deleted" } });
  expect(objectOf(byId.get("asked")?.["QueryResponse"])["Class"]).toHaveLength(2);
  expect(faultIn({ json: byId.get("sent") ?? {} })).toMatchObject({ code: "500" });
  expect(faultIn({ json: byId.get("again") ?? {} })).toMatchObject({ code: "6240" });
  const written = listOf((await bench.ledger())["entries"])
    .map(objectOf)
    .filter((row) => String(row["key"]).startsWith("mixed/"));
  expect(written.map((row) => [row["key"], row["operation"], row["number"]])).toEqual([
    ["mixed/good", "create", "G-1"],
    ["mixed/gone", "delete", null],
    ["mixed/vendor", "create", null],
    ["mixed/last", "create", "G-3"],
  ]);
});

test("a number given to an item that fails after all is given to the next one", async () => {
  const preferences = { AccountingInfoPrefs: { BookCloseDate: "2025-12-31" } };
  await bench.control("POST", "preferences", { system: "quickbooks-online", id: bench.realm, preferences });
  const items = [entry(1), entry(1, { TxnDate: "2025-12-31" }), entry(1)].map((JournalEntry, index) => ({
    bId: `n${index}`,
    operation: "create",
    optionsData: "include=allowautodocnum",
    JournalEntry,
  }));
  const [first, second, third] = itemsOf(await bench.post("batch", { BatchItemRequest: items }));
  expect(faultIn({ json: second ?? {} })).toMatchObject({ code: "6210" });
  expect(Number(objectOf(third?.["JournalEntry"])["DocNumber"]) - Number(objectOf(first?.["JournalEntry"])["DocNumber"])).toBe(1);
});

test("more than thirty items are refused as a whole, none at all too", async () => {
  const many = Array.from({ length: 31 }, (_, index) => ({ bId: `b${index}`, operation: "create", JournalEntry: entry(1) }));
  const before = listOf((await bench.ledger())["entries"]).length;
  expect(faultIn(await bench.post("batch", { BatchItemRequest: many }))).toMatchObject({ code: "1040" });
  expect(faultIn(await bench.post("batch", {}))).toMatchObject({ code: "2020" });
  expect(listOf((await bench.ledger())["entries"])).toHaveLength(before);
});

test("the answers may come in another order", async () => {
  await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { batchOrder: "reversed" } });
  const items = ["one", "two"].map((bId) => ({ bId, operation: "create", JournalEntry: entry(1) }));
  expect(itemsOf(await bench.post("batch", { BatchItemRequest: items })).map((item) => item["bId"])).toEqual(["two", "one"]);
});
