import { describe, expect, test } from "vitest";
import type { BillPayment, CustomerPayment, Deposit, Lookup, Movement, Transfer } from "../connector.ts";
import { foundMovement } from "./movement-content.ts";
import { toMovementEntry } from "./payments.ts";
import { parseExact, type JsonObject } from "./wire.ts";

const known: Record<string, string> = {
  "account 1010": "35",
  "account 1020": "36",
  "account 2100": "42",
  "account 8100": "81",
  "account 2000": "33",
  "vendor CARR-9": "41",
  "customer SHIP-1": "24",
  "class Dry Van": "5000000000000007280",
  "department Dallas": "2",
};
const lookup: Lookup = (kind, name) => known[`${kind} ${name}`];
const types: Record<string, string> = { "35": "Bank", "42": "Credit Card", "33": "Accounts Payable" };
const context = { lookup, accountType: (id: string) => types[id] };
const head = { date: "2026-02-20", currency: "USD", memo: "" };

const received: CustomerPayment = {
  ...head,
  kind: "customer_payment",
  number: "ACH-8831",
  customer: "SHIP-1",
  totalMinor: 240000n,
  applied: [{ kind: "invoice", providerId: "130", amountMinor: 240000n }],
};
const paid: BillPayment = {
  ...head,
  kind: "bill_payment",
  number: "1044",
  vendor: "CARR-9",
  totalMinor: 150000n,
  paidFrom: "1010",
  applied: [
    { kind: "bill", providerId: "145", amountMinor: 180000n },
    { kind: "vendor_credit", providerId: "151", amountMinor: 30000n },
  ],
};
const deposit: Deposit = {
  ...head,
  kind: "deposit",
  number: "DEP-7",
  into: "1010",
  payments: [{ providerId: "188", amountMinor: 240000n }],
  lines: [
    { account: "8100", amountMinor: -1250n, description: "Factoring fee", class: "Dry Van", party: { type: "vendor", id: "CARR-9" } },
  ],
};
const transfer: Transfer = { ...head, kind: "transfer", number: "TR-1", from: "1020", into: "1010", totalMinor: 500000n };

const json = (movement: Movement) => toMovementEntry(movement, "k1", context).json;
const common = '"TxnDate":"2026-02-20","CurrencyRef":{"value":"USD"},"PrivateNote"';

test("a customer's payment names its invoices; without an account it waits in undeposited funds", () => {
  expect(json(received)).toBe(
    `{${common}:"ledgerlane:k1","CustomerRef":{"value":"24"},"PaymentRefNum":"ACH-8831","TotalAmt":2400.00,"Line":[{"Amount":2400.00,"LinkedTxn":[{"TxnId":"130","TxnType":"Invoice"}]}]}`,
  );
  expect(json({ ...received, depositTo: "1010" })).toContain('"DepositToAccountRef":{"value":"35"}');
});

test("a credit memo is applied to an invoice without new money, both amounts positive", () => {
  const applied = [
    { kind: "invoice", providerId: "130", amountMinor: 10000n },
    { kind: "credit_memo", providerId: "171", amountMinor: 10000n },
  ] as const;
  expect(json({ ...received, totalMinor: 0n, applied })).toContain(
    '"TotalAmt":0.00,"Line":[{"Amount":100.00,"LinkedTxn":[{"TxnId":"130","TxnType":"Invoice"}]},{"Amount":100.00,"LinkedTxn":[{"TxnId":"171","TxnType":"CreditMemo"}]}]',
  );
});

test("a bill payment by check from a bank, by card from a card account, bills less credits", () => {
  expect(json(paid)).toBe(
    `{${common}:"ledgerlane:k1","VendorRef":{"value":"41"},"DocNumber":"1044","TotalAmt":1500.00,"PayType":"Check","CheckPayment":{"BankAccountRef":{"value":"35"}},"Line":[{"Amount":1800.00,"LinkedTxn":[{"TxnId":"145","TxnType":"Bill"}]},{"Amount":300.00,"LinkedTxn":[{"TxnId":"151","TxnType":"VendorCredit"}]}]}`,
  );
  const card = json({ ...paid, paidFrom: "2100", payable: "2000", department: "Dallas" });
  expect(card).toContain(
    '"APAccountRef":{"value":"33"},"DepartmentRef":{"value":"2"},"PayType":"CreditCard","CreditCardPayment":{"CCAccountRef":{"value":"42"}}',
  );
});

test("a settlement posted as a journal entry is an open payable and is paid like a bill", () => {
  expect(json({ ...paid, totalMinor: 100n, applied: [{ kind: "journal_entry", providerId: "228", amountMinor: 100n }] })).toContain(
    '"TxnType":"JournalEntry"',
  );
});

