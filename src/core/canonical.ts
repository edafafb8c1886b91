/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, no blanks, ECMAScript numbers. Equal values give equal
 * bytes, so a hash of it names the content. bigint is written as a decimal string; undefined members are left out.
 *
 * Faults: TypeError for NaN, Infinity and what JSON does not have.
 */
export function canonicalJson(value: unknown): string {
  // The engine's own writer is several times faster than ours; it keeps the order in which keys were put.
  const sorted = sortKeys(value);
  return sorted === unsortable ? write(value) : JSON.stringify(sorted);
}

/** Keys that an object does not keep in the order they were put: array indices, and the one that is no key. */
const unorderedKey = /^(?:\d+|__proto__)$/;
const unsortable = Symbol("unsortable");

/** The same value with keys put in order, or `unsortable`. */
function sortKeys(value: unknown): unknown {
  if (typeof value === "string" || value === null || typeof value === "boolean") return value;
  if (typeof value === "object") return Array.isArray(value) ? sortItems(value) : sortMembers(value as Record<string, unknown>);
  return scalar(value);
}

function scalar(value: unknown): unknown {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError("Canonical JSON has no NaN and no Infinity");
    return value;
  }
  if (typeof value === "bigint") return value.toString();
  throw new TypeError(`Canonical JSON cannot hold a ${typeof value}`);
}

function sortItems(items: readonly unknown[]): unknown {
  const sorted: unknown[] = [];
  for (const item of items) {
    const member = sortKeys(item ?? null);
    if (member === unsortable) return unsortable;
    sorted.push(member);
  }
  return sorted;
}

function sortMembers(value: Record<string, unknown>): unknown {
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const given = value[key];
    if (given === undefined) continue;
    if ((key.charCodeAt(0) <= 57 || key.charCodeAt(0) === 95) && unorderedKey.test(key)) return unsortable;
    const member = sortKeys(given);
    if (member === unsortable) return unsortable;
    sorted[key] = member;
  }
  return sorted;
}

/** The slow way, for objects with keys that do not stay where they are put. */
function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(typeof value === "object" ? null : sortKeys(value));
  const members = Object.entries(value as Record<string, unknown>).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(",")}}`;
}
