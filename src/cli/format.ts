/** `-12345.60` → `-12,345.60`. Amounts stay text, so they stay exact. */
export function amount(text: string): string {
  const [whole, fraction] = text.split(".");
  const grouped = whole!.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `12,345.60 USD` */
export function money({ currency, amount: text }: { currency: string; amount: string }): string {
  return `${amount(text)} ${currency}`;
}

export function moneys(list: readonly { currency: string; amount: string }[]): string {
  return list.length === 0 ? "0.00" : list.map(money).join(" + ");
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 event`, `2 events` */
export function many(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? "" : "s"}`;
}

/** Local time, to the second: `2026-11-20 04:22:00`. */
export function localTime(instant: string | null): string {
  if (instant === null) return "";
  const at = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `14:20` today, `2026-11-21 04:05` on another day: to the minute, rounded up, for what lies ahead. */
export function clockTime(instant: string, now: Date): string {
  const text = localTime(new Date(Math.ceil(Date.parse(instant) / 60_000) * 60_000).toISOString()).slice(0, 16);
  return text.startsWith(localTime(now.toISOString()).slice(0, 10)) ? text.slice(11) : text;
}

/** `fuel_transaction` → `Fuel transaction` */
export function words(name: string): string {
  const spaced = name.replaceAll("_", " ");
  return spaced === "" ? "" : spaced[0]!.toUpperCase() + spaced.slice(1);
}

/** `12.4 MB` */
export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1_000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

/** Ends with a full stop where nothing else ends it. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
