/**
 * Instants as the tables keep them for SuiteQL: a mark, then `YYYY-MM-DD HH:MM:SS` in the account's own time. The mark
 * tells a date from a text that looks like one; texts with it compare as their instants do.
 */
export const dateMark = "\u0001";

/** A calendar day (`2026-03-31`) as the tables keep it. */
export function dayText(day: string): string {
  return `${dateMark}${day} 00:00:00`;
}

const offsets = new Map<string, number>();

/** Milliseconds the clocks of a zone are ahead of UTC; zones change on quarter hours only. */
function offsetOf(atMs: number, timeZone: string): number {
  const quarter = Math.floor(atMs / 900_000);
  const name = `${timeZone} ${quarter}`;
  let offset = offsets.get(name);
  if (offset === undefined) {
    const parts = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    }).formatToParts(quarter * 900_000);
    const value = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
    const local = Date.UTC(value("year"), value("month") - 1, value("day"), value("hour"), value("minute"), value("second"));
    offset = local - quarter * 900_000;
    if (offsets.size > 5000) offsets.clear();
    offsets.set(name, offset);
  }
  return offset;
}

/** An instant as the account's clocks show it. */
export function localText(atMs: number, timeZone: string): string {
  const local = new Date(atMs + offsetOf(atMs, timeZone)).toISOString();
  return `${dateMark}${local.slice(0, 10)} ${local.slice(11, 19)}`;
}

/** The calendar day it is in the account. */
export function localDay(atMs: number, timeZone: string): string {
  return localText(atMs, timeZone).slice(1, 11);
}

/** True for an existing calendar day such as `2026-03-31`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text;
}

/** The instant in the form of the record service: `2026-04-09T10:08:00Z`. */
export function utcText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function addMonths(day: string, months: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  const first = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return `${first.toISOString().slice(0, 8)}${String(Math.min(at.getUTCDate(), last)).padStart(2, "0")}`;
}
