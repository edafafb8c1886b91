import { formatMinor, parseMoney } from "../../../core/money.ts";

/** QuickBooks Online's JSON as we read it: every number is kept as the text it was sent as, so that no digit is lost. */
export type Json = null | boolean | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** One element of a fault, from either of the two shapes it comes in. */
export interface ProviderError {
  /** Without leading zeros: `3200`. Empty when the answer names none. */
  readonly code: string;
  readonly message: string;
  readonly detail: string;
  /** The field it is about, where told. */
  readonly element: string;
}

export interface ProviderFault {
  /** `ValidationFault`, `SystemFault`, `AUTHENTICATION`, `SERVICE` … */
  readonly type: string;
  readonly errors: readonly ProviderError[];
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
type ExactJson = {
  readonly parse: (text: string, reviver: Reviver) => unknown;
  readonly rawJSON: (text: string) => unknown;
};
// Both members are ES2026 and in Node 24; the compiler's library does not list them yet.
const exactJson = JSON as unknown as ExactJson;

/** Parses with every number as its source text: `1250.00` → `"1250.00"`, ids beyond 2^53 unharmed. Throws what JSON.parse throws. */
export function parseExact(text: string): Json {
  return exactJson.parse(text, (_key, value, context) => (typeof value === "number" ? (context.source ?? String(value)) : value)) as Json;
}

/** A JSON number printed from minor units without any float: 125000n USD → `1250.00`. Only for JSON.stringify. */
export function amountOf(minor: bigint, currency: string): unknown {
  return exactJson.rawJSON(formatMinor(minor, currency));
}

/** A JSON number from a decimal string that was checked before. Only for JSON.stringify. */
export function numberOf(decimal: string): unknown {
  return exactJson.rawJSON(decimal);
}

/** Minor units of an amount as they print it: `1250`, `1250.0`, `1.25E+3`. Null when it is none, or has a fraction of a minor unit. */
export function minorOf(text: Json | undefined, currency: string): bigint | null {
  if (typeof text !== "string") return null;
  try {
    return parseMoney(plainDecimal(text), currency).minor;
  } catch {
    return null;
  }
}

/** Their servers print some numbers with an exponent (`0E-10`, `1E+3`). */
export function plainDecimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,2})$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  const digits = (whole + fraction).padStart(Math.max(0, -shift - whole.length) + whole.length + fraction.length + 1, "0");
  const point = digits.length - fraction.length + shift;
  const padded = digits.padEnd(point, "0");
  const left = padded.slice(0, point).replace(/^0+(?=\d)/, "") || "0";
  const right = padded.slice(point).replace(/0+$/, "");
  return sign + left + (right ? `.${right}` : "");
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is text; empty when it is missing or something else. */
export function textOf(record: Json | undefined, name: string): string {
  if (!isObject(record)) return "";
  const value = record[name];
  return typeof value === "string" ? value : "";
}

/** The id a reference such as `{"value":"41","name":"Acme"}` points to. */
export function refOf(record: Json | undefined, name: string): string {
  return isObject(record) ? textOf(record[name], "value") : "";
}

/** The objects of an array member; none when it is missing, which is how they write an empty list. */
export function listOf(record: Json | undefined, name: string): readonly JsonObject[] {
  const value = isObject(record) ? record[name] : undefined;
  return Array.isArray(value) ? value.filter((item: Json) => isObject(item)) : [];
}

/**
 * The fault in a JSON answer, null when there is none. The service writes `Fault`/`Error`/`Message`, the gateway before it
 * `fault`/`error`/`message`; both can come with status 200.
 */
export function faultIn(answer: Json | undefined): ProviderFault | null {
  if (!isObject(answer)) return null;
  const fault = answer["Fault"] ?? answer["fault"];
  if (!isObject(fault)) return null;
  const errors = [...listOf(fault, "Error"), ...listOf(fault, "error")].map((error) => ({
    code: plainCode(textOf(error, "code")),
    message: textOf(error, "Message") || textOf(error, "message"),
    detail: textOf(error, "Detail") || textOf(error, "detail"),
    element: textOf(error, "element"),
  }));
  return { type: textOf(fault, "type"), errors };
}

/** The fault in an XML answer: gateway refusals come as XML even to a client that asked for JSON. */
export function faultInXml(text: string): ProviderFault | null {
  if (!/^\s*<(\?xml|IntuitResponse)/.test(text) || !/<Fault[\s>]/.test(text)) return null;
  const errors = [...text.matchAll(/<Error\b([^>]*)>([\s\S]*?)<\/Error>/g)].map(([, attributes = "", inner = ""]) => ({
    code: plainCode(/\bcode="([^"]*)"/.exec(attributes)?.[1] ?? ""),
    message: elementText(inner, "Message"),
    detail: elementText(inner, "Detail"),
    element: /\belement="([^"]*)"/.exec(attributes)?.[1] ?? "",
  }));
  return { type: /<Fault\b[^>]*\btype="([^"]*)"/.exec(text)?.[1] ?? "", errors };
}

function plainCode(code: string): string {
  return code.replace(/^0+(?=\d)/, "");
}

function elementText(xml: string, name: string): string {
  const inner = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1] ?? "";
  return inner
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, "&");
}
