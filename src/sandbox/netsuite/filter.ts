import { invalidParameter } from "./errors.ts";
import type { Field } from "./fields.ts";
import { dateMark } from "./sql-dates.ts";
import { readDate } from "./sql-functions.ts";
import type { RecordType } from "./types.ts";
import type { Work } from "./work.ts";

/** A condition over `ns_records r`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

const wrong = (detail: string) => invalidParameter(`Invalid search query: ${detail}`, "q");

/** Reads the `q` of a list: conditions with AND, OR and parentheses; AND binds tighter. */
export function conditionOf(work: Work, type: RecordType, q: string | null): Condition {
  if (q === null || q.trim() === "") return { sql: "1 = 1", values: [] };
  const words = [...q.matchAll(/"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|[()]|[^\s()"[\]]+/g)].map(
    ([whole, text, list]): Word =>
      text !== undefined ? { kind: "text", text } : list !== undefined ? { kind: "list", text: list } : { kind: "word", text: whole },
  );
  const reader = { words, at: 0 };
  const condition = either(work, type, reader);
  if (reader.at < words.length) throw wrong(`unexpected '${words[reader.at]?.text ?? ""}'.`);
  return condition;
}

interface Word {
  readonly kind: "word" | "text" | "list";
  readonly text: string;
}
interface Reader {
  readonly words: readonly Word[];
  at: number;
}

function joined(parts: readonly Condition[], word: string): Condition {
  return {
    sql: parts.length === 1 ? (parts[0]?.sql ?? "") : `(${parts.map(({ sql }) => sql).join(` ${word} `)})`,
    values: parts.flatMap(({ values }) => values),
  };
}

function isNext(reader: Reader, word: string): boolean {
  const next = reader.words[reader.at];
  if (next?.kind !== "word" || next.text.toUpperCase() !== word) return false;
  reader.at += 1;
  return true;
}

function either(work: Work, type: RecordType, reader: Reader): Condition {
  const parts = [both(work, type, reader)];
  while (isNext(reader, "OR")) parts.push(both(work, type, reader));
  return joined(parts, "OR");
}

function both(work: Work, type: RecordType, reader: Reader): Condition {
  const parts = [one(work, type, reader)];
  while (isNext(reader, "AND")) parts.push(one(work, type, reader));
  return joined(parts, "AND");
}

function one(work: Work, type: RecordType, reader: Reader): Condition {
  if (isNext(reader, "(")) {
    const inner = either(work, type, reader);
    if (!isNext(reader, ")")) throw wrong("a ')' is missing.");
    return inner;
  }
  const name = reader.words[reader.at]?.text ?? "";
  const operator = (reader.words[reader.at + 1]?.text ?? "").toUpperCase();
  reader.at += 2;
  const column = columnOf(work, type, name);
  const empty = { EMPTY: `${column.sql} IS NULL`, EMPTY_NOT: `${column.sql} IS NOT NULL` }[operator];
  if (empty !== undefined) return { sql: empty, values: [] };
  const value = reader.words[reader.at];
  if (value === undefined) throw wrong(`a value is missing after ${operator}.`);
  reader.at += 1;
  const isNot = operator.endsWith("_NOT");
  const condition = compared(work, column, { operator: isNot ? operator.slice(0, -4) : operator, value });
  return isNot ? { sql: `NOT (${condition.sql})`, values: condition.values } : condition;
}

interface FilterColumn {
  readonly sql: string;
  readonly kind: Field["kind"];
}

function columnOf(work: Work, type: RecordType, name: string): FilterColumn {
  const lower = name.toLowerCase();
  if (lower === "id" || lower === "internalid") return { sql: "r.id", kind: "number" };
  if (lower === "externalid") return { sql: "r.external", kind: "text" };
  if (lower === "lastmodifieddate") return { sql: "r.updated", kind: "datetime" };
  if (lower === "createddate" || lower === "datecreated") return { sql: "r.created", kind: "datetime" };
  const field = type.shape.byName.get(lower);
  const custom = work.company.preferences.customFields.find(({ id }) => id === lower);
  const isPlain = field !== undefined && field.kind !== "sublist" && field.kind !== "subrecord";
  if (!isPlain && custom === undefined) throw wrong(`the field '${name}' does not exist or cannot be used in a filter.`);
  return { sql: `(r.body ->> '$.${field?.name ?? lower}')`, kind: field?.kind ?? "text" };
}

