import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, journal, openBench, saleLine, type RawAnswer, type TestBench } from "../raw-client.ts";

// Every code of the published list (developer.intuit.com, "Error codes"): provoked by a request where one can,
// else by the switch that stands for what happens on the vendor's side.

let bench: TestBench;
let vendor: string;
let customer: string;
let item: string;
let retired: string;
beforeAll(async () => {
  bench = await openBench();
  vendor = String((await bench.make("Vendor", { DisplayName: "Acme Carriers" }))["Id"]);
  customer = String((await bench.make("Customer", { DisplayName: "Shipper One" }))["Id"]);
  item = await bench.row("Item", "Linehaul Revenue - Company Fleet");
  const gone = await bench.make("Vendor", { DisplayName: "Gone Carriers" });
  retired = String(gone["Id"]);
  await bench.post("vendor", { Id: retired, SyncToken: "0", sparse: true, Active: false });
});
afterAll(() => bench.close());

const switches = (changes: JsonObject) =>
  bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: changes });
const preferences = (changes: JsonObject) =>
  bench.control("POST", "preferences", { system: "quickbooks-online", id: bench.realm, preferences: changes });
afterEach(async () => {
  await switches({
    outage: "none",
    linkedDeleteCode: "6000",
    requestIdConflict: "replay",
    closedPeriodCode: "6210",
    unbalancedJournalCode: "6000",
    uploadMegabytes: 100,
  });
  await switches({ subscription: "active", faultStatus: "own" });
  await preferences({ AccountingInfoPrefs: { BookCloseDate: null, ClassTrackingPerTxnLine: true } });
});

const idOf = (record: JsonObject) => String(record["Id"]);
const cost = (amount: number, detail: JsonObject = {}) => expenseLine(bench.account("5130"), amount, detail);
const bill = (more: JsonObject = {}): JsonObject => ({ VendorRef: { value: vendor }, Line: [cost(5)], ...more });
const invoice = (more: JsonObject = {}, detail: JsonObject = {}): JsonObject => ({
  ...{ CustomerRef: { value: customer }, Line: [saleLine(item, 5, detail)] },
  ...more,
});
const entry = (debit: number, credit: number) =>
  journal([
    [bench.account("5130"), debit],
    [bench.account("2050"), -credit],
  ]);
/** A journal entry whose first line has this detail over a good one. */
const detailed = (detail: JsonObject): JsonObject => {
  const good = entry(5, 5);
  const [first, ...rest] = listOf(good["Line"]).map(objectOf);
  return { ...good, Line: [{ ...first, JournalEntryLineDetail: { ...objectOf(first?.["JournalEntryLineDetail"]), ...detail } }, ...rest] };
};
const pay = (amount: number, id: string): JsonObject => ({
  ...{
    VendorRef: { value: vendor },
    PayType: "Check",
    TotalAmt: amount,
    CheckPayment: { BankAccountRef: { value: bench.account("1010") } },
  },
  Line: [{ Amount: amount, LinkedTxn: [{ TxnId: id, TxnType: "Bill" }] }],
});
async function paidBill(): Promise<string> {
  const id = idOf(await bench.make("Bill", bill()));
  await bench.make("BillPayment", pay(5, id));
  return id;
}
async function deleteLinked(code: string): Promise<RawAnswer> {
  await switches({ linkedDeleteCode: code });
  return bench.post("bill?operation=delete", { Id: await paidBill(), SyncToken: "1" });
}
async function deposited(): Promise<RawAnswer> {
  const id = idOf(await bench.make("Payment", { CustomerRef: { value: customer }, TotalAmt: 5 }));
  const line = { Amount: 5, LinkedTxn: [{ TxnId: id, TxnType: "Payment", TxnLineId: "0" }] };
  await bench.make("Deposit", { DepositToAccountRef: { value: bench.account("1010") }, Line: [line] });
  return bench.post("payment?operation=delete", { Id: id, SyncToken: "1" });
}
async function nested(levels: number): Promise<RawAnswer> {
  let parent = "";
  for (let level = 1; level < levels; level += 1) {
    const below = parent === "" ? {} : { ParentRef: { value: parent } };
    parent = idOf(await bench.make("Class", { Name: `L${level}`, ...below }));
  }
  return bench.post("class", { Name: "too deep", ParentRef: { value: parent } });
}
const form = (parts: readonly { name: string; type: string; file?: string; text: string }[]) => {
  const body = parts
    .map(({ name, type, file, text }) => {
      const named = file === undefined ? "" : `; filename="${file}"`;
      return `--b\r\ncontent-disposition: form-data; name="${name}"${named}\r\ncontent-type: ${type}\r\n\r\n${text}\r\n`;
    })
    .join("");
  const headers = { authorization: `Bearer ${bench.accessToken}`, "content-type": "multipart/form-data; boundary=b" };
  return bench.raw({ method: "POST", path: `/v3/company/${bench.realm}/upload`, headers, body: `${body}--b--\r\n` });
};
async function uploaded(parts: Parameters<typeof form>[0]): Promise<RawAnswer> {
  const answer = await form(parts);
  const [only] = listOf(answer.json["AttachableResponse"]);
  return only === undefined ? answer : { ...answer, json: objectOf(only), status: 400 };
}
const pdf = { name: "file_content_01", type: "application/pdf", file: "a.pdf", text: "%PDF" };
const budget = (row: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...{ Name: "B", StartDate: "2026-01-01", EndDate: "2026-12-31", BudgetDetail: [{ BudgetDate: "2026-01-01", Amount: 5, ...row }] },
  ...more,
});
const raw = (path: string, more: { headers?: Record<string, string>; body?: string } = {}) => {
  const headers = { authorization: `Bearer ${bench.accessToken}`, ...more.headers };
  return bench.raw({ method: more.body === undefined ? "GET" : "POST", path: `/v3/company/${path}`, headers, body: more.body });
};
async function after(prepare: Promise<unknown>, call: () => Promise<RawAnswer>): Promise<RawAnswer> {
  await prepare;
  return call();
}
const post = (entity: string, body: () => JsonObject) => () => bench.post(entity, body());

