import type { SQLInputValue } from "node:sqlite";
import { fieldsIn } from "./check.ts";
import type { Field, Kind, Work } from "./kind.ts";
import { refuseRead } from "./refusal.ts";
import { toStored, type Stored } from "./records.ts";

export type Comparison =
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "like"
  | "not like"
  | "in"
  | "not in"
  | "between"
  | "not between"
  | "null"
  | "not null";

/** A filter of any of the query languages. Values are spelt our way: dates ISO, instants in milliseconds. */
export type Condition =
  | { readonly type: "and" | "or"; readonly of: readonly Condition[] }
  | { readonly type: "not"; readonly of: Condition }
  | { readonly type: "compare"; readonly field: FieldPath; readonly by: Comparison; readonly values: readonly string[] };

/** A field of the object itself, or of one that it names: `VENDOR.CREDITLIMIT`. */
export interface FieldPath {
  /** As the client wrote it. */
  readonly text: string;
  readonly field: Field;
  readonly relation: Relation | null;
}

interface Relation {
  readonly object: string;
  /** The field here that names it, by business id or record number. */
  readonly by: string;
  readonly isByNumber: boolean;
}

/** Objects that an object names, by the name of the relationship. */
const relations: Readonly<Record<string, Readonly<Record<string, Relation>>>> = {
  GLBATCH: { JOURNAL: named("GLJOURNAL", "JOURNAL") },
  GLENTRY: { GLBATCH: numbered("GLBATCH", "BATCHNO"), GLACCOUNT: named("GLACCOUNT", "ACCOUNTNO") },
  APBILL: { VENDOR: named("VENDOR", "VENDORID") },
  APBILLITEM: { APBILL: numbered("APBILL", "RECORDKEY"), GLACCOUNT: named("GLACCOUNT", "ACCOUNTNO") },
  APADJUSTMENT: { VENDOR: named("VENDOR", "VENDORID") },
  APPYMT: { VENDOR: named("VENDOR", "VENDORID") },
  ARINVOICE: { CUSTOMER: named("CUSTOMER", "CUSTOMERID") },
  ARINVOICEITEM: { ARINVOICE: numbered("ARINVOICE", "RECORDKEY"), GLACCOUNT: named("GLACCOUNT", "ACCOUNTNO") },
  ARADJUSTMENT: { CUSTOMER: named("CUSTOMER", "CUSTOMERID") },
  ARPYMT: { CUSTOMER: named("CUSTOMER", "CUSTOMERID") },
  PROJECT: { CUSTOMER: named("CUSTOMER", "CUSTOMERID") },
  EEXPENSES: { EMPLOYEE: named("EMPLOYEE", "EMPLOYEEID") },
};

function named(object: string, by: string): Relation {
  return { object, by, isByNumber: false };
}
function numbered(object: string, by: string): Relation {
  return { object, by, isByNumber: true };
}

/** Finds a field by the name a client used, without regard to case. */
export function fieldPath(work: Work, kind: Kind, text: string): FieldPath | null {
  const name = text.trim().toUpperCase();
  const own = fieldsIn(work.company, kind)[name];
  if (own !== undefined) return { text: text.trim(), field: own, relation: null };
  const dot = name.indexOf(".");
  const relation = dot < 0 ? undefined : relations[kind.object]?.[name.slice(0, dot)];
  const target = relation === undefined ? null : work.kindOf(relation.object);
  const field = target === null ? undefined : fieldsIn(work.company, target)[name.slice(dot + 1)];
  return field === undefined || relation === undefined ? null : { text: text.trim(), field, relation };
}

export function mustFind(work: Work, kind: Kind, text: string): FieldPath {
  return fieldPath(work, kind, text) ?? refuseRead(`The field '${text}' of ${kind.object} does not exist or cannot be queried.`);
}

/** Where the rows of an object are kept. */
function sourceOf(kind: Kind): { object: string; extra: string } {
  return kind.object === "LOCATIONENTITY"
    ? { object: "LOCATION", extra: " AND r.body ->> '$.ISENTITY' = 'true'" }
    : { object: kind.object, extra: "" };
}

const jsonPath = (name: string) => `'$."${name}"'`;

/** The value of a field in SQL, of a row with this alias. */
function valueOf(field: Field, kindObject: string, alias: string): string {
  if (field.name === "RECORDNO" || (field.name === "ID" && kindObject !== "AUDITHISTORY")) return `${alias}.recordno`;
  if (field.name === "MEGAENTITYID") return `nullif(${alias}.entity, '')`;
  if (field.type === "created") return `${alias}.created`;
  if (field.type === "modified") return `${alias}.updated`;
  const text = `${alias}.body ->> ${jsonPath(field.name)}`;
  return field.type === "amount" || field.type === "number" || field.type === "integer" ? `CAST(${text} AS REAL)` : `(${text})`;
}

function sqlOf(kind: Kind, { field, relation }: FieldPath): string {
  if (relation === null) return valueOf(field, kind.object, "r");
  const key = `r.body ->> ${jsonPath(relation.by)}`;
  const join = relation.isByNumber ? `o.recordno = CAST(${key} AS INTEGER)` : `o.id = ${key}`;
  return `(SELECT ${valueOf(field, relation.object, "o")} FROM intacct_records o WHERE o.company = r.company AND o.object = '${relation.object}' AND ${join})`;
}

export interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

