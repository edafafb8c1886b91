import type { DocumentKind, LedgerDocument } from "../document.ts";
import { withSuffix } from "./number.ts";

const numberLengthMax = 21;
const opposite: Readonly<Record<DocumentKind, DocumentKind>> = {
  invoice: "credit_memo",
  credit_memo: "invoice",
  bill: "vendor_credit",
  vendor_credit: "bill",
  expense: "journal_entry",
  journal_entry: "journal_entry",
  expense_report: "journal_entry",
  statistical_entry: "statistical_entry",
};

function negated(quantity: string): string {
  return quantity.startsWith("-") ? quantity.slice(1) : `-${quantity}`;
}

/**
 * The document that undoes another: the opposite kind, every leg turned round, same accounts, amounts, rate and dimensions.
 *
 * Shape: number with `-V` (or the suffix given), at most 21 characters; dated `date`; without terms, because nobody waits for its
 * payment.
 */
export function reverseDocument(document: LedgerDocument, options: { date: string; suffix?: string; memo?: string }): LedgerDocument {
  const { terms: _terms, dueDate: _dueDate, party, ...kept } = document;
  const kind = opposite[document.kind];
  const statistics = document.statistics?.map((line) => ({ ...line, quantity: negated(line.quantity) }));
  return {
    ...kept,
    ...(statistics === undefined ? {} : { statistics }),
    ...(party === undefined || kind === "journal_entry" ? {} : { party }),
    kind,
    number: withSuffix(document.number, options.suffix ?? "-V", numberLengthMax),
    date: options.date,
    memo: (options.memo ?? `Reversal of ${document.number}: ${document.memo}`).slice(0, 4_000),
    lines: document.lines.map((line) => ({ ...line, side: line.side === "debit" ? "credit" : "debit" })),
  };
}
