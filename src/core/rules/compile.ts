import { Fault } from "../errors.ts";
import type { EventType, TransportEvent } from "../events.ts";
import { eventTypes } from "../events.ts";
import { type CompiledConditions, compileConditions, compileGlob, oneCondition } from "./condition.ts";
import { compileReader, isKnownPath, type Reader, type RuleLine, type Subject } from "./paths.ts";
import type { AccountRow, CategoryRow, DimensionRule, DocumentRow, RuleRow, RuleSet } from "./schema.ts";
import { compileTemplate, type Template } from "./template.ts";

/** How an event becomes a document: the row that won, ready to use. */
export interface DocumentChoice {
  readonly row: DocumentRow;
  /** `documents/3` */
  readonly path: string;
  readonly matched: Readonly<Record<string, string>>;
  readonly number: Template;
  readonly memo: Template;
  readonly balance: (line: RuleLine) => { account: string; path: string } | null;
}

interface AccountChoice {
  readonly account: string;
  readonly item: string | null;
  readonly path: string;
  readonly fallback: "row" | "category" | "master";
  readonly matched: Readonly<Record<string, string>>;
}

/** The value of one books dimension, or what stands in its way. */
type DimensionChoice = { readonly value: string | null } | { readonly unknown: string; readonly from: string };

/** A rule set as an index. It holds no state of a caller: compile once per version and keep it. */
export interface CompiledRules {
  readonly name: string;
  readonly version: number;
  readonly ruleSet: RuleSet;
  /** Null: no row of `documents` is for this event. */
  readonly document: (event: TransportEvent) => DocumentChoice | null;
  /** Code of a line that came without one; null when no row knows it. */
  readonly lineCode: (subject: { event: TransportEvent; line: RuleLine }) => string | null;
  /** Account of a line; null when the whole fallback chain has none. */
  readonly account: (subject: { event: TransportEvent; line: RuleLine }) => AccountChoice | null;
  /** Name of a code in the catalogue; the code itself where it has none. */
  readonly codeName: (code: string) => string;
  /** The TMS's terms in the books' words; themselves where the table has none. */
  readonly terms: (code: string) => string;
  readonly dimension: (kind: "class" | "department", subject: Subject) => DimensionChoice;
  readonly lineMemo: Template;
}

interface Candidate<Row extends RuleRow> extends CompiledConditions {
  readonly row: Row;
  readonly path: string;
  readonly order: number;
}

/** The day that picks among dated rows. */
function serviceDate(event: TransportEvent): string {
  return event.serviceDate || event.date;
}

/**
 * Compiles a rule set that `readRuleSet` found good. Evaluation is a look-up by event type and code, then a short list of rows.
 *
 * Faults: `rule_set_invalid` when an expression cannot be used.
 */
