import { formatMinor, minorDigitsOf, parseDecimal } from "../../../core/money.ts";

/** NetSuite's JSON as we read it: every number is kept as the text it was sent as, so that no digit is lost. */
export type Json = null | boolean | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
type ExactJson = {
  readonly parse: (text: string, reviver: Reviver) => unknown;
  readonly rawJSON: (text: string) => unknown;
};
// Both members are ES2026 and in Node 24; the compiler's library does not list them yet.
const exactJson = JSON as unknown as ExactJson;

/** Parses with every number as its source text. Undefined for what is no JSON, or nested so deep that reading it fails. */
export function parseExact(text: string): Json | undefined {
  try {
    return exactJson.parse(text, (_key, value, context) => (typeof value === "number" ? (context.source ?? String(value)) : value)) as Json;
  } catch {
    return undefined;
  }
}

/** A JSON number from minor units, without any float: a quoted number is refused over there. Only for JSON.stringify. */
export function amountOf(minor: bigint, currency: string): unknown {
  return exactJson.rawJSON(formatMinor(minor, currency));
}

/** A JSON number from a decimal string that was checked before. Only for JSON.stringify. */
export function numberOf(decimal: string): unknown {
  return exactJson.rawJSON(decimal);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is text or a number, whatever the case of its name; empty when it is missing, which is how they write null. */
export function textOf(record: Json | undefined, name: string): string {
  const value = memberOf(record, name);
  return typeof value === "string" ? value : "";
}

/** Their older answers spell names in lower case. */
export function memberOf(record: Json | undefined, name: string): Json | undefined {
  if (!isObject(record)) return undefined;
  if (name in record) return record[name];
  const folded = name.toLowerCase();
  const key = Object.keys(record).find((each) => each.toLowerCase() === folded);
  return key === undefined ? undefined : record[key];
}

/** The objects of a list: a plain array, or a sublist `{items: […]}`. */
export function listOf(record: Json | undefined, name: string): readonly JsonObject[] {
  const value = memberOf(record, name);
  const items = isObject(value) ? memberOf(value, "items") : value;
  return Array.isArray(items) ? items.filter((item: Json) => isObject(item)) : [];
}

/** SuiteQL writes booleans as `T` and `F`. */
export function isTrue(row: JsonObject, name: string): boolean {
  return textOf(row, name) === "T";
}

/**
 * Minor units of an amount as SuiteQL prints it: `1250.5`, `.5`, `-.05`, `1.25E3`. Beyond the currency's digits they print
 * what a rate made of it: rounded half away from zero. Null when it is no number.
 */
export function minorOf(text: string, currency: string): bigint | null {
  const plain = plainDecimal(text);
  if (plain === null) return null;
  const { units, scale } = parseDecimal(plain);
  const digits = minorDigitsOf(currency);
  if (scale <= digits) return units * 10n ** BigInt(digits - scale);
  const divisor = 10n ** BigInt(scale - digits);
  const half = divisor / 2n;
  return units < 0n ? -((-units + half) / divisor) : (units + half) / divisor;
}

/** A decimal without exponent and with a digit before the point; null when it is none. */
export function plainDecimal(text: string): string | null {
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text.trim());
  if (!match || !/\d/.test(text)) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction).padStart(whole.length + fraction.length + Math.max(0, -point), "0");
  const at = Math.max(0, point);
  const padded = digits.padEnd(at, "0");
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, "") || "0";
  const right = padded.slice(at, at + 12).replace(/0+$/, "");
  return sign + left + (right ? `.${right}` : "");
}
