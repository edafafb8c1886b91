import type { LedgerDocument } from "../../../core/document.ts";
import type { Lookup } from "../connector.ts";
import type { WithLegs } from "./transactions.ts";

/** Sales stand on items: which account an item books to is the account's own matter. */
const salesKinds: readonly LedgerDocument["kind"][] = ["invoice", "credit_memo"];

/**
 * Whether a transaction is what we would send: same date, currency and party, and the same legs in the ledger. Order,
 * descriptions and tax lines do not count. Several legs on one account may have been merged, so sums by account are compared.
 */
export function isSameContent(document: LedgerDocument, theirs: WithLegs, lookup: Lookup): boolean {
  if (theirs.date !== document.date || theirs.currency !== document.currency || theirs.isVoided) return false;
  if (document.kind === "statistical_entry") return true;
  if (
    document.party &&
    document.kind !== "journal_entry" &&
    !isOnJournal(document, theirs) &&
    theirs.party !== (lookup(document.party.type, document.party.id) ?? "")
  ) {
    return false;
  }
  const ours = sums(
    document.lines.map((line) => [targetOf(document, line, lookup), line.side === "debit" ? line.amountMinor : -line.amountMinor]),
  );
  const held = sums(
    theirs.legs.map((leg) => [
      salesKinds.includes(document.kind) && leg.item && !leg.isMain ? `item ${leg.item}` : leg.account,
      leg.amountMinor,
    ]),
  );
  return ours.size === held.size && [...ours].every(([target, amount]) => held.get(target) === amount);
}

/** An expense by card is a journal over there, whose head has no party. */
function isOnJournal(document: LedgerDocument, theirs: WithLegs): boolean {
  return document.kind === "expense" && theirs.type === "Journal";
}

function targetOf(document: LedgerDocument, line: LedgerDocument["lines"][number], lookup: Lookup): string {
  if (salesKinds.includes(document.kind) && line.role === "detail") return `item ${lookup("item", line.item ?? "") ?? "?"}`;
  return lookup("account", line.account) ?? "?";
}

function sums(legs: readonly (readonly [string, bigint])[]): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const [target, amount] of legs) totals.set(target, (totals.get(target) ?? 0n) + amount);
  for (const [target, amount] of totals) if (amount === 0n) totals.delete(target);
  return totals;
}
