const zone = new Intl.DateTimeFormat("en-US", { timeZone: "America/Los_Angeles", timeZoneName: "longOffset" });
const hourMs = 3_600_000;
let known = { hour: Number.NaN, offsetMinutes: 0 };

/** Minutes that Pacific time is ahead of UTC (below zero). It changes on the hour only, so the last answer is kept. */
function offsetMinutesAt(atMs: number): number {
  const hour = Math.floor(atMs / hourMs);
  if (known.hour === hour) return known.offsetMinutes;
  const name = zone.formatToParts(atMs).find((part) => part.type === "timeZoneName")?.value ?? "GMT-08:00";
  const [, sign = "-", hours = "08", minutes = "00"] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  const offsetMinutes = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  known = { hour, offsetMinutes };
  return offsetMinutes;
}

/** An instant with its Pacific offset: `2026-02-03T08:15:30-08:00`, with milliseconds on request. */
export function pacificTime(atMs: number, precision: "seconds" | "milliseconds" = "seconds"): string {
  const offset = offsetMinutesAt(atMs);
  const local = new Date(atMs + offset * 60_000).toISOString();
  const sign = offset < 0 ? "-" : "+";
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0");
  const minutes = String(Math.abs(offset) % 60).padStart(2, "0");
  return `${local.slice(0, precision === "seconds" ? 19 : 23)}${sign}${hours}:${minutes}`;
}

/** The date on a Pacific wall, `YYYY-MM-DD`: what the server takes when a transaction has none. */
export function pacificDate(atMs: number): string {
  return pacificTime(atMs).slice(0, 10);
}

/** True for a real calendar day written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Reads a date or date-time; a date alone, or a time without an offset, is Pacific. Null when it is neither. */
export function readInstant(text: string): number | null {
  if (isDate(text)) return atPacific(`${text}T00:00:00`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.test(text)) return null;
  if (!/(Z|[+-]\d\d:?\d\d)$/.test(text)) return atPacific(text);
  const atMs = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(atMs) ? null : atMs;
}

function atPacific(local: string): number | null {
  const asUtc = Date.parse(`${local}Z`);
  return Number.isNaN(asUtc) ? null : asUtc - offsetMinutesAt(asUtc + 8 * hourMs) * 60_000;
}
