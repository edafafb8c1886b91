import type { SQLInputValue } from "node:sqlite";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Company } from "./company.ts";
import { Refusal } from "./errors.ts";
import { kindOfName } from "./kinds.ts";
import { present } from "./present.ts";
import { propertyOf, type Property } from "./properties.ts";
import { parseQuery, type Condition, type Query } from "./query-grammar.ts";
import { toStored } from "./records.ts";
import type { Storage } from "../storage.ts";
import { isDate, pacificDate, readInstant } from "./time.ts";

interface Asked {
  readonly company: Company;
  readonly storage: Storage;
  readonly atMs: number;
  readonly origin: string;
  /** Entities that are one object each. */
  readonly singles: Readonly<Record<string, () => JsonObject>>;
}

/** Runs a statement; the answer is the `QueryResponse` member. */
export function runQuery(asked: Asked, statement: string): JsonObject {
  const query = parseQuery(statement, pacificDate(asked.atMs));
  const single = Object.entries(asked.singles).find(([name]) => name.toLowerCase() === query.entity.toLowerCase());
  if (single !== undefined) return { [single[0]]: [single[1]()], maxResults: 1 };
  const kind = kindOfName(query.entity);
  if (kind === null) throw new Refusal("4001", `QueryValidationError: Invalid context declaration '${query.entity}' found`);
  const where = whereOf(asked.company, kind.name, query);
  if (query.isCount) {
    const row = asked.storage.get(`SELECT count(*) AS total FROM qbo_records WHERE ${where.sql}`, ...where.values);
    return { totalCount: Number(row?.["total"] ?? 0) };
  }
  const rows = asked.storage.all(
    `SELECT * FROM qbo_records WHERE ${where.sql} ORDER BY ${orderOf(kind.name, query)} LIMIT ? OFFSET ?`,
    ...[...where.values, query.maxResults, query.startPosition - 1],
  );
  if (rows.length === 0) return {};
  const found = rows.map((row) => project(present(asked, toStored(row)), query.fields));
  return { [kind.name]: found, startPosition: query.startPosition, maxResults: found.length };
}

function requireProperty(entity: string, name: string): Property {
  const property = propertyOf(entity, name);
  if (property === null) throw new Refusal("4001", `QueryValidationError: Property ${name} not found for Entity ${entity}`);
  return property;
}

function whereOf(company: Company, entity: string, query: Query): { sql: string; values: SQLInputValue[] } {
  const parts = ["company = ?", "entity = ?", "deleted = 0"];
  const values: SQLInputValue[] = [company.key, entity];
  for (const condition of query.conditions) {
    const part = conditionOf(entity, condition);
    parts.push(part.sql);
    values.push(...part.values);
  }
  // Inactive rows of a list hide from everybody who does not ask for them.
  const asksActive = query.conditions.some(({ property }) => property.toLowerCase() === "active");
  if (!asksActive) parts.push("active = 1");
  return { sql: parts.join(" AND "), values };
}

function conditionOf(entity: string, { property: name, operator, values }: Condition): { sql: string; values: SQLInputValue[] } {
  const property = requireProperty(entity, name);
  if (property.type === "id" && operator !== "=" && operator !== "in") {
    throw new Refusal("4001", `QueryValidationError: Property Id supports only = and in for Entity ${entity}`);
  }
  const bound = values.map((value) => bind(property, name, value));
  if (operator === "like")
    return { sql: `${property.sql} LIKE ? ESCAPE '\\'`, values: bound.map((value) => String(value).replace(/[_\\]/g, "\\$&")) };
  const column = property.type === "number" ? `CAST(${property.sql} AS REAL)` : property.sql;
  if (operator === "in") return { sql: `${column} IN (${bound.map(() => "?").join(", ")})`, values: bound };
  return { sql: `${column} ${operator} ?`, values: bound };
}

function bind({ type }: Property, name: string, value: string | boolean): SQLInputValue {
  const wrong = () => new Refusal("4001", `QueryValidationError: value ${String(value)} is not valid for property ${name}`);
  switch (type) {
    case "flag":
      if (value === true || value === "true") return 1;
      if (value === false || value === "false") return 0;
      throw wrong();
    case "time": {
      const instant = typeof value === "string" ? readInstant(value) : null;
      if (instant === null) throw wrong();
      return instant;
    }
    case "date":
      if (typeof value === "string" && isDate(value)) return value;
      throw wrong();
    case "number":
      if (typeof value === "string" && value !== "" && Number.isFinite(Number(value))) return Number(value);
      throw wrong();
    case "id":
    case "text":
      return String(value);
  }
}

/** Without an order: as created. Ids sort as the numbers they are, though some are too long for one. */
function orderOf(entity: string, { order, conditions }: Query): string {
  const parts = order.map(({ property: name, descending }) => {
    const { sql, type } = requireProperty(entity, name);
    const way = descending ? "DESC" : "ASC";
    return type === "id" ? `length(id) ${way}, id ${way}` : `${type === "number" ? `CAST(${sql} AS REAL)` : sql} ${way}`;
  });
  // With conditions the index of a condition serves better than the one that happens to be sorted: hence the plus.
  return [...parts, conditions.length === 0 ? "rowid" : "+rowid"].join(", ");
}

/** Only the asked members, in their own spelling; the object says that it is a part. */
function project(record: JsonObject, fields: readonly string[] | null): JsonObject {
  if (fields === null) return record;
  const part: JsonObject = { domain: "QBO", sparse: true };
  for (const field of fields) copyMember(record, part, field.split("."));
  return part;
}

function copyMember(from: JsonObject, to: JsonObject, path: readonly string[]): void {
  const [first = "", ...rest] = path;
  const name = Object.keys(from).find((key) => key.toLowerCase() === first.toLowerCase());
  if (name === undefined) return;
  const value: Json | undefined = from[name];
  if (rest.length === 0 || !isObject(value)) {
    if (value !== undefined) to[name] = value;
    return;
  }
  const inner = isObject(to[name]) ? to[name] : {};
  to[name] = inner;
  copyMember(value, inner, rest);
}
