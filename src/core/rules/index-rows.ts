import type { EventType } from "../events.ts";
import { compileConditions, type CompiledConditions, type HashTest } from "./condition.ts";
import type { Reader, Subject } from "./paths.ts";
import type { RuleRow } from "./schema.ts";

/** A row that was compiled: what it is, where it stands, and how narrow it is. */
export interface IndexedRow<Row extends RuleRow> extends CompiledConditions {
  readonly row: Row;
  /** `accounts/17`, with its rule set before it where it was inherited. */
  readonly path: string;
  readonly order: number;
  /** It answers the same to all that find it by the same first key, so that the answer may be made once and kept. */
  readonly isKeepable: boolean;
  kept: unknown;
  /** Tells it from the nodes it stands beside. */
  readonly isRow: true;
}

/** One row on its way into an index. */
export interface RowEntry<Row extends RuleRow> {
  readonly row: Row;
  readonly path: string;
  readonly order: number;
  /** First key (code, event type, kind) of those it is for; null: for any. */
  readonly keys: readonly string[] | null;
  /** Added to the specificity of its conditions. `ranked` false: the order alone decides. */
  readonly weight: number;
  /** Event types its expression is over; those the row names when absent. */
  readonly types?: readonly EventType[];
  readonly ranked: boolean;
  /** Conditions beside its own, such as the event types of an account row. */
  readonly extra?: readonly HashTest[];
  /** Asked last. */
  readonly also?: (subject: Subject) => boolean;
}

/** Rows that are left once the fields above were asked, and the fields that some of them still ask for. */
interface Node<Row extends RuleRow> {
  readonly isRow: false;
  readonly branches: readonly Branch<Row>[];
  /** Rows that ask for no more exact values, narrowest first. */
  readonly cell: readonly IndexedRow<Row>[];
  /** Specificity of the first of them. */
  readonly reach: number;
}
interface Branch<Row extends RuleRow> {
  readonly read: Reader;
  readonly byValue: ReadonlyMap<string | boolean, Node<Row> | IndexedRow<Row>>;
  /** Specificity of the narrowest row below. */
  readonly best: number;
}

/** Finds the narrowest row for a subject by its first key; what it costs hangs on the kinds of conditions, not on the number of rows. */
export type RowIndex<Row extends RuleRow> = (key: string, subject: Subject, date: string) => IndexedRow<Row> | null;

/** A row with many values in many fields would fill the index by itself: beyond this its widest fields are asked one by one. */
const cellsPerRowMax = 64;

/** Compiles rows into an index by first key, then by the values of the fields that rows ask for exactly. */
export function indexRows<Row extends RuleRow>(entries: readonly RowEntry<Row>[]): RowIndex<Row> {
  const byKey = new Map<string, Compiled<Row>[]>();
  const anyKey: Compiled<Row>[] = [];
  for (const entry of entries) {
    const compiled = compileEntry(entry);
    if (entry.keys === null) anyKey.push(compiled);
    // Each key has a row of its own, since what is kept of it may hang on the key.
    else for (const key of new Set(entry.keys)) put(byKey, key, { ...compiled, found: { ...compiled.found } });
  }
  const nodes = new Map([...byKey].map(([key, rows]) => [key, build(rows)]));
  const general = anyKey.length === 0 ? null : build(anyKey);
  return (key, subject, date) => {
    const own = nodes.get(key);
    const best = own === undefined ? null : search(own, subject, date, null);
    return general === null ? best : search(general, subject, date, best);
  };
}

interface Compiled<Row extends RuleRow> {
  readonly found: IndexedRow<Row>;
  readonly hashed: readonly HashTest[];
}

function compileEntry<Row extends RuleRow>(entry: RowEntry<Row>): Compiled<Row> {
  const { row, path, order, weight, ranked, extra = [], also } = entry;
  const cellsMax = cellsPerRowMax / Math.max(1, product(extra));
  const conditions = compileConditions(row, { types: entry.types ?? typesOf(row), cellsMax });
  const { holds } = conditions;
  const found = {
    ...conditions,
    holds: also === undefined ? holds : (subject: Subject, date: string) => (holds === null || holds(subject, date)) && also(subject),
    specificity: ranked ? conditions.specificity + weight : 0,
    row,
    path,
    order,
    isKeepable: conditions.isConstant && entry.keys !== null && also === undefined,
    kept: undefined,
    isRow: true as const,
  };
  return { found, hashed: [...extra, ...conditions.hashed] };
}

function typesOf(row: RuleRow & { readonly event?: EventType | readonly EventType[] }): readonly EventType[] {
  return row.event === undefined ? [] : typeof row.event === "string" ? [row.event] : row.event;
}