const provoked: Record<string, () => Promise<RawAnswer>> = {
  "500": () => bench.post("vendor?operation=delete", { Id: vendor, SyncToken: "0" }),
  "600": () =>
    after(
      switches({ requestIdConflict: "600" }).then(() => bench.post("vendor?requestid=same", { DisplayName: "One" })),
      () => bench.post("vendor?requestid=same", { DisplayName: "Two" }),
    ),
  "610": () => bench.get("bill/987654"),
  "620": async () => bench.post("billpayment", pay(5, await paidBill())),
  "700": () => bench.post("account", { Name: "Odd child", AccountType: "Expense", ParentRef: { value: bench.account("1010") } }),
  "800": () => deleteLinked("800"),
  "900": async () => {
    const id = idOf(await bench.make("Class", { Name: "Own parent" }));
    return bench.post("class", { Id: id, SyncToken: "0", Name: "Own parent", ParentRef: { value: id } });
  },
  "1040": () =>
    bench.post("batch", { BatchItemRequest: Array.from({ length: 31 }, (_, index) => ({ bId: `${index}`, Query: "select * from Term" })) }),
  "1050": () => raw(`${bench.realm}/bill`, { body: "hello", headers: { "content-type": "text/plain" } }),
  "2000": () => bench.post("estimate", {}),
  "2010": post("bill", () => bill({ Surprise: true })),
  "2020": post("bill", () => ({ Line: [cost(5)] })),
  "2030": () => bench.get("bill/abc"),
  "2040": post("vendor", () => ({ DisplayName: "Tab\there" })),
  "2050": post("bill", () => bill({ DocNumber: "1234567890123456789012" })),
  "2060": post("bill", () => bill({ TxnDate: "2026-02-30" })),
  "2090": post("invoice", () => invoice({}, { UnitPrice: "many" })),
  "2130": () => bench.post(`vendor?requestid=${"x".repeat(51)}`, { DisplayName: "Long" }),
  "2140": post("bill", () => bill({ Line: [{ ...cost(5), Amount: "five" }] })),
  "2150": post("invoice", () =>
    invoice({
      Line: [saleLine(item, 5), { DetailType: "DiscountLineDetail", DiscountLineDetail: { PercentBased: true, DiscountPercent: 120 } }],
    }),
  ),
  "2160": post("invoice", () => invoice({}, { Qty: -1 })),
  "2170": post("purchase", () => ({ PaymentType: "Barter", AccountRef: { value: bench.account("2040") }, Line: [cost(5)] })),
  "2180": post("term", () => ({ Name: "Net 5000", DueDays: 5000 })),
  "2200": post("vendor", () => ({ DisplayName: "Web", WebAddr: { URI: "not an address" } })),
  "2210": post("vendor", () => ({ DisplayName: "Mail", PrimaryEmailAddr: { Address: "nobody" } })),
  "2220": () =>
    after(preferences({ CurrencyPrefs: { MultiCurrencyEnabled: true } }), () =>
      bench.post("vendor", { DisplayName: "Money", CurrencyRef: { value: "ZZZ" } }),
    ),
  "2240": post("vendor", () => ({ DisplayName: "Flag", Vendor1099: "perhaps" })),
  "2250": post("bill", () => bill({ Line: [] })),
  "2260": post("journalentry", () => detailed({ PostingType: null })),
  "2270": post("journalentry", () => detailed({ TaxCodeRef: { value: "TAX" } })),
  "2280": post("journalentry", () => detailed({ TaxCodeRef: { value: "TAX" }, TaxApplicableOn: "Sales" })),
  "2290": post("bill", () => bill({ Line: [cost(-5)] })),
  "2300": () => after(switches({ unbalancedJournalCode: "2300" }), () => bench.post("journalentry", entry(5, 4))),
  "2500": post("bill", () => bill({ Line: [expenseLine("99999", 5)] })),
  "2600": post("billpayment", () => ({ ...pay(5, "1"), CreditCardPayment: { CCAccountRef: { value: bench.account("2040") } } })),
  "3000": post("invoice", () => invoice({ CustomField: [{ DefinitionId: "9", StringValue: "x" }] })),
  "3100": () => raw("1/bill/1"),
  "3200": () => raw(`${bench.realm}/bill/1`, { headers: { authorization: "Bearer nonsense" } }),
  "4000": () => bench.query("select * from Bill where TxnDate > 2026-01-01"),
  "4001": () => bench.query("select * from Purchase where NoSuchField = 'x'"),
  "5010": () => bench.post("vendor", { Id: vendor, SyncToken: "17", sparse: true, AcctNum: "x" }),
  "5020": () =>
    after(preferences({ AccountingInfoPrefs: { ClassTrackingPerTxnLine: false } }), () => bench.post("class", { Name: "Untracked" })),
  "5030": () => bench.get("reports/ProfitAndLoss?accounting_method=Cash"),
  "6000": post("journalentry", () => entry(5, 4)),
  "6010": post("account", () => ({ Name: "No type" })),
  "6030": () => after(switches({ uploadMegabytes: 1 }), () => form([{ ...pdf, text: "x".repeat(1_100_000) }])),
  "6040": () => uploaded([{ name: "file_metadata_01", type: "application/json", text: "{" }, pdf]),
  "6041": () => uploaded([{ ...pdf, type: "application/octet-stream" }]),
  "6050": post("attachable", () => ({ Note: "x", AttachableRef: [{ EntityRef: { type: "Term", value: "1" } }] })),
  "6070": post("invoice", () => invoice({}, { Qty: 2, UnitPrice: 3 })),
  "6080": post("vendor", () => ({ AcctNum: "nameless" })),
  "6090": post("invoice", () =>
    invoice({ Line: [saleLine(item, 5), { DetailType: "DiscountLineDetail", DiscountLineDetail: { PercentBased: true } }] }),
  ),
  "6100": post("bill", () => bill({ Line: [cost(5, { TaxCodeRef: { value: "2" } })] })),
  "6140": () => after(bench.make("Bill", bill({ DocNumber: "TWICE" })), () => bench.post("bill", bill({ DocNumber: "TWICE" }))),
  "6150": post("customer", () => ({ DisplayName: "Orphan job", Job: true })),
  "6180": () => nested(6),
  "6190": () => after(switches({ subscription: "ended" }), () => bench.post("bill", bill())),
  "6200": () =>
    after(
      switches({ closedPeriodCode: "6200" }).then(() => preferences({ AccountingInfoPrefs: { BookCloseDate: "2026-06-30" } })),
      () => bench.post("bill", bill({ TxnDate: "2026-06-30" })),
    ),
  "6210": () =>
    after(preferences({ AccountingInfoPrefs: { BookCloseDate: "2026-06-30" } }), () => bench.post("bill", bill({ TxnDate: "2026-06-30" }))),
  "6220": async () => {
    const id = idOf(await bench.make("Vendor", { DisplayName: "Owed" }));
    await bench.make("Bill", bill({ VendorRef: { value: id } }));
    return bench.post("vendor", { Id: id, SyncToken: "0", sparse: true, Active: false });
  },
  "6240": post("customer", () => ({ DisplayName: "acme carriers" })),
  "6310": post("bill", () => bill({ Line: [cost(5, { BillableStatus: "Billable" })] })),
  "6320": post("bill", () => bill({ Line: [cost(5, { BillableStatus: "HasBeenBilled" })] })),
  "6400": () => deleteLinked("6400"),
  "6430": post("purchase", () => ({ PaymentType: "Check", AccountRef: { value: bench.account("2040") }, Line: [cost(5)] })),
  "6440": post("bill", () => bill({ Line: [{ DetailType: "AccountBasedExpenseLineDetail", Amount: 5 }] })),
  "6480": () => deleteLinked("6480"),
  "6490": async () => {
    const [klass, place] = [await bench.row("Class", "REEFER"), await bench.row("Department", "DAL")];
    return bench.post(
      "budget",
      budget({ AccountRef: { value: bench.account("5130") }, ClassRef: { value: klass }, DepartmentRef: { value: place } }),
    );
  },
  "6500": post("budget", () => budget({}, { BudgetDetail: [] })),
  "6510": post("budget", () => budget({ AccountRef: { value: bench.account("1010") } })),
  "6530": post("bill", () => bill({ PrivateNote: "paid with 4111 1111 1111 1111" })),
  "6540": deposited,
};

