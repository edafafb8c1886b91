import type { Dims, EventLine, EventType, TransportEvent } from "../events.ts";
import { eventTypes } from "../events.ts";
import { rulePaths, type ScalarKind } from "../events/fields.ts";

/**
 * One amount of an event that becomes a ledger line: a line of the event, or one of its own amounts (`fees`, `discount`).
 * `part` says which; `code` may still have to be found.
 */
export interface RuleLine extends Omit<EventLine, "lineNo"> {
  readonly part: string;
}

/** What a rule looks at. */
export interface Subject {
  readonly event: TransportEvent;
  readonly line: RuleLine | null;
}

export type Reader = (subject: Subject) => string | boolean | undefined;

/** Kind of every path any event type has, for `when` expressions and look-ups of names. */
export const allPaths: ReadonlyMap<string, ScalarKind> = new Map(eventTypes.flatMap((type) => [...rulePaths(type)]));
const pathsByType: ReadonlyMap<EventType, ReadonlyMap<string, ScalarKind>> = new Map(eventTypes.map((type) => [type, rulePaths(type)]));

/** True when events of these types (all types where none is given) can have the field. `dims.custom.*` is free. */
export function isKnownPath(path: string, types: readonly EventType[]): boolean {
  if (/^dims\.custom\.[^.]+$/.test(path)) return true;
  return types.length === 0 ? allPaths.has(path) : types.some((type) => pathsByType.get(type)?.has(path) === true);
}

/** What a field holds, where any event type has it. */
export function pathKind(path: string): ScalarKind | undefined {
  return allPaths.get(path);
}

/** A function that reads the dotted path. `dims.*` prefers the line's own dims over the event's. */
export function compileReader(path: string): Reader {
  const steps = path.split(".");
  const [first, ...rest] = steps;
  if (first === "line") return (subject) => descend(subject.line, rest);
  if (first !== "dims") return (subject) => descend(subject.event, steps);
  const name = rest[0] as keyof Dims;
  if (rest.length > 1) return (subject) => descend(subject.line?.dims, rest) ?? descend(subject.event.dims, rest);
  return (subject) => dimension(subject, name);
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
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return String(value);
  return isFilled(value) ? value : undefined;
}

function isFilled(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
