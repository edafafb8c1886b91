import { listOf, objectOf, textOf, type Json, type JsonObject } from "../json.ts";
import { ownWork, type Parts } from "./found.ts";
import type { Company } from "./company.ts";
import { decimalOf } from "./money.ts";
import type { Stored } from "./records.ts";
import { isDay } from "./sql-dates.ts";
import { plantRate } from "./template.ts";
import type { Work } from "./work.ts";

const locks = ["closed", "allLocked", "apLocked", "arLocked", "payrollLocked", "allowNonGLChanges"] as const;

/**
 * What a person does in the account's setup pages: preferences by name; `periods`, a list of `{month: "2026-10", closed,
 * allLocked, apLocked, arLocked, allowNonGLChanges}`; `rates`, a list of `{currency: "CAD", base: "USD", day, rate}`.
 * A RangeError says what is wrong.
 */
export function changeSetup(parts: Parts, company: Company, changes: JsonObject): Company {
  const { periods, rates, ...preferences } = changes;
  const work = ownWork(parts, company);
  for (const period of listOf(periods)) changePeriod(work, objectOf(period));
  for (const rate of listOf(rates)) changeRate(work, objectOf(rate));
  return Object.keys(preferences).length === 0 ? company : parts.companies.changePreferences(company, preferences);
}

function changePeriod(work: Work, change: JsonObject): void {
  const { records, company } = work;
  const month = textOf(change["month"]) ?? "";
  const found = records
    .ofType(company.key, "accountingPeriod")
    .find(({ kind, body }) => kind === "month" && body["startDate"] === `${month}-01`);
  if (found === undefined) throw new RangeError(`There is no period of the month "${month}"; a month looks like 2026-10`);
  const wanted = locks.filter((name) => typeof change[name] === "boolean").map((name): [string, Json] => [name, change[name] ?? false]);
  // A closed period is locked for everything.
  const whole: [string, Json][] =
    change["closed"] === true
      ? [
          ["allLocked", true],
          ["apLocked", true],
          ["arLocked", true],
        ]
      : [];
  const changed: Stored = { ...found, body: { ...found.body, ...Object.fromEntries([...whole, ...wanted]) }, updatedMs: work.atMs };
  records.update(company.key, changed, work.atText);
}

function changeRate(work: Work, change: JsonObject): void {
  const { records, company } = work;
  const currencies = records.ofType(company.key, "currency");
  const idOf = (symbol: Json | undefined) => currencies.find(({ body }) => body["symbol"] === symbol)?.id;
  const [currency, base] = [idOf(change["currency"]), idOf(change["base"] ?? "USD")];
  const { day, rate } = change;
  if (currency === undefined || base === undefined) throw new RangeError("currency and base are codes such as CAD and USD");
  if (typeof day !== "string" || !isDay(day) || decimalOf(rate) === null)
    throw new RangeError("A rate has a day such as 2026-10-31 and a rate such as 0.7312");
  plantRate(work, { base, currency, day, rate: String(rate) });
}
