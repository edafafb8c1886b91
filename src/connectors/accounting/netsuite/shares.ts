import type { Application } from "../connector.ts";

/** How much of one credit goes to one document. */
export interface Share {
  readonly credit: Application;
  readonly debt: Application;
  readonly amountMinor: bigint;
}

export function isCredit({ kind }: Application): boolean {
  return kind === "credit_memo" || kind === "vendor_credit";
}

/** Credits are used up in their order, and settle the last documents first: the money goes to the first ones. */
export function sharesOf(applied: readonly Application[]): Share[] {
  const debts = applied
    .filter((each) => !isCredit(each))
    .map((debt) => ({ debt, left: debt.amountMinor }))
    .reverse();
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

/** What is left of the documents for the money, once the credits are used up. */
export function restOf(applied: readonly Application[]): Application[] {
  const shares = sharesOf(applied);
  return applied
    .filter((each) => !isCredit(each))
    .flatMap((debt) => {
      const amountMinor = shares.reduce((left, share) => (share.debt === debt ? left - share.amountMinor : left), debt.amountMinor);
      return amountMinor > 0n ? [{ ...debt, amountMinor }] : [];
    });
}
