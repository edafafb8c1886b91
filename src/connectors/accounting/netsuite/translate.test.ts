import { describe, expect, test } from "vitest";
import type { LedgerDocument } from "../../../core/document.ts";
import type { Context } from "./entry.ts";
import { company, context, documentOf, line } from "./sample-context.ts";
import { toNetSuite, toPartyEntry } from "./translate.ts";

const key = "k1";
/** The body as it is sent: numbers as they stand on the wire. */
const wire = (document: LedgerDocument, at: Context = context) => {
  const { body, ...entry } = toNetSuite(document, key, at);
  return { ...entry, body: JSON.parse(JSON.stringify(body)) as Record<string, unknown> };
};
const vendor = { type: "vendor", id: "55", name: "Acme" } as const;
const customer = { type: "customer", id: "301", name: "Shipper" } as const;
const head = {
  externalId: "",
  subsidiary: { id: "2" },
  tranDate: "2026-03-31",
  postingPeriod: { id: "203" },
  currency: { id: "1" },
  tranId: "N-1",
};

describe("the samples of Oracle's documentation come out as they stand there", () => {
  test("a journal with a department and a custom segment", () => {
    const lines = [
      line({
        account: "612",
        side: "debit",
        amountMinor: 25000n,
        description: "Load 88",
        dimensions: { department: "4", "segment:Lane": "9" },
      }),
      line({ role: "balance", account: "210", side: "credit", amountMinor: 25000n, party: vendor }),
    ];
    const at: Context = { ...context, lookup: (kind, name) => (kind === "segment" ? name.replace("Lane/", "") : name) };
    expect(wire(documentOf({ kind: "journal_entry", lines, memo: "Fuel accrual" }), at)).toMatchObject({
      type: "journalEntry",
      sublists: ["line"],
      body: {
        ...head,
        externalId: "LL-JE-k1",
        memo: "Fuel accrual",
        line: {
          items: [
            { account: { id: "612" }, debit: 250, memo: "Load 88", department: { id: "4" }, cseg_lane: { id: "9" } },
            { account: { id: "210" }, credit: 250, entity: { id: "55" } },
          ],
        },
      },
    });
  });

  test("a journal that NetSuite takes back by itself, on a later day", () => {
    const lines = [
      line({ account: "612", side: "debit", amountMinor: 25000n }),
      line({ role: "balance", account: "210", side: "credit", amountMinor: 25000n }),
    ];
    const accrual = (reversesOn: string) => documentOf({ kind: "journal_entry", lines, reversesOn });
    expect(wire(accrual("2026-04-01")).body).toMatchObject({ tranDate: "2026-03-31", reversalDate: "2026-04-01" });
    expect(() => wire(accrual("2026-03-31"))).toThrow("not after its own date");
  });

  test("a vendor bill with a custom column", () => {
    const lines = [
      line({ account: "612", side: "debit", amountMinor: 125050n, description: "Linehaul", dimensions: { department: "4" } }),
      line({ role: "balance", account: "200", side: "credit", amountMinor: 125050n }),
    ];
    const { body } = wire(documentOf({ kind: "bill", lines, party: vendor, number: "CARR-5512", customFields: { custcol_load: "L-88" } }));
    expect(body).toEqual({
      ...head,
      externalId: "LL-VB-k1",
      tranId: "CARR-5512",
      entity: { id: "55" },
      account: { id: "200" },
      expense: { items: [{ account: { id: "612" }, amount: 1250.5, memo: "Linehaul", department: { id: "4" }, custcol_load: "L-88" }] },
    });
  });

  test("an invoice: items, never accounts, at the custom price level", () => {
    const lines = [
      line({ account: "400", side: "credit", amountMinor: 180000n, item: "18", description: "Load 88 linehaul" }),
      line({ role: "balance", account: "120", side: "debit", amountMinor: 180000n }),
    ];
    const { body } = wire(documentOf({ kind: "invoice", lines, party: customer, terms: "2", totalMinor: 180000n }));
    expect(body).toMatchObject({
      entity: { id: "301" },
      terms: { id: "2" },
      item: {
        items: [{ item: { id: "18" }, quantity: 1, rate: 1800, price: { id: "-1" }, amount: 1800, description: "Load 88 linehaul" }],
      },
    });
    expect(body).not.toHaveProperty("expense");
  });

  test("an advanced intercompany journal, balanced in each subsidiary", () => {
    const leg = (account: string, side: "debit" | "credit", entity: string) =>
      line({ account, side, amountMinor: 10000n, dimensions: { entity } });
    const lines = [leg("310", "debit", "1"), leg("610", "credit", "1"), leg("610", "debit", "3"), leg("311", "credit", "3")];
    const document = documentOf({ kind: "journal_entry", lines, dimensions: { entity: "1" }, totalMinor: 20000n });
    const advanced: Context = { ...context, options: { ...context.options, intercompany: "advanced" } };
    expect(wire(document, advanced)).toMatchObject({
      type: "advIntercompanyJournalEntry",
      body: {
        subsidiary: { id: "1" },
        line: {
          items: [
            { lineSubsidiary: { id: "1" }, account: { id: "310" }, debit: 100 },
            { lineSubsidiary: { id: "1" }, account: { id: "610" }, credit: 100, dueToFromSubsidiary: { id: "3" } },
            { lineSubsidiary: { id: "3" }, account: { id: "610" }, debit: 100, dueToFromSubsidiary: { id: "1" } },
            { lineSubsidiary: { id: "3" }, account: { id: "311" }, credit: 100 },
          ],
        },
      },
    });
    const pair: Context = { ...context, options: { ...context.options, intercompany: "pair" } };
    expect(wire(document, pair)).toMatchObject({ type: "intercompanyJournalEntry", body: { toSubsidiary: { id: "3" } } });
    expect(() => wire(document)).toThrow(/switch on intercompany/);
    const uneven = documentOf({ kind: "journal_entry", lines: [leg("310", "debit", "1"), leg("311", "credit", "3")] });
    expect(() => wire(uneven, advanced)).toThrow(/do not balance within subsidiary/);
  });
});

