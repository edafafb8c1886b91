import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objectOf } from "../json.ts";
import { expenseLine, faultIn, journal, openBench, rowsOf, type TestBench } from "../raw-client.ts";
import { truckingChart } from "../trucking-chart.ts";

let bench: TestBench;
let vendor: string;
beforeAll(async () => {
  bench = await openBench();
  vendor = String((await bench.make("Vendor", { DisplayName: "O'Brien \\ Sons" }))["Id"]);
  const account = bench.account("5130");
  for (let index = 1; index <= 12; index += 1) {
    const date = `2026-03-${String(index).padStart(2, "0")}`;
    await bench.make("Bill", {
      VendorRef: { value: vendor },
      DocNumber: `B_${index}`,
      TxnDate: date,
      Line: [expenseLine(account, index * 10)],
    });
  }
});
afterAll(() => bench.close());

const numbers = async (statement: string) => rowsOf((await bench.query(statement)).json, "Bill").map((bill) => bill["DocNumber"]);

describe("a query", () => {
  const asked: [string, string[]][] = [
    ["select * from Bill where DocNumber = 'b_3'", ["B_3"]],
    ["SELECT * FROM bill WHERE docnumber IN ('B_1', 'B_2') ORDERBY TxnDate DESC", ["B_2", "B_1"]],
    ["select * from Bill where TxnDate >= '2026-03-11' and TxnDate <= '2026-03-31'", ["B_11", "B_12"]],
    ["select * from Bill where TotalAmt > '100.00' and Balance < '120'", ["B_11"]],
    ["select * from Bill where DocNumber like 'B_1%' order by TotalAmt", ["B_1", "B_10", "B_11", "B_12"]],
    ["select * from Bill where DocNumber like 'Bx%'", []],
    ["select * from Bill orderby TxnDate desc startposition 2 maxresults 2", ["B_11", "B_10"]],
    ["select * from Bill where MetaData.LastUpdatedTime < '2020-01-01T00:00:00Z'", []],
    ["select * from Bill where MetaData.CreateTime > '2020-01-01' and DocNumber = 'B_5'", ["B_5"]],
  ];
  test.each(asked)("%s", async (statement, expected) => {
    expect(await numbers(statement)).toEqual(expected);
  });

  test("finds by reference and by id, and sorts ids as numbers", async () => {
    expect(await numbers(`select * from Bill where VendorRef = '${vendor}' maxresults 1`)).toEqual(["B_1"]);
    const rows = rowsOf((await bench.query("select * from Bill orderby Id desc")).json, "Bill");
    expect(rows.map((row) => Number(row["Id"]))).toEqual([...rows.map((row) => Number(row["Id"]))].sort((a, b) => b - a));
    expect(await numbers(`select * from Bill where Id in ('${String(rows[0]?.["Id"])}')`)).toEqual(["B_12"]);
  });

  test("escapes quotes and backslashes with a backslash", async () => {
    expect(rowsOf((await bench.query("select * from Vendor where DisplayName = 'O\\'Brien \\\\ Sons'")).json, "Vendor")).toHaveLength(1);
  });

  test("says how many rows it brings, counts on request, and brings an empty object for none", async () => {
    expect((await bench.query("select * from Bill maxresults 5")).json["QueryResponse"]).toMatchObject({ startPosition: 1, maxResults: 5 });
    expect((await bench.query("select count(*) from Bill where TxnDate < '2026-03-04'")).json["QueryResponse"]).toEqual({ totalCount: 3 });
    expect((await bench.query("select * from Bill where DocNumber = 'none'")).json["QueryResponse"]).toEqual({});
  });

  test("brings a hundred rows unless asked for more", async () => {
    const { json } = await bench.query("select * from Account");
    expect(rowsOf(json, "Account")).toHaveLength(100);
    expect(rowsOf((await bench.query("select * from Account maxresults 1000")).json, "Account")).toHaveLength(
      truckingChart.trim().split("\n").length,
    );
  });

  test("brings asked fields only, marked sparse", async () => {
    const [row] = rowsOf((await bench.query("select Id, DocNumber, MetaData.CreateTime from Bill where DocNumber = 'B_7'")).json, "Bill");
    expect(Object.keys(row ?? {}).sort()).toEqual(["DocNumber", "Id", "MetaData", "domain", "sparse"]);
    expect(Object.keys(objectOf(row?.["MetaData"]))).toEqual(["CreateTime"]);
    expect(row?.["sparse"]).toBe(true);
  });

  test("goes by POST too", async () => {
    const answer = await bench.raw({
      method: "POST",
      path: `/v3/company/${bench.realm}/query`,
      headers: { authorization: `Bearer ${bench.accessToken}`, "content-type": "application/text" },
      body: "select * from Bill\nwhere DocNumber = 'B_4'",
    });
    expect(rowsOf(answer.json, "Bill")).toHaveLength(1);
  });

  test("asks the single objects", async () => {
    expect(rowsOf((await bench.query("select * from Preferences")).json, "Preferences")).toHaveLength(1);
    expect(rowsOf((await bench.query("select * from CompanyInfo")).json, "CompanyInfo")).toHaveLength(1);
  });

  const wrong: [string, string, RegExp][] = [
    ["select * from Bill where TxnDate = 2026-03-01", "4000", /QueryParserError: (Encountered|Lexical error)/],
    ["select * from Bill where TotalAmt > 5", "4000", /Encountered " <INTEGER> "5 "" at line 1/],
    ["select * from Bill where DocNumber = 'a''b'", "4000", /Encountered " <STRING> "b/],
    ["select * from Bill where DocNumber != 'a'", "4000", /Encountered/],
    ["select * from Bill where DocNumber = 'a' or DocNumber = 'b'", "4000", /Encountered " <IDENTIFIER> "or/],
    ["select * from Bill where DocNumber = 'a", "4000", /Lexical error/],
    ["selec * from Bill", "4000", /Encountered " <IDENTIFIER> "selec "" at line 1, column 1\./],
    ["select * from Bill startposition 0", "4001", /QueryValidationError: value 0 is too small. Min allowed value is 1/],
    ["select * from Bill maxresults 1001", "4001", /value 1001 is too large/],
    ["select * from Bill where PrivateNote = 'x'", "4001", /QueryValidationError: Property PrivateNote not found for Entity Bill/],
    ["select * from JournalEntry where TotalAmt = '1'", "4001", /Property TotalAmt not found for Entity JournalEntry/],
    ["select * from Bill where Id > '3'", "4001", /Id supports only/],
    ["select * from Bill where TxnDate = 'yesterday'", "4001", /not valid for property TxnDate/],
    ["select * from SalesReceipt", "4001", /SalesReceipt/],
    ["", "4000", /EOF/],
  ];
  test.each(wrong)("is refused: %s", async (statement, code, detail) => {
    const answer = await bench.query(statement);
    expect(answer.status).toBe(400);
    expect(faultIn(answer)).toMatchObject({ code, detail: expect.stringMatching(detail) });
  });
});

