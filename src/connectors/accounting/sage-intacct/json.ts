/** Their JSON as we read it: every number is kept as the text it was sent as. */
export type Json = null | boolean | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
// ES2026 and in Node 24; the compiler's library does not list the third argument yet.
const exact = JSON as unknown as { readonly parse: (text: string, reviver: Reviver) => unknown };

/** Null for what is no JSON, or nested so deep that reading it fails. */
export function readJson(text: string): Json {
  try {
    return exact.parse(text, (_key, value, context) => (typeof value === "number" ? (context.source ?? String(value)) : value)) as Json;
  } catch {
    return null;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is text; a truth value as a word; empty when it is missing or something else. */
export function memberText(record: Json | undefined, ...path: readonly string[]): string {
  let at: Json | undefined = record;
  for (const name of path) at = isObject(at) ? at[name] : undefined;
  return typeof at === "string" ? at : typeof at === "boolean" ? String(at) : "";
}

/** The objects of an array; none when it is something else. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isObject(item)) : [];
}
