import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TransportEvent } from "../events.ts";
import { datedOn, firstOpenDay } from "./closed-period.ts";
import { compileRuleSet } from "./compile.ts";
import { ruleSetSchema } from "./json-schema.ts";
import { sections } from "./keys.ts";
import type { RuleLine } from "./paths.ts";
import { readRuleSet } from "./rule-set.ts";

type Raw = Record<string, unknown>;
const settlement = {
  type: "driver_settlement",
  id: "S1",
  revision: 1,
  number: "S1",
  date: "2026-11-20",
  currency: "USD",
  dims: { entity: "01", terminal: "DAL", load: "L-9" },
  payee: { type: "ownerOperator", id: "P", name: "Payee" },
  totals: { totalMiles: "2500.5" },
  lines: [],
} as unknown as TransportEvent;

function compiled(raw: Raw) {
  const { ruleSet, findings } = readRuleSet({ name: "test", ...raw });
  expect(findings.filter(({ severity }) => severity === "block")).toEqual([]);
  return compileRuleSet(ruleSet!, 1);
}
const problems = (raw: Raw): string[] => readRuleSet({ name: "test", ...raw }).findings.map(({ code, field }) => `${code} ${field}`);
const line = (over: Partial<RuleLine> = {}): RuleLine => ({ part: "line", code: "A", amount: "10.00", ...over });

describe("lines from metrics", () => {
  test("quantity times rate, rounded once, with where they came from", () => {
    const rules = compiled({
      lines: [
        { event: "driver_settlement", quantity: "totals.totalMiles", rate: "0.055", account: 5090, offset: 2290, side: "debit" },
        {
          event: "driver_settlement",
          per: "line",
          where: { "line.code": "FUEL" },
          quantity: "line.quantity.value",
          unit: "gal",
          rate: { table: "tax", by: "dims.terminal" },
          account: 5235,
        },
      ],
      lookups: { tax: { DAL: "0.20" } },
    });
    const gallons = line({ code: "FUEL", quantity: { value: "100.3", uom: "gal" } });
    const { lines, findings } = rules.metricLines(settlement, [line(), gallons, { ...gallons, quantity: { value: "50", uom: "l" } }]);
    expect(findings).toEqual([]);
    expect(
      lines.map(({ path, amountMinor, quantity, rate, index, matched }) => [path, amountMinor, quantity, rate, index, matched]),
    ).toEqual([
      ["lines/0", 13753n, "2500.5", "0.055", -1, { "totals.totalMiles": "2500.5" }],
      ["lines/1", 2006n, "100.3", "0.20", 1, { "line.quantity.value": "100.3", "line.code": "FUEL" }],
    ]);
  });

  test("a rate that the table does not have stops the event and names the table", () => {
    const rules = compiled({
      lines: [{ event: "driver_settlement", quantity: "totals.totalMiles", rate: { table: "perMile", by: "dims.terminal" }, account: 1 }],
      lookups: { perMile: { CHI: "0.50" } },
    });
    expect(rules.metricLines(settlement, [])).toMatchObject({
      lines: [],
      findings: [{ code: "rate_unmapped", severity: "block", message: expect.stringContaining('no rate for dims.terminal "DAL"') }],
    });
  });

  test("what is no number, no table, or said twice is refused at its place", () => {
    const row = { event: "driver_settlement", quantity: "totals.totalMiles", account: 1 };
    expect(problems({ lines: [{ ...row, quantity: "totals.totalMile" }] })).toEqual(["field_unknown /lines/0/quantity"]);
    expect(problems({ lines: [{ ...row, quantity: "payee.name" }] })).toEqual(["field_unknown /lines/0/quantity"]);
    expect(problems({ lines: [{ ...row, quantity: "line.quantity.value" }] })).toEqual(["value_invalid /lines/0/quantity"]);
    expect(problems({ lines: [{ ...row, rate: 0.55 }] })).toEqual(["value_invalid /lines/0/rate"]);
    expect(problems({ lines: [{ ...row, code: "X" }] })).toEqual(["value_invalid /lines/0/account"]);
    expect(problems({ lines: [{ ...row, rate: { table: "t", by: "dims.terminal" } }], lookups: { tt: {} } })).toEqual([
      "lookup_unknown /lines/0/rate/table",
    ]);
  });

  test("quantities for statistical accounts", () => {
    const rules = compiled({ statistics: [{ event: "driver_settlement", account: "M100", quantity: "totals.totalMiles", unit: "mi" }] });
    expect(rules.statistics(settlement, [])).toMatchObject([
      { path: "statistics/0", quantity: "2500.5", row: { account: "M100", unit: "mi" } },
    ]);
  });
});

