import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { terms } from "../template.ts";
import { truckingChart } from "../trucking-chart.ts";
import { saveListRow } from "./lists.ts";
import { withoutNulls } from "./merge.ts";
import { readBody } from "./read-body.ts";
import { addDays, addMonths, localDay } from "./sql-dates.ts";
import { typeNamed } from "./types.ts";
import type { Work } from "./work.ts";

/** Adds a row of the template; nothing of the template is in the oracle. */
function plant(work: Work, typeName: string, input: JsonObject): string {
  const type = typeNamed(typeName);
  const { externalId, ...clean } = withoutNulls(readBody(work, type.shape, input, { level: "body", type: type.name, path: "" }));
  const id = work.records.next(work.company.key, `id ${type.space}`, type.space === "entity" ? 11 : 1);
  saveListRow(work, clean, { type, id, external: textOf(externalId), before: null });
  return String(id);
}

const currencies: readonly (readonly [name: string, symbol: string, rate: number])[] = [
  ["US Dollar", "USD", 1],
  ["Canadian Dollar", "CAD", 0.73],
  ["Mexican Peso", "MXN", 0.055],
  ["Euro", "EUR", 1.08],
];

/** The account types of the one chart in the words of the other system. */
const accountTypes: Readonly<Record<string, string>> = {
  Bank: "Bank",
  "Accounts Receivable": "AcctRec",
  "Other Current Asset": "OthCurrAsset",
  "Fixed Asset": "FixedAsset",
  "Other Asset": "OthAsset",
  "Accounts Payable": "AcctPay",
  "Credit Card": "CredCard",
  "Other Current Liability": "OthCurrLiab",
  "Long Term Liability": "LongTermLiab",
  Equity: "Equity",
  Income: "Income",
  "Cost of Goods Sold": "COGS",
  Expense: "Expense",
  "Other Income": "OthIncome",
  "Other Expense": "OthExpense",
};

const emptyChart = `
,Accounts Receivable,Accounts Receivable,AccountsReceivable
,Undeposited Funds,Other Current Asset,UndepositedFunds
,Accounts Payable,Accounts Payable,AccountsPayable
,Retained Earnings,Equity,RetainedEarnings
,Sales,Income,ServiceFeeIncome
,Uncategorized Expense,Expense,OtherMiscellaneousServiceCost
`;

/** Marks of accounts the system itself books to, by their role in the shared chart. */
const specialAccounts: Readonly<Record<string, string>> = {
  UndepositedFunds: "UndepFunds",
  ExchangeGainOrLoss: "RealizedGainLoss",
  AccountsReceivable: "AcctRec",
  AccountsPayable: "AcctPay",
  RetainedEarnings: "RetEarnings",
};

/** Fills a new account: subsidiaries, currencies with rates, periods, chart, classifications, items. */
export function fillCompany(work: Work): void {
  const isTrucking = work.company.template === "trucking";
  for (const [name, symbol, rate] of currencies) {
    const id = plant(work, "currency", { name, symbol, exchangeRate: rate, currencyPrecision: 2, isBaseCurrency: symbol === "USD" });
    if (symbol !== "USD") plantRate(work, { base: 1, currency: Number(id), day: "2000-01-01", rate: String(rate) });
  }
  plantSubsidiaries(work, isTrucking);
  plantPeriods(work);
  for (const [name, days] of terms) plant(work, "term", { name, daysUntilNetDue: days });
  for (const line of (isTrucking ? truckingChart : emptyChart).trim().split("\n")) plantAccount(work, line.split(","));
  for (const extra of listOf(work.company.options["accounts"])) plant(work, "account", objectOf(extra));
  if (isTrucking) plantTrucking(work);
}

function all(): JsonObject {
  return { subsidiary: { items: [{ id: "1" }] }, includeChildren: true };
}

function everywhere({ company }: Work): JsonObject {
  return company.preferences.oneWorld ? all() : {};
}

/** The carrier, its brokerage, and the subsidiary that takes eliminations; or what the options name. */
function plantSubsidiaries(work: Work, isTrucking: boolean): void {
  const { company } = work;
  const chosen = listOf(company.options["subsidiaries"]).map(objectOf);
  const brokerage = { name: "Cedar Ridge Brokerage", parent: { id: "1" }, currency: { id: "1" }, country: { id: "US" }, state: "TX" };
  const elimination = {
    name: "Consolidated Elimination",
    parent: { id: "1" },
    currency: { id: "1" },
    country: { id: "US" },
    isElimination: true,
  };
  plant(work, "subsidiary", {
    name: company.name,
    currency: { id: "1" },
    country: { id: "US" },
    state: "TX",
    legalName: `${company.name}, Inc.`,
  });
  if (!company.preferences.oneWorld) return;
  const below =
    chosen.length > 0
      ? chosen.map((row) => ({ parent: { id: "1" }, currency: { id: "1" }, country: { id: "US" }, ...row }))
      : isTrucking
        ? [brokerage, elimination]
        : [];
  for (const row of below) plant(work, "subsidiary", row);
}

