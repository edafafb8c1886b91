import { Fault } from "../../../core/errors.ts";
import type { Application, FoundRecord, MovementItem } from "../connector.ts";
import type { Work } from "./desk.ts";
import { ref } from "./entry.ts";
import { writeTimeoutMs } from "./limits.ts";
import { linksOf } from "./links.ts";
import { foundFrom, transactionsById, withLegs } from "./transactions.ts";
import { amountOf } from "./wire.ts";

/** How much of one credit goes to one document. */
interface Share {
  readonly credit: Application;
  readonly debt: Application;
  readonly amountMinor: bigint;
}

/** Credits are used up in their order, documents settled in theirs. */
function sharesOf(applied: readonly Application[]): Share[] {
  const isCredit = ({ kind }: Application): boolean => kind === "credit_memo" || kind === "vendor_credit";
  const debts = applied.filter((each) => !isCredit(each)).map((debt) => ({ debt, left: debt.amountMinor }));
  return applied.filter(isCredit).flatMap((credit) => {
    let left = credit.amountMinor;
    return debts.flatMap((one): Share[] => {
      const amountMinor = left < one.left ? left : one.left;
      if (amountMinor === 0n) return [];
      left -= amountMinor;
      one.left -= amountMinor;
      return [{ credit, debt: one.debt, amountMinor }];
    });
  });
}

function appliedOf({ movement }: MovementItem): readonly Application[] {
  return "applied" in movement ? movement.applied : [];
}

/**
 * The credit, where every share of this movement is applied on it already; null where one is missing. There is no record of
 * its own over there, and applying the same amounts again changes nothing.
 */
export async function creditsUsed(work: Work, item: MovementItem): Promise<FoundRecord | null> {
  const shares = sharesOf(appliedOf(item));
  const credits = await transactionsById(
    work.call,
    work.company,
    shares.map(({ credit }) => credit.providerId),
  );
  const links = await linksOf(work.call, work.company, [...credits.values()]);
  const isThere = ({ credit, debt, amountMinor }: Share): boolean =>
    (links.get(credit.providerId) ?? []).some(
      (link) => (link.previous === debt.providerId || link.next === debt.providerId) && link.amountMinor >= amountMinor,
    );
  const first = credits.get(shares[0]?.credit.providerId ?? "");
  if (first === undefined || !shares.every(isThere)) return null;
  const [whole] = await withLegs(work.call, work.company, [first]);
  const found = foundFrom(whole!, { sameContent: true, ours: true });
  return { ...found, number: item.movement.number, date: item.movement.date, totalMinor: 0n };
}

/** Applies each credit on its own record. */
export async function useCredits(work: Work, item: MovementItem): Promise<FoundRecord> {
  const { movement } = item;
  for (const [id, shares] of Map.groupBy(sharesOf(appliedOf(item)), ({ credit }) => credit.providerId)) {
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
  const used = await creditsUsed(work, item);
  if (used !== null) return used;
  throw new Fault(
    "books_refused",
    `NetSuite did not apply the credits of ${movement.number} as they were sent. Look at the credits in NetSuite and apply them there.`,
  );
}
