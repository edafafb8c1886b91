import { afterAll, beforeAll, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, openBench, saleLine, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let customer: string;
let vendor: string;
let item: string;
let bank: string;
const preferences = (MultiCurrencyEnabled: boolean) =>
  bench.control("POST", "preferences", {
    system: "quickbooks-online",
    id: bench.realm,
    preferences: { CurrencyPrefs: { MultiCurrencyEnabled } },
  });
const cad = { CurrencyRef: { value: "CAD" } };
beforeAll(async () => {
  bench = await openBench();
  item = await bench.row("Item", "Linehaul Revenue - Company Fleet");
  expect(faultIn(await bench.post("vendor", { DisplayName: "Too Early", ...cad })).code).toBe("6000");
  expect(faultIn(await bench.post("exchangerate", { SourceCurrencyCode: "CAD", Rate: 0.7 })).code).toBe("6000");
  await preferences(true);
  customer = String((await bench.make("Customer", { DisplayName: "Maple Shipper", ...cad }))["Id"]);
  vendor = String((await bench.make("Vendor", { DisplayName: "Maple Carriers", ...cad }))["Id"]);
  bank = String((await bench.make("Account", { Name: "CAD Checking", AccountType: "Bank", ...cad }))["Id"]);
});
afterAll(() => bench.close());

const read = async (entity: string, id: unknown) => objectOf((await bench.get(`${entity.toLowerCase()}/${String(id)}`)).json[entity]);
async function legsOf(id: unknown): Promise<JsonObject[]> {
  const entries = listOf((await bench.ledger())["entries"]).map(objectOf);
  return listOf(entries.findLast((entry) => entry["id"] === id)?.["lines"]).map(objectOf);
}
const invoice = (amount: number, more: JsonObject = {}): JsonObject => ({
  ...{ CustomerRef: { value: customer }, ...cad, ExchangeRate: 0.7291, Line: [saleLine(item, amount)] },
  ...more,
});

test("a foreign invoice is posted at home at its rate, on a receivable account of its currency", async () => {
  const made = await bench.make("Invoice", invoice(0, { Line: [saleLine(item, 33.33), saleLine(item, 33.33), saleLine(item, 33.34)] }));
  expect(made).toMatchObject({
    TotalAmt: 100,
    Balance: 100,
    ExchangeRate: 0.7291,
    HomeTotalAmt: 72.91,
    HomeBalance: 72.91,
    CurrencyRef: { value: "CAD", name: "Canadian Dollar" },
  });
  const legs = await legsOf(made["Id"]);
  expect(legs.at(-1)).toMatchObject({
    name: "Accounts Receivable (A/R) - CAD",
    debit: "72.91",
    foreign: { currency: "CAD", amount: "100.00" },
  });
  expect(legs.slice(0, 3).map((leg) => leg["credit"])).toEqual(["24.30", "24.30", "24.31"]);
  expect(await read("Customer", customer)).toMatchObject({ Balance: 100, CurrencyRef: { value: "CAD" } });
});

test("paid at another rate, the difference goes to exchange gain or loss and the receivable to zero", async () => {
  const made = await bench.make("Invoice", invoice(1000));
  const half = { CustomerRef: { value: customer }, ...cad, DepositToAccountRef: { value: bank } };
  const line = (amount: number) => [{ Amount: amount, LinkedTxn: [{ TxnId: String(made["Id"]), TxnType: "Invoice" }] }];
  const first = await bench.make("Payment", { ...half, TotalAmt: 333.33, ExchangeRate: 0.75, Line: line(333.33) });
  expect(first).toMatchObject({ HomeTotalAmt: 250, UnappliedAmt: 0 });
  expect(await read("Invoice", made["Id"])).toMatchObject({ Balance: 666.67, HomeBalance: 486.07 });
  const second = await bench.make("Payment", { ...half, TotalAmt: 666.67, ExchangeRate: 0.7, Line: line(666.67) });
  const [one, two] = [await legsOf(first["Id"]), await legsOf(second["Id"])];
  expect(one.find((leg) => leg["account"] === "8050")).toMatchObject({ credit: "6.97" });
  expect(two.find((leg) => leg["account"] === "8050")).toMatchObject({ debit: "19.40" });
  const credits = [...one, ...two].filter((leg) => leg["name"] === "Accounts Receivable (A/R) - CAD").map((leg) => Number(leg["credit"]));
  expect(credits.reduce((sum, amount) => sum + amount * 100, 0)).toBeCloseTo(72_910);
  expect(await read("Account", bank)).toMatchObject({ CurrentBalance: 1000 });
});

test("a foreign bill is paid out of a bank at home as well", async () => {
  const bill = await bench.make("Bill", {
    VendorRef: { value: vendor },
    ExchangeRate: 0.8,
    Line: [expenseLine(bench.account("5130"), 100)],
  });
  expect(bill).toMatchObject({ CurrencyRef: { value: "CAD" }, HomeTotalAmt: 80, APAccountRef: { name: "Accounts Payable (A/P) - CAD" } });
  const paid = await bench.make("BillPayment", {
    ...{
      VendorRef: { value: vendor },
      PayType: "Check",
      TotalAmt: 100,
      ExchangeRate: 0.82,
      CheckPayment: { BankAccountRef: { value: bench.account("1010") } },
    },
    Line: [{ Amount: 100, LinkedTxn: [{ TxnId: String(bill["Id"]), TxnType: "Bill" }] }],
  });
  expect(await legsOf(paid["Id"])).toMatchObject([
    { account: "1010", credit: "82.00" },
    { debit: "80.00" },
    { account: "8050", debit: "2.00" },
  ]);
});

test.each([
  ["another currency than the customer's", () => invoice(5, { CurrencyRef: { value: "EUR" } }), "6000"],
  ["a currency that does not exist", () => invoice(5, { CurrencyRef: { value: "XQQ" } }), "2220"],
  ["a receivable account of another currency", () => invoice(5, { ARAccountRef: { value: bench.account("1100") } }), "6000"],
  ["a rate of zero", () => invoice(5, { ExchangeRate: 0 }), "2180"],
])("an invoice in %s is refused", async (_case, body, code) => {
  expect(faultIn(await bench.post("invoice", body())).code).toBe(code);
});

test("the currency of a party never changes, and a foreign bank takes its own currency only", async () => {
  const change = { Id: customer, SyncToken: "0", sparse: true, CurrencyRef: { value: "USD" } };
  expect(faultIn(await bench.post("customer", change)).code).toBe("6000");
  const home = await bench.make("Customer", { DisplayName: "Home Shipper" });
  const body = { CustomerRef: { value: String(home["Id"]) }, TotalAmt: 5, DepositToAccountRef: { value: bank } };
  expect(faultIn(await bench.post("payment", body)).code).toBe("6000");
});

test("a foreign payment is deposited in its own currency only, and leaves undeposited funds at the rate it came in at", async () => {
  const payment = await bench.make("Payment", { CustomerRef: { value: customer }, TotalAmt: 100, ExchangeRate: 0.7 });
  const line = { Amount: 100, LinkedTxn: [{ TxnId: String(payment["Id"]), TxnType: "Payment", TxnLineId: "0" }] };
  const home = { DepositToAccountRef: { value: bench.account("1010") }, Line: [line] };
  expect(faultIn(await bench.post("deposit", home)).code).toBe("6000");
  const made = await bench.make("Deposit", { DepositToAccountRef: { value: bank }, ExchangeRate: 0.75, Line: [line] });
  expect(made).toMatchObject({ TotalAmt: 100, HomeTotalAmt: 75, CurrencyRef: { value: "CAD" } });
  expect(await legsOf(made["Id"])).toMatchObject([
    { name: "CAD Checking", debit: "75.00" },
    { account: "1050", credit: "70.00" },
    { account: "8050", credit: "5.00" },
  ]);
});

test("the rate of what was paid in part cannot change", async () => {
  const made = await bench.make("Invoice", invoice(10));
  await bench.make("Payment", {
    CustomerRef: { value: customer },
    TotalAmt: 4,
    Line: [{ Amount: 4, LinkedTxn: [{ TxnId: String(made["Id"]), TxnType: "Invoice" }] }],
  });
  const change = { Id: String(made["Id"]), SyncToken: "1", sparse: true };
  expect(faultIn(await bench.post("invoice", { ...change, ExchangeRate: 0.9 })).code).toBe("6000");
  expect((await bench.post("invoice", { ...change, PrivateNote: "noted" })).status).toBe(200);
});

test("rates are kept by currency and day, and stand in for a rate that was not sent", async () => {
  const entered = await bench.make("ExchangeRate", { SourceCurrencyCode: "CAD", Rate: 0.7291, AsOfDate: "2026-01-31", SyncToken: "0" });
  expect(entered).toMatchObject({ TargetCurrencyCode: "USD", SyncToken: "1", AsOfDate: "2026-01-31" });
  expect(entered).not.toHaveProperty("Id");
  const asked = (await bench.get("exchangerate?sourcecurrencycode=CAD&asofdate=2026-02-05")).json["ExchangeRate"];
  expect(asked).toMatchObject({ Rate: 0.7291, AsOfDate: "2026-01-31" });
  const found = (await bench.query("select * from ExchangeRate where SourceCurrencyCode in ('CAD') and AsOfDate = '2026-01-31'")).json;
  expect(objectOf(found["QueryResponse"])["ExchangeRate"]).toHaveLength(1);
  expect(faultIn(await bench.post("exchangerate", { SourceCurrencyCode: "USD", Rate: 1.1 })).code).toBe("6000");
  const made = await bench.make("Bill", {
    VendorRef: { value: vendor },
    TxnDate: "2026-02-01",
    Line: [expenseLine(bench.account("5130"), 10)],
  });
  expect(made).toMatchObject({ ExchangeRate: 0.7291, HomeTotalAmt: 7.29 });
});
