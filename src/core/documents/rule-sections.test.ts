import { describe, expect, test } from "vitest";
import { examples, trucking } from "../../../tests/setup/generated-events.ts";
import type { TransportEvent } from "../events.ts";
import { readEvent } from "../events/read.ts";
import { indexReference } from "../reference-index.ts";
import type { BooksRecord } from "../reference.ts";
import { compileRuleSet } from "../rules/compile.ts";
import type { RuleSet } from "../rules/schema.ts";
import { buildDocuments, reverseDocument } from "./build.ts";
import { fitToBooks, hasPlace } from "./fit.ts";

type Raw = Record<string, unknown>;
const rulesWith = (change: Partial<RuleSet>) => compileRuleSet({ ...trucking, ...change }, 4);
const rules = rulesWith({});

function event(type: string, change: Raw = {}): TransportEvent {
  const { event: one, findings } = readEvent({ ...structuredClone(examples.get(type)!), ...change });
  expect(findings).toEqual([]);
  return one!;
}

describe("what stands above the lines", () => {
  test("the event's exchange rate, and the day the TMS says it counts", () => {
    const exchangeRate = { rate: "0.7291", from: "CAD", to: "USD" };
    const [invoice] = buildDocuments(
      event("customer_invoice", { currency: "CAD", exchangeRate, accountingDate: "2026-12-01" }),
      rules,
    ).documents;
    expect(invoice).toMatchObject({ currency: "CAD", exchangeRate: "0.7291", date: "2026-12-01", totalMinor: 278522n });
    expect(reverseDocument(invoice!, { date: "2026-12-02" })).toMatchObject({ currency: "CAD", exchangeRate: "0.7291" });
  });

  test("a rate the wrong way round is refused, with what to send", () => {
    const { findings } = readEvent({
      ...examples.get("customer_invoice")!,
      currency: "CAD",
      exchangeRate: { rate: "1.37", from: "USD", to: "CAD" },
    });
    expect(findings).toMatchObject([{ code: "field_invalid", field: "/exchangeRate", fix: expect.stringContaining('from "CAD"') }]);
  });

  test("custom fields, on the kinds that have them", () => {
    const by = rulesWith({ customFields: { "Load #": { value: "{dims.load}", kinds: ["invoice", "bill"], lengthMax: 5 } } });
    const dims = { load: "L-90210" };
    expect(buildDocuments(event("customer_invoice", { dims }), by).documents[0]?.customFields).toEqual({ "Load #": "L-902" });
    expect(buildDocuments(event("toll_transaction", { dims }), by).documents[0]?.customFields).toBeUndefined();
  });
});

describe("what others call it", () => {
  test("an alias leads to our code, and the line says what was sent", () => {
    const lines = [{ lineNo: 1, code: "405", amount: "10.00" }];
    const [invoice] = buildDocuments(event("customer_invoice", { lines, total: "10.00" }), rules).documents;
    expect(invoice?.lines[0]).toMatchObject({ account: "4040", because: { matched: { code: "FSC", alias: "405" } } });
  });

  test("a card's product name leads to ours", () => {
    const lines = [{ lineNo: 1, product: "REEFER DIESEL", amount: "411.34" }];
    expect(buildDocuments(event("fuel_transaction", { lines }), rules).documents[0]?.lines[0]?.account).toBe("5220");
  });

  test("a customer's charge code on a carrier's bill is a cost", () => {
    const lines = [
      { lineNo: 1, code: "400", amount: "1500.00" },
      { lineNo: 2, code: "DET", amount: "60.00" },
    ];
    const { documents } = buildDocuments(event("carrier_bill", { lines, expectedTotal: "1560.00", netPayable: "1560.00" }), rules);
    expect(documents[0]?.lines.map(({ account }) => account)).toEqual(["5130", "5140", "2020"]);
  });
});

describe("the rate confirmation", () => {
  const billed = (amount: string, change: Raw = {}): string[] => {
    const lines = [{ lineNo: 1, code: "PTLH", amount }];
    const { findings } = buildDocuments(event("carrier_bill", { lines, netPayable: amount, expectedTotal: "1000.00", ...change }), rules);
    return findings.map(({ code, severity }) => `${code} ${severity}`);
  };

  test("more than the larger tolerance waits for a person; anything else is posted and noted", () => {
    expect(billed("1000.00")).toEqual([]);
    expect(billed("1025.00")).toEqual(["rate_confirmation_differs warn"]);
    expect(billed("1025.01")).toEqual(["rate_confirmation_exceeded hold"]);
    expect(billed("900.00")).toEqual(["rate_confirmation_differs warn"]);
    expect(billed("1100.00", { matchStatus: "resolved" })).toEqual(["rate_confirmation_differs warn"]);
    expect(billed("5049.00", { expectedTotal: "5000.00" })).toEqual(["rate_confirmation_differs warn"]);
    expect(billed("5051.00", { expectedTotal: "5000.00" })).toEqual(["rate_confirmation_exceeded hold"]);
  });

  test("advances that are taken back are no part of what was billed", () => {
    expect(buildDocuments(event("carrier_bill"), rules).findings).toEqual([]);
  });
});

