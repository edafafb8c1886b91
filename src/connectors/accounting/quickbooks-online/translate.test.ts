import { describe, expect, test } from "vitest";
import type { DocumentLine, LedgerDocument } from "../../../core/document.ts";
import { Fault } from "../../../core/errors.ts";
import type { Lookup } from "../connector.ts";
import { toPartyEntry, toQuickBooks } from "./translate.ts";

const known: Record<string, string> = {
  "account 5010": "62",
  "account 5020": "57",
  "account 2000": "33",
  "account 1000": "35",
  "account 2100": "42",
  "account 1200": "84",
  "vendor LOVES": "58",
  "vendor CARR-9": "41",
  "customer SHIP-1": "24",
  "employee D-77": "12",
  "item Linehaul": "7",
  "class Dry Van": "5000000000000007280",
  "department Dallas": "2",
  "term Net 30": "3",
};
const lookup: Lookup = (kind, name) => known[`${kind} ${name}`];
const types: Record<string, string> = { "35": "Bank", "42": "Credit Card", "33": "Accounts Payable" };
const context = { lookup, accountType: (id: string) => types[id] };

const because = { ruleSet: "r", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;

function leg(role: DocumentLine["role"], account: string, side: DocumentLine["side"], more: Partial<DocumentLine> = {}): DocumentLine {
  return { role, account, side, amountMinor: 180000n, description: "Load 50211", dimensions: {}, because, ...more };
}

function documentOf(kind: LedgerDocument["kind"], lines: DocumentLine[], more: Partial<LedgerDocument> = {}): LedgerDocument {
  return {
    kind,
    number: "N-1",
    date: "2026-01-20",
    currency: "USD",
    memo: "Load 50211",
    dimensions: {},
    totalMinor: 180000n,
    lines,
    ...more,
  };
}

const carrier = { type: "vendor", id: "CARR-9", name: "Acme Carriers" } as const;
const shipper = { type: "customer", id: "SHIP-1", name: "Shipper One" } as const;
const head = '"DocNumber":"N-1","TxnDate":"2026-01-20","CurrencyRef":{"value":"USD"},"PrivateNote":"Load 50211\\nledgerlane:k1"';

function json(document: LedgerDocument): string {
  return toQuickBooks(document, "k1", context).json;
}

function faultOf(act: () => unknown): Fault {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    return error as Fault;
  }
  throw new Error("nothing was refused");
}

