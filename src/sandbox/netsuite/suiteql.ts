import type { Answer } from "../http.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Row, Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import { forbidden, invalidContent, invalidParameter, invalidRequest, methodNotAllowed, Refusal, resourceType } from "./errors.ts";
import { dateMark } from "./sql-dates.ts";
import { badQuery, unknownColumn } from "./sql-errors.ts";
import { plainNumber } from "./sql-functions.ts";
import { translate, type Translated } from "./sql-translate.ts";
import type { Work } from "./work.ts";

const rowsMax = 100_000;
const pageMax = 1000;

export interface QueryCall {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
  readonly prefers: ReadonlySet<string>;
}

/** `POST /query/v1/suiteql` */
export function answerQuery(work: Work, call: QueryCall): Answer {
  if (call.method !== "POST") throw methodNotAllowed(call.method);
  if (!call.prefers.has("transient")) throw invalidRequest("The required request header 'Prefer: transient' is missing.");
  if (!work.company.preferences.suiteAnalytics) throw forbidden("SuiteAnalytics Workbook");
  if (!isObject(call.body)) throw invalidContent("Invalid content in the request body. The request body must be a JSON object.");
  const { q, params } = call.body;
  if (typeof q !== "string" || q.trim() === "") throw invalidParameter("The query parameter 'q' is required.", "q");
  const { limit, offset } = pageOf(call.query);
  const values = parametersOf(work.company, params);
  const translated = translate(work.storage, work.company, q);
  const { rows, total } = run(work.storage, translated, { values, limit, offset });
  const items = rows.map((row) => itemOf(work.company, row));
  const self = `${work.base}/query/v1/suiteql`;
  const body = {
    links: linksOf(self, { limit, offset, total, switches: work.company.switches, sent: call.query }),
    count: items.length,
    hasMore: offset + items.length < total,
    items,
    offset,
    totalResults: total,
  };
  return { status: 200, headers: { "content-type": resourceType("collection") }, body: JSON.stringify(body) };
}

function parametersOf({ switches }: Company, params: Json | undefined): (string | number)[] {
  if (params === undefined || params === null) return [];
  if (!switches.queryParams) throw invalidContent("Invalid content in the request body. Unknown property 'params'.", "params");
  if (!Array.isArray(params)) throw invalidContent("Invalid content in the request body.", "params");
  return params.map((value) => (typeof value === "number" ? value : String(value)));
}

/** `limit` and `offset` of a list or query; an offset lies on a page's border. */
export function pageOf(query: URLSearchParams): { limit: number; offset: number } {
  const number = (name: string, otherwise: number) => {
    const text = query.get(name);
    if (text !== null && !/^\d{1,9}$/.test(text)) throw invalidParameter(`Invalid value '${text}' for the parameter ${name}.`, name);
    return text === null ? otherwise : Number(text);
  };
  const limit = number("limit", pageMax);
  const offset = number("offset", 0);
  if (limit < 1 || limit > pageMax) throw invalidParameter(`The limit must be between 1 and ${pageMax}.`, "limit");
  if (offset % limit !== 0) throw invalidParameter(`The offset ${offset} must be divisible by the limit ${limit}.`, "offset");
  return { limit, offset };
}

function run(
  storage: Storage,
  { sql, limit: own, tables }: Translated,
  page: { values: readonly (string | number)[]; limit: number; offset: number },
): { rows: Row[]; total: number } {
  const { values, limit, offset } = page;
  try {
    const bounded = own === null ? sql : `${sql} LIMIT ${own}`;
    const counted = Number(storage.once(`SELECT count(*) AS n FROM (${bounded})`, ...values)[0]?.["n"] ?? 0);
    const total = Math.min(counted, rowsMax);
    if (offset > 0 && offset >= rowsMax) throw invalidParameter(`A query returns at most ${rowsMax} rows.`, "offset");
    const rows = storage.once(`${sql} LIMIT ${Math.max(0, Math.min(limit, total - offset))} OFFSET ${offset}`, ...values);
    return { rows, total };
  } catch (error) {
    throw explained(error, tables);
  }
}

/** What the engine says, in the words of the service. */
function explained(error: unknown, tables: ReadonlyMap<string, string>): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error;
  const column = /^no such column: "?(?:\w+\.)?([^"]+?)"?(?: - .*)?$/.exec(error.message)?.[1];
  if (column !== undefined) return unknownColumn(column, tables);
  // The engine found fault with the query; anything else would be a fault of our own.
  return "errcode" in error || error.message.startsWith("ORA-") || "code" in error ? badQuery(error.message) : error;
}

function itemOf({ preferences }: Company, row: Row): JsonObject {
  const item: JsonObject = { links: [] };
  let unnamed = 0;
  for (const [name, value] of Object.entries(row)) {
    // What only display texts are made of.
    if (name.startsWith("df ")) continue;
    const isPlain = /^[\w$#:]+$/.test(name);
    if (!isPlain) unnamed += 1;
    const shown = textOf(value, preferences.dateFormat);
    if (shown !== null) item[isPlain ? name : `expr${unnamed}`] = shown;
  }
  return item;
}

/** Every value is a text; null ones are not there. */
function textOf(value: Row[string] | undefined, format: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return plainNumber(value);
  const text = String(value);
  return text.startsWith(dateMark) ? accountDate(text, format) : text;
}

/** A date as the account's preferences print it. */
function accountDate(marked: string, format: string): string {
  const [year = "", month = "", day = ""] = marked.slice(1, 11).split("-");
  if (format === "YYYY-MM-DD") return `${year}-${month}-${day}`;
  return format === "D/M/YYYY" ? `${Number(day)}/${Number(month)}/${year}` : `${Number(month)}/${Number(day)}/${year}`;
}

/** Links of a page to its neighbours. */
export function linksOf(
  self: string,
  page: { limit: number; offset: number; total: number; switches: Company["switches"]; sent: URLSearchParams },
): JsonObject[] {
  const { limit, offset, total, switches, sent } = page;
  const at = (start: number) => {
    const query = new URLSearchParams(sent);
    query.set("limit", String(limit));
    query.set("offset", String(start));
    return `${self}?${query.toString()}`;
  };
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit;
  const own = sent.size === 0 ? self : `${self}?${sent.toString()}`;
  return [
    ...(offset > 0
      ? [
          { rel: "first", href: at(0) },
          { rel: switches.previousLink, href: at(Math.max(0, offset - limit)) },
        ]
      : []),
    ...(offset + limit < total ? [{ rel: "next", href: at(offset + limit) }] : []),
    ...(total > limit ? [{ rel: "last", href: at(last) }] : []),
    { rel: "self", href: own, method: "POST" },
  ];
}
