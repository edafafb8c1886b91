import { isCivilDate } from "../calendar.ts";
import { type DocumentKind, documentKinds } from "../document.ts";
import { type EventType, eventTypes } from "../events.ts";
import { didYouMean } from "../nearest.ts";
import { expressionProblem } from "./expression.ts";
import { allPaths, isKnownPath } from "./paths.ts";
import {
  type AccountRow,
  type BalanceRow,
  type CategoryRow,
  type Condition,
  type DocumentRow,
  type LineCodeRow,
  partySources,
  type RuleRow,
  type Scalar,
} from "./schema.ts";
import {
  badValue,
  compact,
  complain,
  isRaw,
  readBoolean,
  readChoice,
  readObject,
  readRows,
  readText,
  readTexts,
  requireText,
  type StructureContext,
} from "./structure.ts";
import { unknownTokens } from "./template.ts";

const rowKeys = ["where", "when", "from", "to", "note"] as const;
const documentKeys = ["event", "kind", "balance", "number", "party", "memo", "negatives", ...rowKeys];
const natural: Readonly<Record<DocumentKind | "none", DocumentRow["negatives"]>> = {
  invoice: "credit",
  credit_memo: "credit",
  bill: "credit",
  vendor_credit: "credit",
  expense: "journal",
  journal_entry: "journal",
  expense_report: "journal",
  statistical_entry: "journal",
  none: "journal",
};

export function readDocumentRow(context: StructureContext, value: unknown, pointer: string): DocumentRow | null {
  const raw = readObject(context, value, { pointer, known: documentKeys });
  const event = readEventType(context, raw["event"], `${pointer}/event`);
  const kind = readChoice(context, raw["kind"], { pointer: `${pointer}/kind`, choices: [...documentKinds, "none"] });
  if (kind === undefined && raw["kind"] === undefined) badValue(context, `${pointer}/kind`, "a kind of document, or none");
  if (event === undefined || kind === undefined) return null;
  const balance = readBalance(context, raw["balance"], { pointer: `${pointer}/balance`, event });
  if (balance.length === 0 && kind !== "none") badValue(context, `${pointer}/balance`, "the account of the other side");
  const number = readTemplate(context, raw["number"], { pointer: `${pointer}/number`, event }) ?? "{number}";
  return {
    ...readConditions(context, raw, { pointer, types: [event] }),
    event,
    kind,
    balance,
    number,
    party: readChoice(context, raw["party"], { pointer: `${pointer}/party`, choices: partySources }) ?? "none",
    memo: readTemplate(context, raw["memo"], { pointer: `${pointer}/memo`, event }) ?? "{type} {id}",
    negatives: readChoice(context, raw["negatives"], { pointer: `${pointer}/negatives`, choices: ["credit", "journal"] }) ?? natural[kind],
  };
}

function readBalance(context: StructureContext, value: unknown, place: { pointer: string; event: EventType }): BalanceRow[] {
  if (!Array.isArray(value)) {
    const account = readText(context, value, place.pointer);
    return account === undefined ? [] : [{ account }];
  }
  return readRows(context, value, place.pointer, (item, pointer) => {
    const raw = readObject(context, item, { pointer, known: ["account", ...rowKeys] });
    const account = requireText(context, raw["account"], `${pointer}/account`);
    return { ...readConditions(context, raw, { pointer, types: [place.event] }), account };
  });
}

function readTemplate(context: StructureContext, value: unknown, place: { pointer: string; event: EventType }): string | undefined {
  const text = readText(context, value, place.pointer);
  if (text !== undefined) checkTemplate(context, text, { pointer: place.pointer, types: [place.event] });
  return text;
}

/** Finds fields of a template that the events do not have. */
export function checkTemplate(context: StructureContext, text: string, place: { pointer: string; types: readonly EventType[] }): void {
  for (const token of unknownTokens(text, place.types)) {
    complain(context, {
      code: "field_unknown",
      pointer: place.pointer,
      message: `{${token}} is no field of ${place.types.join(", ") || "any event"}.${didYouMean(token, allPaths.keys())}`,
      fix: `Use a field of the event at ${place.pointer}; docs/events.md lists them.`,
    });
  }
}

export function readLineCodeRow(context: StructureContext, value: unknown, pointer: string): LineCodeRow | null {
  const raw = readObject(context, value, { pointer, known: ["event", "code", ...rowKeys] });
  const event = readEventType(context, raw["event"], `${pointer}/event`);
  const code = requireText(context, raw["code"], `${pointer}/code`);
  return event === undefined ? null : { ...readConditions(context, raw, { pointer, types: [event] }), event, code };
}

export function readAccountRow(context: StructureContext, value: unknown, pointer: string): AccountRow {
  const raw = readObject(context, value, { pointer, known: ["event", "code", "account", "item", ...rowKeys] });
  const event = readEventTypes(context, raw["event"], `${pointer}/event`);
  return compact<AccountRow>({
    ...readConditions(context, raw, { pointer, types: event ?? [] }),
    event,
    code: readTexts(context, raw["code"], `${pointer}/code`),
    account: requireText(context, raw["account"], `${pointer}/account`),
    item: readText(context, raw["item"], `${pointer}/item`),
  });
}

export function readCategoryRow(context: StructureContext, value: unknown, pointer: string): CategoryRow {
  const raw = readObject(context, value, { pointer, known: ["event", "kind", "account", "item", ...rowKeys] });
  const event = readEventTypes(context, raw["event"], `${pointer}/event`);
  return compact<CategoryRow>({
    ...readConditions(context, raw, { pointer, types: event ?? [] }),
    event,
    kind: requireText(context, raw["kind"], `${pointer}/kind`),
    account: requireText(context, raw["account"], `${pointer}/account`),
    item: readText(context, raw["item"], `${pointer}/item`),
  });
}

function readEventTypes(context: StructureContext, value: unknown, pointer: string): EventType[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((item, index) => readEventType(context, item, Array.isArray(value) ? `${pointer}/${index}` : pointer) ?? []);
}

function readEventType(context: StructureContext, value: unknown, pointer: string): EventType | undefined {
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

function readConditions(
  context: StructureContext,
  raw: Record<string, unknown>,
  place: { pointer: string; types: readonly EventType[] },
): RuleRow {
  const { pointer, types } = place;
  const when = readText(context, raw["when"], `${pointer}/when`);
  const problem = when === undefined ? null : expressionProblem(when);
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