function compared(work: Work, { sql, kind }: FilterColumn, { operator, value }: { operator: string; value: Word }): Condition {
  const { text } = value;
  switch (kind) {
    case "boolean":
      if (operator !== "IS" && operator !== "IS_NOT") break;
      return { sql: `coalesce(${sql}, 0) = ?`, values: [/^(true|t)$/i.test(text) === (operator === "IS") ? 1 : 0] };
    case "number":
    case "amount":
      return numeric(sql, operator, value);
    case "date":
      return dated(sql, operator, readDay(work, text));
    case "datetime":
      return dated(
        operator === "ON" ? `substr(${sql}, 1, 11)` : sql,
        operator,
        operator === "ON" ? readInstant(work, text).slice(0, 11) : readInstant(work, text),
      );
    case "reference":
    case "enumeration":
    case "many":
      if (operator !== "ANY_OF") break;
      return anyOf(sql, value);
    case "text":
    case "sublist":
    case "subrecord":
      return textual(sql, operator, text);
  }
  throw wrong(`the operator ${operator} cannot be used here.`);
}

function anyOf(sql: string, value: Word): Condition {
  const ids = value.text.split(",").map((id) => id.trim());
  return { sql: `CAST(${sql} AS TEXT) IN (${ids.map(() => "?").join(", ")})`, values: ids };
}

function textual(sql: string, operator: string, text: string): Condition {
  const like = text.replace(/[\\%_]/g, "\\$&");
  const forms: Readonly<Record<string, string>> = {
    CONTAIN: `%${like}%`,
    START_WITH: `${like}%`,
    END_WITH: `%${like}`,
    ENDWITH: `%${like}`,
  };
  const form = Object.hasOwn(forms, operator) ? forms[operator] : undefined;
  if (form !== undefined) return { sql: `coalesce(${sql}, '') LIKE ? ESCAPE '\\'`, values: [form] };
  if (operator === "IS") return { sql: `coalesce(${sql}, '') = ? COLLATE NOCASE`, values: [text] };
  if (operator === "IS_NOT") return { sql: `coalesce(${sql}, '') <> ? COLLATE NOCASE`, values: [text] };
  throw wrong(`the operator ${operator} cannot be used here.`);
}

const signs: Readonly<Record<string, string>> = { EQUAL: "=", GREATER: ">", GREATER_OR_EQUAL: ">=", LESS: "<", LESS_OR_EQUAL: "<=" };

function numeric(sql: string, operator: string, value: Word): Condition {
  if (operator === "ANY_OF") return anyOf(sql, value);
  const numbers = value.text.split(",").map(Number);
  if (numbers.some(Number.isNaN)) throw wrong(`'${value.text}' is not a number.`);
  const [low = 0, high = 0] = numbers;
  if (operator === "BETWEEN" && numbers.length === 2) return { sql: `CAST(${sql} AS REAL) BETWEEN ? AND ?`, values: [low, high] };
  const sign = Object.hasOwn(signs, operator) ? signs[operator] : undefined;
  if (sign === undefined) throw wrong(`the operator ${operator} cannot be used here.`);
  return { sql: `CAST(${sql} AS REAL) ${sign} ?`, values: [low] };
}

function dated(sql: string, operator: string, value: string): Condition {
  const sign = { ON: "=", ON_OR_AFTER: ">=", ON_OR_BEFORE: "<=", AFTER: ">", BEFORE: "<" }[operator];
  if (sign === undefined) throw wrong(`the operator ${operator} cannot be used here.`);
  return { sql: `${sql} ${sign} ?`, values: [value] };
}

const formats = { "M/D/YYYY": "MM/DD/YYYY", "D/M/YYYY": "DD/MM/YYYY", "YYYY-MM-DD": "YYYY-MM-DD" } as const;

function readDay(work: Work, text: string): string {
  return readInstant(work, text).slice(dateMark.length, 11);
}

/** A day, or a day with a time of twelve hours, in the account's format. */
function readInstant(work: Work, text: string): string {
  const [day = "", time = "", half = ""] = text.split(" ");
  const clock = /^(\d{1,2}):(\d\d)$/.exec(time);
  try {
    const at = readDate(day, formats[work.company.preferences.dateFormat]);
    if (clock === null) return at;
    const hour = (Number(clock[1]) % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
    const isTwelve = half !== "";
    return `${at.slice(0, 12)}${String(isTwelve ? hour : Number(clock[1])).padStart(2, "0")}:${clock[2]}:00`;
  } catch {
    throw wrong(`'${text}' is not a date in the format of the account (${work.company.preferences.dateFormat}).`);
  }
}
