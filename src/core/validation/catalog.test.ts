import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { buildDocuments } from "../documents/build.ts";
import type { EventType, TransportEvent } from "../events.ts";
import { readEvent } from "../events/read.ts";
import type { BooksRecord } from "../reference.ts";
import { indexReference } from "../reference-index.ts";
import { compileRuleSet } from "../rules/compile.ts";
import { readRuleSet } from "../rules/rule-set.ts";
import { type CheckSetting, compilePolicy, effective, settingProblems } from "./policy.ts";
import { catalog } from "./catalog.ts";
import { compareDecimals, decimalOf, inGallons, percentOf, quotient, showDecimal, times } from "./figures.ts";
import { compileOwnCheck } from "./own-check.ts";
import { runEventChecks, runHistoryChecks } from "./run-checks.ts";
import { normalizeNumber } from "./trace.ts";
import { tracesOf } from "./traces.ts";

type Raw = Record<string, unknown>;
const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const rules = compileRuleSet(readRuleSet(parse(read("rule-sets/trucking.yaml"))).ruleSet!, 1);
const examples = new Map(
  [...read("docs/events.md").matchAll(/```json\n([\s\S]*?)```/g)].map((match) => [
    (JSON.parse(match[1]!) as Raw)["type"] as string,
    JSON.parse(match[1]!) as Raw,
  ]),
);
const preferences = {
  companyName: "Carrier",
  homeCurrency: "USD",
  multiCurrency: true,
  closedThrough: null,
  tracksClasses: true,
  tracksDepartments: true,
};

/** The documented example of a type with something changed, read as it would be from a source. */
function event(type: EventType, over: Raw = {}): TransportEvent {
  const { event: made, findings } = readEvent({ ...examples.get(type), ...over });
  if (made === null) throw new Error(findings.map(({ message }) => message).join("; "));
  return made;
}

interface Given {
  readonly settings?: readonly CheckSetting[];
  readonly records?: readonly BooksRecord[];
  readonly today?: string;
  /** What happened before, oldest first. */
  readonly before?: readonly { readonly event: TransportEvent; readonly source?: string }[];
}

/** `code severity` of everything the checks say about an event. */
function said(one: TransportEvent, { settings = [], records = [], today = one.date, before = [] }: Given = {}): string[] {
  const active = compilePolicy(settings, [])("tms", one.type);
  const surroundings = { documents: buildDocuments(one, rules).documents, reference: indexReference({ preferences, records }), today };
  const found = tracesOf(one).map((trace) => ({
    trace,
    source: "tms",
    neighbours: before.toReversed().flatMap(({ event: other, source = "tms" }) =>
      tracesOf(other)
        .filter(({ kind, key }) => kind === trace.kind && key === trace.key)
        .map(({ at, facts }) => ({ at, facts, source, type: other.type, id: other.id, number: other.number ?? null })),
    ),
  }));
  const history = runHistoryChecks(active, one, {
    surroundings,
    foundOf: ({ check }) => found.filter(({ trace }) => trace.kind === check.kind),
  });
  return [...runEventChecks(active, one, surroundings), ...history].map(({ code, severity }) => `${code} ${severity}`);
}

const set = (code: string, over: Partial<CheckSetting>): CheckSetting => ({
  code,
  source: null,
  type: null,
  severity: null,
  thresholds: {},
  ...over,
});

test.each([...examples.keys()].filter((type) => type !== "statistical"))(
  "the documented %s is stopped by nothing but a limit of amount",
  (type) => {
    const stops = said(event(type as EventType)).filter((one) => !one.endsWith(" warn"));
    expect(stops.filter((one) => one !== "amount_over_limit hold")).toEqual([]);
  },
);

