import { isObject, type Json, type JsonObject } from "../json.ts";
import { decimalOf } from "../amount.ts";
import { choicesOf } from "./enumerations.ts";
import { invalidContent, Refusal, userError } from "./errors.ts";
import { labelOf, type Field, type Shape } from "./fields.ts";
import { customFieldOf, resolveReference, resolveSegment } from "./references.ts";
import { partListShapes } from "./shapes-lists.ts";
import { transactionLists } from "./shapes-transactions.ts";
import { isDay } from "./sql-dates.ts";
import type { Work } from "./work.ts";

/** Where a field stands: what custom fields fit, and how a path to it is written. */
export interface Place {
  readonly level: "body" | "line";
  readonly type: string;
  readonly path: string;
}

const bad = Symbol("bad value");
type Read = Json | typeof bad;

/**
 * Reads a body against a shape: names without regard to case, values checked and brought to the form they are kept in
 * (references as bare ids, sublists as `{items}` of rows). Null stays null: it clears.
 */
export function readBody(work: Work, shape: Shape, input: JsonObject, place: Place): JsonObject {
  const clean: JsonObject = {};
  for (const [name, value] of Object.entries(input)) {
    if (name === "links" || name === "id" || name === "internalId") {
      if (name !== "links" && shape.byName.get("id")?.isReadOnly === false) clean["id"] = readValue(work, shape, { name, value }, place);
      continue;
    }
    const field = shape.byName.get(name.toLowerCase()) ?? customField(work, name, place);
    if (field === null) {
      refuseName(work, place, name);
      continue;
    }
    if (field.isReadOnly) continue;
    refuseHidden(work, place, field);
    const read = value === null ? null : valueOf(work, field, value, { ...place, path: place.path + field.name });
    if (read !== bad) clean[field.name] = read;
    else work.dropped.push(place.path + field.name);
  }
  return clean;
}

function readValue(work: Work, shape: Shape, { name, value }: { name: string; value: Json }, place: Place): Json {
  const field = shape.byName.get("id");
  if (field === undefined || value === null) return null;
  const read = valueOf(work, field, value, { ...place, path: place.path + name });
  return read === bad ? null : read;
}

function customField(work: Work, name: string, { level, type }: Place): Field | null {
  const custom = customFieldOf(work.company, name, level, type);
  if (custom === null) return null;
  const kind = custom.kind === "list" ? "reference" : custom.kind;
  return {
    name: custom.id,
    kind,
    target: custom.kind === "list" ? custom.id : "",
    max: custom.kind === "text" ? 4000 : null,
    isReadOnly: false,
  };
}

function refuseName(work: Work, place: Place, name: string): void {
  const path = place.path + name;
  if (work.names === "error") {
    const detail = `Unknown field '${name}' in the request body. The field does not exist on the record type '${place.type}'.`;
    throw new Refusal(400, [{ detail, code: "NONEXISTENT_FIELD", path }]);
  }
  if (work.names === "warning") work.dropped.push(path);
}

/** A field that is not on the form cannot be set, whatever the schema says. */
function refuseHidden(work: Work, { type, level }: Place, field: Field): void {
  const hidden = work.company.preferences.hiddenFields[type];
  if (level !== "body" || !Array.isArray(hidden) || !hidden.includes(field.name)) return;
  const element = field.name.toLowerCase();
  throw userError(
    `You do not have permissions to set a value for element ${element} due to one of the following reasons: 1) The field is read-only; ` +
      "2) An associated feature is disabled; 3) The field is available either when a record is created or updated, but not in both cases.",
    field.name,
  );
}

function wrong(work: Work, path: string, detail: string): typeof bad {
  if (work.values === "error") throw invalidContent(detail, path);
  return bad;
}

const typeNames = { string: "String", number: "Number", boolean: "Boolean", object: "Object" } as const;

