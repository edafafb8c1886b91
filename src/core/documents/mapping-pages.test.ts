import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { LedgerDocument } from "../document.ts";
import { eventTypes } from "../events.ts";
import { readEvent } from "../events/read.ts";
import { formatMinor } from "../money.ts";
import { compileSource, type RuleSetSource } from "../rules/compose.ts";
import { buildDocuments } from "./build.ts";

const root = new URL("../../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), "utf8");
const names = new Map(
  text("rule-sets/chart.csv")
    .trim()
    .split("\n")
    .map((row) => row.split(",") as [string, string]),
);
const trucking: RuleSetSource = {
  name: "trucking",
  version: 1,
  raw: parse(text("rule-sets/trucking.yaml")) as Record<string, unknown>,
  base: null,
};

/** One example of a page: rules that change the default ones, the event, and the postings it says come of it. */
interface Example {
  readonly page: string;
  readonly name: string;
  readonly rules: string;
  readonly event: string;
  readonly table: readonly string[];
}

function examplesOf(page: string): Example[] {
  const examples: Example[] = [];
  const blocks = text(`docs/mapping/${page}`).matchAll(/^## (.*)$|```yaml\n([\s\S]*?)```|```json\n([\s\S]*?)```\n+((?:\|.*\n)+)/gm);
  let name = "";
  let rules = "";
  for (const [, heading, yaml, json, table] of blocks) {
    if (heading !== undefined) [name, rules] = [heading, ""];
    else if (yaml !== undefined) rules = yaml;
    else examples.push({ page, name, rules, event: json!, table: table!.trim().split("\n") });
  }
  return examples;
}

/** The table a page shows: one row a leg, the document named on its first. */
function postings(documents: readonly LedgerDocument[]): string[] {
  const rows = documents.flatMap(({ kind, number, date, currency, lines, statistics = [] }) => [
    ...lines.map(({ account, side, amountMinor, dimensions }, index) => {
      const amount = formatMinor(amountMinor, currency);
      const head = index === 0 ? `${kind.replaceAll("_", " ")} ${number} · ${date}` : "";
      const entity = dimensions["entity"] === undefined ? "" : ` · entity ${dimensions["entity"]}`;
      return `| ${head} | ${account} ${names.get(account)}${entity} | ${side === "debit" ? amount : ""} | ${side === "credit" ? amount : ""} |`;
    }),
    ...statistics.map(({ account, quantity, unit }, index) => {
      const head = index === 0 ? `${kind.replaceAll("_", " ")} ${number} · ${date}` : "";
      return `| ${head} | ${account} | ${quantity} ${unit} |  |`;
    }),
  ]);
  return ["| document | account | debit | credit |", "|---|---|---:|---:|", ...rows];
}

const pages = readdirSync(new URL("docs/mapping/", root)).filter((name) => name.endsWith(".md"));
const examples = pages.flatMap(examplesOf);

describe("worked examples of docs/mapping", () => {
  test.each(examples.map((one) => [`${one.page}: ${one.name}`, one] as const))("%s", (_, { rules, event: json, table }) => {
    const source: RuleSetSource =
      rules === "" ? trucking : { name: "yours", version: 1, raw: parse(rules) as Record<string, unknown>, base: trucking };
    const { event, findings } = readEvent(JSON.parse(json));
    expect(findings).toEqual([]);
    const built = buildDocuments(event!, compileSource(source, null));
    expect(built.findings.filter(({ severity }) => severity === "block")).toEqual([]);
    expect(table).toEqual(postings(built.documents));
  });

  test("there is one for every event type", () => {
    const shown = new Set(examples.map(({ event }) => (JSON.parse(event) as { type: string }).type));
    expect(eventTypes.filter((type) => !shown.has(type))).toEqual([]);
  });
});
