import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventTypes } from "../events.ts";
import { typeFields } from "./fields.ts";
import { eventTotal, readEvent } from "./read.ts";
import type { FieldSpec } from "./spec.ts";

type Raw = Record<string, unknown>;
const page = readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1]!) as Raw);

/** The documented example of a type, changed. */
function example(type: string, change: Raw = {}): Raw {
  const found = examples.find((one) => one["type"] === type);
  return { ...structuredClone(found), ...change };
}

/** Names of all fields of a table, those of its lists and objects too. */
function namesOf(spec: FieldSpec): string[] {
  return Object.entries(spec).flatMap(([key, kind]) => {
    const inner = typeof kind === "string" || "choice" in kind ? {} : "record" in kind ? kind.record : kind.list;
    return [key.replace("!", ""), ...namesOf(inner)];
  });
}

function codes(raw: unknown): string[] {
  return readEvent(raw).findings.map(({ code, field }) => `${code} ${field}`);
}

describe("documented examples", () => {
  test("there is one of each type", () => expect(examples.map((one) => one["type"]).sort()).toEqual([...eventTypes].sort()));

  test.each(examples.map((one) => [one["type"], one] as const))("%s is taken as it stands", (_, raw) => {
    const { event, findings } = readEvent(raw);
    expect(findings).toEqual([]);
    expect(event).toEqual(raw);
  });

  test("every field of a type is named in its section, or among what all events share", () => {
    const shared = page.split("\n## ")[1] ?? "";
    const unnamed = Object.entries(typeFields).flatMap(([type, spec]) => {
      const section = page.split(`\n## ${type}\n`)[1]?.split("\n## ")[0] ?? "";
      return namesOf(spec).filter((name) => ![section, shared].some((text) => new RegExp(`\\b${name}\\b`).test(text)));
    });
    expect(unnamed).toEqual([]);
  });

  test("what each one moves", () => {
    const totals = examples.map((one) => [one["type"], eventTotal(readEvent(one).event!)]);
    expect(Object.fromEntries(totals)).toEqual({
      customer_invoice: 278522n,
      customer_credit: 15000n,
      carrier_bill: 120150n,
      driver_settlement: 91539n,
      cash_advance: 50850n,
      fuel_transaction: 41334n,
      maintenance_order: 110480n,
      toll_transaction: 795n,
      lumper_receipt: 18500n,
      permit: 10250n,
      miscellaneous_expense: 2575n,
      escrow_transaction: 1625n,
      payroll_summary: 130760n,
      commission: 12500n,
      insurance_premium: 24000000n,
      equipment_payment: 272170n,
      equipment_perdiem: 15600n,
      bulk_fuel_delivery: 2209750n,
      parts_movement: -4240n,
      asset_event: 14200000n,
      claim: 320000n,
      tax_return: 3321n,
      customer_payment: 464522n,
      vendor_payment: 165870n,
      factoring_schedule: 615797n,
      factoring_funding: 565033n,
      factoring_collection: 278522n,
      intercompany_charge: 165000n,
      accrual: 4130000n,
      statistical: 0n,
    });
  });
});

describe("what is let through", () => {
  test("a missing revision is 1, missing dims are empty, unknown fields stay", () => {
    const raw = example("toll_transaction", { axleClass: 5, extra: { deep: [1, { a: null }] } });
    delete raw["revision"];
    delete raw["dims"];
    expect(readEvent(raw).event).toMatchObject({ revision: 1, dims: {}, axleClass: 5, extra: { deep: [1, { a: null }] } });
  });

  test("optional fields may be null, empty or an empty list", () => {
    expect(codes(example("toll_transaction", { fee: null, plaza: "", violation: null, refs: [] }))).toEqual([]);
  });

  test("a void needs only its key, date and currency, and moves nothing", () => {
    const { event, findings } = readEvent({
      type: "customer_invoice",
      id: "inv-1",
      revision: 2,
      date: "2026-11-20",
      currency: "USD",
      status: "void",
    });
    expect(findings).toEqual([]);
    expect(eventTotal(event!)).toBe(0n);
  });

  test("a memo may have several lines, and a fuel line may have a product instead of a code", () => {
    expect(codes(example("toll_transaction", { memo: "first\nsecond\tthird" }))).toEqual([]);
    const lines = [{ lineNo: 1, product: "ULSD", amount: "411.34" }];
    expect(codes(example("fuel_transaction", { lines }))).toEqual([]);
  });

  test("settlement adjustments may stand in gross or in deductions", () => {
    const lines = [
      { lineNo: 1, code: "PLH", category: "earning", amount: "1000.00" },
      { lineNo: 2, code: "PLH", category: "adjustment", amount: "-50.00" },
      { lineNo: 3, code: "PLH", category: "adjustment", amount: "20.00" },
    ];
    const totals = { gross: "970.00", reimbursements: "0", deductions: "0", advancesRecovered: "0", escrow: "0", net: "970.00" };
    expect(codes(example("driver_settlement", { lines, totals }))).toEqual([]);
    expect(codes(example("driver_settlement", { lines, totals: { ...totals, gross: "1020.00", deductions: "50.00" } }))).toEqual([]);
    expect(codes(example("driver_settlement", { lines, totals: { ...totals, gross: "1000.00" } }))).toContain("total_wrong /totals/gross");
  });
});

