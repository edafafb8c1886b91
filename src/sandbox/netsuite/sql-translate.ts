import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import { badQuery, unknownColumn, unknownTable } from "./sql-errors.ts";
import { functionNames } from "./sql-functions.ts";
import { viewOf } from "./sql-schema.ts";
import type { Column } from "./sql-tables.ts";
import { isSymbol, isWord, parseSql, type SqlNode } from "./sql-tokens.ts";

/** Tables of a query block by alias; a sub-select knows no columns of its own. */
type Scope = ReadonlyMap<string, { readonly table: string; readonly columns: readonly Column[] }>;

interface Context {
  readonly storage: Storage;
  readonly company: Company;
  readonly scopes: readonly Scope[];
  /** Tables by alias of every block, for the words of an error. */
  readonly known: Map<string, string>;
}

export interface Translated {
  readonly sql: string;
  /** Rows at most, as the query itself says; null: all. */
  readonly limit: number | null;
  /** Tables by alias. */
  readonly tables: ReadonlyMap<string, string>;
}

const keywords = new Set(
  (
    "SELECT DISTINCT FROM WHERE GROUP BY HAVING ORDER ASC DESC NULLS FIRST LAST AND OR NOT IN IS NULL LIKE BETWEEN EXISTS CASE WHEN THEN ELSE END AS ON JOIN " +
    "INNER LEFT RIGHT FULL OUTER CROSS UNION ALL MINUS INTERSECT ESCAPE OVER PARTITION ROWS INTEGER VARCHAR VARCHAR2 NUMBER CHAR"
  ).split(" "),
);
const endsOfFrom = ["WHERE", "GROUP", "HAVING", "ORDER", "FETCH", "UNION", "MINUS", "INTERSECT"];
const refused: Readonly<Record<string, string>> = {
  LIMIT: "LIMIT is not supported; use FETCH FIRST n ROWS ONLY or ROWNUM.",
  OFFSET: "OFFSET is not supported.",
  WITH: "WITH is not supported; use a sub-select.",
  TRUE: "Unknown identifier 'TRUE'.",
  FALSE: "Unknown identifier 'FALSE'.",
  CURRENT_DATE: "Unknown identifier 'CURRENT_DATE'.",
  CURRENT_TIMESTAMP: "Unknown identifier 'CURRENT_TIMESTAMP'.",
};

/** Puts a query of the vendor's dialect into that of the engine underneath; only what Oracle says differently is changed. */
export function translate(storage: Storage, company: Company, query: string): Translated {
  const nodes = parseSql(query);
  if (!isWord(nodes[0], "SELECT"))
    throw badQuery(isWord(nodes[0], "WITH") ? (refused["WITH"] ?? "") : "Only SELECT statements are supported.");
  const known = new Map<string, string>();
  const { sql, limit } = statement({ storage, company, scopes: [], known }, nodes);
  return { sql, limit, tables: known };
}

/** A whole statement: blocks joined by set operators, with the FETCH of the last one apart. */
function statement(context: Context, nodes: readonly SqlNode[]): { sql: string; limit: number | null } {
  const { rest, limit } = withoutFetch(nodes);
  const parts: string[] = [];
  let block: SqlNode[] = [];
  for (const node of rest) {
    if (!isWord(node, "UNION", "MINUS", "INTERSECT")) block.push(node);
    else {
      parts.push(queryBlock(context, block), isWord(node, "MINUS") ? "EXCEPT" : node.kind === "word" ? node.text : "");
      block = [];
    }
    if (parts.length > 0 && block.length === 1 && isWord(block[0], "ALL")) {
      parts.push("ALL");
      block = [];
    }
  }
  parts.push(queryBlock(context, block));
  return { sql: parts.join(" "), limit };
}

