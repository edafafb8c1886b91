import type { EventType } from "../events.ts";
import { parseDecimal } from "../money.ts";
import { compileReader, type Reader, type Subject } from "./paths.ts";
import type { Condition, RuleRow, Scalar } from "./schema.ts";
import { compileExpression, type Expression } from "./expression.ts";

const decimalPattern = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?$/;

/** A condition that is an exact value or one of several: an index finds it, nobody has to ask. */
export interface HashTest {
  readonly path: string;
  readonly read: Reader;
  readonly values: readonly Scalar[];
}

/** One row's conditions, ready to be asked. */
export interface CompiledConditions {
  /** How narrow the row is: more conditions first, then equality before sets before patterns. Higher wins. */
  readonly specificity: number;
  /** Conditions on exact values. `holds` does not ask them. */
  readonly hashed: readonly HashTest[];
  /** Whether all other conditions hold on that day; null when there are no others. */
  readonly holds: ((subject: Subject, date: string) => boolean) | null;
  /** Writes down the values that matched, by field. */
  readonly explain: (subject: Subject, into: Record<string, string>) => void;
  /** What it writes down is the same for every subject that matches. */
  readonly isConstant: boolean;
}

interface Test {
  readonly read: Reader;
  readonly holds: (value: string | boolean | undefined) => boolean;
}

/** What one condition weighs in a row's specificity; its quality (equality, set, pattern) only breaks ties. */
export const oneCondition = 1000;
const qualities = { equality: 4, set: 3, prefix: 2, range: 2, loose: 1 } as const;

/**
 * Compiles `where`, `when`, `from` and `to`. The expression must have been checked before, for events of the same types.
 * `cellsMax`: combinations of exact values an index may hold of it.
 */
export function compileConditions(row: RuleRow, given: { types: readonly EventType[]; cellsMax: number }): CompiledConditions {
  const { types, cellsMax } = given;
  const entries = Object.entries(row.where ?? {});
  const readers = entries.map(([path, condition]) => ({ path, condition, read: compileReader(path) }));
  const { hashed, asked } = divide(readers, cellsMax);
  const tests: Test[] = asked.map(({ condition, read }) => ({ read, holds: compileCondition(condition) }));
  const expression: Expression | null = row.when === undefined ? null : compileExpression(row.when, types);
  const { from, to, when } = row;
  const isDated = from !== undefined || to !== undefined;
  const quality = entries.reduce((sum, [, condition]) => sum + qualityOf(condition), when === undefined ? 0 : qualities.range);
  const count = entries.length + (expression === null ? 0 : 1);
  const all = (subject: Subject, date: string): boolean => {
    if ((from !== undefined && date < from) || (to !== undefined && date > to)) return false;
    for (const { read, holds } of tests) if (!holds(read(subject))) return false;
    return expression === null || expression(subject);
  };
  return {
    // A dated row beats the same row without dates: that is how a change from a day on is written.
    specificity: count * oneCondition + quality * 2 + (isDated ? 1 : 0),
    hashed,
    holds: tests.length === 0 && expression === null && !isDated ? null : all,
    isConstant: entries.every(([, condition]) => condition === true || (typeof condition === "string" && !condition.includes("*"))),
    explain: (subject, into) => {
      for (const { path, read } of readers) {
        const value = read(subject);
        into[path] = value === undefined ? "" : String(value);
      }
      if (when !== undefined) into["when"] = when;
    },
  };
}

interface Read {
  readonly path: string;
  readonly condition: Condition;
  readonly read: Reader;
}

