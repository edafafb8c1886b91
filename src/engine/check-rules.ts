import { Fault } from "../core/errors.ts";
import type { LedgerDocument } from "../core/document.ts";
import { buildDocuments } from "../core/documents/build.ts";
import type { TransportEvent } from "../core/events.ts";
import { readEvent } from "../core/events/read.ts";
import type { Finding } from "../core/finding.ts";
import { indexReference } from "../core/reference-index.ts";
import { checkAgainstBooks } from "../core/rules/check-books.ts";
import { compileSource, resolveRuleSet, type RuleSetSource } from "../core/rules/compose.ts";
import { diffRuleSets, type RuleChange } from "../core/rules/diff.ts";
import type { RuleSet } from "../core/rules/rule-set.ts";
import type { RuleRow } from "../core/rules/schema.ts";
import { conditionWords, outcomeWords } from "../core/rules/words.ts";
import { validateDocument } from "../core/validation/validate.ts";
import { type Books, findReference, listBooks } from "../store/books.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findNewestEvent } from "../store/rule-events.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { type RuleChoice, pickSource } from "./pick-rules.ts";
import { findingsOf } from "./publish-rules.ts";
import { loadTimeline } from "./rule-versions.ts";

/** A finding about a rule set. */
export type RuleFinding = Finding & {
  /** The books it is about; null: all. */
  readonly books: string | null;
};

/** What is wrong with a rule set, by itself and against the lists of the books that are mapped by it. */
export interface RuleCheck {
  readonly name: string;
  readonly findings: readonly RuleFinding[];
  /** What it says otherwise than the rule set it grows from. */
  readonly overrides: readonly RuleChange[];
  /** Books whose lists it was checked against. */
  readonly books: readonly string[];
}

/** Checks rules: structure, types, options that exclude each other, and names against each books' own lists as last read. */
export function checkRules(parts: EngineParts, actor: Actor, name: string, choice: RuleChoice): Promise<RuleCheck> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const { source } = await pickSource(tx, name, choice);
    const findings: RuleFinding[] = findingsOf(source).map((finding) => ({ ...finding, books: null }));
    const checked: string[] = [];
    for (const books of await listBooks(tx)) {
      if (books.ruleSet !== name) continue;
      const found = await againstBooks(tx, source, books);
      if (found === null) continue;
      checked.push(books.name);
      findings.push(...found.map((finding) => ({ ...finding, books: books.name })));
    }
    return { name, findings, overrides: overridesOf(source), books: checked };
  });
}

async function againstBooks(tx: Tx, source: RuleSetSource, books: Books): Promise<Finding[] | null> {
  const reference = await findReference(tx, books);
  const { ruleSet, pathOf } = resolveRuleSet(source, books.name);
  return reference === null || ruleSet === null ? null : checkAgainstBooks(ruleSet, indexReference(reference), pathOf);
}

function overridesOf(source: RuleSetSource): RuleChange[] {
  if (source.base === null) return [];
  const [own, base] = [resolveRuleSet(source, null).ruleSet, resolveRuleSet(source.base, null).ruleSet];
  return own === null || base === null ? [] : diffRuleSets(base, own);
}

/** What rules do otherwise than others, in words. `booksName`: as they are for those books. */
export function compareRules(
  parts: EngineParts,
  actor: Actor,
  name: string,
  of: { older: RuleChoice; newer: RuleChoice; booksName: string | null },
): Promise<RuleChange[]> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const read = async (choice: RuleChoice): Promise<RuleSet> => {
      const { ruleSet, findings } = resolveRuleSet((await pickSource(tx, name, choice)).source, of.booksName);
      if (ruleSet !== null) return ruleSet;
      const details = Object.fromEntries(findings.map(({ field, message }) => [field ?? "/", message]));
      throw new Fault("rule_set_invalid", "The rule set has mistakes and cannot be compared", details);
    };
    return diffRuleSets(await read(of.older), await read(of.newer));
  });
}

/** An event of somebody's question: one that is stored, or one that is handed in. */
export type EventChoice = { readonly type: string; readonly id: string; readonly source?: string } | { readonly event: unknown };

