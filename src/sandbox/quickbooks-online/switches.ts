import type { JsonObject } from "../json.ts";

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
  cdcTooOldCode: ["500", "4001"],
  closedPeriodCode: ["6210", "6200"],
  inactiveReferenceCode: ["2500", "610"],
  refuseEmoji: [true, false],
  /** Order of the items in a batch answer: it is not promised. */
  batchOrder: ["given", "reversed"],
  unauthorizedFormat: ["json", "xml"],
  refreshTokenRotation: ["daily", "always", "never"],
  previousRefreshTokenHours: [24, 0],
  authorizationCodeMinutes: [10, 1],
  tokenError: ["none", "invalid_grant", "invalid_client", "server_error"],
} as const;

type Choices = typeof choices;
export type Switches = { readonly [Name in keyof Choices]: Choices[Name][number] };

export const defaultSwitches: Switches = Object.fromEntries(Object.entries(choices).map(([name, [first]]) => [name, first])) as Switches;

/** Applies changes by name; a RangeError names what is unknown or not among the choices. */
export function mergeSwitches(current: Switches, changes: JsonObject): Switches {
  for (const [name, value] of Object.entries(changes)) {
    const allowed: readonly unknown[] | undefined = Object.hasOwn(choices, name) ? choices[name as keyof Choices] : undefined;
    if (allowed === undefined) throw new RangeError(`No switch "${name}"; there are ${Object.keys(choices).join(", ")}`);
    if (!allowed.includes(value)) throw new RangeError(`${name} is one of ${allowed.join(", ")}`);
  }
  return { ...current, ...(changes as Partial<Switches>) };
}