describe("what has no place is refused before anything is sent", () => {
  const bill = (change: Partial<LedgerDocument>): LedgerDocument =>
    documentOf({
      kind: "bill",
      party: vendor,
      lines: [
        line({ account: "612", side: "debit", amountMinor: 125050n }),
        line({ role: "balance", account: "200", side: "credit", amountMinor: 125050n }),
      ],
      ...change,
    });

  const cases: readonly (readonly [string, LedgerDocument, RegExp])[] = [
    ["a number that is too long", bill({ number: "9".repeat(46) }), /takes 1 to 45/],
    ["a date without a period", bill({ date: "2031-01-01" }), /no accounting period for 2031-01-01/],
    ["a currency the account does not keep", bill({ currency: "CAD" }), /no active currency CAD/],
    ["a rate that is none", bill({ exchangeRate: "1,3" }), /no exchange rate/],
    ["a bill of nothing", bill({ totalMinor: 0n }), /more than zero/],
    ["a custom field the form does not show", bill({ customFields: { colour: "red" } }), /no custom field "colour".*Load #/],
    ["text where a number belongs", bill({ customFields: { Miles: "many" } }), /takes a number/],
    [
      "a segment that only the head shows",
      bill({ lines: bill({}).lines.map((each) => ({ ...each, dimensions: { "segment:Head only": "x" } })) }),
      /does not show on them; it shows: Lane/,
    ],
    [
      "lines of several subsidiaries",
      bill({ lines: bill({}).lines.map((each, index) => ({ ...each, dimensions: { entity: String(index + 1) } })) }),
      /several subsidiaries/,
    ],
    ["a sale without an item", { ...bill({ party: customer }), kind: "invoice" }, /names no item/],
    ["a thousand lines and more", bill({ lines: Array.from({ length: 1_001 }, () => bill({}).lines[0]!) }), /times out above 1000/],
    [
      "an expense report of no category",
      { ...bill({ party: { type: "employee", id: "9", name: "Dana" } }), kind: "expense_report" },
      /no expense category/,
    ],
  ];
  for (const [name, document, words] of cases) test(name, () => expect(() => wire(document)).toThrow(words));
});

test("NetSuite may number by itself: ours then leads the memo, bills keep the vendor's number", () => {
  const theirs: Context = { ...context, options: { ...context.options, numbering: "netsuite" } };
  const lines = [
    line({ account: "400", side: "credit", amountMinor: 125050n, item: "18" }),
    line({ role: "balance", account: "120", side: "debit", amountMinor: 125050n }),
  ];
  const invoice = wire(documentOf({ kind: "invoice", lines, party: customer, memo: "Load 88" }), theirs).body;
  expect(invoice).toMatchObject({ memo: "N-1 Load 88", otherRefNum: "N-1" });
  expect(invoice).not.toHaveProperty("tranId");
});

test("paid from a bank it is a check; by card, or as a refund, a journal with the party on the card's line", () => {
  const expense = (account: string, side: "debit" | "credit" = "credit") =>
    documentOf({
      kind: "expense",
      party: vendor,
      lines: [
        line({ account: "612", side: side === "credit" ? "debit" : "credit", amountMinor: 125050n }),
        line({ role: "balance", account, side, amountMinor: 125050n }),
      ],
    });
  expect(wire(expense("101"))).toMatchObject({
    type: "check",
    externalId: "LL-EX-k1",
    body: { account: { id: "101" }, expense: { items: [{ amount: 1250.5 }] } },
  });
  const { party: _nobody, ...toNobody } = expense("101");
  expect(wire(toNobody)).toMatchObject({ type: "journalEntry", externalId: "LL-EX-k1" });
  for (const document of [expense("2040"), expense("101", "debit")]) {
    expect(wire(document)).toMatchObject({
      type: "journalEntry",
      externalId: "LL-EX-k1",
      body: { line: { items: [{}, { entity: { id: "55" } }] } },
    });
  }
});

test("an expense report is in the names of its schema, and has no subsidiary of its own", () => {
  const lines = [
    line({ account: "7065", side: "debit", amountMinor: 1875n, description: "Lunch" }),
    line({ role: "balance", account: "2100", side: "credit", amountMinor: 1875n }),
  ];
  const { body } = wire(
    documentOf({ kind: "expense_report", lines, party: { type: "employee", id: "9", name: "Dana" }, totalMinor: 1875n }),
  );
  expect(body).toMatchObject({
    entity: { id: "9" },
    complete: true,
    expense: { items: [{ expensedate: "2026-03-31", category: { id: "5" }, amount: 18.75, memo: "Lunch" }] },
  });
  expect(body).not.toHaveProperty("subsidiary");
});

test("an account without subsidiaries and with one currency gets neither field", () => {
  const single: Context = { ...context, company: { ...company, subsidiary: null, subsidiaries: [], currencyId: new Map() } };
  const lines = [
    line({ account: "612", side: "debit", amountMinor: 1n }),
    line({ role: "balance", account: "210", side: "credit", amountMinor: 1n }),
  ];
  const { body } = wire(documentOf({ kind: "journal_entry", lines, totalMinor: 1n }), single);
  expect(Object.keys(body)).toEqual(["externalId", "tranDate", "postingPeriod", "tranId", "line"]);
});

test("statistics go to a statistical journal, where the account offers one", () => {
  const statistics = [
    {
      account: "9010",
      quantity: "1250.5",
      unit: "mi",
      description: "Loaded",
      dimensions: { class: "OTR" },
      because: line({ account: "1", side: "debit", amountMinor: 1n }).because,
    },
  ];
  const document = documentOf({ kind: "statistical_entry", lines: [], statistics, totalMinor: 0n });
  expect(wire(document)).toMatchObject({
    type: "statisticalJournalEntry",
    body: { line: { items: [{ account: { id: "9010" }, debit: 1250.5, memo: "Loaded, mi", class: { id: "OTR" } }] } },
  });
  expect(() => wire(document, { ...context, fields: null })).toThrow(/no statistical journals/);
});

test("a party's name keeps clear of the sign between parent and child, and fits", () => {
  const party = { kind: "vendor", id: "V 7/7", name: `Parent: ${"x".repeat(100)}`, currency: "USD" } as const;
  const { body, externalId } = toPartyEntry(party, company, { suffixed: true });
  expect(externalId).toBe("LL-VEND-V_20_7_2f_7");
  expect(body).toMatchObject({ companyName: expect.stringMatching(/^Parent - x+… \(V\)$/), subsidiary: { id: "2" } });
  expect(String(body["entityId"])).toHaveLength(83);
});
