import { didYouMean } from "../nearest.ts";
import type { RuleSet } from "./schema.ts";
import { complain, type StructureContext } from "./structure.ts";

/** Look-up tables that are named and not there, and aliases that lead to no code of the catalogue. */
export function checkTables(context: StructureContext, ruleSet: RuleSet): void {
  const { lookups, aliases, codes } = ruleSet;
  for (const [table, pointer] of tablesNamed(ruleSet)) {
    if (Object.hasOwn(lookups, table) || table === "") continue;
    complain(context, {
      code: "lookup_unknown",
      pointer,
      message: `There is no table "${table}" in the section lookups.${didYouMean(table, Object.keys(lookups))}`,
      fix: `Add lookups.${table}, or correct the name at ${pointer}.`,
    });
  }
  const known = Object.keys(codes);
  if (known.length === 0) return;
  for (const [theirs, ours] of Object.entries(aliases.code)) {
    if (Object.hasOwn(codes, ours)) continue;
    complain(context, {
      code: "code_unlisted",
      severity: "warn",
      pointer: `/aliases/code/${theirs}`,
      message: `The alias "${theirs}" leads to the code "${ours}", which is not in the catalogue.${didYouMean(ours, known)}`,
      fix: `Correct it at /aliases/code/${theirs}, or add "${ours}" to the section codes.`,
    });
  }
}

function tablesNamed({ accounts, lines, dimensions }: RuleSet): [table: string, pointer: string][] {
  return [
    ...accounts.flatMap(({ accountBy }, index): [string, string][] =>
      accountBy === undefined ? [] : [[accountBy.table, `/accounts/${index}/accountBy/table`]],
    ),
    ...lines.flatMap(({ rate }, index): [string, string][] =>
      typeof rate === "string" ? [] : [[rate.table, `/lines/${index}/rate/table`]],
    ),
    ...Object.entries(dimensions).flatMap(([name, rule]) =>
      (rule?.from ?? []).flatMap((source, index): [string, string][] =>
        typeof source === "string" || source.lookup === undefined ? [] : [[source.lookup, `/dimensions/${name}/from/${index}/lookup`]],
      ),
    ),
  ];
}