const gateway: Record<string, number> = { "3100": 403, "3200": 401 };
/** What only the vendor's side can bring about. */
const switched = (
  "100 110 120 130 140 150 630 1000 1010 1020 2070 2080 2100 2110 2120 2190 2230 3202 4002 5000 6160 6170 6230 6250 6270 6280 6450 6470 " +
  "10000 10100 10200"
).split(" ");
const statuses: Record<string, number> = { "100": 401, "110": 401, "120": 403, "10000": 500 };

describe("a request provokes", () => {
  test.each(Object.keys(provoked))("%s", async (code) => {
    const answer = await provoked[code]?.();
    expect(answer === undefined ? "" : faultIn(answer).code).toBe(code);
    expect(answer?.status).toBe(gateway[code] ?? 400);
    expect(faultIn(answer ?? { json: {} }).message).not.toMatch(/^(Error)?$/);
    const { Fault: own } = answer?.json ?? {};
    if (gateway[code] === undefined) expect(objectOf(own)["type"]).toBe("ValidationFault");
  });

  test("3001, over a limit and over the monthly quota", async () => {
    await bench.control("PUT", "limits", { system: "quickbooks-online", id: bench.realm, scale: 1, meteredPerMonth: 0 });
    const answer = await bench.get("companyinfo/1");
    await bench.control("PUT", "limits", { system: "quickbooks-online", id: bench.realm, enabled: false });
    expect([answer.status, faultIn(answer).code]).toEqual([429, "3001"]);
  });

  test("what names an inactive row is refused by the text of the list, under either code", async () => {
    const refusal = faultIn(await bench.post("bill", bill({ VendorRef: { value: retired } })));
    expect(refusal).toMatchObject({ code: "2500", detail: expect.stringContaining("made inactive") as string });
  });
});