describe("each kind becomes the body QuickBooks documents", () => {
  test("journal entry: nested party, class and location on the line", () => {
    const lines = [
      leg("detail", "5010", "debit", { dimensions: { class: "Dry Van", department: "Dallas" } }),
      leg("balance", "2000", "credit", { description: "", party: carrier }),
    ];
    expect(json(documentOf("journal_entry", lines))).toBe(
      `{${head},"Line":[` +
        '{"Description":"Load 50211","Amount":1800.00,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"62"},"ClassRef":{"value":"5000000000000007280"},"DepartmentRef":{"value":"2"}}},' +
        '{"Amount":1800.00,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Credit","AccountRef":{"value":"33"},"Entity":{"Type":"Vendor","EntityRef":{"value":"41"}}}}]}',
    );
  });

  test("bill: A/P account, terms, location on the head, class on the line, a deduction negative", () => {
    const lines = [
      leg("detail", "5010", "debit", { amountMinor: 190000n, dimensions: { class: "Dry Van", department: "Dallas" } }),
      leg("detail", "5020", "credit", { amountMinor: 10000n, description: "Quick pay" }),
      leg("balance", "2000", "credit"),
    ];
    expect(json(documentOf("bill", lines, { party: carrier, terms: "Net 30", dueDate: "2026-02-19" }))).toBe(
      `{${head},"VendorRef":{"value":"41"},"APAccountRef":{"value":"33"},"DepartmentRef":{"value":"2"},"SalesTermRef":{"value":"3"},"DueDate":"2026-02-19","Line":[` +
        '{"Description":"Load 50211","Amount":1900.00,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"62"},"ClassRef":{"value":"5000000000000007280"}}},' +
        '{"Description":"Quick pay","Amount":-100.00,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"57"}}}]}',
    );
  });

  test("vendor credit: positive lines that stand on the credit side, no terms", () => {
    const lines = [leg("detail", "5010", "credit"), leg("balance", "2000", "debit")];
    expect(json(documentOf("vendor_credit", lines, { party: carrier, terms: "Net 30" }))).toBe(
      `{${head},"VendorRef":{"value":"41"},"APAccountRef":{"value":"33"},"Line":[` +
        '{"Description":"Load 50211","Amount":1800.00,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"62"}}}]}',
    );
  });

  test("expense: the balancing account's type decides cash or card, its side payment or refund", () => {
    const cash = json(
      documentOf("expense", [leg("detail", "5010", "debit"), leg("balance", "1000", "credit")], { party: { ...carrier, id: "LOVES" } }),
    );
    expect(cash).toContain('"PaymentType":"Cash","AccountRef":{"value":"35"},"EntityRef":{"value":"58","type":"Vendor"},"Line":');
    expect(json(documentOf("expense", [leg("detail", "5010", "debit"), leg("balance", "2100", "credit")]))).toContain(
      '"PaymentType":"CreditCard","AccountRef":{"value":"42"},"Line":',
    );
    const refund = json(documentOf("expense", [leg("detail", "5010", "credit"), leg("balance", "2100", "debit")]));
    expect(refund).toContain('"PaymentType":"CreditCard","Credit":true,"AccountRef":{"value":"42"}');
    expect(refund).toContain('"Amount":1800.00');
  });

  test("invoice: item, no tax, terms; quantity and price only where they give the amount to the cent", () => {
    const sale = (more: Partial<DocumentLine>) => leg("detail", "4000", "credit", { item: "Linehaul", ...more });
    const lines = [
      sale({ amountMinor: 240000n, quantity: "600", unitPrice: "4.00" }),
      sale({ amountMinor: 41134n, quantity: "112.418", unitPrice: "3.6590", description: "Rounded" }),
      sale({ amountMinor: 100n, quantity: "1", unitPrice: "1.000001", description: "Fine price" }),
      sale({ amountMinor: 500n, side: "debit", description: "Adjustment" }),
      leg("balance", "1200", "debit"),
    ];
    expect(json(documentOf("invoice", lines, { party: shipper, terms: "Net 30" }))).toBe(
      `{${head},"CustomerRef":{"value":"24"},"SalesTermRef":{"value":"3"},"Line":[` +
        '{"Description":"Load 50211","Amount":2400.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"7"},"Qty":600,"UnitPrice":4.00,"TaxCodeRef":{"value":"NON"}}},' +
        '{"Description":"Rounded","Amount":411.34,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"7"},"TaxCodeRef":{"value":"NON"}}},' +
        '{"Description":"Fine price","Amount":1.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"7"},"TaxCodeRef":{"value":"NON"}}},' +
        '{"Description":"Adjustment","Amount":-5.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"7"},"TaxCodeRef":{"value":"NON"}}}]}',
    );
  });

  test("credit memo: positive lines that stand on the debit side", () => {
    const entry = toQuickBooks(
      documentOf("credit_memo", [leg("detail", "4000", "debit", { item: "Linehaul" }), leg("balance", "1200", "credit")], {
        party: shipper,
      }),
      "k1",
      context,
    );
    expect(entry.entity).toBe("CreditMemo");
    expect(entry.json).toContain('"Amount":1800.00');
  });

  test("the class and location of the head hold for lines without their own", () => {
    const lines = [leg("detail", "5010", "debit"), leg("balance", "2000", "credit", { party: carrier })];
    const body = json(documentOf("journal_entry", lines, { dimensions: { class: "Dry Van", department: "Dallas" } }));
    expect(body.match(/"ClassRef":\{"value":"5000000000000007280"\},"DepartmentRef":\{"value":"2"\}/g)).toHaveLength(2);
  });
});

test("a long memo makes room for the mark; emoji and control characters go", () => {
  const lines = [leg("detail", "5010", "debit", { description: "Diesel ⛽🚛\u0000 unit" }), leg("balance", "2000", "credit")];
  const record = toQuickBooks(documentOf("journal_entry", lines, { memo: `🚛${"x".repeat(5_000)}` }), "k1", context).record as {
    PrivateNote: string;
    Line: { Description: string }[];
  };
  expect(record.PrivateNote).toHaveLength(4_000);
  expect(record.PrivateNote).toMatch(/^x+\nledgerlane:k1$/);
  expect(record.Line[0]!.Description).toBe("Diesel ⛽  unit");
});

