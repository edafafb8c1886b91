import type { BudgetLine, BudgetPolicy, NewBudgetLine } from "../core/budgets.ts";
import type { Statement, Tx } from "./database.ts";
import { newId } from "./ids.ts";

const lockShared: Statement = {
  name: "budgets_lock_shared",
  text: "select pg_advisory_xact_lock_shared(hashtextextended('ledgerlane budgets ' || $1, 0))",
};
const lockAlone: Statement = {
  name: "budgets_lock_alone",
  text: "select pg_advisory_xact_lock(hashtextextended('ledgerlane budgets ' || $1, 0))",
};
// In one order, so that two who lock several never wait for each other.
const lockRows: Statement = {
  name: "budgets_lock_rows",
  text: "select budget_id from budgets where organization_id = $1 and books_id = $2 and active order by budget_id for update",
};

/**
 * Makes this transaction the only one that takes from the budgets of these books until it ends. False: the books have none that
 * counts. Nobody changes which budgets there are meanwhile.
 */
export async function lockBudgets(tx: Tx, booksId: string): Promise<boolean> {
  const [, rows] = await Promise.all([
    tx.rows(lockShared, [booksId]),
    tx.rows<{ budget_id: string }>(lockRows, [tx.organizationId, booksId]),
  ]);
  return rows.length > 0;
}

/** Keeps everybody from preparing documents of these books while budgets come or go. */
export async function lockBudgetsAlone(tx: Tx, booksId: string): Promise<void> {
  await tx.rows(lockAlone, [booksId]);
}

interface LineRow extends Omit<BudgetLine, "policy"> {
  readonly warnPercent: number;
  readonly limitPercent: number;
  readonly over: BudgetPolicy["over"];
}

const lineColumns = `l.line_id as "lineId", b.name as budget, b.currency, b.warn_percent as "warnPercent", b.limit_percent as "limitPercent", b.over,
  l.account_id as "accountId", l.account, l.dimensions, l.starts, l.ends, l.side, l.amount_minor as "amountMinor", l.taken_minor as "takenMinor"`;
const selectLines: Statement = {
  name: "budget_lines_for",
  text: `select ${lineColumns} from budgets b cross join lateral (
      select * from budget_lines k where k.organization_id = $1 and k.budget_id = b.budget_id and k.account_id = any($3::text[])
        and k.ends >= $4 and k.starts <= $5 offset 0
    ) l where b.organization_id = $1 and b.books_id = $2 and b.active order by l.line_id`,
};

function lineOf({ warnPercent, limitPercent, over, ...rest }: LineRow): BudgetLine {
  return { ...rest, policy: { warnPercent, limitPercent, over } };
}

/** Lines of counting budgets for these accounts (the books' ids) and days, both included. */
export async function findBudgetLines(
  tx: Tx,
  booksId: string,
  of: { accountIds: readonly string[]; from: string; through: string },
): Promise<BudgetLine[]> {
  return (await tx.rows<LineRow>(selectLines, [tx.organizationId, booksId, of.accountIds, of.from, of.through])).map(lineOf);
}

const selectOwn: Statement = {
  name: "budget_uses_own",
  text: `select n.event_id as "eventId", u.line_id as "lineId", sum(u.amount_minor)::bigint as "amountMinor"
    from unnest($2::uuid[]) as given(event_id)
    cross join lateral (select k.* from events k where k.organization_id = $1 and k.event_id = given.event_id offset 0) n
    cross join lateral (
      select k.event_id from events k
      where k.organization_id = $1 and k.source_id = n.source_id and k.type = n.type and k.id = n.id and k.revision <= n.revision offset 0
    ) e
    cross join lateral (
      select k.line_id, k.amount_minor, k.posting_id from budget_uses k where k.organization_id = $1 and k.event_id = e.event_id offset 0
    ) u
    cross join lateral (select k.state from postings k where k.organization_id = $1 and k.posting_id = u.posting_id offset 0) p
    where p.state not in ('refused', 'superseded', 'voided')
    group by n.event_id, u.line_id`,
};

