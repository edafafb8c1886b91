import type { EventType } from "../events.ts";
import { didYouMean } from "../nearest.ts";
import { keys } from "./keys.ts";
import { allPaths, isKnownPath, pathKind } from "./paths.ts";
import { readConditions, readEventTypes, readTemplate } from "./read-conditions.ts";
import type { LineRow, LookupUse, SplitPart, SplitRow, StatisticRow } from "./schema.ts";
import {
  badValue,
  compact,
  complain,
  isRaw,
  readChoice,
  readDecimal,
  readObject,
  readRows,
  readTable,
  readText,
  readTexts,
  requireText,
  type StructureContext,
} from "./structure.ts";

const numeric = new Set(["decimal", "money", "count"]);

export function readLineRow(context: StructureContext, value: unknown, pointer: string): LineRow {
  const raw = readObject(context, value, { pointer, known: keys.line });
  const { event, per } = readScope(context, raw, pointer);
  const account = readText(context, raw["account"], `${pointer}/account`);
  const code = readText(context, raw["code"], `${pointer}/code`);
  if ((account === undefined) === (code === undefined)) badValue(context, `${pointer}/account`, "there, or a code: one of both");
  return compact<LineRow>({
    ...readConditions(context, raw, { pointer, types: event }),
    event,
    per,
    quantity: readQuantity(context, raw["quantity"], { pointer: `${pointer}/quantity`, types: event, per }),
    unit: readText(context, raw["unit"], `${pointer}/unit`),
    rate: isRaw(raw["rate"])
      ? readLookupUse(context, raw["rate"], { pointer: `${pointer}/rate`, types: event })
      : (readDecimal(context, raw["rate"] ?? "1", `${pointer}/rate`) ?? "1"),
    side: readChoice(context, raw["side"], { pointer: `${pointer}/side`, choices: ["debit", "credit"] }) ?? "debit",
    account,
    code,
    offset: readText(context, raw["offset"], `${pointer}/offset`),
    description: readTemplate(context, raw["description"], { pointer: `${pointer}/description`, types: event }),
  });
}

export function readStatisticRow(context: StructureContext, value: unknown, pointer: string): StatisticRow {
  const raw = readObject(context, value, { pointer, known: keys.statistic });
  const { event, per } = readScope(context, raw, pointer);
  return compact<StatisticRow>({
    ...readConditions(context, raw, { pointer, types: event }),
    event,
    per,
    account: requireText(context, raw["account"], `${pointer}/account`),
    quantity: readQuantity(context, raw["quantity"], { pointer: `${pointer}/quantity`, types: event, per }),
    unit: requireText(context, raw["unit"], `${pointer}/unit`),
    description: readTemplate(context, raw["description"], { pointer: `${pointer}/description`, types: event }),
  });
}

function readScope(
  context: StructureContext,
  raw: Record<string, unknown>,
  pointer: string,
): { event: EventType[]; per: "event" | "line" } {
  const event = readEventTypes(context, raw["event"], `${pointer}/event`) ?? [];
  if (event.length === 0) badValue(context, `${pointer}/event`, "an event type, or a list of them");
  return { event, per: readChoice(context, raw["per"], { pointer: `${pointer}/per`, choices: ["event", "line"] }) ?? "event" };
}

function readQuantity(
  context: StructureContext,
  value: unknown,
  place: { pointer: string; types: readonly EventType[]; per: "event" | "line" },
): string {
  const { pointer, types, per } = place;
  const path = requireText(context, value, pointer);
  if (path === "") return path;
  const kind = isKnownPath(path, types) ? pathKind(path) : undefined;
  if (kind === undefined || !numeric.has(kind)) {
    const numbers = [...allPaths].filter(([name, of]) => numeric.has(of) && isKnownPath(name, types)).map(([name]) => name);
    complain(context, {
      code: "field_unknown",
      pointer,
      message: `"${path}" is no number of ${types.join(", ") || "any event"}.${didYouMean(path, numbers)}`,
      fix: `Name one of ${numbers.join(", ")} at ${pointer}.`,
    });
  } else if (per === "event" && path.startsWith("line.")) {
    badValue(context, pointer, `a field of the event, or per must be line, because "${path}" is a field of its lines`);
  }
  return path;
}

/** `{table, by}`; that the table is there is checked once all sections are read. */
export function readLookupUse(
  context: StructureContext,
  value: unknown,
  place: { pointer: string; types: readonly EventType[] },
): LookupUse {
  const { pointer, types } = place;
  const raw = readObject(context, value, { pointer, known: keys.lookupUse });
  const by = requireText(context, raw["by"], `${pointer}/by`);
  if (by !== "") requirePath(context, by, { pointer: `${pointer}/by`, types });
  return { table: requireText(context, raw["table"], `${pointer}/table`), by };
}

/** A finding with a suggestion when events of these types have no such field. */
function requirePath(context: StructureContext, path: string, place: { pointer: string; types: readonly EventType[] }): void {
  if (isKnownPath(path, place.types)) return;
  complain(context, {
    code: "field_unknown",
    pointer: place.pointer,
    message: `"${path}" is no field of ${place.types.join(", ") || "any event"}.${didYouMean(path, allPaths.keys())}`,
    fix: `Name a field of the event at ${place.pointer}; docs/events.md lists them.`,
  });
}

export function readSplitRow(context: StructureContext, value: unknown, pointer: string): SplitRow {
  const raw = readObject(context, value, { pointer, known: keys.split });
  const event = readEventTypes(context, raw["event"], `${pointer}/event`);
  const parts =
    raw["parts"] === undefined ? undefined : readRows(context, raw["parts"], `${pointer}/parts`, (part, at) => readPart(context, part, at));
  const over = raw["over"] === undefined ? undefined : readOver(context, raw["over"], `${pointer}/over`);
  if ((parts === undefined) === (over === undefined)) badValue(context, `${pointer}/parts`, "there, or over: one of both");
  if (parts !== undefined && !parts.some(({ weight }) => /[1-9]/.test(weight))) {
    badValue(context, `${pointer}/parts`, "a list of shares with at least one weight above zero");
  }
  return compact<SplitRow>({
    ...readConditions(context, raw, { pointer, types: event ?? [] }),
    event,
    code: readTexts(context, raw["code"], `${pointer}/code`),
    parts,
    over,
  });
}

function readPart(context: StructureContext, value: unknown, pointer: string): SplitPart {
  const raw = readObject(context, value, { pointer, known: keys.splitPart });
  const dims = readTable(context, raw["dims"], `${pointer}/dims`);
  for (const name of Object.keys(dims)) requirePath(context, `dims.${name}`, { pointer: `${pointer}/dims/${name}`, types: [] });
  const weight = readDecimal(context, raw["weight"] ?? "1", `${pointer}/weight`) ?? "1";
  if (weight.startsWith("-")) badValue(context, `${pointer}/weight`, "zero or more");
  return { dims, weight };
}

function readOver(context: StructureContext, value: unknown, pointer: string): NonNullable<SplitRow["over"]> {
  const raw = readObject(context, value, { pointer, known: keys.splitOver });
  const dim = requireText(context, raw["dim"], `${pointer}/dim`);
  if (dim !== "") requirePath(context, `dims.${dim}`, { pointer: `${pointer}/dim`, types: [] });
  return compact<NonNullable<SplitRow["over"]>>({
    list: requireText(context, raw["list"], `${pointer}/list`),
    weight: readText(context, raw["weight"], `${pointer}/weight`),
    field: requireText(context, raw["field"], `${pointer}/field`),
    dim,
  });
}
