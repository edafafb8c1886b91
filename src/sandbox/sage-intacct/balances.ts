import type { Call } from "./call.ts";
import { dimensionsOf, fieldOf, type Dimension } from "./dimensions.ts";
import type { Work } from "./kind.ts";
import { refuse, refuseRule } from "./refusal.ts";
import { isIsoDate, readAnyDate, showAmount } from "./values.ts";
import { childOf, looseChild, tag, textIn, type Element } from "../xml.ts";

interface Period {
  readonly from: string;
  readonly to: string;
}

/** A period by its name, or from day to day. */
function periodOf({ records, company }: Work, element: Element): Period {
  const name = textIn(element, "reportingperiodname");
  if (name !== null) {
    const found = records.withId(company.key, "REPORTINGPERIOD", name)[0];
    const { START_DATE: from = null, END_DATE: to = null } = found?.values ?? {};
    if (from === null || to === null)
      return refuseRule(`Reporting period '${name}' is not valid`, { target: "reportingperiodname", category: "invalidReference" });
    return { from, to };
  }
  const day = (child: string): string => {
    const found = looseChild(element, child);
    const parts =
      found === undefined
        ? ""
        : `${textIn(found, "year") ?? ""}-${(textIn(found, "month") ?? "").padStart(2, "0")}-${(textIn(found, "day") ?? "").padStart(2, "0")}`;
    const date = isIsoDate(parts) ? parts : readAnyDate(found?.text.trim() ?? "");
    return date ?? refuse("PL03000006", `${child} is not a date`, { target: child, category: "invalidFormat" });
  };
  return { from: day("startdate"), to: day("enddate") };
}

/** A group of general ledger rows: before the period, and its debits and credits in it. Hundredths. */
export interface BalanceRow {
  readonly keys: Readonly<Record<string, string>>;
  readonly opening: bigint;
  readonly debits: bigint;
  readonly credits: bigint;
}

interface BalanceSearch {
  readonly period: Period;
  readonly groupBy: readonly string[];
  readonly statistical: "include" | "exclude" | "only";
  /** Values by field: any of them. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly accounts?: { readonly from: string; readonly to: string } | null;
}

/** Sums the general ledger. The names to group by are the server's own, never a client's text. */
function balanceRows({ storage, company, entity }: Work, search: BalanceSearch): BalanceRow[] {
  const { period, groupBy, statistical, filters, accounts } = search;
  const fields = ["ACCOUNTNO", ...groupBy];
  const columns = fields.map((name, index) => `coalesce(body ->> '$.${name}', '') AS k${index}`);
  const where = ["company = ?", "object = 'GLDETAIL'", "date <= ?"];
  const values: (string | number)[] = [company.key, period.to];
  if (statistical !== "include") where.push(statistical === "only" ? "id = 'statistical'" : "id IS NULL");
  if (entity !== "") {
    where.push("entity IN ('', ?)");
    values.push(entity);
  }
  for (const [field, list] of Object.entries(filters)) {
    where.push(`body ->> '$.${field}' IN (SELECT value FROM json_each(?))`);
    values.push(JSON.stringify(list));
  }
  if (accounts !== undefined && accounts !== null) {
    where.push("body ->> '$.ACCOUNTNO' BETWEEN ? AND ?");
    values.push(accounts.from, accounts.to);
  }
  const rows = storage.allExact(
    `SELECT ${columns.join(", ")}, sum(iif(date < ?, minor, 0)) AS opening, sum(iif(date >= ? AND minor > 0, minor, 0)) AS debits,
       sum(iif(date >= ? AND minor < 0, -minor, 0)) AS credits FROM intacct_records WHERE ${where.join(" AND ")}
       GROUP BY ${fields.map((_, index) => `k${index}`).join(", ")} ORDER BY ${fields.map((_, index) => `k${index}`).join(", ")}`,
    ...[period.from, period.from, period.from, ...values],
  );
  const cents = (value: unknown) => BigInt(value as bigint);
  return rows.map((row) => ({
    keys: Object.fromEntries(fields.map((name, index) => [name, String(row[`k${index}`])])),
    opening: cents(row["opening"]),
    debits: cents(row["debits"]),
    credits: cents(row["credits"]),
  }));
}

/** The value of a dimension filter with everything below it, unless only itself is asked for. */
function belowOf({ records, company }: Work, { object }: Dimension, id: string, withChildren: boolean): string[] {
  if (!withChildren) return [id];
  const all = records.all(company.key, object);
  const found = new Set([id]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const row of all) if (row.id !== null && found.has(row.values["PARENTID"] ?? "")) found.add(row.id);
  }
  return [...found];
}

function filtersOf(work: Work, element: Element): Record<string, string[]> {
  const filters: Record<string, string[]> = {};
  const own = childOf(element, "userDefinedDimensions");
  for (const dimension of dimensionsOf(work.company)) {
    const name = dimension.isOwn ? dimension.lineField : dimension.lineField.toLowerCase();
    const value = textIn(element, name) ?? textIn(own, name);
    if (value === null) continue;
    const subs = textIn(element, `${dimension.name}_subs`) ?? "true";
    filters[fieldOf(dimension, "GLDETAIL")] = belowOf(work, dimension, value, subs.toLowerCase() !== "false");
  }
  return filters;
}

const statisticalOf = (element: Element): "include" | "exclude" | "only" => {
  const asked = textIn(element, "statistical");
  return asked === "include" || asked === "only" ? asked : "exclude";
};

