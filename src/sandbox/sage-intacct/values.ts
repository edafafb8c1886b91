/** Amounts are hundredths, dates `YYYY-MM-DD`, instants milliseconds: only the edges of the emulator know Sage's spellings. */

/** Values of a record by field: dates ISO, amounts with two decimals, booleans `true` and `false`. Null is no value. */
export type Values = { [field: string]: string | null };

/** True for a real calendar day written `YYYY-MM-DD`. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

/** Reads `MM/DD/YYYY`; null when it is no such day. */
export function readUsDate(text: string): string | null {
  const [, month = "", day = "", year = ""] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isIsoDate(iso) ? iso : null;
}

/** Fields of a record take the American and the ISO spelling; filters take the American one alone. */
export function readAnyDate(text: string): string | null {
  return isIsoDate(text) ? text : readUsDate(text);
}

export function usDate(iso: string): string {
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)}`;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes that a time zone is ahead of UTC at an instant. */
export function offsetMinutes(atMs: number, zone: string): number {
  if (zone === "GMT") return 0;
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  const name = format.formatToParts(atMs).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** An instant on the wall of a time zone: `04/01/2026 15:50:21`. */
export function usTime(atMs: number, zone: string): string {
  const local = new Date(atMs + offsetMinutes(atMs, zone) * 60_000).toISOString();
  return `${usDate(local)} ${local.slice(11, 19)}`;
}

/** Reads `MM/DD/YYYY` or `MM/DD/YYYY HH:MM:SS` on the wall of a time zone; null when it is neither. */
export function readUsTime(text: string, zone: string): number | null {
  const [, day = "", time = "00:00:00"] = /^(\S+)(?: (\d\d:\d\d:\d\d))?$/.exec(text) ?? [];
  const date = readUsDate(day);
  const asUtc = date === null ? Number.NaN : Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(asUtc)) return null;
  // Twice, because the first guess may stand on the other side of a change of the clocks.
  const guess = asUtc - offsetMinutes(asUtc, zone) * 60_000;
  return asUtc - offsetMinutes(guess, zone) * 60_000;
}

export function isoTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** `2026-04-01T10:00:01+00:00`, as sessions show it. */
export function offsetTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}+00:00`;
}

/** Reads a plain decimal as hundredths, rounded half away from zero; null when it is none. */
export function readAmount(text: string): bigint | null {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)(\d{0,15})(?:\.(\d{0,12}))?$/.exec(text) ?? [];
  if (whole === "" && fraction === "") return null;
  const units = BigInt(whole + fraction.padEnd(3, "0").slice(0, 3));
  const minor = (units + 5n) / 10n;
  return sign === "-" ? -minor : minor;
}

/** Hundredths as `-12.30`. */
export function showAmount(minor: bigint): string {
  const text = (minor < 0n ? -minor : minor).toString().padStart(3, "0");
  return `${minor < 0n ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}`;
}

/** Hundredths × a decimal rate, rounded once, half away from zero. The rate is a text such as `1.3650`. */
export function atRate(minor: bigint, rate: string): bigint {
  const [whole = "0", fraction = ""] = rate.split(".");
  const scale = 10n ** BigInt(fraction.length);
  const product = minor * BigInt(whole + fraction);
  const size = product < 0n ? -product : product;
  const rounded = (size * 2n + scale) / (scale * 2n);
  return product < 0n ? -rounded : rounded;
}
