import { Fault } from "../../../core/errors.ts";
import type { Call } from "./api.ts";
import { isMissing } from "./errors.ts";
import { dayText, queryAll, type Table } from "./suiteql.ts";
import { isTrue, textOf, type JsonObject } from "./wire.ts";

/** One accounting period of a month. */
export interface Period {
  readonly id: string;
  readonly name: string;
  readonly from: string;
  readonly through: string;
  readonly closed: boolean;
  readonly allLocked: boolean;
  readonly payablesLocked: boolean;
  readonly receivablesLocked: boolean;
}

/** What an account says about itself that writing and reading depend on. */
export interface Company {
  /** The one that these books are; null in an account that has no subsidiaries. */
  readonly subsidiary: { readonly id: string; readonly name: string } | null;
  readonly subsidiaries: readonly JsonObject[];
  /** Symbol (`USD`) and id of each currency; empty in an account with one currency. */
  readonly currencyId: ReadonlyMap<string, string>;
  readonly currencyOf: ReadonlyMap<string, string>;
  readonly homeCurrency: string;
  /** Months, in order. */
  readonly periods: readonly Period[];
  /** First days of fiscal years, in order. */
  readonly years: readonly string[];
  /** Of the primary book; null in an account with one book. */
  readonly bookId: string | null;
  readonly expenseCategories: readonly JsonObject[];
}

/** Read once, again whenever the lists are read, and after a refusal that shows it is old. */
export interface CompanyFacts {
  readonly get: () => Promise<Company>;
  readonly forget: () => void;
  /** Types of accounts by id. */
  readonly accountType: (id: string) => string | undefined;
  readonly isEliminating: (id: string) => boolean;
  readonly loadAccounts: (ids: readonly string[]) => Promise<void>;
  readonly learnAccounts: (rows: readonly JsonObject[]) => void;
}

export interface CompanyOptions {
  /** Id or name of the subsidiary that these books are. */
  readonly subsidiary: string | undefined;
}

export function companyFacts(call: Call, options: CompanyOptions): CompanyFacts {
  let known: Promise<Company> | null = null;
  const accounts = new Map<string, { type: string; eliminate: boolean }>();
  const learnAccounts = (rows: readonly JsonObject[]): void => {
    for (const row of rows) accounts.set(textOf(row, "id"), { type: textOf(row, "accttype"), eliminate: isTrue(row, "eliminate") });
  };
  return {
    get: () => {
      // A failed reading is no answer to keep.
      known ??= readCompany(call, options).catch((error: unknown) => {
        known = null;
        throw error;
      });
      return known;
    },
    forget: () => {
      known = null;
      accounts.clear();
    },
    accountType: (id) => accounts.get(id)?.type,
    isEliminating: (id) => accounts.get(id)?.eliminate === true,
    learnAccounts,
    loadAccounts: async (ids) => {
      if (ids.some((id) => !accounts.has(id))) learnAccounts(await queryAll(call, { select: "id, accttype, eliminate", from: "account" }));
    },
  };
}

