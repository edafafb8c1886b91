import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { resolveRuleSet } from "./core/rules/compose.ts";
import { demoBooks } from "./demo-books.ts";
import { demoSystems } from "./demo-company.ts";

const rulesIn = (path: string) =>
  parse(readFileSync(new URL(`../rule-sets/${path}.yaml`, import.meta.url), "utf8")) as Record<string, unknown>;

test("what a bank paid is a journal entry in Intacct, what a card paid stays a card transaction", () => {
  const base = { name: "trucking", version: 1, raw: rulesIn("trucking"), base: null };
  const { ruleSet } = resolveRuleSet({ name: "sage-intacct", version: 1, raw: rulesIn("profiles/sage-intacct"), base }, null);
  const rows = ruleSet!.documents.map(({ event, kind, where = {}, balance }) => ({ what: JSON.stringify([event, where]), kind, balance }));
  // Of rows for the same events the first one decides.
  const decisive = rows.filter(({ what }, index) => rows.findIndex((row) => row.what === what) === index);
  const banked = decisive.filter(({ kind, balance }) => kind === "expense" && balance.some(({ account }) => account !== "2040"));
  expect(banked).toEqual([]);
  expect(decisive.filter(({ kind }) => kind === "expense").length).toBeGreaterThan(2);
});

test.each(demoSystems)("a connection to %s follows its emulator to another port and keeps the rest", (system) => {
  const { move, profile } = demoBooks[system];
  const before = move("http://127.0.0.1:1", { clientId: "app", options: { subsidiary: "1" } } as never);
  const after = move("http://127.0.0.1:2", before);
  expect(JSON.stringify(after)).toBe(JSON.stringify(before).replaceAll("127.0.0.1:1/", "127.0.0.1:2/"));
  if (profile !== null) expect(rulesIn(`profiles/${profile}`)["extends"]).toBe("trucking");
});