/** Months of last year, this year and the next, with their years and quarters. */
function plantPeriods(work: Work): void {
  const { company, atMs } = work;
  const closedThrough = textOf(company.options["closedThrough"]) ?? "";
  const thisYear = Number(localDay(atMs, company.timeZone).slice(0, 4));
  for (const year of [thisYear - 1, thisYear, thisYear + 1]) {
    const yearId = plant(work, "accountingPeriod", periodBody(`FY ${year}`, { start: `${year}-01-01`, months: 12, isYear: true }));
    for (const quarter of [1, 2, 3, 4]) {
      const start = `${year}-${String(quarter * 3 - 2).padStart(2, "0")}-01`;
      const order = { start, months: 3, isQuarter: true, parent: yearId };
      const quarterId = plant(work, "accountingPeriod", periodBody(`Q${quarter} ${year}`, order));
      for (const offset of [0, 1, 2]) plantMonth(work, { start: addMonths(start, offset), parent: quarterId, closedThrough });
    }
  }
}

const monthNames = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function plantMonth(work: Work, { start, parent, closedThrough }: { start: string; parent: string; closedThrough: string }): void {
  const name = `${monthNames[Number(start.slice(5, 7)) - 1]} ${start.slice(0, 4)}`;
  const body = periodBody(name, { start, months: 1, parent });
  const isClosed = String(body["endDate"]) <= closedThrough;
  plant(work, "accountingPeriod", { ...body, closed: isClosed, allLocked: isClosed, apLocked: isClosed, arLocked: isClosed });
}

function periodBody(
  periodName: string,
  {
    start,
    months,
    isYear = false,
    isQuarter = false,
    parent,
  }: { start: string; months: number; isYear?: boolean; isQuarter?: boolean; parent?: string },
): JsonObject {
  const endDate = addDays(addMonths(start, months), -1);
  const locks = { closed: false, allLocked: false, apLocked: false, arLocked: false, payrollLocked: false, allowNonGLChanges: false };
  const isPosting = !isYear && !isQuarter;
  return {
    periodName,
    startDate: start,
    endDate,
    ...locks,
    isAdjust: false,
    isPosting,
    isQuarter,
    isYear,
    ...(parent === undefined ? {} : { parent: { id: parent } }),
  };
}

/** A line of the shared chart: number, name, type, role. Each revenue account of freight has an item of the same name. */
function plantAccount(work: Work, [number = "", name = "", type = "", role = ""]: readonly string[]): void {
  const special = specialAccounts[role];
  const id = plant(work, "account", {
    acctName: name.slice(0, 60),
    ...(number === "" ? {} : { acctNumber: number }),
    acctType: { id: accountTypes[type] ?? "Expense" },
    ...everywhere(work),
    ...(special === undefined ? {} : { sSpecAcct: special }),
  });
  if (type !== "Income" || !number.startsWith("4")) return;
  plant(work, "serviceSaleItem", { itemId: name.slice(0, 60), displayName: name.slice(0, 60), incomeAccount: { id }, ...everywhere(work) });
}

function plantTrucking(work: Work): void {
  for (const name of ["OTR-VAN", "REEFER", "DEDICATED", "OO-FLEET", "BROKERAGE"])
    plant(work, "classification", { name, ...everywhere(work) });
  for (const name of ["Operations", "Safety", "Maintenance", "Administration"]) plant(work, "department", { name, ...everywhere(work) });
  for (const name of ["DAL", "CHI", "ATL"]) plant(work, "location", { name, ...everywhere(work) });
  for (const [acctNumber, acctName] of [
    ["9010", "Miles - Loaded"],
    ["9020", "Miles - Empty"],
    ["9030", "Gallons"],
  ] as const) {
    plant(work, "account", { acctNumber, acctName, acctType: { id: "Stat" }, ...everywhere(work) });
  }
  const withNumber = (number: string) => work.records.ofType(work.company.key, "account").find((account) => account.number === number)?.id;
  for (const [name, number] of [
    ["Driver Travel", "5075"],
    ["Tolls", "5630"],
    ["Scales & Parking", "5635"],
    ["Meals", "7065"],
  ] as const) {
    const account = withNumber(number);
    if (account !== undefined) plant(work, "expenseCategory", { name, expenseacct: { id: String(account) } });
  }
  const expense = withNumber("5130");
  if (expense !== undefined) {
    plant(work, "servicePurchaseItem", {
      itemId: "Purchased Transportation",
      displayName: "Purchased Transportation",
      expenseAccount: { id: String(expense) },
      ...everywhere(work),
    });
  }
}

export function plantRate(
  { storage, company }: Work,
  { base, currency, day, rate }: { base: number; currency: number; day: string; rate: string },
): void {
  storage.run("INSERT OR REPLACE INTO ns_rates VALUES (?, ?, ?, ?, ?)", company.key, base, currency, day, rate);
}
