import type { Finding } from "../core/finding.ts";

/** What became of one event of a message. */
export interface Receipt {
  /** Where it stood in the message: `/3`, `line 12`. */
  readonly place: string;
  readonly type: string | null;
  readonly id: string | null;
  readonly revision: number | null;
  readonly status: "accepted" | "duplicate" | "conflict" | "rejected";
  readonly findings: readonly Finding[];
}

/** What became of one file. `problems` holds the first thousand receipts that were not accepted or duplicate. */
export interface FileReceipt {
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly sha256: string;
  /** The same bytes were taken before. */
  readonly known: boolean;
  readonly counts: Readonly<Record<Receipt["status"], number>>;
  readonly problems: readonly Receipt[];
  /** What to look at although every event was taken: a control total that does not match, a layout that drifted. */
  readonly remarks: readonly Remark[];
}

/** A finding about a place of a message rather than about an event. */
export interface Remark {
  readonly place: string;
  readonly finding: Finding;
}

/** The bytes of a message, as they come. */
export type MessageBody = AsyncIterable<Uint8Array>;
