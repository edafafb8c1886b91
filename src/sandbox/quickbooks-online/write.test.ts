import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, journal, openBench, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let fuel: string;
let clearing: string;
let vendor: string;
beforeAll(async () => {
  bench = await openBench();
  fuel = bench.account("5210");
  clearing = bench.account("2050");
  vendor = String((await bench.make("Vendor", { DisplayName: "Acme Carriers" }))["Id"]);
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

describe("updates", () => {
  test("a full update clears what was not sent; the SyncToken counts up; the ledger reverses and posts anew", async () => {
    const made = await bench.make("JournalEntry", entry(10, { PrivateNote: "first", DocNumber: "U-1" }));
    const { json } = await bench.post("journalentry", { ...entry(12), Id: String(made["Id"]), SyncToken: "0" });
    expect(json["JournalEntry"]).toMatchObject({ Id: made["Id"], SyncToken: "1" });
    expect(json["JournalEntry"]).not.toHaveProperty("PrivateNote");
    const last = listOf((await bench.ledger())["entries"])
      .map(objectOf)
      .at(-1);
    expect(last).toMatchObject({ operation: "update", id: made["Id"] });
    expect(listOf(last?.["lines"])).toMatchObject([
      { account: "5210", credit: "10.00", reversal: true },
      { account: "2050", debit: "10.00", reversal: true },
      { account: "5210", debit: "12.00" },
      { account: "2050", credit: "12.00" },
    ]);
  });

  test("a sparse update keeps what was not sent and clears what was sent as null", async () => {
    const made = await bench.make("Bill", {
      VendorRef: { value: vendor },
      DocNumber: "SP-1",
      PrivateNote: "note",
      Line: [expenseLine(fuel, 5), expenseLine(clearing, 7)],
    });
    const id = String(made["Id"]);
    const first = await bench.post("bill", { Id: id, SyncToken: "0", sparse: true, PrivateNote: null });
    expect(first.json["Bill"]).toMatchObject({ DocNumber: "SP-1", TotalAmt: 12, SyncToken: "1", sparse: false });
    expect(first.json["Bill"]).not.toHaveProperty("PrivateNote");
    // A known line changes, a new one is added, the missing one goes.
    const lines = [{ Id: "2", Amount: 8 }, expenseLine(fuel, 1)];
    const second = await bench.post("bill", { Id: id, SyncToken: "1", sparse: true, Line: lines });
    expect(objectOf(second.json["Bill"])["Line"]).toMatchObject([
      { Id: "2", Amount: 8, AccountBasedExpenseLineDetail: { AccountRef: { value: clearing } } },
      { Id: "3", Amount: 1 },
    ]);
    expect(second.json["Bill"]).toMatchObject({ TotalAmt: 9, Balance: 9 });
  });

  test("an old SyncToken is stale, a missing one is missing, an unknown id is not found", async () => {
    const made = await bench.make("JournalEntry", entry(10));
    const id = String(made["Id"]);
    await bench.post("journalentry", { ...entry(11), Id: id, SyncToken: "0" });
    expect(faultIn(await bench.post("journalentry", { ...entry(12), Id: id, SyncToken: "0" }))).toMatchObject({
      code: "5010",
      detail: expect.stringContaining("Stale Object Error : You and root were working on this at the same time."),
    });
    expect(faultIn(await bench.post("journalentry", { ...entry(12), Id: id }))).toMatchObject({ code: "2020", element: "SyncToken" });
    expect(faultIn(await bench.post("journalentry", { ...entry(12), Id: "424242", SyncToken: "0" }))).toMatchObject({ code: "610" });
    expect(faultIn(await bench.post("journalentry", { ...entry(12), Id: "abc", SyncToken: "0" }))).toMatchObject({ code: "2030" });
  });
});

describe("deletes", () => {
  test("a deleted transaction is gone from reads, queries and balances, and its number is free", async () => {
    const before = await bench.ledger();
    const made = await bench.make("Bill", { VendorRef: { value: vendor }, DocNumber: "DEL-1", Line: [expenseLine(fuel, 5)] });
    const id = String(made["Id"]);
    expect(faultIn(await bench.post("bill?operation=delete", { Id: id, SyncToken: "7" }))).toMatchObject({ code: "5010" });
    const answer = await bench.post("bill?operation=delete", { Id: id, SyncToken: "0" });
    expect(answer.json["Bill"]).toEqual({ status: "Deleted", domain: "QBO", Id: id });
    for (const again of [await bench.get(`bill/${id}`), await bench.post("bill?operation=delete", { Id: id, SyncToken: "1" })]) {
      expect([again.status, faultIn(again).code]).toEqual([400, "610"]);
      expect(faultIn(again).detail).toContain("Another user has deleted this transaction.");
    }
    expect((await bench.query(`select * from Bill where Id = '${id}'`)).json["QueryResponse"]).toEqual({});
    const after = await bench.ledger();
    const balanceOf = (ledger: JsonObject) =>
      listOf(ledger["balances"])
        .map(objectOf)
        .find((row) => row["number"] === "5210")?.["balance"];
    expect(balanceOf(after)).toBe(balanceOf(before));
    expect(listOf(after["entries"]).map(objectOf).at(-1)).toMatchObject({ operation: "delete", id, number: "DEL-1" });
    await bench.make("Bill", { VendorRef: { value: vendor }, DocNumber: "DEL-1", Line: [expenseLine(fuel, 5)] });
  });

  test("only invoices can be voided", async () => {
    const made = await bench.make("JournalEntry", entry(3));
    expect(faultIn(await bench.post("journalentry?operation=void", { Id: String(made["Id"]), SyncToken: "0" }))).toMatchObject({
      code: "500",
    });
  });
});

describe("closed books", () => {
  test("nothing changes on or before the close date", async () => {
    const early = await bench.make("JournalEntry", entry(4, { TxnDate: "2025-12-31" }));
    const late = await bench.make("JournalEntry", entry(4, { TxnDate: "2026-01-01" }));
    const preferences = { AccountingInfoPrefs: { BookCloseDate: "2025-12-31" } };
    await bench.control("POST", "preferences", { system: "quickbooks-online", id: bench.realm, preferences });
    const detail =
      "The account period has closed and the account books cannot be updated through the QBO Services API. " +
      "Please use the QBO website to make these changes.";
    const [earlyId, lateId] = [String(early["Id"]), String(late["Id"])];
    for (const answer of [
      await bench.post("journalentry", entry(1, { TxnDate: "2025-12-31" })),
      await bench.post("journalentry", { ...entry(5, { TxnDate: "2026-02-01" }), Id: earlyId, SyncToken: "0" }),
      await bench.post("journalentry", { ...entry(5, { TxnDate: "2025-11-01" }), Id: lateId, SyncToken: "0" }),
      await bench.post("journalentry?operation=delete", { Id: earlyId, SyncToken: "0" }),
    ]) {
      expect(faultIn(answer)).toMatchObject({ code: "6210", detail });
    }
    expect((await bench.post("journalentry", entry(1, { TxnDate: "2026-01-01" }))).status).toBe(200);
    await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { closedPeriodCode: "6200" } });
    expect(faultIn(await bench.post("journalentry", entry(1, { TxnDate: "2025-06-30" })))).toMatchObject({ code: "6200" });
  });
});

