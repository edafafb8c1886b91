import { listOf, objectOf, type Json, type JsonObject } from "../json.ts";
import { invalidContent } from "./errors.ts";
import type { Field, Shape } from "./fields.ts";

/** What the query of an update says about lists and fields. */
export interface Replacing {
  /** Lower-case names of `?replace=`. */
  readonly names: ReadonlySet<string>;
  /** `?replaceSelectedFields=true`: fields named and not sent are cleared. */
  readonly clearsFields: boolean;
}

export function replacingOf(query: URLSearchParams): Replacing {
  const names = (query.get("replace") ?? "").split(",").map((name) => name.trim().toLowerCase());
  return { names: new Set(names.filter((name) => name !== "")), clearsFields: query.get("replaceSelectedFields") === "true" };
}

/** The key of a row by the list it stands in. */
const keys: Readonly<Record<string, readonly string[]>> = {
  apply: ["doc"],
  credit: ["doc"],
  appliedDeposit: ["doc"],
  depositPayment: ["id"],
  addressBook: ["id", "label"],
  currencyList: ["currency"],
};

/**
 * A kept body with what an update sent: null clears, rows with a known key change that row, rows without one are added.
 * A list that is to be replaced is the sent list, and empty when that is null.
 */
export function mergeBody(shape: Shape, body: JsonObject, sent: JsonObject, replacing: Replacing): JsonObject {
  const merged: JsonObject = { ...body };
  for (const [name, value] of Object.entries(sent)) {
    const field = shape.byName.get(name.toLowerCase());
    if (field?.kind === "sublist") mergeList(merged, field, value, replacing.names.has(name.toLowerCase()));
    else if (value === null) delete merged[name];
    else merged[name] = value;
  }
  if (!replacing.clearsFields) return merged;
  const sentNames = new Set(Object.keys(sent).map((name) => name.toLowerCase()));
  return Object.fromEntries(
    Object.entries(merged).filter(([name]) => !replacing.names.has(name.toLowerCase()) || sentNames.has(name.toLowerCase())),
  );
}

function mergeList(merged: JsonObject, field: Field, value: Json, isReplaced: boolean): void {
  const { name } = field;
  if (value === null) {
    if (isReplaced) merged[name] = [];
    return;
  }
  if (isReplaced) {
    merged[name] = listOf(value).map((row) => withoutNulls(objectOf(row)));
    return;
  }
  const rows = listOf(merged[name]).map(objectOf);
  for (const [index, given] of listOf(value).entries()) {
    const row = objectOf(given);
    const members = keys[field.target] ?? ["line"];
    const key = members.find((member) => row[member] !== undefined && row[member] !== null);
    const at = key === undefined ? -1 : rows.findIndex((known) => known[key] === row[key]);
    if (at < 0 && key === "line")
      throw invalidContent(`The line ${String(row["line"])} does not exist in the sublist ${name}.`, `${name}.items[${index}]`);
    if (at < 0) rows.push(withoutNulls(row));
    else rows[at] = withoutNulls({ ...rows[at], ...row });
  }
  merged[name] = rows;
}

export function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
