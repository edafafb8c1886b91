import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../json.ts";
import { createdId, items, openAccount, refusal, type TestAccount } from "./test-account.ts";

let account: TestAccount;
let vendor: string;
let customer: string;
let item: string;

beforeAll(async () => {
  account = await openAccount();
  vendor = await account.make("vendor", { companyName: "Acme Carriers", subsidiary: "1" });
  customer = await account.make("customer", { companyName: "Shipper One", subsidiary: "1" });
  item = String((await account.rows("SELECT id FROM item WHERE itemtype = 'Service' ORDER BY id FETCH FIRST 1 ROWS ONLY"))[0]?.["id"]);
});
afterAll(() => account.close());

const bill = (amount = 1250.5, more: JsonObject = {}) =>
  account.make("vendorBill", {
    entity: vendor,
    tranDate: "2026-11-02",
    expense: { items: [{ account: account.account("5130"), amount }] },
    ...more,
  });
const invoice = (rate = 1800, more: JsonObject = {}) =>
  account.make("invoice", { entity: customer, tranDate: "2026-11-02", item: { items: [{ item, quantity: 1, rate }] }, ...more });
const bank = () => account.account("1010");
const status = async (id: string) => (await account.rows(`SELECT status, BUILTIN.DF(status) AS name FROM transaction WHERE id = ${id}`))[0];

describe("paying bills", () => {
  test("a payment with an apply list settles the bill and takes money from the bank", async () => {
    const id = await bill();
    const payment = await account.make("vendorPayment", {
      entity: { id: vendor },
      account: { id: bank() },
      tranDate: "2026-11-10",
      apply: { items: [{ doc: { id }, apply: true, amount: 1250.5 }] },
    });
    expect(await status(id)).toMatchObject({ status: "B", name: "Paid In Full" });
    expect(await status(payment)).toMatchObject({ status: "Y" });
    const read = await account.read("vendorPayment", payment);
    expect(read).toMatchObject({ total: 1250.5, apAcct: { refName: "2010 Accounts Payable - Trade" } });
    expect(items(read["apply"])).toMatchObject([{ doc: { id }, apply: true, amount: 1250.5, total: 1250.5 }]);
    expect(await account.rows(`SELECT nextdoc FROM nexttransactionlinelink WHERE previousdoc = ${id}`)).toEqual([
      { links: [], nextdoc: payment },
    ]);
  });

  test("a transform pays what is open; a second one finds nothing left", async () => {
    const id = await bill();
    const call = () =>
      account.record("POST", `vendorBill/${id}/!transform/vendorPayment`, { account: { id: bank() }, tranDate: "2026-11-10" });
    const first = await call();
    expect(first).toMatchObject({ status: 204, text: "" });
    expect(String(first.headers["location"])).toMatch(/\/vendorpayment\/\d+$/);
    expect(refusal(await call())).toMatchObject({ status: 400, code: "USER_ERROR" });
    expect((await account.read("vendorBill", id))["balance"]).toBe(0);
  });

  test("settling a bill does not touch its last change, and undoing the payment opens it again", async () => {
    const id = await bill();
    const before = (await account.read("vendorBill", id))["lastModifiedDate"];
    await account.control("PUT", "clock", { advanceMs: 60_000 });
    const payment = await account.make("vendorPayment", {
      entity: vendor,
      account: bank(),
      apply: { items: [{ doc: id, apply: true, amount: 1000 }] },
    });
    expect(await account.read("vendorBill", id)).toMatchObject({ lastModifiedDate: before, balance: 250.5, status: { id: "A" } });
    await account.record("DELETE", `vendorPayment/${payment}`);
    expect(await account.read("vendorBill", id)).toMatchObject({ balance: 1250.5 });
  });

  test.each<[string, () => Promise<JsonObject>, RegExp]>([
    [
      "more than is open",
      async () => ({ entity: vendor, apply: { items: [{ doc: await bill(), apply: true, amount: 2000 }] } }),
      /more than what is open/,
    ],
    ["nothing", async () => ({ entity: vendor }), /select at least one bill/],
    [
      "a document of somebody else",
      async () => ({
        entity: await account.make("vendor", { companyName: crypto.randomUUID(), subsidiary: "1" }),
        apply: { items: [{ doc: await bill(), apply: true }] },
      }),
      /Invalid Field Value \d+ for the following field: doc/,
    ],
    ["an invoice", async () => ({ entity: vendor, apply: { items: [{ doc: await invoice(), apply: true }] } }), /Invalid Field Value/],
    [
      "without a bank",
      async () => ({ entity: vendor, account: null, apply: { items: [{ doc: await bill(), apply: true }] } }),
      /Please enter value\(s\) for: Account\./,
    ],
  ])("refuses to pay %s", async (_name, body, sentence) => {
    const answer = await account.record("POST", "vendorPayment", { account: bank(), ...(await body()) });
    expect(refusal(answer)).toMatchObject({ status: 400, code: "USER_ERROR", detail: expect.stringMatching(sentence) });
  });

  test("a paid bill cannot be deleted, nor made smaller than what was paid", async () => {
    const id = await bill();
    await account.record("POST", `vendorBill/${id}/!transform/vendorPayment`, { account: bank() });
    expect(refusal(await account.record("DELETE", `vendorBill/${id}`)).detail).toContain("in use");
    const smaller = await account.record("PATCH", `vendorBill/${id}`, { expense: { items: [{ line: 1, amount: 10 }] } });
    expect(refusal(smaller)).toMatchObject({ status: 400, code: "USER_ERROR" });
    expect((await account.record("PATCH", `vendorBill/${id}`, { memo: "fine" })).status).toBe(204);
  });

  test("a vendor credit takes from a bill", async () => {
    const id = await bill(100);
    const credit = await account.make("vendorCredit", {
      entity: vendor,
      tranDate: "2026-11-03",
      expense: { items: [{ account: account.account("5130"), amount: 40 }] },
      apply: { items: [{ doc: { id }, apply: true, amount: 40 }] },
    });
    expect(await account.read("vendorCredit", credit)).toMatchObject({ total: 40, applied: 40, unapplied: 0, status: { id: "B" } });
    expect(await account.read("vendorBill", id)).toMatchObject({ balance: 60 });
    const rest = await account.record("POST", `vendorBill/${id}/!transform/vendorCredit`, {});
    expect(refusal(rest)).toMatchObject({ status: 204 });
    expect(await status(id)).toMatchObject({ status: "B" });
  });
});