describe("a switch provokes", () => {
  test.each(switched)("%s", async (code) => {
    await switches({ outage: code });
    const answer = await bench.get("companyinfo/1");
    expect([answer.status, faultIn(answer).code]).toEqual([statuses[code] ?? 400, code]);
    expect(faultIn(answer).message).not.toBe("Error");
  });

  test("the 6000 that asks to be tried again", async () => {
    await switches({ outage: "6000" });
    expect(faultIn(await bench.post("bill", bill())).detail).toContain("Please wait a few minutes");
  });

  test("a fault inside a 200", async () => {
    await switches({ subscription: "ended", faultStatus: "200" });
    const answer = await bench.post("bill", bill());
    expect([answer.status, faultIn(answer).code]).toEqual([200, "6190"]);
    expect((await bench.get("companyinfo/1")).json).toHaveProperty("CompanyInfo");
  });
});

test("together they are the published list", () => {
  const published =
    "100 110 120 130 140 150 500 600 610 620 630 700 800 900 1000 1010 1020 1040 1050 2000 2010 2020 2030 2040 2050 2060 2070 2080 2090 2100 2110 " +
    "2120 2130 2140 2150 2160 2170 2180 2190 2200 2210 2220 2230 2240 2250 2260 2270 2280 2290 2300 2500 2600 3000 3100 3200 3202 4000 4001 " +
    "4002 5000 5010 5020 5030 6000 6010 6030 6040 6041 6050 6070 6080 6090 6100 6140 6150 6160 6170 6180 6190 6200 6210 6220 6230 6240 6250 6270 " +
    "6280 6310 6320 6400 6430 6440 6450 6470 6480 6490 6500 6510 6530 6540 10000 10100 10200";
  const covered = [...Object.keys(provoked), ...switched].sort((left, right) => Number(left) - Number(right));
  expect(covered).toEqual(published.split(" "));
});
