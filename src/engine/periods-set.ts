import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { isPeriod, type Module } from "../core/periods.ts";
import { askPeriodException } from "../store/approvals.ts";
import { inOrganization } from "../store/database.ts";
import { newId } from "../store/ids.ts";
import { putPeriodState } from "../store/periods.ts";
import type { Actor } from "./actor.ts";
import { findBooksNamed } from "./books-named.ts";
import type { EngineParts } from "./parts.ts";
import { heldCauses } from "./periods.ts";
import { nameOf } from "./publish-rules.ts";
import { retryReview } from "./review.ts";

/** A month of some modules to be closed or opened by hand. */
export interface PeriodOrder {
  /** Name or id of the books; null where the organization has one. */
  readonly books: string | null;
  readonly period: string;
  readonly modules: readonly Module[];
  readonly state: "open" | "closed";
  readonly note: string;
}

/**
 * Closes a month, or opens it again; what waited for it goes back to work then. Faults: `forbidden` when somebody other than an
 * administrator opens what was closed: he asks for an exception, which another person approves.
 */
export async function setPeriod(parts: EngineParts, actor: Actor, order: PeriodOrder): Promise<{ changed: number; released: number }> {
  const { period, state, note } = order;
  requirePeriod(period);
  if (state === "open" && actor.role !== "admin")
    throw new Fault("forbidden", "Only an administrator opens a closed month for all; ask for an exception, which another person approves");
  const changed = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const { booksId } = await findBooksNamed(tx, order.books);
    const count = await putPeriodState(tx, booksId, { modules: order.modules, period, state, note, setBy: nameOf(actor) });
    const action = state === "open" ? "period.opened" : "period.closed";
    const facts = { period, modules: [...order.modules], changed: count, note };
    await appendAudit(tx, parts.now(), [{ actor: nameOf(actor), action, objectType: "books", objectId: booksId, facts }]);
    return count;
  });
  if (state === "closed" || changed === 0) return { changed, released: 0 };
  const causes = new Set(order.modules.flatMap((module) => heldCauses(module, period)));
  let released = 0;
  for (const cause of causes) released += (await retryReview(parts, actor, { cause })).retried;
  return { changed, released };
}

/** A wish to open a month of one module until a moment. */
export interface ExceptionOrder {
  readonly books: string | null;
  readonly period: string;
  readonly module: Module;
  readonly until: Date;
  readonly note: string;
}

const exceptionDaysMax = 31;

/** Asks for an exception from a month that was closed by hand; another person approves it. Faults: `request_invalid`, `not_found`. */
export function askException(parts: EngineParts, actor: Actor, order: ExceptionOrder): Promise<{ approvalId: string }> {
  const { period, module, until, note } = order;
  requirePeriod(period);
  const days = (until.getTime() - parts.now().getTime()) / 86_400_000;
  if (!(days > 0 && days <= exceptionDaysMax))
    throw new Fault("request_invalid", `An exception ends within ${exceptionDaysMax} days from now; "${until.toISOString()}" is outside`);
  if (note.trim() === "") throw new Fault("request_invalid", "Say in a note why the month must be opened: whoever approves it reads that");
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const { booksId, name } = await findBooksNamed(tx, order.books);
    const approvalId = newId();
    const subject = `period_exception:${booksId}:${module}:${period}`;
    const details = { module, period, until: until.toISOString(), note };
    const message = `Open ${period} of "${name}" for ${module} until ${until.toISOString()}: ${note}`;
    if (!(await askPeriodException(tx, { approvalId, subject, booksId, details, message, maker: nameOf(actor) })))
      throw new Fault("request_invalid", `An exception for ${module} ${period} is asked for already; decide that one first`);
    await appendAudit(tx, parts.now(), [
      { actor: nameOf(actor), action: "period.exception_asked", objectType: "books", objectId: booksId, facts: { approvalId, ...details } },
    ]);
    return { approvalId };
  });
}

function requirePeriod(period: string): void {
  if (!isPeriod(period)) throw new Fault("request_invalid", `"${period}" is no month such as "2026-10"`);
}
