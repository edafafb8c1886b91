import { describe, expect, test } from "vitest";
import type { TransportEvent } from "../events.ts";
import { readEvent } from "../events/read.ts";
import { compileGlob } from "./condition.ts";
import { compileRuleSet } from "./compile.ts";
import type { RuleLine } from "./paths.ts";
import { readRuleSet } from "./rule-set.ts";
import { compileTemplate } from "./template.ts";

type Raw = Record<string, unknown>;
const codes = {
  FULSD: { name: "Diesel", kind: "FUEL", account: 5210 },
  FDEF: { name: "DEF", kind: "FUEL" },
  DET: { name: "Detention", kind: "REV_ACC" },
};

function fuel(change: Raw = {}): TransportEvent {
  const raw = {
    type: "fuel_transaction",
    id: "1",
    date: "2026-11-20",
    currency: "USD",
    provider: "EFS",
    fundedBy: "company",
    vendor: { id: "LOVES", name: "Love's" },

    dims: { terminal: "DAL", division: "OTR", custom: { crew: "A7" } },
    fees: "0",
    discount: "0",
    invoiceTotal: "100.00",
    netTotal: "100.00",

    lines: [{ lineNo: 1, code: "FULSD", amount: "100.00" }],
    ...change,
  };
  const { event, findings } = readEvent(raw);
  expect(findings).toEqual([]);
  return event!;
}

function rulesOf(raw: Raw) {
  const { ruleSet, findings } = readRuleSet({ name: "test", codes, ...raw });
  expect(findings.filter(({ severity }) => severity === "block")).toEqual([]);
  return compileRuleSet(ruleSet!, 1);
}

/** Account and row for one line. */
function choose(raw: Raw, line: Partial<RuleLine> = {}, event = fuel()): string | null {
  const found = rulesOf(raw).account({ event, line: { part: "line", code: "FULSD", amount: "100.00", ...line } });
  return found === null ? null : `${found.account} ${found.fallback} ${found.path}`;
}

describe("which row wins", () => {
  test("more conditions before fewer, whatever the order", () => {
    const rows = [
      { code: "FULSD", account: 1 },
      { code: "FULSD", where: { "dims.terminal": "DAL", provider: "EFS" }, account: 2 },
      { code: "FULSD", where: { "dims.terminal": "DAL" }, account: 3 },
    ];
    expect(choose({ accounts: rows })).toBe("2 row accounts/1");
    expect(choose({ accounts: rows.toReversed() })).toBe("2 row accounts/1");
    expect(choose({ accounts: rows }, {}, fuel({ provider: "WEX" }))).toBe("3 row accounts/2");
    expect(choose({ accounts: rows }, {}, fuel({ dims: {} }))).toBe("1 row accounts/0");
  });

  test("equality before a list before a pattern, then the earlier row", () => {
    const rows = [
      { code: "FULSD", where: { "vendor.id": "LO*" }, account: 1 },
      { code: "FULSD", where: { "vendor.id": ["LOVES", "PILOT"] }, account: 2 },
      { code: "FULSD", where: { "vendor.id": "LOVES" }, account: 3 },
      { code: "FULSD", where: { "vendor.id": "LOVES" }, account: 4 },
    ];
    expect(choose({ accounts: rows })).toBe("3 row accounts/2");
    expect(choose({ accounts: rows.slice(0, 2) })).toBe("2 row accounts/1");
  });

  test("a code before a pattern of codes, and the event type counts as one more", () => {
    const rows = [
      { code: "F*", account: 1 },
      { code: "FDEF", account: 2 },
      { code: "F*", event: "fuel_transaction", account: 3 },
    ];
    expect(choose({ accounts: rows.slice(0, 2) }, { code: "FDEF" })).toBe("2 row accounts/1");
    expect(choose({ accounts: rows }, { code: "FDEF" })).toBe("3 row accounts/2");
    expect(choose({ accounts: rows }, { code: "FNEW" })).toBe("3 row accounts/2");
  });

  test("the catalogue's account stands after every row for the same code", () => {
    expect(choose({})).toBe("5210 row codes/FULSD");
    expect(choose({ accounts: [{ code: "FULSD", account: 9 }] })).toBe("9 row accounts/0");
  });

  test("routing of lines without a code is read from top to bottom", () => {
    const rules = rulesOf({
      lineCodes: [
        { event: "fuel_transaction", code: "FDEF", where: { "line.product": "DEF" } },
        { event: "fuel_transaction", code: "FULSD" },
        { event: "fuel_transaction", code: "DET", where: { "line.product": "ULSD", provider: "EFS" } },
      ],
    });
    const code = (product: string) => rules.lineCode({ event: fuel(), line: { part: "line", amount: "1.00", product } });
    expect([code("DEF"), code("ULSD")]).toEqual(["FDEF", "FULSD"]);
  });
});

describe("the fallback chain", () => {
  const categories = [
    { kind: "FUEL", account: 5999 },
    { kind: "FUEL", where: { fundedBy: "ownerOperator" }, account: 1140 },
  ];

  test("row, then the kind's default, then the master, then nothing", () => {
    expect(choose({ categories }, { code: "FDEF" })).toBe("5999 category categories/0");
    expect(choose({ categories }, { code: "FDEF" }, fuel({ fundedBy: "ownerOperator" }))).toBe("1140 category categories/1");
    expect(choose({ categories, master: 7900 }, { code: "DET" })).toBe("7900 master master");
    expect(choose({ categories, master: 7900 }, { code: "unheard" })).toBe("7900 master master");
    expect(choose({ categories }, { code: "DET" })).toBeNull();
    expect(choose({ categories }, { code: "constructor" })).toBeNull();
  });

  test("every choice says what matched", () => {
    const found = rulesOf({ categories }).account({
      event: fuel({ fundedBy: "ownerOperator" }),
      line: { part: "line", code: "FDEF", amount: "1.00" },
    });
    expect(found?.matched).toEqual({ code: "FDEF", kind: "FUEL", fundedBy: "ownerOperator" });
  });
});

