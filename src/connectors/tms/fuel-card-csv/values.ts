/** Reads the spellings of amounts, dates and times found in fuel-card exports. Null means: not readable. */

/**
 * A signed decimal string, as written but cleaned: `$1,234.56`, `(150.00)`, `150.00-`, `-$5`. With `isComma` (files
 * delimited by semicolons) also `1.234,56`. At least `decimals` digits stand after the point.
 */
export function readNumber(text: string, decimals: number, isComma = false): string | null {
  let rest = text.replace(/[$\s]|USD|CAD/g, "");
  let isNegative = false;
  const bracketed = /^\((.*)\)$/.exec(rest) ?? /^(.*)-$/.exec(rest) ?? /^-(.*)$/.exec(rest);
  if (bracketed !== null) {
    rest = bracketed[1]!;
    isNegative = true;
  }
  if (isComma && /^(?:\d{1,3}(?:\.\d{3})+|\d+),\d+$/.test(rest)) rest = rest.replaceAll(".", "").replace(",", ".");
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d*)?$/.test(rest)) rest = rest.replaceAll(",", "");
  const match = /^(\d{0,15})(?:\.(\d{0,8}))?$/.exec(rest);
  if (match === null || rest === "" || rest === ".") return null;
  const whole = (match[1] ?? "").replace(/^0+(?=\d)/, "") || "0";
  const fraction = (match[2] ?? "").padEnd(decimals, "0");
  const isZero = /^0*$/.test(whole + fraction);
  return `${isNegative && !isZero ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Day 0 of spreadsheet serial dates, as days since 1970. */
const serialEpochDays = -25_569;
const dayMs = 86_400_000;

/** A civil date `2026-10-05` from `2026-10-05`, `20261005`, `10/5/26`, `10/05/2026`, `5-Oct-26` or a spreadsheet serial. */
export function readDate(text: string): string | null {
  let match = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]00:00(?::00)?)?$/.exec(text) ?? /^(20\d{2})(\d{2})(\d{2})$/.exec(text);
  if (match !== null) return civil(match[1]!, match[2]!, match[3]!);
  match = /^(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})$/.exec(text);
  if (match !== null) return civil(match[3]!, match[1]!, match[2]!);
  match = /^(\d{1,2})-([A-Za-z]{3})-(\d{2}|\d{4})$/.exec(text);
  if (match !== null) return civil(match[3]!, String(months.indexOf(match[2]!.toLowerCase()) + 1), match[1]!);
  if (/^[345]\d{4}(?:\.0+)?$/.test(text)) return new Date((Math.trunc(Number(text)) + serialEpochDays) * dayMs).toISOString().slice(0, 10);
  return null;
}

function civil(year: string, month: string, day: string): string | null {
  const full = year.length === 2 ? `20${year}` : year;
  const text = `${full}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(text) ? null : text;
}

/** `04:22` from `04:22`, `4:22:10`, `04:22 PM`, `0422`. `24:00` is kept: it is midnight of the next day. */
export function readTime(text: string): string | null {
  const match = /^(\d{1,2}):?(\d{2})(?::?\d{2})?\s*([AaPp])?\.?[Mm]?\.?$/.exec(text);
  if (match === null) return null;
  let hour = Number(match[1]);
  const half = match[3]?.toLowerCase();
  if (half !== undefined && (hour === 0 || hour > 12)) return null;
  if (half !== undefined) hour = (hour % 12) + (half === "p" ? 12 : 0);
  if (Number(match[2]) > 59 || hour > 24 || (hour === 24 && match[2] !== "00")) return null;
  return `${String(hour).padStart(2, "0")}:${match[2]}`;
}

/** The instant of a local time in a zone: `2026-10-05T04:22:00-05:00`. In the doubled hour of autumn the earlier one is meant. */
export function instantOf(date: string, time: string, timeZone: string): string {
  const localMs = time === "24:00" ? Date.parse(`${date}T00:00:00Z`) + dayMs : Date.parse(`${date}T${time}:00Z`);
  const before = offsetMinutes(localMs - dayMs, timeZone);
  const candidate = localMs - before * 60_000;
  const offset = offsetMinutes(candidate, timeZone);
  const sign = offset < 0 ? "-" : "+";
  const minutes = Math.abs(offset);
  const zone = `${sign}${String(Math.trunc(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return `${new Date(localMs).toISOString().slice(0, 19)}${zone}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetMinutes(instantMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(new Date(instantMs)).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const match = /([+-])(\d{2}):(\d{2})/.exec(name);
  return match === null ? 0 : (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
