import { isCivilDate } from "../calendar.ts";
import { type EventType, eventTypes } from "../events.ts";
import { didYouMean } from "../nearest.ts";
import { expressionProblem } from "./expression.ts";
import { allPaths, isKnownPath } from "./paths.ts";
import type { Condition, RuleRow, Scalar } from "./schema.ts";
import { badValue, compact, complain, isRaw, readBoolean, readObject, readText, type StructureContext } from "./structure.ts";
import { unknownTokens } from "./template.ts";

/** A template, checked against the events of these types; of any event where none is given. */
export function readTemplate(
  context: StructureContext,
  value: unknown,
  place: { pointer: string; types: readonly EventType[] },
): string | undefined {
  const text = readText(context, value, place.pointer);
  if (text !== undefined) checkTemplate(context, text, place);
  return text;
}

/** Finds fields of a template that the events do not have. */
function checkTemplate(context: StructureContext, text: string, place: { pointer: string; types: readonly EventType[] }): void {
  for (const token of unknownTokens(text, place.types)) {
    complain(context, {
      code: "field_unknown",
      pointer: place.pointer,
      message: `{${token}} is no field of ${place.types.join(", ") || "any event"}.${didYouMean(token, allPaths.keys())}`,
      fix: `Use a field of the event at ${place.pointer}; docs/events.md lists them.`,
    });
  }
}

export function readEventTypes(context: StructureContext, value: unknown, pointer: string): EventType[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((item, index) => readEventType(context, item, Array.isArray(value) ? `${pointer}/${index}` : pointer) ?? []);
}

export function readEventType(context: StructureContext, value: unknown, pointer: string): EventType | undefined {
  const type = eventTypes.find((candidate) => candidate === value);
  if (type !== undefined) return type;
  complain(context, {
    code: "event_type_unknown",
    pointer,
    message: `${pointer} must be an event type, but it is ${JSON.stringify(value) ?? "missing"}.${typeof value === "string" ? didYouMean(value, eventTypes) : ""}`,
    fix: `Write one of ${eventTypes.join(", ")} at ${pointer}.`,
  });
  return undefined;
}

export function readConditions(
  context: StructureContext,
  raw: Record<string, unknown>,
  place: { pointer: string; types: readonly EventType[] },
): RuleRow {
  const { pointer, types } = place;
  const when = readText(context, raw["when"], `${pointer}/when`);
  const problem = when === undefined ? null : expressionProblem(when, types);
  if (problem !== null) {
    complain(context, {
      code: "expression_invalid",
      pointer: `${pointer}/when`,
      message: `The expression at ${pointer}/when cannot be used: ${problem}`,
      fix: "Correct the expression, or write the condition under where.",
    });
  }
  return compact<RuleRow>({
    where: raw["where"] === undefined ? undefined : readWhere(context, raw["where"], { pointer: `${pointer}/where`, types }),
    when: problem === null ? when : undefined,
    from: readDate(context, raw["from"], `${pointer}/from`),
    to: readDate(context, raw["to"], `${pointer}/to`),
    note: readText(context, raw["note"], `${pointer}/note`),
  });
}

function readDate(context: StructureContext, value: unknown, pointer: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && isCivilDate(value)) return value;
  badValue(context, pointer, `a day such as "2026-11-20"`);
  return undefined;
}

function readWhere(
  context: StructureContext,
  value: unknown,
  place: { pointer: string; types: readonly EventType[] },
): Record<string, Condition> {
  const where: Record<string, Condition> = {};
  for (const [path, raw] of Object.entries(readObject(context, value, { pointer: place.pointer }))) {
    const pointer = `${place.pointer}/${path}`;
    if (!isKnownPath(path, place.types)) {
      complain(context, {
        code: "field_unknown",
        pointer,
        message: `"${path}" is no field of ${place.types.join(", ") || "any event"}.${didYouMean(path, allPaths.keys())}`,
        fix: `Name a field of the event at ${place.pointer}; docs/events.md lists them.`,
      });
    }
    const condition = readCondition(context, raw, pointer);
    if (condition !== undefined) where[path] = condition;
  }
  return where;
}

function readCondition(context: StructureContext, value: unknown, pointer: string): Condition | undefined {
  if (Array.isArray(value)) return readScalars(context, value, pointer);
  if (!isRaw(value)) return readScalar(context, value, pointer);
  const raw = readObject(context, value, { pointer, known: ["min", "max", "prefix", "not", "exists"] });
  if (raw["not"] !== undefined) {
    const not = Array.isArray(raw["not"])
      ? readScalars(context, raw["not"], `${pointer}/not`)
      : readScalar(context, raw["not"], `${pointer}/not`);
    return not === undefined ? undefined : { not };
  }
  const exists = readBoolean(context, raw["exists"], `${pointer}/exists`);
  if (exists !== undefined) return { exists };
  const prefix = readText(context, raw["prefix"], `${pointer}/prefix`);
  if (prefix !== undefined) return { prefix };
  const range = compact<{ min?: string; max?: string }>({
    min: readText(context, raw["min"], `${pointer}/min`),
    max: readText(context, raw["max"], `${pointer}/max`),
  });
  if (Object.keys(range).length > 0) return range;
  badValue(context, pointer, "a value, a list, or one of min/max, prefix, not, exists");
  return undefined;
}

function readScalars(context: StructureContext, values: readonly unknown[], pointer: string): Scalar[] {
  return values.flatMap((item, index) => readScalar(context, item, `${pointer}/${index}`) ?? []);
}

function readScalar(context: StructureContext, value: unknown, pointer: string): Scalar | undefined {
  return typeof value === "boolean" ? value : readText(context, value ?? "", pointer);
}