describe("dates", () => {
  const rows = [
    { code: "FULSD", account: 1 },
    { code: "FULSD", account: 2, from: "2026-12-01" },
    { code: "FULSD", account: 3, from: "2026-06-01", to: "2026-06-30" },
  ];

  test.each([
    ["2026-05-31", "1"],
    ["2026-06-01", "3"],
    ["2026-06-30", "3"],
    ["2026-07-01", "1"],
    ["2026-12-01", "2"],
  ])("on %s the account is %s", (date, account) =>
    expect(choose({ accounts: rows }, {}, fuel({ date }))).toMatch(new RegExp(`^${account} `)),
  );

  test("the service date picks, not the date of the document", () => {
    expect(choose({ accounts: rows }, {}, fuel({ date: "2026-12-02", serviceDate: "2026-11-30" }))).toMatch(/^1 /);
  });
});

describe("conditions", () => {
  const holds = (where: Raw, line: Partial<RuleLine> = {}, event = fuel()): boolean =>
    choose({ codes: {}, accounts: [{ code: "FULSD", where, account: 1 }] }, line, event) !== null;

  test.each([
    [{ fundedBy: "company" }, true],
    [{ fundedBy: ["ownerOperator", "driver"] }, false],
    [{ "vendor.id": "L*S" }, true],
    [{ "vendor.id": { prefix: "LOV" } }, true],
    [{ "vendor.id": { not: "LOVES" } }, false],
    [{ "location.region": { not: "TX" } }, true],
    [{ "location.region": { exists: false } }, true],
    [{ "location.region": { exists: true } }, false],
    [{ netTotal: { min: "100", max: "100.00" } }, true],
    [{ netTotal: { min: "100.01" } }, false],
    [{ netTotal: { min: "9" } }, true],
    [{ date: { min: "2026-11-01", max: "2026-11-30" } }, true],
    [{ "dims.custom.crew": "A*" }, true],
    [{ "line.code": "FULSD" }, true],
    [{ "line.amount": { max: "99.99" } }, false],
  ])("%j is %s", (where, expected) => expect(holds(where)).toBe(expected));

  test("false holds where the field is missing, and the line's dims win", () => {
    const toll = readEvent({
      type: "toll_transaction",
      id: "1",
      date: "2026-11-20",
      currency: "USD",
      agency: "X",
      vendor: { id: "X", name: "X" },
      amount: "1.00",
      prePaid: true,
    }).event!;
    expect(holds({ violation: false, prePaid: true }, {}, toll)).toBe(true);
    expect(holds({ "dims.terminal": "LAR" }, { dims: { terminal: "LAR" } })).toBe(true);
  });

  test("an expression decides with exact amounts", () => {
    const accounts = [
      { code: "FULSD", when: 'line.amount >= dec("100.00") && dims.terminal == "DAL" && event.vendor.id != ""', account: 1 },
    ];
    expect(choose({ codes: {}, accounts })).toBe("1 row accounts/0");
    expect(choose({ codes: {}, accounts }, { amount: "99.99" })).toBeNull();
    expect(choose({ codes: {}, accounts }, {}, fuel({ dims: {} }))).toBeNull();
  });

  test("patterns take time in proportion to the text", () => {
    const glob = compileGlob("*a*a*a*a*a*a*a*a*a*b");
    const started = performance.now();
    expect(glob("a".repeat(100_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(["ab*cd", "*", "a*", "*a*"].map((text) => compileGlob(text)("abxcd"))).toEqual([true, true, true, true]);
    expect(compileGlob("ab*ba")("aba")).toBe(false);
  });
});

describe("templates and dimensions", () => {
  test("a part in brackets goes when one of its fields is empty", () => {
    const render = compileTemplate("Fuel {vendor.name}[ · {location.city}, {location.region}][ · unit {dims.tractor}] {codeName}");
    expect(render({ event: fuel(), line: null }, { codeName: "Diesel" })).toBe("Fuel Love's Diesel");
    const event = fuel({ location: { city: "Joplin", region: "MO", country: "US" } });
    expect(render({ event, line: { part: "line", amount: "1.00", dims: { tractor: "7" } } }, {})).toBe("Fuel Love's · Joplin, MO · unit 7");
  });

  test("look-up, then what the table says of unknown values", () => {
    const of = (rule: Raw, event = fuel()) => rulesOf({ dimensions: { class: rule } }).dimension("class", { event, line: null });
    expect(of({ from: ["project", "division"], values: { OTR: "Fleet:OTR" } })).toEqual({ value: "Fleet:OTR" });
    expect(of({ from: "division" })).toEqual({ value: "OTR" });
    expect(of({ from: "division", unknown: "default", default: "Other" })).toEqual({ value: "Other" });
    expect(of({ from: "division", unknown: "block" })).toEqual({ unknown: "OTR", from: "division" });
    expect(of({ from: "division", default: "None" }, fuel({ dims: {} }))).toEqual({ value: "None" });
    expect(rulesOf({}).dimension("class", { event: fuel(), line: null })).toEqual({ value: null });
  });
});
