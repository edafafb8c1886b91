import { isObject, type Json, type JsonObject } from "../json.ts";
import { decimalOf, toAmount, toMinor } from "../amount.ts";
import { Refusal } from "./errors.ts";
import { isDate } from "./time.ts";

/** What a property may hold. `system` properties are accepted and dropped: only the service sets them. */
export type Field =
  | { readonly kind: "text"; readonly max: number; readonly forbidden?: RegExp }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "whole"; readonly min: number; readonly max: number }
  | { readonly kind: "group" | "rows"; readonly fields: Shape }
  | { readonly kind: "percent" | "quantity" | "url" }
  | { readonly kind: "amount" | "number" | "flag" | "date" | "ref" | "email" | "system" };
export type Shape = Readonly<Record<string, Field>>;

export const text = (max: number, forbidden?: RegExp): Field => ({ kind: "text", max, ...(forbidden === undefined ? {} : { forbidden }) });
export const choice = (...values: string[]): Field => ({ kind: "choice", values });
export const whole = (min: number, max: number): Field => ({ kind: "whole", min, max });
export const group = (fields: Shape): Field => ({ kind: "group", fields });
export const rows = (fields: Shape): Field => ({ kind: "rows", fields });
export const amount: Field = { kind: "amount" };
export const number: Field = { kind: "number" };
export const percent: Field = { kind: "percent" };
export const quantity: Field = { kind: "quantity" };
export const url: Field = { kind: "url" };
export const flag: Field = { kind: "flag" };
export const date: Field = { kind: "date" };
export const ref: Field = { kind: "ref" };
export const email: Field = { kind: "email" };
export const system: Field = { kind: "system" };

export interface Reading {
  /** Four-byte characters are refused in text. */
  readonly refuseEmoji: boolean;
  /** Digits that could be a payment card's are refused. */
  readonly refuseCardNumbers: boolean;
}

// Fifteen or sixteen digits with the beginnings of the card networks; spaces and hyphens between groups.
const cardLike = /\b(?:4\d{3}|5[1-5]\d{2}|6011|65\d{2}|3[47]\d{2})[ -]?\d{4,6}[ -]?\d{4,5}[ -]?\d{0,4}\b/g;

function holdsCardNumber(content: string): boolean {
  return (content.match(cardLike) ?? []).some((match) => {
    const digits = match.replace(/\D/g, "");
    if (digits.length !== (digits.startsWith("3") ? 15 : 16)) return false;
    const sum = [...digits].reverse().reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    return sum % 10 === 0;
  });
}

/**
 * Checks an object against its shape and returns a clean copy: known properties, right types, amounts rounded to cents.
 * Members that are null or empty stay as null, so that an update can clear them; absent members stay absent.
 */
export function readShape(shape: Shape, input: JsonObject, reading: Reading): JsonObject {
  const clean: JsonObject = {};
  for (const name in input) {
    const value = input[name];
    const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (field === undefined) throw new Refusal("2010", `Property Name:${name} specified is unsupported or invalid`, name);
    if (field.kind === "system" || value === undefined) continue;
    clean[name] = value === null || value === "" ? emptyValue(field, name, value) : readField(field, name, value, reading);
  }
  return clean;
}

/** The service clears a field for null or an empty text, but an empty enumeration is unreadable to it. */
function emptyValue(field: Field, name: string, value: null | ""): null {
  if (field.kind === "choice" && value === "") throw new Refusal("2010", `Property Name:${name} specified is unsupported or invalid`, name);
  return null;
}