/** Rows of a table that an account may not have: a feature is off, or the role may not see it. */
export async function optionalRows(call: Call, table: Table): Promise<JsonObject[]> {
  try {
    return await queryAll(call, table);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readCompany(call: Call, options: CompanyOptions): Promise<Company> {
  const subsidiaries = await optionalRows(call, {
    select: "id, name, fullname, parent, currency, iselimination, isinactive",
    from: "subsidiary",
  });
  const currencies = await optionalRows(call, { select: "id, symbol, isbasecurrency, isinactive", from: "currency" });
  const books = await optionalRows(call, { select: "id, isprimary", from: "accountingbook" });
  const periods = await queryAll(call, {
    select: `id, periodname, ${dayText("startdate")} AS startdate, ${dayText("enddate")} AS enddate, closed, alllocked, aplocked, arlocked, isadjust, isquarter, isyear`,
    from: "accountingperiod",
    where: "isinactive = 'F'",
  });
  const categories = await optionalRows(call, { select: "id, name, expenseacct", from: "expensecategory", where: "isinactive = 'F'" });
  const subsidiary = chosenSubsidiary(subsidiaries, options.subsidiary);
  const currencyOf = new Map(currencies.map((row) => [textOf(row, "id"), textOf(row, "symbol")]));
  const base = currencies.find((row) => isTrue(row, "isbasecurrency"));
  const home = (subsidiary && currencyOf.get(textOf(subsidiary, "currency"))) || textOf(base, "symbol") || "USD";
  return {
    subsidiary: subsidiary && { id: textOf(subsidiary, "id"), name: textOf(subsidiary, "name") },
    subsidiaries,
    currencyOf,
    currencyId: new Map(currencies.filter((row) => !isTrue(row, "isinactive")).map((row) => [textOf(row, "symbol"), textOf(row, "id")])),
    homeCurrency: home,
    periods: periods
      .filter((row) => !isTrue(row, "isadjust") && !isTrue(row, "isquarter") && !isTrue(row, "isyear"))
      .map(periodOf)
      .sort((one, other) => (one.from < other.from ? -1 : 1)),
    years: periods
      .filter((row) => isTrue(row, "isyear"))
      .map((row) => textOf(row, "startdate"))
      .sort(),
    bookId:
      textOf(
        books.find((row) => isTrue(row, "isprimary")),
        "id",
      ) || null,
    expenseCategories: categories,
  };
}

function chosenSubsidiary(rows: readonly JsonObject[], named: string | undefined): JsonObject | null {
  const usable = rows.filter((row) => !isTrue(row, "isinactive") && !isTrue(row, "iselimination"));
  if (named !== undefined && named !== "") {
    const folded = named.toLowerCase();
    const found = usable.find(
      (row) => textOf(row, "id") === named || [textOf(row, "name"), textOf(row, "fullname")].some((name) => name.toLowerCase() === folded),
    );
    if (found !== undefined) return found;
    throw unsettled(`The account has no active subsidiary "${named}"`, usable);
  }
  if (usable.length <= 1) return usable[0] ?? null;
  throw unsettled("The account has several subsidiaries and the connection does not say which one these books are", usable);
}

function unsettled(what: string, usable: readonly JsonObject[]): Fault {
  const names = usable.map((row) => `${textOf(row, "id")} ${textOf(row, "name")}`).join(", ");
  return new Fault(
    "credentials_refused",
    `${what}. Set the option "subsidiary" of the connection to one of: ${names || "none is visible to the role"}.`,
  );
}

function periodOf(row: JsonObject): Period {
  return {
    id: textOf(row, "id"),
    name: textOf(row, "periodname"),
    from: textOf(row, "startdate"),
    through: textOf(row, "enddate"),
    closed: isTrue(row, "closed"),
    allLocked: isTrue(row, "alllocked"),
    payablesLocked: isTrue(row, "aplocked"),
    receivablesLocked: isTrue(row, "arlocked"),
  };
}

/** The month a day belongs to. Fault: `period_closed` where none is set up. */
export function periodOn({ periods }: Pick<Company, "periods">, date: string): Period {
  const period = periods.find(({ from, through }) => from <= date && date <= through);
  if (period !== undefined) return period;
  throw new Fault(
    "period_closed",
    `NetSuite has no accounting period for ${date}. Set it up under Setup > Accounting > Manage Accounting Periods, then retry.`,
    { cause: `no_period:${date.slice(0, 7)}` },
  );
}

/** Last day through which every month is closed or locked for everything; null when the first is open. */
export function closedThrough({ periods }: Pick<Company, "periods">): string | null {
  let last: string | null = null;
  for (const period of periods) {
    if (!period.closed && !period.allLocked) break;
    last = period.through;
  }
  return last;
}
