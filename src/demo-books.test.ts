import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { RuleSet } from "./core/rules/rule-set.ts";
import { demoBooks } from "./demo-books.ts";

const shipped = parse(readFileSync(new URL("../rule-sets/trucking.yaml", import.meta.url), "utf8")) as RuleSet;
const expenses = (rules: RuleSet) => rules.documents.filter(({ kind }) => kind === "expense").map(({ balance }) => String(balance));

test("what a bank paid is a journal entry in Intacct, what a card paid stays a card transaction", () => {
  expect(new Set(expenses(shipped))).toEqual(new Set(["1010", "2040"]));
  const fitted = demoBooks["sage-intacct"].fit(shipped);
  expect(new Set(expenses(fitted))).toEqual(new Set(["2040"]));
  expect(fitted.documents).toHaveLength(shipped.documents.length);
  expect(demoBooks["quickbooks-online"].fit(shipped)).toBe(shipped);
});

test("a connection follows its emulator to another port and keeps the rest", () => {
  const before = { ...demoBooks["sage-intacct"].move("http://127.0.0.1:1", { options: { journal: "GJ" } } as never) };
  const after = demoBooks["sage-intacct"].move("http://127.0.0.1:2", before);
  expect(after).toMatchObject({ apiUrl: "http://127.0.0.1:2/sage-intacct", options: { journal: "GJ" } });
});
