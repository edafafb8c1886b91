import { documentKinds } from "../document.ts";
import { didYouMean } from "../nearest.ts";
import { keys } from "./keys.ts";
import { allPaths, isKnownPath } from "./paths.ts";
import { readConditions, readEventTypes, readTemplate } from "./read-conditions.ts";
import {
  type AccrualRow,
  type ClosedPeriodRow,
  closedPeriodPolicies,
  type CustomFieldRule,
  type DimensionRule,
  dimensionNames,
  type DimensionSource,
  type IntercompanyRow,
  type RoundingPolicy,
  type RuleSet,
} from "./schema.ts";
import {
  badValue,
  compact,
  complain,
  isRaw,
  readBoolean,
  readChoice,
  readDecimal,
  readObject,
  readTable,
  readText,
  requireText,
  type StructureContext,
} from "./structure.ts";

export function readAliases(context: StructureContext, value: unknown): RuleSet["aliases"] {
  const raw = readObject(context, value, { pointer: "/aliases", known: keys.aliases });
  return { code: readTable(context, raw["code"], "/aliases/code"), product: readTable(context, raw["product"], "/aliases/product") };
}

export function readLookups(context: StructureContext, value: unknown): RuleSet["lookups"] {
  const raw = readObject(context, value, { pointer: "/lookups" });
  return Object.fromEntries(Object.entries(raw).map(([name, table]) => [name, readTable(context, table, `/lookups/${name}`)]));
}

export function readDimensions(context: StructureContext, value: unknown): RuleSet["dimensions"] {
  const raw = readObject(context, value, { pointer: "/dimensions" });
  const dimensions: Record<string, DimensionRule | null> = {};
  for (const [name, rule] of Object.entries(raw)) {
    const isKnown = (dimensionNames as readonly string[]).includes(name) || /^segment:\S(.*\S)?$/.test(name);
    if (!isKnown) {
      complain(context, {
        code: "key_unknown",
        pointer: `/dimensions/${name}`,
        message: `"${name}" is no dimension of books; known are ${dimensionNames.join(", ")} and segment:<name>.${didYouMean(name, dimensionNames)}`,
        fix: `Correct "${name}", or write segment:${name} if it is one of the books' own.`,
      });
    }
    dimensions[name] = readDimension(context, rule, `/dimensions/${name}`);
  }
  return dimensions;
}

function readDimension(context: StructureContext, value: unknown, pointer: string): DimensionRule | null {
  if (value === undefined || value === null) return null;
  const raw = readObject(context, value, { pointer, known: keys.dimension });
  const given = Array.isArray(raw["from"]) ? raw["from"] : raw["from"] === undefined ? [] : [raw["from"]];
  return compact<DimensionRule>({
    from: given.map((source, index) => readSource(context, source, `${pointer}/from${Array.isArray(raw["from"]) ? `/${index}` : ""}`)),
    values: readTable(context, raw["values"], `${pointer}/values`),
    unknown: readChoice(context, raw["unknown"], { pointer: `${pointer}/unknown`, choices: ["keep", "default", "block"] }) ?? "keep",
    default: readText(context, raw["default"], `${pointer}/default`),
    required: readBoolean(context, raw["required"], `${pointer}/required`),
  });
}

function readSource(context: StructureContext, value: unknown, pointer: string): string | DimensionSource {
  if (!isRaw(value)) return checkSource(context, requireText(context, value, pointer), pointer);
  const raw = readObject(context, value, { pointer, known: keys.dimensionSource });
  const field = checkSource(context, requireText(context, raw["field"], `${pointer}/field`), `${pointer}/field`);
  return compact<DimensionSource>({ field, lookup: readText(context, raw["lookup"], `${pointer}/lookup`) });
}

/** A dim by its name, or any field by its path. */
function checkSource(context: StructureContext, field: string, pointer: string): string {
  if (field === "" || isKnownPath(`dims.${field}`, []) || isKnownPath(field, [])) return field;
  const dims = [...allPaths.keys()].filter((path) => path.startsWith("dims.")).map((path) => path.slice("dims.".length));
  complain(context, {
    code: "field_unknown",
    pointer,
    message: `"${field}" is no dimension and no field of events.${didYouMean(field, [...dims, ...allPaths.keys()])}`,
    fix: `Name one of ${dims.join(", ")}, or the path of a field, at ${pointer}.`,
  });
  return field;
}