/** Conditions on exact values for the index, narrowest first, as long as their combinations stay few; the others are asked. */
function divide(readers: readonly Read[], cellsMax: number): { hashed: HashTest[]; asked: Read[] } {
  const exact = readers
    .map((one) => ({ ...one, values: exactValues(one.condition) }))
    .filter((one): one is Read & { values: Scalar[] } => one.values !== null)
    .sort((a, b) => a.values.length - b.values.length);
  const hashed: HashTest[] = [];
  let cells = 1;
  for (const { path, read, values } of exact) {
    if (cells * values.length > cellsMax) break;
    cells *= values.length;
    hashed.push({ path, read, values });
  }
  return { hashed, asked: readers.filter(({ path }) => !hashed.some((test) => test.path === path)) };
}

function exactValues(condition: Condition): Scalar[] | null {
  if (typeof condition === "object" && !isList(condition)) return null;
  const values = isList(condition) ? [...new Set(condition)] : [condition];
  return values.some((value) => typeof value === "string" && value.includes("*")) ? null : values;
}

function qualityOf(condition: Condition): number {
  if (typeof condition === "boolean") return qualities.equality;
  if (typeof condition === "string") return condition.includes("*") ? qualities.prefix : qualities.equality;
  if (isList(condition)) return qualities.set;
  if ("prefix" in condition) return qualities.prefix;
  return "not" in condition || "exists" in condition ? qualities.loose : qualities.range;
}

function compileCondition(condition: Condition): (value: string | boolean | undefined) => boolean {
  if (typeof condition === "boolean") return (value) => (value ?? false) === condition;
  if (typeof condition === "string") return compileText(condition);
  if (isList(condition)) return anyOf(condition);
  if ("prefix" in condition) return (value) => typeof value === "string" && value.startsWith(condition.prefix);
  if ("exists" in condition) return (value) => (value !== undefined) === condition.exists;
  if ("not" in condition) {
    const excluded = anyOf(isList(condition.not) ? condition.not : [condition.not]);
    return (value) => !excluded(value);
  }
  return compileRange(condition);
}

function anyOf(values: readonly Scalar[]): (value: string | boolean | undefined) => boolean {
  const exact = new Set(values.filter((value) => typeof value === "boolean" || !value.includes("*")));
  const globs = values.filter((value): value is string => typeof value === "string" && value.includes("*")).map(compileGlob);
  return (value) => exact.has(value ?? false) || (typeof value === "string" && globs.some((glob) => glob(value)));
}

function compileText(text: string): (value: string | boolean | undefined) => boolean {
  if (!text.includes("*")) return (value) => value === text;
  const glob = compileGlob(text);
  return (value) => typeof value === "string" && glob(value);
}

/** `*` stands for any characters, none included. Written by hand: no pattern of a user can make it slow. */
export function compileGlob(pattern: string): (value: string) => boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return (value) => value === pattern;
  return (value) => {
    if (value.length < head.length + tail.length || !value.startsWith(head) || !value.endsWith(tail)) return false;
    let at = head.length;
    for (const part of rest) {
      const found = value.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= value.length - tail.length;
  };
}

/** Decimals are compared as numbers, everything else (dates, codes) as text. */
function compileRange({ min, max }: { readonly min?: string; readonly max?: string }): (value: string | boolean | undefined) => boolean {
  const isNumeric = [min, max].every((end) => end === undefined || decimalPattern.test(end));
  return (value) => {
    if (typeof value !== "string") return false;
    if (!isNumeric) return (min === undefined || value >= min) && (max === undefined || value <= max);
    if (!decimalPattern.test(value)) return false;
    return (min === undefined || compareDecimals(value, min) >= 0) && (max === undefined || compareDecimals(value, max) <= 0);
  };
}

/** Below, at or above zero as `a` is less than, equal to or greater than `b`; both are decimal strings. */
function compareDecimals(a: string, b: string): number {
  const left = parseDecimal(a);
  const right = parseDecimal(b);
  const scale = Math.max(left.scale, right.scale);
  const difference = left.units * 10n ** BigInt(scale - left.scale) - right.units * 10n ** BigInt(scale - right.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function isList(condition: unknown): condition is readonly Scalar[] {
  return Array.isArray(condition);
}
