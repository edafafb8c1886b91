import { isCivilDate, isInstant } from "../calendar.ts";
import type { Finding } from "../finding.ts";
import { minorDigitsOf } from "../money.ts";
import { didYouMean } from "../nearest.ts";
import type { FieldKind, FieldSpec, ScalarKind } from "./spec.ts";

/** Lines and list entries one event may have. */
const listLengthMax = 10_000;
const textLengthMax = 4_000;
const decimalPattern = /^-?(?:0|[1-9]\d{0,17})(?:\.(\d{1,12}))?$/;

/** What a check needs to know and where it puts what it found. */
export interface CheckContext {
  readonly type: string;
  readonly currencyDigits: number;
  readonly findings: Finding[];
}

/** Checks a value that stands at `parent/name`: the pointer is put together only when something is said about it. */
export type Check = (value: unknown, parent: string, name: string, context: CheckContext) => void;
interface CompiledField {
  readonly name: string;
  readonly required: boolean;
  readonly isText: boolean;
  readonly check: Check;
}

/** Digits after the point for checks; two while the currency itself is in doubt. */
export function currencyDigits(currency: unknown): number {
  return typeof currency === "string" ? minorDigitsOf(currency) : 2;
}

/** Notes a finding that stops the event. Places in lists do not matter for its cause: line 1 and line 2 are one card. */
export function refuse(context: CheckContext, finding: { code: string; field: string; message: string; fix: string }): void {
  const cause = `${finding.code}:${context.type}:${finding.field.replace(/\/\d+(?=\/|$)/g, "/*")}`;
  context.findings.push({ severity: "block", cause, ...finding });
}

function refuseValue(context: CheckContext, field: string, expected: string, value: unknown): void {
  refuse(context, {
    code: "field_invalid",
    field,
    message: `${field} must be ${expected}, but it is ${show(value)}`,
    fix: `Correct ${field} in the TMS and send the event again with the next revision.`,
  });
}

/** A value as it is shown in a message: short, and safe for anything. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  return `a value of type ${typeof value}`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Turns a table of fields into one check, once, so that reading an event is a walk over ready functions. */
export function compileRecord(spec: FieldSpec): Check {
  const fields: CompiledField[] = Object.entries(spec).map(([key, kind]) => ({
    name: key.endsWith("!") ? key.slice(0, -1) : key,
    required: key.endsWith("!"),
    isText: kind === "text" || kind === "memo",
    check: compileKind(kind),
  }));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const requiredCount = fields.filter(({ required }) => required).length;
  return (value, parent, place, context) => {
    const pointer = place === "" ? parent : `${parent}/${place}`;
    if (!isRecord(value)) return refuseValue(context, pointer, "an object", value);
    const before = context.findings.length;
    if (checkPresent(value, pointer, { context, byName }) === requiredCount && context.findings.length === before) return;
    // Something is wrong, which is rare: all of it is said in the order of the table.
    context.findings.length = before;
    for (const field of fields) {
      const member = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
      if (!isMissing(field, member)) field.check(member, pointer, field.name, context);
      else if (field.required) refuseMissing(context, `${pointer}/${field.name}`);
    }
  };
}

/** Checks what is there, which is less than what could be, and counts the required fields among it. */
function checkPresent(
  value: Record<string, unknown>,
  pointer: string,
  { context, byName }: { context: CheckContext; byName: ReadonlyMap<string, CompiledField> },
): number {
  let requiredSeen = 0;
  for (const name of Object.keys(value)) {
    const field = byName.get(name);
    if (field === undefined) continue;
    const member = value[name];
    if (isMissing(field, member)) continue;
    field.check(member, pointer, name, context);
    if (field.required) requiredSeen += 1;
  }
  return requiredSeen;
}

