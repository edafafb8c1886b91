import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { LedgerDocument } from "../document.ts";
import { buildDocuments } from "../documents/build.ts";
import { readEvent } from "../events/read.ts";
import type { BooksPreferences, BooksRecord } from "../reference.ts";
import { findParty, indexReference, lookup } from "../reference-index.ts";
import { compileRuleSet } from "../rules/compile.ts";
import { readRuleSet, type RuleSet } from "../rules/rule-set.ts";
import { validateDocument } from "./validate.ts";

const ruleSet = readRuleSet(parse(readFileSync(new URL("../../../rule-sets/trucking.yaml", import.meta.url), "utf8"))).ruleSet!;
const page = readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1]!) as Record<string, unknown>);
const rulesWith = (change: Partial<RuleSet>) => compileRuleSet({ ...ruleSet, ...change }, 1);
const rules = rulesWith({});

const preferences: BooksPreferences = {
  companyName: "Trucking Co",
  homeCurrency: "USD",
  multiCurrency: false,
  closedThrough: "2026-10-31",
  tracksClasses: true,
  tracksDepartments: true,
};
/** The default chart: number, name, account type. */
const chart = readFileSync(new URL("../../../rule-sets/chart.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((row) => row.split(",") as [string, string, string]);
const statisticalAccounts = [...new Set(ruleSet.statistics.map(({ account }) => account))];

function record(kind: BooksRecord["kind"], name: string, change: Partial<BooksRecord> = {}): BooksRecord {
  return { kind, externalId: `${kind}-${name}`, name, number: null, active: true, facts: {}, ...change };
}

/** Every account of the chart and every item of the rule set, as a demo company has them. */
const records: BooksRecord[] = [
  ...chart.map(([number, name, type]) => record("account", name, { externalId: `a${number}`, number, facts: { type } })),
  ...statisticalAccounts.map((number) => record("statistical_account", number, { number })),
  ...Object.entries(ruleSet.items).map(([number, name]) => record("item", name, { facts: { incomeAccount: `a${number}` } })),
  ...["OTR-VAN", "BROKERAGE", "OO-FLEET", "DRAYAGE"].map((name) => record("class", name)),
  ...["CHI", "DAL"].map((name) => record("department", name)),
  ...["Net 30", "Net 21"].map((name) => record("term", name)),
];

const booksWith = (change: Partial<BooksPreferences> = {}, alter: (all: BooksRecord[]) => BooksRecord[] = (all) => all) =>
  indexReference({ preferences: { ...preferences, ...change }, records: alter(records) });
const without = (kind: string, name: string) => (all: BooksRecord[]) =>
  all.filter((one) => one.kind !== kind || (one.name !== name && one.number !== name));
const changed = (kind: string, name: string, change: Partial<BooksRecord>) => (all: BooksRecord[]) =>
  all.map((one) => (one.kind === kind && (one.name === name || one.number === name) ? { ...one, ...change } : one));

function document(type: string): LedgerDocument {
  return buildDocuments(readEvent(examples.find((one) => one["type"] === type)).event!, rules).documents[0]!;
}

function codes(one: LedgerDocument, books = booksWith(), by = rules): string[] {
  return validateDocument(one, books, by).map(({ code, severity }) => `${code} ${severity}`);
}

describe("documents that fit", () => {
  test.each(examples.map((one) => [one["type"] as string, one] as const))("%s", (_, raw) => {
    const { documents } = buildDocuments(readEvent(raw).event!, rules);
    expect(documents.length > 0).toBe(raw["type"] !== "factoring_schedule");
    expect(documents.flatMap((one) => validateDocument(one, booksWith(), rules))).toEqual([]);
  });

  test("a settlement as one journal entry has its payee on the payable", () => {
    const by = rulesWith({ settlement: { shape: "journal", negativeNet: "hold" } });
    const raw = examples.find((one) => one["type"] === "driver_settlement");
    const [entry] = buildDocuments(readEvent(raw).event!, by).documents;
    expect(entry?.kind).toBe("journal_entry");
    expect(codes(entry!, booksWith(), by)).toEqual([]);
  });
});

describe("what does not fit", () => {
  test("accounts that are missing, inactive, or of the wrong type", () => {
    const bill = document("carrier_bill");
    const [unknown] = validateDocument(bill, booksWith({}, without("account", "5130")), rules);
    expect(unknown).toMatchObject({ code: "account_unknown", field: "/lines/0", cause: "account_unknown:5130" });
    expect(unknown?.message).toMatch(/Did you mean "51\d\d"/);
    expect(unknown?.fix).toContain("codes/PTLH");
    expect(codes(bill, booksWith({}, changed("account", "5130", { active: false })))).toEqual(["account_inactive block"]);
    expect(codes(bill, booksWith({}, changed("account", "2020", { facts: { type: "Bank" } })))).toEqual(["account_type_wrong block"]);
    expect(codes(bill, booksWith({}, changed("account", "5130", { facts: { type: "Accounts Payable" } })))).toEqual([
      "account_type_wrong block",
    ]);
    expect(codes(document("permit"), booksWith({}, changed("account", "2040", { facts: { type: "Other Current Liability" } })))).toEqual([
      "account_type_wrong block",
    ]);
    expect(codes(document("fuel_transaction"), booksWith({}, changed("account", "2050", { facts: { type: "Accounts Payable" } })))).toEqual(
      ["party_missing block"],
    );
  });

  test("items that are missing, inactive, or lead elsewhere", () => {
    const invoice = document("customer_invoice");
    const name = "Linehaul Revenue - Company Fleet";
    expect(codes(invoice, booksWith({}, without("item", name)))).toEqual(["item_unknown block"]);
    expect(codes(invoice, booksWith({}, changed("item", name, { active: false })))).toEqual(["item_inactive block"]);
    expect(codes(invoice, booksWith({}, changed("item", name, { facts: { incomeAccount: "a4040" } })))).toEqual([
      "item_account_differs block",
    ]);
  });

  test("classes and departments, only where the books track them", () => {
    const fuel = document("fuel_transaction");
    const no = (all: BooksRecord[]) => changed("department", "DAL", { active: false })(without("class", "OTR-VAN")(all));
    expect(codes(fuel, booksWith({}, no))).toEqual(["class_unknown block", "department_inactive block"]);
    expect(codes(fuel, booksWith({ tracksClasses: false, tracksDepartments: false }, no))).toEqual([]);
  });

  test("an unknown term only warns", () =>
    expect(codes(document("customer_invoice"), booksWith({}, without("term", "Net 30")))).toEqual(["term_unknown warn"]));

  test("another currency than the books keep", () => {
    const invoice = { ...document("customer_invoice"), currency: "CAD" };
    expect(codes(invoice)).toEqual(["currency_unsupported block"]);
    expect(codes(invoice, booksWith({ multiCurrency: true }))).toEqual([]);
  });

  test("a closed period, as the rules want it, naming the day", () => {
    const fuel = document("fuel_transaction");
    const books = booksWith({ closedThrough: "2026-11-20" });
    expect(codes(fuel, books)).toEqual(["period_closed hold"]);
    expect(codes(fuel, books, rulesWith({ closedPeriod: "block" }))).toEqual(["period_closed block"]);
    expect(validateDocument(fuel, books, rules)[0]?.message).toContain("2026-11-20");
    expect(codes(fuel, booksWith({ closedThrough: null }))).toEqual([]);
  });

  test("parties that are inactive, or missing where none may be created", () => {
    const bill = document("carrier_bill");
    const inactive = record("vendor", "Prairie Line Carriers", { active: false });
    expect(
      codes(
        bill,
        booksWith({}, (all) => [...all, inactive]),
      ),
    ).toEqual(["party_inactive block"]);
    const closed = rulesWith({ parties: { ...ruleSet.parties, vendor: { create: false, is1099: false } } });
    expect(codes(bill, booksWith(), closed)).toEqual(["party_unknown block"]);
    expect(
      codes(
        bill,
        booksWith({}, (all) => [...all, record("vendor", "Renamed", { facts: { partyId: "MC784512" } })]),
        closed,
      ),
    ).toEqual([]);
  });

  test("a document that does not balance, and a number that is too long", () => {
    const fuel = document("fuel_transaction");
    const [first, ...others] = fuel.lines;
    expect(codes({ ...fuel, lines: [{ ...first!, amountMinor: 1n }, ...others] })).toEqual(["document_unbalanced block"]);
    expect(codes({ ...fuel, totalMinor: 1n })).toEqual(["document_unbalanced block"]);
    expect(codes({ ...fuel, number: "F".repeat(22) })).toEqual(["number_too_long block"]);
  });

  test("one cause is reported once a document, and every finding says what to do", () => {
    const invoice = document("customer_invoice");
    const all = validateDocument(
      invoice,
      booksWith({}, (rows) => rows.filter(({ kind }) => kind === "term")),
      rules,
    );
    expect(new Set(all.map(({ cause }) => cause)).size).toBe(all.length);
    expect(all.filter(({ code }) => code === "class_unknown")).toHaveLength(1);
    expect(all.every(({ fix, message }) => fix.endsWith(".") && message.length > 20)).toBe(true);
  });
});

describe("look-ups", () => {
  const index = indexReference({
    preferences,
    records: [
      record("account", "Fuel:Tractor", { number: "5210", externalId: "1" }),
      record("class", "OTR-Van", { externalId: "2" }),
      record("vendor", "Love's (V)", { externalId: "3", facts: { partyId: "LOVES", displayName: "Love's (V)" } }),
      record("vendor", "Pilot", { externalId: "4", active: false }),
      record("vendor", "pilot", { externalId: "5" }),
      record("term", "Net 30", { externalId: "6", active: false }),
    ],
  });

  test("accounts by number or name, names without case, parties by the TMS's id, active ones only", () => {
    expect(lookup(index, "account", "5210")).toBe("1");
    expect(lookup(index, "account", "fuel:tractor")).toBe("1");
    expect(lookup(index, "class", "otr-van")).toBe("2");
    expect(lookup(index, "vendor", "LOVES")).toBe("3");
    expect(lookup(index, "vendor", "PILOT")).toBe("5");
    expect(lookup(index, "term", "Net 30")).toBeUndefined();
    expect(lookup(index, "item", "x")).toBeUndefined();
  });

  test("a party is found by its id first, then by its name, active or not", () => {
    expect(findParty(index, { type: "vendor", id: "LOVES", name: "Pilot" })?.externalId).toBe("3");
    expect(findParty(index, { type: "vendor", id: "P-9", name: "PILOT" })?.externalId).toBe("5");
    expect(findParty(index, { type: "customer", id: "LOVES", name: "Love's (V)" })).toBeUndefined();
  });
});
