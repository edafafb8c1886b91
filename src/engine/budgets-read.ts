import { appendAudit } from "../audit/log.ts";
import type { Budget, BudgetAmount } from "../connectors/accounting/connector.ts";
import type { NewBudgetLine } from "../core/budgets.ts";
import { sideOf } from "../core/budgets-file.ts";
import { daysInMonth } from "../core/calendar.ts";
import { Fault } from "../core/errors.ts";
import type { RecordKind } from "../core/reference.ts";
import type { ReferenceIndex } from "../core/reference-index.ts";
import { budgetsReadAt, dropBudgetsOfBooks, lockBudgetsAlone, markBudgetsRead, saveBudget } from "../store/budgets.ts";
import { inOrganization } from "../store/database.ts";
import { fenceLane } from "../store/lanes.ts";
import { countBudget } from "./budgets-count.ts";
import type { LaneContext } from "./lane-context.ts";
import { readsAreScarce } from "./usage.ts";

/** Plans change seldom, and reading them is metered. */
const ageMaxMs = 24 * 3_600_000;
/** A budget of the books only speaks until somebody decides that it should stop anything. */
const quiet = { warnPercent: 90, limitPercent: 100, over: "warn" } as const;

/** Reads the books' own budgets, once a day or when asked for. Books that have none, or do not show them, are left alone until then. */
export async function refreshBudgets(context: LaneContext): Promise<void> {
  const { parts, organizationId, books, connector, lease, reference } = context;
  if (readsAreScarce(context)) return;
  const at = await inOrganization(parts.database, organizationId, (tx) => budgetsReadAt(tx, books.booksId));
  if (at !== null && parts.now().getTime() - at.getTime() < ageMaxMs) return;
  const read = await connector.budgets().catch((error: unknown) => {
    // An edition or a sign-in without budgets is no reason to stop the lane; being cut off is.
    if (error instanceof Fault && error.remedy === "review") return null;
    throw error;
  });
  await inOrganization(parts.database, organizationId, async (tx) => {
    await fenceLane(tx, lease);
    await lockBudgetsAlone(tx, books.booksId);
    const { homeCurrency: currency } = reference.preferences;
    const refused: string[] = [];
    for (const budget of read ?? []) {
      const { name, providerId, active } = budget;
      const lines = linesOf(budget, reference);
      const made = { booksId: books.booksId, name, providerId, currency, policy: quiet, active, madeBy: "system:worker", lines };
      const saved = await saveBudget(tx, made);
      if (saved === null) refused.push(name);
      else if (saved.changed) await countBudget(tx, { booksId: books.booksId, budgetId: saved.budgetId, reference });
    }
    const ids = read?.map(({ providerId }) => providerId) ?? [];
    const dropped = read === null ? 0 : await dropBudgetsOfBooks(tx, books.booksId, ids);
    await markBudgetsRead(tx, books.booksId, parts.now());
    const facts = { budgets: ids.length, dropped, available: read !== null, nameTaken: refused };
    await appendAudit(tx, parts.now(), [
      { actor: "system:worker", action: "books.budgets_read", objectType: "books", objectId: books.booksId, facts },
    ]);
  });
}

/** Lines of a budget in our words. An amount for an account or a dimension that our copy of the lists lacks is left out. */
function linesOf(budget: Budget, reference: ReferenceIndex): NewBudgetLine[] {
  const lines = new Map<string, NewBudgetLine>();
  for (const amount of budget.amounts) {
    const account = reference.byId("account", amount.accountId);
    const dimensions = dimensionsOf(amount, reference);
    if (account === undefined || dimensions === null) continue;
    const days = { starts: amount.date, ends: lastDay(amount.date, budget.period) };
    const key = JSON.stringify([account.externalId, dimensions, days.starts]);
    const before = lines.get(key)?.amountMinor ?? 0n;
    const { externalId: accountId, number, name } = account;
    lines.set(key, {
      accountId,
      account: number ?? name,
      dimensions,
      ...days,
      side: sideOf(account),
      amountMinor: before + amount.amountMinor,
    });
  }
  return [...lines.values()];
}

function dimensionsOf(amount: BudgetAmount, reference: ReferenceIndex): Record<string, string> | null {
  const wanted: [string, RecordKind, string | null][] = [
    ["class", "class", amount.classId],
    ["department", "department", amount.departmentId],
    ["customer", "customer", amount.customerId],
  ];
  const dimensions: Record<string, string> = {};
  for (const [name, kind, id] of wanted) {
    if (id === null) continue;
    const record = reference.byId(kind, id);
    if (record === undefined) return null;
    dimensions[name] = record.name;
  }
  return dimensions;
}

function lastDay(first: string, period: Budget["period"]): string {
  const months = { month: 1, quarter: 3, year: 12 }[period];
  const end = Number(first.slice(0, 4)) * 12 + Number(first.slice(5, 7)) - 1 + months - 1;
  const [year, month] = [Math.floor(end / 12), (end % 12) + 1];
  return `${year}-${String(month).padStart(2, "0")}-${daysInMonth(year, month)}`;
}
