import { choose, firstChoices, type Chosen } from "../choices.ts";
import type { JsonObject } from "../json.ts";

/** Behaviours that the vendor does not document, or that differ between companies. The first choice is what happens unless told otherwise. */
const choices = {
  /** Number of the refusal of a function control id that was executed before. */
  replayCode: ["XL03000007", "BL03000018", "WS"],
  /** A known idempotency key: refused with 409, or the first answer again. */
  idempotencyKey: ["409", "replay"],
  /** HTTP status of refusals by business rules in REST. */
  ruleStatus: [422, 400],
  /** State of REST bills, payments and adjustments that come without one. */
  restDefaultState: ["draft", "posted"],
  /** A wrong login: inside a 200 at the authentication level, or a 401 at the control level. */
  loginFailure: ["operation", "401"],
  /** HTTP status of control failures. */
  controlFailureStatus: [200, 400],
  /** HTTP status of tokens that are expired or unknown. */
  tokenFailure: [401, 400],
  /** Which bills may not share a number. */
  duplicateBillNumber: ["vendor", "company", "accept"],
  /** Numbers of bills and invoices come from a sequence when they are left out. */
  documentSequencing: [false, true],
  /** New bills, payments and expense reports wait for an approval. */
  approval: [false, true],
  /** A payment by check or ACH is confirmed later, as a person would do; or at once. */
  paymentConfirmation: ["method", "immediate"],
  /** Sign of a credit from a vendor in an AP adjustment. */
  vendorCreditSign: ["negative", "positive"],
  /** What becomes of fields an object does not have. */
  unknownField: ["refuse", "ignore"],
  /** On whose wall WHENMODIFIED is written. AUWHENCREATED is UTC always. */
  userTimeZone: ["America/Los_Angeles", "GMT", "America/Chicago", "America/New_York"],
  /** Rows that were never changed have no WHENMODIFIED. */
  nullModified: [false, true],
  /** Unordered reads come in an order that means nothing. */
  unorderedReads: ["shuffled", "recordno"],
  /** Requests of one company at a time, by performance tier. */
  concurrentRequests: [2, 1, 4, 8, 16],
  sessionMinutes: [120, 10, 480, 1440],
  accessTokenSeconds: [21_600, 3600, 60],
  refreshTokenRotation: ["always", "never"],
  /** A new consent of the same user ends the earlier one. */
  oneGrantPerUser: [true, false],
  /** Hours for which keys of executed functions are remembered. */
  keyHours: [720, 24, 1],
  /** A trouble of the whole service. */
  outage: ["none", "offline", "rate limit in a 200", "login expired"],
  /** The user may not read the audit history. */
  auditPermission: [true, false],
  /** Whether an automatic reversing entry repeats the reference number of the entry it reverses. */
  reversalRepeatsReference: [false, true],
  /** Journal entries on the control accounts of the sub-ledgers. */
  controlAccountsInJournals: ["accept", "refuse"],
} as const;

export type Switches = Chosen<typeof choices>;

export const defaultSwitches: Switches = firstChoices(choices);

/** Applies changes by name; a RangeError names what is unknown or not among the choices. */
export const mergeSwitches = (current: Switches, changes: JsonObject): Switches => choose(choices, current, changes);
