import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, journal, openBench, saleLine, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let customer: string;
let vendor: string;
let item: string;
beforeAll(async () => {
  bench = await openBench();
  customer = String((await bench.make("Customer", { DisplayName: "Shipper One" }))["Id"]);
  vendor = String((await bench.make("Vendor", { DisplayName: "Acme Carriers" }))["Id"]);
  item = await bench.row("Item", "Linehaul Revenue - Company Fleet");
});
afterAll(() => bench.close());

const idOf = (record: JsonObject) => String(record["Id"]);
const read = async (entity: string, id: string) => objectOf((await bench.get(`${entity.toLowerCase()}/${id}`)).json[entity]);
const invoice = (amount: number, more: JsonObject = {}) =>
  bench.make("Invoice", { CustomerRef: { value: customer }, Line: [saleLine(item, amount)], ...more });
const memo = (amount: number) => bench.make("CreditMemo", { CustomerRef: { value: customer }, Line: [saleLine(item, amount)] });
const bill = (amount: number, more: JsonObject = {}) =>
  bench.make("Bill", { VendorRef: { value: vendor }, Line: [expenseLine(bench.account("5130"), amount)], ...more });
const pays = (amount: number, type: string, id: string): JsonObject => ({ Amount: amount, LinkedTxn: [{ TxnId: id, TxnType: type }] });
const payment = (total: number, lines: JsonObject[], more: JsonObject = {}): JsonObject => ({
  CustomerRef: { value: customer },
  TotalAmt: total,
  Line: lines,
  ...more,
});
const billPayment = (total: number, lines: JsonObject[], more: JsonObject = {}): JsonObject => ({
  VendorRef: { value: vendor },
  PayType: "Check",
  TotalAmt: total,
  CheckPayment: { BankAccountRef: { value: bench.account("1010") } },
  Line: lines,
  ...more,
});

async function legsOf(id: string): Promise<JsonObject[]> {
  const entries = listOf((await bench.ledger())["entries"]).map(objectOf);
  const entry = entries.findLast((candidate) => candidate["id"] === id);
  return listOf(entry?.["lines"])
    .map(objectOf)
    .filter((leg) => leg["reversal"] !== true);
}