function isMissing({ isText, required }: CompiledField, member: unknown): boolean {
  return isEmpty(member) || (isText && isBlank(member)) || (required && Array.isArray(member) && member.length === 0);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** Blanks where a text belongs are no text; files of fixed columns are full of them. */
function isBlank(value: unknown): boolean {
  return typeof value === "string" && value.trim() === "";
}

function refuseMissing(context: CheckContext, field: string): void {
  refuse(context, {
    code: "field_missing",
    field,
    message: `${field} is missing or empty; a ${context.type} needs it`,
    fix: `Fill ${field} in the TMS and send the event again.`,
  });
}

function compileKind(kind: FieldKind): Check {
  if (typeof kind === "string") return scalarChecks[kind];
  if ("choice" in kind) return compileChoice(kind.choice);
  const item = compileRecord("record" in kind ? kind.record : kind.list);
  if ("record" in kind) return item;
  return (value, parent, name, context) => {
    const pointer = `${parent}/${name}`;
    if (!Array.isArray(value)) return refuseValue(context, pointer, "a list", value);
    if (value.length > listLengthMax) return refuseValue(context, pointer, `a list of at most ${listLengthMax}`, `${value.length} entries`);
    for (let index = 0; index < value.length; index += 1) item(value[index], pointer, String(index), context);
  };
}

function compileChoice(values: readonly string[]): Check {
  const known = new Set(values);
  return (value, parent, name, context) => {
    if (typeof value === "string" && known.has(value)) return;
    const guess = typeof value === "string" ? didYouMean(value, values) : "";
    refuseValue(context, `${parent}/${name}`, `one of ${values.join(", ")}`, value);
    const last = context.findings.pop();
    if (last !== undefined) context.findings.push({ ...last, message: last.message + (guess === "" ? "" : `.${guess}`) });
  };
}

const scalarChecks: Readonly<Record<ScalarKind, Check>> = {
  text: (value, parent, name, context) => checkText(value, parent, name, context),
  memo: (value, parent, name, context) => checkText(value, parent, name, context),
  date: (value, parent, name, context) => {
    if (typeof value !== "string" || !isCivilDate(value))
      refuseValue(context, `${parent}/${name}`, `a day that exists, such as "2026-11-20"`, value);
  },
  instant: (value, parent, name, context) => {
    if (typeof value !== "string" || !isInstant(value)) {
      refuseValue(context, `${parent}/${name}`, `a time with its offset, such as "2026-11-20T04:22:00-06:00"`, value);
    }
  },
  money: (value, parent, name, context) => checkDecimal(value, { parent, name }, context, context.currencyDigits),
  amount: (value, parent, name, context) => {
    checkDecimal(value, { parent, name }, context, context.currencyDigits);
    if (isBelowZero(value)) refuseSign(context, `${parent}/${name}`, { amount: String(value), expected: "zero or positive" });
  },
  decimal: (value, parent, name, context) => checkDecimal(value, { parent, name }, context, 12),
  boolean: (value, parent, name, context) => {
    if (typeof value !== "boolean") refuseValue(context, `${parent}/${name}`, "true or false", value);
  },
  count: (value, parent, name, context) => {
    if (!Number.isSafeInteger(value) || (value as number) < 1) refuseValue(context, `${parent}/${name}`, "a whole number from 1", value);
  },
  last4: (value, parent, name, context) => {
    if (typeof value !== "string" || !/^\d{4}$/.test(value))
      refuseValue(context, `${parent}/${name}`, "the last four digits of the card", hideDigits(value));
  },
};

function hideDigits(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/\d/g, "•") : typeof value === "number" ? "a number" : value;
}

function checkText(value: unknown, parent: string, name: string, context: CheckContext): void {
  if (typeof value !== "string") refuseValue(context, `${parent}/${name}`, "text", value);
  else if (value.length > textLengthMax) refuseValue(context, `${parent}/${name}`, `at most ${textLengthMax} characters`, value);
}

function checkDecimal(value: unknown, place: { parent: string; name: string }, context: CheckContext, decimals: number): void {
  const { parent, name } = place;
  if (typeof value === "number" || typeof value === "bigint") return refuseNumber(context, `${parent}/${name}`, value);
  const match = typeof value === "string" ? decimalPattern.exec(value) : null;
  if (match === null) return refuseValue(context, `${parent}/${name}`, `a decimal in quotes such as "411.34", without separators`, value);
  const fraction = match[1];
  if (fraction !== undefined && fraction.length > decimals && /[1-9]/.test(fraction.slice(decimals))) {
    refuseValue(context, `${parent}/${name}`, `an amount with at most ${decimals} decimals`, value);
  }
}

/** A minus before an amount that is not zero. */
export function isBelowZero(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("-") && /[1-9]/.test(value);
}

/** An amount whose sign the document gives: a minus here would turn the document round. */
export function refuseSign(context: CheckContext, field: string, sign: { amount: string; expected: string }): void {
  refuse(context, {
    code: "sign_wrong",
    field,
    message: `${field} is ${sign.amount}; a ${context.type} has it ${sign.expected}`,
    fix: `Turn the sign of ${field} round, or send the event type that means the opposite.`,
  });
}

function refuseNumber(context: CheckContext, field: string, value: number | bigint): void {
  refuse(context, {
    code: "amount_not_text",
    field,
    message: `${field} is the JSON number ${value}; numbers lose cents on the way, so amounts are text`,
    fix: `Send ${field} in quotes, such as "411.34".`,
  });
}
