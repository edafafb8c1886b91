import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { BooksReference } from "../reference.ts";
import { compileRuleSet } from "../rules/compile.ts";
import { namesOf } from "../rules/check-books.ts";
import { readRuleSet } from "../rules/rule-set.ts";
import { indexCandidates } from "./candidates.ts";
import { readLibrary } from "./library.ts";
import { accountNeeds, recordCandidates, vocabularyOf } from "./needs.ts";
import { propose, shareOut } from "./propose.ts";
import { suggest } from "./suggest.ts";

const root = new URL("../../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), "utf8");
const library = readLibrary({ chart: text("rule-sets/chart.csv"), names: text("rule-sets/account-names.csv") });
const { ruleSet } = readRuleSet(parse(text("rule-sets/trucking.yaml")));
const pathOf = (section: string, key: string | number): string => `${section}/${key}`;
const needs = accountNeeds(namesOf(ruleSet!, pathOf), library, new Map());
const acceptedFrom = 85;

/** A chart as a carrier has it; the last column says which accounts of the library each one is. */
function chartOf(file: string): { reference: BooksReference; expected: Map<string, string> } {
  const expected = new Map<string, string>();
  const rows = text(`tests/charts/${file}`).trim().split("\n").slice(1);
  const records = rows.map((row, at) => {
    const [number, name, type, is] = row.split(",") as [string, string, string, string];
    for (const ours of is.split(" ").filter((one) => one !== "")) expected.set(ours, String(at));
    return { kind: "account" as const, externalId: String(at), name, number: number || null, active: true, facts: { type } };
  });
  const preferences = {
    ...{ companyName: file, homeCurrency: "USD", multiCurrency: false, closedThrough: null },
    ...{ tracksClasses: true, tracksDepartments: true },
  };
  return { reference: { preferences, records }, expected };
}

function measure(file: string) {
  const { reference, expected } = chartOf(file);
  const index = indexCandidates(recordCandidates(reference, "account"), { vocabulary: vocabularyOf(library.values()) });
  const answers = shareOut(needs.map((need) => ({ need, proposals: propose(need, index) })));
  const taken = answers.flatMap(({ need, proposals: [first] }) =>
    first !== undefined && first.score >= acceptedFrom ? [{ ours: need.key, theirs: first.candidate, score: first.score }] : [],
  );
  const wrong = taken.filter(({ ours, theirs }) => expected.get(ours) !== theirs.id);
  const wanted = needs.filter(({ key }) => expected.has(key)).length;
  const named = answers.filter(({ need, proposals }) => proposals.some(({ candidate }) => candidate.id === expected.get(need.key))).length;
  return { file, taken: taken.length, right: taken.length - wrong.length, wrong, wanted, named, answers, expected };
}

describe("charts of carriers that number and name their accounts in their own way", () => {
  const files = readdirSync(new URL("tests/charts/", root));
  const measured = files.map(measure);

  test("the library's own chart leaves nothing to ask: its numbers and names are the rules' own", () => {
    const records = [...library.values()].map(({ number, name, type }) => ({
      ...{ kind: "account" as const, externalId: number, name, number, active: true, facts: { type } },
    }));
    const { preferences } = chartOf(files[0]!).reference;
    const given = { rules: compileRuleSet(ruleSet!, 1), pathOf, reference: { preferences, records }, library, aliases: [], rows: [] };
    expect(suggest(given).filter(({ kind }) => kind === "account")).toEqual([]);
  });

  test("of what is accepted by itself at 85 points at least 98 of 100 are right, in all charts together", () => {
    const [taken, right] = [measured.reduce((sum, one) => sum + one.taken, 0), measured.reduce((sum, one) => sum + one.right, 0)];
    const wanted = measured.reduce((sum, one) => sum + one.wanted, 0);
    const named = measured.reduce((sum, one) => sum + one.named, 0);
    for (const one of measured)
      console.log(`${one.file}: ${one.taken} accepted, ${one.right} right, of ${one.wanted} to find; ${one.named} among the proposals`);
    console.log(
      `precision ${(right / taken).toFixed(3)}, recall ${(right / wanted).toFixed(3)}, among the proposals ${(named / wanted).toFixed(3)}`,
    );
    const mistakes = measured.flatMap(({ file, wrong }) =>
      wrong.map(({ ours, theirs, score }) => `${file}: ${ours} → ${theirs.label} (${score})`),
    );
    expect(right / taken, mistakes.join("\n")).toBeGreaterThanOrEqual(0.98);
    expect(named / wanted).toBeGreaterThan(0.95);
    expect(right / wanted).toBeGreaterThan(0.6);
  });
});