describe("a customer's payment", () => {
  test("takes the balance of what it pays, links both ways and moves the other's SyncToken", async () => {
    const owed = await invoice(2400);
    const made = await bench.make("Payment", payment(2500, [pays(2400, "Invoice", idOf(owed))], { PaymentRefNum: "ACH-8831" }));
    expect(made).toMatchObject({ UnappliedAmt: 100, TotalAmt: 2500, ProcessPayment: false, SyncToken: "0", PaymentRefNum: "ACH-8831" });
    expect(made["DepositToAccountRef"]).toEqual({ value: bench.account("1050") });
    const paid = await read("Invoice", idOf(owed));
    expect(paid).toMatchObject({ Balance: 0, SyncToken: "1", LinkedTxn: [{ TxnId: idOf(made), TxnType: "Payment" }] });
    expect(await legsOf(idOf(made))).toMatchObject([
      { account: "1050", debit: "2500.00" },
      { account: "1100", credit: "2400.00", party: { name: "Shipper One" } },
      { account: "1100", credit: "100.00" },
    ]);
  });

  test("applies a credit memo without new money", async () => {
    const owed = await invoice(100);
    const credit = await memo(40);
    const made = await bench.make("Payment", payment(0, [pays(40, "Invoice", idOf(owed)), pays(40, "CreditMemo", idOf(credit))]));
    expect(made).toMatchObject({ TotalAmt: 0, UnappliedAmt: 0 });
    expect(await read("Invoice", idOf(owed))).toMatchObject({ Balance: 60 });
    expect(await read("CreditMemo", idOf(credit))).toMatchObject({
      Balance: 0,
      RemainingCredit: 0,
      LinkedTxn: [{ TxnId: idOf(made), TxnType: "Payment" }],
    });
  });

  test("an update with fewer lines frees the rest", async () => {
    const [one, two] = [await invoice(10), await invoice(20)];
    const made = await bench.make("Payment", payment(30, [pays(10, "Invoice", idOf(one)), pays(20, "Invoice", idOf(two))]));
    const answer = await bench.post("payment", {
      ...{ Id: idOf(made), SyncToken: "0", sparse: true },
      Line: [pays(20, "Invoice", idOf(two))],
    });
    expect(objectOf(answer.json["Payment"])).toMatchObject({ UnappliedAmt: 10, SyncToken: "1" });
    expect(await read("Invoice", idOf(one))).toMatchObject({ Balance: 10, LinkedTxn: [], SyncToken: "2" });
    expect(await read("Invoice", idOf(two))).toMatchObject({ Balance: 0, SyncToken: "1" });
  });

  test("a void empties it and reopens the invoice; a deletion does as well", async () => {
    const owed = await invoice(75);
    const first = await bench.make("Payment", payment(75, [pays(75, "Invoice", idOf(owed))], { PrivateNote: "wire" }));
    const voided = await bench.post("payment?operation=update&include=void", { Id: idOf(first), SyncToken: "0", sparse: true });
    expect(objectOf(voided.json["Payment"])).toMatchObject({
      ...{ TotalAmt: 0, UnappliedAmt: 0, Line: [], PrivateNote: "Voided - wire", SyncToken: "1" },
    });
    expect(await legsOf(idOf(first))).toEqual([]);
    expect(await read("Invoice", idOf(owed))).toMatchObject({ Balance: 75, LinkedTxn: [] });
    const second = await bench.make("Payment", payment(75, [pays(75, "Invoice", idOf(owed))]));
    await bench.post("payment?operation=delete", { Id: idOf(second), SyncToken: "0" });
    expect(await read("Invoice", idOf(owed))).toMatchObject({ Balance: 75, LinkedTxn: [] });
  });

  test("voiding an invoice sends the payments on it back to unapplied", async () => {
    const [one, two] = [await invoice(30), await invoice(50)];
    const made = await bench.make("Payment", payment(80, [pays(30, "Invoice", idOf(one)), pays(50, "Invoice", idOf(two))]));
    const { SyncToken: sync } = await read("Invoice", idOf(one));
    const voided = await bench.post("invoice?operation=void", { Id: idOf(one), SyncToken: sync ?? "" });
    expect(objectOf(voided.json["Invoice"])).toMatchObject({
      TotalAmt: 0,
      Balance: 0,
      LinkedTxn: [],
      PrivateNote: "Voided",
      SyncToken: "2",
    });
    expect(await read("Payment", idOf(made))).toMatchObject({ UnappliedAmt: 30, SyncToken: "1", Line: [{ Amount: 50 }] });
  });

  test("pays a journal entry's receivable line, whatever its number", async () => {
    const line = (type: string, account: string, entity: JsonObject = {}): JsonObject => ({
      DetailType: "JournalEntryLineDetail",
      Amount: 12,
      JournalEntryLineDetail: { PostingType: type, AccountRef: { value: account }, ...entity },
    });
    const entity = { Entity: { Type: "Customer", EntityRef: { value: customer } } };
    const entry = await bench.make("JournalEntry", {
      Line: [line("Debit", bench.account("1100"), entity), line("Credit", bench.account("4010"))],
    });
    const made = await bench.make("Payment", payment(12, [pays(12, "JournalEntry", idOf(entry))]));
    expect(await read("JournalEntry", idOf(entry))).toMatchObject({
      LinkedTxn: [{ TxnId: idOf(made), TxnType: "Payment" }],
      SyncToken: "1",
    });
  });
});

