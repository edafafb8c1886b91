import type { Storage } from "../storage.ts";
import { statusNames } from "./enumerations.ts";
import { addDays, addMonths, dateMark } from "./sql-dates.ts";

type Value = string | number | bigint | null | Uint8Array;

/** What a query may call, and what it is called underneath. */
export const functionNames: Readonly<Record<string, string>> = {
  NVL: "coalesce",
  NVL2: "ns_nvl2",
  DECODE: "ns_decode",
  TO_CHAR: "ns_to_char",
  TO_DATE: "ns_to_date",
  TO_TIMESTAMP: "ns_to_date",
  TO_NUMBER: "ns_to_number",
  TRUNC: "ns_trunc",
  ADD_MONTHS: "ns_add_months",
  LAST_DAY: "ns_last_day",
  GREATEST: "max",
  LEAST: "min",
  LISTAGG: "group_concat",
  ...Object.fromEntries(
    (
      "COALESCE NULLIF UPPER LOWER SUBSTR INSTR LENGTH TRIM LTRIM RTRIM REPLACE ROUND ABS SUM COUNT MIN MAX AVG SIGN MOD FLOOR CEIL POWER " +
      "SQRT CONCAT CAST ROW_NUMBER RANK DENSE_RANK"
    )
      .split(" ")
      .map((name) => [name, name.toLowerCase()]),
  ),
};

const months = "January February March April May June July August September October November December".split(" ");

/** Every element of a format that is understood, with what it stands for in a date. */
const elements: readonly (readonly [name: string, show: (at: Date) => string])[] = [
  ["YYYY", (at) => String(at.getUTCFullYear()).padStart(4, "0")],
  ["MONTH", (at) => (months[at.getUTCMonth()] ?? "").toUpperCase()],
  ["MON", (at) => (months[at.getUTCMonth()] ?? "").slice(0, 3).toUpperCase()],
  ["MM", (at) => String(at.getUTCMonth() + 1).padStart(2, "0")],
  ["DD", (at) => String(at.getUTCDate()).padStart(2, "0")],
  ["HH24", (at) => String(at.getUTCHours()).padStart(2, "0")],
  ["HH12", (at) => String(at.getUTCHours() % 12 || 12).padStart(2, "0")],
  ["HH", (at) => String(at.getUTCHours() % 12 || 12).padStart(2, "0")],
  ["MI", (at) => String(at.getUTCMinutes()).padStart(2, "0")],
  ["SS", (at) => String(at.getUTCSeconds()).padStart(2, "0")],
  ["AM", (at) => (at.getUTCHours() < 12 ? "AM" : "PM")],
  ["PM", (at) => (at.getUTCHours() < 12 ? "AM" : "PM")],
  ["YY", (at) => String(at.getUTCFullYear() % 100).padStart(2, "0")],
  ["Q", (at) => String(Math.floor(at.getUTCMonth() / 3) + 1)],
];

function isDate(value: Value): value is string {
  return typeof value === "string" && value.startsWith(dateMark);
}

function dateOf(value: string): Date {
  return new Date(`${value.slice(1, 11)}T${value.slice(12, 20)}Z`);
}

function marked(at: Date): string {
  return `${dateMark}${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 19)}`;
}

function toChar(value: Value, format: Value): Value {
  if (value === null) return null;
  if (!isDate(value)) return typeof value === "number" ? plainNumber(value) : String(value);
  const at = dateOf(value);
  let rest = typeof format === "string" ? format : "MM/DD/YYYY";
  let text = "";
  while (rest !== "") {
    const quoted = /^"([^"]*)"/.exec(rest);
    const element = elements.find(([name]) => rest.toUpperCase().startsWith(name));
    if (quoted !== null) text += quoted[1] ?? "";
    else text += element === undefined ? rest.charAt(0) : element[1](at);
    rest = rest.slice(quoted?.[0].length ?? element?.[0].length ?? 1);
  }
  return text;
}

