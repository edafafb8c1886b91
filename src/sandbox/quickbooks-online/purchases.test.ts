import { afterAll, beforeAll, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, openBench, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let vendor: string;
let linehaul: string;

beforeAll(async () => {
  bench = await openBench();
  vendor = String((await bench.make("Vendor", { DisplayName: "Acme Carriers" }))["Id"]);
  linehaul = bench.account("5130");
});
afterAll(() => bench.close());

const bill = (more: JsonObject = {}): JsonObject => ({
  VendorRef: { value: vendor },
  TxnDate: "2026-01-20",
  Line: [expenseLine(linehaul, 1800)],
  ...more,
});

async function legsOf(id: unknown): Promise<JsonObject[]> {
  const entries = listOf((await bench.ledger())["entries"]).map(objectOf);
  return listOf(entries.findLast((entry) => entry["id"] === id)?.["lines"]).map(objectOf);
}

test("a bill gets its defaults and credits the payable account", async () => {
  const terms = await bench.row("Term", "Net 30");
  const terminal = await bench.row("Department", "CHI");
  const made = await bench.make(
    "Bill",
    bill({ DocNumber: "CARR-1", SalesTermRef: { value: terms }, DepartmentRef: { value: terminal }, TotalAmt: 1 }),
  );
  expect(made).toMatchObject({
    DueDate: "2026-02-19",
    Balance: 1800,
    TotalAmt: 1800,
    VendorRef: { name: "Acme Carriers" },
    APAccountRef: { name: "Accounts Payable - Trade" },
    SalesTermRef: { name: "Net 30" },
    DepartmentRef: { name: "CHI" },
    Line: [
      {
        Id: "1",
        LineNum: 1,
        LinkedTxn: [],
        AccountBasedExpenseLineDetail: { AccountRef: { value: linehaul }, BillableStatus: "NotBillable", TaxCodeRef: { value: "NON" } },
      },
    ],
  });
  expect(await legsOf(made["Id"])).toMatchObject([
    { account: "5130", debit: "1800.00", dimensions: { department: "CHI" } },
    { account: "2010", credit: "1800.00", party: { type: "Vendor", name: "Acme Carriers" }, dimensions: { department: "CHI" } },
  ]);
});

test("without a term a bill is due on its date", async () => {
  expect(await bench.make("Bill", bill())).toMatchObject({ DueDate: "2026-01-20" });
});

test("a bill may name another payable account, but no other kind of account", async () => {
  const made = await bench.make("Bill", bill({ APAccountRef: { value: bench.account("2020") } }));
  expect((await legsOf(made["Id"])).at(-1)).toMatchObject({ account: "2020" });
  expect(faultIn(await bench.post("bill", bill({ APAccountRef: { value: linehaul } })))).toMatchObject({ code: "6430" });
});

const refused: [string, () => JsonObject, string][] = [
  ["no vendor", () => ({ Line: [expenseLine(linehaul, 1)] }), "2020"],
  ["no lines", () => bill({ Line: [] }), "2250"],
  ["a line without detail", () => bill({ Line: [{ DetailType: "AccountBasedExpenseLineDetail", Amount: 5 }] }), "6440"],
  [
    "a line without an account",
    () => bill({ Line: [{ DetailType: "AccountBasedExpenseLineDetail", Amount: 5, AccountBasedExpenseLineDetail: {} }] }),
    "2020",
  ],
  ["a negative line", () => bill({ Line: [expenseLine(linehaul, -5)] }), "2290"],
  ["a vendor that is not there", () => bill({ VendorRef: { value: "9999" } }), "2500"],
  ["a tax code of its own", () => bill({ Line: [expenseLine(linehaul, 5, { TaxCodeRef: { value: "7" } })] }), "6100"],
  ["billable without a customer", () => bill({ Line: [expenseLine(linehaul, 5, { BillableStatus: "Billable" })] }), "6310"],
  ["an empty enumeration", () => bill({ Line: [expenseLine(linehaul, 5, { BillableStatus: "" })] }), "2010"],
  ["an unknown detail type", () => bill({ Line: [{ DetailType: "Surprise", Amount: 5 }] }), "2170"],
];
test.each(refused)("a bill is refused with %s", async (_case, body, code) => {
  const answer = await bench.post("bill", body());
  expect([answer.status, faultIn(answer).code]).toEqual([400, code]);
});

test("a vendor's bill number is taken once, another vendor may use it too", async () => {
  const first = await bench.make("Bill", bill({ DocNumber: "77-A" }));
  expect(faultIn(await bench.post("bill", bill({ DocNumber: "77-a" })))).toMatchObject({
    code: "6140",
    detail: expect.stringContaining(`DocNumber=77-a is assigned to TxnType=Bill with TxnId=${String(first["Id"])}`),
  });
  const other = String((await bench.make("Vendor", { DisplayName: "Other Carrier" }))["Id"]);
  await bench.make("Bill", bill({ DocNumber: "77-A", VendorRef: { value: other } }));
  await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { duplicateBillScope: "company" } });
  const third = String((await bench.make("Vendor", { DisplayName: "Third Carrier" }))["Id"]);
  expect(faultIn(await bench.post("bill", bill({ DocNumber: "77-A", VendorRef: { value: third } })))).toMatchObject({ code: "6140" });
  const preferences = { OtherPrefs: { NameValue: [{ Name: "WarnDuplicateBillNumber", Value: "false" }] } };
  await bench.control("POST", "preferences", { system: "quickbooks-online", id: bench.realm, preferences });
  expect((await bench.post("bill", bill({ DocNumber: "77-A" }))).status).toBe(200);
});

