import { unreadable } from "./errors.ts";
import type { Call } from "./api.ts";
import { readTimeoutMs, rowsMax, valuesPerQueryMax } from "./limits.ts";
import { listOf, textOf, type JsonObject } from "./wire.ts";

/** Text as SuiteQL takes it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A condition over a list; ids are numbers over there and need no quotes. */
export function isIn(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map((value) => (/^-?\d{1,18}$/.test(value) && isId(column) ? value : quote(value))).join(", ")})`;
}

function isId(column: string): boolean {
  return /(^|\.)(id|entity|transaction|nextdoc|previousdoc|subsidiary)$/.test(column);
}

/** A column with a point in time, as text without zone: the account's own. */
export function timeText(column: string): string {
  return `TO_CHAR(${column}, 'YYYY-MM-DD"T"HH24:MI:SS')`;
}

/** A day as text, whatever format the user has set. */
export function dayText(column: string): string {
  return `TO_CHAR(${column}, 'YYYY-MM-DD')`;
}

export function day(date: string): string {
  return `TO_DATE(${quote(date)}, 'YYYY-MM-DD')`;
}

/** One answer: at most a thousand rows, names in lower case, values as text, empty ones left out. */
export async function queryPage(call: Call, q: string): Promise<readonly JsonObject[]> {
  const { json, facts } = await call({
    method: "POST",
    path: "query/v1/suiteql",
    query: { limit: String(rowsMax) },
    headers: { prefer: "transient" },
    body: JSON.stringify({ q }),
    timeoutMs: readTimeoutMs,
  });
  if (!Array.isArray(json["items"])) throw unreadable(facts, "a query's answer without rows");
  return listOf(json, "items");
}

/** A table to be read whole: everything up to ORDER BY, with a condition that more can be added to. */
export interface Table {
  readonly select: string;
  readonly from: string;
  readonly where?: string;
  /** Numeric key, unique in the answer; `id` where nothing is said. */
  readonly key?: string;
}

/** All rows, a thousand at a time by key: offsets would skip and repeat rows while people go on working. */
export async function queryAll(call: Call, { select, from, where, key = "id" }: Table): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  for (let after: string | null = null; ; ) {
    const conditions = [...(where ? [`(${where})`] : []), ...(after === null ? [] : [`${key} > ${after}`])];
    const filter = conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : "";
    const page = await queryPage(call, `SELECT ${select} FROM ${from}${filter} ORDER BY ${key}`);
    rows.push(...page);
    const last = page.at(-1);
    if (page.length < rowsMax || last === undefined) return rows;
    after = textOf(last, key.replace(/^.*\./, ""));
    if (!/^-?\d+$/.test(after)) throw unreadable({ status: 200, operationId: "" }, `a row of ${from} without its key`);
  }
}

/** Runs one question for a list of values, some hundred at a time. */
export async function inSlices<Answer>(
  values: readonly string[],
  ask: (slice: readonly string[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < values.length; at += valuesPerQueryMax) answers.push(...(await ask(values.slice(at, at + valuesPerQueryMax))));
  return answers;
}
