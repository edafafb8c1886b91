import type { Work } from "./kind.ts";
import type { Referent } from "./records.ts";
import { addDays } from "./time.ts";

/** Due date by the term; without one it is the date itself. */
export function dueDate(work: Work, date: string, term: Referent | null): string {
  const body = term === null ? undefined : work.records.find(work.company.key, "Term", term.id)?.body;
  if (body === undefined) return date;
  const { DueDays: days, DayOfMonthDue: day, DueNextMonthDays: grace } = body;
  if (typeof days === "number") return addDays(date, days);
  return typeof day === "number" ? onDayOfMonth(date, day, typeof grace === "number" ? grace : 0) : date;
}

/** The next such day of the month; one month further when it is nearer than `graceDays`. */
function onDayOfMonth(date: string, day: number, graceDays: number): string {
  const earliest = addDays(date, graceDays);
  const year = Number(earliest.slice(0, 4));
  const month = Number(earliest.slice(5, 7)) - 1;
  const clamp = (offset: number) => {
    const last = new Date(Date.UTC(year, month + offset + 1, 0)).getUTCDate();
    return new Date(Date.UTC(year, month + offset, Math.min(day, last))).toISOString().slice(0, 10);
  };
  return clamp(0) >= earliest ? clamp(0) : clamp(1);
}
