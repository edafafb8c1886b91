import { Fault } from "../../../core/errors.ts";
import type { Budget, BudgetAmount, ExchangeRate } from "../connector.ts";
import type { Call } from "./api.ts";
import type { Company } from "./company.ts";
import type { Work } from "./desk.ts";
import { isMissing } from "./errors.ts";
import { rowsMax } from "./limits.ts";
import { day, dayText, queryPage, quote } from "./suiteql.ts";
import { minorOf, plainDecimal, textOf, type JsonObject } from "./wire.ts";

/**
 * Budgets by category and year. The table is called `budgets` or `budget`, depending on the account's features; an account
 * that shows neither has none.
 */
export async function readBudgets({ call, company }: Work): Promise<Budget[]> {
  const rows = await budgetRows({ call });
  const periods = new Map(company.periods.map((period) => [period.id, period]));
  const dated = rows.flatMap((row) => {
    const period = periods.get(textOf(row, "period"));
    const isOurs = company.subsidiary === null || textOf(row, "subsidiary") === "" || textOf(row, "subsidiary") === company.subsidiary.id;
    return period === undefined || !isOurs ? [] : [{ row, from: period.from }];
  });
  const groups = Map.groupBy(dated, ({ row, from }) => `${textOf(row, "budgetcategory")}|${from.slice(0, 4)}`);
  return [...groups].map(([key, group]) => {
    const year = key.slice(-4);
    const category = textOf(group[0]?.row, "categoryname") || textOf(group[0]?.row, "budgetcategory") || "Budget";
    return {
      providerId: key,
      name: category,
      from: `${year}-01-01`,
      through: `${year}-12-31`,
      period: "month",
      active: true,
      amounts: group.map(({ row, from }) => amountOf(row, from, company)),
    };
  });
}

const columns = "account, period, amount, subsidiary, budgetcategory, department, class, BUILTIN.DF(budgetcategory) AS categoryname";

async function budgetRows({ call }: Pick<Work, "call">): Promise<JsonObject[]> {
  for (const table of ["budgets", "budget"]) {
    try {
      return await rowsByAccount(call, table);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return [];
}

/** Its rows have no key of their own: a full page is read on from its last account, whole. */
async function rowsByAccount(call: Call, table: string): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  for (let from = "0"; ; ) {
    const page = await queryPage(call, `SELECT ${columns} FROM ${table} WHERE account >= ${from} ORDER BY account, period`);
    const last = textOf(page.at(-1), "account");
    if (page.length < rowsMax) return [...rows, ...page];
    const whole = page.filter((row) => textOf(row, "account") !== last);
    if (whole.length === 0)
      throw new Fault("books_refused", `Account ${last} has more than ${rowsMax} budget amounts; such budgets are not read`);
    rows.push(...whole);
    from = last;
  }
}

function amountOf(row: JsonObject, date: string, { homeCurrency }: Company): BudgetAmount {
  const amountMinor = minorOf(textOf(row, "amount"), homeCurrency);
  if (amountMinor === null)
    throw new Fault("upstream_silent", `A budget has an amount that is none: ${textOf(row, "amount").slice(0, 40)}`);
  return {
    date,
    accountId: textOf(row, "account"),
    amountMinor,
    classId: textOf(row, "class") || null,
    departmentId: textOf(row, "department") || null,
    customerId: null,
  };
}

/** The account's rate of a currency on a day, from its table of rates; null where it has none. */
export async function readExchangeRate({ call, company }: Work, currency: string, date: string): Promise<ExchangeRate | null> {
  const { homeCurrency, currencyId } = company;
  if (currency === homeCurrency) return { currency, homeCurrency, rate: "1", date };
  const [from, to] = [currencyId.get(homeCurrency), currencyId.get(currency)];
  if (from === undefined || to === undefined) return null;
  try {
    const [row] = await queryPage(
      call,
      `SELECT exchangerate, ${dayText("effectivedate")} AS day FROM currencyrate WHERE basecurrency = ${quote(from)} AND transactioncurrency = ${quote(to)} ` +
        `AND effectivedate <= ${day(date)} ORDER BY effectivedate DESC FETCH FIRST 1 ROWS ONLY`,
    );
    return row === undefined ? null : rateFrom(row, { currency, homeCurrency, date });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const [row] = await queryPage(call, `SELECT exchangerate FROM currency WHERE id = ${to}`);
  return row === undefined ? null : rateFrom(row, { currency, homeCurrency, date });
}

function rateFrom(
  row: JsonObject,
  { currency, homeCurrency, date }: { currency: string; homeCurrency: string; date: string },
): ExchangeRate | null {
  const rate = plainDecimal(textOf(row, "exchangerate"));
  if (rate === null || /^-|^[0.]*$/.test(rate)) return null;
  return { currency, homeCurrency, rate, date: textOf(row, "day") || date };
}
