import { Fault } from "../core/errors.ts";
import type { TransportEvent } from "../core/events.ts";
import { didYouMean } from "../core/nearest.ts";
import type { CompiledRules } from "../core/rules/compile.ts";
import { compileSource, readExtends, type RuleSetSource } from "../core/rules/compose.ts";
import { serviceDate } from "../core/rules/paths.ts";
import type { Tx } from "../store/database.ts";
import { findRuleSet, listRuleSets, listVersions, type RuleSetVersion } from "../store/rules.ts";

/** How many rule sets may grow from one another. */
const layersMax = 5;

/** A rule set over time: which version is for which service date. */
export interface RuleTimeline {
  /** Newest published version; another one is another timeline. */
  readonly version: number;
  readonly newest: CompiledRules;
  readonly at: (event: TransportEvent) => CompiledRules;
}

/** The versions that are in force, latest effective date first: a newer version hides every older one of its day and later. */
export function versionsInForce(versions: readonly RuleSetVersion[]): RuleSetVersion[] {
  const inForce: RuleSetVersion[] = [];
  for (const version of versions) {
    const last = inForce.at(-1);
    if (last !== undefined && (last.effectiveFrom === null || (version.effectiveFrom ?? "") >= last.effectiveFrom)) continue;
    inForce.push(version);
    if (version.effectiveFrom === null) break;
  }
  return inForce;
}

/**
 * Reads and compiles what is in force of a rule set for books, or answers `known` when nothing was published since.
 *
 * Faults: `not_found` when there is no such rule set.
 */
export async function loadTimeline(tx: Tx, of: { name: string; booksName: string | null }, known?: RuleTimeline): Promise<RuleTimeline> {
  const versions = await listVersions(tx, of.name);
  const newest = versions[0];
  if (newest === undefined) throw new Fault("not_found", `There is no rule set "${of.name}"; publish one`);
  if (known?.version === newest.version) return known;
  const spans: { from: string; rules: CompiledRules }[] = [];
  for (const { version, effectiveFrom } of versionsInForce(versions)) {
    spans.push({ from: effectiveFrom ?? "", rules: compileSource(await loadSource(tx, of.name, version), of.booksName) });
  }
  const earliest = spans.at(-1)!.rules;
  return {
    version: newest.version,
    newest: spans[0]!.rules,
    at: (event) => {
      const date = serviceDate(event);
      // Before the first effective date the earliest version is the only one there is.
      return spans.find(({ from }) => from <= date)?.rules ?? earliest;
    },
  };
}

/** A published version with all it grows from. Faults: `not_found`. */
export async function loadSource(tx: Tx, name: string, version?: number): Promise<RuleSetSource> {
  const stored = await findRuleSet(tx, name, version);
  if (stored === undefined) throw await unknownRuleSet(tx, name, version);
  const raw = stored.body as Record<string, unknown>;
  return { name, version: stored.version, raw, base: await loadBase(tx, raw, [name]) };
}

/**
 * What a rule set grows from, pinned to a version; null when it stands by itself. `above`: rule sets that grow from it.
 *
 * Faults: `not_found` when the base is not there, `rule_set_invalid` when it grows from itself or through too many.
 */
export async function loadBase(tx: Tx, raw: Readonly<Record<string, unknown>>, above: readonly string[]): Promise<RuleSetSource | null> {
  const wanted = readExtends(raw);
  if (wanted === null) return null;
  if (above.includes(wanted.name)) {
    throw new Fault("rule_set_invalid", `The rule set "${above[0]}" cannot grow from itself`, {
      "/extends": `"${wanted.name}" is above it already`,
    });
  }
  if (above.length >= layersMax) {
    throw new Fault("rule_set_invalid", `At most ${layersMax} rule sets may grow from one another`, { "/extends": "remove one between" });
  }
  const stored = await findRuleSet(tx, wanted.name, wanted.version ?? undefined);
  if (stored === undefined) throw await unknownRuleSet(tx, wanted.name, wanted.version ?? undefined);
  const body = stored.body as Record<string, unknown>;
  return { name: wanted.name, version: stored.version, raw: body, base: await loadBase(tx, body, [...above, wanted.name]) };
}

/** What to say of a rule set or version that is not there. */
export async function unknownRuleSet(tx: Tx, name: string, version?: number): Promise<Fault> {
  const names = (await listRuleSets(tx)).map((one) => one.name);
  if (names.includes(name)) return new Fault("not_found", `The rule set "${name}" has no version ${version}`);
  return new Fault("not_found", `There is no rule set "${name}".${didYouMean(name, names)}`);
}
