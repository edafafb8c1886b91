import type { BooksReference, RecordKind } from "../reference.ts";
import { namesOf } from "../rules/check-books.ts";
import type { CompiledRules, PathOf } from "../rules/compile.ts";
import { type Candidate, indexCandidates } from "./candidates.ts";
import { aliasCandidates, codeCandidates, type KnownAlias } from "./code-candidates.ts";
import type { CoverageRow } from "./coverage.ts";
import type { GapKind } from "./gaps.ts";
import { accountNeeds, identifiersOf, type LibraryAccount, plainNeed, recordCandidates, vocabularyOf } from "./needs.ts";
import { type Answered, type Need, propose, shareOut } from "./propose.ts";

/** What can be suggested: everything that may be missing, but a missing document; a line without a code by its product. */
export type SuggestionKind = Exclude<GapKind, "document" | "line" | "segment"> | "product";

/** One thing the rules or events need, with what it could be. */
export interface Suggestion {
  /** `account/5210`, `code/DSL #2`, `vendor/CARR-12`: the same for the same thing every time. */
  readonly id: string;
  readonly kind: SuggestionKind;
  readonly key: string;
  /** What it is, where we know: `Diesel - Tractor (Card)`. */
  readonly name: string;
  /** Stored events that need it, and their money by currency in minor units. */
  readonly events: number;
  readonly money: ReadonlyMap<string, bigint>;
  readonly proposals: readonly SuggestedValue[];
}

export interface SuggestedValue {
  /** What is written when it is accepted: the account's number or name, the record's name, our code; of a party the record's id. */
  readonly value: string;
  readonly label: string;
  /** 0–100 */
  readonly score: number;
  readonly reasons: readonly string[];
}

/** All that suggestions are made of. */
export interface SuggestInput {
  readonly rules: CompiledRules;
  readonly pathOf: PathOf;
  readonly reference: BooksReference;
  readonly library: ReadonlyMap<string, LibraryAccount>;
  readonly aliases: readonly KnownAlias[];
  /** What stored events need and nobody knows. */
  readonly rows: readonly CoverageRow[];
}

/** A score from which an account with the rules' own number is taken to be that account. */
const sameAccountMin = 50;

/** Suggestions for everything that is missing; most events first, then by id. Deterministic. */
export function suggest(input: SuggestInput): Suggestion[] {
  const made = [...accounts(input), ...items(input), ...terms(input), ...dimensions(input), ...parties(input), ...codes(input)];
  return made.sort((a, b) => b.events - a.events || (a.id < b.id ? -1 : 1));
}

/** Accounts that rules name: all of them, as a number may be there and stand for something else. */
function accounts({ rules, pathOf, reference, library, rows }: SuggestInput): Suggestion[] {
  const { chart, codes: catalogue } = rules.ruleSet;
  const named = namesOf({ ...rules.ruleSet, chart: {} }, pathOf).filter(({ name }) => !Object.hasOwn(chart, name));
  const codeNames = new Map<string, string[]>();
  for (const { name, account } of Object.values(catalogue))
    if (account !== undefined) codeNames.set(account, [...(codeNames.get(account) ?? []), name]);
  const index = indexCandidates(recordCandidates(reference, "account"), { vocabulary: vocabularyOf(library.values()) });
  const answers = shareOut(accountNeeds(named, library, codeNames).map((need) => ({ need, proposals: propose(need, index) })));
  const missing = answers.filter(({ need, proposals: [first] }) => {
    const own = index.byNumber.get(need.key.toLowerCase().replaceAll(/[^a-z0-9]/g, ""))?.[0];
    if (own !== undefined && !library.has(need.key)) return false; // An account of somebody's own: the number is all we know of it.
    return own === undefined || first === undefined || first.candidate !== index.candidates[own] || first.score < sameAccountMin;
  });
  const valueOf = ({ number, texts }: Candidate): string => number ?? texts[1] ?? texts[0]!;
  return missing.map((answer) => suggestion("account", answer, { rows, name: library.get(answer.need.key)?.name ?? "", valueOf }));
}

/** Products of invoice lines that the books do not have, by income account. */
function items({ rules, reference, library, rows }: SuggestInput): Suggestion[] {
  const isThere = known(reference, "item");
  const table = rules.ruleSet.items;
  const wanted = new Set([...Object.keys(table).filter((key) => !isThere(table[key]!)), ...valuesOf(rows, "item")]);
  const index = indexCandidates(recordCandidates(reference, "item"));
  const answers = [...wanted].map((key) => {
    const account = library.get(key);
    const need = plainNeed(key, [table[key] ?? "", account?.name ?? "", ...(account?.otherNames ?? [])]);
    return { need, proposals: propose(need, index) };
  });
  return shareOut(answers).map((answer) => suggestion("item", answer, { rows, name: table[answer.need.key] ?? "", valueOf: nameOf }));
}