describe("a payment to a vendor", () => {
  test("pays bills less credits and links them as a check, even by credit card", async () => {
    const owed = await bill(1800);
    const credit = await bench.make("VendorCredit", { VendorRef: { value: vendor }, Line: [expenseLine(bench.account("5130"), 300)] });
    const made = await bench.make("BillPayment", {
      ...billPayment(1500, [pays(1800, "Bill", idOf(owed)), pays(300, "VendorCredit", idOf(credit))]),
      PayType: "CreditCard",
      CheckPayment: null,
      CreditCardPayment: { CCAccountRef: { value: bench.account("2040") } },
    });
    expect(made).toMatchObject({ TotalAmt: 1500, CreditCardPayment: { CCAccountRef: { name: "Corporate Credit Card" } } });
    expect(await read("Bill", idOf(owed))).toMatchObject({
      ...{ Balance: 0, SyncToken: "1", LinkedTxn: [{ TxnId: idOf(made), TxnType: "BillPaymentCheck" }] },
    });
    expect(await read("VendorCredit", idOf(credit))).toMatchObject({ Balance: 0, SyncToken: "1" });
    expect(await legsOf(idOf(made))).toMatchObject([
      { account: "2040", credit: "1500.00" },
      { account: "2010", debit: "1800.00" },
      { account: "2010", credit: "300.00" },
    ]);
  });

  test("clears the payable account the bill was posted to", async () => {
    const owed = await bill(90, { APAccountRef: { value: bench.account("2020") } });
    const made = await bench.make("BillPayment", billPayment(100, [pays(90, "Bill", idOf(owed))]));
    expect(made["CheckPayment"]).toMatchObject({ PrintStatus: "NotSet", BankAccountRef: { name: "Operating Checking" } });
    expect(await legsOf(idOf(made))).toMatchObject([
      { account: "1010", credit: "100.00" },
      { account: "2020", debit: "90.00" },
      { account: "2010", debit: "10.00" },
    ]);
  });

  test("a void reopens the bills", async () => {
    const owed = await bill(55);
    const made = await bench.make("BillPayment", billPayment(55, [pays(55, "Bill", idOf(owed))]));
    const voided = await bench.post("billpayment?operation=update&include=void", { Id: idOf(made), SyncToken: "0", sparse: true });
    expect(objectOf(voided.json["BillPayment"])).toMatchObject({ TotalAmt: 0, Line: [], PrivateNote: "Voided" });
    expect(await read("Bill", idOf(owed))).toMatchObject({ Balance: 55, SyncToken: "2" });
    expect(await read("Bill", idOf(owed))).not.toHaveProperty("LinkedTxn");
  });

  test("pays what a journal entry owes the vendor", async () => {
    const owed = await bench.make("JournalEntry", {
      ...journal([[bench.account("5110"), 700]]),
      Line: [
        ...listOf(journal([[bench.account("5110"), 700]])["Line"]),
        {
          DetailType: "JournalEntryLineDetail",
          Amount: 700,
          JournalEntryLineDetail: {
            PostingType: "Credit",
            AccountRef: { value: bench.account("2030") },
            Entity: { Type: "Vendor", EntityRef: { value: vendor } },
          },
        },
      ],
    });
    const made = await bench.make("BillPayment", billPayment(700, [pays(700, "JournalEntry", idOf(owed))]));
    expect(await legsOf(idOf(made))).toMatchObject([{ account: "1010" }, { account: "2030", debit: "700.00" }]);
  });
});

