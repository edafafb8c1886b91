import type { ExchangeRate } from "../connector.ts";
import type { Call } from "./api.ts";
import { readTimeoutMs } from "./limits.ts";
import type { WritingRules } from "./settings.ts";
import { isObject, plainDecimal, textOf } from "./wire.ts";

/** Their rate of a currency on a day, home units for one of it. They have none while multicurrency is off. */
export async function readExchangeRate(call: Call, rules: WritingRules, currency: string, date: string): Promise<ExchangeRate | null> {
  const { homeCurrency, multiCurrency } = rules;
  if (currency === homeCurrency) return { currency, homeCurrency, rate: "1", date };
  if (!multiCurrency) return null;
  const query = { sourcecurrencycode: currency, asofdate: date };
  const { ExchangeRate: told } = await call({ method: "GET", path: "exchangerate", query, timeoutMs: readTimeoutMs });
  const rate = plainDecimal(textOf(told, "Rate"));
  if (!isObject(told) || !/^\d+(\.\d+)?$/.test(rate) || /^[0.]*$/.test(rate)) return null;
  return { currency, homeCurrency: textOf(told, "TargetCurrencyCode") || homeCurrency, rate, date: textOf(told, "AsOfDate") || date };
}