describe("customers' money", () => {
  test("a payment has customer and payment; without an account it waits among the undeposited funds until a deposit", async () => {
    const id = await invoice();
    const apply = { items: [{ doc: { id }, apply: true, amount: 1800 }] };
    const payment = await account.make("customerPayment", { customer: { id: customer }, payment: 1800, tranDate: "2026-11-15", apply });
    expect(await account.read("customerPayment", payment)).toMatchObject({
      payment: 1800,
      applied: 1800,
      unapplied: 0,
      undepFunds: { id: "T" },
    });
    expect(await status(payment)).toMatchObject({ status: "B", name: "Not Deposited" });
    const deposit = await account.make("deposit", {
      account: { id: bank() },
      subsidiary: "1",
      payment: { items: [{ id: payment, deposit: true }] },
      cashBack: { items: [{ account: account.account("7080"), amount: 5 }] },
    });
    expect(await account.read("deposit", deposit)).toMatchObject({ total: 1795 });
    expect(await status(payment)).toMatchObject({ status: "C", name: "Deposited" });
    expect(await account.read("invoice", id)).toMatchObject({ amountRemaining: 0, amountPaid: 1800 });
  });

  test("a payment into a bank account is deposited at once; one with entity instead of customer is refused", async () => {
    const id = await invoice(90);
    const call = await account.record("POST", `invoice/${id}/!transform/customerPayment`, { account: { id: bank() } });
    expect(await status(createdId(call))).toMatchObject({ status: "C" });
    const wrong = await account.record("POST", "customerPayment", { entity: { id: customer }, payment: 5 });
    expect(refusal(wrong).detail).toContain("Please enter value(s) for: Customer.");
    expect(wrong.headers["x-netsuite-propertyvalidation"]).toBeUndefined();
  });

  test.each([0, -3])("a payment of %d is out of range", async (payment) => {
    const answer = await account.record("POST", "customerPayment", { customer, payment });
    expect(refusal(answer)).toMatchObject({ status: 400, detail: expect.stringContaining("outside of valid min/max range for field") });
  });

  test("autoApply takes the oldest invoices first", async () => {
    const other = await account.make("customer", { companyName: "Oldest First", subsidiary: "1" });
    const [late, early] = [
      await invoice(100, { entity: other, tranDate: "2026-11-09" }),
      await invoice(100, { entity: other, tranDate: "2026-11-01" }),
    ];
    await account.make("customerPayment", { customer: other, payment: 130, account: bank(), autoApply: true });
    expect((await account.read("invoice", early))["amountRemaining"]).toBe(0);
    expect((await account.read("invoice", late))["amountRemaining"]).toBe(70);
  });

  test("a credit memo made from an invoice applies to it", async () => {
    const id = await invoice(500);
    const body = { apply: { items: [{ doc: { id }, line: 0, apply: true, amount: 50 }] }, item: { items: [{ item, rate: 50 }] } };
    const credit = await account.record("POST", `invoice/${id}/!transform/creditMemo`, body);
    expect(await account.read("creditMemo", createdId(credit))).toMatchObject({ total: 50, applied: 50 });
    expect((await account.read("invoice", id))["amountRemaining"]).toBe(450);
  });

  test("un-applying by amount 0 or apply false opens the invoice again", async () => {
    const id = await invoice(200);
    const payment = await account.make("customerPayment", {
      customer,
      payment: 200,
      account: bank(),
      apply: { items: [{ doc: id, apply: true, amount: 200 }] },
    });
    await account.record("PATCH", `customerPayment/${payment}`, { apply: { items: [{ doc: id, apply: false }] } });
    expect((await account.read("invoice", id))["amountRemaining"]).toBe(200);
    expect(await account.read("customerPayment", payment)).toMatchObject({ unapplied: 200 });
  });
});

