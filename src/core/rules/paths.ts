import type { Dims, EventLine, EventType, TransportEvent } from "../events.ts";
import { eventTypes } from "../events.ts";
import { rulePaths, type ScalarKind } from "../events/fields.ts";

/**
 * One amount of an event that becomes a ledger line: a line of the event, or one of its own amounts (`fees`, `discount`).
 * `part` says which; `code` may still have to be found.
 */
export interface RuleLine extends Omit<EventLine, "lineNo"> {
  readonly part: string;
  /** The code as the source wrote it, where an alias translated it. */
  readonly alias?: string;
}

/** What a rule looks at. */
export interface Subject {
  readonly event: TransportEvent;
  readonly line: RuleLine | null;
}

/** The day that picks among dated rows: when the work was done, or the document's date. */
export function serviceDate(event: TransportEvent): string {
  return event.serviceDate || event.date;
}

export type Reader = (subject: Subject) => string | boolean | undefined;

/** Kind of every path any event type has, for `when` expressions and look-ups of names. */
export const allPaths: ReadonlyMap<string, ScalarKind> = new Map(eventTypes.flatMap((type) => [...rulePaths(type)]));
const pathsByType: ReadonlyMap<EventType, ReadonlyMap<string, ScalarKind>> = new Map(eventTypes.map((type) => [type, rulePaths(type)]));

/** Fields of events of these types with what they hold; of all types where none is given. */
export function typedPaths(types: readonly EventType[]): ReadonlyMap<string, ScalarKind> {
  const [only] = types;
  if (only === undefined) return allPaths;
  return types.length === 1 ? pathsByType.get(only)! : new Map(types.flatMap((type) => [...pathsByType.get(type)!]));
}

/** True when events of these types (all types where none is given) can have the field. `dims.custom.*` is free. */
export function isKnownPath(path: string, types: readonly EventType[]): boolean {
  if (/^dims\.custom\.[^.]+$/.test(path)) return true;
  return types.length === 0 ? allPaths.has(path) : types.some((type) => pathsByType.get(type)?.has(path) === true);
}

/** What a field holds, where any event type has it. */
export function pathKind(path: string): ScalarKind | undefined {
  return allPaths.get(path);
}

const readers = new Map<string, Reader>();

/** A function that reads the dotted path. `dims.*` prefers the line's own dims over the event's. Made once a path. */
export function compileReader(path: string): Reader {
  const known = readers.get(path);
  if (known !== undefined) return known;
  const reader = buildReader(path);
  if (readers.size < 2_000) readers.set(path, reader);
  return reader;
}

function buildReader(path: string): Reader {
  const steps = path.split(".");
  const [first, ...rest] = steps as [string, ...string[]];
  if (first === "dims") {
    const name = rest[0] as keyof Dims;
    if (rest.length > 1) return (subject) => descend(subject.line?.dims, rest) ?? descend(subject.event.dims, rest);
    return (subject) => dimension(subject, name);
  }
  if (first === "line") return compileDescent((subject) => subject.line, rest);
  return compileDescent((subject) => subject.event, steps);
}

/** Most paths have one or two steps: those are read without a loop. */
function compileDescent(start: (subject: Subject) => object | null, steps: readonly string[]): Reader {
  const [first, second] = steps as [string, string | undefined];
  if (steps.length > 2) return (subject) => descend(start(subject), steps);
  if (second === undefined) return (subject) => scalar(member(start(subject), first));
  return (subject) => scalar(member(member(start(subject), first), second));
}

function member(from: unknown, name: string): unknown {
  return typeof from === "object" && from !== null && Object.hasOwn(from, name) ? (from as Record<string, unknown>)[name] : undefined;
}

function scalar(value: unknown): string | boolean | undefined {
  if (typeof value === "string") return isFilled(value) ? value : undefined;
  if (typeof value === "boolean") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/** A dimension of the line, or of the event where the line has none. */
function dimension({ event, line }: Subject, name: keyof Dims): string | undefined {
  const own = line?.dims?.[name];
  if (isFilled(own)) return own;
  const value = event.dims[name];
  return isFilled(value) ? value : undefined;
}

function descend(from: unknown, steps: readonly string[]): string | boolean | undefined {
  let value: unknown = from;
  for (const step of steps) value = member(value, step);
  return scalar(value);
}

function isFilled(value: unknown): value is string {
  if (typeof value !== "string") return false;
  const first = value.charCodeAt(0);
  return (first > 32 && first < 127) || value.trim() !== ""; // Trimming is the slow way; most text begins with a letter.
}