describe("what is refused", () => {
  test("a line to another party's transaction, to a wrong type, to what is paid, to what is not there", async () => {
    const other = await bench.make("Customer", { DisplayName: `Other ${customer}` });
    const theirs = await bench.make("Invoice", { CustomerRef: { value: idOf(other) }, Line: [saleLine(item, 5)] });
    const paid = await invoice(5);
    await bench.make("Payment", payment(5, [pays(5, "Invoice", idOf(paid))]));
    const code = async (line: JsonObject) => faultIn(await bench.post("payment", payment(5, [line]))).code;
    expect(await code(pays(5, "Invoice", idOf(theirs)))).toBe("620");
    expect(await code(pays(5, "Bill", idOf(paid)))).toBe("620");
    expect(await code(pays(5, "Invoice", idOf(paid)))).toBe("620");
    expect(await code(pays(5, "Invoice", "999999"))).toBe("2500");
  });

  test("with the other behaviour a paid line is dropped, and an empty payment is voided", async () => {
    const paid = await bill(5);
    await bench.make("BillPayment", billPayment(5, [pays(5, "Bill", idOf(paid))]));
    await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { paidLine: "drop" } });
    const made = await bench.make("BillPayment", billPayment(5, [pays(5, "Bill", idOf(paid))]));
    await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { paidLine: "620" } });
    expect(made).toMatchObject({ TotalAmt: 0, Line: [], PrivateNote: "Voided" });
    expect(await legsOf(idOf(made))).toEqual([]);
  });

  const refused: [string, string, () => JsonObject | Promise<JsonObject>, string][] = [
    ["Payment", "no total", () => ({ CustomerRef: { value: customer } }), "6000"],
    ["Payment", "no customer", () => ({ TotalAmt: 5 }), "2020"],
    ["Payment", "a total below zero", () => payment(-5, []), "2290"],
    ["Payment", "a deposit to an expense account", () => payment(5, [], { DepositToAccountRef: { value: bench.account("7080") } }), "6430"],
    ["Payment", "more applied than paid", async () => payment(5, [pays(6, "Invoice", idOf(await invoice(9)))]), "6000"],
    ["Payment", "more applied than open", async () => payment(50, [pays(10, "Invoice", idOf(await invoice(9)))]), "6000"],
    ["Payment", "a line that links nothing", () => payment(5, [{ Amount: 5 }]), "2020"],
    ["BillPayment", "no means of payment", () => ({ VendorRef: { value: vendor }, TotalAmt: 5, PayType: "Check" }), "2020"],
    ["BillPayment", "no total", () => ({ ...billPayment(5, []), TotalAmt: null }), "6000"],
    ["BillPayment", "a type that does not exist", () => ({ ...billPayment(5, []), PayType: "Barter" }), "2170"],
    [
      "BillPayment",
      "a bank that is none",
      () => ({ ...billPayment(5, []), CheckPayment: { BankAccountRef: { value: bench.account("2040") } } }),
      "6430",
    ],
    [
      "BillPayment",
      "two means of payment",
      () => ({ ...billPayment(5, []), CreditCardPayment: { CCAccountRef: { value: bench.account("2040") } } }),
      "2600",
    ],
    [
      "Transfer",
      "an income account",
      () => ({ FromAccountRef: { value: bench.account("4010") }, ToAccountRef: { value: bench.account("1010") }, Amount: 5 }),
      "6430",
    ],
    [
      "Transfer",
      "nothing to move",
      () => ({ FromAccountRef: { value: bench.account("1020") }, ToAccountRef: { value: bench.account("1010") } }),
      "2020",
    ],
    ["Deposit", "no lines", () => ({ DepositToAccountRef: { value: bench.account("1010") } }), "2250"],
    [
      "Deposit",
      "a line without its detail",
      () => ({ DepositToAccountRef: { value: bench.account("1010") }, Line: [{ Amount: 5, DetailType: "DepositLineDetail" }] }),
      "6440",
    ],
  ];
  test.each(refused)("%s: %s", async (entity, _case, body, code) => {
    expect(faultIn(await bench.post(entity.toLowerCase(), await body())).code).toBe(code);
  });

  test("a linked bill cannot be deleted, shrunk below what was paid, or given to another vendor", async () => {
    const owed = await bill(100);
    await bench.make("BillPayment", billPayment(60, [pays(60, "Bill", idOf(owed))]));
    const reference = { Id: idOf(owed), SyncToken: "1" };
    expect(faultIn(await bench.post("bill?operation=delete", reference)).code).toBe("6000");
    const shrunk = { ...reference, VendorRef: { value: vendor }, Line: [expenseLine(bench.account("5130"), 59)] };
    expect(faultIn(await bench.post("bill", shrunk)).code).toBe("6000");
    const grown = await bench.post("bill", { ...shrunk, Line: [expenseLine(bench.account("5130"), 160)] });
    expect(objectOf(grown.json["Bill"])).toMatchObject({ TotalAmt: 160, Balance: 100, LinkedTxn: [{ TxnType: "BillPaymentCheck" }] });
  });
});