/** What these events and their earlier revisions have taken already: it is theirs again when they are prepared anew. */
export function findOwnUses(tx: Tx, eventIds: readonly string[]): Promise<{ eventId: string; lineId: string; amountMinor: bigint }[]> {
  return tx.rows(selectOwn, [tx.organizationId, eventIds]);
}

/** What one posting takes of one line. */
export interface BudgetUse {
  readonly postingId: string;
  readonly eventId: string;
  readonly lineId: string;
  readonly amountMinor: bigint;
}

const insertUses: Statement = {
  name: "budget_uses_insert",
  text: `insert into budget_uses (organization_id, posting_id, event_id, line_id, amount_minor)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[])`,
};
// A posting that is refused or gone has nothing to take; it gives nothing back either until it lives again.
const takeUses: Statement = {
  name: "budget_lines_take",
  text: `update budget_lines l set taken_minor = l.taken_minor + given.amount_minor from (
      select u.line_id, sum(u.amount_minor) as amount_minor from unnest($2::uuid[], $3::uuid[], $4::bigint[]) as u(posting_id, line_id, amount_minor)
      cross join lateral (select k.state from postings k where k.organization_id = $1 and k.posting_id = u.posting_id offset 0) p
      where p.state not in ('refused', 'superseded', 'voided') group by u.line_id
    ) given where l.organization_id = $1 and l.line_id = given.line_id`,
};

/** Takes from budgets, under `lockBudgets`. What a posting took comes back by itself when it ends without standing in the books. */
export async function takeFromBudgets(tx: Tx, uses: readonly BudgetUse[]): Promise<void> {
  if (uses.length === 0) return;
  const [postings, lines] = [uses.map(({ postingId }) => postingId), uses.map(({ lineId }) => lineId)];
  const amounts = uses.map(({ amountMinor }) => amountMinor);
  await tx.change(insertUses, [tx.organizationId, postings, uses.map(({ eventId }) => eventId), lines, amounts]);
  await tx.change(takeUses, [tx.organizationId, postings, lines, amounts]);
}

/** A budget as it is made: imported by somebody, or read from the books, which then have an id for it. */
export interface NewBudget {
  readonly booksId: string;
  readonly name: string;
  readonly providerId: string | null;
  readonly currency: string;
  readonly policy: BudgetPolicy;
  readonly active: boolean;
  readonly madeBy: string;
  readonly lines: readonly NewBudgetLine[];
}

// Its policy is somebody's decision: reading it again from the books leaves it.
const putBudget: Statement = {
  name: "budgets_put",
  text: `insert into budgets as old (organization_id, budget_id, books_id, name, provider_id, currency, warn_percent, limit_percent, over, active, made_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (organization_id, books_id, name) do update set currency = excluded.currency, active = excluded.active, made_by = excluded.made_by,
      provider_id = excluded.provider_id, updated_at = now(),
      warn_percent = case when excluded.provider_id is null then excluded.warn_percent else old.warn_percent end,
      limit_percent = case when excluded.provider_id is null then excluded.limit_percent else old.limit_percent end,
      over = case when excluded.provider_id is null then excluded.over else old.over end
    where old.provider_id is not distinct from excluded.provider_id
    returning budget_id as "budgetId"`,
};
const dropLines: Statement = {
  name: "budget_lines_drop",
  text: `delete from budget_lines l where l.organization_id = $1 and l.budget_id = $2 and not exists (
      select 1 from unnest($3::text[], $4::jsonb[], $5::date[]) as given(account_id, dimensions, starts)
      where given.account_id = l.account_id and given.dimensions = l.dimensions and given.starts = l.starts)`,
};
const putLines: Statement = {
  name: "budget_lines_put",
  text: `insert into budget_lines as old (organization_id, budget_id, line_id, account_id, account, dimensions, starts, ends, side, amount_minor)
    select $1, $2, * from unnest($3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::date[], $8::date[], $9::text[], $10::bigint[])
    on conflict (organization_id, budget_id, account_id, dimensions, starts) do update set account = excluded.account, ends = excluded.ends,
      side = excluded.side, amount_minor = excluded.amount_minor
    where (old.account, old.ends, old.side, old.amount_minor) is distinct from (excluded.account, excluded.ends, excluded.side, excluded.amount_minor)`,
};

