import { createHash } from "node:crypto";
import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import { accountTypes } from "./enumerations.ts";
import { accountingLineTable, deletedTable, lineTable, linkTable, noteTable, transactionTable } from "./sql-ledger-tables.ts";
import { flag, recordTable, reference, type Column, type SqlTable } from "./sql-tables.ts";

const plain = (name: string, sql: string): Column => ({ name, sql });
const classification = "id name fullname parent subsidiary includechildren isinactive externalid lastmodifieddate";
const balanceSheet = [
  "AcctPay",
  "AcctRec",
  "Bank",
  "CredCard",
  "DeferExpense",
  "DeferRevenue",
  "Equity",
  "FixedAsset",
  "LongTermLiab",
  "OthAsset",
  "OthCurrAsset",
  "OthCurrLiab",
  "UnbilledRec",
];
const debitSide = [
  "AcctRec",
  "Bank",
  "COGS",
  "DeferExpense",
  "Expense",
  "FixedAsset",
  "OthAsset",
  "OthCurrAsset",
  "OthExpense",
  "UnbilledRec",
];

type Make = (company: Company) => SqlTable;

const records: Readonly<Record<string, readonly [type: string, columns: string]>> = {
  account: [
    "account",
    "id acctnumber accountsearchdisplayname accountsearchdisplaynamecopy displaynamewithhierarchy fullname accttype currency parent isinactive issummary eliminate " +
      "subsidiary includechildren inventory revalue generalrate cashflowrate sspecacct description department class location externalid lastmodifieddate",
  ],
  vendor: [
    "vendor",
    "id entityid companyname altname legalname firstname lastname isperson isinactive email phone fax accountnumber category currency creditlimit balance balanceprimary " +
      "expenseaccount payablesaccount defaultvendorpaymentaccount terms printoncheckas defaultbillingaddress defaultshippingaddress externalid datecreated lastmodifieddate",
  ],
  customer: [
    "customer",
    "id entityid companyname altname firstname lastname isperson isinactive email phone accountnumber category currency creditlimit entitystatus searchstage parent pricelevel " +
      "receivablesaccount salesrep terms defaultbillingaddress defaultshippingaddress balancesearch overduebalancesearch externalid datecreated lastmodifieddate",
  ],
  employee: [
    "employee",
    "id entityid firstname lastname email phone department class location subsidiary supervisor approvallimit expenselimit purchaseorderlimit currency isinactive externalid datecreated lastmodifieddate",
  ],
  department: ["department", classification],
  classification: ["classification", classification],
  location: ["location", `${classification} mainaddress returnaddress locationtype makeinventoryavailable usebins tranprefix`],
  subsidiary: [
    "subsidiary",
    "id name fullname parent currency country state iselimination isinactive legalname fiscalcalendar edition tranprefix externalid lastmodifieddate",
  ],
  accountingperiod: [
    "accountingPeriod",
    "id periodname startdate enddate closed closedondate alllocked aplocked arlocked allownonglchanges isadjust isinactive isposting isquarter isyear parent lastmodifieddate",
  ],
  currency: ["currency", "id name symbol exchangerate currencyprecision isbasecurrency isinactive"],
  term: ["term", "id name daysuntilnetdue discountpercent daysuntilexpiry isinactive"],
  expensecategory: ["expenseCategory", "id name expenseacct isinactive"],
  vendorsubsidiaryrelationship: ["vendorSubsidiaryRelationship", "id entity subsidiary isprimarysub"],
  customersubsidiaryrelationship: ["customerSubsidiaryRelationship", "id entity subsidiary isprimarysub"],
};

const others: Readonly<Record<string, Make>> = {
  transaction: transactionTable,
  transactionline: lineTable,
  transactionaccountingline: accountingLineTable,
  nexttransactionlinelink: linkTable,
  previoustransactionlinelink: linkTable,
  nexttransactionlink: linkTable,
  deletedrecord: deletedTable,
  systemnote: noteTable,
  item: itemTable,
  entity: entityTable,
  accounttype: accountTypeTable,
  accountingbook: bookTable,
  consolidatedexchangerate: consolidatedTable,
  currencyrate: rateTable,
  departmentsubsidiarymap: subsidiaryMap("department"),
  locationsubsidiarymap: subsidiaryMap("location"),
  classificationsubsidiarymap: subsidiaryMap("classification"),
  accountsubsidiarymap: subsidiaryMap("account"),
};

