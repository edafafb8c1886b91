import type { Call } from "./api.ts";
import type { Company } from "./company.ts";
import { inSlices, isIn, queryPage } from "./suiteql.ts";
import type { Transaction } from "./transactions.ts";
import { minorOf, textOf } from "./wire.ts";

/** How much of an earlier document a later one settles. */
export interface Link {
  readonly previous: string;
  readonly next: string;
  /** Without sign. */
  readonly amountMinor: bigint;
}

/** Links of each transaction, in both directions, by its id. */
export async function linksOf(
  call: Call,
  company: Company,
  transactions: readonly Pick<Transaction, "id" | "currency">[],
): Promise<Map<string, Link[]>> {
  const currencies = new Map(transactions.map(({ id, currency }) => [id, currency]));
  const rows = await inSlices([...currencies.keys()], (slice) =>
    queryPage(
      call,
      `SELECT previousdoc, nextdoc, linktype, foreignamount FROM nexttransactionlinelink WHERE ${isIn("previousdoc", slice)} OR ${isIn("nextdoc", slice)} ORDER BY previousdoc, nextdoc`,
    ),
  );
  const links = new Map<string, Link[]>();
  for (const row of rows) {
    const [previous, next] = [textOf(row, "previousdoc"), textOf(row, "nextdoc")];
    const currency = currencies.get(previous) ?? currencies.get(next) ?? company.homeCurrency;
    const amount = minorOf(textOf(row, "foreignamount"), currency) ?? 0n;
    const link: Link = { previous, next, amountMinor: amount < 0n ? -amount : amount };
    for (const id of new Set([previous, next])) links.set(id, [...(links.get(id) ?? []), link]);
  }
  return links;
}
