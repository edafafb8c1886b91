const dayMs = 86_400_000;

/** `days` after (or before) a civil date. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** Civil dates from `first` to `last`, both included. */
export function datesBetween(first: string, last: string): string[] {
  const dates: string[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/** What the calendar of one month means for documents. */
export interface MonthCalendar {
  readonly month: string;
  readonly days: readonly string[];
  readonly businessDays: readonly string[];
  /** Settlement weeks, Sunday to Saturday, that are approved (Wednesday after) within the month, in order. */
  readonly weeks: readonly { readonly start: string; readonly end: string; readonly approved: string; readonly paid: string }[];
}

/** `month`: `2026-10`. */
export function monthCalendar(month: string): MonthCalendar {
  const first = `${month}-01`;
  const last = addDays(`${addDays(`${month}-28`, 4).slice(0, 7)}-01`, -1);
  const days = datesBetween(first, last);
  const approvals = days.filter((date) => weekdayOf(date) === 3);
  const weeks = approvals
    .map((approved) => ({ start: addDays(approved, -10), end: addDays(approved, -4), approved, paid: addDays(approved, 2) }))
    .filter(({ end }) => end >= first);
  return { month, days, businessDays: days.filter((date) => weekdayOf(date) % 6 !== 0), weeks };
}

/** The first business day of the month that is not before `date`; the last one when there is none. */
export function businessDayFrom({ businessDays }: MonthCalendar, date: string): string {
  return businessDays.find((day) => day >= date) ?? businessDays.at(-1)!;
}

/** A local time of the US Central zone as an instant. Only for hours from 3 on: the clock changes at 2 on Sundays. */
export function centralInstant(date: string, time: string): string {
  const year = date.slice(0, 4);
  const sunday = (month: string, nth: number): string => {
    const first = `${year}-${month}-01`;
    return addDays(first, ((7 - weekdayOf(first)) % 7) + 7 * (nth - 1));
  };
  const isSummer = date >= sunday("03", 2) && date < sunday("11", 1);
  return `${date}T${time}:00${isSummer ? "-05:00" : "-06:00"}`;
}
