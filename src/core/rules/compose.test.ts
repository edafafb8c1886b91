import { describe, expect, test } from "vitest";
import { checkSource, compileSource, resolveRuleSet, type RuleSetSource } from "./compose.ts";

const base: RuleSetSource = {
  name: "trucking",
  version: 3,
  base: null,
  raw: {
    name: "trucking",
    documents: [{ event: "permit", kind: "expense", balance: 2040 }],
    accounts: [{ code: "A", account: 1 }],
    codes: { A: { name: "Alpha", kind: "K", account: 10 }, B: { name: "Beta", kind: "K" } },
    terms: { NET30: "Net 30", NET10: "Net 10" },
    closedPeriod: "block",
    dimensions: { class: { from: "division", values: { OTR: "Fleet" } } },
  },
};
const grown = (raw: Record<string, unknown>): RuleSetSource => ({
  name: "north",
  version: 1,
  base,
  raw: { name: "north", extends: "trucking", ...raw },
});

describe("a rule set that grows from another", () => {
  test("has the other's rows after its own, and each row says where it was written", () => {
    const { ruleSet, pathOf, findings } = resolveRuleSet(grown({ accounts: [{ code: "B", account: 2 }] }), null);
    expect(findings).toEqual([]);
    expect(ruleSet?.accounts.map(({ account }) => account)).toEqual(["2", "1"]);
    expect([pathOf("accounts", 0), pathOf("accounts", 1), pathOf("codes", "A")]).toEqual([
      "accounts/0",
      "trucking@3/accounts/0",
      "trucking@3/codes/A",
    ]);
  });

  test("replaces what it says itself, takes out what it sets to null, and keeps the rest", () => {
    const { ruleSet } = resolveRuleSet(
      grown({
        codes: { A: { account: 11 } },
        terms: { NET10: null },
        dimensions: { class: { values: { LTL: "Dock" } } },
        closedPeriod: "hold",
      }),
      null,
    );
    expect(ruleSet).toMatchObject({
      name: "north",
      codes: { A: { name: "Alpha", kind: "K", account: "11" }, B: { name: "Beta" } },
      dimensions: { class: { from: ["division"], values: { OTR: "Fleet", LTL: "Dock" } } },
      closedPeriod: "hold",
    });
    expect(ruleSet?.terms).toEqual({ NET30: "Net 30" });
  });

  test("of two rows for the same the nearer one wins", () => {
    const rules = compileSource(grown({ accounts: [{ code: "A", account: 2 }] }), null);
    const event = { type: "permit", date: "2026-11-20", dims: {} } as never;
    expect(rules.account({ event, line: { part: "line", code: "A", amount: "1" } })).toMatchObject({ account: "2", path: "accounts/0" });
  });

  test("a mistake is told at the place it was written, in the rule set and in the books' own sections", () => {
    const source = grown({
      accounts: [{ code: "A", acount: 2 }],
      books: { "East company": { accounts: [{ code: "A", account: 1, from: "soon" }], extra: {} } },
    });
    expect(checkSource(source).map(({ code, field }) => `${code} ${field}`)).toEqual([
      "key_unknown /books/East company/extra",
      "key_unknown /accounts/0/acount",
      "value_invalid /accounts/0/account",
      "value_invalid /books/East company/accounts/0/from",
    ]);
    expect(checkSource({ ...source, raw: { name: "x", extends: 5, books: [] } }).map(({ field }) => field)).toEqual(["/extends", "/books"]);
  });
});

test("sections of books hold for those books alone", () => {
  const source: RuleSetSource = {
    ...base,
    raw: { ...base.raw, books: { "East company": { accounts: [{ code: "A", account: 9 }], master: 7900 } } },
  };
  const [east, others] = [compileSource(source, "East company"), compileSource(source, "Main company")];
  const subject = (code: string) => ({
    event: { type: "permit", date: "2026-11-20", dims: {} } as never,
    line: { part: "line", code, amount: "1" },
  });
  expect(east.account(subject("A"))).toMatchObject({ account: "9", path: "books/East company/accounts/0" });
  expect(others.account(subject("A"))).toMatchObject({ account: "1", path: "accounts/0" });
  expect([east.account(subject("Z"))?.account, others.account(subject("Z"))]).toEqual(["7900", null]);
});
