/** A document of ours, before any provider's shape. `vendor` and `customer` are records a document needs first. */
export const documentKinds = [
  ...(["journal_entry", "bill", "vendor_credit", "expense", "invoice", "credit_memo"] as const),
  ...(["expense_report", "statistical_entry"] as const),
] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** A party of a document, by the TMS's id. The books' own id is found when it is sent. */
export interface PartyRef {
  readonly type: "vendor" | "customer" | "employee";
  readonly id: string;
  readonly name: string;
}

/** Which rule chose a line's account and dimensions, and from which part of the event. */
export interface Because {
  readonly ruleSet: string;
  readonly version: number;
  /** Path of the row in the rule set: `accounts/17`. */
  readonly row: string;
  /** `row`, then `category`, then `master`: how far the fallback chain had to go. */
  readonly fallback: "row" | "category" | "master";
  /** The values that matched, by field. */
  readonly matched: Readonly<Record<string, string>>;
  /** JSON pointer into the event: `/lines/0`, `/fees`. */
  readonly from: string;
}

/** One ledger leg. Every document carries all of its legs, the balancing one too, so that debits equal credits is checked one way. */
export interface DocumentLine {
  readonly role: "detail" | "balance";
  /** Account number in the books' chart. */
  readonly account: string;
  readonly side: "debit" | "credit";
  /** Minor units, above zero. */
  readonly amountMinor: bigint;
  readonly description: string;
  /** Product or service name; needed on invoice and credit memo lines. */
  readonly item?: string;
  readonly quantity?: string;
  readonly unitPrice?: string;
  /**
   * Books dimensions by fully qualified name: `class`, `department`, `location`, `project`, `employee`, `entity`, or `segment:<name>` for
   * one of the books' own.
   */
  readonly dimensions: Readonly<Record<string, string>>;
  /** A/R and A/P legs of a journal entry carry their party. */
  readonly party?: PartyRef;
  readonly because: Because;
}

/** A quantity on a statistical account: miles, gallons. It has no money and no other side. */
export interface StatisticLine {
  /** Number of the statistical account. */
  readonly account: string;
  /** Exact decimal, signed. */
  readonly quantity: string;
  readonly unit: string;
  readonly description: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly because: Because;
}

/** A balanced document, ready to be validated against the books and posted. */
export interface LedgerDocument {
  readonly kind: DocumentKind;
  /** Natural number, at most what the books take (21 for QuickBooks Online), derived from the event alone: stable on every re-run. */
  readonly number: string;
  readonly date: string;
  readonly dueDate?: string;
  readonly terms?: string;
  readonly currency: string;
  readonly party?: PartyRef;
  readonly memo: string;
  /** Header dimensions, where the books keep them on the header. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Home units for one unit of a foreign currency, a decimal string. Without it the books use their own rate. */
  readonly exchangeRate?: string;
  /** Custom fields by the name the books show; only on kinds that take them. */
  readonly customFields?: Readonly<Record<string, string>>;
  /** A journal entry that the books undo by themselves on that day, after its own. */
  readonly reversesOn?: string;
  readonly totalMinor: bigint;
  readonly lines: readonly DocumentLine[];
  /** Only on a `statistical_entry`, which has no money lines. */
  readonly statistics?: readonly StatisticLine[];
}