describe("what is refused", () => {
  test("an unknown type, with all known ones and a guess", () => {
    const [finding] = readEvent(example("permit", { type: "feul_transaction" })).findings;
    expect(finding?.code).toBe("type_unknown");
    expect(finding?.message).toContain("customer_invoice");
    expect(finding?.message).toContain('Did you mean "fuel_transaction"?');
  });

  test("every missing and every wrong field at once, each with its place", () => {
    const raw = example("carrier_bill", {
      number: "",
      date: "2026-02-30",
      vendor: { id: 7 },
      lines: [{ lineNo: 0, code: "PTLH", amount: 1500 }],
    });
    delete raw["loadNo"];
    expect(codes(raw)).toEqual([
      "field_invalid /date",
      "field_missing /number",
      "field_invalid /vendor/id",
      "field_missing /vendor/name",
      "field_missing /loadNo",
      "field_invalid /lines/0/lineNo",
      "amount_not_text /lines/0/amount",
    ]);
  });

  test("an amount as a number, with the way to send it", () => {
    const [finding] = readEvent(example("toll_transaction", { amount: 7.95 })).findings;
    expect(finding).toMatchObject({ code: "amount_not_text", severity: "block", field: "/amount" });
    expect(finding?.fix).toContain('"411.34"');
  });

  test.each(["7.955", "1e3", "1,000.00", " 7.95", "7.", ".5", "07.95", "abc", "--1", "12345678901234567890"])("the amount %j", (amount) => {
    expect(codes(example("toll_transaction", { amount }))).toEqual(["field_invalid /amount"]);
  });

  test.each([0, -1, 1.5, "1", Number.MAX_VALUE])("the revision %j", (revision) => {
    expect(codes(example("permit", { revision }))).toEqual(["field_invalid /revision"]);
  });

  test.each(["US", "usd", "USDX", "XYZ"])("the currency %j", (currency) => {
    expect(codes(example("permit", { currency }))).toEqual(["field_invalid /currency"]);
  });

  test("an id of more than 200 characters, a bad choice, a line without code", () => {
    expect(codes(example("permit", { id: "x".repeat(201) }))).toEqual(["field_invalid /id"]);
    expect(readEvent(example("fuel_transaction", { fundedBy: "compny" })).findings[0]?.message).toContain('Did you mean "company"?');
    expect(codes(example("fuel_transaction", { lines: [{ lineNo: 1, amount: "411.34" }] }))).toEqual(["field_missing /lines/0/code"]);
    expect(codes(example("customer_invoice", { lines: [] }))).toEqual(["field_missing /lines"]);
  });

  test.each([
    ["customer_invoice", { total: "2785.23" }, "/total", "2785.23", "2785.22"],
    ["customer_credit", { total: "151.00" }, "/total", "151.00", "150.00"],
    ["carrier_bill", { netPayable: "1710.00" }, "/netPayable", "1710.00", "1201.50"],
    ["maintenance_order", { total: "1060.00" }, "/total", "1060.00", "1104.80"],
    ["miscellaneous_expense", { total: "25.00" }, "/total", "25.00", "25.75"],
    ["fuel_transaction", { netTotal: "411.34" }, "/netTotal", "411.34", "413.34"],
  ])("a wrong total of %s, with both figures", (...[type, change, field, stated, computed]) => {
    const [finding, ...others] = readEvent(example(type, change)).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "total_wrong", field });
    expect(finding?.message).toContain(stated);
    expect(finding?.message).toContain(computed);
  });

  test("wrong sub-totals of a settlement", () => {
    const totals = { gross: "1934.51", reimbursements: "1.00", deductions: "719.10", advancesRecovered: "0", escrow: "0", net: "915.40" };
    expect(codes(example("driver_settlement", { totals }))).toEqual(
      ["net", "reimbursements", "advancesRecovered", "escrow", "gross", "deductions"].map((name) => `total_wrong /totals/${name}`),
    );
  });

  test("a line number used twice", () => {
    const lines = [1, 1].map((lineNo) => ({ lineNo, code: "FSCALE", amount: "1.00" }));
    expect(codes(example("miscellaneous_expense", { lines, total: "2.00" }))).toEqual(["line_duplicate /lines/1/lineNo"]);
  });

  test("signs that turn the document round", () => {
    expect(codes(example("cash_advance", { amount: "-5.00" }))).toEqual(["sign_wrong /amount"]);
    const lines = [{ lineNo: 1, code: "DET", amount: "-150.00" }];
    expect(codes(example("customer_credit", { lines, total: "-150.00" }))).toEqual(["sign_wrong /total", "sign_wrong /lines/0/amount"]);
  });

  test("control characters, broken text, and line ends where there is one line", () => {
    expect(codes(example("permit", { jurisdiction: "T\u0000X" }))).toEqual(["text_invalid /jurisdiction"]);
    expect(codes(example("permit", { jurisdiction: "T\nX" }))).toEqual(["text_invalid /jurisdiction"]);
    expect(codes(example("permit", { memo: "a\u0007" }))).toEqual(["text_invalid /memo"]);
    expect(codes(example("permit", { dims: { custom: { crew: "\ud800" } } }))).toEqual(["text_invalid /dims/custom/crew"]);
  });

  test("whole card numbers, wherever the card is, and never in the message", () => {
    const findings = [
      { card: { last4: "7731", number: "4111 1111 1111 1111" } },
      { cardNumber: "4111-1111-1111-1111" },
      { payment: { card: [{ pan: 4111111111111111 }] } },
    ].flatMap((change) => readEvent(example("fuel_transaction", change)).findings);
    expect(findings.map(({ code, field }) => `${code} ${field}`)).toEqual([
      "card_number_full /card/number",
      "card_number_full /cardNumber",
      "card_number_full /payment/card/0/pan",
    ]);
    expect(JSON.stringify(findings)).not.toContain("4111");
    expect(codes(example("fuel_transaction", { card: { last4: "7731", number: "4111111111111112" } }))).toEqual([]);
    const [bad] = readEvent(example("fuel_transaction", { card: { last4: "4111111111111111" } })).findings.filter(
      ({ code }) => code === "field_invalid",
    );
    expect(bad?.message).not.toContain("4111");
  });

  test("too many lines and too deep nesting", () => {
    const lines = Array.from({ length: 10_001 }, (_, index) => ({ lineNo: index + 1, code: "FSCALE", amount: "0.00" }));
    expect(codes(example("miscellaneous_expense", { lines, total: "0.00" }))).toEqual(["field_invalid /lines"]);
    let deep: unknown = 1;
    for (let level = 0; level < 5_000; level += 1) deep = { deep };
    expect(codes(example("permit", { deep }))[0]).toMatch(/^event_too_large /);
  });

  test("the same mistake on many lines has one cause", () => {
    const lines = [1, 2, 3].map((lineNo) => ({ lineNo, code: "FSCALE", amount: 1 }));
    expect(new Set(readEvent(example("miscellaneous_expense", { lines })).findings.map(({ cause }) => cause)).size).toBe(1);
  });
});

describe("whatever comes", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  });

  test("nothing makes it throw", () => {
    fc.assert(
      fc.property(anything, (raw) => void readEvent(raw)),
      { numRuns: 500 },
    );
  });

  test("nothing in any field of a real event makes it throw, and a blocking finding never comes with an event", () => {
    const places = fc.constantFrom(...examples).chain((one) => fc.tuple(fc.constant(one), fc.constantFrom(...Object.keys(one)), anything));
    fc.assert(
      fc.property(places, ([one, key, value]) => {
        const { event, findings } = readEvent({ ...one, [key]: value });
        expect(event === null).toBe(findings.some(({ severity }) => severity === "block"));
        if (event !== null) expect(typeof eventTotal(event)).toBe("bigint");
      }),
      { numRuns: 1_000 },
    );
  });

  test("nothing inside a line makes it throw", () => {
    const line = fc.dictionary(fc.constantFrom("lineNo", "code", "amount", "quantity", "dims", "category", "kind", "unitPrice"), anything);
    fc.assert(
      fc.property(fc.constantFrom(...examples), fc.array(line, { maxLength: 3 }), (one, lines) => void readEvent({ ...one, lines })),
      { numRuns: 500 },
    );
  });
});
