import type { Capabilities, ConnectionSettings, Features } from "../connector.ts";
import { removalOf } from "./kinds.ts";

/** Of `tranId`. */
export const documentNumberLengthMax = 45;
/** Above this they warn of time-outs; nothing larger is sent. */
export const linesMax = 1_000;
/** A document with more lines than this is created by a job: an answer that takes minutes is asked for, not waited on. */
export const linesAtOnce = 200;
/** Rows in one answer of SuiteQL. */
export const rowsMax = 1_000;
/** Values in one `IN (…)`; they take 1,000. */
export const valuesPerQueryMax = 500;

export const memoLengthMax = 999;
export const lineMemoLengthMax = 4_000;
export const nameLengthMax = 83;
/** Not documented; longer keys are hashed. */
export const externalIdLengthMax = 60;

/** Longer than most of their requests take. What takes longer is looked up by its external id. */
export const writeTimeoutMs = 120_000;
export const readTimeoutMs = 120_000;

/** Changes become visible late: every question reaches this far behind the last answer. */
export const changesOverlapMs = 5 * 60_000;

/** How long to wait after a refusal for being too fast: they name no time, so it doubles from the first to the second. */
export const throttleWaitMs = 1_000;
export const throttleWaitMaxMs = 60_000;

/**
 * What Oracle publishes ("Web Services and RESTlet Concurrency Governance"): an account may have 5 requests at once (15 or 20
 * in higher service tiers, 10 more a SuiteCloud Plus licence), shared by all of its integrations, and no quota by time. We
 * take 3 of the 5 unless told. One request writes one record; several records handed in together run side by side, so a
 * slice is some times the lanes. A request may run for 15 minutes over there, but one sent again under the same external id
 * is refused while the first stands, so waiting longer than our own time-out proves nothing more.
 */
const netSuiteLimits = {
  system: "netsuite",
  numberLengthMax: documentNumberLengthMax,
  requestsPerMinute: 6_000,
  requestsPerSecond: 100,
  inFlightMax: 3,
  batchesPerMinute: 600,
  executionLimitMs: 150_000,
} as const;

/** Records handed in together, for each lane: many enough that the last ones of a slice leave few lanes idle. */
const itemsPerLane = 18;

/** The limits of a connection: as many records at a time as its lanes can work through in some seconds. */
export function capabilitiesOf({ overrides }: Pick<ConnectionSettings, "overrides">): Capabilities {
  const inFlightMax = overrides.inFlightMax ?? netSuiteLimits.inFlightMax;
  return { ...netSuiteLimits, batchItemsMax: itemsPerLane * inFlightMax, ...overrides };
}

export const netSuiteFeatures: Features = {
  removal: removalOf,
  reports: ["trial_balance", "general_ledger", "profit_and_loss"],
  numberedByBooks: [],
  customFieldKinds: [
    ...(["journal_entry", "bill", "vendor_credit", "expense", "invoice", "credit_memo"] as const),
    ...(["expense_report", "statistical_entry"] as const),
  ],
  // The File Cabinet cannot be reached by REST.
  attachmentKinds: [],
  attachmentTypes: [],
  attachmentBytesMax: 0,
  linesMax,
  batchIsOneRequest: false,
  batchItemsPublished: 100,
  rowsPerQueryMax: rowsMax,
  changesPerAnswerMax: rowsMax,
  // Modification times are kept for good.
  changesLookBackMs: Number.MAX_SAFE_INTEGER,
  meteredReadsPerMonth: Number.MAX_SAFE_INTEGER,
};
