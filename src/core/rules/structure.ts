import type { Finding, Severity } from "../finding.ts";
import { didYouMean } from "../nearest.ts";

/** Reads plain data into a known shape; everything that does not fit becomes a finding with its place. */
export interface StructureContext {
  readonly findings: Finding[];
}

type Raw = Record<string, unknown>;

/** Notes something wrong with the rule set itself. `pointer` is a JSON pointer into the rule set. */
export function complain(
  context: StructureContext,
  complaint: { code: string; pointer: string; message: string; fix: string; severity?: Severity },
): void {
  const { code, pointer, message, fix, severity = "block" } = complaint;
  context.findings.push({ code, severity, field: pointer, message, fix, cause: `${code}:${pointer}` });
}

export function badValue(context: StructureContext, pointer: string, expected: string): void {
  complain(context, {
    code: "value_invalid",
    pointer,
    message: `${pointer} must be ${expected}`,
    fix: `Write ${expected} at ${pointer}.`,
  });
}

export function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with no other keys than `known`; an empty one where there is none. */
export function readObject(context: StructureContext, value: unknown, place: { pointer: string; known?: readonly string[] }): Raw {
  const { pointer, known } = place;
  if (value === undefined || value === null) return {};
  if (!isRaw(value)) {
    badValue(context, pointer, "an object");
    return {};
  }
  for (const key of Object.keys(value)) {
    if (known === undefined || known.includes(key)) continue;
    complain(context, {
      code: "key_unknown",
      pointer: `${pointer}/${key}`,
      message: `"${key}" is not known here; known are ${known.join(", ")}.${didYouMean(key, known)}`,
      fix: `Correct or remove "${key}" at ${pointer === "" ? "the top of the rule set" : pointer}.`,
    });
  }
  return value;
}

/** A list of objects, each read by `read`; rows that `read` refuses are left out. */
export function readRows<Row>(
  context: StructureContext,
  value: unknown,
  pointer: string,
  read: (raw: unknown, pointer: string) => Row | null,
): Row[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    badValue(context, pointer, "a list of rows");
    return [];
  }
  const rows: Row[] = [];
  value.forEach((raw, index) => {
    const row = read(raw, `${pointer}/${index}`);
    if (row !== null) rows.push(row);
  });
  return rows;
}

/** Text; a whole number is taken as text, because nobody quotes account numbers in YAML. */
export function readText(context: StructureContext, value: unknown, pointer: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && value.trim() !== "") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  badValue(context, pointer, "text");
  return undefined;
}

const decimalPattern = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?$/;

/** An exact decimal as text. A whole number may stand without quotes; any other number would have passed through a float. */
export function readDecimal(context: StructureContext, value: unknown, pointer: string): string | undefined {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === "string" && decimalPattern.test(text)) return text;
  badValue(context, pointer, `a decimal in quotes, such as "0.55"`);
  return undefined;
}

/** Text that must be there; a finding and an empty text where it is not. */
export function requireText(context: StructureContext, value: unknown, pointer: string): string {
  if (value === undefined || value === null) badValue(context, pointer, "filled");
  return readText(context, value, pointer) ?? "";
}

export function readChoice<Choice extends string>(
  context: StructureContext,
  value: unknown,
  place: { pointer: string; choices: readonly Choice[] },
): Choice | undefined {
  if (value === undefined || value === null) return undefined;
  const { pointer, choices } = place;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    const guess = typeof value === "string" ? didYouMean(value, choices) : "";
    complain(context, {
      code: "value_invalid",
      pointer,
      message: `${pointer} must be one of ${choices.join(", ")}, but it is ${JSON.stringify(value)}.${guess}`,
      fix: `Write one of ${choices.join(", ")} at ${pointer}.`,
    });
  }
  return choice;
}

export function readBoolean(context: StructureContext, value: unknown, pointer: string): boolean | undefined {
  if (value === undefined || value === null || typeof value === "boolean") return value ?? undefined;
  badValue(context, pointer, "true or false");
  return undefined;
}

/** One text or a list of texts, as a list. */
export function readTexts(context: StructureContext, value: unknown, pointer: string): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((item, index) => readText(context, item, Array.isArray(value) ? `${pointer}/${index}` : pointer) ?? []);
}

/** A table from text to text. */
export function readTable(context: StructureContext, value: unknown, pointer: string): Record<string, string> {
  const table: Record<string, string> = {};
  for (const [key, entry] of Object.entries(readObject(context, value, { pointer }))) {
    const text = readText(context, entry, `${pointer}/${key}`);
    if (text !== undefined) table[key] = text;
  }
  return table;
}

/** The same object without members that are undefined. */
export function compact<Value extends object>(value: { [Key in keyof Value]: Value[Key] | undefined }): Value {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;
}
