import { appendAudit } from "../audit/log.ts";
import { isCivilDate } from "../core/calendar.ts";
import { Fault } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { booksNamed, checkSource, compileSource, resolveRuleSet, type RuleSetSource } from "../core/rules/compose.ts";
import { findConflicts } from "../core/rules/conflicts.ts";
import type { RuleSet } from "../core/rules/rule-set.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { asksFourEyes } from "../store/rule-drafts.ts";
import { insertRuleSet, type NewRuleSet } from "../store/rules.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { reopenForRules, wakeForRules } from "./review-mend.ts";
import { loadBase } from "./rule-versions.ts";

/** A published version. */
export interface Published {
  readonly name: string;
  readonly version: number;
  readonly warnings: Finding[];
}

/**
 * Checks a rule set whole and publishes it as the next version, for all service dates. Faults: `rule_set_invalid`, each place with its
 * sentence in details; `version_behind` when `basedOn` is not the newest version any more; `forbidden` where another person
 * must approve first.
 */
export async function publishRuleSet(
  parts: EngineParts,
  actor: Actor,
  raw: RuleSet | Record<string, unknown>,
  basedOn?: number,
): Promise<Published> {
  const published = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const given = raw as Record<string, unknown>;
    const { name, body, warnings } = await readContent(tx, given, String(given["name"] ?? ""));
    if (await asksFourEyes(tx)) throw needsApproval(name);
    const createdBy = nameOf(actor);
    const version = await addVersion(tx, parts, { name, body, createdBy, ...(basedOn === undefined ? {} : { basedOn }) });
    return { name, version, warnings };
  });
  await wakeForRules(parts, actor.organizationId, published.name);
  return published;
}

/** Names that stand for something else behind /v1/rule-sets/. */
const reserved = new Set(["schema", "policy", "drafts", "backtests"]);

/** What is stored of a rule set, once nothing is wrong with it. */
export interface Content {
  readonly name: string;
  readonly body: Record<string, unknown>;
  readonly source: RuleSetSource;
  readonly warnings: Finding[];
}

/**
 * Reads a rule set as it was handed in: structure, names, types, expressions, options that exclude each other, for all books. One
 * that grows from another is kept as it is, with the version of the other; one that stands by itself is kept in full.
 */
export async function readContent(tx: Tx, given: Readonly<Record<string, unknown>>, name: string): Promise<Content> {
  if (reserved.has(name))
    throw new Fault("rule_set_invalid", `A rule set cannot be called "${name}"`, { "/name": "means something else in addresses" });
  const base = await loadBase(tx, given, [name]);
  const source: RuleSetSource = { name, version: 0, raw: given, base };
  const findings = findingsOf(source);
  const wrong = findings.filter(({ severity }) => severity !== "warn");
  const { ruleSet } = resolveRuleSet(source, null);
  if (ruleSet === null || wrong.length > 0) {
    const details = Object.fromEntries(wrong.slice(0, 50).map(({ field, message, fix }) => [field ?? "/", `${message}. ${fix}`]));
    throw new Fault("rule_set_invalid", `The rule set has ${wrong.length} mistakes; nothing was stored`, details);
  }
  // Expressions are parsed here, for each books: what does not compile is not stored.
  for (const books of [null, ...booksNamed(source)]) compileSource(source, books);
  const kept = base === null ? { ...ruleSet, ...(given["books"] === undefined ? {} : { books: given["books"] }) } : given;
  const body = base === null ? kept : { ...kept, name: ruleSet.name, extends: { name: base.name, version: base.version } };
  return {
    name: ruleSet.name,
    body: body as Record<string, unknown>,
    source,
    warnings: findings.filter(({ severity }) => severity === "warn"),
  };
}

/** All that is wrong with a rule set by itself. What it inherited was checked when that was published. */
export function findingsOf(source: RuleSetSource): Finding[] {
  const conflicts = [null, ...booksNamed(source)].flatMap((books) => {
    const { ruleSet, pathOf } = resolveRuleSet(source, books);
    return ruleSet === null ? [] : findConflicts(ruleSet, pathOf).filter(({ field }) => field?.includes("@") !== true);
  });
  const seen = new Set<string>();
  return [...checkSource(source), ...conflicts].filter(({ code, field, message }) => {
    const key = `${code} ${field} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Adds a version with its audit leaf, and puts back in line what it may mend: wake its lanes afterwards. Faults: `version_behind`, `forbidden` where the database misses an approval. */
export async function addVersion(tx: Tx, parts: EngineParts, added: NewRuleSet): Promise<number> {
  const version = await insertRuleSet(tx, added).catch((error: Error & { constraint?: string }) => {
    throw error.constraint === "rule_sets_four_eyes" ? needsApproval(added.name) : error;
  });
  if (version === null) {
    throw new Fault("version_behind", `Rule set "${added.name}" has a newer version than ${added.basedOn}; compare with it and save again`);
  }
  const { effectiveFrom = null, approvedBy = null, restoredFrom = null } = added;
  const facts = { name: added.name, version, effectiveFrom, approvedBy, restoredFrom, authors: added.authors ?? [added.createdBy] };
  await appendAudit(tx, parts.now(), [
    { actor: added.createdBy, action: "rules.published", objectType: "rule_set", objectId: added.name, facts },
  ]);
  await reopenForRules(tx, parts, { name: added.name, version, actor: added.createdBy });
  return version;
}

export function needsApproval(name: string): Fault {
  return new Fault(
    "forbidden",
    `"${name}" must be approved by another person: save it as a draft, and have somebody who did not write it approve it`,
  );
}

/** An actor as drafts and versions name it. */
export function nameOf(actor: Actor): string {
  return `${actor.type}:${actor.id}`;
}

/** Faults: `request_invalid` for a day that does not exist. */
export function requireDate(date: string | null): string | null {
  if (date === null || isCivilDate(date)) return date;
  throw new Fault("request_invalid", `"${date}" is no day such as "2027-01-01"`, { effectiveFrom: "must be a day that exists" });
}
