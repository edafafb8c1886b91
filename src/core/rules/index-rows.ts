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

type Key = string | boolean;
/** Nested maps, one level a field, with rows at the end. */
interface Level<Row extends RuleRow> extends Map<Key, Level<Row> | Cell<Row>> {}
type Cell<Row extends RuleRow> = IndexedRow<Row>[];

/** Rows that ask for exact values of the same fields. */
interface Group<Row extends RuleRow> {
  readonly fields: readonly Reader[];
  readonly root: Level<Row> | Cell<Row>;
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
    else for (const key of new Set(entry.keys)) put(byKey, key, compiled);
  }
  const groups = new Map([...byKey].map(([key, rows]) => [key, groupRows(rows)]));
  const general = groupRows(anyKey);
  return (key, subject, date) => {
    const own = groups.get(key);
    const best = own === undefined ? null : search(own, { subject, date, best: null });
    return general.length === 0 ? best : search(general, { subject, date, best });
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
    holds: also === undefined ? holds : (subject: Subject, date: string) => holds(subject, date) && also(subject),
    specificity: ranked ? conditions.specificity + weight : 0,
    row,
    path,
    order,
  };
  return { found, hashed: [...extra, ...conditions.hashed].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)) };
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

function groupRows<Row extends RuleRow>(rows: readonly Compiled<Row>[]): Group<Row>[] {
  const bySignature = new Map<string, Compiled<Row>[]>();
  // Each path with its own line end: the event type's path is empty, and one empty path is not no path.
  for (const row of rows) put(bySignature, row.hashed.map(({ path }) => `${path}\n`).join(""), row);
  return [...bySignature.values()].map(groupOf).sort((a, b) => b.best - a.best);
}

function groupOf<Row extends RuleRow>(rows: readonly Compiled<Row>[]): Group<Row> {
  const fields = rows[0]!.hashed.map(({ read }) => read);
  const cells: Cell<Row>[] = [];
  const root: Level<Row> | Cell<Row> = fields.length === 0 ? [] : new Map();
  if (Array.isArray(root)) cells.push(root);
  for (const { found, hashed } of rows) insert(root, { found, hashed, cells });
  for (const cell of cells) cell.sort(narrower);
  return { fields, root, best: Math.max(...rows.map(({ found }) => found.specificity)) };
}

function insert<Row extends RuleRow>(
  into: Level<Row> | Cell<Row>,
  row: { found: IndexedRow<Row>; hashed: readonly HashTest[]; cells: Cell<Row>[] },
): void {
  if (Array.isArray(into)) {
    into.push(row.found);
    return;
  }
  const [test, ...rest] = row.hashed;
  for (const value of test!.values) {
    let next = into.get(value);
    if (next === undefined) {
      next = rest.length === 0 ? [] : (new Map() as Level<Row>);
      if (Array.isArray(next)) row.cells.push(next);
      into.set(value, next);
    }
    insert(next, { ...row, hashed: rest });
  }
}

/** Narrowest first, then the earlier row. */
function narrower<Row extends RuleRow>(a: IndexedRow<Row>, b: IndexedRow<Row>): number {
  return b.specificity - a.specificity || a.order - b.order;
}

interface Search<Row extends RuleRow> {
  readonly subject: Subject;
  readonly date: string;
  readonly best: IndexedRow<Row> | null;
}

function search<Row extends RuleRow>(groups: readonly Group<Row>[], { subject, date, best: before }: Search<Row>): IndexedRow<Row> | null {
  let best = before;
  for (const { fields, root, best: reachable } of groups) {
    if (best !== null && best.specificity > reachable) return best;
    let at: Level<Row> | Cell<Row> | undefined = root;
    for (const read of fields) {
      // A field that is not there is false for those who ask for false, and nothing else.
      at = (at as Level<Row>).get(read(subject) ?? false);
      if (at === undefined) break;
    }
    if (at === undefined) continue;
    for (const row of at as Cell<Row>) {
      if (best !== null && narrower(row, best) > 0) break;
      if (!row.holds(subject, date)) continue;
      best = row;
      break;
    }
  }
  return best;
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
        hashed.every((test) => test.values.includes(test.read(subject) ?? false)) && found.holds(subject, date),
    };
    for (const key of entry.keys ?? []) put(byKey, key, whole);
  }
  return (key, subject, date) => (byKey.get(key) ?? []).filter((row) => row.holds(subject, date));
}
