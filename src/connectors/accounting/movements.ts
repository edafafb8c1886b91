/** Money that was received, paid, put into the bank or moved between accounts. Amounts in minor units. */
export type Movement = CustomerPayment | BillPayment | Deposit | Transfer;

/** One movement to send. `key` as in `PostItem`. */
export interface MovementItem {
  readonly key: string;
  readonly movement: Movement;
}

/** How much of a payment settles one document. Credits are told with a positive amount too. */
export interface Application {
  readonly kind: "invoice" | "credit_memo" | "bill" | "vendor_credit" | "journal_entry";
  readonly providerId: string;
  /** Above zero. */
  readonly amountMinor: bigint;
}

interface Head {
  /** Check or reference number, at most what the books take (21 for QuickBooks Online). */
  readonly number: string;
  readonly date: string;
  readonly currency: string;
  readonly exchangeRate?: string;
  readonly memo: string;
}

/** A customer paid. Without new money (`totalMinor` 0) it applies credit memos to invoices. What is not applied stays a credit. */
export interface CustomerPayment extends Head {
  readonly kind: "customer_payment";
  /** The TMS's id of the customer. */
  readonly customer: string;
  /** New money, 0 or more. */
  readonly totalMinor: bigint;
  /** Number of the bank account; without it the money waits in the books' undeposited funds. */
  readonly depositTo?: string;
  readonly applied: readonly Application[];
}

/** We paid a vendor's bills, less its credits. */
export interface BillPayment extends Head {
  readonly kind: "bill_payment";
  /** The TMS's id of the vendor. */
  readonly vendor: string;
  /** Money that left, 0 or more: bills less credits, or more, which leaves a credit with the vendor. */
  readonly totalMinor: bigint;
  /** Number of the bank or credit card account it was paid from. */
  readonly paidFrom: string;
  /** Number of the A/P account, where the books have several. */
  readonly payable?: string;
  readonly department?: string;
  readonly applied: readonly Application[];
}

/** Payments that were put into the bank together, with fees and other amounts. */
export interface Deposit extends Head {
  readonly kind: "deposit";
  /** Number of the bank account. */
  readonly into: string;
  readonly payments: readonly { readonly providerId: string; readonly amountMinor: bigint }[];
  readonly lines: readonly {
    readonly account: string;
    /** Signed: a factoring fee is negative. */
    readonly amountMinor: bigint;
    readonly description: string;
    readonly class?: string;
    readonly party?: { readonly type: "vendor" | "customer" | "employee"; readonly id: string };
  }[];
}

/** Money moved between two accounts of ours. */
export interface Transfer extends Head {
  readonly kind: "transfer";
  readonly from: string;
  readonly into: string;
  /** Above zero. */
  readonly totalMinor: bigint;
}
