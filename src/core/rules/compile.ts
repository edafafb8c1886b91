import { Fault } from "../errors.ts";
import type { TransportEvent } from "../events.ts";
import type { ChooseAccount, DimensionChoice, DocumentChoice, PathOf } from "./choices.ts";
import { compileAccounts, compileLookups } from "./compile-accounts.ts";
import { type CompiledMetrics, compileMetrics } from "./compile-metrics.ts";
import { type CompiledPolicies, compilePolicies } from "./compile-policies.ts";
import { indexRows } from "./index-rows.ts";
import { compileReader, isKnownPath, type RuleLine, serviceDate, type Subject } from "./paths.ts";
import type { BalanceRow, DimensionRule, RuleSet } from "./schema.ts";
import { compileTemplate, type Template } from "./template.ts";

export type { DimensionChoice, DocumentChoice, PathOf } from "./choices.ts";

/** A rule set as an index. It holds no state of a caller: compile once per version and keep it. */
export interface CompiledRules extends CompiledMetrics, CompiledPolicies {
  readonly name: string;
  readonly version: number;
  readonly ruleSet: RuleSet;
  /** A line in our words: aliases of codes and products applied. The line itself where there are none. */
  readonly translate: (line: RuleLine) => RuleLine;
  /** Null: no row of `documents` is for this event. With a line: one of its further documents, by `line.part`. */
  readonly document: (event: TransportEvent, line?: RuleLine) => DocumentChoice | null;
  /** Code of a line that came without one; null when no row knows it. */
  readonly lineCode: (subject: { event: TransportEvent; line: RuleLine }) => string | null;
  readonly account: ChooseAccount;
  /** Name of a code in the catalogue; the code itself where it has none. */
  readonly codeName: (code: string) => string;
  /** The TMS's terms in the books' words; themselves where the table has none. */
  readonly terms: (code: string) => string;
  /** Dimensions that the rules fill, by the name of the books' dimension. */
  readonly dimensionNames: readonly string[];
  readonly dimension: (name: string, subject: Subject) => DimensionChoice;
  readonly lineMemo: Template;
}

const ownPath: PathOf = (section, key) => `${section}/${key}`;

/**
 * Compiles a rule set that `readRuleSet` found good. Evaluation is a look-up whose cost does not hang on the number of rows.
 *
 * Faults: `rule_set_invalid` when an expression cannot be used.
 */
export function compileRuleSet(ruleSet: RuleSet, version: number, pathOf: PathOf = ownPath): CompiledRules {
  try {
    const dimensions = new Map(Object.entries(ruleSet.dimensions).map(([name, rule]) => [name, compileDimension(ruleSet, rule)]));
    const codes = new Map(Object.entries(ruleSet.codes));
    const terms = new Map(Object.entries(ruleSet.terms));
    return {
      name: ruleSet.name,
      version,
      ruleSet,
      translate: compileAliases(ruleSet),
      document: compileDocuments(ruleSet, pathOf),
      lineCode: compileLineCodes(ruleSet, pathOf),
      account: compileAccounts(ruleSet, pathOf),
      codeName: (code) => codes.get(code)?.name ?? code,
      terms: (code) => terms.get(code) ?? code,
      dimensionNames: [...dimensions.keys()].filter((name) => ruleSet.dimensions[name] !== null),
      dimension: (name, subject) => dimensions.get(name)?.(subject) ?? { value: null },
      lineMemo: compileTemplate(ruleSet.memo.line),
      ...compileMetrics(ruleSet, pathOf),
      ...compilePolicies(ruleSet, pathOf),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Fault("rule_set_invalid", `The rule set "${ruleSet.name}" cannot be compiled: ${message}`, {}, { cause: error });
  }
}

function compileAliases({ aliases }: RuleSet): CompiledRules["translate"] {
  const codes = new Map(Object.entries(aliases.code));
  const products = new Map(Object.entries(aliases.product));
  if (codes.size === 0 && products.size === 0) return (line) => line;
  return (line) => {
    const code = line.code === undefined ? undefined : codes.get(line.code.trim());
    const product = line.product === undefined ? undefined : products.get(line.product.trim());
    if (code === undefined && product === undefined) return line;
    return {
      ...line,
      ...(code === undefined ? {} : { code, alias: line.code! }),
      ...(product === undefined ? {} : { product }),
    };
  };
}

function compileDocuments(ruleSet: RuleSet, pathOf: PathOf): CompiledRules["document"] {
  const compiled = new Map(
    ruleSet.documents.map((row, index) => {
      const path = pathOf("documents", index);
      const sides = row.balance.map((side, order) => ({
        row: side,
        order,
        path: `${path}/balance/${order}`,
        keys: null,
        weight: 0,
        ranked: true,
        types: [row.event],
      }));
      const parts = { number: compileTemplate(row.number), memo: compileTemplate(row.memo), side: indexRows<BalanceRow>(sides) };
      return [row, parts] as const;
    }),
  );
  const find = indexRows(
    ruleSet.documents.map((row, order) => ({ row, order, path: pathOf("documents", order), keys: [row.event], weight: 0, ranked: true })),
  );
  return (event, line) => {
    const subject = { event, line: line ?? null };
    const date = serviceDate(event);
    const found = find(event.type, subject, date);
    if (found === null) return null;
    const { row, path } = found;
    const { number, memo, side } = compiled.get(row)!;
    const matched: Record<string, string> = { event: event.type };
    found.explain(subject, matched);
    const balance: DocumentChoice["balance"] = (line) => {
      const hit = side("", { event, line }, date);
      return hit === null ? null : { account: hit.row.account, path: row.balance.length > 1 ? hit.path : path };
    };
    return { row, path, matched, number, memo, balance };
  };
}

/** Read from top to bottom: routing is a sequence of questions, not a table of exceptions. */
function compileLineCodes(ruleSet: RuleSet, pathOf: PathOf): CompiledRules["lineCode"] {
  const find = indexRows(
    ruleSet.lineCodes.map((row, order) => ({ row, order, path: pathOf("lineCodes", order), keys: [row.event], weight: 0, ranked: false })),
  );
  return (subject) => find(subject.event.type, subject, serviceDate(subject.event))?.row.code ?? null;
}

function compileDimension(ruleSet: RuleSet, rule: DimensionRule | null): (subject: Subject) => DimensionChoice {
  if (rule === null) return () => ({ value: null });
  const lookups = compileLookups(ruleSet);
  const sources = rule.from.map((source) => {
    const { field, lookup } = typeof source === "string" ? { field: source, lookup: undefined } : source;
    const path = isKnownPath(`dims.${field}`, []) ? `dims.${field}` : field;
    return { field, read: lookup === undefined ? compileReader(path) : lookups({ table: lookup, by: path }) };
  });
  const values = new Map(Object.entries(rule.values));
  const otherwise = rule.default ?? null;
  return (subject) => {
    for (const { field, read } of sources) {
      const value = read(subject);
      if (typeof value !== "string") continue;
      const known = values.get(value);
      if (known !== undefined) return { value: known };
      if (rule.unknown === "keep") return { value };
      if (rule.unknown === "block") return { unknown: value, from: field };
    }
    if (otherwise === null && rule.required === true) return { missing: sources.map(({ field }) => field) };
    return { value: otherwise };
  };
}