function unparsable(work: Work, field: Field, value: Json, path: string): typeof bad {
  const kind = typeNames[typeof value as keyof typeof typeNames] ?? "Object";
  const shown = isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  const wanted = { amount: "Number", number: "Number", boolean: "Boolean", date: "Date", datetime: "DateTime", text: "String" }[
    field.kind as string
  ];
  return wrong(work, path, `Unable to parse value '${shown}' (${kind}) from the ${wanted ?? "Object"} field (${field.name.toLowerCase()})`);
}

function valueOf(work: Work, field: Field, value: Json, place: Place): Read {
  const { path } = place;
  switch (field.kind) {
    case "text":
      return textValue(work, field, value, path);
    case "number":
    case "amount":
      return typeof value === "number" && decimalOf(value) !== null ? value : unparsable(work, field, value, path);
    case "boolean":
      return typeof value === "boolean" ? value : unparsable(work, field, value, path);
    case "date":
      return typeof value === "string" && isDay(value.slice(0, 10)) ? value.slice(0, 10) : unparsable(work, field, value, path);
    case "datetime":
      return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : unparsable(work, field, value, path);
    case "reference":
      if (field.target === field.name && field.target.includes("_")) return resolveSegment(work, field.name, value, path);
      return resolveReference(work, field, value, path);
    case "enumeration":
      return enumerationValue(work, field, value, path);
    case "many":
      return manyValue(work, field, value, place);
    case "sublist":
      return sublistValue(work, field, value, place);
    case "subrecord": {
      if (!isObject(value)) return unparsable(work, field, value, path);
      const shape = partListShapes[field.target];
      return shape === undefined ? bad : readBody(work, shape, value, { ...place, level: "line", path: `${path}.` });
    }
  }
}

function textValue(work: Work, field: Field, value: Json, path: string): Read {
  // A list of the account that we keep as a text may come as a reference.
  const text = isObject(value) ? (value["id"] ?? value["refName"]) : value;
  if (typeof text !== "string" && typeof text !== "number") return unparsable(work, field, value, path);
  const length = String(text).length;
  if (field.max !== null && length > field.max) {
    throw userError(
      `The field ${field.name.toLowerCase()} contained more than the maximum number ( ${field.max} ) of characters allowed.`,
      path,
    );
  }
  return String(text);
}

function enumerationValue(work: Work, field: Field, value: Json, path: string): Read {
  const { id, refName } = isObject(value) ? value : { id: value, refName: undefined };
  const choices = choicesOf(field.target);
  if (field.target === "undeposited" && typeof id === "boolean") return id ? "T" : "F";
  if (choices === null) return id === undefined ? null : String(id);
  const wanted = id === undefined || id === null ? null : String(id);
  const found =
    wanted === null
      ? Object.keys(choices).find((key) => choices[key] === refName)
      : Object.keys(choices).find((key) => key.toLowerCase() === wanted.toLowerCase());
  if (found === undefined) return wrong(work, path, `Invalid value for the field ${field.name}: ${wanted ?? String(refName)}.`);
  return found;
}

function rowsOf(work: Work, value: Json, path: string): readonly Json[] | typeof bad {
  if (!isObject(value) || !Array.isArray(value["items"])) {
    return wrong(work, path, "Invalid content in the request body.");
  }
  return value["items"];
}

function manyValue(work: Work, field: Field, value: Json, { path }: Place): Read {
  const rows = rowsOf(work, value, path);
  if (rows === bad) return bad;
  return rows.map((row, index) => resolveReference(work, field, row, `${path}.items[${index}]`));
}

function sublistValue(work: Work, field: Field, value: Json, place: Place): Read {
  const shape = transactionLists[field.target] ?? partListShapes[field.target];
  const rows = rowsOf(work, value, place.path);
  if (rows === bad || shape === undefined) return bad;
  return rows.map((row, index) => {
    if (!isObject(row)) throw invalidContent("Invalid content in the request body.", `${place.path}.items[${index}]`);
    return readBody(work, shape, row, { ...place, level: "line", path: `${place.path}.items[${index}].` });
  });
}

/** Refuses a document without what the form demands; all labels in one sentence. */
export function requireFields(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw userError(`Please enter value(s) for: ${[...new Set(missing)].map(labelOf).join(", ")}.`);
}