const readers: Readonly<Record<string, { digits: string; at: number }>> = {
  YYYY: { digits: "\\d{4}", at: 0 },
  MM: { digits: "\\d{1,2}", at: 1 },
  DD: { digits: "\\d{1,2}", at: 2 },
  HH24: { digits: "\\d{1,2}", at: 3 },
  MI: { digits: "\\d{1,2}", at: 4 },
  SS: { digits: "\\d{1,2}", at: 5 },
};

/** Reads a text by a format; what does not fit is a plain error, as the query then fails as a whole. */
export function readDate(text: string, format: string): string {
  const order: number[] = [];
  const parts = format.replace(/xFF\d?$|\.FF\d?$/i, "(?:\\.\\d+)?").replace(/"([^"]*)"/g, "$1");
  const expression = parts.replace(/YYYY|HH24|MM|DD|MI|SS/gi, (name) => {
    const reader = readers[name.toUpperCase()];
    order.push(reader?.at ?? 0);
    return `(${reader?.digits ?? ""})`;
  });
  const found = new RegExp(`^${expression}$`).exec(text);
  if (found === null) throw new Error(`ORA-01861: literal does not match format string: ${text}`);
  const numbers = [1970, 1, 1, 0, 0, 0];
  order.forEach((at, index) => (numbers[at] = Number(found[index + 1])));
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = numbers;
  return marked(new Date(Date.UTC(year, month - 1, day, hour, minute, second)));
}

function trunc(value: Value, unit: Value): Value {
  if (isDate(value)) {
    const day = value.slice(1, 11);
    const kept =
      unit === "MM" || unit === "MONTH" ? `${day.slice(0, 7)}-01` : unit === "YYYY" || unit === "YEAR" ? `${day.slice(0, 4)}-01-01` : day;
    return `${dateMark}${kept} 00:00:00`;
  }
  if (value === null) return null;
  const factor = 10 ** Number(unit ?? 0);
  return Math.trunc(Number(value) * factor) / factor;
}

/** Numbers as the service prints them: the shortest text, without the noise of binary fractions. */
export function plainNumber(value: number): string {
  return String(Number(value.toPrecision(15)));
}

/** Makes the functions known to the database; the same for all accounts. */
export function defineFunctions(storage: Storage): void {
  storage.define("ns_nvl2", (value: Value, some: Value, none: Value) => (value === null ? none : some));
  storage.define("ns_decode", (value: Value, ...pairs: Value[]) => {
    for (let index = 0; index + 1 < pairs.length; index += 2) if (String(pairs[index]) === String(value)) return pairs[index + 1] ?? null;
    return pairs.length % 2 === 1 ? (pairs.at(-1) ?? null) : null;
  });
  storage.define("ns_to_char", (value: Value, ...format: Value[]) => toChar(value, format[0] ?? null));
  storage.define("ns_to_date", (text: Value, ...format: Value[]) => {
    if (text === null || isDate(text)) return text;
    return readDate(String(text), String(format[0] ?? "MM/DD/YYYY"));
  });
  storage.define("ns_to_number", (value: Value) => (value === null || value === "" ? null : Number(value)));
  storage.define("ns_trunc", (value: Value, ...unit: Value[]) => trunc(value, unit[0] ?? null));
  storage.define("ns_add_months", (value: Value, count: Value) =>
    isDate(value) ? `${dateMark}${addMonths(value.slice(1, 11), Number(count))}${value.slice(11)}` : null,
  );
  storage.define("ns_last_day", (value: Value) => {
    if (!isDate(value)) return null;
    return `${dateMark}${addDays(addMonths(`${value.slice(1, 8)}-01`, 1), -1)}${value.slice(11)}`;
  });
  storage.define("ns_plus_days", (value: Value, days: Value) =>
    isDate(value) ? marked(new Date(dateOf(value).getTime() + Number(days) * 86_400_000)) : null,
  );
  storage.define("ns_status", (type: Value, letter: Value) => statusNames[String(type)]?.[String(letter)] ?? null);
}