test("a negative line passes behind the switch, a negative total never", async () => {
  await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { negativeLines: true } });
  const made = await bench.make("Bill", bill({ Line: [expenseLine(linehaul, 100), expenseLine(bench.account("5170"), -30)] }));
  expect(made).toMatchObject({ TotalAmt: 70 });
  expect((await legsOf(made["Id"])).map(({ debit, credit }) => [debit, credit])).toEqual([
    ["100.00", "0.00"],
    ["0.00", "30.00"],
    ["0.00", "70.00"],
  ]);
  expect(faultIn(await bench.post("bill", bill({ Line: [expenseLine(linehaul, -1)] })))).toMatchObject({ code: "2290" });
  await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { negativeLines: false } });
});

test("a vendor credit posts the opposite of a bill and lowers the vendor's balance", async () => {
  const before = objectOf((await bench.get(`vendor/${vendor}`)).json["Vendor"])["Balance"];
  const made = await bench.make("VendorCredit", {
    VendorRef: { value: vendor },
    TxnDate: "2026-01-25",
    DocNumber: "CLM-88",
    Line: [expenseLine(linehaul, 300)],
  });
  expect(made).toMatchObject({ Balance: 300, TotalAmt: 300 });
  expect(await legsOf(made["Id"])).toMatchObject([
    { account: "5130", credit: "300.00" },
    { account: "2010", debit: "300.00" },
  ]);
  expect((await bench.get(`vendor/${vendor}`)).json["Vendor"]).toMatchObject({ Balance: Number(before) - 300 });
});

test("a purchase pays from the account its payment type asks for", async () => {
  const card = bench.account("2040");
  const body: JsonObject = {
    PaymentType: "CreditCard",
    AccountRef: { value: card },
    EntityRef: { value: vendor, type: "Vendor" },
    TxnDate: "2026-01-15",
    Line: [expenseLine(bench.account("5210"), 612.35)],
  };
  const made = await bench.make("Purchase", body);
  expect(made).toMatchObject({ TotalAmt: 612.35, Credit: false, EntityRef: { name: "Acme Carriers", type: "Vendor" } });
  expect(await legsOf(made["Id"])).toMatchObject([
    { account: "5210", debit: "612.35" },
    { account: "2040", credit: "612.35" },
  ]);
  const refund = await bench.make("Purchase", { ...body, Credit: true });
  expect(await legsOf(refund["Id"])).toMatchObject([
    { account: "5210", credit: "612.35" },
    { account: "2040", debit: "612.35" },
  ]);
  expect(faultIn(await bench.post("purchase", { ...body, PaymentType: "Check" }))).toMatchObject({ code: "6430" });
  expect(faultIn(await bench.post("purchase", { ...body, PaymentType: "Barter" }))).toMatchObject({ code: "2170" });
  expect(await bench.make("Purchase", { ...body, PaymentType: "Check", AccountRef: { value: bench.account("1010") } })).toMatchObject({
    PrintStatus: "NotSet",
  });
});

test("an item line debits the item's expense account", async () => {
  const item = await bench.make("Item", { Name: "Lumper service", Type: "Service", ExpenseAccountRef: { value: bench.account("5645") } });
  const line = {
    DetailType: "ItemBasedExpenseLineDetail",
    Amount: 30,
    ItemBasedExpenseLineDetail: { ItemRef: { value: String(item["Id"]) }, Qty: 2, UnitPrice: 15 },
  };
  const made = await bench.make("Bill", bill({ Line: [line] }));
  expect((await legsOf(made["Id"]))[0]).toMatchObject({ account: "5645", debit: "30.00" });
  expect(faultIn(await bench.post("bill", bill({ Line: [{ ...line, Amount: 31 }] })))).toMatchObject({ code: "6070" });
});
