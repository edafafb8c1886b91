import { Refusal } from "./errors.ts";
import { addDays, isDate } from "./time.ts";

/** First and last day, both in it. */
export interface Period {
  readonly start: string;
  readonly end: string;
}

const day = (year: number, month: number, date: number) => new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10);

/** First day of the fiscal year that holds a date; `month` is 1 for January. */
export function fiscalYearStart(date: string, month: number): string {
  const year = Number(date.slice(0, 4)) - (Number(date.slice(5, 7)) < month ? 1 : 0);
  return day(year, month - 1, 1);
}

/** The period a request asks for: two dates, a macro, or this month to date. */
export function readPeriod(query: URLSearchParams, today: string, fiscalMonth: number): Period & { macro: string | null } {
  const macro = query.get("date_macro");
  if (macro !== null && macro !== "") return { ...periodOf(macro, today, fiscalMonth), macro };
  const [start, end] = [dateOf(query, "start_date"), dateOf(query, "end_date")];
  if (start === null && end === null) return { start: `${today.slice(0, 8)}01`, end: today, macro: "this month-to-date" };
  const last = end ?? today;
  const first = start ?? `${last.slice(0, 8)}01`;
  if (first > last) throw new Refusal("2180", `Value out of range : start_date ${first} is after end_date ${last}`, "start_date");
  return { start: first, end: last, macro: null };
}

function dateOf(query: URLSearchParams, name: string): string | null {
  const value = query.get(name);
  if (value === null || value === "") return null;
  if (isDate(value)) return value;
  throw new Refusal("2060", `Invalid Date : ${value}`, name);
}

function periodOf(macro: string, today: string, fiscalMonth: number): Period {
  const name = macro.toLowerCase().replace(/-/g, " ");
  const toDate = name.endsWith(" to date");
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1];
  const fiscalYear = Number(fiscalYearStart(today, fiscalMonth).slice(0, 4));
  const quarter = Math.floor(month / 3) * 3;
  const whole: Readonly<Record<string, Period>> = {
    today: { start: today, end: today },
    yesterday: { start: addDays(today, -1), end: addDays(today, -1) },
    "this month": { start: day(year, month, 1), end: day(year, month + 1, 0) },
    "last month": { start: day(year, month - 1, 1), end: day(year, month, 0) },
    "this quarter": { start: day(year, quarter, 1), end: day(year, quarter + 3, 0) },
    "last quarter": { start: day(year, quarter - 3, 1), end: day(year, quarter, 0) },
    "this year": { start: day(year, 0, 1), end: day(year, 12, 0) },
    "last year": { start: day(year - 1, 0, 1), end: day(year, 0, 0) },
    "this fiscal year": { start: day(fiscalYear, fiscalMonth - 1, 1), end: day(fiscalYear + 1, fiscalMonth - 1, 0) },
    "last fiscal year": { start: day(fiscalYear - 1, fiscalMonth - 1, 1), end: day(fiscalYear, fiscalMonth - 1, 0) },
  };
  const found = whole[name.replace(/ to date$/, "")];
  if (found === undefined) throw new Refusal("2170", `Invalid Enumeration : ${macro}`, "date_macro");
  return toDate && found.end > today ? { start: found.start, end: today } : found;
}

/** The months of a period, the first and last cut to it. */
export function monthsOf({ start, end }: Period): Period[] {
  const months: Period[] = [];
  for (let first = start; first <= end; ) {
    const last = day(Number(first.slice(0, 4)), Number(first.slice(5, 7)), 0);
    months.push({ start: first, end: last < end ? last : end });
    first = addDays(last, 1);
  }
  return months;
}