/**
 * Makes a budget or replaces what one of that name says. Null: the name belongs to one that came another way. Where lines are
 * `changed`, what is taken of them must be counted anew.
 */
export async function saveBudget(tx: Tx, budget: NewBudget): Promise<{ budgetId: string; changed: boolean } | null> {
  const { warnPercent, limitPercent, over } = budget.policy;
  const head = [newId(), budget.booksId, budget.name, budget.providerId, budget.currency, warnPercent, limitPercent, over];
  const [row] = await tx.rows<{ budgetId: string }>(putBudget, [tx.organizationId, ...head, budget.active, budget.madeBy]);
  if (row === undefined) return null;
  const { lines } = budget;
  const accounts = lines.map(({ accountId }) => accountId);
  const dimensions = lines.map((line) => JSON.stringify(line.dimensions));
  const starts = lines.map((line) => line.starts);
  const dropped = await tx.change(dropLines, [tx.organizationId, row.budgetId, accounts, dimensions, starts]);
  const put = await tx.change(putLines, [
    tx.organizationId,
    row.budgetId,
    lines.map(() => newId()),
    accounts,
    lines.map(({ account }) => account),
    dimensions,
    starts,
    lines.map(({ ends }) => ends),
    lines.map(({ side }) => side),
    lines.map(({ amountMinor }) => amountMinor),
  ]);
  return { budgetId: row.budgetId, changed: dropped + put > 0 };
}

const change: Statement = {
  name: "budgets_change",
  text: `update budgets set warn_percent = $3, limit_percent = $4, over = $5, updated_at = now() where organization_id = $1 and budget_id = $2`,
};

/** Changes when a budget speaks up. False: there is none. */
export async function putBudgetPolicy(tx: Tx, budgetId: string, policy: BudgetPolicy): Promise<boolean> {
  return (await tx.change(change, [tx.organizationId, budgetId, policy.warnPercent, policy.limitPercent, policy.over])) === 1;
}

const drop: Statement = {
  name: "budgets_drop",
  text: `delete from budgets where organization_id = $1 and budget_id = $2 returning name`,
};

/** Takes a budget away with its lines. Answers its name; undefined: there was none. */
export async function deleteBudget(tx: Tx, budgetId: string): Promise<string | undefined> {
  return (await tx.rows<{ name: string }>(drop, [tx.organizationId, budgetId]))[0]?.name;
}

const markRead: Statement = { name: "budgets_read", text: "update books set budgets_at = $3 where organization_id = $1 and books_id = $2" };
const selectRead: Statement = {
  name: "budgets_read_at",
  text: `select budgets_at as at from books where organization_id = $1 and books_id = $2`,
};

/** When the books' own budgets were last read; null: never. */
export async function budgetsReadAt(tx: Tx, booksId: string): Promise<Date | null> {
  return (await tx.rows<{ at: Date | null }>(selectRead, [tx.organizationId, booksId]))[0]?.at ?? null;
}

/** Notes that they were read; null has them read again at the lane's next turn. */
export async function markBudgetsRead(tx: Tx, booksId: string, at: Date | null): Promise<void> {
  await tx.change(markRead, [tx.organizationId, booksId, at?.toISOString() ?? null]);
}

const dropUnread: Statement = {
  name: "budgets_drop_unread",
  text: `delete from budgets where organization_id = $1 and books_id = $2 and provider_id is not null and provider_id <> all ($3::text[])`,
};

/** Forgets budgets that the books do not have any more. */
export async function dropBudgetsOfBooks(tx: Tx, booksId: string, providerIds: readonly string[]): Promise<number> {
  return tx.change(dropUnread, [tx.organizationId, booksId, providerIds]);
}
