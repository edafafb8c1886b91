import { readFile } from "node:fs/promises";
import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { indexReference } from "../core/reference-index.ts";
import { resolveRuleSet, type RuleSetSource } from "../core/rules/compose.ts";
import { acceptPicks, isPartyPick, type Pick } from "../core/suggest/accept.ts";
import type { KnownAlias } from "../core/suggest/code-candidates.ts";
import { readLibrary, readTableRows } from "../core/suggest/library.ts";
import { suggest, type Suggestion } from "../core/suggest/suggest.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findPartyLinks, putPartyLinks } from "../store/parties.ts";
import { raiseLinksVersion } from "../store/review-mend.ts";
import { findDraft, type RuleSetDraft } from "../store/rule-drafts.ts";
import { findRuleSet } from "../store/rules.ts";
import type { Actor } from "./actor.ts";
import { booksOf, type Period, periodOf, readSubject, type Subject, tallyEvents } from "./coverage.ts";
import { linkKey } from "./lane-context.ts";
import type { EngineParts } from "./parts.ts";
import { pickSource, type RuleChoice } from "./pick-rules.ts";
import { nameOf } from "./publish-rules.ts";
import { reopenMended } from "./review-mend.ts";
import { saveDraft } from "./rule-drafts.ts";

/** What books and stored events need of a rule set, with what it could be. */
export interface Suggestions {
  readonly books: string;
  readonly from: string;
  readonly to: string;
  /** Stored events that were looked at. */
  readonly events: number;
  readonly suggestions: readonly Suggestion[];
}

/** Which suggestions are meant. `books` null: the only books of the rule set. */
export interface SuggestOrder {
  readonly books: string | null;
  readonly period: Period;
}

/** What is taken: everything from a score on, and single ones by their id with a value of one's own. */
export interface AcceptOrder extends SuggestOrder {
  readonly scoreMin: number | null;
  readonly chosen: readonly { readonly id: string; readonly value: string }[];
}

/** What became of accepting: the draft it was written into, null when only links of parties were made or nothing was taken. */
export interface Accepted {
  readonly draft: RuleSetDraft | null;
  readonly accepted: readonly { readonly id: string; readonly value: string; readonly score: number | null }[];
  /** What is left for a person. */
  readonly left: Suggestions;
}

/** Proposes accounts, products, dimensions, parties and codes, from the books' lists as last read. Faults: `not_found`. */
export async function suggestRules(parts: EngineParts, actor: Actor, name: string, order: SuggestOrder): Promise<Suggestions> {
  return (await look(parts, actor, name, order)).found;
}

interface Looked {
  readonly found: Suggestions;
  readonly source: RuleSetSource;
  readonly subject: Subject;
  readonly draft: RuleSetDraft | undefined;
}

async function look(parts: EngineParts, actor: Actor, name: string, order: SuggestOrder): Promise<Looked> {
  const period = periodOf(parts, order.period);
  const { source, subject, draft } = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const kept = await findDraft(tx, name);
    const choice: RuleChoice = { kind: kept === undefined ? "newest" : "draft" };
    const picked = (await pickSource(tx, name, choice)).source;
    return { source: picked, draft: kept, subject: await readSubject(tx, picked, await onlyBooks(tx, name, order.books)) };
  });
  const { books, reference, rules } = subject;
  if (reference === null)
    throw new Fault("not_found", `The lists of "${books.name}" were not read yet; connect these books first, then ask again`);
  const { pathOf } = resolveRuleSet(source, books.name);
  const { rows, events } = await tallyEvents(parts, actor, subject, period);
  const suggestions = suggest({ rules, pathOf, reference, rows, ...(await readTables()) });
  return { found: { books: books.name, ...period, events, suggestions }, source, subject, draft };
}

async function onlyBooks(tx: Tx, name: string, booksName: string | null): Promise<Subject["books"]> {
  const [first, ...others] = await booksOf(tx, name, booksName);
  if (first === undefined) throw new Fault("not_found", `No books are mapped by the rule set "${name}"; name the books that are meant`);
  if (others.length === 0) return first;
  const names = [first, ...others].map((books) => `"${books.name}"`).join(", ");
  throw new Fault("request_invalid", `Several books are mapped by "${name}": ${names}. Name one of them`, { "/books": "one of several" });
}

/** The tables of the library that say how carriers and partners call things. */
async function readTables() {
  const read = (file: string): Promise<string> => readFile(new URL(`../../rule-sets/${file}`, import.meta.url), "utf8");
  const [chart, names, aliases] = await Promise.all(["chart.csv", "account-names.csv", "aliases.csv"].map(read));
  return { library: readLibrary({ chart: chart!, names: names! }), aliases: readTableRows(aliases!) as unknown as KnownAlias[] };
}

/**
 * Takes suggestions: rows go into the draft of the rule set (a new one where there is none), vendors and customers are linked to the
 * records of the books at once. Faults: `request_invalid` for a suggestion that is not there, `version_behind` when somebody saved the
 * draft meanwhile, `rule_set_invalid`.
 */