function bound({ field }: FieldPath, value: string): SQLInputValue {
  const isNumber = ["amount", "number", "integer", "created", "modified"].includes(field.type);
  return isNumber && value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** The filter as SQL over rows called `r`. */
function compile(kind: Kind, condition: Condition, ignoresCase: boolean): Sql {
  if (condition.type === "not") {
    const inner = compile(kind, condition.of, ignoresCase);
    return { text: `NOT (${inner.text})`, values: inner.values };
  }
  if (condition.type !== "compare") {
    const parts = condition.of.map((part) => compile(kind, part, ignoresCase));
    const word = condition.type === "and" ? " AND " : " OR ";
    return { text: `(${parts.map(({ text }) => text).join(word)})`, values: parts.flatMap(({ values }) => values) };
  }
  const { field, by } = condition;
  const isText = field.field.type === "text";
  const left = sqlOf(kind, field) + (isText && ignoresCase ? " COLLATE NOCASE" : "");
  const values = condition.values.map((value) => bound(field, value));
  switch (by) {
    case "null":
      return { text: `${sqlOf(kind, field)} IS NULL`, values: [] };
    case "not null":
      return { text: `${sqlOf(kind, field)} IS NOT NULL`, values: [] };
    case "in":
    case "not in":
      // One JSON array instead of up to a thousand marks, so that statements stay few.
      return { text: `${left} ${by === "in" ? "IN" : "NOT IN"} (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
    case "between":
    case "not between":
      return { text: `${left} ${by === "between" ? "BETWEEN" : "NOT BETWEEN"} ? AND ?`, values };
    case "like":
    case "not like":
      return likeOf({ left: sqlOf(kind, field), by, ignoresCase, pattern: condition.values[0] ?? "" });
    case "=":
    case "<>":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return { text: `${left} ${by} ?`, values };
  }
}

/** LIKE of SQLite never minds case; GLOB always does. */
function likeOf({ left, by, ignoresCase, pattern }: { left: string; by: "like" | "not like"; ignoresCase: boolean; pattern: string }): Sql {
  const not = by === "like" ? "" : "NOT ";
  if (ignoresCase) return { text: `${left} ${not}LIKE ?`, values: [pattern] };
  const glob = pattern.replace(/[[*?]/g, "[$&]").replaceAll("%", "*").replaceAll("_", "?");
  return { text: `${left} ${not}GLOB ?`, values: [glob] };
}

export interface Search {
  readonly kind: Kind;
  readonly condition: Condition | null;
  readonly order?: readonly { readonly field: FieldPath; readonly isDescending: boolean }[];
  readonly ignoresCase?: boolean;
  /** At the top level: with the rows of the entities. */
  readonly showsPrivate?: boolean;
}

function scopeOf(work: Work, search: Search): Sql {
  const { kind, condition } = search;
  const { object, extra } = sourceOf(kind);
  const filter = condition === null ? null : compile(kind, condition, search.ignoresCase === true);
  const isOpen = !work.company.rules.multiEntity || (work.entity === "" && search.showsPrivate === true);
  const visible = isOpen ? "" : " AND r.entity IN ('', ?)";
  return {
    text: `FROM intacct_records r WHERE r.company = ? AND r.object = ?${extra}${visible}${filter === null ? "" : ` AND ${filter.text}`}`,
    values: [work.company.key, object, ...(isOpen ? [] : [work.entity]), ...(filter?.values ?? [])],
  };
}

function orderOf(work: Work, { kind, order = [] }: Search): string {
  const asked = order.map(({ field, isDescending }) => `${sqlOf(kind, field)} ${isDescending ? "DESC" : "ASC"}`);
  // Nothing is promised of what was not asked for, not even between rows that are equal in what was.
  const rest = work.company.switches.unorderedReads === "recordno" ? "r.recordno" : "(r.recordno * 2654435761) % 4294967296";
  return ` ORDER BY ${[...asked, rest].join(", ")}`;
}

export function countRows(work: Work, search: Search): number {
  const { text, values } = scopeOf(work, search);
  return Number(work.storage.get(`SELECT count(*) AS found ${text}`, ...values)?.["found"]);
}

export function findRows(work: Work, search: Search, page: { offset: number; size: number }): Stored[] {
  const { text, values } = scopeOf(work, search);
  return work.storage.all(`SELECT r.* ${text}${orderOf(work, search)} LIMIT ? OFFSET ?`, ...values, page.size, page.offset).map(toStored);
}

/** Record numbers of everything that is found, in order. */
export function findKeys(work: Work, search: Search): number[] {
  const { text, values } = scopeOf(work, search);
  return work.storage.all(`SELECT r.recordno ${text}${orderOf(work, search)}`, ...values).map((row) => Number(row["recordno"]));
}

export type Aggregate = "count" | "sum" | "avg" | "min" | "max";

/** Rows of aggregates, grouped by the plain fields; values in the order of the columns. */
export function aggregate(
  work: Work,
  search: Search,
  columns: readonly { readonly field: FieldPath; readonly by: Aggregate | null }[],
): (string | number | null)[][] {
  const { text, values } = scopeOf(work, search);
  const written = columns.map(({ field, by }, index) => `${by === null ? "" : by}(${sqlOf(search.kind, field)}) AS c${index}`);
  const groups = columns.filter(({ by }) => by === null).map(({ field }) => sqlOf(search.kind, field));
  const rows = work.storage.all(
    `SELECT ${written.join(", ")} ${text}${groups.length === 0 ? "" : ` GROUP BY ${groups.join(", ")}`}`,
    ...values,
  );
  return rows.map((row) =>
    columns.map((_, index) => {
      const value = row[`c${index}`];
      return typeof value === "number" || typeof value === "string" ? value : value === null || value === undefined ? null : String(value);
    }),
  );
}
