import { describe, expect, test } from "vitest";
import { type BudgetLine, judgeNeed, needOf } from "./budgets.ts";
import { daysOf, readBudgetFile } from "./budgets-file.ts";
import type { LedgerDocument } from "./document.ts";
import { indexReference } from "./reference-index.ts";

const because = { ruleSet: "t", version: 1, row: "accounts/0", fallback: "row", matched: {}, from: "/lines/0" } as const;
const leg = (over: Partial<LedgerDocument["lines"][number]>): LedgerDocument["lines"][number] => ({
  ...{ role: "detail", account: "6100", side: "debit", amountMinor: 10_000n, description: "", dimensions: {}, because },
  ...over,
});
const bill = (over: Partial<LedgerDocument> = {}): LedgerDocument => ({
  ...{ kind: "bill", number: "B-1", date: "2026-11-10", currency: "USD", memo: "", dimensions: { class: "OTR" }, totalMinor: 10_000n },
  lines: [leg({}), leg({ role: "balance", account: "2010", side: "credit" })],
  ...over,
});
const line = (over: Partial<BudgetLine> = {}): BudgetLine => ({
  ...{ lineId: "l1", budget: "FY26", currency: "USD", policy: { warnPercent: 80, limitPercent: 100, over: "hold" } },
  ...{ accountId: "62", account: "6100", dimensions: {}, starts: "2026-11-01", ends: "2026-11-30" },
  ...{ side: "debit", amountMinor: 100_000n, takenMinor: 0n },
  ...over,
});
const accountId = (account: string) => ({ "6100": "62", "2010": "33" })[account];
const taken = (document: LedgerDocument, of: BudgetLine, date = document.date) =>
  needOf(document, { date, lines: [of], accountId }).byLine.get(of.lineId) ?? 0n;

describe("what a document takes of a budget", () => {
  test("its debits on the account in the period, less its credits", () => {
    expect(taken(bill(), line())).toBe(10_000n);
    expect(taken(bill({ lines: [leg({}), leg({ side: "credit", amountMinor: 2_500n })] }), line())).toBe(7_500n);
    expect(taken(bill(), line(), "2026-12-01")).toBe(0n);
    expect(taken(bill(), line({ accountId: "33" }))).toBe(-10_000n);
    expect(taken(bill(), line({ accountId: "33", side: "credit" }))).toBe(10_000n);
  });

  test("only what carries every dimension of the line, from the line or the header, whatever the case", () => {
    expect(taken(bill(), line({ dimensions: { class: "otr" } }))).toBe(10_000n);
    expect(taken(bill(), line({ dimensions: { class: "Dedicated" } }))).toBe(0n);
    expect(taken(bill({ lines: [leg({ dimensions: { class: "Dedicated" } })] }), line({ dimensions: { class: "Dedicated" } }))).toBe(
      10_000n,
    );
    expect(taken(bill(), line({ dimensions: { class: "OTR", department: "DAL" } }))).toBe(0n);
  });

  test("a foreign amount at the document's rate; without a rate it is said", () => {
    expect(taken(bill({ currency: "CAD", exchangeRate: "0.735" }), line())).toBe(7_350n);
    expect(needOf(bill({ currency: "CAD" }), { date: "2026-11-10", lines: [line()], accountId })).toMatchObject({ unpriced: true });
  });
});

describe("what is said of it", () => {
  test("nothing below the threshold, once when it is crossed, and to everybody beyond the limit", () => {
    expect(judgeNeed(line(), 79_999n)).toBeNull();
    expect(judgeNeed(line(), 80_000n)).toMatchObject({ code: "budget_near", severity: "warn" });
    expect(judgeNeed(line({ takenMinor: 80_000n }), 20_000n)).toBeNull();
    expect(judgeNeed(line({ takenMinor: 80_000n }), 20_001n)).toMatchObject({
      code: "budget_exceeded",
      severity: "hold",
      message: 'It takes 200.01 USD of budget "FY26", account 6100, 2026-11-01 to 2026-11-30, of which 200.00 USD of 1000.00 USD are left',
    });
  });

  test("what gives money back, and a target for revenue, is never refused", () => {
    expect(judgeNeed(line({ takenMinor: 200_000n }), -1n)).toBeNull();
    expect(judgeNeed(line({ side: "credit" }), 500_000n)).toBeNull();
  });

  test("lines of one account and period, divided differently, are different causes", () => {
    const causes = [line(), line({ dimensions: { class: "OTR" } }), line({ starts: "2026-10-01" })].map(
      (one) => judgeNeed(one, 200_000n)!.cause,
    );
    expect(new Set(causes).size).toBe(3);
  });
});

describe("a budget in a file", () => {
  const record = { number: null, active: true, facts: {} };
  const reference = indexReference({
    preferences: {
      companyName: "C",
      homeCurrency: "USD",
      multiCurrency: false,
      closedThrough: null,
      tracksClasses: true,
      tracksDepartments: true,
    },
    records: [
      { ...record, kind: "account", externalId: "62", name: "Fuel", number: "6100", facts: { classification: "Expense" } },
      { ...record, kind: "account", externalId: "40", name: "Freight", number: "4000", facts: { classification: "Revenue" } },
      { ...record, kind: "class", externalId: "7", name: "OTR, long haul" },
    ],
  });

  test("periods are months, quarters, years or two days", () => {
    expect(daysOf("2028-02")).toEqual({ starts: "2028-02-01", ends: "2028-02-29" });
    expect(daysOf("2026-Q4")).toEqual({ starts: "2026-10-01", ends: "2026-12-31" });
    expect(daysOf("2026")).toEqual({ starts: "2026-01-01", ends: "2026-12-31" });
    expect(daysOf("2026-11-01..2026-11-15")).toEqual({ starts: "2026-11-01", ends: "2026-11-15" });
    for (const wrong of ["2026-13", "2026-Q5", "26", "2026-11-15..2026-11-01", "November"]) expect(daysOf(wrong)).toBeNull();
  });

  test("quotes, semicolons, a byte order mark and Windows line ends are read", () => {
    const csv = '\uFEFFAccount,Period,Amount,Class\r\n6100,2026-11,"1000.50","otr, long haul"\r\n\r\nFreight,2026,5.00,\r\n';
    expect(readBudgetFile(csv, reference, "USD")).toEqual([
      {
        ...{ accountId: "62", account: "6100", dimensions: { class: "OTR, long haul" }, starts: "2026-11-01", ends: "2026-11-30" },
        ...{ side: "debit", amountMinor: 100_050n },
      },
      { accountId: "40", account: "4000", dimensions: {}, starts: "2026-01-01", ends: "2026-12-31", side: "credit", amountMinor: 500n },
    ]);
    expect(readBudgetFile("account;period;amount\n6100;2026-11;7.00\n", reference, "USD")).toHaveLength(1);
  });

  test("an unknown column, a line said twice and an open quote are refused", () => {
    const read = (csv: string) => () => readBudgetFile(csv, reference, "USD");
    expect(read("account,period,amount,clas\n")).toThrow('Did you mean "class"?');
    expect(read("account,amount\n")).toThrow("lacks period");
    expect(read("account,period,amount\n6100,2026-11,1.00\n6100,2026-11,2.00\n")).toThrow(/1 lines/);
    expect(read('account,period,amount\n"6100,2026-11,1.00\n')).toThrow("never closed");
    expect(read("account,period,amount\n")).toThrow("no lines");
  });
});