describe("lines of several entities", () => {
  const entity = { from: ["entity"], values: {}, unknown: "keep" } as const;
  const lines = [
    { lineNo: 1, code: "EXPHON", amount: "300.00", dims: { entity: "01" } },
    { lineNo: 2, code: "EXPHON", amount: "120.00", dims: { entity: "02" } },
  ];
  const codes = (change: Raw, by: Partial<RuleSet>): string[] =>
    buildDocuments(event("miscellaneous_expense", { lines, total: "420.00", ...change }), rulesWith(by)).findings.map(({ code }) => code);

  test("need accounts between them, and an owner, where the books keep entities", () => {
    const dimensions = { ...trucking.dimensions, entity };
    expect(codes({ dims: { entity: "01" } }, { dimensions })).toEqual([]);
    expect(codes({ dims: { entity: "01" } }, { dimensions, intercompany: [] })).toEqual(["intercompany_unmapped"]);
    expect(codes({ dims: {} }, { dimensions })).toEqual(["entity_missing"]);
  });

  test("stay on one document where no row is for them and the books keep one company", () => {
    expect(codes({ dims: { entity: "01" } }, { intercompany: [] })).toEqual([]);
  });
});

describe("what the books have a place for", () => {
  const preferences = {
    companyName: "",
    homeCurrency: "USD",
    multiCurrency: false,
    closedThrough: null,
    tracksClasses: true,
    tracksDepartments: false,
  };
  const books = (...records: BooksRecord[]) => indexReference({ preferences, records });
  const record = (kind: BooksRecord["kind"], name: string): BooksRecord => ({
    kind,
    externalId: name,
    name,
    number: name,
    active: true,
    facts: {},
  });
  const by = rulesWith({ dimensions: { ...trucking.dimensions, "segment:Truck": { from: ["tractor"], values: {}, unknown: "keep" } } });

  test("quantities go only to books with statistical accounts", () => {
    const [entry] = buildDocuments(event("statistical"), rules).documents;
    expect(entry).toMatchObject({ kind: "statistical_entry", totalMinor: 0n, lines: [], statistics: [{ account: "MILES-L" }, {}, {}] });
    expect(hasPlace(entry!, books())).toBe(false);
    expect(hasPlace(entry!, books(record("statistical_account", "MILES-L")))).toBe(true);
  });

  test("dimensions the books do not keep are left out of what is sent", () => {
    const [entry] = buildDocuments(event("toll_transaction"), by).documents;
    expect(entry?.lines[0]?.dimensions).toEqual({ class: "OTR-VAN", department: "CHI", "segment:Truck": "2207" });
    expect(fitToBooks(entry!, books()).lines[0]?.dimensions).toEqual({ class: "OTR-VAN" });
    expect(fitToBooks(entry!, books(record("segment", "Truck/2207"))).lines[0]?.dimensions).toEqual({
      class: "OTR-VAN",
      "segment:Truck": "2207",
    });
  });

  test("a dimension every line needs stops what has none", () => {
    const dimensions = { class: null, department: { from: ["terminal"], values: {}, unknown: "keep", required: true } } as const;
    const { findings } = buildDocuments(event("toll_transaction", { dims: {} }), rulesWith({ dimensions }));
    expect(findings).toMatchObject([{ code: "dimension_missing", severity: "block", cause: "dimension_missing:department" }]);
  });
});

test("a prepayment of one month, of no days or of too many months makes no entries", () => {
  const months = (effectiveFrom: string, effectiveTo: string): number =>
    buildDocuments(event("insurance_premium", { effectiveFrom, effectiveTo }), rules).documents.length - 1;
  expect(months("2027-01-01", "2027-12-31")).toBe(12);
  expect(months("2027-01-05", "2027-01-31")).toBe(0);
  expect(months("2027-02-01", "2027-01-01")).toBe(0);
  expect(months("2027-01-01", "2047-01-01")).toBe(0);
});

test("an accrual is taken back on the day it names, and not at all where the rules say never", () => {
  const dates = (change: Raw, by = rules): string[] => buildDocuments(event("accrual", change), by).documents.map(({ date }) => date);
  expect(dates({})).toEqual(["2026-11-30", "2026-12-01"]);
  expect(dates({ reversalDate: "2026-12-03" })).toEqual(["2026-11-30", "2026-12-03"]);
  expect(dates({ date: "2026-12-31" })).toEqual(["2026-12-31", "2027-01-01"]);
  expect(dates({}, rulesWith({ accruals: [{ event: ["accrual"], account: "1110", reverse: "never" }] }))).toEqual(["2026-11-30"]);
});

test("a rounding line takes what is left of a split up to the rules' limit and no more", () => {
  const parts = ["T-1", "T-2", "T-3"].map((tractor) => ({ dims: { tractor }, weight: "1" }));
  const lines = [{ lineNo: 1, code: "EXSOFT", amount: "100.00" }];
  const built = (limit: string, account: string | null = "7095") =>
    buildDocuments(
      event("miscellaneous_expense", { lines, total: "100.00" }),
      rulesWith({ splits: [{ parts }], rounding: { splits: "line", account, limit } }),
    );
  expect(built("0.01").documents[0]?.lines.map(({ account, amountMinor }) => `${account} ${amountMinor}`)).toEqual(
    ["7035 3333", "7035 3333", "7035 3333", "7095 1", "2040 10000"], // The fourth is what three thirds leave.
  );
  expect(built("0.00")).toMatchObject({ documents: [], findings: [{ code: "rounding_exceeded", severity: "block" }] });
  expect(built("0.01", null).findings.map(({ code }) => code)).toContain("rounding_unmapped");
});

test("what was prepaid is used up to the cent, with the fee that came with it", () => {
  const plate = event("permit", {
    permitType: "IRP",
    amount: "500.00",
    serviceFee: "12.50",
    validFrom: "2027-01-01",
    validTo: "2027-07-17",
  });
  const prepaid = buildDocuments(plate, rules)
    .documents.flatMap(({ lines }) => lines)
    .filter(({ account }) => account === "1220")
    .reduce((sum, { side, amountMinor }) => sum + (side === "debit" ? amountMinor : -amountMinor), 0n);
  expect(prepaid).toBe(0n);
});
