import { Fault } from "../core/errors.ts";
import type { Statement } from "./database.ts";

/** One condition of a search. It is left out when its value is undefined; `?` stands for the value. */
export interface Condition {
  /** Short name: part of the statement's name, so that each set of conditions is prepared once. */
  readonly as: string;
  readonly sql: string;
  readonly value: unknown;
}

/** A page of a list, newest first. */
export interface Page {
  readonly limit: number;
  readonly cursor: string | null;
}

export interface Listed<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** Builds `head and c1 and c2 … tail` with its values; `given` are the values that `head` uses. */
export function searchStatement(
  name: string,
  sql: { head: string; tail: string },
  given: readonly unknown[],
  conditions: readonly Condition[],
): { statement: Statement; values: unknown[] } {
  const used = conditions.filter(({ value }) => value !== undefined);
  const values = [...given];
  const parts = used.map(({ sql: text, value }) => {
    values.push(value);
    return ` and (${text.replaceAll("?", `$${values.length}`)})`;
  });
  return { statement: { name: [name, ...used.map(({ as }) => as)].join("_"), text: `${sql.head}${parts.join("")} ${sql.tail}` }, values };
}

/** A cursor that hides what a list is ordered by. */
export function writeCursor(...key: (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** Reads a cursor of `length` parts. Faults: `request_invalid` when it was not made by `writeCursor`. */
export function readCursor(cursor: string, length: number): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === "string" || typeof part === "number"))
      return key;
  } catch {
    // Told below: a cursor is ours or it is wrong.
  }
  throw new Fault("request_invalid", "The cursor is not one that this list gave out; start again without it");
}

/** Reads a cursor that holds one id. */
export function readIdCursor(cursor: string | null): string | undefined {
  if (cursor === null) return undefined;
  const [id] = readCursor(cursor, 1);
  if (!isUuid(String(id))) throw new Fault("request_invalid", "The cursor is not one that this list gave out; start again without it");
  return String(id);
}

/** True for an id in the shape that we give out. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** Cuts a list that was asked for with one item more than the page holds. */
export function pageOf<Row>(rows: Row[], limit: number, cursorOf: (row: Row) => string): Listed<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