describe("deposits and transfers", () => {
  test("a deposit takes a payment out of undeposited funds; then the payment cannot be changed", async () => {
    const made = await bench.make("Payment", payment(2400, []));
    const deposit = await bench.make("Deposit", {
      DepositToAccountRef: { value: bench.account("1010") },
      Line: [
        { Amount: 2400, LinkedTxn: [{ TxnId: idOf(made), TxnType: "Payment", TxnLineId: "0" }] },
        {
          Amount: -12.5,
          DetailType: "DepositLineDetail",
          DepositLineDetail: { AccountRef: { value: bench.account("8020") }, Entity: { value: vendor, type: "VENDOR" } },
        },
      ],
    });
    expect(deposit).toMatchObject({
      TotalAmt: 2387.5,
      Line: [{ Amount: 2400 }, { Id: "1", LineNum: 1, DepositLineDetail: { Entity: { name: "Acme Carriers", type: "Vendor" } } }],
    });
    expect(await legsOf(idOf(deposit))).toMatchObject([
      { account: "1010", debit: "2387.50" },
      { account: "1050", credit: "2400.00" },
      { account: "8020", debit: "12.50" },
    ]);
    expect(await read("Payment", idOf(made))).toMatchObject({ SyncToken: "1", LinkedTxn: [{ TxnId: idOf(deposit), TxnType: "Deposit" }] });
    const reference = { Id: idOf(made), SyncToken: "1" };
    for (const path of ["payment?operation=delete", "payment?operation=update&include=void"]) {
      expect(faultIn(await bench.post(path, reference)).code).toBe("6540");
    }
    expect(faultIn(await bench.post("payment", { ...payment(1, []), ...reference })).code).toBe("6540");
    const twice = {
      DepositToAccountRef: { value: bench.account("1010") },
      Line: [{ Amount: 2400, LinkedTxn: [{ TxnId: idOf(made), TxnType: "Payment", TxnLineId: "0" }] }],
    };
    expect(faultIn(await bench.post("deposit", twice)).code).toBe("620");
    await bench.post("deposit?operation=delete", { Id: idOf(deposit), SyncToken: "0" });
    expect((await bench.post("payment?operation=delete", { Id: idOf(made), SyncToken: "2" })).status).toBe(200);
  });

  test("a transfer moves money between balance sheet accounts", async () => {
    const made = await bench.make("Transfer", {
      FromAccountRef: { value: bench.account("1020") },
      ToAccountRef: { value: bench.account("1010") },
      Amount: 5000,
    });
    expect(await legsOf(idOf(made))).toMatchObject([
      { account: "1010", debit: "5000.00" },
      { account: "1020", credit: "5000.00" },
    ]);
  });
});

describe("with AutoApplyCredit on", () => {
  test("a new invoice takes open credit memos and unapplied payments at once", async () => {
    const own = await bench.make("Customer", { DisplayName: "Prepaid Shipper" });
    const ref = { CustomerRef: { value: idOf(own) } };
    const credit = await bench.make("CreditMemo", { ...ref, Line: [saleLine(item, 40)] });
    const prepaid = await bench.make("Payment", { ...ref, TotalAmt: 100 });
    const setting = (AutoApplyCredit: boolean) =>
      bench.control("POST", "preferences", {
        system: "quickbooks-online",
        id: bench.realm,
        preferences: { SalesFormsPrefs: { AutoApplyCredit } },
      });
    await setting(true);
    const made = await bench.make("Invoice", { ...ref, Line: [saleLine(item, 120)] });
    await setting(false);
    expect(made).toMatchObject({ TotalAmt: 120, Balance: 0 });
    expect(listOf(made["LinkedTxn"])).toHaveLength(2);
    expect(await read("CreditMemo", idOf(credit))).toMatchObject({ Balance: 0 });
    expect(await read("Payment", idOf(prepaid))).toMatchObject({ UnappliedAmt: 20 });
    expect(await read("Customer", idOf(own))).toMatchObject({ Balance: -20 });
  });
});