/** One row an account, and one for each place and department where they are asked for. */
export function trialBalance({ work, element }: Call): string {
  const byDepartment = textIn(element, "showdeptdetail") === "true";
  const byLocation = textIn(element, "showlocdetail") === "true";
  const rows = balanceRows(work, {
    period: periodOf(work, element),
    groupBy: [...(byDepartment ? ["DEPARTMENTID"] : []), ...(byLocation ? ["LOCATIONID"] : [])],
    statistical: statisticalOf(element),
    filters: filtersOf(work, element),
  });
  const byAccount = new Set(rows.map(({ keys }) => keys["ACCOUNTNO"]));
  const zeros =
    textIn(element, "showzerobalances") === "true"
      ? work.records.all(work.company.key, "GLACCOUNT").filter(({ id }) => !byAccount.has(id ?? ""))
      : [];
  const empty = zeros.map(({ id }) => ({ keys: { ACCOUNTNO: id ?? "" }, opening: 0n, debits: 0n, credits: 0n }));
  const all = [...rows, ...empty].sort((a, b) => ((a.keys["ACCOUNTNO"] ?? "") < (b.keys["ACCOUNTNO"] ?? "") ? -1 : 1));
  return tag(
    "data",
    all.map((row) => tag("trialbalance", trialElements(work, row))),
  );
}

function nameOf({ records, company }: Work, object: string, id: string, field: string): string {
  return id === "" ? "" : (records.withId(company.key, object, id)[0]?.values[field] ?? "");
}

function trialElements(work: Work, { keys, opening, debits, credits }: BalanceRow): string[] {
  const { ACCOUNTNO: account = "", LOCATIONID: location = "", DEPARTMENTID: department = "" } = keys;
  return [
    tag("glaccountno", account),
    tag("accounttitle", nameOf(work, "GLACCOUNT", account, "TITLE") || nameOf(work, "STATACCOUNT", account, "TITLE")),
    tag("startbalance", showAmount(opening)),
    tag("debits", showAmount(debits)),
    tag("credits", showAmount(credits)),
    tag("adjdebits", "0.00"),
    tag("adjcredits", "0.00"),
    tag("endbalance", showAmount(opening + debits - credits)),
    tag("reportingbook", "ACCRUAL"),
    tag("currency", work.company.rules.baseCurrency),
    tag("locationid", location),
    tag("departmentid", department),
  ];
}

function accountsOf(element: Element): { from: string; to: string } | null {
  const one = textIn(element, "glaccountno");
  if (one !== null) return { from: one, to: one };
  const from = textIn(element, "startaccountno");
  const to = textIn(element, "endaccountno");
  return from === null || to === null ? null : { from, to };
}

/** Balances of accounts; credits are below zero. */
export function accountBalances({ work, element }: Call): string {
  const rows = balanceRows(work, {
    period: periodOf(work, element),
    groupBy: ["LOCATIONID", "DEPARTMENTID"],
    statistical: statisticalOf(element),
    filters: filtersOf(work, element),
    accounts: accountsOf(element),
  });
  return tag(
    "data",
    rows.map((row) => tag("accountbalance", balanceElements(work, row, []))),
  );
}

/** The same by the dimensions of `groupby`. */
export function accountBalancesByDimensions({ work, element }: Call): string {
  const known = dimensionsOf(work.company);
  const asked = (childOf(element, "groupby")?.text ?? "").split(",").map((name) => name.trim().toLowerCase());
  const listed = (childOf(element, "groupby")?.children ?? []).map(({ name, text }) =>
    (text.trim() === "" ? name : text.trim()).toLowerCase(),
  );
  const wanted = [...asked, ...listed].filter((name) => name !== "" && name !== "account" && name !== "glaccountno");
  const dimensions = wanted.map(
    (name) =>
      known.find((dimension) => dimension.name === name || dimension.lineField.toLowerCase() === name) ??
      refuseRule(`'${name}' is no dimension`, { target: "groupby" }),
  );
  const content = textIn(element, "contentselection") ?? "Actual";
  if (content !== "Actual") refuseRule("Balances of budgets are read from the budget itself", { target: "contentselection" });
  const rows = balanceRows(work, {
    period: periodOf(work, element),
    groupBy: dimensions.map((dimension) => fieldOf(dimension, "GLDETAIL")),
    statistical: statisticalOf(element),
    filters: filtersOf(work, element),
    accounts: accountsOf(element),
  });
  return tag(
    "data",
    rows.map((row) => tag("accountbalance", balanceElements(work, row, dimensions))),
  );
}

function balanceElements(work: Work, { keys, opening, debits, credits }: BalanceRow, dimensions: readonly Dimension[]): string[] {
  const { ACCOUNTNO: account = "", LOCATIONID: location = "", DEPARTMENTID: department = "" } = keys;
  const others = dimensions.filter(({ name }) => name !== "location" && name !== "department");
  return [
    tag("glaccountno", account),
    tag("startbalance", showAmount(opening)),
    tag("debits", showAmount(debits)),
    tag("credits", showAmount(credits)),
    tag("periodbalance", showAmount(debits - credits)),
    tag("endbalance", showAmount(opening + debits - credits)),
    tag("currency", work.company.rules.baseCurrency),
    tag("locationid", location),
    tag("locationname", nameOf(work, "LOCATION", location, "NAME")),
    tag("departmentid", department),
    tag("departmentname", nameOf(work, "DEPARTMENT", department, "TITLE")),
    ...others.map((dimension) => tag(fieldOf(dimension, "GLDETAIL").toLowerCase(), keys[fieldOf(dimension, "GLDETAIL")] ?? "")),
  ];
}
