import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, openBench, rowsOf, saleLine, type TestBench } from "../raw-client.ts";

// What a client somebody else wrote may do beyond our own connector.

let bench: TestBench;
let vendor: string;
let customer: string;
let item: string;
beforeAll(async () => {
  bench = await openBench();
  vendor = String((await bench.make("Vendor", { DisplayName: "Acme Carriers" }))["Id"]);
  customer = String((await bench.make("Customer", { DisplayName: "Shipper One" }))["Id"]);
  item = await bench.row("Item", "Linehaul Revenue - Company Fleet");
});
afterAll(() => bench.close());

const switches = (changes: JsonObject) =>
  bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: changes });
const check = (amount: number, bill: string): JsonObject => ({
  ...{
    VendorRef: { value: vendor },
    PayType: "Check",
    TotalAmt: amount,
    CheckPayment: { BankAccountRef: { value: bench.account("1010") } },
  },
  Line: [{ Amount: amount, LinkedTxn: [{ TxnId: bill, TxnType: "Bill" }] }],
});
const newBill = async (amount: number) =>
  String((await bench.make("Bill", { VendorRef: { value: vendor }, Line: [expenseLine(bench.account("5130"), amount)] }))["Id"]);

test("a batch pays, voids and deletes, each item on its own", async () => {
  const [one, two] = [await newBill(10), await newBill(20)];
  const first = await bench.make("BillPayment", check(10, one));
  const answer = await bench.post("batch", {
    BatchItemRequest: [
      {
        bId: "void",
        operation: "update",
        optionsData: "include=void",
        BillPayment: { Id: String(first["Id"]), SyncToken: "0", sparse: true },
      },
      { bId: "pay", operation: "create", BillPayment: check(20, two) },
      { bId: "again", operation: "create", BillPayment: check(20, two) },
      {
        bId: "move",
        operation: "create",
        Transfer: { FromAccountRef: { value: bench.account("1020") }, ToAccountRef: { value: bench.account("1010") }, Amount: 1 },
      },
    ],
  });
  const items = listOf(answer.json["BatchItemResponse"]).map(objectOf);
  const of = (id: string) => items.find((entry) => entry["bId"] === id) ?? {};
  expect(objectOf(of("void")["BillPayment"])).toMatchObject({ TotalAmt: 0, PrivateNote: "Voided" });
  expect(objectOf(of("pay")["BillPayment"])).toMatchObject({ TotalAmt: 20 });
  expect(faultIn({ json: of("again") }).code).toBe("620");
  expect(objectOf(of("move")["Transfer"])).toMatchObject({ Amount: 1 });
});

test("payments are found by their own properties; a DocNumber is none of a customer's payment", async () => {
  await bench.make("Payment", { CustomerRef: { value: customer }, TotalAmt: 5, PaymentRefNum: "WIRE '7'" });
  const bill = await newBill(7);
  const paid = await bench.make("BillPayment", { ...check(7, bill), DocNumber: "90210" });
  const found = async (entity: string, where: string) => rowsOf((await bench.query(`select * from ${entity} where ${where}`)).json, entity);
  expect(await found("Payment", "PaymentRefNum = 'WIRE \\'7\\''")).toHaveLength(1);
  expect((await found("BillPayment", "DocNumber = '90210'")).map((row) => row["Id"])).toEqual([paid["Id"]]);
  expect(
    await found("BillPayment", `VendorRef = '${vendor}' and TotalAmt > '6.99' and CheckPayment = '${bench.account("1010")}'`),
  ).not.toEqual([]);
  expect(faultIn(await bench.query("select * from Payment where DocNumber = '1'")).code).toBe("4001");
  expect(faultIn(await bench.query("select * from Payment where PrivateNote = 'x'")).code).toBe("4001");
});

test("with the switch, a payment's lines repeat what they pay", async () => {
  await switches({ paymentLineExtras: true });
  const invoice = await bench.make("Invoice", { CustomerRef: { value: customer }, DocNumber: "EXTRA-1", Line: [saleLine(item, 9)] });
  const made = await bench.make("Payment", {
    ...{ CustomerRef: { value: customer }, TotalAmt: 4 },
    Line: [{ Amount: 4, LinkedTxn: [{ TxnId: String(invoice["Id"]), TxnType: "Invoice" }] }],
  });
  const [line] = listOf(made["Line"]).map(objectOf);
  const pairs = listOf(objectOf(line?.["LineEx"])["any"]).map((entry) => objectOf(objectOf(entry)["value"]));
  expect(pairs).toEqual([
    { Name: "txnId", Value: invoice["Id"] },
    { Name: "txnOpenBalance", Value: "9.00" },
    { Name: "txnReferenceNumber", Value: "EXTRA-1" },
  ]);
  // A client that sends back what it read is not refused for it.
  const again = await bench.post("payment", { ...made, PrivateNote: "read and written" });
  expect(objectOf(again.json["Payment"])).toMatchObject({ PrivateNote: "read and written", SyncToken: "1" });
  await switches({ paymentLineExtras: false });
});