/** The table of that name as the role sees it; null when there is none. */
function sqlTable(company: Company, name: string): SqlTable | null {
  const { preferences, switches } = company;
  const multiple = new Set(["subsidiary", "vendorsubsidiaryrelationship", "customersubsidiaryrelationship", "consolidatedexchangerate"]);
  if (!preferences.oneWorld && (multiple.has(name) || name.endsWith("subsidiarymap"))) return null;
  if (name === switches.budgetTable && switches.budgetTable !== "none") return budgetTable(company);
  const record = Object.hasOwn(records, name) ? records[name] : undefined;
  if (record === undefined) return Object.hasOwn(others, name) ? (others[name]?.(company) ?? null) : null;
  const table = recordTable(company, ...record);
  const extra: Column[] = [];
  if (name === "account" && switches.accountName) extra.push(plain("acctname", "r.name"));
  if (name === "vendor" && switches.vendorSubsidiary)
    extra.push(reference(company, "subsidiary", { sql: "CAST(r.body ->> '$.subsidiary' AS INTEGER)", space: "subsidiary" }));
  return { ...table, columns: [...table.columns, ...extra] };
}

function itemTable(company: Company): SqlTable {
  const columns =
    "id itemid fullname itemtype displayname description isinactive subsidiary incomeaccount expenseaccount assetaccount parent externalid lastmodifieddate";
  const table = recordTable(company, "serviceResaleItem", columns);
  return { ...table, from: `ns_records r WHERE r.company = ${company.key} AND r.space = 'item'` };
}

function entityTable({ key }: Company): SqlTable {
  const own = (type: string) => `CASE WHEN r.type = '${type}' THEN r.id END`;
  return {
    from: `ns_records r WHERE r.company = ${key} AND r.space = 'entity'`,
    columns: [
      plain("id", "r.id"),
      plain("entityid", "r.name"),
      plain(
        "altname",
        "coalesce(r.body ->> '$.companyName', trim(coalesce(r.body ->> '$.firstName', '') || ' ' || coalesce(r.body ->> '$.lastName', '')))",
      ),
      plain("type", "CASE r.type WHEN 'customer' THEN 'CustJob' WHEN 'vendor' THEN 'Vendor' ELSE 'Employee' END"),
      plain("customer", own("customer")),
      plain("vendor", own("vendor")),
      plain("employee", own("employee")),
      plain("isinactive", flag("r.inactive = 1")),
      plain("externalid", "r.external"),
      { name: "lastmodifieddate", sql: "r.updated", isDate: true },
    ],
  };
}

function accountTypeTable(): SqlTable {
  const rows = Object.entries(accountTypes).map(([id, longName], index) => {
    const letter = (isSo: boolean) => (isSo ? "'T'" : "'F'");
    return `SELECT '${id}' AS id, '${longName}' AS longname, ${letter(balanceSheet.includes(id))} AS balancesheet, ${letter(debitSide.includes(id))} AS side, ${index + 1} AS seq`;
  });
  const columns = [
    plain("id", "a.id"),
    plain("longname", "a.longname"),
    plain("balancesheet", "a.balancesheet"),
    plain("left", "a.side"),
    plain("seqnum", "a.seq"),
    plain("usercanchangerevaloption", "'F'"),
    plain("internalid", "a.seq"),
  ];
  return { from: `(${rows.join(" UNION ALL ")}) a`, columns };
}

function bookTable({ preferences }: Company): SqlTable {
  const second = preferences.multiBook ? " UNION ALL SELECT 2, 'Secondary Accounting Book', 'F'" : "";
  return {
    from: `(SELECT 1 AS id, 'Primary Accounting Book' AS name, 'T' AS isprimary${second}) a`,
    columns: [plain("id", "a.id"), plain("name", "a.name"), plain("isprimary", "a.isprimary")],
  };
}

function rateTable(company: Company): SqlTable {
  return {
    from: `ns_rates x WHERE x.company = ${company.key}`,
    columns: [
      reference(company, "basecurrency", { sql: "x.base", space: "currency" }),
      reference(company, "transactioncurrency", { sql: "x.currency", space: "currency" }),
      { name: "effectivedate", sql: "char(1) || x.day || ' 00:00:00'", isDate: true },
      plain("exchangerate", "CAST(x.rate AS REAL)"),
    ],
  };
}

