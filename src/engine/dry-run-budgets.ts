import type { BudgetLine } from "../core/budgets.ts";
import { formatMinor } from "../core/money.ts";
import { findBudgetLines } from "../store/budgets.ts";
import type { Tx } from "../store/database.ts";
import { accountIdIn, usesOf } from "./budgets.ts";
import type { LaneContext } from "./lane-context.ts";
import type { EventPlan } from "./plan.ts";

/** What posting would take of one line of a budget. Amounts are decimal strings in the budget's currency. */
export interface BudgetEffect {
  readonly budget: string;
  readonly account: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly starts: string;
  readonly ends: string;
  readonly currency: string;
  readonly amount: string;
  /** Posted and on its way before. */
  readonly taken: string;
  readonly wouldTake: string;
  /** Below zero: the budget would be overspent. */
  readonly left: string;
}

/** Adds up what planned documents would take of budgets. */
export function createBudgetEffects() {
  const lines = new Map<string, { line: BudgetLine; wouldTake: bigint }>();
  return {
    add: async (tx: Tx, { books, reference }: LaneContext, plans: readonly EventPlan[]): Promise<void> => {
      const accountId = accountIdIn(reference);
      const dated = plans.flatMap(({ eventId, documents }) =>
        documents.flatMap(({ postable, reverses }) =>
          "lines" in postable && reverses === null ? [{ postingId: "", eventId, document: postable }] : [],
        ),
      );
      const accountIds = [...new Set(dated.flatMap(({ document }) => document.lines.flatMap(({ account }) => accountId(account) ?? [])))];
      const dates = dated.map(({ document }) => document.date).sort();
      if (accountIds.length === 0) return;
      const found = await findBudgetLines(tx, books.booksId, { accountIds, from: dates[0]!, through: dates.at(-1)! });
      const byId = new Map(found.map((line) => [line.lineId, line]));
      for (const { lineId, amountMinor } of dated.flatMap((one) => usesOf(one, found, accountId))) {
        const known = lines.get(lineId) ?? { line: byId.get(lineId)!, wouldTake: 0n };
        lines.set(lineId, { ...known, wouldTake: known.wouldTake + amountMinor });
      }
    },
    /** Lines that would be touched, the ones with least left first. */
    report: (): BudgetEffect[] =>
      [...lines.values()]
        .sort((a, b) => (leftOf(a) < leftOf(b) ? -1 : 1))
        .map((one) => {
          const { budget, account, dimensions, starts, ends, currency, amountMinor, takenMinor } = one.line;
          const written = (minor: bigint): string => formatMinor(minor, currency);
          return {
            ...{ budget, account, dimensions, starts, ends, currency },
            amount: written(amountMinor),
            taken: written(takenMinor),
            wouldTake: written(one.wouldTake),
            left: written(leftOf(one)),
          };
        }),
  };
}

function leftOf({ line, wouldTake }: { line: BudgetLine; wouldTake: bigint }): bigint {
  return line.amountMinor - line.takenMinor - wouldTake;
}