describe("what the service cannot read", () => {
  const wrong: [string, string, string, string, string][] = [
    ["an entity it does not have", "salesreceipt", "{}", "application/json", "2000"],
    ["a body that is no JSON", "bill", "{", "application/json", "2010"],
    ["a body that is no object", "bill", "[]", "application/json", "2010"],
    ["another content type", "bill", "Bill", "text/plain", "1050"],
    ["an unknown operation", "bill?operation=frobnicate", "{}", "application/json", "500"],
  ];
  test.each(wrong)("%s", async (_case, path, body, type, code) => {
    const headers = { authorization: `Bearer ${bench.accessToken}`, "content-type": type };
    const answer = await bench.raw({ method: "POST", path: `/v3/company/${bench.realm}/${path}`, headers, body });
    expect([answer.status, faultIn(answer).code]).toEqual([400, code]);
  });

  test("reads of unknown entities and ids", async () => {
    expect(faultIn(await bench.get("salesreceipt/1"))).toMatchObject({ code: "2000" });
    expect(faultIn(await bench.get("Bill/1"))).toMatchObject({ code: "2000" });
    expect(faultIn(await bench.get("bill/424242"))).toMatchObject({ code: "610" });
    expect(faultIn(await bench.get("vendor/424242"))).toMatchObject({ code: "610", detail: expect.stringContaining("made inactive") });
  });
});

test("every answer has its own intuit_tid, and the time with milliseconds", async () => {
  const [first, second] = [await bench.get("preferences"), await bench.get(`companyinfo/${bench.realm}`)];
  expect(first.headers["intuit_tid"]).toBeTruthy();
  expect(first.headers["intuit_tid"]).not.toBe(second.headers["intuit_tid"]);
  expect(first.json["time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00$/);
  expect(objectOf(first.json["Preferences"])["AccountingInfoPrefs"]).toMatchObject({
    UseAccountNumbers: true,
    ClassTrackingPerTxnLine: true,
  });
  expect(second.json["CompanyInfo"]).toMatchObject({ Country: "US", Id: "1" });
});
