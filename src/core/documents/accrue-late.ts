import type { DocumentLine, LedgerDocument } from "../document.ts";
import { withSuffix } from "./number.ts";
import { reverseDocument } from "./reverse.ts";

/** An entry in the general ledger that puts a late document's cost or revenue where it belongs, and the one that takes it back. */
export interface LateAccrual {
  readonly accrual: LedgerDocument;
  readonly reversal: LedgerDocument;
}

/**
 * Accrues a document whose own module is closed while the general ledger is still open: its detail lines against the accrual
 * account, on its own date. The document itself goes to the first open day, and so does the reversal, so that each month bears what is its own.
 * Both are dated as the document here. Null: its details cancel out and there is nothing to accrue.
 */
export function accrueLate(document: LedgerDocument, { account, path }: { account: string; path: string }): LateAccrual | null {
  const details = document.lines.filter(({ role }) => role === "detail");
  const net = details.reduce((sum, { side, amountMinor }) => sum + (side === "debit" ? amountMinor : -amountMinor), 0n);
  const [first] = details;
  if (first === undefined || net === 0n) return null;
  const balance: DocumentLine = {
    role: "balance",
    account,
    side: net > 0n ? "credit" : "debit",
    amountMinor: net > 0n ? net : -net,
    description: `Accrual of ${document.number}`,
    dimensions: first.dimensions,
    because: { ...first.because, row: path },
  };
  const lines = [...details.map(plain), balance];
  const { party: _party, terms: _terms, dueDate: _dueDate, customFields: _fields, statistics: _statistics, ...kept } = document;
  const accrual: LedgerDocument = {
    ...kept,
    kind: "journal_entry",
    number: withSuffix(document.number, "-ACC", numberLengthMax),
    memo: `Accrual of ${document.number}, which came late: ${document.memo}`.slice(0, 4_000),
    totalMinor: lines.reduce((sum, { side, amountMinor }) => sum + (side === "debit" ? amountMinor : 0n), 0n),
    lines,
  };
  return { accrual, reversal: reverseDocument(accrual, { date: document.date, suffix: "-REV" }) };
}

const numberLengthMax = 21;

/** A ledger leg without what only a bill or an invoice has. */
function plain(line: DocumentLine): DocumentLine {
  const { item: _item, quantity: _quantity, unitPrice: _price, party: _party, ...rest } = line;
  return rest;
}
