import type { Capabilities } from "../connector.ts";

/**
 * What Intuit publishes (developer.intuit.com, "API call limits and throttles"): 500 requests a minute and company, 10 a
 * second and 40 batches a minute for company and app, 10 at a time. A batch may hold 30 items by one page and 25 by their
 * own SDK. A request may run for 120 s; the margin covers its way back.
 */
export const quickBooksOnlineLimits: Capabilities = {
  system: "quickbooks-online",
  numberLengthMax: 21,
  batchItemsMax: 25,
  requestsPerMinute: 500,
  requestsPerSecond: 10,
  inFlightMax: 10,
  batchesPerMinute: 40,
  executionLimitMs: 150_000,
};

/** Longer than the 120 s a request may run over there, so that a slow success is not taken for silence. */
export const writeTimeoutMs = 130_000;
export const readTimeoutMs = 125_000;

/** Rows in one answer of a query, and objects in one answer of change data capture. */
export const rowsMax = 1_000;
/** Natural numbers or names asked for in one query. */
export const valuesPerQueryMax = 40;

export const requestIdLengthMax = 50;
export const batchRequestIdLengthMax = 36;
export const batchItemIdLengthMax = 10;

export const privateNoteLengthMax = 4_000;
export const descriptionLengthMax = 4_000;
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