export function readRounding(context: StructureContext, value: unknown): RoundingPolicy {
  const raw = readObject(context, value, { pointer: "/rounding", known: keys.rounding });
  const limit = readDecimal(context, raw["limit"] ?? "0", "/rounding/limit") ?? "0";
  if (limit.startsWith("-")) badValue(context, "/rounding/limit", "zero or more");
  return {
    splits:
      readChoice(context, raw["splits"], { pointer: "/rounding/splits", choices: ["largest_remainder", "line"] }) ?? "largest_remainder",
    account: readText(context, raw["account"], "/rounding/account") ?? null,
    limit,
  };
}

export function readIntercompanyRow(context: StructureContext, value: unknown, pointer: string): IntercompanyRow {
  const raw = readObject(context, value, { pointer, known: keys.intercompany });
  const event = readEventTypes(context, raw["event"], `${pointer}/event`);
  return compact<IntercompanyRow>({
    ...readConditions(context, raw, { pointer, types: event ?? [] }),
    event,
    owner: readText(context, raw["owner"], `${pointer}/owner`),
    user: readText(context, raw["user"], `${pointer}/user`),
    dueFrom: requireText(context, raw["dueFrom"], `${pointer}/dueFrom`),
    dueTo: requireText(context, raw["dueTo"], `${pointer}/dueTo`),
  });
}

export function readAccrualRow(context: StructureContext, value: unknown, pointer: string): AccrualRow {
  const raw = readObject(context, value, { pointer, known: keys.accrual });
  const event = readEventTypes(context, raw["event"], `${pointer}/event`) ?? [];
  if (event.length === 0) badValue(context, `${pointer}/event`, "an event type, or a list of them");
  return compact<AccrualRow>({
    ...readConditions(context, raw, { pointer, types: event }),
    event,
    account: requireText(context, raw["account"], `${pointer}/account`),
    reverse: readChoice(context, raw["reverse"], { pointer: `${pointer}/reverse`, choices: ["next_month", "never"] }) ?? "next_month",
    reverseMemo: readTemplate(context, raw["reverseMemo"], { pointer: `${pointer}/reverseMemo`, types: event }),
  });
}

export function readCustomFields(context: StructureContext, value: unknown): RuleSet["customFields"] {
  const fields: Record<string, CustomFieldRule> = {};
  for (const [name, entry] of Object.entries(readObject(context, value, { pointer: "/customFields" }))) {
    const pointer = `/customFields/${name}`;
    const raw = isRaw(entry) ? readObject(context, entry, { pointer, known: keys.customField }) : { value: entry };
    requireText(context, raw["value"], `${pointer}/value`);
    const kinds = raw["kinds"] === undefined ? undefined : Array.isArray(raw["kinds"]) ? raw["kinds"] : [raw["kinds"]];
    fields[name] = compact<CustomFieldRule>({
      value: readTemplate(context, raw["value"], { pointer: `${pointer}/value`, types: [] }) ?? "",
      kinds: kinds?.flatMap(
        (kind, index) => readChoice(context, kind, { pointer: `${pointer}/kinds/${index}`, choices: documentKinds }) ?? [],
      ),
      lengthMax: readLength(context, raw["lengthMax"], { pointer: `${pointer}/lengthMax`, min: 1, max: 4000, otherwise: 30 }),
    });
  }
  return fields;
}

/** A whole number within bounds. */
export function readLength(
  context: StructureContext,
  value: unknown,
  place: { pointer: string; min: number; max: number; otherwise: number },
): number {
  const { pointer, min, max, otherwise } = place;
  const length = value ?? otherwise;
  if (typeof length === "number" && Number.isInteger(length) && length >= min && length <= max) return length;
  badValue(context, pointer, `a whole number from ${min} to ${max}`);
  return otherwise;
}

export function readClosedPeriodRow(context: StructureContext, value: unknown, pointer: string): ClosedPeriodRow | null {
  const raw = readObject(context, value, { pointer, known: keys.closedPeriod });
  const event = readEventTypes(context, raw["event"], `${pointer}/event`);
  const policy = readChoice(context, raw["policy"], { pointer: `${pointer}/policy`, choices: closedPeriodPolicies });
  if (raw["policy"] === undefined) badValue(context, `${pointer}/policy`, `one of ${closedPeriodPolicies.join(", ")}`);
  if (policy === undefined) return null;
  const account = policy === "accrue" ? requireText(context, raw["account"], `${pointer}/account`) : undefined;
  if (policy !== "accrue" && raw["account"] !== undefined) badValue(context, `${pointer}/account`, "left out unless the policy is accrue");
  return compact<ClosedPeriodRow>({ ...readConditions(context, raw, { pointer, types: event ?? [] }), event, policy, account });
}