function readField(field: Field, name: string, value: Json, reading: Reading): Json {
  switch (field.kind) {
    case "text":
      return readText(field, name, value, reading);
    case "email":
      return readEmail(name, value);
    case "choice":
      if (typeof value === "string" && field.values.includes(value)) return value;
      throw new Refusal("2170", `Invalid Enumeration : ${String(value)}`, name);
    case "amount":
      return readAmount(name, value);
    case "number":
      return readNumber(name, value);
    case "percent":
      return readBounded(name, value, { code: "2150", what: "Percent", max: 100 });
    case "quantity":
      return readBounded(name, value, { code: "2160", what: "Quantity", max: 99_999_999_999 });
    case "url":
      if (typeof value === "string" && value.length <= 1000 && /^(https?:\/\/)?[^\s/]+\.[^\s]+$/.test(value)) return value;
      throw new Refusal("2200", `Invalid URL : ${String(value)}`, name);
    case "whole":
      return readWhole(field, name, value);
    case "flag":
      if (value === true || value === "true") return true;
      if (value === false || value === "false") return false;
      throw new Refusal("2240", `Invalid Boolean : ${String(value)}`, name);
    case "date":
      if (typeof value === "string" && isDate(value.slice(0, 10))) return value.slice(0, 10);
      throw new Refusal("2060", `Invalid Date : ${String(value)}`, name);
    case "ref":
      return readRef(name, value);
    case "group":
      return withoutNulls(readShape(field.fields, mustBeObject(name, value), reading));
    case "rows":
      if (!Array.isArray(value)) throw new Refusal("2010", `Property Name:${name} specified is unsupported or invalid`, name);
      return (value as Json[]).map((row) => withoutNulls(readShape(field.fields, mustBeObject(name, row), reading)));
    case "system":
      return null;
  }
}

function mustBeObject(name: string, value: Json): JsonObject {
  if (isObject(value)) return value;
  throw new Refusal("2010", `Property Name:${name} specified is unsupported or invalid`, name);
}

function readText(field: { max: number; forbidden?: RegExp }, name: string, value: Json, reading: Reading): string {
  if (typeof value === "object") throw new Refusal("2010", `Property Name:${name} specified is unsupported or invalid`, name);
  const content = String(value);
  if (content.length > field.max) {
    const detail = `String length specified does not match the supported length. Min:0 Max:${field.max} supported. Supplied length:${content.length}`;
    throw new Refusal("2050", detail, name);
  }
  const isRefused = field.forbidden?.test(content) === true || (reading.refuseEmoji && /[\ud800-\udfff]/.test(content));
  if (reading.refuseCardNumbers && holdsCardNumber(content))
    throw new Refusal("6530", `Raw card number found in the request : ${name}`, name);
  if (isRefused) throw new Refusal("2040", `Invalid String : ${name} contains unsupported characters`, name);
  return content;
}

function readEmail(name: string, value: Json): string {
  if (typeof value === "string" && value.length <= 100 && /^[^\s@]+@[^\s@]+$/.test(value)) return value;
  throw new Refusal("2210", `Email Address does not conform to the syntax rules of RFC 822. ${String(value)}`, name);
}

function readAmount(name: string, value: Json): number {
  const decimal = decimalOf(value);
  const minor = decimal === null ? null : toMinor(decimal);
  // Fifteen digits in all: what still fits a JSON number to the cent.
  if (minor === null || minor >= 10n ** 15n || minor <= -(10n ** 15n)) throw new Refusal("2140", `Invalid Amount : ${String(value)}`, name);
  return toAmount(minor);
}

function readNumber(name: string, value: Json): number {
  const decimal = decimalOf(value);
  if (decimal === null) throw new Refusal("2090", `Invalid Number : ${String(value)}`, name);
  return Number(value);
}

function readBounded(name: string, value: Json, { code, what, max }: { code: string; what: string; max: number }): number {
  const decimal = decimalOf(value);
  if (decimal === null || decimal.units < 0n || Number(value) > max) throw new Refusal(code, `Invalid ${what} : ${String(value)}`, name);
  return Number(value);
}

function readWhole({ min, max }: { min: number; max: number }, name: string, value: Json): number {
  const count = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  if (!Number.isInteger(count)) throw new Refusal("2090", `Invalid Number : ${String(value)}`, name);
  if (count < min || count > max) throw new Refusal("2180", `Value out of range : ${name} is between ${min} and ${max}`, name);
  return count;
}

/** References come as `{value, name?, type?}`; only the value counts. A null value is as good as none. */
function readRef(name: string, value: Json): Json {
  const given = mustBeObject(name, value);
  const stranger = Object.keys(given).find((key) => key !== "value" && key !== "name" && key !== "type");
  if (stranger !== undefined) throw new Refusal("2010", `Property Name:${stranger} specified is unsupported or invalid`, stranger);
  const { value: id, type } = given;
  if (id === null || id === undefined || id === "") return null;
  if (typeof id !== "string" && typeof id !== "number") throw new Refusal("2030", `Invalid ID : ${name}`, name);
  return typeof type === "string" ? { value: String(id), type } : { value: String(id) };
}

export function withoutNulls(value: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const name in value) {
    const member = value[name];
    if (member !== null && member !== undefined) kept[name] = member;
  }
  return kept;
}
