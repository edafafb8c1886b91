import type { Capabilities, Features } from "../connector.ts";
import { removalOf, salesForms } from "./entities.ts";

/** Of `DocNumber` and of a payment's reference number. */
export const documentNumberLengthMax = 21;
export const linesMax = 10_000;
/** Rows in one answer of a query, and objects in one answer of change data capture. */
export const rowsMax = 1_000;

/**
 * What Intuit publishes (developer.intuit.com, "API call limits and throttles"): 500 requests a minute and company, 10 a
 * second and 40 batches a minute for company and app, 10 at a time. A batch may hold 30 items by one page and 25 by their
 * own SDK. A request may run for 120 s; the margin covers its way back.
 */
export const quickBooksOnlineLimits: Capabilities = {
  system: "quickbooks-online",
  numberLengthMax: documentNumberLengthMax,
  batchItemsMax: 25,
  requestsPerMinute: 500,
  requestsPerSecond: 10,
  inFlightMax: 10,
  batchesPerMinute: 40,
  executionLimitMs: 150_000,
};

/**
 * The rest of what they publish. Types and sizes of files: "Attachable". Reads: the Builder tier of the App Partner Program
 * of 2025, for all companies of an app together; at the end of it the app is blocked until the next month.
 */
export const quickBooksOnlineFeatures: Features = {
  removal: removalOf,
  reports: ["trial_balance", "general_ledger", "profit_and_loss"],
  numberedByBooks: salesForms,
  customFieldKinds: salesForms,
  attachmentKinds: [
    ...(["journal_entry", "bill", "vendor_credit", "expense", "invoice", "credit_memo", "vendor", "customer"] as const),
    ...(["customer_payment", "bill_payment", "deposit", "transfer"] as const),
  ],
  // No web pages: they are refused, and unsafe to open.
  attachmentTypes: [
    ...["application/pdf", "image/jpeg", "image/png", "image/gif", "image/tiff", "text/plain", "text/csv", "application/rtf"],
    ...["application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ...["application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    ...["application/xml", "text/xml", "application/postscript", "application/vnd.oasis.opendocument.spreadsheet"],
  ],
  // 100 MB a request; a file travels as base64, a third longer.
  attachmentBytesMax: 70_000_000,
  linesMax,
  batchItemsPublished: 30,
  rowsPerQueryMax: rowsMax,
  changesPerAnswerMax: rowsMax,
  changesLookBackMs: 30 * 86_400_000,
  meteredReadsPerMonth: 500_000,
};

/** Longer than the 120 s a request may run over there, so that a slow success is not taken for silence. */
export const writeTimeoutMs = 130_000;
export const readTimeoutMs = 125_000;

/** Natural numbers or names asked for in one query. */
export const valuesPerQueryMax = 40;

export const requestIdLengthMax = 50;
export const batchRequestIdLengthMax = 36;
export const batchItemIdLengthMax = 10;

export const privateNoteLengthMax = 4_000;
export const descriptionLengthMax = 4_000;
export const customFieldLengthMax = 31;
export const displayNameLengthMax = 500;
export const vendorAccountNumberLengthMax = 100;

/** Change data capture looks back 30 days; a day is kept as margin. */
export const changesLookBackMs = 29 * 86_400_000;
/** Changes become visible late and clocks differ: every question reaches this far behind the last answer. */
export const changesOverlapMs = 10 * 60_000;

/** How long to wait after a refusal for being too fast when the answer does not say. */
export const throttleWaitMs = 60_000;
/** A longer wait than this is not believed. */
export const throttleWaitMaxMs = 15 * 60_000;