describe("aliases and look-ups", () => {
  test("a partner's codes are ours before any row sees them, and the explanation keeps theirs", () => {
    const rules = compiled({
      aliases: { code: { "DSL #2": "FULSD" }, product: { AUTO: "ULSD" } },
      codes: { FULSD: { name: "Diesel", kind: "FUEL", account: 5210 } },
    });
    const ours = rules.translate(line({ code: "DSL #2", product: "AUTO" }));
    expect(ours).toMatchObject({ code: "FULSD", product: "ULSD", alias: "DSL #2" });
    expect(rules.account({ event: settlement, line: ours })).toMatchObject({
      account: "5210",
      matched: { code: "FULSD", alias: "DSL #2" },
    });
    const plain = line();
    expect(rules.translate(plain)).toBe(plain);
    expect(problems({ aliases: { code: { X: "FULD" } }, codes: { FULSD: { name: "D", kind: "F" } } })).toEqual([
      "code_unlisted /aliases/code/X",
    ]);
  });

  test("an account out of a table; a dimension through one, from the first field that has a value there", () => {
    const rules = compiled({
      lookups: { pump: { DAL: "5212" }, fleet: { "T-1": "Reefer" } },
      accounts: [
        { code: "A", accountBy: { table: "pump", by: "dims.terminal" } },
        { code: "A", account: 5210 },
      ],
      dimensions: { "segment:fleet": { from: ["division", { field: "tractor", lookup: "fleet" }], required: true } },
    });
    const at = (dims: Raw) => ({ event: { ...settlement, dims } as TransportEvent, line: line() });
    expect(rules.account(at({ terminal: "DAL" }))).toMatchObject({
      account: "5212",
      matched: { code: "A", "dims.terminal": "DAL", lookup: "pump" },
    });
    expect(rules.account(at({ terminal: "CHI" }))).toMatchObject({ account: "5210", path: "accounts/1" });
    expect(rules.dimensionNames).toEqual(["segment:fleet"]);
    expect(rules.dimension("segment:fleet", at({ tractor: "T-1" }))).toEqual({ value: "Reefer" });
    expect(rules.dimension("segment:fleet", at({ tractor: "T-2" }))).toEqual({ missing: ["division", "tractor"] });
    expect(problems({ dimensions: { clas: { from: "terminal" } } })).toEqual(["key_unknown /dimensions/clas"]);
  });
});

