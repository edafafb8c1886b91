import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../canonical.ts";
import type { LedgerDocument } from "../document.ts";
import { buildDocuments } from "../documents/build.ts";
import { readEvent } from "../events/read.ts";
import { compileRuleSet } from "./compile.ts";
import { type RuleLine, serviceDate } from "./paths.ts";
import { readRuleSet } from "./rule-set.ts";
import type { AccountRow } from "./schema.ts";

type Raw = Record<string, unknown>;

const codes = ["FULSD", "FDEF", "FFEE", "LH", "FSC", "PLH", "DADV"];
const account = fc.constantFrom("5210", "5215", "5220", "1140", "7095");
const terminal = fc.constantFrom("DAL", "CHI", "LAR");
const where = fc.dictionary(
  fc.constantFrom("dims.terminal", "dims.serviceLine", "line.code", "line.part", "line.amount"),
  fc.oneof(
    fc.constantFrom<unknown>(
      "DAL",
      "OTR",
      "FULSD",
      "line",
      "F*",
      { exists: true },
      { not: "DAL" },
      { prefix: "D" },
      { min: "0" },
      { max: "100" },
    ),
    fc.constant<unknown>(["DAL", "CHI"]),
  ),
  { maxKeys: 2 },
);
const when = fc.option(fc.constantFrom('dims.terminal == "DAL"', 'line.amount > dec("10.00")', "size(line.code) > 3"), { nil: undefined });
const dated = fc.record({ from: fc.option(fc.constantFrom("2026-11-01", "2026-12-01"), { nil: undefined }), to: fc.constant(undefined) });
const accountRow = fc
  .record({
    code: fc.option(fc.oneof(fc.constantFrom(...codes), fc.constant("F*"), fc.constant(["FULSD", "LH"])), { nil: undefined }),
    where,
    when,
    account,
    dated,
  })
  .map(({ dated: dates, ...row }): Raw => ({ ...row, ...dates }));
const kinds = {
  fuel_transaction: ["journal_entry", "expense", "bill"],
  customer_invoice: ["invoice", "journal_entry"],
  driver_settlement: ["bill", "journal_entry"],
} as const;
const documents = fc
  .tuple(
    fc.constantFrom(...kinds.fuel_transaction),
    fc.constantFrom(...kinds.customer_invoice),
    fc.constantFrom(...kinds.driver_settlement),
  )
  .map(([fuel, invoice, pay]): Raw[] => [
    { event: "fuel_transaction", kind: fuel, balance: 2050, party: "vendor" },
    { event: "customer_invoice", kind: invoice, balance: 1100, party: "customer" },
    { event: "driver_settlement", kind: pay, balance: 2030, party: "payee" },
  ]);
const parts = fc.array(fc.record({ dims: fc.record({ terminal }), weight: fc.constantFrom("1", "2.5", "0.333", "7") }), {
  minLength: 1,
  maxLength: 4,
});
const splitRow = fc.record({ code: fc.constantFrom(...codes), parts });
const metric = fc.record({
  event: fc.constantFrom("driver_settlement", "fuel_transaction"),
  rate: fc.constantFrom("0.055", "-0.01", "1.239"),
  side: fc.constantFrom("debit", "credit"),
  account,
  offset: fc.option(fc.constant("2290"), { nil: undefined }),
});

/** Any rule set that is in order: structure, not sense. */
const ruleSets = fc
  .record({
    documents,
    accounts: fc.array(accountRow, { maxLength: 12 }),
    splits: fc.array(splitRow, { maxLength: 2 }),
    metrics: fc.array(metric, { maxLength: 2 }),
    rounding: fc.constantFrom({ splits: "largest_remainder" }, { splits: "line", account: "7095" }),
    shape: fc.constantFrom("bill_plus_credit", "negative_lines", "journal"),
    unknown: fc.constantFrom("keep", "default"),
  })
  .map(
    ({ metrics, shape, unknown, ...raw }): Raw => ({
      ...raw,
      name: "generated",
      master: "7900",
      lineCodes: [{ event: "fuel_transaction", code: "FFEE" }],
      codes: Object.fromEntries(codes.map((code) => [code, { name: code, kind: code.startsWith("F") ? "FUEL" : "REV", item: "Freight" }])),
      items: Object.fromEntries(["5210", "5215", "5220", "1140", "7095", "7900"].map((number) => [number, "Freight"])),
      lines: metrics.map((row) => ({
        ...row,
        ...(row.event === "fuel_transaction" ? { per: "line", quantity: "line.quantity.value" } : { quantity: "totals.totalMiles" }),
      })),
      dimensions: { class: { from: "terminal", values: { DAL: "South" }, unknown, default: "Other" } },
      settlement: { shape },
    }),
  );

const cents = fc.integer({ min: -500_000, max: 500_000 }).filter((minor) => minor !== 0);
const money = (minor: number): string =>
  `${minor < 0 ? "-" : ""}${Math.trunc(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, "0")}`;