function withoutFetch(nodes: readonly SqlNode[]): { rest: readonly SqlNode[]; limit: number | null } {
  const at = nodes.findIndex((node) => isWord(node, "FETCH"));
  if (at < 0) return { rest: nodes, limit: null };
  const [, first, count, rows, only, ...more] = nodes.slice(at);
  const isComplete = isWord(first, "FIRST", "NEXT") && count?.kind === "number" && isWord(rows, "ROWS", "ROW") && isWord(only, "ONLY");
  if (!isComplete || more.length > 0) throw badQuery("Invalid FETCH clause.");
  return { rest: nodes.slice(0, at), limit: Number(count.kind === "number" ? count.text : 0) };
}

function queryBlock(context: Context, nodes: readonly SqlNode[]): string {
  const from = nodes.findIndex((node) => isWord(node, "FROM"));
  if (from < 0) throw badQuery("FROM is missing.");
  const length = nodes.slice(from).findIndex((node) => isWord(node, ...endsOfFrom));
  const end = length < 0 ? nodes.length : from + length;
  const scope = new Map<string, { table: string; columns: readonly Column[] }>();
  const tables = fromClause(context, nodes.slice(from + 1, end), scope);
  const inner: Context = { ...context, scopes: [scope, ...context.scopes] };
  // Conditions of joins see the tables, so they are put into words only now.
  const fromText = tables.map((part) => (typeof part === "string" ? part : expression(inner, part))).join(" ");
  const { rest, rows } = withoutRowNumber(nodes.slice(end));
  const list = expression(inner, nodes.slice(0, from));
  if (rows === null) return `${list} FROM ${fromText} ${expression(inner, rest)}`;
  const order = rest.findIndex((node) => isWord(node, "ORDER"));
  const before = order < 0 ? rest : rest.slice(0, order);
  if (
    isWord(
      rest.find((node) => isWord(node, "GROUP")),
      "GROUP",
    ) ||
    /^SELECT (count|sum|min|max|avg) \(/.test(list)
  ) {
    throw badQuery("ROWNUM beside sums or groups is not emulated; put the rows into a sub-select.");
  }
  const limited = `${list} FROM ${fromText} ${expression(inner, before)} LIMIT ${rows}`;
  // ROWNUM counts before anything is sorted.
  const outer: Context = { ...context, scopes: [] };
  return order < 0 ? `SELECT * FROM (${limited})` : `SELECT * FROM (${limited}) ${expression(outer, withoutAliases(rest.slice(order)))}`;
}

function withoutAliases(nodes: readonly SqlNode[]): SqlNode[] {
  return nodes.filter((node, index) => !isSymbol(node, ".") && !(node.kind === "word" && isSymbol(nodes[index + 1], ".")));
}

/** Takes `ROWNUM <= n` out of the conditions. */
function withoutRowNumber(nodes: readonly SqlNode[]): { rest: SqlNode[]; rows: number | null } {
  const at = nodes.findIndex((node) => isWord(node, "ROWNUM"));
  if (at < 0) return { rest: [...nodes], rows: null };
  const [operator, count] = [nodes[at + 1], nodes[at + 2]];
  const isUsable = isSymbol(operator, "<=", "<", "=") && count?.kind === "number";
  if (!isUsable) throw badQuery("ROWNUM is compared with <= and a number.");
  const one: SqlNode[] = [
    { kind: "number", text: "1" },
    { kind: "symbol", text: "=" },
    { kind: "number", text: "1" },
  ];
  const rows = Number(count.kind === "number" ? count.text : 0) - (isSymbol(operator, "<") ? 1 : 0);
  return { rest: [...nodes.slice(0, at), ...one, ...nodes.slice(at + 3)], rows };
}

const notAliases = ["LIMIT", "OFFSET", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "CROSS", "ON"];

/** Tables get the views of the account; what stands between them is handed back to be read later. */
function fromClause(
  context: Context,
  nodes: readonly SqlNode[],
  scope: Map<string, { table: string; columns: readonly Column[] }>,
): (string | SqlNode[])[] {
  const parts: (string | SqlNode[])[] = [];
  let expectsTable = true;
  let pending: SqlNode[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node === undefined) break;
    if (!expectsTable) {
      pending.push(node);
      expectsTable = isWord(node, "JOIN") || isSymbol(node, ",");
      continue;
    }
    parts.push(pending);
    pending = [];
    const next = isWord(nodes[index + 1], "AS") ? index + 2 : index + 1;
    const alias = nodes[next];
    const hasAlias = alias?.kind === "word" && !notAliases.includes(alias.text.toUpperCase());
    parts.push(tableText(context, scope, node, hasAlias ? alias.text.toLowerCase() : null));
    if (hasAlias) index = next;
    expectsTable = false;
  }
  return [...parts, pending];
}