export async function acceptSuggestions(parts: EngineParts, actor: Actor, name: string, order: AcceptOrder): Promise<Accepted> {
  const { found, subject, draft } = await look(parts, actor, name, order);
  const taken = choose(found.suggestions, order).map((pick) => settle(pick, subject));
  if (taken.length === 0) return { draft: null, accepted: [], left: found };
  const parties = taken.filter(isPartyPick);
  const rows = taken.filter((pick) => !isPartyPick(pick));
  const saved = rows.length === 0 ? null : await writeDraft(parts, actor, name, { subject, draft, rows });
  if (parties.length > 0) await linkParties(parts, actor, subject, parties);
  const ids = new Set(taken.map(({ id }) => id));
  const left = { ...found, suggestions: found.suggestions.filter(({ id }) => !ids.has(id)) };
  return { draft: saved, accepted: taken.map(({ id, value, score }) => ({ id, value, score })), left };
}

interface Taken extends Pick {
  readonly id: string;
  /** Null: a person's own choice. */
  readonly score: number | null;
}

function choose(suggestions: readonly Suggestion[], { scoreMin, chosen }: AcceptOrder): Taken[] {
  const values = new Map(chosen.map(({ id, value }) => [id, value]));
  const ids = new Set(suggestions.map(({ id }) => id));
  const unknown = chosen.filter(({ id }) => !ids.has(id));
  if (unknown.length > 0) {
    const details = Object.fromEntries(unknown.map(({ id }) => [id, "nothing is asked for under this id; it may be settled already"]));
    throw new Fault("request_invalid", `${unknown.length} of the chosen suggestions are not there; ask for the suggestions again`, details);
  }
  return suggestions.flatMap(({ id, kind, key, proposals }): Taken[] => {
    const own = values.get(id);
    const [first] = proposals;
    if (own !== undefined) {
      const known = proposals.find(({ value, label }) => value === own || label === own);
      return [{ id, kind, key, value: known?.value ?? own, score: known?.score ?? null }];
    }
    if (scoreMin === null || first === undefined || first.score < scoreMin) return [];
    return kind === "employee" ? [] : [{ id, kind, key, value: first.value, score: first.score }];
  });
}

/** A choice as it is written. Faults: `request_invalid` for what the books, or the catalogue of codes, do not have. */
function settle(pick: Taken, { reference, rules, books }: Subject): Taken {
  const { id, kind, value } = pick;
  if (kind === "product") return pick;
  if (kind === "employee") {
    throw new Fault("request_invalid", `Employees are found by their number: give ${id} this number in the employee's record of the books`);
  }
  if (kind === "code") {
    const { codes } = rules.ruleSet;
    if (Object.hasOwn(codes, value)) return pick;
    const guess = didYouMean(value, Object.keys(codes));
    throw new Fault("request_invalid", `The rule set has no code "${value}" that ${id} could mean.${guess}`, { [id]: "must be a code" });
  }
  const index = indexReference(reference!);
  const isParty = kind === "vendor" || kind === "customer";
  const found = (isParty ? index.byId(kind, value) : undefined) ?? index.find(kind, value);
  if (found?.active === true) return isParty ? { ...pick, value: found.externalId } : pick;
  const near = index.suggest(kind, value);
  const guess = near === null ? "" : ` Did you mean "${near}"?`;
  throw new Fault("request_invalid", `"${books.name}" has no active ${kind} "${value}" for ${id}.${guess}`, { [id]: `must be a ${kind}` });
}

async function writeDraft(
  parts: EngineParts,
  actor: Actor,
  name: string,
  { subject, draft, rows }: { subject: Subject; draft: RuleSetDraft | undefined; rows: readonly Taken[] },
): Promise<RuleSetDraft> {
  const newest = await inOrganization(parts.database, actor.organizationId, (tx) => findRuleSet(tx, name));
  const raw = (draft?.body ?? newest?.body ?? {}) as Record<string, unknown>;
  const body = acceptPicks(raw, { booksName: subject.books.name, ruleSet: subject.rules.ruleSet, picks: rows });
  const said = `${rows.length} suggestions accepted for ${subject.books.name}`;
  const { draft: saved } = await saveDraft(parts, actor, name, {
    raw: body,
    effectiveFrom: draft === undefined ? (newest?.effectiveFrom ?? null) : draft.effectiveFrom,
    note: draft === undefined || draft.note === "" ? said : `${draft.note}; ${said}`.slice(0, 2_000),
    ifRevision: draft?.revision ?? 0,
  });
  return saved;
}

/** Says which records of the books vendors and customers of the TMS are. One that has a link by now keeps it. */
async function linkParties(parts: EngineParts, actor: Actor, { books }: Subject, picks: readonly Taken[]): Promise<void> {
  await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const known = new Set((await findPartyLinks(tx, books.booksId)).map(({ kind, partyId }) => linkKey(kind, partyId)));
    const wanted = picks.filter(({ kind, key }) => !known.has(linkKey(kind, key)));
    const links = wanted.map(({ kind, key, value }) => ({ kind, partyId: key, postingId: null, externalId: value }));
    await putPartyLinks(tx, books.booksId, links);
    await raiseLinksVersion(tx, books.booksId);
    await appendAudit(
      tx,
      parts.now(),
      wanted.map(({ kind, key, value, score }) => ({
        actor: nameOf(actor),
        action: "party.linked",
        objectType: "books",
        objectId: books.booksId,
        facts: { kind, partyId: key, externalId: value, score },
      })),
    );
    const because = { because: "party_linked", parties: wanted.length };
    await reopenMended(tx, parts.now(), { codes: "^party_", booksId: books.booksId, ruleSet: null, actor: nameOf(actor), because });
  });
  await parts.wake({ organizationId: actor.organizationId, booksId: books.booksId });
}
