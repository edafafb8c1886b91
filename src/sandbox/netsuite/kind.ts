import type { Decimal } from "../../core/money.ts";
import type { JsonObject } from "../json.ts";
import type { Stored } from "./records.ts";
import type { RecordType } from "./types.ts";
import type { Work } from "./work.ts";

/** One line of a transaction as the ledger and SuiteQL know it. */
export interface Line {
  readonly id: number;
  readonly isMain: boolean;
  readonly account: Stored;
  /** Cents of the transaction's currency, debits above zero. */
  readonly minor: bigint;
  /** Cents of the subsidiary's currency where they are not `minor` times the rate. */
  readonly baseMinor?: bigint;
  readonly subsidiary: string;
  readonly entity: string | null;
  readonly department: string | null;
  readonly class: string | null;
  readonly location: string | null;
  readonly memo: string | null;
  readonly item?: string | null;
  readonly quantity?: string | null;
  readonly rate?: string | null;
  readonly eliminate?: boolean;
  readonly billable?: boolean;
  /** Columns and segments an administrator added. */
  readonly custom: JsonObject;
}

/** What heads every transaction, looked up. */
export interface Header {
  readonly subsidiary: Stored;
  readonly currency: Stored;
  readonly rate: Decimal;
  readonly rateText: string;
  readonly date: string;
  readonly period: Stored;
  readonly tranId: string | null;
  readonly number: string | null;
  /** 1 pending, 2 approved, 3 rejected; null where there is no approval. */
  readonly approval: string | null;
}

/** So much of an earlier document is settled; cents of the transaction's currency. */
export interface Link {
  readonly previous: number;
  /** The settling document, where it is not the one that is being written. */
  readonly next?: number;
  readonly minor: bigint;
  readonly type: string;
}

/** A checked transaction, ready to be kept. */
export interface Prepared {
  readonly body: JsonObject;
  readonly header: Header;
  readonly entity: string | null;
  readonly lines: readonly Line[];
  /** Cents of the transaction's currency, signed as `foreigntotal`. */
  readonly total: bigint;
  readonly links: readonly Link[];
  readonly dueDate?: string | null;
  readonly otherRef?: string | null;
  /** Status where it does not follow from approval and open balance. */
  readonly status?: string;
  /** False: kept, but not in the ledger (an expense report under way). */
  readonly isPosting?: boolean;
}

/** How a transaction type is checked and booked. */
export interface TransactionKind {
  readonly type: RecordType;
  /** Which lock of a period stops it. */
  readonly lock: "ap" | "ar" | "none";
  prepare(work: Work, draft: JsonObject, before: Stored | null): Prepared;
}
