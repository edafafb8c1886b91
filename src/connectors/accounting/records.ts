/** A file to be put on a record. */
export interface Attachment {
  /** Of the file, never of the attempt. */
  readonly key: string;
  readonly fileName: string;
  /** Media type, `application/pdf`. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly note?: string;
}

/** A file as the books keep it. */
export interface AttachedFile {
  readonly providerId: string;
  readonly version: string;
  readonly fileName: string;
  readonly sizeBytes: number | null;
}

/** A budget in the home currency. */
export interface Budget {
  readonly providerId: string;
  readonly name: string;
  readonly from: string;
  readonly through: string;
  readonly period: "month" | "quarter" | "year";
  readonly active: boolean;
  readonly amounts: readonly BudgetAmount[];
}

/** What is planned for one account in one period. Ids are the books' own. */
export interface BudgetAmount {
  /** First day of the period. */
  readonly date: string;
  readonly accountId: string;
  readonly amountMinor: bigint;
  readonly classId: string | null;
  readonly departmentId: string | null;
  readonly customerId: string | null;
}

/** Home units for one unit of a currency. */
export interface ExchangeRate {
  readonly currency: string;
  readonly homeCurrency: string;
  /** Exact decimal string. */
  readonly rate: string;
  readonly date: string;
}

/** Something that changed in the books. */
export interface Change {
  readonly entity: string;
  readonly providerId: string;
  readonly version: string | null;
  readonly operation: "changed" | "deleted";
  readonly at: string;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface ChangePage {
  readonly changes: readonly Change[];
  /** Hand this in next time. Pages overlap: a change may come twice and is told apart by id and version. */
  readonly cursor: string;
  /** False when the provider cut the page: ask again at once. */
  readonly complete: boolean;
}
