import { appendAudit } from "../audit/log.ts";
import { type BudgetPolicy, overPolicies } from "../core/budgets.ts";
import { readBudgetFile } from "../core/budgets-file.ts";
import { Fault } from "../core/errors.ts";
import { indexReference } from "../core/reference-index.ts";
import { findReference } from "../store/books.ts";
import { deleteBudget, lockBudgetsAlone, markBudgetsRead, putBudgetPolicy, saveBudget } from "../store/budgets.ts";
import { findBudget } from "../store/search-budgets.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import type { Actor } from "./actor.ts";
import { findBooksNamed } from "./books-named.ts";
import { countBudget } from "./budgets-count.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";

/** A budget that somebody hands in. */
export interface BudgetImport {
  readonly name: string;
  /** Name or id of the books; null where the organization has one. */
  readonly books: string | null;
  readonly csv: string;
  readonly policy: BudgetPolicy;
}

/**
 * Takes a budget in, or replaces the one of its name; what was posted already is counted at once. Faults: `file_malformed` with every line,
 * `request_invalid`, `not_found`.
 */
export function importBudget(parts: EngineParts, actor: Actor, given: BudgetImport): Promise<{ budgetId: string; lines: number }> {
  checkPolicy(given.policy);
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const books = await findBooksNamed(tx, given.books);
    const stored = await findReference(tx, books);
    if (stored === null) throw new Fault("request_invalid", `The accounts of "${books.name}" were not read yet; try again in a minute`);
    const reference = indexReference(stored);
    const currency = stored.preferences.homeCurrency;
    const lines = readBudgetFile(given.csv, reference, currency);
    await lockBudgetsAlone(tx, books.booksId);
    const { booksId } = books;
    const { name, policy } = given;
    const saved = await saveBudget(tx, { booksId, name, providerId: null, currency, policy, active: true, madeBy: nameOf(actor), lines });
    if (saved === null) throw new Fault("request_invalid", `The books have a budget "${name}" of their own; give this one another name`);
    await countBudget(tx, { booksId, budgetId: saved.budgetId, reference });
    await leave(tx, parts, actor, { action: "budget.imported", booksId, facts: { ...saved, name, ...policy, lines: lines.length } });
    return { budgetId: saved.budgetId, lines: lines.length };
  });
}

/** Says when a budget speaks up. What is held already stays held until it is approved or retried. Faults: `not_found`, `request_invalid`. */
export function setBudgetPolicy(parts: EngineParts, actor: Actor, budgetId: string, policy: BudgetPolicy): Promise<void> {
  checkPolicy(policy);
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const budget = await requireBudget(tx, budgetId);
    await putBudgetPolicy(tx, budgetId, policy);
    await leave(tx, parts, actor, {
      action: "budget.policy_set",
      booksId: budget.booksId,
      facts: { budgetId, name: budget.name, ...policy },
    });
  });
}

/** Takes a budget away. Faults: `not_found`; `request_invalid` for one of the books' own, which would come back. */
export function dropBudget(parts: EngineParts, actor: Actor, budgetId: string): Promise<void> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const { name, booksId, providerId } = await requireBudget(tx, budgetId);
    if (providerId !== null)
      throw new Fault("request_invalid", `"${name}" is read from the books: delete it there, or set it to warn only here`);
    await lockBudgetsAlone(tx, booksId);
    await deleteBudget(tx, budgetId);
    await leave(tx, parts, actor, { action: "budget.deleted", booksId, facts: { budgetId, name } });
  });
}

/** Has the books' own budgets read again at the lane's next turn. */
export async function askForBudgets(parts: EngineParts, actor: Actor, booksName: string | null): Promise<void> {
  const { organizationId } = actor;
  const { booksId } = await inOrganization(parts.database, organizationId, async (tx) => {
    const books = await findBooksNamed(tx, booksName);
    await markBudgetsRead(tx, books.booksId, null);
    await leave(tx, parts, actor, { action: "budget.refresh_asked", booksId: books.booksId, facts: {} });
    return books;
  });
  await parts.wake({ organizationId, booksId });
}

async function requireBudget(tx: Tx, budgetId: string) {
  const budget = await findBudget(tx, budgetId);
  if (budget === undefined) throw new Fault("not_found", `There is no budget ${budgetId}`);
  return budget;
}

function checkPolicy({ warnPercent, limitPercent, over }: BudgetPolicy): void {
  const isPercent = (value: number) => Number.isInteger(value) && value >= 1 && value <= 1_000;
  if (isPercent(warnPercent) && isPercent(limitPercent) && overPolicies.includes(over)) return;
  throw new Fault(
    "request_invalid",
    `A budget warns and ends at 1 to 1000 percent, and what is over it is one of ${overPolicies.join(", ")}`,
  );
}

function leave(
  tx: Tx,
  parts: EngineParts,
  actor: Actor,
  leaf: { action: string; booksId: string; facts: Record<string, unknown> },
): Promise<void> {
  const { action, booksId, facts } = leaf;
  return appendAudit(tx, parts.now(), [{ actor: nameOf(actor), action, objectType: "books", objectId: booksId, facts }]);
}