const eventOf = fc
  .record({
    type: fc.constantFrom("fuel_transaction", "customer_invoice", "driver_settlement"),
    amounts: fc.array(fc.tuple(fc.constantFrom(...codes), cents, terminal), { minLength: 1, maxLength: 6 }),
    date: fc.constantFrom("2026-10-31", "2026-11-15", "2026-12-02"),
    dims: fc.record({ terminal, serviceLine: fc.constantFrom("OTR", "BROKERAGE") }),
  })
  .map(({ type, amounts, date, dims }): Raw => {
    const total = money(amounts.reduce((sum, [, minor]) => sum + minor, 0));
    const lines = amounts.map(([code, minor, of], index) => ({
      ...{ lineNo: index + 1, code, amount: money(minor), dims: { terminal: of } },
      quantity: { value: "10.5", uom: "gal" },
    }));
    const base = { type, id: "E1", number: "E1", date, currency: "USD", dims, lines };
    const zeros = { gross: "0", reimbursements: "0", deductions: "0", advancesRecovered: "0", escrow: "0" };
    if (type === "customer_invoice") return { ...base, customer: { id: "C", name: "Customer" }, total };
    if (type === "driver_settlement") {
      const payee = { type: "ownerOperator", id: "P", name: "Payee" };
      return { ...base, payee, periodStart: date, periodEnd: date, payDate: date, totals: { ...zeros, net: total, totalMiles: "2500.5" } };
    }
    const fuel = { provider: "EFS", fundedBy: "company", vendor: { id: "L", name: "Love's" } };
    return { ...base, ...fuel, fees: "0.00", discount: "0.00", invoiceTotal: total, netTotal: total };
  });

function readAll(raw: Raw) {
  const { ruleSet, findings } = readRuleSet(raw);
  expect(findings.filter(({ severity }) => severity === "block")).toEqual([]);
  return ruleSet!;
}

function isExplained({ lines }: LedgerDocument): boolean {
  return lines.every(
    ({ because }) => because.ruleSet === "generated" && because.version === 7 && because.row !== "" && typeof because.matched === "object",
  );
}

test("whatever the rules and the event: every document balances, every line explains itself, and twice is the same to the byte", () => {
  let made = 0;
  fc.assert(
    fc.property(ruleSets, eventOf, (raw, sent) => {
      const { event, findings } = readEvent(sent);
      expect(findings.filter(({ severity }) => severity === "block")).toEqual([]);
      const ruleSet = readAll(raw);
      const once = buildDocuments(event!, compileRuleSet(ruleSet, 7));
      made += once.documents.length;
      for (const document of once.documents) {
        const sum = document.lines.reduce((all, { side, amountMinor }) => all + (side === "debit" ? amountMinor : -amountMinor), 0n);
        expect(sum).toBe(0n);
        expect(document.lines.every(({ amountMinor }) => amountMinor > 0n)).toBe(true);
        expect(isExplained(document)).toBe(true);
      }
      // Stored and read again, it is the same rule set, and the same event gives the same bytes.
      const again = buildDocuments(
        readEvent(JSON.parse(JSON.stringify(sent))).event!,
        compileRuleSet(readAll(JSON.parse(JSON.stringify(ruleSet)) as Raw), 7),
      );
      expect(canonicalJson(again)).toBe(canonicalJson(once));
    }),
    { numRuns: 2_000 },
  );
  expect(made).toBeGreaterThan(1_000);
});

test("the index finds the row that asking every row in turn would find", () => {
  fc.assert(
    fc.property(ruleSets, eventOf, (raw, sent) => {
      const ruleSet = readAll(raw);
      const event = readEvent(sent).event!;
      const rules = compileRuleSet(ruleSet, 7);
      // One rule set a row: whether it fits, and how narrow it is, seen by itself.
      const alone = ruleSet.accounts.map(
        (row) => compileRuleSet({ ...ruleSet, accounts: [row], codes: {}, categories: [], master: null }, 7).account,
      );
      for (const given of (event as unknown as { lines: Omit<RuleLine, "part">[] }).lines) {
        const line: RuleLine = { ...given, part: "line" };
        const fitting = ruleSet.accounts.map((row, at) => ({ row, at })).filter(({ at }) => alone[at]!({ event, line }) !== null);
        const [best] = fitting.sort((a, b) => weightOf(b.row, line) - weightOf(a.row, line) || a.at - b.at);
        const found = rules.account({ event, line });
        expect(found?.path).toBe(best === undefined ? "master" : `accounts/${best.at}`);
        expect(serviceDate(event)).toBe(event.date);
      }
    }),
    { numRuns: 400 },
  );
});

/** How narrow a row is, counted the plain way: conditions first, then their quality, then dates. */
function weightOf({ code, where: fields = {}, when: expression, from, to }: AccountRow, line: RuleLine): number {
  const quality = (condition: unknown): number => {
    if (typeof condition === "string") return condition.includes("*") ? 2 : 4;
    if (Array.isArray(condition)) return 3;
    return Object.keys(condition as object).some((key) => key === "not" || key === "exists") ? 1 : 2;
  };
  const ofCode = code === undefined ? 0 : 1_000 + (code.includes(line.code ?? "") ? 8 : 4);
  const conditions = Object.values(fields).length + (expression === undefined ? 0 : 1);
  const qualities = Object.values(fields).reduce((sum: number, one) => sum + quality(one), expression === undefined ? 0 : 2);
  return ofCode + conditions * 1_000 + qualities * 2 + (from === undefined && to === undefined ? 0 : 1);
}
