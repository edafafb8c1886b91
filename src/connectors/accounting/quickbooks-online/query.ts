import { Fault } from "../../../core/errors.ts";
import type { Call } from "./api.ts";
import { readTimeoutMs, rowsMax } from "./limits.ts";
import { isObject, listOf, textOf, type JsonObject } from "./wire.ts";

/** Rows asked for twice at each page's edge: the list can shift between two pages. */
const overlapRows = 10;

/** A literal of their query language: quotes and backslashes are escaped by a backslash, never doubled. */
export function quote(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}

/** `name in ('a', 'b')`. */
export function isIn(property: string, values: readonly string[]): string {
  return `${property} in (${values.map(quote).join(", ")})`;
}

/** Inactive rows of lists are left out unless asked for. */
export const activeOrNot = "Active in (true, false)";

/** Runs one statement and gives the rows of `entity`; none when the list is missing, which is how they write an empty one. */
export async function queryRows(call: Call, entity: string, statement: string): Promise<readonly JsonObject[]> {
  const answer = await runQuery(call, statement);
  const list = answer["QueryResponse"];
  if (!isObject(list)) throw new Fault("upstream_silent", "QuickBooks answered a query without a QueryResponse", { entity });
  return listOf(list, entity);
}

/** Statements go into the body: they can be longer than an address may be. */
export function runQuery(call: Call, statement: string): Promise<JsonObject> {
  return call({ method: "POST", path: "query", body: statement, contentType: "application/text", timeoutMs: readTimeoutMs });
}

/**
 * All rows of an entity that meet `where`, page by page, each id once. Pages are ordered by id, which never changes, and
 * overlap, so that a row is not lost when another one goes between two pages. Ends at the first page that is not full:
 * the total they name cannot be trusted.
 */
export async function queryAll(call: Call, entity: string, where?: string): Promise<JsonObject[]> {
  const rows = new Map<string, JsonObject>();
  const condition = where ? ` where ${where}` : "";
  for (let start = 1; ; start += rowsMax - overlapRows) {
    const page = await queryRows(
      call,
      entity,
      `select * from ${entity}${condition} orderby Id startposition ${start} maxresults ${rowsMax}`,
    );
    const known = rows.size;
    for (const row of page) rows.set(textOf(row, "Id"), row);
    if (page.length < rowsMax) return [...rows.values()];
    if (rows.size === known) throw new Fault("upstream_silent", "QuickBooks sent the same page of a list again", { entity });
  }
}