describe("what has no place over there is refused before anything is sent", () => {
  const balance = leg("balance", "2000", "credit");
  const cases: [string, LedgerDocument, string, RegExp][] = [
    [
      "unknown account",
      documentOf("bill", [leg("detail", "9999", "debit"), balance], { party: carrier }),
      "reference_unknown",
      /account with number "9999"/,
    ],
    [
      "unknown party",
      documentOf("bill", [leg("detail", "5010", "debit"), balance], { party: { ...carrier, id: "NOBODY" } }),
      "reference_unknown",
      /vendor for "NOBODY"/,
    ],
    ["no party", documentOf("bill", [leg("detail", "5010", "debit"), balance]), "books_refused", /needs a vendor/],
    [
      "party of the wrong kind",
      documentOf("invoice", [leg("detail", "4000", "credit", { item: "Linehaul" })], { party: carrier }),
      "books_refused",
      /needs a customer/,
    ],
    [
      "sales line without item",
      documentOf("invoice", [leg("detail", "4000", "credit")], { party: shipper }),
      "books_refused",
      /product or service/,
    ],
    [
      "two balancing accounts",
      documentOf("bill", [leg("detail", "5010", "debit"), balance, leg("balance", "1000", "credit")], { party: carrier }),
      "books_refused",
      /exactly one account/,
    ],
    [
      "two locations on a head",
      documentOf("bill", [leg("detail", "5010", "debit", { dimensions: { department: "Dallas" } }), balance], {
        party: carrier,
        dimensions: { department: "Tulsa" },
      }),
      "books_refused",
      /one location/,
    ],
    ["expense from a payable", documentOf("expense", [leg("detail", "5010", "debit"), balance]), "books_refused", /Accounts Payable/],
    [
      "refund to a bank account",
      documentOf("expense", [leg("detail", "5010", "credit"), leg("balance", "1000", "debit")]),
      "books_refused",
      /credit card accounts only/,
    ],
  ];
  for (const [name, document, code, words] of cases) {
    test(name, () => {
      const fault = faultOf(() => toQuickBooks(document, "k1", context));
      expect(fault.code).toBe(code);
      expect(fault.message).toMatch(words);
    });
  }
});

describe("parties", () => {
  test("the TMS's id stands in the vendor's account number and in the customer's notes", () => {
    expect(toPartyEntry({ kind: "vendor", id: "V-9", name: "Acme: Dallas", currency: "USD" }).json).toBe(
      '{"DisplayName":"Acme - Dallas","CurrencyRef":{"value":"USD"},"AcctNum":"V-9"}',
    );
    expect(toPartyEntry({ kind: "customer", id: "C-9", name: 'O\'Neil "\\"', currency: "CAD" }).json).toBe(
      '{"DisplayName":"O\'Neil \\"\\\\\\"","CurrencyRef":{"value":"CAD"},"Notes":"ledgerlane:C-9"}',
    );
  });

  test("the suffix tells kinds apart; a name of which nothing is left becomes the id", () => {
    expect(toPartyEntry({ kind: "vendor", id: "V-9", name: "Acme", currency: "USD" }, { suffixed: true }).json).toContain(
      '"DisplayName":"Acme (V)"',
    );
    expect(toPartyEntry({ kind: "customer", id: "C-9", name: "Acme", currency: "USD" }, { suffixed: true }).json).toContain(
      '"DisplayName":"Acme (C)"',
    );
    expect(toPartyEntry({ kind: "vendor", id: "V-9", name: "🚚", currency: "USD" }).json).toContain('"DisplayName":"V-9"');
  });

  test("an id that cannot be kept whole is refused rather than shortened", () => {
    expect(faultOf(() => toPartyEntry({ kind: "vendor", id: "x".repeat(101), name: "A", currency: "USD" })).code).toBe("books_refused");
    expect(faultOf(() => toPartyEntry({ kind: "vendor", id: "a🚚", name: "A", currency: "USD" })).code).toBe("books_refused");
  });
});
