import type { Values, Work } from "./kind.ts";
import { refuseRule } from "./refusal.ts";
import { atRate } from "./values.ts";

/** The currency of a document where it is not the base currency, and its rate. */
export interface MoneyTerms {
  readonly currency: string | null;
  readonly rate: string | null;
}

const builtInType = "Intacct Daily Rate";

/** Reads CURRENCY with its rate: the one sent, else the newest of the type that is in force on the day. */
export function readMoneyTerms(work: Work, values: Values, date: string): MoneyTerms {
  const { baseCurrency, multiCurrency } = work.company.rules;
  const currency = values["CURRENCY"] ?? baseCurrency;
  if (!/^[A-Z]{3}$/.test(currency)) refuseRule(`Currency '${currency}' is not valid`, { target: "CURRENCY" });
  if (currency === baseCurrency) return { currency: null, rate: null };
  if (!multiCurrency) refuseRule(`Currency '${currency}' is not valid: the company keeps ${baseCurrency} alone`, { target: "CURRENCY" });
  const rate =
    values["EXCHANGE_RATE"] ??
    rateOn(work, { currency, type: values["EXCH_RATE_TYPE_ID"] ?? builtInType, date: values["EXCH_RATE_DATE"] ?? date });
  if (rate === null || !/^\d+(\.\d+)?$/.test(rate) || /^0+(\.0+)?$/.test(rate))
    return refuseRule(`There is no exchange rate from ${currency} to ${baseCurrency} on ${date}`, { target: "EXCHANGE_RATE" });
  return { currency, rate };
}

/** The rate of a type from a foreign currency to ours on a day; null when none was entered. */
function rateOn({ storage, company }: Work, { currency, type, date }: { currency: string; type: string; date: string }): string | null {
  const row = storage.get(
    `SELECT e.body ->> '$.EXCHANGE_RATE' AS rate FROM intacct_records e JOIN intacct_records h ON h.company = e.company AND h.object = 'EXCHANGERATE'
       AND h.recordno = CAST(e.parent AS INTEGER) WHERE e.company = ? AND e.object = 'EXCHANGERATEENTRY' AND h.body ->> '$.TYPENAME' = ?
       AND h.body ->> '$.FROM_CURRENCY' = ? AND h.body ->> '$.TO_CURRENCY' = ? AND e.body ->> '$.EFFECTIVE_START_DATE' <= ?
       ORDER BY e.body ->> '$.EFFECTIVE_START_DATE' DESC LIMIT 1`,
    ...[company.key, type, currency, company.rules.baseCurrency, date],
  );
  return row === undefined ? null : String(row["rate"]);
}

export function toBase(minor: bigint, { rate }: Pick<MoneyTerms, "rate">): bigint {
  return rate === null ? minor : atRate(minor, rate);
}
