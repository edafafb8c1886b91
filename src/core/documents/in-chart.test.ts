import { describe, expect, test } from "vitest";
import type { TransportEvent } from "../events.ts";
import { indexReference } from "../reference-index.ts";
import { checkAgainstBooks } from "../rules/check-books.ts";
import { compileSource, resolveRuleSet, type RuleSetSource } from "../rules/compose.ts";
import { buildDocuments } from "./build.ts";

const source: RuleSetSource = {
  name: "trucking",
  version: 3,
  raw: {
    name: "trucking",
    documents: [{ event: "fuel_transaction", kind: "journal_entry", balance: 2050, number: "F-{id}" }],
    codes: { FULSD: { name: "Diesel", kind: "FUEL", account: 5210 } },
    books: { "East company": { chart: { 5210: "6100-20", 2050: "2155" } } },
  },
  base: null,
};
const event = {
  ...{ type: "fuel_transaction", id: "T-1", revision: 1, date: "2026-11-20", currency: "USD", dims: {} },
  ...{ vendor: { id: "LOVES", name: "Love's" }, provider: "EFS", fundedBy: "company", fees: "0.00", discount: "0.00" },
  lines: [{ lineNo: 1, code: "FULSD", amount: "60.00" }],
  ...{ invoiceTotal: "60.00", netTotal: "60.00" },
} as unknown as TransportEvent;

describe("a chart of the books' own", () => {
  test("every leg stands on the books' account and keeps the rules' account among its reasons; other books stay as they are", () => {
    const accounts = (books: string | null) =>
      buildDocuments(event, compileSource(source, books)).documents.flatMap(({ lines }) =>
        lines.map(({ account, because }) => [account, because.row, because.matched["chart"]]),
      );
    expect(accounts("East company")).toEqual([
      ["6100-20", "codes/FULSD", "5210"],
      ["2155", "documents/0", "2050"],
    ]);
    expect(accounts("West company")).toEqual([
      ["5210", "codes/FULSD", undefined],
      ["2050", "documents/0", undefined],
    ]);
  });

  test("what the books lack is told at its row of the chart", () => {
    const { ruleSet, pathOf } = resolveRuleSet(source, "East company");
    const record = { kind: "account", externalId: "7", name: "Fuel Payable", number: "2155", active: true, facts: {} } as const;
    const preferences = {
      ...{ companyName: "East", homeCurrency: "USD", multiCurrency: false, closedThrough: null },
      ...{ tracksClasses: true, tracksDepartments: true },
    };
    const findings = checkAgainstBooks(ruleSet!, indexReference({ preferences, records: [record] }), pathOf);
    expect(findings.map(({ field, code }) => [field, code])).toEqual([["/books/East company/chart/5210", "account_unknown"]]);
  });
});