test("a deposit names the line of each payment; its own lines have a flat party", () => {
  expect(json(deposit)).toBe(
    `{${common}:"DEP-7\\nledgerlane:k1","DepositToAccountRef":{"value":"35"},"Line":[{"Amount":2400.00,"LinkedTxn":[{"TxnId":"188","TxnType":"Payment","TxnLineId":"0"}]},{"Amount":-12.50,"Description":"Factoring fee","DetailType":"DepositLineDetail","DepositLineDetail":{"AccountRef":{"value":"81"},"Entity":{"value":"41","type":"Vendor"},"ClassRef":{"value":"5000000000000007280"}}}]}`,
  );
});

test("a transfer, and a foreign payment with its rate", () => {
  expect(json(transfer)).toBe(
    `{${common}:"TR-1\\nledgerlane:k1","FromAccountRef":{"value":"36"},"ToAccountRef":{"value":"35"},"Amount":5000.00}`,
  );
  expect(json({ ...received, currency: "CAD", exchangeRate: "0.7291" })).toContain('"CurrencyRef":{"value":"CAD"},"ExchangeRate":0.7291');
});

describe("is refused before sending", () => {
  const line = (kind: "invoice" | "bill" | "vendor_credit", amountMinor: bigint) => [{ kind, providerId: "1", amountMinor }];
  const cases: [string, Movement, RegExp][] = [
    ["more than the money", { ...received, totalMinor: 239999n }, /more than it holds/],
    ["a negative payment", { ...received, totalMinor: -1n, applied: [] }, /negative/],
    ["a negative part", { ...received, applied: line("invoice", -5n) }, /not above zero/],
    ["a part of zero", { ...received, applied: line("invoice", 0n) }, /not above zero/],
    ["nothing at all", { ...received, totalMinor: 0n, applied: [] }, /neither money/],
    ["a customer's payment on a bill", { ...received, applied: line("bill", 1n) }, /cannot settle one of kind bill/],
    ["a bill payment on an invoice", { ...paid, applied: line("invoice", 1n) }, /cannot settle one of kind invoice/],
    ["a bill paid from a payable account", { ...paid, paidFrom: "2000" }, /of type Accounts Payable/],
    ["an unknown account", { ...paid, paidFrom: "9999" }, /no account with number "9999"/],
    ["a number of 22 characters", { ...received, number: "N".repeat(22) }, /22 characters/],
    ["a deposit without lines", { ...deposit, payments: [], lines: [] }, /no lines/],
    ["a transfer of nothing", { ...transfer, totalMinor: 0n }, /above zero/],
    ["a rate of zero", { ...received, exchangeRate: "0.00" }, /no exchange rate/],
    ["a rate that is none", { ...received, exchangeRate: "1e3" }, /no exchange rate/],
  ];
  for (const [name, movement, words] of cases) test(name, () => expect(() => json(movement)).toThrow(words));
});

describe("what comes back is compared", () => {
  const answered = (movement: Movement, more: object = {}): JsonObject => {
    const sent = JSON.parse(json(movement)) as object;
    return parseExact(JSON.stringify({ ...sent, Id: "188", SyncToken: "0", ...more })) as JsonObject;
  };
  const found = (movement: Movement, more: object = {}) =>
    foundMovement(answered(movement, more), toMovementEntry(movement, "k1", context), "k1", movement);

  test("the same, with what they fill in by themselves", () => {
    const extra = { DepositToAccountRef: { value: "4" }, UnappliedAmt: 0, ProcessPayment: false };
    expect(found(received, extra)).toMatchObject({
      providerId: "188",
      number: "ACH-8831",
      totalMinor: 240000n,
      sameContent: true,
      ours: true,
    });
    expect(found(paid, { APAccountRef: { value: "33" } }).sameContent).toBe(true);
    expect(found(deposit, { TotalAmt: 2387.5 })).toMatchObject({ totalMinor: 238750n, sameContent: true });
    expect(found(transfer).sameContent).toBe(true);
  });

  test("a line that was dropped, another account or party shows", () => {
    expect(found(received, { Line: [] }).sameContent).toBe(false);
    expect(found(received, { CustomerRef: { value: "25" } }).sameContent).toBe(false);
    expect(found(paid, { CheckPayment: { BankAccountRef: { value: "36" } } }).sameContent).toBe(false);
    expect(found(paid, { TotalAmt: 1500.01 }).sameContent).toBe(false);
    expect(found(transfer, { ToAccountRef: { value: "36" } }).sameContent).toBe(false);
  });

  test("a voided one is not active", () => {
    expect(found(received, { TotalAmt: 0, Line: [], PrivateNote: "Voided\nledgerlane:k1" })).toMatchObject({
      active: false,
      ours: true,
      sameContent: false,
    });
  });
});