function terms({ rules, reference, rows }: SuggestInput): Suggestion[] {
  const isThere = known(reference, "term");
  const table = rules.ruleSet.terms;
  if (!reference.records.some(({ kind }) => kind === "term")) return [];
  const wanted = new Set([...Object.keys(table).filter((key) => !isThere(table[key]!)), ...valuesOf(rows, "term")]);
  const days = (text: string) => ({ what: "days to pay", value: `${text.replaceAll(/\D/g, "")} days` });
  const candidates = reference.records.filter(({ kind, active }) => kind === "term" && active);
  const index = indexCandidates(
    recordCandidates(reference, "term").map((candidate, at) => {
      const { dueDays } = candidates[at]!.facts;
      return dueDays === undefined || dueDays === "" ? candidate : { ...candidate, identifiers: [days(dueDays)] };
    }),
  );
  const answers = [...wanted].map((key) => {
    const need = plainNeed(key, [table[key] ?? key, key], /^[A-Z]+[\s_-]?\d+$/i.test(key) ? [days(key)] : []);
    return { need, proposals: propose(need, index) };
  });
  return answers.map((answer) => suggestion("term", answer, { rows, name: table[answer.need.key] ?? "", valueOf: nameOf }));
}

const dimensionKinds = ["class", "department", "location", "project", "entity"] as const;

/** Values of dimensions: those the rules name, and those of events. */
function dimensions({ rules, reference, rows }: SuggestInput): Suggestion[] {
  return dimensionKinds.flatMap((kind) => {
    const rule = rules.ruleSet.dimensions[kind];
    if (!rule || !reference.records.some((record) => record.kind === kind)) return [];
    const isThere = known(reference, kind);
    const named = [...Object.values(rule.values), ...(rule.default === undefined ? [] : [rule.default])].filter((name) => !isThere(name));
    const index = indexCandidates(recordCandidates(reference, kind));
    const wanted = [...new Set([...named, ...valuesOf(rows, kind)])].filter((value) => value !== "");
    const answers = wanted.map((value) => {
      const need = plainNeed(value, [value, value.replaceAll(/[-_/]/g, " ")]);
      return { need, proposals: propose(need, index) };
    });
    return shareOut(answers).map((answer) => suggestion(kind, answer, { rows, name: "", valueOf: nameOf }));
  });
}

/** Vendors, customers and employees of events that the books do not know by their id: an existing record instead of a second one. */
function parties({ reference, rows }: SuggestInput): Suggestion[] {
  return (["vendor", "customer", "employee"] as const).flatMap((kind) => {
    const index = indexCandidates(recordCandidates(reference, kind), { companies: true });
    const names = new Map(rows.filter((row) => row.kind === kind).map(({ value, text }) => [value, text]));
    const answers = [...names].map(([id, name]) => {
      const need = plainNeed(id, [name], identifiersOf(id));
      return { need, proposals: propose(need, index) };
    });
    const valueOf = ({ id }: Candidate): string => id;
    return answers.map((answer) => suggestion(kind, answer, { rows, name: names.get(answer.need.key)!, valueOf }));
  });
}

/** Codes and products of partners, in our words. */
function codes({ rules, aliases, rows }: SuggestInput): Suggestion[] {
  const valueOf = ({ id }: Candidate): string => id;
  const forCode = codeCandidates(rules.ruleSet.codes, aliases);
  const unknown = rows.filter(({ kind, state }) => kind === "code" && state !== "created");
  const found = [...Map.groupBy(unknown, ({ value }) => value)].map(([code, of]) => {
    const need = plainNeed(code, [...of.map(({ text }) => text), code], [{ what: "code", value: code }]);
    return { need, proposals: propose(need, forCode(of.map(({ type }) => type))) };
  });
  const products = indexCandidates(aliasCandidates(aliases, "product"));
  const lines = rows.filter(({ product }) => product !== undefined);
  const made = [...Map.groupBy(lines, ({ product }) => product!)].map(([product, of]) => {
    const need = plainNeed(product, [product, ...of.map(({ text }) => text)], [{ what: "product", value: product }]);
    return { need, proposals: propose(need, products) };
  });
  return [
    ...found.map((answer) => suggestion("code", answer, { rows, name: answer.need.texts[0]!, valueOf })),
    ...made.map((answer) => suggestion("product", answer, { rows, name: answer.need.texts.at(-1)!, valueOf })),
  ];
}

function nameOf({ label }: Candidate): string {
  return label;
}

function known({ records }: BooksReference, kind: RecordKind): (name: string) => boolean {
  const names = new Set(records.filter((record) => record.kind === kind && record.active).map(({ name }) => name.trim().toLowerCase()));
  return (name) => names.has(name.trim().toLowerCase());
}

function valuesOf(rows: readonly CoverageRow[], kind: GapKind): string[] {
  return rows.filter((row) => row.kind === kind).map(({ value }) => value);
}

function suggestion(
  kind: SuggestionKind,
  { need, proposals }: Answered<Need>,
  of: { rows: readonly CoverageRow[]; name: string; valueOf: (candidate: Candidate) => string },
): Suggestion {
  const money = new Map<string, bigint>();
  let events = 0;
  for (const row of of.rows) {
    const isIts = kind === "product" ? row.product === need.key : row.kind === kind && row.value === need.key;
    if (!isIts) continue;
    events += row.events;
    money.set(row.currency, (money.get(row.currency) ?? 0n) + row.amountMinor);
  }
  const values = proposals.map(({ candidate, score, reasons }) => ({
    value: of.valueOf(candidate),
    label: candidate.label,
    score,
    reasons,
  }));
  return { id: `${kind}/${need.key}`, kind, key: need.key, name: of.name, events, money, proposals: values };
}
