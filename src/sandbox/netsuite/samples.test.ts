import { afterAll, beforeAll, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { createdId, items, openAccount, services, type TestAccount } from "./test-account.ts";

// The samples of the public documentation, with ids that are good here: each is sent as it stands and read back.

let account: TestAccount;
let vendor: string;
let customer: string;
let item: string;
const strict = { "x-netsuite-propertynamevalidation": "Error" };

beforeAll(async () => {
  account = await openAccount({ id: "1234567_SB1" });
  vendor = await account.make("vendor", { companyName: "Acme", subsidiary: { id: "1" } });
  customer = await account.make("customer", { companyName: "Shipper", subsidiary: { id: "1" } });
  await account.make("vendorSubsidiaryRelationship", { entity: { id: vendor }, subsidiary: { id: "2" } });
  item = String((await account.rows("SELECT id FROM item WHERE itemtype = 'Service' ORDER BY id FETCH FIRST 1 ROWS ONLY"))[0]?.["id"]);
});
afterAll(() => account.close());

async function roundTrip(type: string, body: JsonObject): Promise<JsonObject> {
  const answer = await account.record("POST", type, body, strict);
  expect(answer).toMatchObject({ status: 204, text: "" });
  return account.read(type, createdId(answer));
}

test("a journal with a header memo, line memos, a department and a custom segment", async () => {
  const read = await roundTrip("journalEntry", {
    externalId: "TMS-JE-1001",
    subsidiary: { id: "2" },
    tranDate: "2026-03-31",
    memo: "Fuel accrual",
    line: {
      items: [
        { account: { id: account.account("5210") }, debit: 250.0, memo: "Load 88", department: { id: "4" }, cseg_lane: { id: "9" } },
        { account: { id: account.account("2010") }, credit: 250.0, entity: { id: vendor } },
      ],
    },
  });
  expect(read).toMatchObject({ externalId: "TMS-JE-1001", subsidiary: { id: "2" }, memo: "Fuel accrual", approved: true });
  expect(items(read["line"])).toMatchObject([
    { debit: 250, memo: "Load 88", cseg_lane: { id: "9" } },
    { credit: 250, entity: { id: vendor } },
  ]);
});

test("a bill with the vendor's number and a custom column", async () => {
  const read = await roundTrip("vendorBill", {
    externalId: "TMS-BILL-77",
    entity: { id: vendor },
    subsidiary: { id: "2" },
    tranDate: "2026-03-31",
    tranId: "CARR-5512",
    expense: {
      items: [
        { account: { id: account.account("5130") }, amount: 1250.5, memo: "Linehaul", department: { id: "4" }, custcol_load: "L-88" },
      ],
    },
  });
  expect(read).toMatchObject({ tranId: "CARR-5512", total: 1250.5, tranDate: "2026-03-31" });
  expect(items(read["expense"])).toMatchObject([{ amount: 1250.5, memo: "Linehaul", department: { id: "4" }, custcol_load: "L-88" }]);
});

test("an invoice at a custom price, its payment, and the payment of a bill", async () => {
  const invoice = await roundTrip("invoice", {
    externalId: "TMS-INV-9",
    entity: { id: customer },
    tranDate: "2026-03-31",
    terms: { id: "2" },
    item: { items: [{ item: { id: item }, quantity: 1, rate: 1800, price: { id: "-1" }, description: "Load 88 linehaul" }] },
  });
  expect(invoice).toMatchObject({ total: 1800, terms: { id: "2" } });
  const payment = await roundTrip("customerPayment", {
    customer: { id: customer },
    payment: 1800,
    account: { id: account.account("1010") },
    tranDate: "2026-04-15",
    apply: { items: [{ doc: { id: String(invoice["id"]) }, apply: true, amount: 1800 }] },
  });
  expect(payment).toMatchObject({ payment: 1800, applied: 1800 });
  const bill = await account.make("vendorBill", {
    entity: vendor,
    tranDate: "2026-03-31",
    expense: { items: [{ account: account.account("5130"), amount: 1250.5 }] },
  });
  const paid = await roundTrip("vendorPayment", {
    entity: { id: vendor },
    account: { id: account.account("1010") },
    tranDate: "2026-04-10",
    apply: { items: [{ doc: { id: bill }, apply: true, amount: 1250.5 }] },
  });
  expect(paid).toMatchObject({ total: 1250.5 });
});

test("an advanced intercompany journal, balanced in each subsidiary", async () => {
  const [due, income, cost, owed] = ["1810", "4010", "5180", "2070"].map((number) => ({ id: account.account(number) }));
  const read = await roundTrip("advIntercompanyJournalEntry", {
    subsidiary: { id: "1" },
    tranDate: "2026-03-31",
    line: {
      items: [
        { lineSubsidiary: { id: "1" }, account: due ?? null, debit: 100 },
        { lineSubsidiary: { id: "1" }, account: income ?? null, credit: 100, dueToFromSubsidiary: { id: "2" } },
        { lineSubsidiary: { id: "2" }, account: cost ?? null, debit: 100 },
        { lineSubsidiary: { id: "2" }, account: owed ?? null, credit: 100, dueToFromSubsidiary: { id: "1" } },
      ],
    },
  });
  expect(items(read["line"]).map((row) => objectOf(row["lineSubsidiary"])["id"])).toEqual(["1", "1", "2", "2"]);
});

test("an address book: a subrecord in a row, with its text left to the account", async () => {
  const read = await roundTrip("vendor", {
    companyName: "With Address",
    subsidiary: { id: "1" },
    addressBook: {
      items: [
        {
          defaultBilling: true,
          defaultShipping: true,
          label: "Main",
          addressBookAddress: { addr1: "1 Dock Rd", city: "Reno", state: "NV", zip: "89501", country: { id: "US" }, addressee: "Acme" },
        },
      ],
    },
  });
  expect(items(read["addressBook"])).toMatchObject([
    { label: "Main", addressBookAddress: { addr1: "1 Dock Rd", country: { id: "US", refName: "United States" } } },
  ]);
});

test("a customer as a person, and an employee", async () => {
  const person = { entityStatus: 6, firstName: "Ana", lastName: "Bell", subsidiary: "1", companyName: "Bell Freight" };
  expect(await roundTrip("customer", person)).toMatchObject({ entityStatus: { id: "6" }, companyName: "Bell Freight", balance: 0 });
  expect(await roundTrip("employee", { firstName: "Dana", lastName: "Reyes", subsidiary: "1" })).toMatchObject({ entityId: "Dana Reyes" });
});

test("items of the right kinds, with their accounts", async () => {
  const everywhere = { subsidiary: { items: [{ id: "1" }] }, includeChildren: true };
  const income = { incomeAccount: { id: account.account("4010") } };
  const expense = { expenseAccount: { id: account.account("5130") } };
  for (const family of ["nonInventory", "service", "otherCharge"]) {
    expect(await roundTrip(`${family}SaleItem`, { itemId: `${family} sale`, ...income, ...everywhere })).toMatchObject(income);
    expect(await roundTrip(`${family}PurchaseItem`, { itemId: `${family} purchase`, ...expense, ...everywhere })).toMatchObject(expense);
    await roundTrip(`${family}ResaleItem`, { itemId: `${family} resale`, ...income, ...expense, ...everywhere });
  }
  expect((await account.record("POST", "serviceItem", { itemId: "x" })).status).toBe(404);
});

test("a page of a list, with the links of its neighbours", async () => {
  for (const name of ["Page A", "Page B", "Page C"]) await account.make("vendor", { companyName: name, subsidiary: "1" });
  const page = (await account.record("GET", "vendor?limit=2")).json;
  expect(page).toMatchObject({ count: 2, hasMore: true, offset: 0 });
  expect(listOf(page["links"]).map((link) => objectOf(link)["rel"])).toEqual(["next", "last", "self"]);
});

test("a query with parameters, and its answer", async () => {
  const call = await account.query("SELECT id, acctnumber, accttype FROM account WHERE isinactive = ? ORDER BY id", {
    search: "?limit=1000&offset=0",
    params: ["F"],
  });
  expect(call.json).toMatchObject({
    hasMore: false,
    offset: 0,
    items: expect.arrayContaining([{ links: [], id: "1", acctnumber: "1010", accttype: "Bank" }]),
  });
});

test("an error body: type, title, status and the list of details", async () => {
  await account.preferences({ mandatory: ["location"] });
  const answer = await account.record("POST", "vendorBill", {
    entity: vendor,
    expense: { items: [{ account: account.account("5130"), amount: 1 }] },
  });
  expect(answer.headers["content-type"]).toBe("application/vnd.oracle.resource+json; type=error; charset=UTF-8");
  expect(answer.json).toEqual({
    type: "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1",
    title: "Bad Request",
    status: 400,
    "o:errorDetails": [{ detail: "Error while accessing a resource. Please enter value(s) for: Location.", "o:errorCode": "USER_ERROR" }],
  });
  await account.preferences({ mandatory: [] });
});

test("the answers of 2020 were in lower case, and an account can still give them", async () => {
  const id = await account.make("vendorBill", {
    entity: vendor,
    tranDate: "2026-03-31",
    expense: { items: [{ account: account.account("5130"), amount: 1 }] },
  });
  await account.switches({ nameCase: "lower" });
  expect((await account.record("GET", `vendorBill/${id}`)).json).toMatchObject({
    trandate: "2026-03-31",
    postingperiod: { refName: "Mar 2026" },
  });
  await account.switches({ nameCase: "camel" });
});

test("a request by the vendor's host name finds its account", async () => {
  const headers = { authorization: `Bearer ${account.token}`, host: "1234567-sb1.suitetalk.api.netsuite.com" };
  const path = services.replace("/netsuite", "");
  expect((await account.raw({ method: "GET", path: `${path}/record/v1/vendor/${vendor}`, headers })).status).toBe(200);
  const other = { ...headers, host: "7654321.suitetalk.api.netsuite.com" };
  expect((await account.raw({ method: "GET", path: `${path}/record/v1/vendor/${vendor}`, headers: other })).status).toBe(401);
});