function product(tests: readonly HashTest[]): number {
  return tests.reduce((all, { values }) => all * values.length, 1);
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function build<Row extends RuleRow>(rows: readonly Compiled<Row>[]): Node<Row> {
  const cell = rows.filter(({ hashed }) => hashed.length === 0).map(({ found }) => found);
  const branches: Branch<Row>[] = [];
  let rest = rows.filter(({ hashed }) => hashed.length > 0);
  while (rest.length > 0) {
    const path = mostAsked(rest);
    const asking = rest.filter(({ hashed }) => hashed.some((test) => test.path === path));
    rest = rest.filter(({ hashed }) => hashed.every((test) => test.path !== path));
    branches.push(branchOn(path, asking));
  }
  cell.sort(narrower);
  return { isRow: false, branches: branches.sort((a, b) => b.best - a.best), cell, reach: cell[0]?.specificity ?? -1 };
}

/** Most values lead to one row, which then needs no node of its own. */
function leafOf<Row extends RuleRow>(node: Node<Row>): Node<Row> | IndexedRow<Row> {
  return node.branches.length === 0 && node.cell.length === 1 ? node.cell[0]! : node;
}

/** The field most rows ask for, so that it is read once for all of them; of several the one with most values, which turns most away. */
function mostAsked<Row extends RuleRow>(rows: readonly Compiled<Row>[]): string {
  const asked = new Map<string, { rows: number; values: Set<string | boolean> }>();
  for (const { hashed } of rows) {
    for (const { path, values } of hashed) {
      const of = asked.get(path) ?? { rows: 0, values: new Set() };
      asked.set(path, of);
      of.rows += 1;
      for (const value of values) of.values.add(value);
    }
  }
  const [best] = [...asked].sort(([, a], [, b]) => b.rows - a.rows || b.values.size - a.values.size);
  return best![0];
}

function branchOn<Row extends RuleRow>(path: string, rows: readonly Compiled<Row>[]): Branch<Row> {
  const byValue = new Map<string | boolean, Compiled<Row>[]>();
  let read: Reader | null = null;
  for (const { found, hashed } of rows) {
    const test = hashed.find((one) => one.path === path)!;
    read ??= test.read;
    const row = { found, hashed: hashed.filter((one) => one !== test) };
    for (const value of test.values) {
      const list = byValue.get(value);
      if (list === undefined) byValue.set(value, [row]);
      else list.push(row);
    }
  }
  const best = Math.max(...rows.map(({ found }) => found.specificity));
  return { read: read!, byValue: new Map([...byValue].map(([value, list]) => [value, leafOf(build(list))])), best };
}

/** Narrowest first, then the earlier row. */
function narrower<Row extends RuleRow>(a: IndexedRow<Row>, b: IndexedRow<Row>): number {
  return b.specificity - a.specificity || a.order - b.order;
}

/** The narrowest row below a node that is narrower than `before`; `before` when there is none. */
function search<Row extends RuleRow>(
  node: Node<Row>,
  subject: Subject,
  date: string,
  before: IndexedRow<Row> | null,
): IndexedRow<Row> | null {
  let best = before;
  for (const { read, byValue, best: reachable } of node.branches) {
    if (best !== null && best.specificity > reachable) break;
    // A field that is not there is false for those who ask for false, and nothing else.
    const next = byValue.get(read(subject) ?? false);
    if (next === undefined) continue;
    if (!next.isRow) best = search(next, subject, date, best);
    else if (isBetter(next, best) && (next.holds === null || next.holds(subject, date))) best = next;
  }
  if (best !== null && best.specificity > node.reach) return best;
  for (const row of node.cell) {
    if (!isBetter(row, best)) break;
    if (row.holds === null || row.holds(subject, date)) return row;
  }
  return best;
}

function isBetter<Row extends RuleRow>(row: IndexedRow<Row>, best: IndexedRow<Row> | null): boolean {
  return best === null || row.specificity > best.specificity || (row.specificity === best.specificity && row.order < best.order);
}

/** All rows that fit, in their order: for sections in which every row that fits does something. */
export function compileAll<Row extends RuleRow>(
  entries: readonly RowEntry<Row>[],
): (key: string, subject: Subject, date: string) => IndexedRow<Row>[] {
  const byKey = new Map<string, IndexedRow<Row>[]>();
  for (const entry of entries) {
    const { found, hashed } = compileEntry(entry);
    const whole = {
      ...found,
      holds: (subject: Subject, date: string) =>
        hashed.every((test) => test.values.includes(test.read(subject) ?? false)) && (found.holds === null || found.holds(subject, date)),
    };
    for (const key of entry.keys ?? []) put(byKey, key, whole);
  }
  return (key, subject, date) => (byKey.get(key) ?? []).filter((row) => row.holds === null || row.holds(subject, date));
}
