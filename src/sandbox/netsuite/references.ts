import { isObject, type Json } from "../json.ts";
import type { Company } from "./company.ts";
import { fixedLists } from "./enumerations.ts";
import { Refusal, userError } from "./errors.ts";
import type { Field } from "./fields.ts";
import type { CustomField } from "./preferences.ts";
import type { Stored } from "./records.ts";
import { spaceOfTarget, typeOfPath } from "./types.ts";
import type { Work } from "./work.ts";

/** What a value that names nothing usable is told: unknown, inactive, or not for this subsidiary. */
export function invalidField(work: Work, value: unknown, scriptId: string, path: string): Refusal {
  const sentence = `Invalid Field Value ${String(value)} for the following field: ${scriptId.toLowerCase()}`;
  if (work.company.switches.invalidValueCode === "USER_ERROR") return userError(sentence, path);
  return new Refusal(400, [{ detail: `You have entered an ${sentence}`, code: "INVALID_CONTENT", path }]);
}

/** The custom field of that name that may stand there. Segments stand in body and lines of transactions. */
export function customFieldOf(company: Company, name: string, level: "body" | "line", type: string): CustomField | null {
  const wanted = name.toLowerCase();
  const found = company.preferences.customFields.find(({ id }) => id === wanted);
  if (found === undefined) return null;
  const space = spaceOfTarget(type);
  const kinds = level === "line" ? ["custcol_", "cseg_"] : space === "transaction" ? ["custbody_", "cseg_"] : [`cust${space}_`, "cseg_"];
  return kinds.some((kind) => wanted.startsWith(kind)) ? found : null;
}

/** `{id}`, `{externalId}` or the bare id. */
function wantedOf(value: Json): { id: string | null; external: string | null } {
  if (!isObject(value)) return { id: value === null ? null : String(value), external: null };
  const { id, internalId, externalId } = value;
  const own = id ?? internalId;
  if (own !== undefined && own !== null) return { id: String(own), external: null };
  return { id: null, external: typeof externalId === "string" ? externalId : null };
}

/** The row a reference names; null when there is none of that type. */
function lookUp(work: Work, target: string, value: Json): Stored | null {
  const space = spaceOfTarget(target);
  const { id, external } = wantedOf(value);
  const key = work.company.key;
  const isExternal = id?.startsWith("eid:") === true;
  const eid = isExternal ? id.slice(4) : external;
  const found =
    eid === null
      ? id !== null && /^\d{1,15}$/.test(id)
        ? work.records.find(key, space, Number(id))
        : null
      : work.records.withExternal(key, space, eid);
  if (found === null) return null;
  const isGroup = target === space && typeOfPath(target) === null;
  return isGroup || target === "item" || found.type === target ? found : null;
}

/** Resolves a reference to the bare id it is kept as; refuses what is unknown or inactive. */
export function resolveReference(work: Work, field: Field, value: Json, path: string): string {
  const fixed = fixedLists[field.target];
  const wanted = wantedOf(value);
  if (fixed !== undefined) {
    if (wanted.id === null || !Object.hasOwn(fixed, wanted.id)) throw invalidField(work, wanted.id, field.name, path);
    return wanted.id;
  }
  const found = lookUp(work, field.target, value);
  if (found === null || (found.inactive && found.space !== "transaction"))
    throw invalidField(work, wanted.id ?? wanted.external, field.name, path);
  return String(found.id);
}

/** A value of a custom list or segment. */
export function resolveSegment(work: Work, name: string, value: Json, path: string): string {
  const custom = work.company.preferences.customFields.find(({ id }) => id === name);
  const { id } = wantedOf(value);
  if (custom?.values.some((row) => row.id === id) !== true || id === null) throw invalidField(work, id, name, path);
  return id;
}

/** The stored row behind a kept reference, which was resolved before. */
export function referent(work: Pick<Work, "company" | "records">, target: string, id: Json | undefined): Stored | null {
  if (typeof id !== "string" || !/^\d+$/.test(id)) return null;
  return work.records.find(work.company.key, spaceOfTarget(target), Number(id));
}