test("there is no void, and no transform that the catalog does not list", async () => {
  const id = await bill();
  expect(refusal(await account.record("POST", `vendorBill/${id}/@void`, {}))).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
  expect(refusal(await account.record("POST", `vendorBill/${id}/!transform/invoice`, {}))).toMatchObject({
    status: 400,
    code: "INVALID_REQUEST",
  });
});

test("checks and expense reports are booked, the report only when it is complete and approved", async () => {
  const check = await account.make("check", {
    account: bank(),
    entity: vendor,
    expense: { items: [{ account: account.account("5630"), amount: 12.34 }] },
    subsidiary: "1",
  });
  expect(
    await account.rows(`SELECT debit, credit FROM transactionaccountingline WHERE transaction = ${check} ORDER BY transactionline`),
  ).toEqual([
    { links: [], credit: "12.34" },
    { links: [], debit: "12.34" },
  ]);
  const employee = await account.make("employee", { firstName: "Dana", lastName: "Reyes", subsidiary: "2" });
  const [category] = await account.rows("SELECT id FROM expensecategory ORDER BY id FETCH FIRST 1 ROWS ONLY");
  const report = await account.make("expenseReport", {
    entity: employee,
    subsidiary: "1",
    expense: { items: [{ category: String(category?.["id"]), amount: 30, expensedate: "2026-11-01" }] },
  });
  const posting = async () => (await account.rows(`SELECT posting, status FROM transaction WHERE id = ${report}`))[0];
  expect(await posting()).toMatchObject({ posting: "F", status: "A" });
  expect((await account.read("expenseReport", report))["subsidiary"]).toMatchObject({ id: "2" });
  await account.record("PATCH", `expenseReport/${report}`, { complete: true });
  expect(await posting()).toMatchObject({ posting: "T", status: "F" });
});

test("whatever was paid, changed and deleted: debits equal credits in every write and in all", async () => {
  const { totals } = await account.ledger();
  expect((totals as JsonObject)["debit"]).toBe((totals as JsonObject)["credit"]);
});
