import { formatMinor } from "../money.ts";
import type { Validation } from "./validation.ts";

/** Debits equal credits, every leg above zero, and the total is what they come to: the debits of an entry, what any other leaves owed. */
export function checkBalance({ document, findings }: Validation): void {
  const { number, currency, lines } = document;
  if (document.kind === "statistical_entry" && lines.length === 0 && (document.statistics?.length ?? 0) > 0) return;
  let debit = 0n;
  let credit = 0n;
  let owed = 0n;
  for (const { role, side, amountMinor } of lines) {
    if (side === "debit") debit += amountMinor;
    else credit += amountMinor;
    if (role === "balance") owed += side === "debit" ? amountMinor : -amountMinor;
  }
  const total = document.kind === "journal_entry" ? debit : owed < 0n ? -owed : owed;
  const isEachAboveZero = lines.every(({ amountMinor }) => amountMinor > 0n);
  if (debit === credit && total === document.totalMinor && isEachAboveZero && lines.length >= 2) return;
  findings.push({
    code: "document_unbalanced",
    severity: "block",
    field: null,
    message: `${number} does not balance: debits ${formatMinor(debit, currency)}, credits ${formatMinor(credit, currency)}, total ${formatMinor(document.totalMinor, currency)}`,
    fix: "Report this with the event: documents are balanced when they are built, so the program is at fault.",
    cause: `document_unbalanced:${number}`,
  });
}
