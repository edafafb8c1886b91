import { randomBytes } from "node:crypto";
import { aggregate, countRows, findKeys, findRows, mustFind, type Aggregate, type FieldPath, type Search } from "./conditions.ts";
import type { Call } from "./call.ts";
import type { Kind, Work } from "./kind.ts";
import { refuse, refuseRead } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { allPaths, flatFields, lineElements, nestedFields, pathValue, shownName, xmlValue } from "./show.ts";
import { readStatement } from "./statement.ts";
import { canSee } from "./visible.ts";
import { queryField, readFilter } from "./xml-filter.ts";
import { looseChild, tag, textIn, type Element } from "../xml.ts";

export function objectIn(work: Work, name: string | null): Kind {
  const kind = name === null ? null : work.kindOf(name);
  return kind ?? refuse("Query Failed", `Object definition ${name ?? ""} not found`, { category: "invalidRequest", status: 404 });
}

function checkPermission({ company }: Work, kind: Kind): void {
  if (kind.object === "AUDITHISTORY" && !company.switches.auditPermission)
    refuse("PL04000005", "You do not have permission for API operation READ_BY_QUERY on objects of type audithistory", {
      category: "permissionDenied",
      status: 403,
    });
}

function pathsOf(work: Work, kind: Kind, fields: string | null): FieldPath[] {
  if (fields === null || fields === "*") return allPaths(work, kind);
  return fields.split(",").map((name) => mustFind(work, kind, name));
}

/** `read` by record number and `readByName` by business id, up to a hundred of them. */
export function readByKeys({ work, element }: Call, by: "number" | "id"): string {
  const kind = objectIn(work, textIn(element, "object"));
  checkPermission(work, kind);
  const keys = (textIn(element, "keys") ?? "").split(",").map((key) => key.trim());
  if (keys.length > 100) refuseRead("At most 100 keys can be read at once.");
  const asked = textIn(element, "fields");
  const paths = pathsOf(work, kind, asked);
  const found = keys.flatMap((key) => oneOf(work, kind, key, by));
  const rows = found.map((record) => {
    const lines = asked === null || asked === "*" ? lineElements(work, kind, record) : [];
    return tag(kind.object, [...nestedFields(work, kind, record, paths), ...lines]);
  });
  return tag("data", rows, { listtype: kind.object, count: rows.length });
}

export function oneOf(work: Work, kind: Kind, key: string, by: "number" | "id"): Stored[] {
  const { records, company } = work;
  const object = kind.object === "LOCATIONENTITY" ? "LOCATION" : kind.object;
  const isNumber = by === "number" || kind.id === "RECORDNO";
  if (isNumber && !/^\d{1,15}$/.test(key)) return [];
  const one = isNumber ? records.find(company.key, object, Number(key)) : (records.withId(company.key, object, key)[0] ?? null);
  return one !== null && canSee(work, one, true) ? [one] : [];
}

function pageSize(element: Element, most: number): number {
  const text = textIn(element, "pagesize");
  const size = text === null ? 100 : Number(text);
  if (!Number.isSafeInteger(size) || size < 1 || size > most) return refuseRead(`The page size is a number from 1 to ${most}.`);
  return size;
}

/** Opens a result that `readMore` goes through. Its rows are fixed by their numbers now, read when their page is. */
export function readByQuery({ work, element, session }: Call): string {
  const kind = objectIn(work, textIn(element, "object"));
  checkPermission(work, kind);
  const fields = textIn(element, "fields") ?? "*";
  const paths = pathsOf(work, kind, fields);
  const size = pageSize(element, 1000);
  const condition = readStatement(work, kind, textIn(element, "query") ?? "");
  const keys = findKeys(work, { kind, condition, showsPrivate: false });
  const page = keys.slice(0, size);
  const rest = keys.length - page.length;
  let resultId = "";
  if (rest > 0) {
    resultId = `${randomBytes(9).toString("hex")}${kind.object.length}`;
    const { company, storage, atMs } = work;
    storage.run(
      "INSERT INTO intacct_cursors VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      ...[resultId, session, company.key, kind.object, JSON.stringify(keys), fields, atMs, page.length, size],
    );
    storage.run("DELETE FROM intacct_cursors WHERE at < ?", atMs - 86_400_000);
  }
  return pageOf(work, kind, { paths, page, total: keys.length, rest, resultId });
}

