import type { FoundRecord, Movement } from "../connector.ts";
import { isVoided, versionOf } from "./content.ts";
import type { Entry } from "./entry.ts";
import { marker } from "./names.ts";
import { isObject, listOf, minorOf, refOf, textOf, type Json, type JsonObject } from "./wire.ts";

/**
 * Reads a payment, deposit or transfer of theirs and compares it with the one we would send. A payment whose lines
 * QuickBooks dropped (the bill was paid already) comes back with other content than ours.
 */
export function foundMovement(record: JsonObject, expected: Entry, key: string, movement: Movement): FoundRecord {
  const { currency } = movement;
  const theirs = contentOf(record, currency);
  const ours = contentOf(expected.record, currency);
  const total = minorOf(record["TotalAmt"], currency) ?? minorOf(record["Amount"], currency);
  return {
    ...versionOf(record),
    number: textOf(record, "PaymentRefNum") || textOf(record, "DocNumber") || null,
    date: textOf(record, "TxnDate") || null,
    currency: refOf(record, "CurrencyRef") || null,
    totalMinor: total,
    // A company with one currency may leave it out.
    sameContent:
      (refOf(record, "CurrencyRef") || currency) === currency &&
      total === totalOf(movement) &&
      [...ours.keys()].every((name) => ours.get(name) === theirs.get(name)),
    ours: textOf(record, "PrivateNote").split(/\s+/).includes(marker(key)),
    active: !isVoided(record, currency),
  };
}

function totalOf(movement: Movement): bigint {
  if (movement.kind !== "deposit") return movement.totalMinor;
  return [...movement.payments, ...movement.lines].reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

/** What we sent must be there; what they fill in by themselves (default accounts) is not compared. */
function contentOf(record: Json, currency: string): Map<string, string> {
  const content = new Map<string, string>();
  if (!isObject(record)) return content;
  const put = (name: string, value: string): void => {
    if (value !== "") content.set(name, value);
  };
  put("date", textOf(record, "TxnDate"));
  for (const name of ["CustomerRef", "VendorRef", "DepositToAccountRef", "APAccountRef", "FromAccountRef", "ToAccountRef"]) {
    put(name, refOf(record, name));
  }
  put("bank", refOf(record["CheckPayment"], "BankAccountRef"));
  put("card", refOf(record["CreditCardPayment"], "CCAccountRef"));
  content.set(
    "lines",
    listOf(record, "Line")
      .map((line) => lineText(line, currency))
      .sort()
      .join("\n"),
  );
  return content;
}

function lineText(line: JsonObject, currency: string): string {
  const amount = minorOf(line["Amount"], currency) ?? `?${String(line["Amount"])}`;
  const [link] = listOf(line, "LinkedTxn");
  // Transactions have one set of ids: the type of a link is told in several spellings and says nothing more.
  if (link !== undefined) return `to ${textOf(link, "TxnId")}|${amount}`;
  const detail = line["DepositLineDetail"];
  return `${refOf(detail, "AccountRef")}|${amount}|${isObject(detail) ? refOf(detail, "Entity") : ""}`;
}
