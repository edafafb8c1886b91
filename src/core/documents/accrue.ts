import { firstOfNextMonth } from "../calendar.ts";
import type { LedgerDocument } from "../document.ts";
import type { TransportEvent } from "../events.ts";
import type { CompiledRules, DocumentChoice } from "../rules/compile.ts";
import { reverseDocument } from "./reverse.ts";

type Accrual = ReturnType<CompiledRules["accrual"]>;

/** The document with the accrual's account as its other side. */
export function accrueAgainst(choice: DocumentChoice, { row, path, matched }: NonNullable<Accrual>): DocumentChoice {
  return { ...choice, matched: { ...choice.matched, ...matched }, balance: () => ({ account: row.account, path }) };
}

/**
 * The entry that takes an accrual back: every leg turned round, on the day the event names or else on the first day of the next
 * month. Made at once, so that it cannot be forgotten; null where nothing is taken back.
 */
export function reversalOf(
  { event, accrual }: { event: TransportEvent; accrual: Accrual },
  document: LedgerDocument,
): LedgerDocument | null {
  const wanted = event.type === "accrual" ? event.reversalDate : undefined;
  if (accrual?.row.reverse === "never" || (accrual === null && !wanted)) return null;
  const date = wanted || firstOfNextMonth(document.date);
  const memo = accrual?.reverseMemo?.({ event, line: null }, {});
  return reverseDocument(document, { date, suffix: "-REV", ...(memo ? { memo } : {}) });
}
