import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { faultIn, journal, openBench, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let fuel: string;
let clearing: string;
let payable: string;
let receivable: string;

beforeAll(async () => {
  bench = await openBench();
  [fuel, clearing, payable, receivable] = ["5210", "2050", "2010", "1100"].map((number) => bench.account(number)) as [
    string,
    string,
    string,
    string,
  ];
});
afterAll(() => bench.close());

const line = (account: string, amount: number, detail: JsonObject = {}): JsonObject => ({
  DetailType: "JournalEntryLineDetail",
  Amount: Math.abs(amount),
  JournalEntryLineDetail: { PostingType: amount >= 0 ? "Debit" : "Credit", AccountRef: { value: account }, ...detail },
});

const pair = (amount: number, more: JsonObject = {}): JsonObject =>
  journal(
    [
      [fuel, amount],
      [clearing, -amount],
    ],
    more,
  );

describe("a journal entry", () => {
  test("comes back with names, line ids from 0, home currency and Pacific times, and posts its legs", async () => {
    const klass = await bench.row("Class", "REEFER");
    const terminal = await bench.row("Department", "DAL");
    const entry = await bench.make("JournalEntry", {
      DocNumber: "FUEL-1",
      TxnDate: "2026-11-20",
      PrivateNote: "Fuel of T-1042",
      Line: [line(fuel, 411.34, { ClassRef: { value: klass }, DepartmentRef: { value: terminal } }), line(clearing, -411.34)],
    });
    const [first, second] = listOf(entry["Line"]).map(objectOf);
    expect(entry).toMatchObject({
      SyncToken: "0",
      DocNumber: "FUEL-1",
      CurrencyRef: { value: "USD", name: "United States Dollar" },
      domain: "QBO",
    });
    expect(objectOf(entry["MetaData"])["CreateTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00$/);
    expect(first).toMatchObject({
      Id: "0",
      JournalEntryLineDetail: {
        AccountRef: { name: "Diesel - Tractor (Card)" },
        ClassRef: { name: "REEFER" },
        DepartmentRef: { name: "DAL" },
      },
    });
    expect(second?.["Id"]).toBe("1");
    const { entries } = await bench.ledger();
    expect(
      listOf(entries)
        .map(objectOf)
        .find((row) => row["number"] === "FUEL-1"),
    ).toMatchObject({
      operation: "create",
      entity: "JournalEntry",
      id: entry["Id"],
      key: null,
      date: "2026-11-20",
      lines: [
        {
          account: "5210",
          name: "Diesel - Tractor (Card)",
          debit: "411.34",
          credit: "0.00",
          party: null,
          dimensions: { class: "REEFER", department: "DAL" },
        },
        { account: "2050", debit: "0.00", credit: "411.34", dimensions: {} },
      ],
    });
  });

  test("takes the Pacific date when it has none", async () => {
    await bench.control("PUT", "clock", { now: "2026-11-21T05:00:00Z" });
    const { TxnDate: _date, ...undated } = pair(1);
    expect(await bench.make("JournalEntry", undated)).toMatchObject({ TxnDate: "2026-11-20" });
    await bench.control("PUT", "clock", { reset: true });
  });

  const refused: [string, () => JsonObject, string, RegExp][] = [
    [
      "debits that differ from credits",
      () =>
        journal([
          [fuel, 10],
          [clearing, -9.99],
        ]),
      "6000",
      /balance debits and credits/,
    ],
    ["a single line", () => journal([[fuel, 0]]), "6000", /Fill out at least two detail lines to continue\./],
    ["no lines", () => ({ TxnDate: "2026-11-20" }), "2020", /Line is missing/],
    [
      "a receivable line without a customer",
      () =>
        journal([
          [receivable, 5],
          [fuel, -5],
        ]),
      "6000",
      /Accounts Receivable, you must choose a customer/,
    ],
    [
      "a payable line without a vendor",
      () =>
        journal([
          [fuel, 5],
          [payable, -5],
        ]),
      "6000",
      /Accounts Payable, you must choose a vendor/,
    ],
    ["a negative amount", () => ({ Line: [{ ...line(fuel, 5), Amount: -5 }, line(clearing, -5)] }), "2290", /Negative/],
    ["no posting type", () => ({ Line: [line(fuel, 5, { PostingType: null }), line(clearing, -5)] }), "2260", /PostingType/],
    ["no account", () => ({ Line: [line(fuel, 5, { AccountRef: { value: null } }), line(clearing, -5)] }), "2020", /AccountRef is missing/],
    ["no amount", () => ({ Line: [{ ...line(fuel, 5), Amount: null }, line(clearing, -5)] }), "2020", /Amount is missing/],
    [
      "an unknown account",
      () =>
        journal([
          ["99999", 5],
          [clearing, -5],
        ]),
      "2500",
      /Accounts element id 99999 not found/,
    ],
    [
      "an unknown class",
      () => ({ Line: [line(fuel, 5, { ClassRef: { value: "1" } }), line(clearing, -5)] }),
      "2500",
      /Klasses element id 1 not found/,
    ],
    [
      "an unknown department",
      () => ({ Line: [line(fuel, 5, { DepartmentRef: { value: "77" } }), line(clearing, -5)] }),
      "2500",
      /Depts element id 77/,
    ],
    [
      "an unknown vendor",
      () => ({ Line: [line(fuel, 5, { Entity: { Type: "Vendor", EntityRef: { value: "9" } } }), line(clearing, -5)] }),
      "2500",
      /Names element id 9 not found/,
    ],
    [
      "a posting type of its own",
      () => ({ Line: [line(fuel, 5, { PostingType: "Both" }), line(clearing, -5)] }),
      "2170",
      /Invalid Enumeration : Both/,
    ],
    ["a number that is too long", () => pair(5, { DocNumber: "X".repeat(22) }), "2050", /Min:0 Max:21 supported. Supplied length:22/],
    ["a date that is none", () => pair(5, { TxnDate: "2026-02-30" }), "2060", /2026-02-30/],
    ["a property it does not know", () => pair(5, { Colour: "red" }), "2010", /Property Name:Colour specified is unsupported or invalid/],
    ["an amount that is none", () => ({ Line: [{ ...line(fuel, 5), Amount: "five" }, line(clearing, -5)] }), "2140", /five/],
    ["a foreign currency", () => pair(5, { CurrencyRef: { value: "CAD" } }), "6000", /Multi Currency/],
    ["text with four-byte characters", () => pair(5, { PrivateNote: "fuel ⛽🚚" }), "2040", /PrivateNote/],
  ];
  test.each(refused)("is refused with %s", async (_case, body, code, detail) => {
    const before = listOf((await bench.ledger())["entries"]).length;
    const answer = await bench.post("journalentry", body());
    expect(answer.status).toBe(400);
    expect(objectOf(answer.json["Fault"])["type"]).toBe("ValidationFault");
    expect(faultIn(answer)).toMatchObject({ code, detail: expect.stringMatching(detail) });
    expect(listOf((await bench.ledger())["entries"])).toHaveLength(before);
  });

  test("may have one line on a receivable or payable account, unless the switch allows more", async () => {
    const { Id: vendor } = await bench.make("Vendor", { DisplayName: "Journal Vendor" });
    const { Id: customer } = await bench.make("Customer", { DisplayName: "Journal Customer" });
    const entity = (Type: string, value: unknown): JsonObject => ({ Entity: { Type, EntityRef: { value: String(value) } } });
    const body = { Line: [line(receivable, 5, entity("Customer", customer)), line(payable, -5, entity("Vendor", vendor))] };
    expect(faultIn(await bench.post("journalentry", body))).toMatchObject({
      code: "6000",
      detail: expect.stringContaining("only one Accounts Receivable"),
    });
    await bench.control("PUT", "switches", {
      system: "quickbooks-online",
      id: bench.realm,
      switches: { controlLinesPerJournal: "one_each" },
    });
    const entry = await bench.make("JournalEntry", body);
    expect(objectOf(listOf(entry["Line"])[0])).toMatchObject({
      JournalEntryLineDetail: { Entity: { Type: "Customer", EntityRef: { name: "Journal Customer" } } },
    });
    const read = (await bench.get(`customer/${String(customer)}`)).json["Customer"];
    expect(read).toMatchObject({ Balance: 5 });
    expect((await bench.get(`vendor/${String(vendor)}`)).json["Vendor"]).toMatchObject({ Balance: 5 });
  });

  test("says 2300 for an imbalance where the switch says so", async () => {
    await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { unbalancedJournalCode: "2300" } });
    expect(
      faultIn(
        await bench.post(
          "journalentry",
          journal([
            [fuel, 1],
            [clearing, -2],
          ]),
        ),
      ),
    ).toMatchObject({ code: "2300" });
  });

  test("may repeat a number until the preference forbids it; include=allowduplicatedocnum passes even then", async () => {
    const body = pair(1, { DocNumber: "DUP-1" });
    const first = await bench.make("JournalEntry", body);
    await bench.make("JournalEntry", { ...body, DocNumber: "dup-2" });
    await bench.make("JournalEntry", { ...body, DocNumber: "DUP-2" });
    const preferences = { OtherPrefs: { NameValue: [{ Name: "WarnDuplicateJournalNumber", Value: "true" }] } };
    await bench.control("POST", "preferences", { system: "quickbooks-online", id: bench.realm, preferences });
    expect(faultIn(await bench.post("journalentry", body))).toMatchObject({
      code: "6140",
      detail:
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. " +
        `DocNumber=DUP-1 is assigned to TxnType=Journal Entry with TxnId=${String(first["Id"])}`,
    });
    expect((await bench.post("journalentry?include=allowduplicatedocnum", body)).status).toBe(200);
  });

  test("gets a number only when asked for with include=allowautodocnum", async () => {
    const body = pair(1);
    expect(await bench.make("JournalEntry", body)).not.toHaveProperty("DocNumber");
    const { json } = await bench.post("journalentry?include=allowautodocnum", body);
    expect(objectOf(json["JournalEntry"])["DocNumber"]).toMatch(/^\d+$/);
  });
});