/** What rules make of one event, with the words of every row that had a say. */
export interface Explanation {
  readonly version: number;
  readonly books: string | null;
  readonly documents: readonly LedgerDocument[];
  readonly findings: readonly Finding[];
  /** By the path of a row, what it says. */
  readonly rows: Readonly<Record<string, string>>;
}

/**
 * Maps one event and posts nothing. Without a choice the version in force for its service date decides. Faults: `not_found`,
 * `event_invalid` with every place.
 */
export function explainRules(
  parts: EngineParts,
  actor: Actor,
  name: string,
  of: { event: EventChoice; choice: RuleChoice | null; booksName: string | null },
): Promise<Explanation> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const { event, booksId } = await readSubject(tx, of.event);
    const all = await listBooks(tx);
    const books = of.booksName === null ? all.find((one) => one.booksId === booksId) : all.find((one) => one.name === of.booksName);
    if (of.booksName !== null && books === undefined) throw new Fault("not_found", `There are no books "${of.booksName}"`);
    const booksName = books?.name ?? null;
    const chosen = of.choice ?? { kind: "version" as const, version: (await loadTimeline(tx, { name, booksName })).at(event).version };
    const { source } = await pickSource(tx, name, chosen);
    const rules = compileSource(source, booksName);
    const { documents, findings } = buildDocuments(event, rules);
    const reference = books === undefined ? null : await findReference(tx, books);
    const index = reference === null ? null : indexReference(reference);
    const checked = index === null ? [] : documents.flatMap((document) => validateDocument(document, index, rules));
    return {
      version: source.version,
      books: booksName,
      documents,
      findings: [...findings, ...checked],
      rows: wordsOf(source, booksName, documents),
    };
  });
}

async function readSubject(tx: Tx, choice: EventChoice): Promise<{ event: TransportEvent; booksId: string | null }> {
  if ("event" in choice) {
    const { event, findings } = readEvent(choice.event);
    if (event !== null) return { event, booksId: null };
    const details = Object.fromEntries(findings.map(({ field, message, fix }) => [field ?? "/", `${message}. ${fix}`]));
    throw new Fault("event_invalid", "The event cannot be mapped as it is", details);
  }
  const stored = await findNewestEvent(tx, choice);
  if (stored === undefined) throw new Fault("not_found", `There is no ${choice.type} "${choice.id}"`);
  return { event: { ...(JSON.parse(stored.body) as object), revision: stored.revision } as TransportEvent, booksId: stored.booksId };
}

/** The rows that documents name as their reasons, in words. */
function wordsOf(source: RuleSetSource, booksName: string | null, documents: readonly LedgerDocument[]): Record<string, string> {
  const { ruleSet, pathOf } = resolveRuleSet(source, booksName);
  if (ruleSet === null) return {};
  const named = new Set(documents.flatMap(({ lines, statistics = [] }) => [...lines, ...statistics].map(({ because }) => because.row)));
  const words: Record<string, string> = {};
  const note = (path: string, text: string): void => {
    if (named.has(path)) words[path] = text;
  };
  for (const section of ["documents", "accounts", "categories", "lines", "statistics", "splits", "intercompany", "accruals"] as const) {
    ruleSet[section].forEach((row: RuleRow, at) =>
      note(
        pathOf(section, at),
        `${conditionWords(section, row)}: ${outcomeWords(section, row)}${row.note === undefined ? "" : ` (${row.note})`}`,
      ),
    );
  }
  for (const [code, { name, account }] of Object.entries(ruleSet.codes))
    note(pathOf("codes", code), `code ${code}, ${name}: account ${account ?? ""}`);
  for (const from of new Set(documents.flatMap(({ lines }) => lines.map(({ because }) => because.matched["chart"]))))
    if (from !== undefined) words[pathOf("chart", from)] = `${from} of the rules is account ${ruleSet.chart[from] ?? from} in these books`;
  note("master", `everything that no row knows: account ${ruleSet.master ?? ""}`);
  return words;
}
