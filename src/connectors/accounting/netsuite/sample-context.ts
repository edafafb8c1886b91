import type { DocumentLine, LedgerDocument } from "../../../core/document.ts";
import type { Company } from "./company.ts";
import type { Context } from "./entry.ts";

/* What the tests of the translation share: an account in which every name is its own id. */

export const company: Company = {
  subsidiary: { id: "2", name: "Carrier" },
  subsidiaries: [
    { id: "1", name: "Parent", isinactive: "F", iselimination: "F" },
    { id: "2", name: "Carrier", isinactive: "F", iselimination: "F" },
    { id: "3", name: "Broker", isinactive: "F", iselimination: "F" },
  ],
  currencyId: new Map([["USD", "1"]]),
  currencyOf: new Map([["1", "USD"]]),
  homeCurrency: "USD",
  periods: ["03", "04"].map((month) => ({
    id: `2${month}`,
    name: month,
    from: `2026-${month}-01`,
    through: month === "03" ? "2026-03-31" : "2026-04-30",
    closed: false,
    allLocked: false,
    payablesLocked: false,
    receivablesLocked: false,
  })),
  years: ["2026-01-01"],
  bookId: "1",
  expenseCategories: [{ id: "5", name: "Meals", expenseacct: "7065" }],
};

export const context: Context = {
  lookup: (_kind, name) => name,
  company,
  facts: { accountType: (id) => (id === "101" ? "Bank" : id === "2040" ? "CredCard" : "Expense"), isEliminating: (id) => id === "610" },
  fields: [
    { id: "custbody_load", name: "Load #", on: "body", type: "text" },
    { id: "custcol_load", name: "Line load", on: "line", type: "text" },
    { id: "custcol_miles", name: "Miles", on: "line", type: "number" },
    { id: "cseg_lane", name: "Lane", on: "line", type: "reference" },
    { id: "cseg_head", name: "Head only", on: "body", type: "reference" },
  ],
  options: { numbering: "ours", intercompany: "off", customForm: undefined },
};

const because = { ruleSet: "r", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;

export function line(change: Partial<DocumentLine> & Pick<DocumentLine, "account" | "side" | "amountMinor">): DocumentLine {
  return { role: "detail", description: "", dimensions: {}, because, ...change };
}

export function documentOf(change: Partial<LedgerDocument> & Pick<LedgerDocument, "kind" | "lines">): LedgerDocument {
  return { number: "N-1", date: "2026-03-31", currency: "USD", memo: "", dimensions: {}, totalMinor: 125050n, ...change };
}