function tableText(
  context: Context,
  scope: Map<string, { table: string; columns: readonly Column[] }>,
  node: SqlNode,
  alias: string | null,
): string {
  if (node.kind === "group") {
    const { sql, limit } = statement({ ...context, scopes: [] }, node.nodes);
    if (alias !== null) scope.set(alias, { table: alias, columns: [] });
    return `(${sql}${limit === null ? "" : ` LIMIT ${limit}`})${alias === null ? "" : ` AS "${alias}"`}`;
  }
  const name = node.text.toLowerCase();
  const found = node.kind === "word" ? viewOf(context.storage, context.company, name) : null;
  if (found === null) throw unknownTable(node.text);
  scope.set(alias ?? name, { table: name, columns: found.columns });
  context.known.set(alias ?? name, name);
  return `"${found.view}" AS "${alias ?? name}"`;
}

function columnNamed({ scopes }: Context, qualifier: string | null, name: string): Column | null {
  for (const scope of scopes) {
    const tables = qualifier === null ? [...scope.values()] : [scope.get(qualifier)].filter((table) => table !== undefined);
    for (const { columns } of tables) {
      const found = columns.find((column) => column.name === name);
      if (found !== undefined) return found;
    }
  }
  return null;
}

function expression(context: Context, nodes: readonly SqlNode[]): string {
  const parts: string[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node === undefined) break;
    if (isWord(node, "BUILTIN") && isSymbol(nodes[index + 1], ".")) {
      parts.push(builtIn(context, nodes[index + 2], nodes[index + 3]));
      index += 3;
    } else if (isWord(node, "SYSDATE")) {
      const { sql, taken } = sysdate(context, nodes.slice(index + 1));
      parts.push(sql);
      index += taken;
    } else parts.push(nodeText(context, nodes, index));
  }
  return parts.join(" ");
}

function nodeText(context: Context, nodes: readonly SqlNode[], index: number): string {
  const node = nodes[index];
  if (node === undefined) return "";
  if (node.kind === "group") return groupText(context, node.nodes, nodes[index - 1]);
  if (node.kind === "text") return textLiteral(context, nodes, index);
  if (node.kind !== "word") return node.text;
  const upper = node.text.toUpperCase();
  if (isSymbol(nodes[index - 1], ".")) return `"${node.text.toLowerCase()}"`;
  const refusal = Object.hasOwn(refused, upper) ? refused[upper] : undefined;
  if (refusal !== undefined) throw badQuery(refusal);
  if (upper === "DATE" && nodes[index + 1]?.kind === "text") throw badQuery("Date literals are not supported; use TO_DATE.");
  const isCall = nodes[index + 1]?.kind === "group" && !keywords.has(upper);
  if (isCall) return functionText(upper, nodes[index + 1]);
  // `left` is also the name of a column.
  const isColumn = columnNamed(context, null, node.text.toLowerCase()) !== null && !isWord(nodes[index + 1], "JOIN", "OUTER");
  return keywords.has(upper) && !isColumn ? upper : `"${node.text.toLowerCase()}"`;
}

function functionText(name: string, group: SqlNode | undefined): string {
  const known = Object.hasOwn(functionNames, name) ? functionNames[name] : undefined;
  if (known === undefined) throw badQuery(`Unknown function '${name}'.`);
  const commas = group?.kind === "group" ? group.nodes.filter((node) => isSymbol(node, ",")).length : 0;
  if (name === "CONCAT" && commas !== 1) throw badQuery("CONCAT takes two arguments.");
  return known;
}

