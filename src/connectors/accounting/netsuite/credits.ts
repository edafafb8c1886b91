import { Fault } from "../../../core/errors.ts";
import type { Application, FoundRecord, MovementItem } from "../connector.ts";
import type { Work } from "./desk.ts";
import { ref } from "./entry.ts";
import { writeTimeoutMs } from "./limits.ts";
import { linksOf } from "./links.ts";
import { type Share, sharesOf } from "./shares.ts";
import { foundFrom, transactionsById, withLegs } from "./transactions.ts";
import { amountOf } from "./wire.ts";

/*
 * Credits are applied on their own records, the one place that Oracle documents for all of them. There is no record of the
 * application itself: what is applied already is known by the link between the two.
 */

export function appliedOf({ movement }: MovementItem): readonly Application[] {
  return "applied" in movement ? movement.applied : [];
}

/** Shares of a movement's credits that are not applied yet. */
export async function openShares(work: Work, item: MovementItem): Promise<Share[]> {
  const shares = sharesOf(appliedOf(item));
  if (shares.length === 0) return [];
  const ids = shares.map(({ credit }) => ({ id: credit.providerId, currency: item.movement.currency }));
  const links = await linksOf(work.call, work.company, ids);
  return shares.filter(
    ({ credit, debt, amountMinor }) =>
      !(links.get(credit.providerId) ?? []).some(
        (link) => (link.previous === debt.providerId || link.next === debt.providerId) && link.amountMinor >= amountMinor,
      ),
  );
}

/** The first credit, where all shares are applied already; null where one is missing. */
export async function creditsUsed(work: Work, item: MovementItem): Promise<FoundRecord | null> {
  const [share] = sharesOf(appliedOf(item));
  if (share === undefined || (await openShares(work, item)).length > 0) return null;
  const first = (await transactionsById(work.call, work.company, [share.credit.providerId])).get(share.credit.providerId);
  if (first === undefined) return null;
  const [whole] = await withLegs(work.call, work.company, [first]);
  const found = foundFrom(whole!, { sameContent: true, ours: true });
  return { ...found, number: item.movement.number, date: item.movement.date, totalMinor: 0n };
}

/** Applies what is not applied yet, each credit on its own record. Once more is no harm. */
export async function useCredits(work: Work, item: MovementItem): Promise<void> {
  const { movement } = item;
  for (const [id, shares] of Map.groupBy(await openShares(work, item), ({ credit }) => credit.providerId)) {
    const type = shares[0]!.credit.kind === "credit_memo" ? "creditMemo" : "vendorCredit";
    const rows = shares.map(({ debt, amountMinor }) => ({
      doc: ref(debt.providerId),
      apply: true,
      amount: amountOf(amountMinor, movement.currency),
    }));
    await work.call({
      method: "PATCH",
      path: `record/v1/${type}/${id}`,
      body: JSON.stringify({ apply: { items: rows } }),
      timeoutMs: writeTimeoutMs,
    });
  }
  if ((await openShares(work, item)).length === 0) return;
  throw new Fault(
    "books_refused",
    `NetSuite did not apply the credits of ${movement.number} as they were sent. Look at the credits in NetSuite and apply them there.`,
  );
}