describe("policies", () => {
  test("splits by fixed parts or over a list of the event", () => {
    const rules = compiled({
      splits: [
        {
          code: "A",
          parts: [
            { dims: { terminal: "DAL" }, weight: "60" },
            { dims: { terminal: "CHI" }, weight: "40" },
          ],
        },
        { event: "customer_invoice", over: { list: "loads", weight: "billedMiles", field: "loadNo", dim: "load" } },
      ],
    });
    expect(rules.split({ event: settlement, line: line() })).toMatchObject({
      path: "splits/0",
      parts: [{ weight: "60" }, { weight: "40" }],
    });
    expect(rules.split({ event: settlement, line: line({ code: "B" }) })).toBeNull();
    const invoice = {
      ...settlement,
      type: "customer_invoice",
      loads: [{ loadNo: "L1", billedMiles: "300" }, { loadNo: "L2" }, { billedMiles: "5" }],
    } as unknown as TransportEvent;
    expect(rules.split({ event: invoice, line: line({ code: "B" }) })?.parts).toEqual([
      { dims: { load: "L1" }, weight: "300" },
      { dims: { load: "L2" }, weight: "0" },
    ]);
    expect(problems({ splits: [{ code: "A", parts: [{ dims: { terminal: "X" }, weight: "0" }] }] })).toEqual([
      "value_invalid /splits/0/parts",
    ]);
    expect(problems({ splits: [{ code: "A" }] })).toEqual(["value_invalid /splits/0/parts"]);
  });

  test("accounts between entities, narrowest pair first; accruals; custom fields by kind", () => {
    const rules = compiled({
      intercompany: [
        { dueFrom: 1810, dueTo: 2570 },
        { owner: "01", user: "02", dueFrom: 1811, dueTo: 2571 },
      ],
      accruals: [{ event: "accrual", account: 2060, reverseMemo: "Reverses {id}" }],
      customFields: { Load: { value: "{dims.load}", kinds: "bill", lengthMax: 3 }, Truck: "{dims.tractor}" },
    });
    const subject = { event: settlement, line: line() };
    expect(rules.intercompany(subject, { owner: "01", user: "02" })).toMatchObject({
      row: { dueFrom: "1811" },
      matched: { owner: "01", user: "02" },
    });
    expect(rules.intercompany(subject, { owner: "02", user: "01" })).toMatchObject({ row: { dueFrom: "1810" } });
    expect(rules.accrual({ ...settlement, type: "accrual" } as unknown as TransportEvent)).toMatchObject({
      row: { account: "2060", reverse: "next_month" },
    });
    expect(rules.accrual(settlement)).toBeNull();
    expect([rules.customFields(settlement, "bill"), rules.customFields(settlement, "invoice")]).toEqual([{ Load: "L-9" }, {}]);
  });

  test("closed periods by event, and the first open day", () => {
    const rules = compiled({
      closedPeriod: "block",
      closedPeriods: [
        { event: "driver_settlement", policy: "next_open" },
        { where: { "dims.entity": "02" }, policy: "hold" },
      ],
    });
    expect(rules.closedPeriod(settlement)).toEqual({ policy: "next_open", path: "closedPeriods/0" });
    expect(rules.closedPeriod({ ...settlement, type: "permit" } as unknown as TransportEvent)).toEqual({
      policy: "block",
      path: "closedPeriod",
    });
    expect(["2026-10-31", "2026-12-31", "2028-02-28", "2026-10-15"].map(firstOpenDay)).toEqual([
      "2026-11-01",
      "2027-01-01",
      "2028-02-29",
      "2026-10-16",
    ]);
    const document = { date: "2026-10-20", memo: "Pay", dueDate: "2026-11-04" } as never;
    expect(datedOn(document, "2026-11-01")).toMatchObject({ date: "2026-11-01", memo: "Pay · of 2026-10-20", dueDate: "2026-11-04" });
    expect(datedOn(document, "2026-10-20")).toBe(document);
  });
});

describe("the published schema", () => {
  test("docs/rule-set.schema.json is what the code says; write it from json-schema.ts when the language grows", () => {
    const file: unknown = JSON.parse(readFileSync(new URL("../../../docs/rule-set.schema.json", import.meta.url), "utf8"));
    expect(file).toEqual(JSON.parse(JSON.stringify(ruleSetSchema)));
  });

  test("has every section, once for the rule set and once for its books", () => {
    const { properties } = ruleSetSchema as { properties: Record<string, { additionalProperties?: { properties: object } }> };
    expect(Object.keys(properties).sort()).toEqual([...sections, "books", "extends"].sort());
    expect(Object.keys(properties["books"]!.additionalProperties!.properties).sort()).toEqual(
      sections.filter((name) => name !== "name").sort(),
    );
  });
});

describe("expressions are typed by the event they are about", () => {
  const when = (event: string, text: string): string =>
    readRuleSet({ name: "t", accounts: [{ event, account: 1, when: text }] }).findings[0]?.message ?? "";
  test("a field of another type, a slip of the pen and too much work are refused with what to do", () => {
    expect(when("permit", 'event.jurisdiction == "TX"')).toBe("");
    expect(when("permit", 'event.jurisdicton == "TX"')).toContain('Did you mean "event.jurisdiction"?');
    expect(when("permit", 'event.fundedBy == "company"')).toContain("event.fundedBy is no single field of permit");
    expect(when("permit", 'event.vendor == "X"')).toContain("no single field");
    expect(when("permit", Array.from({ length: 26 }, () => 'line.code.contains("x")').join(" || "))).toMatch(/steps|80/);
  });
});