export function readMore({ work, element, session }: Call): string {
  const id = textIn(element, "resultId");
  const object = textIn(element, "object");
  const row =
    id === null
      ? work.storage.get(
          "SELECT * FROM intacct_cursors WHERE session = ? AND object = ? ORDER BY at DESC LIMIT 1",
          session,
          object?.toUpperCase() ?? "",
        )
      : work.storage.get("SELECT * FROM intacct_cursors WHERE id = ? AND session = ?", id, session);
  if (row === undefined) return refuseRead("The session has no such result.");
  const kind = objectIn(work, String(row["object"]));
  const keys = JSON.parse(String(row["keys"])) as number[];
  const from = Number(row["position"]);
  const page = keys.slice(from, from + Number(row["page"]));
  work.storage.run("UPDATE intacct_cursors SET position = ? WHERE id = ?", from + page.length, row["id"] ?? null);
  const rest = keys.length - from - page.length;
  return pageOf(work, kind, {
    paths: pathsOf(work, kind, String(row["fields"])),
    page,
    total: keys.length,
    rest,
    resultId: String(row["id"]),
  });
}

interface Page {
  readonly paths: readonly FieldPath[];
  readonly page: readonly number[];
  readonly total: number;
  readonly rest: number;
  readonly resultId: string;
}

function pageOf(work: Work, kind: Kind, { paths, page, total, rest, resultId }: Page): string {
  const name = kind.object.toLowerCase();
  const object = kind.object === "LOCATIONENTITY" ? "LOCATION" : kind.object;
  const rows = page.flatMap((key) => {
    const record = work.records.find(work.company.key, object, key);
    return record === null ? [] : [tag(name, flatFields(work, kind, record, paths))];
  });
  return tag("data", rows, { listtype: name, count: page.length, totalcount: total, numremaining: rest, resultId });
}

interface Selected {
  readonly field: FieldPath;
  readonly by: Aggregate | null;
}

const aggregates: readonly Aggregate[] = ["count", "sum", "avg", "min", "max"];

function selectedOf(work: Work, kind: Kind, select: Element | undefined): Selected[] {
  const chosen = (select?.children ?? []).map((child): Selected => {
    const name = child.name.toLowerCase();
    const by = aggregates.find((one) => one === name) ?? null;
    if (by === null && name !== "field") return refuseRead(`'${child.name}' cannot be selected.`);
    if (child.text.trim() === "*") return refuseRead("A query names its fields one by one.");
    return { field: queryField(work, kind, child.text), by };
  });
  return chosen.length === 0 ? refuseRead("A query selects one field at least.") : chosen;
}

function orderOf(work: Work, kind: Kind, element: Element | undefined) {
  return (element?.children ?? []).map((order) => ({
    field: queryField(work, kind, textIn(order, "field") ?? ""),
    isDescending: looseChild(order, "descending") !== undefined,
  }));
}

export interface QueryPage {
  readonly kind: Kind;
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
  readonly offset: number;
}

/** Runs `query`: a fresh look at the rows for every page. */
export function runQuery({ work, element }: Call): QueryPage {
  const kind = objectIn(work, textIn(element, "object"));
  checkPermission(work, kind);
  const selected = selectedOf(work, kind, looseChild(element, "select"));
  const filter = looseChild(element, "filter");
  const options = looseChild(element, "options");
  const offset = Number(textIn(element, "offset") ?? 0);
  if (!Number.isSafeInteger(offset) || offset < 0) return refuseRead("The offset is a number from 0.");
  const size = pageSize(element, 2000);
  const search: Search = {
    kind,
    condition: filter === undefined ? null : readFilter(work, kind, filter),
    order: orderOf(work, kind, looseChild(element, "orderby")),
    ignoresCase: textIn(options, "caseinsensitive") === "true",
    showsPrivate: textIn(options, "showprivate") === "true",
  };
  const names = selected.map(({ field, by }) =>
    by === null ? shownName(work, kind, field) : `${by.toUpperCase()}.${field.text.toUpperCase()}`,
  );
  if (selected.some(({ by }) => by !== null)) {
    const all = aggregate(work, search, selected).map((row) =>
      row.map((value, index) => {
        const column = selected[index];
        if (column === undefined || value === null) return "";
        return column.by === "count"
          ? String(value)
          : xmlValue(work, column.field.field, typeof value === "number" ? shownNumber(column, value) : value);
      }),
    );
    return { kind, names, rows: all.slice(offset, offset + size), total: all.length, offset };
  }
  const rows = findRows(work, search, { offset, size }).map((record) =>
    selected.map(({ field }) => xmlValue(work, field.field, pathValue(work, record, field))),
  );
  return { kind, names, rows, total: countRows(work, search), offset };
}

const shownNumber = ({ field }: Selected, value: number) => (field.field.type === "amount" ? value.toFixed(2) : String(value));

export function queryXml(page: QueryPage): string {
  const { kind, names, rows, total, offset } = page;
  const written = rows.map((row) =>
    tag(
      kind.object,
      row.map((value, index) => tag(names[index] ?? "", value)),
    ),
  );
  const numremaining = Math.max(0, total - offset - rows.length);
  return tag("data", written, { listtype: kind.object, totalcount: total, offset, count: rows.length, numremaining });
}

export const queryJson = ({ names, rows }: QueryPage): string =>
  JSON.stringify(rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index] ?? "", value]))));

export function queryCsv({ names, rows }: QueryPage): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [names, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}