describe("what stands on the event", () => {
  const ticket = (gallons: string, over: Raw = {}, line: Raw = {}): TransportEvent =>
    event("fuel_transaction", {
      lines: [{ lineNo: 1, code: "FULSD", product: "ULSD", quantity: { value: gallons, uom: "gal" }, amount: "411.34", ...line }],
      taxes: [],
      ...over,
    });
  const fuelCodes = (one: TransportEvent): string[] => said(one).filter((code) => code.startsWith("fuel_"));

  test("gallons at the edge of the tank pass, above it wait, and beyond reason are refused", () => {
    expect(fuelCodes(ticket("300"))).toEqual([]);
    expect(fuelCodes(ticket("300.001"))).toEqual(["fuel_over_tank hold"]);
    expect(fuelCodes(ticket("400"))).toEqual(["fuel_over_tank hold"]);
    expect(fuelCodes(ticket("400.001"))).toEqual(["fuel_impossible block"]);
  });

  test("prices by the gallon and by the litre have bounds of their own", () => {
    expect(fuelCodes(ticket("112.418", {}, { unitPrice: "1.99" }))).toContain("fuel_price_unusual hold");
    expect(fuelCodes(ticket("112.418", {}, { unitPrice: "8.00" }))).toEqual([]);
    const canadian = { location: { region: "ON", country: "CA" } };
    expect(fuelCodes(ticket("300", canadian, { quantity: { value: "300", uom: "L" }, unitPrice: "1.55" }))).toEqual([]);
    expect(fuelCodes(ticket("100", canadian))).toEqual(["fuel_unit_of_measure_doubtful hold"]);
  });

  test("a date tomorrow is no news, one in a week is; old ones warn, very old ones wait", () => {
    const one = event("toll_transaction");
    const at = (today: string): string[] => said(one, { today }).filter((code) => code.startsWith("date_"));
    const dayAfter = (count: number): string => new Date(Date.parse(one.date) + count * 86_400_000).toISOString().slice(0, 10);
    expect([at(dayAfter(-3)), at(dayAfter(-4)), at(dayAfter(90)), at(dayAfter(91)), at(dayAfter(366))]).toEqual([
      [],
      ["date_future warn"],
      [],
      ["date_stale warn"],
      ["date_too_old hold"],
    ]);
  });

  test("a number of social security is found in a memo and never repeated", () => {
    const one = event("toll_transaction", { memo: "driver 123-45-6789 paid" });
    const active = compilePolicy([], [])("tms", one.type);
    const [finding] = runEventChecks(active, one, {
      documents: [],
      reference: indexReference({ preferences, records: [] }),
      today: one.date,
    });
    expect(finding).toMatchObject({ code: "sensitive_text", severity: "block", field: "/memo" });
    expect(JSON.stringify(finding)).not.toContain("6789");
    expect(said(event("toll_transaction", { memo: "PO 123-45-67890 and 555-1234" }))).not.toContain("sensitive_text block");
  });

  test("pay that is not miles times rate, or not its share of the basis, is refused beyond two cents", () => {
    const paying = (first: Raw): string[] => {
      const lines = (examples.get("driver_settlement")!["lines"] as Raw[]).map((line, index) =>
        index === 0 ? { ...line, ...first } : line,
      );
      return said(event("driver_settlement", { lines })).filter((code) => code.startsWith("pay_line"));
    };
    expect(paying({ quantity: { value: "1031.45", uom: "mi" }, unitPrice: "1.50" })).toEqual([]);
    expect(paying({ quantity: { value: "1031.48", uom: "mi" }, unitPrice: "1.50" })).toEqual(["pay_line_differs block"]);
    expect(paying({ pct: "75", basisAmount: "2062.90" })).toEqual([]);
    expect(paying({ pct: "70", basisAmount: "2062.90" })).toEqual(["pay_line_differs block"]);
  });

  test("freight that touches Canada needs a tax or a reason for none", () => {
    const loads = [{ loadNo: "L-1", origin: { city: "Buffalo", country: "US" }, destination: { city: "Toronto", country: "CA" } }];
    const one = { loads, taxes: [], taxJurisdiction: undefined, lines: [{ lineNo: 1, code: "LH", amount: "900.00" }], total: "900.00" };
    expect(said(event("customer_invoice", one))).toContain("tax_undecided block");
    expect(said(event("customer_invoice", { ...one, taxJurisdiction: { zeroRatedReason: "international" } }))).not.toContain(
      "tax_undecided block",
    );
  });

  test("only customers that ask for it need a proof of delivery", () => {
    const one = event("customer_invoice", { podReceivedDate: undefined, invoiceType: "standard" }) as Extract<
      TransportEvent,
      { type: "customer_invoice" }
    >;
    expect(said(one)).not.toContain("pod_missing hold");
    const asks = (customers: string) =>
      said(one, { settings: [set("pod_missing", { thresholds: { customers } })] }).includes("pod_missing hold");
    expect([asks(`X ${one.customer.id}`), asks("X"), asks("*")]).toEqual([true, false, true]);
  });

  test("the books' own facts of a party count: its currency and its credit limit", () => {
    const one = event("customer_invoice") as Extract<TransportEvent, { type: "customer_invoice" }>;
    const customer = (facts: Record<string, string>): BooksRecord[] => [
      { kind: "customer", externalId: "1", name: one.customer.name, number: null, active: true, facts },
    ];
    expect(said(one, { records: customer({ currency: "CAD" }) })).toContain("party_currency_differs block");
    expect(said(one, { records: customer({ creditLimit: "1000.00", balance: "999999.00" }) })).toContain("credit_limit_exceeded warn");
    expect(said(one, { records: customer({ creditLimit: "9999999.00", balance: "0.00", currency: one.currency }) })).not.toContain(
      "credit_limit_exceeded warn",
    );
  });
});