function groupText(context: Context, nodes: readonly SqlNode[], before: SqlNode | undefined): string {
  if (isWord(nodes[0], "SELECT")) {
    const { sql, limit } = statement(context, nodes);
    return `(${sql}${limit === null ? "" : ` LIMIT ${limit}`})`;
  }
  if (isWord(before, "IN") && nodes.filter((node) => isSymbol(node, ",")).length >= 1000) throw badQuery("IN takes at most 1000 values.");
  return `(${expression(context, nodes)})`;
}

/** A text next to a date column is read in the account's date format. */
function textLiteral(context: Context, nodes: readonly SqlNode[], index: number): string {
  const node = nodes[index];
  const text = node?.kind === "text" ? node.text : "''";
  const [operator, operand] = [nodes[index - 1], nodes[index - 2]];
  const isCompared = isSymbol(operator, "=", "<", ">", "<=", ">=", "<>", "!=") && operand?.kind === "word";
  if (!isCompared) return text;
  const qualifier = isSymbol(nodes[index - 3], ".") ? nodes[index - 4] : undefined;
  const column = columnNamed(context, qualifier?.kind === "word" ? qualifier.text.toLowerCase() : null, operand.text.toLowerCase());
  const format = { "M/D/YYYY": "MM/DD/YYYY", "D/M/YYYY": "DD/MM/YYYY", "YYYY-MM-DD": "YYYY-MM-DD" }[context.company.preferences.dateFormat];
  return column?.isDate === true ? `ns_to_date(${text}, '${format}')` : text;
}

/** Now, and so many days from now. */
function sysdate({ company }: Context, after: readonly SqlNode[]): { sql: string; taken: number } {
  const now = `ns_now(${company.key})`;
  const [sign, days, slash, parts] = after;
  if (!isSymbol(sign, "+", "-") || days?.kind !== "number") return { sql: now, taken: 0 };
  const isPart = isSymbol(slash, "/") && parts?.kind === "number";
  const sum = `${sign?.kind === "symbol" ? sign.text : "+"}${days.text}${isPart ? `.0/${parts.text}` : ""}`;
  return { sql: `ns_plus_days(${now}, ${sum})`, taken: isPart ? 4 : 2 };
}

function builtIn(context: Context, name: SqlNode | undefined, group: SqlNode | undefined): string {
  if (group?.kind !== "group") throw badQuery("BUILTIN takes a function.");
  const nodes = group.nodes;
  if (isWord(name, "DF")) return displayText(context, nodes);
  const comma = nodes.findIndex((node) => isSymbol(node, ","));
  // Both subsidiaries of the template keep the same currency: translation changes nothing.
  if (isWord(name, "CONSOLIDATE", "CF")) return `(${expression(context, comma < 0 ? nodes : nodes.slice(0, comma))})`;
  if (isWord(name, "RELATIVE_RANGES")) return `ns_trunc(ns_now(${context.company.key}))`;
  throw badQuery(`Unknown function 'BUILTIN.${name?.kind === "word" ? name.text : ""}'.`);
}

/** What a reference, status or list column shows to people. */
function displayText(context: Context, nodes: readonly SqlNode[]): string {
  const words = nodes.flatMap((node) => (node.kind === "word" ? [node.text.toLowerCase()] : []));
  const isColumn = words.length >= 1 && words.length <= 2 && nodes.length === words.length * 2 - 1;
  if (!isColumn) return `(${expression(context, nodes)})`;
  const [qualifier, name] = words.length === 2 ? [words[0] ?? "", words[1] ?? ""] : [null, words[0] ?? ""];
  const column = columnNamed(context, qualifier, name);
  if (column === null) throw unknownColumn(name, context.known);
  const isNote = column.name === "field" && [...context.known.values()].includes("systemnote");
  if (isNote) throw badQuery("BUILTIN.DF is not available for 'field'.");
  const start = qualifier === null ? "" : `"${qualifier}".`;
  // The empty text makes it an expression: a column of that name would be taken for a hidden one.
  return `${start}"${column.display === undefined ? "" : "df "}${name}" || ''`;
}
