import type { BudgetLine } from "../core/budgets.ts";
import type { LedgerDocument } from "../core/document.ts";
import type { ReferenceIndex } from "../core/reference-index.ts";
import { findStandingDocuments, startCount } from "../store/budget-counts.ts";
import { takeFromBudgets } from "../store/budgets.ts";
import type { Tx } from "../store/database.ts";
import { readPostable } from "../store/documents.ts";
import { accountIdIn, usesOf } from "./budgets.ts";

const pageSize = 1_000;

/** Counts anew what is taken of a budget, by the documents that stand or are on their way. Under `lockBudgetsAlone`. */
export async function countBudget(tx: Tx, of: { booksId: string; budgetId: string; reference: ReferenceIndex }): Promise<void> {
  const started = await startCount(tx, of.budgetId);
  if (started.length === 0) return;
  const lines: BudgetLine[] = started.map((line) => ({
    ...line,
    takenMinor: 0n,
    policy: { warnPercent: 100, limitPercent: 100, over: "warn" },
  }));
  const from = lines.reduce((first, { starts }) => (starts < first ? starts : first), lines[0]!.starts);
  const through = lines.reduce((last, { ends }) => (ends > last ? ends : last), lines[0]!.ends);
  const accountId = accountIdIn(of.reference);
  for (let afterId = "00000000-0000-0000-0000-000000000000"; ; ) {
    const page = await findStandingDocuments(tx, of.booksId, { afterId, from, through, limit: pageSize });
    const uses = page.flatMap(({ postingId, eventId, body }) =>
      usesOf({ postingId, eventId, document: readPostable(body) as LedgerDocument }, lines, accountId),
    );
    await takeFromBudgets(tx, uses);
    if (page.length < pageSize) return;
    afterId = page.at(-1)!.postingId;
  }
}
