import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { eventTypes } from "../events.ts";
import { compileRuleSet } from "./compile.ts";
import { expressionProblem } from "./expression.ts";
import { readRuleSet } from "./rule-set.ts";

type Raw = Record<string, unknown>;
const trucking = parse(readFileSync(new URL("../../../rule-sets/trucking.yaml", import.meta.url), "utf8")) as Raw;
const permit = { event: "permit", kind: "expense", balance: 2040, number: "P-{number}" };

function findings(raw: Raw): string[] {
  return readRuleSet({ name: "test", ...raw }).findings.map(({ code, field, severity }) => `${severity} ${code} ${field}`);
}

function message(raw: Raw): string {
  return readRuleSet({ name: "test", ...raw }).findings[0]?.message ?? "";
}

describe("the default rule set", () => {
  test("reads and compiles without a finding", () => {
    const { ruleSet, findings: wrong } = readRuleSet(trucking);
    expect(wrong).toEqual([]);
    expect(compileRuleSet(ruleSet!, 1).name).toBe("trucking");
  });

  test("has a document for every event type, and an account and a kind's default for every code", () => {
    const ruleSet = readRuleSet(trucking).ruleSet!;
    expect(eventTypes.filter((type) => !ruleSet.documents.some(({ event, where }) => event === type && where === undefined))).toEqual([]);
    expect(Object.entries(ruleSet.codes).filter(([, { account }]) => !/^\d{4}$/.test(account ?? ""))).toEqual([]);
    expect(ruleSet.master).toBeNull();
  });

  test("is the same after it was stored and read again", () => {
    const { ruleSet } = readRuleSet(trucking);
    expect(readRuleSet(JSON.parse(JSON.stringify(ruleSet))).ruleSet).toEqual(ruleSet);
  });
});

describe("reading", () => {
  test("account numbers need no quotes, one value or a list are the same, sections have defaults", () => {
    const { ruleSet } = readRuleSet({ name: "small", documents: [permit], accounts: [{ code: "PMTRIP", account: 5625 }] });
    expect(ruleSet?.documents[0]).toMatchObject({ balance: [{ account: "2040" }], party: "none", negatives: "journal" });
    expect(ruleSet?.accounts).toEqual([{ code: ["PMTRIP"], account: "5625" }]);
    expect(ruleSet).toMatchObject({
      closedPeriod: "hold",
      settlement: { shape: "bill_plus_credit", negativeNet: "hold" },
      docNumber: { lengthMax: 21 },
      master: null,
    });
  });

  test.each([
    [{ acounts: [] }, "block key_unknown /acounts", 'Did you mean "accounts"?'],
    [{ documents: [{ ...permit, ballance: 1 }] }, "block key_unknown /documents/0/ballance", 'Did you mean "balance"?'],
    [{ documents: [{ ...permit, event: "permti" }] }, "block event_type_unknown /documents/0/event", 'Did you mean "permit"?'],
    [{ documents: [{ ...permit, kind: "expanse" }] }, "block value_invalid /documents/0/kind", 'Did you mean "expense"?'],
    [
      { documents: [{ ...permit, where: { jurisdicton: "TX" } }] },
      "block field_unknown /documents/0/where/jurisdicton",
      'Did you mean "jurisdiction"?',
    ],
    [{ documents: [{ ...permit, memo: "{vendr.name}" }] }, "block field_unknown /documents/0/memo", 'Did you mean "vendor.name"?'],
    [
      { accounts: [{ event: "permit", where: { "shop.kind": "internal" }, account: 1 }] },
      "block field_unknown /accounts/0/where/shop.kind",
      "no field of permit",
    ],
    [{ accounts: [{ code: "A", account: null }] }, "block value_invalid /accounts/0/account", "filled"],
    [{ accounts: [{ code: "A", account: 1, from: "2026-02-30" }] }, "block value_invalid /accounts/0/from", "a day"],
    [
      { accounts: [{ code: "A", account: 1, where: { "vendor.id": { gt: 5 } } }] },
      "block key_unknown /accounts/0/where/vendor.id/gt",
      "min, max",
    ],
    [{ dimensions: { class: { from: "divison" } } }, "block field_unknown /dimensions/class/from", 'Did you mean "division"?'],
    [{ closedPeriod: "ignore" }, "block value_invalid /closedPeriod", "block, hold"],
    [{ docNumber: { lengthMax: 3 } }, "block value_invalid /docNumber/lengthMax", "16 to 60"],
    [{ documents: {} }, "block value_invalid /documents", "list"],
    [
      { codes: { LH: { name: "Linehaul", kind: "REV" } }, accounts: [{ code: "LHH", account: 1 }] },
      "warn code_unlisted /accounts/0/code",
      'Did you mean "LH"?',
    ],
    [
      { codes: { LH: { name: "Linehaul", kind: "REV" } }, categories: [{ kind: "REW", account: 1 }] },
      "warn kind_unlisted /categories/0/kind",
      'Did you mean "REV"?',
    ],
  ])("%j: %s", (raw, expected, words) => {
    expect(findings(raw)).toContain(expected);
    expect(message(raw)).toContain(words);
  });

  test("a name is needed, and something that is no object is no rule set", () => {
    expect(readRuleSet({}).findings.map(({ field }) => field)).toEqual(["/name"]);
    expect(readRuleSet([]).ruleSet).toBeNull();
  });

  test("nothing makes it throw", () => {
    const section = fc.constantFrom(...Object.keys(trucking));
    fc.assert(
      fc.property(section, fc.anything(), (key, value) => void readRuleSet({ ...trucking, [key]: value })),
      { numRuns: 200 },
    );
  });
});

describe("expressions", () => {
  test.each([
    'line.amount > dec("500.00") && event.customer.id in ["C-1", "C-2"]',
    'dims.terminal.startsWith("T") || event.prePaid',
    'event.vendor.name.lowerAscii().contains("love") ? true : size(line.code) == 3',
  ])("%s may be used", (text) => expect(expressionProblem(text, [])).toBeNull());

  test.each([
    ['line.code.matches("^(a+)+$")', "matches() is not available"],
    ['event.vendr.id == "X"', 'Did you mean "event.vendor.id"?'],
    ["event.fundedBy == 3", "no such overload"],
    ["line.amount > 10", "no such overload"],
    ['line.amount > dec("abc")', "dec() needs a decimal"],
    ["line.amount > dec(line.code)", "dec() needs a decimal"],
    ["[1, 2].exists(x, x == 1)", "exists() is not available"],
    ['"a" + line.code', "not true or false"],
    ["line.code ==", ""],
    [Array.from({ length: 60 }, () => "true").join(" && "), "80"],
    [`line.code == "${"x".repeat(1_000)}"`, "longer than"],
  ])("%s is refused", (text, words) => {
    expect(expressionProblem(text, [])).toContain(words);
    expect(findings({ accounts: [{ code: "A", account: 1, when: text }] })).toEqual(["block expression_invalid /accounts/0/when"]);
  });

  test("one that was never checked does not compile", () => {
    const ruleSet = readRuleSet({ name: "test", accounts: [{ code: "A", account: 1 }] }).ruleSet!;
    expect(() => compileRuleSet({ ...ruleSet, accounts: [{ code: ["A"], account: "1", when: "1 +" }] }, 1)).toThrow(/cannot be compiled/);
  });
});
