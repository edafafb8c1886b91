import type { Company } from "./company.ts";
import type { Field } from "./fields.ts";
import type { CustomField } from "./preferences.ts";
import { dateMark } from "./sql-dates.ts";
import { typeNamed } from "./types.ts";

/** A column as a query sees it, and what its display text is. */
export interface Column {
  readonly name: string;
  readonly sql: string;
  readonly display?: string;
  readonly isDate?: boolean;
}
export interface SqlTable {
  readonly from: string;
  readonly columns: readonly Column[];
}

const mark = `char(${dateMark.charCodeAt(0)})`;
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
export const flag = (condition: string) => `CASE WHEN ${condition} THEN 'T' ELSE 'F' END`;

/** The name of a row in a space, for display. */
function nameIn(company: Company, space: string, id: string): string {
  const shown =
    space === "accountingPeriod"
      ? "n.body ->> '$.periodName'"
      : space === "account"
        ? "trim(coalesce(n.number, '') || ' ' || n.name)"
        : "n.name";
  return `(SELECT ${shown} FROM ns_records n WHERE n.company = ${company.key} AND n.space = '${space}' AND n.id = ${id})`;
}

export function reference(company: Company, name: string, order: { sql: string; space: string }): Column {
  return { name, sql: order.sql, display: nameIn(company, order.space, order.sql) };
}

/** A field of a record as a column. */
function fieldColumn(company: Company, { name, kind, target }: Field): Column {
  const member = `r.body ->> '$.${name}'`;
  const lower = name.toLowerCase();
  switch (kind) {
    case "boolean":
      return { name: lower, sql: flag(`${member} = 1`) };
    case "date":
      return { name: lower, sql: `CASE WHEN ${member} IS NOT NULL THEN ${mark} || (${member}) || ' 00:00:00' END`, isDate: true };
    case "number":
    case "amount":
      return { name: lower, sql: `CAST(${member} AS REAL)` };
    case "reference":
      return reference(company, lower, { sql: `CAST(${member} AS INTEGER)`, space: typeOrSelf(target) });
    case "many":
      return { name: lower, sql: `(SELECT group_concat(value, ', ') FROM json_each(r.body, '$.${name}'))` };
    case "text":
    case "enumeration":
    case "datetime":
    case "sublist":
    case "subrecord":
      return { name: lower, sql: `CAST(${member} AS TEXT)` };
  }
}

function typeOrSelf(target: string): string {
  return ["customer", "vendor", "employee", "entity"].includes(target) ? "entity" : target;
}

const fullName = (company: Company, space: string) =>
  `(WITH RECURSIVE up(parent, text) AS (SELECT r.body ->> '$.parent', r.name UNION ALL
      SELECT p.body ->> '$.parent', p.name || ' : ' || up.text FROM up JOIN ns_records p ON p.company = ${company.key} AND p.space = '${space}' AND p.id = CAST(up.parent AS INTEGER))
    SELECT text FROM up WHERE parent IS NULL)`;

const balance = (company: Company, party: string, sign: string) =>
  `coalesce((SELECT ${sign}b.minor / 100.0 FROM party_balances b WHERE b.company = ${company.key} AND b.party = '${party} ' || r.id), 0)`;

/** Columns that are not simply a field of the record. */
function computed(company: Company, type: string): Readonly<Record<string, Column>> {
  const { space } = typeNamed(type);
  const plain = (name: string, sql: string): readonly [string, Column] => [name, { name, sql }];
  const isDate = (name: string, sql: string): readonly [string, Column] => [name, { name, sql, isDate: true }];
  const accountName = "trim(coalesce(r.number, '') || ' ' || r.name)";
  return Object.fromEntries([
    plain("id", "r.id"),
    plain("externalid", "r.external"),
    plain("isinactive", flag("r.inactive = 1")),
    isDate("datecreated", "r.created"),
    isDate("createddate", "r.created"),
    isDate("lastmodifieddate", "r.updated"),
    plain("fullname", fullName(company, space)),
    plain(
      "altname",
      "coalesce(r.body ->> '$.companyName', trim(coalesce(r.body ->> '$.firstName', '') || ' ' || coalesce(r.body ->> '$.lastName', '')))",
    ),
    plain("balance", balance(company, type, type === "vendor" ? "-" : "")),
    plain("balanceprimary", balance(company, type, "-")),
    plain("balancesearch", balance(company, type, "")),
    plain("overduebalancesearch", "0"),
    plain("searchstage", "'Customer'"),
    plain("defaultbillingaddress", "NULL"),
    plain("defaultshippingaddress", "NULL"),
    plain("accountsearchdisplayname", accountName),
    plain("accountsearchdisplaynamecopy", "r.name"),
    plain("displaynamewithhierarchy", accountName),
    plain("isprimarysub", flag("r.body ->> '$.isPrimarySub' = 1")),
    plain("itemtype", "r.kind"),
    plain("edition", "'US'"),
    plain("mainaddress", "NULL"),
    plain("returnaddress", "NULL"),
    plain("closedondate", "NULL"),
    plain("assetaccount", "NULL"),
    plain("purchaseorderlimit", "NULL"),
    ...(space === "item" ? [plain("parent", "NULL")] : []),
  ]);
}

/** A table of the rows of one record type, with these columns and what the account added. */
export function recordTable(company: Company, type: string, columns: string): SqlTable {
  const { shape, space } = typeNamed(type);
  const special = computed(company, type);
  const own = columns.split(/\s+/).flatMap((name) => {
    const field = shape.byName.get(name);
    const found = special[name];
    return found === undefined ? (field === undefined ? [] : [fieldColumn(company, field)]) : [found];
  });
  const rows = space === "entity" || space === "item" ? `r.space = '${space}' AND r.type = '${type}'` : `r.space = '${space}'`;
  return {
    from: `ns_records r WHERE r.company = ${company.key} AND ${space === "item" ? "r.space = 'item'" : rows}`,
    columns: [...own, ...customColumns(company, [`cust${space}_`, "cseg_"], "r.body")],
  };
}

/** What the account added to a level, out of a JSON column. */
export function customColumns(company: Company, starts: readonly string[], json: string): Column[] {
  return company.preferences.customFields
    .filter(({ id }) => starts.some((start) => id.startsWith(start)))
    .map((field) => customColumn(field, json));
}

function customColumn({ id, kind, values }: CustomField, json: string): Column {
  const member = `${json} ->> '$.${id}'`;
  if (kind === "boolean") return { name: id, sql: flag(`${member} = 1`) };
  if (kind === "number") return { name: id, sql: `CAST(${member} AS REAL)` };
  if (kind === "date")
    return { name: id, sql: `CASE WHEN ${member} IS NOT NULL THEN ${mark} || (${member}) || ' 00:00:00' END`, isDate: true };
  const names = values.map((value) => `WHEN ${quoted(value.id)} THEN ${quoted(value.name)}`).join(" ");
  const sql = `CAST(${member} AS TEXT)`;
  return kind === "list" && names !== "" ? { name: id, sql, display: `CASE ${sql} ${names} END` } : { name: id, sql };
}