export function compileRuleSet(ruleSet: RuleSet, version: number): CompiledRules {
  try {
    const documents = indexDocuments(ruleSet);
    // Read from top to bottom: routing is a sequence of questions, not a table of exceptions.
    const lineCodes = Map.groupBy(
      ruleSet.lineCodes.map((row, index) => candidate(row, `lineCodes/${index}`, index)),
      ({ row }) => row.event,
    );
    const dimensions = {
      class: compileDimension(ruleSet.dimensions["class"] ?? null),
      department: compileDimension(ruleSet.dimensions["department"] ?? null),
    };
    return {
      name: ruleSet.name,
      version,
      ruleSet,
      document: (event) => documents(event),
      lineCode: ({ event, line }) => first(lineCodes.get(event.type), { event, line })?.found.row.code ?? null,
      account: indexAccounts(ruleSet),
      codeName: (code) => own(ruleSet.codes, code)?.name ?? code,
      terms: (code) => own(ruleSet.terms, code) ?? code,
      dimension: (kind, subject) => dimensions[kind](subject),
      lineMemo: compileTemplate(ruleSet.memo.line),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Fault("rule_set_invalid", `The rule set "${ruleSet.name}" cannot be compiled: ${message}`, {}, { cause: error });
  }
}

/** A member of a table by a name that came from outside, which may be `constructor`. */
function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function candidate<Row extends RuleRow>(row: Row, path: string, order: number): Candidate<Row> {
  return { ...compileConditions(row), row, path, order };
}

function narrowestFirst<Row extends RuleRow>(rows: Candidate<Row>[]): Candidate<Row>[] {
  return rows.sort((a, b) => b.specificity - a.specificity || a.order - b.order);
}

function group<Row extends RuleRow>(
  rows: readonly Candidate<Row>[],
  typesOf: (row: Row) => readonly EventType[],
): Map<EventType, Candidate<Row>[]> {
  const groups = new Map<EventType, Candidate<Row>[]>();
  for (const type of eventTypes) groups.set(type, narrowestFirst(rows.filter(({ row }) => typesOf(row).includes(type))));
  return groups;
}

function first<Row extends RuleRow>(
  rows: readonly Candidate<Row>[] | undefined,
  subject: Subject,
): { found: Candidate<Row>; matched: Record<string, string> } | null {
  const date = serviceDate(subject.event);
  for (const found of rows ?? []) {
    const matched = found.match(subject, date);
    if (matched !== null) return { found, matched };
  }
  return null;
}

function indexDocuments(ruleSet: RuleSet): (event: TransportEvent) => DocumentChoice | null {
  const rows = ruleSet.documents.map((row, index) => ({
    ...candidate(row, `documents/${index}`, index),
    number: compileTemplate(row.number),
    memo: compileTemplate(row.memo),
    sides: narrowestFirst(row.balance.map((side, at) => candidate(side, `documents/${index}/balance/${at}`, at))),
  }));
  const groups = group(rows, (row) => [row.event]) as Map<EventType, (typeof rows)[number][]>;
  return (event) => {
    const hit = first(groups.get(event.type), { event, line: null });
    if (hit === null) return null;
    const { row, path, number, memo, sides } = hit.found as (typeof rows)[number];
    const balance: DocumentChoice["balance"] = (line) => {
      const side = first(sides, { event, line });
      return side === null ? null : { account: side.found.row.account, path: row.balance.length > 1 ? side.found.path : path };
    };
    return { row, path, matched: { event: event.type, ...hit.matched }, number, memo, balance };
  };
}

function indexAccounts(ruleSet: RuleSet): CompiledRules["account"] {
  const catalogue = Object.entries(ruleSet.codes);
  const rows = ruleSet.accounts.map((row, order) => ({ row, order, path: `accounts/${order}` }));
  // A code's own account is its row without conditions, after all rows of the table.
  for (const [code, { account, item }] of catalogue) {
    if (account === undefined) continue;
    rows.push({ row: { code: [code], account, ...(item === undefined ? {} : { item }) }, order: rows.length, path: `codes/${code}` });
  }
  const compiled = rows.map(({ row, order, path }) => ({ ...candidate<AccountRow>(row, path, order), covers: compileCover(row) }));
  const known = new Set([...catalogue.map(([code]) => code), ...rows.flatMap(({ row }) => row.code ?? [])]);
  const byKey = new Map<string, Candidate<AccountRow>[]>();
  const select = (type: EventType, code: string): Candidate<AccountRow>[] => {
    const key = `${type}|${code}`;
    const ready = byKey.get(key);
    if (ready !== undefined) return ready;
    const list: Candidate<AccountRow>[] = [];
    for (const row of compiled) {
      const weight = row.covers(type, code);
      if (weight !== null) list.push({ ...row, specificity: row.specificity + weight });
    }
    narrowestFirst(list);
    if (known.has(code)) byKey.set(key, list); // Only known codes: what sources invent must not fill the memory.
    return list;
  };
  const categories = indexCategories(ruleSet);
  return (subject) => {
    const code = subject.line.code ?? "";
    const entry = own(ruleSet.codes, code);
    const kind = entry?.kind ?? null;
    const item = (account: string, row: { item?: string }): string | null => row.item ?? entry?.item ?? own(ruleSet.items, account) ?? null;
    const hit = first(select(subject.event.type, code), subject);
    if (hit !== null) {
      const { row, path } = hit.found;
      return { account: row.account, item: item(row.account, row), path, fallback: "row", matched: { code, ...hit.matched } };
    }
    const category = kind === null ? null : first(categories.get(kind)?.get(subject.event.type), subject);
    if (category !== null) {
      const { row, path } = category.found;
      return {
        account: row.account,
        item: item(row.account, row),
        path,
        fallback: "category",
        matched: { code, kind: row.kind, ...category.matched },
      };
    }
    if (ruleSet.master === null) return null;
    return { account: ruleSet.master, item: item(ruleSet.master, {}), path: "master", fallback: "master", matched: { code } };
  };
}

/** What naming the event type and the code adds to a row's specificity, each one condition more; null when the row is for others. */
function compileCover({ event, code }: AccountRow): (type: EventType, wanted: string) => number | null {
  const globs = (code ?? []).filter((text) => text.includes("*")).map(compileGlob);
  const typeWeight = event === undefined ? 0 : oneCondition + 6;
  return (type, wanted) => {
    if (event !== undefined && !event.includes(type)) return null;
    if (code === undefined) return typeWeight;
    if (code.includes(wanted)) return typeWeight + oneCondition + 8;
    return globs.some((glob) => glob(wanted)) ? typeWeight + oneCondition + 4 : null;
  };
}

function indexCategories(ruleSet: RuleSet): Map<string, Map<EventType, Candidate<CategoryRow>[]>> {
  const rows = ruleSet.categories.map((row, index) => candidate(row, `categories/${index}`, index));
  const kinds = new Set(ruleSet.categories.map((row) => row.kind));
  const of = (kind: string) =>
    group(
      rows.filter(({ row }) => row.kind === kind),
      (row) => row.event ?? eventTypes,
    );
  return new Map([...kinds].map((kind) => [kind, of(kind)]));
}

function compileDimension(rule: DimensionRule | null): (subject: Subject) => DimensionChoice {
  if (rule === null) return () => ({ value: null });
  const readers: { name: string; read: Reader }[] = rule.from
    .map((source) => (typeof source === "string" ? source : source.field))
    .filter((name) => isKnownPath(`dims.${name}`, []))
    .map((name) => ({ name, read: compileReader(`dims.${name}`) }));
  const otherwise = rule.default ?? null;
  return (subject) => {
    for (const { name, read } of readers) {
      const value = read(subject);
      if (typeof value !== "string") continue;
      const known = own(rule.values, value);
      if (known !== undefined) return { value: known };
      if (rule.unknown === "keep") return { value };
      if (rule.unknown === "block") return { unknown: value, from: name };
    }
    return { value: otherwise };
  };
}
