import { isObject, listOf, objectOf, tableEntry, textOf, type Json, type JsonObject } from "../json.ts";
import { aggregate, countRows, fieldPath, findRows, type Aggregate, type Comparison, type Condition, type Search } from "./conditions.ts";
import type { Work } from "./kind.ts";
import { refuse } from "./refusal.ts";
import { findRest } from "./rest-objects.ts";
import type { RestObject } from "./rest-shape.ts";
import { choiceIn, kindFor, queryFieldOf, restValue, type QueryField } from "./rest-values.ts";
import { pathValue } from "./show.ts";
import { addDays, isIsoDate } from "./values.ts";

const refuseQuery = (text: string): never => refuse("REST-1028", text, { errorId: "REST-1028", category: "invalidRequest", status: 400 });

const operators: Readonly<Record<string, Comparison>> = {
  $eq: "=",
  $ne: "<>",
  $lt: "<",
  $lte: "<=",
  $gt: ">",
  $gte: ">=",
  $in: "in",
  $notIn: "not in",
  $between: "between",
  $notBetween: "not between",
  $contains: "like",
  $notContains: "not like",
  $startsWith: "like",
  $notStartsWith: "not like",
  $endsWith: "like",
  $notEndsWith: "not like",
};

/** Names of days that are worked out when they are asked. */
function macroDate(work: Work, name: string): [string, string] | null {
  const today = new Date(work.atMs).toISOString().slice(0, 10);
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7)) - 1;
  const day = (y: number, m: number, d: number) => new Date(Date.UTC(y, m, d)).toISOString().slice(0, 10);
  const periods: Readonly<Record<string, [string, string]>> = {
    today: [today, today],
    yesterday: [addDays(today, -1), addDays(today, -1)],
    currentMonth: [day(year, month, 1), day(year, month + 1, 0)],
    priorMonth: [day(year, month - 1, 1), day(year, month, 0)],
    currentYear: [day(year, 0, 1), day(year, 11, 31)],
    priorYear: [day(year - 1, 0, 1), day(year - 1, 11, 31)],
  };
  return tableEntry(periods, name) ?? null;
}

function valueFor(field: QueryField, value: Json): string {
  const text =
    isObject(value) || Array.isArray(value) || value === null ? refuseQuery(`${field.name} is compared with a value`) : String(value);
  const { type } = field.path.field;
  if (type === "created" || type === "modified") {
    const atMs = Date.parse(text);
    return Number.isNaN(atMs) ? refuseQuery(`'${text}' is not a time such as 2026-04-01T00:00:00Z`) : String(atMs);
  }
  if (type === "date") return isIsoDate(text) ? text : refuseQuery(`'${text}' is not a date such as 2026-04-01`);
  return choiceIn(field.member, field.path.field, text);
}

function conditionOf(work: Work, rest: RestObject, filter: Json): Condition {
  const [operator = "", operand] = Object.entries(objectOf(filter))[0] ?? [];
  const by = tableEntry(operators, operator);
  const [name = "", value = null] = Object.entries(objectOf(operand))[0] ?? [];
  if (by === undefined || name === "") return refuseQuery(`'${operator}' is no operator on a field`);
  const field = queryFieldOf(work, rest, name);
  const compare = (comparison: Comparison, values: readonly string[]): Condition => ({
    type: "compare",
    field: field.path,
    by: comparison,
    values,
  });
  if (value === null) return compare(by === "<>" ? "not null" : "null", []);
  const period = typeof value === "string" && field.path.field.type === "date" ? macroDate(work, value) : null;
  if (period !== null) return compare(by === "<>" ? "not between" : "between", period);
  if (by === "in" || by === "not in")
    return compare(
      by,
      listOf(value).map((one) => valueFor(field, one)),
    );
  if (by === "between" || by === "not between") {
    const values = listOf(value).map((one) => valueFor(field, one));
    return values.length === 2 ? compare(by, values) : refuseQuery(`${operator} takes two values`);
  }
  const text = valueFor(field, value);
  if (by !== "like" && by !== "not like") return compare(by, [text]);
  const escaped = text.replace(/[%_]/g, "_");
  const before = /[cC]ontains|[eE]ndsWith/.test(operator) ? "%" : "";
  const after = /[cC]ontains|[sS]tartsWith/.test(operator) ? "%" : "";
  return compare(by, [`${before}${escaped}${after}`]);
}

/** Numbers of the filters joined by words: `1 and (2 or 3)`; `and` or `or` alone join all. */
function joined(conditions: readonly Condition[], expression: string | null): Condition | null {
  const [first] = conditions;
  if (first === undefined) return null;
  const word = (expression ?? "and").trim().toLowerCase();
  if (word === "and" || word === "or" || word === "")
    return conditions.length === 1 ? first : { type: word === "or" ? "or" : "and", of: conditions };
  const tokens = word.match(/\d+|and|or|\(|\)/g) ?? [];
  if (tokens.join("") !== word.replace(/\s+/g, "")) return refuseQuery(`The filter expression '${word}' cannot be read`);
  const condition = readJoin(tokens, conditions);
  return tokens.length === 0 ? condition : refuseQuery(`The filter expression '${word}' cannot be read`);
}

