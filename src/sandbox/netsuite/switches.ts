import { choose, firstChoices, type Chosen } from "../choices.ts";
import type { JsonObject } from "../json.ts";

/** Behaviours the vendor does not document, or documents twice. The first value of each list is what the emulator does unless told otherwise. */
const choices = {
  /** HTTP status of a repeated key of an asynchronous request. */
  idempotencyStatus: [409, 400],
  /** HTTP status of the first PUT of an external id. */
  upsertStatus: [204, 201],
  /** Whether RS256 assertions are taken, which the documented list of algorithms does not have. */
  allowRs256: [false, true],
  /** Code of a value that names nothing usable. */
  invalidValueCode: ["USER_ERROR", "INVALID_CONTENT"],
  /** What the second document of an external id is told. */
  duplicateTransactionText: ["already exists", "duplicate record"],
  /** Spelling of names in answers: as of 2026, or as of 2020. */
  nameCase: ["camel", "lower"],
  previousLink: ["previous", "prev"],
  /** Whether the first line of a journal is its main line in SuiteQL. */
  journalMainLine: ["first", "none"],
  /** Form of `transaction.status` in SuiteQL: `A`, or `VendBill:A`. */
  statusForm: ["letter", "compound"],
  /** Columns of SuiteQL that some accounts have and some do not. */
  transactionSubsidiary: [true, false],
  transactionTotal: [true, false],
  accountName: [true, false],
  vendorSubsidiary: [true, false],
  lineAmount: [false, true],
  /** Whether `deletedrecord` has a `recordid`. */
  deletedRecordId: [true, false],
  budgetTable: ["budgets", "budget", "none"],
  /** Whether the query service takes `params`. */
  queryParams: [true, false],
  /** Whether the line list of advanced intercompany journals can be written. */
  advIntercompanyLine: [true, false],
  /** Whether the service takes collections. */
  batch: [true, false],
  /** A vendor payment that pays nothing. */
  emptyVendorPayment: ["refuse", "accept"],
  /** How many polls a job stays under way. */
  jobPolls: [0, 1, 3],
  /** The integration is switched off in the account. */
  integration: ["enabled", "disabled"],
} as const;

export type Switches = Chosen<typeof choices>;

export const defaultSwitches: Switches = firstChoices(choices);

/** Applies changes by name; a RangeError names what is unknown or not among the choices. */
export function mergeSwitches(current: Switches, changes: JsonObject): Switches {
  return choose(choices, current, changes);
}
