import type { Transaction } from "./transactions.ts";

/** What is open of a transaction. Credits are told with the other sign. */
export function openOf({ openMinor }: Pick<Transaction, "openMinor">): bigint | null {
  return openMinor === null ? null : openMinor < 0n ? -openMinor : openMinor;
}
