import { displayNameLengthMax } from "./limits.ts";

/**
 * Text as QuickBooks Online takes it: characters outside the basic plane (emoji) and broken halves of them are refused or
 * lost in some fields, control characters in all. Line breaks stay where `multiline` says so.
 */
export function clean(text: string, lengthMax: number, multiline = false): string {
  const plain = text
    .normalize("NFC")
    .replace(/[\u{10000}-\u{10FFFF}\p{Cs}]|\uFE0F|\u200D/gu, "")
    .replace(multiline ? /[^\P{Cc}\n]+/gu : /\p{Cc}+/gu, " ");
  return (multiline ? plain : plain.replace(/ {2,}/g, " ")).trim().slice(0, lengthMax).trim();
}

/**
 * The display name a party gets. A colon is the sign between parent and child there, so it becomes a dash. Vendors,
 * customers and employees share one set of names: where another kind holds the name, `suffix` tells ours apart.
 */
export function displayName(name: string, suffix = ""): string {
  const plain = clean(name.replace(/\s*:\s*/g, " - "), displayNameLengthMax - suffix.length);
  return plain + suffix;
}

/** What a vendor or customer is called when the other kind has its name already. */
export const suffixes = { vendor: " (V)", customer: " (C)" } as const;

/** Names are unique whatever their case. */
export function sameName(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}

export function foldName(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}

/** The line in a private note, or in a customer's notes, that proves a record ours. */
export function marker(value: string): string {
  return `ledgerlane:${value}`;
}

/** The value behind our marker in a note; null when there is none. Whatever people wrote around it stays theirs. */
export function markedValue(note: string): string | null {
  return /^[ \t]*ledgerlane:([^\r\n]+?)[ \t]*$/m.exec(note)?.[1] ?? null;
}
