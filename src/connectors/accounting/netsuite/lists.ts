import type { RecordKind } from "../../../core/reference.ts";
import { sha256 } from "./keys.ts";
import { timeText } from "./suiteql.ts";
import { textOf, type JsonObject } from "./wire.ts";

/** A list of the account as the query service has it. */
export interface List {
  /** REST type, as in `Change.entity`. */
  readonly entity: string;
  readonly table: string;
  readonly columns: string;
  /** Not every account has it. */
  readonly optional?: true;
}

const modified = `${timeText("lastmodifieddate")} AS modified`;
const places = `id, name, fullname, parent, subsidiary, includechildren, isinactive, externalid, ${modified}`;

/** Every list that documents name, in the order in which changes are read. */
export const lists: readonly List[] = [
  {
    entity: "account",
    table: "account",
    columns: `id, acctnumber, accountsearchdisplaynamecopy, fullname, accttype, currency, parent, isinactive, issummary, eliminate, subsidiary, includechildren, sspecacct, externalid, ${modified}`,
  },
  {
    entity: "vendor",
    table: "vendor",
    columns: `id, entityid, companyname, altname, currency, isinactive, externalid, ${modified}`,
  },
  {
    entity: "customer",
    table: "customer",
    columns: `id, entityid, companyname, altname, currency, isinactive, externalid, ${modified}`,
  },
  { entity: "department", table: "department", columns: places, optional: true },
  { entity: "classification", table: "classification", columns: places, optional: true },
  { entity: "location", table: "location", columns: places, optional: true },
];

/** Lists that do not tell when a row was changed: read with the others, never asked for changes. */
export const timelessLists: readonly List[] = [
  { entity: "item", table: "item", columns: "id, itemid, fullname, itemtype, displayname, isinactive, incomeaccount, expenseaccount" },
  { entity: "employee", table: "employee", columns: "id, entityid, firstname, lastname, email, subsidiary, isinactive", optional: true },
  { entity: "term", table: "term", columns: "id, name", optional: true },
  { entity: "job", table: "job", columns: "id, entityid, companyname, isinactive", optional: true },
];

/** What each list is to a rule set, by the REST type. */
export const listKinds: Readonly<Record<string, RecordKind>> = {
  account: "account",
  vendor: "vendor",
  customer: "customer",
  department: "department",
  classification: "class",
  location: "location",
  item: "item",
  employee: "employee",
  term: "term",
  job: "project",
};

export function listNamed(entity: string): List | undefined {
  const folded = entity.toLowerCase();
  return [...lists, ...timelessLists].find((list) => list.entity.toLowerCase() === folded);
}

/** They keep no count of versions: the time of modification, with a hash of what the row says. */
export function listVersion(row: JsonObject): string {
  const names = ["entityid", "companyname", "altname", "isinactive", "currency", "acctnumber", "fullname", "accttype", "itemid"];
  return `${textOf(row, "modified")}.${sha256(JSON.stringify(names.map((name) => textOf(row, name)))).slice(0, 12)}`;
}
