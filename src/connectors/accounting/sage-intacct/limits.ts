import type { Capabilities, EntryKind, Features } from "../connector.ts";
import { removalOf } from "./entities.ts";

/** Of a bill, an invoice, an adjustment or a reference number (an adjustment's is published). */
export const documentNumberLengthMax = 45;
/** Journal entries with thousands of lines run into their time limit. */
export const linesMax = 500;
/** Rows of one `query`, published for both gateways. */
export const rowsMax = 2_000;
/** Values of one `in`; published are a thousand. */
export const valuesPerQueryMax = 200;
export const descriptionLengthMax = 1_000;
/** Of a journal entry's title. */
export const titleLengthMax = 80;
/** Of a vendor's or a customer's id. */
export const partyIdLengthMax = 20;
export const controlIdLengthMax = 256;

/**
 * Intacct counts requests in flight, for a company and all its integrations together: one at a time on the first tier by an
 * older page of theirs, two by what partners see. There is no published limit a minute. A request ends after 15 minutes
 * over there, so that only later a look-up proves absence.
 */
export const sageIntacctLimits: Capabilities = {
  system: "sage-intacct",
  numberLengthMax: documentNumberLengthMax,
  batchItemsMax: 50,
  requestsPerMinute: 1_000_000,
  requestsPerSecond: 1_000_000,
  inFlightMax: 2,
  batchesPerMinute: 1_000_000,
  executionLimitMs: 16 * 60_000,
};

const documents: readonly EntryKind[] = [
  ...(["journal_entry", "statistical_entry", "bill", "vendor_credit", "expense", "invoice", "credit_memo"] as const),
  "expense_report",
];

/** By transport: what one gateway cannot do is not promised for it. */
export function featuresOf(transport: "xml" | "rest"): Features {
  const updates = updatableKinds(transport);
  // A file is put on a bill by a change of its head; on all else the XML gateway wants the lines again.
  return transport === "xml"
    ? { ...features, updates, attachmentKinds: ["bill"], readsBackWrites: "same_request" }
    : { ...features, updates };
}

const features: Features = {
  removal: removalOf,
  reports: ["trial_balance", "general_ledger", "profit_and_loss"],
  numberedByBooks: ["bill", "vendor_credit", "invoice", "credit_memo", "expense_report"],
  customFieldKinds: documents,
  attachmentKinds: ["journal_entry", "statistical_entry", "bill", "vendor_credit", "expense", "invoice", "credit_memo", "expense_report"],
  attachmentTypes: [
    ...["application/pdf", "image/jpeg", "image/png", "image/gif", "image/tiff", "text/plain", "text/csv", "application/xml", "text/xml"],
    ...["application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ...["application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  ],
  attachmentBytesMax: 20_000_000,
  linesMax,
  batchItemsPublished: 100,
  rowsPerQueryMax: rowsMax,
  changesPerAnswerMax: rowsMax,
  changesLookBackMs: Number.POSITIVE_INFINITY,
  // The first of five tiers; what is over is billed, not blocked.
  meteredReadsPerMonth: 100_000,
  metersWrites: true,
  movements: ["customer_payment", "bill_payment", "transfer"],
  readsBackWrites: "next_request",
  tellsClosedDay: false,
  linksToRecords: false,
};

/**
 * Kinds whose lines can be replaced in place. The XML gateway creates the others by older functions that have no such change;
 * a payment is reversed and made anew in either.
 */
export function updatableKinds(transport: "xml" | "rest"): readonly EntryKind[] {
  const generic: readonly EntryKind[] = ["journal_entry", "statistical_entry", "transfer", "bill", "vendor", "customer"];
  return transport === "xml" ? generic : [...generic, "vendor_credit", "expense", "invoice", "credit_memo", "expense_report"];
}

/** Their own time limit is 15 minutes; an answer that takes longer than this is looked up afterwards. */
export const writeTimeoutMs = 180_000;
export const readTimeoutMs = 180_000;

/** How long to wait after a refusal for being too fast when the answer does not say. */
export const throttleWaitMs = 30_000;
/** A longer wait than this is not believed. */
export const throttleWaitMaxMs = 15 * 60_000;
