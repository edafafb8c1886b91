import { describe, expect, test } from "vitest";
import { indexReference } from "../reference-index.ts";
import { checkAgainstBooks } from "./check-books.ts";
import { findConflicts } from "./conflicts.ts";
import { diffRuleSets } from "./diff.ts";
import { readRuleSet } from "./rule-set.ts";

type Raw = Record<string, unknown>;
const pathOf = (section: string, key: number | string): string => `${section}/${key}`;

function read(raw: Raw) {
  const { ruleSet, findings } = readRuleSet({ name: "test", ...raw });
  expect(findings.filter(({ severity }) => severity === "block")).toEqual([]);
  return ruleSet!;
}

describe("options that exclude each other", () => {
  const bill = { event: "carrier_bill", kind: "bill", balance: 2020, party: "remitTo" };
  test.each<[Raw, string, string]>([
    [{ accounts: [{ code: "A", account: 1, from: "2026-12-01", to: "2026-01-01" }] }, "/accounts/0", "never for anything"],
    [
      {
        accounts: [
          { code: "A", account: 1 },
          { code: "A", account: 2 },
        ],
      },
      "/accounts/1",
      "only accounts/0 would ever be used",
    ],
    [{ accounts: [{ code: "A", where: { "line.code": "B" }, account: 1 }] }, "/accounts/0", "no line has at once"],
    [{ documents: [{ ...bill, kind: "none" }] }, "/documents/0", "makes no document"],
    [{ documents: [{ ...bill, party: "none" }] }, "/documents/0", "those are of vendors"],
    [{ documents: [{ event: "permit", kind: "invoice", balance: 1100, party: "vendor" }] }, "/documents/0", "those are for customers"],
    [{ documents: [{ event: "permit", kind: "expense", balance: 2040, negatives: "credit" }] }, "/documents/0", "an expense has none"],
    [{ dimensions: { class: { from: "terminal", unknown: "default" } } }, "/dimensions/class", "there is none"],
    [{ dimensions: { class: { from: "terminal", required: true, default: "X" } } }, "/dimensions/class", "nothing would ever be missing"],
    [{ dimensions: { class: { from: "terminal", unknown: "block" } } }, "/dimensions/class", "the table is empty"],
    [{ rounding: { splits: "line" } }, "/rounding", "on which account"],
    [{ rounding: { limit: "0.05" } }, "/rounding", "on which account"],
    [
      {
        accounts: Array.from({ length: 200 }, (_, at) => ({
          code: "A",
          account: 1,
          when: `dims.terminal.contains("T${at}") && ${Array.from({ length: 9 }, () => 'line.description.contains("x")').join(" && ")}`,
        })),
      },
      "/accounts",
      "may take",
    ],
  ])("%j: %s", (raw, field, words) => {
    const found = findConflicts(read(raw), pathOf).find((finding) => finding.field === field);
    expect(found).toMatchObject({ code: "options_conflict", severity: "block", message: expect.stringContaining(words) });
  });

  test("the same row twice is only told; dated rows beside undated ones are no conflict", () => {
    expect(
      findConflicts(
        read({
          accounts: [
            { code: "A", account: 1 },
            { code: "A", account: 1 },
          ],
        }),
        pathOf,
      ),
    ).toMatchObject([{ code: "row_twice", severity: "warn", field: "/accounts/1" }]);
    expect(
      findConflicts(
        read({
          accounts: [
            { code: "A", account: 1 },
            { code: "A", account: 2, from: "2027-01-01" },
          ],
        }),
        pathOf,
      ),
    ).toEqual([]);
  });
});

describe("differences in words", () => {
  const words = (older: Raw, newer: Raw): string[] => diffRuleSets(read(older), read(newer)).map((change) => change.words);
  const det = { code: "DET", where: { "dims.serviceLine": "BROKERAGE" }, account: 4210 };

  test("rows are matched by when they are for something", () => {
    expect(words({ accounts: [det] }, { accounts: [{ ...det, account: 4215, item: "Detention", note: "ignored" }] })).toEqual([
      "accounts: code DET, where dims.serviceLine is BROKERAGE now has account 4215 instead of 4210, item Detention.",
    ]);
    expect(words({ accounts: [det] }, { accounts: [{ ...det, from: "2027-01-01" }] })).toEqual([
      "accounts: code DET, where dims.serviceLine is BROKERAGE, from 2027-01-01 is new: account 4210.",
      "accounts: code DET, where dims.serviceLine is BROKERAGE is gone (it had account 4210).",
    ]);
  });

  test("tables, policies and the order of rows", () => {
    const one = { event: "permit", code: "A" };
    const two = { event: "permit", code: "B", where: { permitType: "IRP" } };
    expect(words({ lineCodes: [one, two] }, { lineCodes: [two, one] })).toEqual(["lineCodes: rows stand in another order."]);
    expect(
      words({ items: { 4010: "Linehaul" }, terms: { A: "Net 30" } }, { items: { 4010: "Freight" }, closedPeriod: "next_open" }),
    ).toEqual([
      "items.4010 is now Freight instead of Linehaul.",
      "terms.A is gone (it was Net 30).",
      "closedPeriod is now next_open instead of hold.",
    ]);
    expect(words({ accounts: [det] }, { accounts: [det] })).toEqual([]);
  });
});

test("against the books: every kind of name, each once, with the nearest that is there", () => {
  const record = (kind: "account" | "class" | "segment" | "term" | "item", name: string, active = true) =>
    ({ kind, externalId: name, name, number: kind === "account" ? name : null, active, facts: {} }) as const;
  const reference = indexReference({
    preferences: {
      companyName: "C",
      homeCurrency: "USD",
      multiCurrency: false,
      closedThrough: null,
      tracksClasses: true,
      tracksDepartments: false,
    },
    records: [
      record("account", "6100"),
      record("account", "6105", false),
      record("class", "Fleet"),
      record("segment", "truck/T-1"),
      record("item", "Freight"),
    ],
  });
  const ruleSet = read({
    codes: { A: { name: "A", kind: "K", account: 6105 }, B: { name: "B", kind: "K", account: 6105, item: "Freigt" } },
    dimensions: {
      class: { from: "division", values: { OTR: "Flet" } },
      department: { from: "terminal" },
      "segment:truck": { from: "tractor", values: { a: "T-1", b: "T-9" } },
    },
    lookups: { pump: { TX: "6101" } },
    accounts: [{ code: "C", accountBy: { table: "pump", by: "location.region" } }],
    terms: { NET30: "Net 30" },
  });
  expect(checkAgainstBooks(ruleSet, reference, pathOf).map(({ field, severity, message }) => `${severity} ${field}: ${message}`)).toEqual([
    'block /lookups/pump/TX: The account "6101" is not in these books. Did you mean "6100"?',
    'block /codes/A/account: The account "6105" is inactive in these books. Did you mean "6100"?',
    'block /codes/B/item: The item "Freigt" is not in these books. Did you mean "Freight"?',
    'block /dimensions/class/values/OTR: The class "Flet" is not in these books. Did you mean "Fleet"?',
    'block /dimensions/segment:truck/values/b: The segment "truck/T-9" is not in these books. Did you mean "truck/T-1"?',
    'warn /terms/NET30: The term "Net 30" is not in these books.',
    "warn /dimensions/department: These books do not track any department, so what /dimensions/department says is left out",
  ]);
});
