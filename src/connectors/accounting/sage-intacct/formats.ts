import { minorDigitsOf, parseDecimal } from "../../../core/money.ts";

/** `2026-04-01` → `04/01/2026`, the form their gateway takes everywhere. */
export function usDate(date: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(date) ? `${date.slice(5, 7)}/${date.slice(8, 10)}/${date.slice(0, 4)}` : date;
}

/** `04/01/2026`, `4/1/2026`, `2026-04-01` or any of them with a time → `2026-04-01`; empty for anything else. */
export function isoDate(text: string): string {
  const us = /^(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(text);
  if (us) return `${us[3]!}-${us[1]!.padStart(2, "0")}-${us[2]!.padStart(2, "0")}`;
  return /^\d{4}-\d\d-\d\d/.test(text) ? text.slice(0, 10) : "";
}

/** `04/01/2026 15:50:21` or an ISO instant → `2026-04-01T15:50:21`, which sorts; empty for anything else. The zone is theirs. */
export function stampOf(text: string): string {
  const date = isoDate(text);
  const time = /[ T](\d{1,2}):(\d\d):(\d\d)(?:\.\d+)?\s*(AM|PM)?/i.exec(text);
  if (date === "") return "";
  if (!time) return `${date}T00:00:00`;
  const [, hour = "0", minute = "00", second = "00", half] = time;
  const clock = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
  return `${date}T${String(clock).padStart(2, "0")}:${minute}:${second}`;
}

/** The reverse of `stampOf`, for a filter: `04/01/2026 15:50:21`. */
export function usStamp(stamp: string): string {
  return `${usDate(stamp.slice(0, 10))} ${stamp.slice(11, 19) || "00:00:00"}`;
}

/** Moves a stamp by some milliseconds, in whatever zone it is. */
export function shiftStamp(stamp: string, byMs: number): string {
  return new Date(Date.parse(`${stamp}Z`) + byMs).toISOString().slice(0, 19);
}

/** Minor units of an amount of theirs: `1500`, `1500.0`, `-0.50`, `.5`, `1,500.00`, never with a fraction of a minor unit. Null for anything else. */
export function minorOf(text: string, currency: string): bigint | null {
  const plain = text
    .trim()
    .replaceAll(",", "")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.$/, "")
    .replace(/^\+/, "");
  try {
    const { units, scale } = parseDecimal(plain.replace(/^(-?)0+(?=\d)/, "$1"));
    const digits = minorDigitsOf(currency);
    if (scale <= digits) return units * 10n ** BigInt(digits - scale);
    const divisor = 10n ** BigInt(scale - digits);
    return units % divisor === 0n ? units / divisor : null;
  } catch {
    return null;
  }
}