describe("what came before", () => {
  const toll = (id: string, over: Raw = {}): TransportEvent =>
    event("toll_transaction", {
      id,
      number: id,
      plaza: "P1",
      dims: { tractor: "T-1", terminal: "DAL" },
      occurredAt: "2026-11-20T08:00:00-06:00",
      ...over,
    });

  test("the same passage within five minutes waits, a later one does not", () => {
    const before = [{ event: toll("t-1") }];
    expect(said(toll("t-2", { occurredAt: "2026-11-20T08:05:00-06:00" }), { before })).toContain("toll_duplicate_likely hold");
    expect(said(toll("t-3", { occurredAt: "2026-11-20T08:06:00-06:00" }), { before })).not.toContain("toll_duplicate_likely hold");
  });

  test("a fuel ticket or advance is deducted once, and days are settled once", () => {
    const lines = (examples.get("driver_settlement")!["lines"] as Raw[]).map((line) =>
      line["code"] === "DFUEL" ? { ...line, sourceEventId: "fuel-1" } : line,
    );
    const settlement = (id: string, over: Raw = {}) => event("driver_settlement", { id, number: id, lines, ...over });
    const later = { periodStart: "2026-11-16", periodEnd: "2026-11-22", payDate: "2026-11-27", date: "2026-11-27" };
    const before = [{ event: settlement("s-1") }];
    expect(said(settlement("s-2"), { before })).toEqual(
      expect.arrayContaining(["source_event_reused block", "settlement_period_overlaps hold"]),
    );
    const next = said(settlement("s-3", later), { before });
    expect(next).toContain("source_event_reused block");
    expect(next).not.toContain("settlement_period_overlaps hold");
  });

  test("a void is remembered by nobody", () => expect(tracesOf({ ...toll("t"), status: "void" })).toEqual([]));

  test("INV 00123, inv-123 and 123 with a blank are one number; 1230 and A123 are others", () => {
    expect(["INV 00123", "inv-123", "123 ", "Invoice #0123"].map(normalizeNumber)).toEqual(["123", "123", "123", "123"]);
    expect(["1230", "A123", "INVOICE", "000"].map(normalizeNumber)).toEqual(["1230", "A123", "INVOICE", "0"]);
  });
});

describe("settings", () => {
  const check = catalog.get("fuel_over_tank")!;
  test("the narrower setting wins, a source before a type, and what it does not name comes from the wider", () => {
    const settings = [
      set("fuel_over_tank", { severity: "warn", thresholds: { tractor: "310", def: "45" } }),
      set("fuel_over_tank", { type: "fuel_transaction", thresholds: { tractor: "320" } }),
      set("fuel_over_tank", { source: "tms", severity: "block", thresholds: { tractor: "330" } }),
    ];
    expect(effective(check, settings, { source: "tms", type: "fuel_transaction" })).toEqual({
      severity: "block",
      isChosen: true,
      thresholds: { tractor: "330", reefer: "60", def: "45", impossible: "400" },
    });
    expect(effective(check, settings, { source: "other", type: "fuel_transaction" })).toMatchObject({
      severity: "warn",
      thresholds: { tractor: "320" },
    });
    expect(effective(check, [], { source: "tms", type: null })).toMatchObject({ severity: "hold", isChosen: false });
  });

  test("every default of the catalog may itself be set", () => {
    for (const { code, severity, thresholds } of catalog.values()) {
      const all = Object.fromEntries(thresholds.map(({ name, default: value }) => [name, value]));
      expect(settingProblems(set(code, { severity, thresholds: all }))).toEqual([]);
    }
  });

  test("dimensions that do not exist are refused", () => {
    expect(settingProblems(set("dimension_expected", { thresholds: { fuel: "terminal traktor" } }))[0]).toContain(
      'Did you mean "tractor"?',
    );
  });
});

test("an own check that names line is asked of every line and points at the first it is true of", () => {
  const own = { name: "cash", types: ["fuel_transaction" as const], sources: ["tms"], severity: "hold" as const, fix: "Ask." };
  const { look, isFor } = compileOwnCheck({ ...own, when: 'line.product == "CASH"', message: "{line.amount} in cash" });
  const one = event("fuel_transaction");
  const lines = [...(one as Extract<TransportEvent, { type: "fuel_transaction" }>).lines, { lineNo: 9, product: "CASH", amount: "50.00" }];
  expect(look(one)).toBeNull();
  expect(look({ ...one, lines } as TransportEvent)).toMatchObject({
    code: "own_cash",
    severity: "hold",
    field: `/lines/${lines.length - 1}`,
    message: "50.00 in cash",
  });
  expect([isFor("tms", "fuel_transaction"), isFor("edi", "fuel_transaction"), isFor("tms", "permit")]).toEqual([true, false, false]);
});

test("figures are exact", () => {
  expect(showDecimal(times(decimalOf("112.418"), decimalOf("3.6590")))).toBe("411.337462");
  expect(showDecimal(percentOf(decimalOf("250"), decimalOf("1.5")))).toBe("3.75");
  expect(showDecimal(quotient(decimalOf("-10"), decimalOf("4"), 1)!)).toBe("-2.5");
  expect(quotient(decimalOf("1"), decimalOf("0"), 2)).toBeNull();
  expect(compareDecimals(decimalOf("0.10"), decimalOf("0.1"))).toBe(0);
  expect(showDecimal(inGallons({ value: "378.541", uom: "LTR" })!)).toBe("99.999");
  expect(inGallons({ value: "3", uom: "EA" })).toBeNull();
});
