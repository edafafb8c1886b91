import { choose, firstChoices, type Chosen } from "../choices.ts";
import type { JsonObject } from "../json.ts";

/** Codes that no single request provokes here, and those that strike a whole service: switched on, every call gets them. */
const outages: readonly string[] = (
  "100 110 120 130 140 150 630 1000 1010 1020 2070 2080 2100 2110 2120 2190 2230 3202 4002 5000 6000 6160 6170 6230 6250 6270 6280 6450 6470 " +
  "10000 10100 10200"
).split(" ");

/** Behaviours the vendor does not document. The first value of each list is what the emulator does unless told otherwise. */
const choices = {
  /** Code for a journal entry whose debits and credits differ. */
  unbalancedJournalCode: ["6000", "2300"],
  /** How many receivable and payable lines a journal entry may have. */
  controlLinesPerJournal: ["one", "one_each", "any"],
  /** Negative line amounts on bills, credits, purchases and sales. */
  negativeLines: [false, true],
  /** Whether two vendors' bills may have the same number. */
  duplicateBillScope: ["vendor", "company"],
  /** Invoices and credit memos with a number that is taken. */
  duplicateSalesNumber: ["refuse", "accept"],
  classWhenTrackingOff: ["ignore", "5020"],
  /** A known request id with another body. */
  requestIdConflict: ["replay", "600"],
  /** Whether a refused first attempt is replayed too. */
  requestIdKeepsFailures: [false, true],
  requestIdHours: [24, 1, 168],
  /** Objects in one answer of change data capture. */
  cdcObjects: [1000, 10],
  cdcTooOldCode: ["500", "4001"],
  closedPeriodCode: ["6210", "6200"],
  inactiveReferenceCode: ["2500", "610"],
  refuseEmoji: [true, false],
  refuseCardNumbers: [true, false],
  /** What deleting a transaction that others are linked to is refused with. */
  linkedDeleteCode: ["6000", "800", "6400", "6480"],
  /** Paying what is paid already: refused, or the line is dropped and an empty payment ends up voided. */
  paidLine: ["620", "drop"],
  /** What a bill calls a payment by credit card. */
  cardPaymentLink: ["BillPaymentCheck", "BillPaymentCreditCard"],
  /** Whether lines of a payment repeat number and open balance of what they pay. */
  paymentLineExtras: [false, true],
  /** Precision of the times of change that queries and change data capture compare; answers always show seconds. */
  timePrecision: ["milliseconds", "seconds"],
  /** Megabytes of one upload. */
  uploadMegabytes: [100, 1],
  attachmentLinkMinutes: [15, 1],
  /** Answer without an Accept header. */
  defaultFormat: ["xml", "json"],
  /** A service-wide trouble: every call is refused with this code. */
  outage: ["none", ...outages],
  /** The subscription has ended: writes are refused with 6190. */
  subscription: ["active", "ended"],
  /** HTTP status of the faults of the service: its own, or 200 around them. */
  faultStatus: ["own", "200"],
  /** Order of the items in a batch answer: it is not promised. */
  batchOrder: ["given", "reversed"],
  unauthorizedFormat: ["json", "xml"],
  refreshTokenRotation: ["daily", "always", "never"],
  previousRefreshTokenHours: [24, 0],
  authorizationCodeMinutes: [10, 1],
  tokenError: ["none", "invalid_grant", "invalid_client", "server_error"],
} as const;

export type Switches = Chosen<typeof choices>;

export const defaultSwitches: Switches = firstChoices(choices);

/** Applies changes by name; a RangeError names what is unknown or not among the choices. */
export function mergeSwitches(current: Switches, changes: JsonObject): Switches {
  return choose(choices, current, changes);
}
