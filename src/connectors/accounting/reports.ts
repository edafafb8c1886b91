/** Days inclusive. A range of a month at a time keeps clear of the provider's time limit. */
export interface ReportPeriod {
  readonly from: string;
  readonly through: string;
  readonly basis: "accrual" | "cash";
}

export type ReportName = keyof ReportOf;

/** What each report gives. Amounts in minor units of `currency`. */
export interface ReportOf {
  readonly trial_balance: ReportHead & { readonly rows: readonly TrialBalanceRow[] };
  readonly general_ledger: ReportHead & { readonly rows: readonly LedgerRow[] };
  readonly profit_and_loss: ReportHead & { readonly rows: readonly ProfitAndLossRow[]; readonly netIncomeMinor: bigint };
}

interface ReportHead {
  readonly from: string;
  readonly through: string;
  readonly basis: "accrual" | "cash";
  readonly currency: string;
}

/** An account's balance at the end of the period. One of the two amounts is 0. */
export interface TrialBalanceRow {
  readonly accountId: string;
  readonly account: string;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
}

/** One leg in an account. */
export interface LedgerRow {
  readonly accountId: string;
  readonly account: string;
  /** Null on the opening balance. */
  readonly date: string | null;
  readonly transactionId: string | null;
  /** In the provider's words. */
  readonly transactionType: string;
  readonly number: string | null;
  readonly party: string | null;
  readonly memo: string;
  /** Debit is positive; 0 on the opening balance. */
  readonly amountMinor: bigint;
  /** Debit is positive, after this leg. */
  readonly balanceMinor: bigint;
}

/** An account's result. Income and expenses both positive in their usual direction. */
export interface ProfitAndLossRow {
  readonly accountId: string;
  readonly account: string;
  /** `Income`, `COGS`, `Expenses` … in the provider's words. */
  readonly section: string;
  readonly amountMinor: bigint;
}
