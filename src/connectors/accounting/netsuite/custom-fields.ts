import { Fault } from "../../../core/errors.ts";
import type { EntryKind } from "../connector.ts";
import type { Call } from "./api.ts";
import { isMissing } from "./errors.ts";
import { entityOf } from "./kinds.ts";
import { readTimeoutMs } from "./limits.ts";
import { isObject, memberOf, textOf, type Json, type JsonObject } from "./wire.ts";

/** A field that an administrator added to a record. */
export interface CustomField {
  /** Script id: `custbody_load`, `custcol_tractor`, `cseg_lane`. */
  readonly id: string;
  readonly name: string;
  readonly on: "body" | "line";
  /** `reference` takes an id, everything else its text or number. */
  readonly type: "text" | "number" | "boolean" | "date" | "reference";
}

/** The custom fields that one record type shows to our role; null for a type that the account does not offer. */
export type FormFields = readonly CustomField[] | null;

/** The metadata catalog, read by record type and kept for a day: each answer is large, and depends on our role. */
export interface Catalog {
  readonly fieldsOf: (kind: EntryKind) => Promise<FormFields>;
  readonly forget: () => void;
}

const keptMs = 86_400_000;

export function catalogOf(call: Call): Catalog {
  const kept = new Map<string, { at: number; fields: FormFields }>();
  return {
    forget: () => kept.clear(),
    fieldsOf: async (kind) => {
      const type = entityOf[kind] === "transfer" ? "journalEntry" : entityOf[kind];
      const held = kept.get(type);
      if (held !== undefined && Date.now() - held.at < keptMs) return held.fields;
      const fields = await readFields(call, type);
      kept.set(type, { at: Date.now(), fields });
      return fields;
    },
  };
}

async function readFields(call: Call, type: string): Promise<FormFields> {
  try {
    const { json } = await call({
      method: "GET",
      path: `record/v1/metadata-catalog/${type}`,
      headers: { accept: "application/swagger+json" },
      timeoutMs: readTimeoutMs,
    });
    return fieldsIn(json, type);
  } catch (error) {
    if (isMissing(error) || (error instanceof Fault && error.details["providerCode"] === "NONEXISTENT_ID")) return null;
    throw error;
  }
}

/**
 * Custom properties of the body and of its lines, from the OpenAPI form. Lines stand in schemas of their own
 * (`vendorBill-expenseElement`) or within the sublist's property.
 */
function fieldsIn(api: JsonObject, type: string): CustomField[] {
  const found = new Map<string, CustomField>();
  const schemas = memberOf(memberOf(api, "components"), "schemas");
  for (const [name, schema] of Object.entries(isObject(schemas) ? schemas : {})) {
    const folded = name.toLowerCase();
    if (folded === type.toLowerCase()) collect(memberOf(schema, "properties"), "body", found);
    else if (folded.startsWith(`${type.toLowerCase()}-`)) collect(memberOf(schema, "properties"), "line", found);
  }
  return [...found.values()];
}

function collect(properties: Json | undefined, on: CustomField["on"], found: Map<string, CustomField>): void {
  if (!isObject(properties)) return;
  for (const [id, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    if (/^(custbody|custcol|cseg)_/i.test(id) || property["x-ns-custom-field"] === true) {
      found.set(`${on} ${id.toLowerCase()}`, { id, name: textOf(property, "title") || id, on, type: typeOf(id, property) });
    }
    const line = memberOf(memberOf(memberOf(property, "properties"), "items"), "items");
    if (line !== undefined) collect(memberOf(line, "properties"), "line", found);
  }
}

function typeOf(id: string, property: JsonObject): CustomField["type"] {
  const type = textOf(property, "type");
  if (id.toLowerCase().startsWith("cseg_") || type === "object" || "$ref" in property || "oneOf" in property) return "reference";
  if (type === "number" || type === "integer") return "number";
  if (type === "boolean") return "boolean";
  return textOf(property, "format") === "date" ? "date" : "text";
}

/** The field of that script id or label on a form; the script id may leave out its first word. */
export function fieldNamed(fields: readonly CustomField[], on: CustomField["on"], name: string): CustomField | undefined {
  const folded = name.trim().toLowerCase();
  const here = fields.filter((field) => field.on === on);
  return (
    here.find(({ id }) => id.toLowerCase() === folded) ??
    here.find((field) => field.name.toLowerCase() === folded) ??
    here.find(({ id }) => shortId(id) === folded)
  );
}

/** A script id without its first word, in lower case: `load` for `custbody_load`. */
export function shortId(id: string): string {
  return id.toLowerCase().replace(/^(custbody|custcol|cseg)_/, "");
}