describe("change data capture", () => {
  test("brings changed rows per entity, tombstones last, and an empty object for nothing", async () => {
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const account = bench.account("5210");
    const gone = await bench.make(
      "JournalEntry",
      journal([
        [account, 1],
        [bench.account("2050"), -1],
      ]),
    );
    await bench.post("journalentry?operation=delete", { Id: String(gone["Id"]), SyncToken: "0" });
    const kept = await bench.make(
      "JournalEntry",
      journal([
        [account, 2],
        [bench.account("2050"), -2],
      ]),
    );
    const { json } = await bench.get(`cdc?entities=JournalEntry,CreditMemo,Bill&changedSince=${encodeURIComponent(since)}`);
    const [group] = json["CDCResponse"] as { QueryResponse: Record<string, unknown>[] }[];
    expect(group?.QueryResponse).toHaveLength(3);
    expect(group?.QueryResponse[0]).toMatchObject({
      JournalEntry: [
        { Id: kept["Id"], SyncToken: "0" },
        { Id: gone["Id"], status: "Deleted", domain: "QBO" },
      ],
      maxResults: 2,
    });
    expect(group?.QueryResponse[1]).toEqual({});
    expect(group?.QueryResponse[2]).toMatchObject({ maxResults: 12 });
  });

  test("does not look back further than thirty days, nor at entities it does not know", async () => {
    const old = new Date(Date.now() - 31 * 86_400_000).toISOString();
    expect(faultIn(await bench.get(`cdc?entities=Bill&changedSince=${old}`))).toMatchObject({
      code: "500",
      detail: `Operation cdc with changedSince date ${old} which is older than fixed days is not supported.`,
    });
    expect(faultIn(await bench.get("cdc?entities=Nonsense&changedSince=2099-01-01"))).toMatchObject({ code: "2000" });
    expect(faultIn(await bench.get("cdc?entities=Bill"))).toMatchObject({ code: "2020" });
    expect(faultIn(await bench.get("cdc?entities=Bill&changedSince=tomorrow"))).toMatchObject({ code: "2060" });
  });

  test("stops at a thousand objects", async () => {
    const bench2 = await openBench();
    const body = journal([
      [bench2.account("5210"), 1],
      [bench2.account("2050"), -1],
    ]);
    for (let batch = 0; batch < 34; batch += 1) {
      const items = Array.from({ length: 30 }, (_, index) => ({ bId: `b${index}`, operation: "create", JournalEntry: body }));
      await bench2.post("batch", { BatchItemRequest: items });
    }
    const { json } = await bench2.get(
      "cdc?entities=JournalEntry,Account&changedSince=2099-01-01".replace("2099-01-01", new Date(Date.now() - 86_400_000).toISOString()),
    );
    const [group] = json["CDCResponse"] as { QueryResponse: Record<string, unknown>[] }[];
    expect(group?.QueryResponse.map((part) => part["maxResults"] ?? 0)).toEqual([1000, 0]);
    await bench2.close();
  });
});
