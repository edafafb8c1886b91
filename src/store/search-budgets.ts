import type { BudgetPolicy } from "../core/budgets.ts";
import type { Statement, Tx } from "./database.ts";
import { type Listed, type Page, pageOf, readIdCursor, searchStatement, writeCursor } from "./search.ts";

/** A budget without its lines. */
export interface BudgetRow extends BudgetPolicy {
  readonly budgetId: string;
  readonly booksId: string;
  readonly booksName: string;
  readonly name: string;
  /** Set where it is read from the books. */
  readonly providerId: string | null;
  readonly currency: string;
  readonly active: boolean;
  readonly updatedAt: Date;
  readonly lines: number;
}

const columns = `b.budget_id as "budgetId", b.books_id as "booksId", k.name as "booksName", b.name, b.provider_id as "providerId", b.currency,
  b.warn_percent as "warnPercent", b.limit_percent as "limitPercent", b.over, b.active, b.updated_at as "updatedAt",
  (select count(*)::int from budget_lines l where l.organization_id = $1 and l.budget_id = b.budget_id) as lines`;
const from = "from budgets b join books k on k.organization_id = $1 and k.books_id = b.books_id where b.organization_id = $1";
const selectAll: Statement = { name: "search_budgets", text: `select ${columns} ${from} order by k.name, b.name limit 1000` };
const selectOne: Statement = { name: "search_budget", text: `select ${columns} ${from} and b.budget_id = $2` };

/** All budgets, by books and name. */
export function listBudgets(tx: Tx): Promise<BudgetRow[]> {
  return tx.rows<BudgetRow>(selectAll, [tx.organizationId]);
}

/** One budget. */
export async function findBudget(tx: Tx, budgetId: string): Promise<BudgetRow | undefined> {
  return (await tx.rows<BudgetRow>(selectOne, [tx.organizationId, budgetId]))[0];
}

/** A line with what is used of it. Minor units of the budget's currency. */
export interface BudgetLineRow {
  readonly lineId: string;
  readonly account: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly starts: string;
  readonly ends: string;
  readonly side: "debit" | "credit";
  readonly amountMinor: bigint;
  /** In the books. */
  readonly usedMinor: bigint;
  /** On its way there. */
  readonly reservedMinor: bigint;
}

/** Lines of a budget, oldest made first; with `on` only those whose period holds that day. */
export async function searchBudgetLines(
  tx: Tx,
  of: { budgetId: string; on: string | undefined; account: string | undefined },
  page: Page,
): Promise<Listed<BudgetLineRow>> {
  // Few postings are open at a time: what is reserved is found from there, and the rest of what is taken is used.
  const { statement, values } = searchStatement(
    "search_budget_lines",
    {
      head: `with open as (
          select u.line_id, sum(u.amount_minor)::bigint as reserved from postings p
          join budget_uses u on u.organization_id = $1 and u.posting_id = p.posting_id
          where p.organization_id = $1 and p.state in ('ready', 'sending', 'uncertain') group by u.line_id
        )
        select l.line_id as "lineId", l.account, l.dimensions, l.starts, l.ends, l.side, l.amount_minor as "amountMinor",
          l.taken_minor - coalesce(o.reserved, 0) as "usedMinor", coalesce(o.reserved, 0) as "reservedMinor"
        from budget_lines l left join open o on o.line_id = l.line_id where l.organization_id = $1 and l.budget_id = $3`,
      tail: "order by l.line_id limit $2",
    },
    [tx.organizationId, page.limit + 1, of.budgetId],
    [
      { as: "on", sql: "?::date between l.starts and l.ends", value: of.on },
      { as: "account", sql: "l.account = ?", value: of.account },
      { as: "after", sql: "l.line_id > ?", value: readIdCursor(page.cursor) },
    ],
  );
  return pageOf(await tx.rows<BudgetLineRow>(statement, values), page.limit, ({ lineId }) => writeCursor(lineId));
}