const documents: [string, () => Promise<JsonObject>][] = [
  ["Bill", async () => ({ VendorRef: { value: vendor }, Line: [expenseLine(bench.account("5130"), 5)] })],
  ["VendorCredit", async () => ({ VendorRef: { value: vendor }, Line: [expenseLine(bench.account("5130"), 5)] })],
  [
    "Purchase",
    async () => ({ PaymentType: "Check", AccountRef: { value: bench.account("1010") }, Line: [expenseLine(bench.account("5130"), 5)] }),
  ],
  ["Invoice", async () => ({ CustomerRef: { value: customer }, Line: [saleLine(item, 5)] })],
  ["CreditMemo", async () => ({ CustomerRef: { value: customer }, Line: [saleLine(item, 5)] })],
  ["Payment", async () => ({ CustomerRef: { value: customer }, TotalAmt: 5 })],
  ["BillPayment", async () => check(5, await newBill(5))],
  [
    "Deposit",
    async () => ({
      DepositToAccountRef: { value: bench.account("1010") },
      Line: [{ Amount: 5, DetailType: "DepositLineDetail", DepositLineDetail: { AccountRef: { value: bench.account("4010") } } }],
    }),
  ],
  [
    "Transfer",
    async () => ({ FromAccountRef: { value: bench.account("1020") }, ToAccountRef: { value: bench.account("1010") }, Amount: 5 }),
  ],
  ["Vendor", async () => ({ DisplayName: "Read And Write" })],
  ["Employee", async () => ({ GivenName: "Dana", FamilyName: "Driver" })],
  [
    "Budget",
    async () => ({
      Name: "B",
      StartDate: "2026-01-01",
      EndDate: "2026-12-31",
      BudgetDetail: [{ BudgetDate: "2026-01-01", Amount: 5, AccountRef: { value: bench.account("5130") } }],
    }),
  ],
  ["Attachable", async () => ({ Note: "note" })],
];
test.each(documents)(
  "%s: what was read can be written back whole, and changes nothing but its SyncToken and times",
  async (entity, body) => {
    const made = await bench.make(entity, await body());
    const answer = await bench.post(entity.toLowerCase(), made);
    const { MetaData: _times, ...rest } = made;
    expect(objectOf(answer.json[entity])).toMatchObject({ ...rest, SyncToken: "1" });
  },
);

test("members of the published schema without an effect here are taken and not kept", async () => {
  const body = {
    CustomerRef: { value: customer },
    Line: [saleLine(item, 5, { DiscountRate: 0 })],
    BillEmailCc: { Address: "a@b.example" },
    GlobalTaxCalculation: "NotApplicable",
  };
  const made = await bench.make("Invoice", body);
  expect(made).not.toHaveProperty("BillEmailCc");
  expect(faultIn(await bench.post("invoice", { ...body, Deposit: 5 })).code).toBe("2010");
});

describe("a planned fault with status 200", () => {
  test("is a fault of the service inside a 200, with or without the write behind it", async () => {
    const rule = {
      system: "quickbooks-online",
      match: { entity: "vendor", operation: "create" },
      kind: "status",
      status: 200,
      commit: true,
      count: 1,
    };
    await bench.control("PUT", "faults", { seed: 1, rules: [rule] });
    const answer = await bench.post("vendor", { DisplayName: "Committed Unheard" });
    expect([answer.status, faultIn(answer).code]).toEqual([200, "10000"]);
    expect(await bench.row("Vendor", "Committed Unheard")).toMatch(/^\d+$/);
  });
});

test("discovery names every endpoint, and each of them answers", async () => {
  const found = await bench.raw({ method: "GET", path: "/.well-known/openid_sandbox_configuration/" });
  const { jwks_uri: keys, userinfo_endpoint: person } = found.json;
  const at = (address: unknown) => new URL(String(address)).pathname;
  expect((await bench.raw({ method: "GET", path: at(keys) })).json).toEqual({ keys: [] });
  expect((await bench.raw({ method: "GET", path: at(person) })).status).toBe(401);
});

test("a file of an older emulator gets the behaviours it does not know at their defaults", async () => {
  const dataFile = join(mkdtempSync(join(tmpdir(), "sandbox-")), "books.sqlite");
  const older = await openBench({ dataFile });
  await older.close();
  const database = new DatabaseSync(dataFile);
  database.exec(`UPDATE qbo_companies SET switches = '{"negativeLines":true}'`);
  database.close();
  const reopened = await openBench({ dataFile });
  const order = { system: "quickbooks-online", id: reopened.realm, switches: {} };
  const { json } = await reopened.control("PUT", "switches", order);
  expect(objectOf(json["switches"])).toMatchObject({ negativeLines: true, outage: "none", paidLine: "620" });
  expect((await reopened.get("companyinfo/1")).status).toBe(200);
  await reopened.close();
});
