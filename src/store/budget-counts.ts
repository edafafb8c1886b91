import type { BudgetLine } from "../core/budgets.ts";
import type { Statement, Tx } from "./database.ts";

const selectSpan: Statement = {
  name: "budget_counts_span",
  text: `select l.line_id as "lineId", b.name as budget, b.currency, l.account_id as "accountId", l.account, l.dimensions, l.starts, l.ends, l.side,
      l.amount_minor as "amountMinor"
    from budgets b join budget_lines l on l.organization_id = $1 and l.budget_id = b.budget_id where b.organization_id = $1 and b.budget_id = $2`,
};
const forget: Statement = {
  name: "budget_counts_forget",
  text: `delete from budget_uses u using budget_lines l where u.organization_id = $1 and l.organization_id = $1 and l.budget_id = $2 and u.line_id = l.line_id`,
};
const zero: Statement = {
  name: "budget_counts_zero",
  text: "update budget_lines set taken_minor = 0 where organization_id = $1 and budget_id = $2 and taken_minor <> 0",
};

/** Forgets what is taken of a budget and answers its lines, to count anew under `lockBudgetsAlone`. */
export async function startCount(tx: Tx, budgetId: string): Promise<Omit<BudgetLine, "policy" | "takenMinor">[]> {
  await tx.change(forget, [tx.organizationId, budgetId]);
  await tx.change(zero, [tx.organizationId, budgetId]);
  return tx.rows(selectSpan, [tx.organizationId, budgetId]);
}

const selectStanding: Statement = {
  name: "budget_counts_standing",
  text: `select p.posting_id as "postingId", p.event_id as "eventId", d.body from postings p
    cross join lateral (
      select k.body, k.date, k.reverses from documents k where k.organization_id = $1 and k.document_id = p.document_id offset 0
    ) d
    where p.organization_id = $1 and p.books_id = $2 and p.posting_id > $3 and p.event_id is not null and d.reverses is null
      and p.state not in ('refused', 'superseded', 'voided') and d.date between $4 and $5
    order by p.posting_id limit $6`,
};

/** A document that stands in the books or is on its way there. */
export interface StandingDocument {
  readonly postingId: string;
  readonly eventId: string;
  readonly body: string;
}

/** The next documents of these days that count, in the order of their postings. */
export function findStandingDocuments(
  tx: Tx,
  booksId: string,
  page: { afterId: string; from: string; through: string; limit: number },
): Promise<StandingDocument[]> {
  return tx.rows(selectStanding, [tx.organizationId, booksId, page.afterId, page.from, page.through, page.limit]);
}