/** Every pair of subsidiaries in every month, at the newest rate of the table before its end. */
function consolidatedTable({ key }: Company): SqlTable {
  const rate = `CASE WHEN f.body ->> '$.currency' = g.body ->> '$.currency' THEN 1.0 ELSE (SELECT CAST(x.rate AS REAL) FROM ns_rates x WHERE x.company = ${key}
      AND x.base = CAST(g.body ->> '$.currency' AS INTEGER) AND x.currency = CAST(f.body ->> '$.currency' AS INTEGER) AND x.day <= p.body ->> '$.endDate' ORDER BY x.day DESC LIMIT 1) END`;
  return {
    from: `ns_records p JOIN ns_records f ON f.company = p.company AND f.space = 'subsidiary' JOIN ns_records g ON g.company = p.company AND g.space = 'subsidiary'
      WHERE p.company = ${key} AND p.space = 'accountingPeriod' AND p.kind = 'month'`,
    columns: [
      plain("postingperiod", "p.id"),
      plain("fromsubsidiary", "f.id"),
      plain("tosubsidiary", "g.id"),
      plain("fromcurrency", "CAST(f.body ->> '$.currency' AS INTEGER)"),
      plain("tocurrency", "CAST(g.body ->> '$.currency' AS INTEGER)"),
      plain("accountingbook", "1"),
      plain("averagerate", rate),
      plain("currentrate", rate),
      plain("historicalrate", rate),
    ],
  };
}

function subsidiaryMap(space: string): Make {
  const column = space === "classification" ? "class" : space;
  return ({ key }) => ({
    from: `ns_records r JOIN json_each(r.body, '$.subsidiary') e WHERE r.company = ${key} AND r.space = '${space}'`,
    columns: [plain(column, "r.id"), plain("subsidiary", "CAST(e.value AS INTEGER)")],
  });
}

/** One row an account and period of the budgets that were imported. */
function budgetTable(company: Company): SqlTable {
  const member = (name: string) => `CAST(r.body ->> '$.${name}' AS INTEGER)`;
  const amount = "CAST(r.body ->> ('$.periodamount' || m.month) AS REAL)";
  const months = Array.from({ length: 12 }, (_, index) => `SELECT ${index + 1} AS month`).join(" UNION ALL ");
  const start = "(r.body ->> '$.year') || '-' || substr('0' || m.month, -2) || '-01'";
  return {
    from: `ns_records r JOIN (${months}) m WHERE r.company = ${company.key} AND r.space = 'budgetImport' AND r.body ->> ('$.periodamount' || m.month) IS NOT NULL`,
    columns: [
      plain("id", "r.id"),
      reference(company, "account", { sql: member("account"), space: "account" }),
      reference(company, "subsidiary", { sql: member("subsidiary"), space: "subsidiary" }),
      reference(company, "department", { sql: member("department"), space: "department" }),
      reference(company, "class", { sql: member("class"), space: "classification" }),
      reference(company, "location", { sql: member("location"), space: "location" }),
      plain("budgetcategory", "r.body ->> '$.category'"),
      plain(
        "period",
        `(SELECT p.id FROM ns_records p WHERE p.company = ${company.key} AND p.space = 'accountingPeriod' AND p.kind = 'month' AND p.body ->> '$.startDate' = ${start})`,
      ),
      plain("amount", amount),
    ],
  };
}

/** The view of a table in this account, made when it is first asked for; null when there is no such table. */
export function viewOf(storage: Storage, company: Company, name: string): { view: string; columns: readonly Column[] } | null {
  const table = sqlTable(company, name);
  if (table === null) return null;
  const text = table.columns.flatMap(({ name, sql, display }) => [
    `${sql} AS "${name}"`,
    ...(display === undefined ? [] : [`${display} AS "df ${name}"`]),
  ]);
  const body = `SELECT ${text.join(", ")} FROM ${table.from}`;
  const view = `ns ${company.key} ${name} ${createHash("sha256").update(body).digest("hex").slice(0, 12)}`;
  if (storage.once("SELECT 1 FROM sqlite_temp_master WHERE name = ?", view).length === 0)
    storage.once(`CREATE TEMP VIEW "${view}" AS ${body}`);
  return { view, columns: table.columns };
}