function readJoin(tokens: string[], conditions: readonly Condition[]): Condition {
  let left = readAnd(tokens, conditions);
  while (tokens[0] === "or") {
    tokens.shift();
    left = { type: "or", of: [left, readAnd(tokens, conditions)] };
  }
  return left;
}

function readAnd(tokens: string[], conditions: readonly Condition[]): Condition {
  let left = readOperand(tokens, conditions);
  while (tokens[0] === "and") {
    tokens.shift();
    left = { type: "and", of: [left, readOperand(tokens, conditions)] };
  }
  return left;
}

function readOperand(tokens: string[], conditions: readonly Condition[]): Condition {
  const token = tokens.shift();
  if (token === "(") {
    const inner = readJoin(tokens, conditions);
    return tokens.shift() === ")" ? inner : refuseQuery("The filter expression has an open parenthesis");
  }
  return conditions[Number(token) - 1] ?? refuseQuery(`The filter expression names filter ${token ?? "nothing"}, which is not there`);
}

export interface Paging {
  readonly totalCount: number;
  readonly start: number;
  readonly pageSize: number;
  readonly next: number | null;
  readonly previous: number | null;
}

export function pagingOf(total: number, start: number, size: number): Paging {
  return {
    totalCount: total,
    start,
    pageSize: size,
    next: start + size <= total ? start + size : null,
    previous: start > 1 ? Math.max(1, start - size) : null,
  };
}

const aggregatePattern = /^(count|sum|avg|min|max):(.+)$/;
const pageMax = 4000;

interface Column {
  readonly name: string;
  readonly field: QueryField;
  readonly by: Aggregate | null;
}

function columnOf(work: Work, rest: RestObject, value: Json): Column {
  const name = textOf(value) ?? refuseQuery("fields are names");
  const [, by, inner] = aggregatePattern.exec(name) ?? [];
  return { name, field: queryFieldOf(work, rest, inner ?? name), by: (by as Aggregate | undefined) ?? null };
}

/** `POST /services/core/query`. */
export function restQuery(work: Work, body: JsonObject): { rows: JsonObject[]; paging: Paging } {
  const address = textOf(body["object"]) ?? "";
  const rest =
    findRest(work.company, address) ??
    refuse("REST-1031", `The object '${address}' does not exist`, { errorId: "REST-1031", category: "invalidRequest", status: 400 });
  const columns = listOf(body["fields"]).map((name) => columnOf(work, rest, name));
  if (columns.length === 0) refuseQuery("A query names its fields");
  const { start = 1, size = 100 } = body;
  if (typeof start !== "number" || typeof size !== "number" || start < 1 || size < 1 || size > pageMax)
    return refuseQuery(`start is a number from 1, size one from 1 to ${pageMax}`);
  const search = searchOf(work, rest, body);
  if (columns.some(({ by }) => by !== null)) {
    const all = aggregate(
      work,
      search,
      columns.map(({ field, by }) => ({ field: field.path, by })),
    );
    const rows = all.map((row) =>
      Object.fromEntries(columns.map((column, index) => [column.name, shownAggregate(column, row[index] ?? null)])),
    );
    return { rows: rows.slice(start - 1, start - 1 + size), paging: pagingOf(rows.length, start, size) };
  }
  const rows = findRows(work, search, { offset: start - 1, size }).map((record) =>
    Object.fromEntries(
      columns.map(({ name, field }) => [name, restValue(field.member, field.path.field, pathValue(work, record, field.path))]),
    ),
  );
  return { rows, paging: pagingOf(countRows(work, search), start, size) };
}

function searchOf(work: Work, rest: RestObject, body: JsonObject): Search {
  const parameters = objectOf(body["filterParameters"]);
  const conditions = listOf(body["filters"]).map((filter) => conditionOf(work, rest, filter));
  const order = listOf(body["orderBy"]).map((one) => {
    const [name = "", way] = Object.entries(objectOf(one))[0] ?? [];
    return { field: queryFieldOf(work, rest, name).path, isDescending: way === "desc" };
  });
  return {
    kind: kindFor(work, rest),
    condition: within(work, rest, joined(conditions, textOf(body["filterExpression"]))),
    order,
    ignoresCase: parameters["caseSensitiveComparison"] === false,
    showsPrivate: parameters["includePrivate"] === true,
  };
}

/** The condition, and that the row belongs to this address. */
export function within(work: Work, rest: RestObject, condition: Condition | null): Condition | null {
  const { only } = rest;
  const field = only === null ? null : fieldPath(work, kindFor(work, rest), only.field);
  if (only === null || field === null) return condition;
  const own: Condition = { type: "compare", field, by: "=", values: [only.value] };
  return condition === null ? own : { type: "and", of: [own, condition] };
}

function shownAggregate({ by, field }: Column, value: string | number | null): Json {
  if (value === null) return null;
  if (by === "count") return typeof value === "number" ? value : Number(value);
  const { type } = field.path.field;
  return restValue(field.member, field.path.field, typeof value === "number" && type === "amount" ? value.toFixed(2) : String(value));
}
