import type { Decimal } from "../../core/money.ts";
import { objectOf, textOf, type JsonObject } from "../json.ts";
import type { Leg } from "../ledger.ts";
import { decimalOf, toAmount, toMinor } from "../amount.ts";
import { business, Refusal } from "./errors.ts";
import type { Work } from "./kind.ts";
import type { Referent } from "./records.ts";

/** Every emulated company keeps its books in this one. */
export const homeCurrency = "USD";

const names: Readonly<Record<string, string>> = {
  USD: "United States Dollar",
  CAD: "Canadian Dollar",
  MXN: "Mexican Peso",
  EUR: "Euro",
  GBP: "British Pound Sterling",
  AUD: "Australian Dollar",
  CHF: "Swiss Franc",
  CNY: "Chinese Yuan Renminbi",
  INR: "Indian Rupee",
};

export const isCurrency = (code: string): boolean => Object.hasOwn(names, code);

export function currencyRef(code: string): JsonObject {
  return { value: code, name: names[code] ?? code };
}

/** Currency and rate of one transaction. */
export interface Money {
  readonly currency: string;
  /** Home units for one unit of the currency. */
  readonly rate: Decimal;
  /** Members every transaction shows. */
  readonly shown: JsonObject;
}

const one: Decimal = { units: 1n, scale: 0 };

/** The code in a `CurrencyRef`; null when there is none. With one currency only the home currency will do. */
export function readCurrency(work: Work, draft: JsonObject): string | null {
  const code = textOf(objectOf(draft["CurrencyRef"])["value"])?.toUpperCase() ?? null;
  if (code === null || code === homeCurrency) return code;
  if (!work.company.rules.multiCurrency) throw business("Multi Currency should be enabled to perform this operation.", "CurrencyRef");
  if (!isCurrency(code)) throw new Refusal("2220", `Invalid Currency Type : ${code}`, "CurrencyRef");
  return code;
}

/** Currency and rate as sent, or those of the party and of the day. A party's currency is fixed, and so is its transactions'. */
export function readMoney(work: Work, draft: JsonObject, party: { currency: string } | null, date: string): Money {
  const sent = readCurrency(work, draft);
  const fixed = party === null || party.currency === "" ? null : party.currency;
  if (sent !== null && fixed !== null && sent !== fixed) {
    throw business("The currency of the transaction must be the currency of its customer or vendor.", "CurrencyRef");
  }
  const currency = sent ?? fixed ?? homeCurrency;
  const rate = currency === homeCurrency ? one : (readRate(draft) ?? rateOn(work, currency, date));
  const isMany = work.company.rules.multiCurrency;
  return { currency, rate, shown: { CurrencyRef: currencyRef(currency), ...(isMany ? { ExchangeRate: rateNumber(rate) } : {}) } };
}

function readRate(draft: JsonObject): Decimal | null {
  const rate = decimalOf(draft["ExchangeRate"]);
  if (rate !== null && rate.units <= 0n) throw new Refusal("2180", "Value out of range : ExchangeRate is above zero", "ExchangeRate");
  return rate;
}

/** The newest rate entered for that day or an earlier one; one to one when there is none. */
function rateOn(work: Pick<Work, "storage" | "company">, currency: string, date: string): Decimal {
  const row = work.storage.get(
    "SELECT body ->> '$.Rate' AS rate FROM qbo_records WHERE company = ? AND entity = 'ExchangeRate' AND party = ? AND date <= ? ORDER BY date DESC LIMIT 1",
    ...[work.company.key, currency, date],
  );
  return row === undefined ? one : (decimalOf(Number(row["rate"])) ?? one);
}

function rateNumber({ units, scale }: Decimal): number {
  return Number(units) / 10 ** scale;
}

/** Hundredths of a foreign currency as cents of ours. */
export function toHome(minor: bigint, rate: Decimal): bigint {
  return toMinor({ units: minor * rate.units, scale: rate.scale + 2 });
}

/** The rate a stored transaction was posted at. */
export function rateOf(body: JsonObject): Decimal {
  return decimalOf(body["ExchangeRate"]) ?? one;
}

/**
 * Legs of a transaction in its own currency, as the ledger keeps them: in ours. Debits and credits are converted by their
 * running totals, each side on its own, so that what balances abroad balances at home to the cent.
 */
export function inHome(legs: readonly Leg[], { currency, rate }: Money): Leg[] {
  if (currency === homeCurrency) return [...legs];
  const running = { debit: 0n, credit: 0n };
  return legs.map((leg) => {
    const side = leg.minor >= 0n ? "debit" : "credit";
    const before = toHome(running[side], rate);
    running[side] += leg.minor;
    return { ...leg, minor: toHome(running[side], rate) - before, foreign: { currency, minor: leg.minor } };
  });
}

/** What a document with a total shows of it in our own currency, where there are several. */
export function homeMembers(work: Work, money: Money, amounts: { total: bigint; balance?: bigint }): JsonObject {
  if (!work.company.rules.multiCurrency) return {};
  const { total, balance } = amounts;
  return {
    HomeTotalAmt: toAmount(toHome(total, money.rate)),
    ...(balance === undefined ? {} : { HomeBalance: toAmount(toHome(balance, money.rate)) }),
  };
}

/** An account kept in a foreign currency takes that currency only. */
export function checkAccountCurrency(account: Referent, money: Money, element: string): void {
  if (account.currency === "" || account.currency === homeCurrency || account.currency === money.currency) return;
  throw business(`The account ${account.name} is kept in ${account.currency}; the transaction is in ${money.currency}.`, element);
}
