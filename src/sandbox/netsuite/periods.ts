import { userError } from "./errors.ts";
import type { Stored } from "./records.ts";
import { invalidField } from "./references.ts";
import type { Work } from "./work.ts";

const outside = "The transaction date you specified is not within the date range of your accounting period.";

/** The posting period of a day: the one that was named, or the month of the day. Refuses closed and locked ones. */
export function postingPeriod(work: Work, given: string | null, date: string, lock: "ap" | "ar" | "none"): Stored {
  const period = given === null ? periodOf(work, date) : periodNamed(work, given);
  if (period === null) throw userError(outside);
  if (given !== null && !covers(period, date) && !work.company.preferences.allowDateOutsidePeriod) throw userError(outside);
  refuseClosed(work, period, lock);
  return period;
}

function covers({ body }: Stored, date: string): boolean {
  return String(body["startDate"]) <= date && date <= String(body["endDate"]);
}

function isPosting({ body, inactive }: Stored): boolean {
  return body["isPosting"] === true && body["isYear"] !== true && body["isQuarter"] !== true && !inactive;
}

function periodOf(work: Work, date: string): Stored | null {
  const row = work.storage.get(
    `SELECT id FROM ns_records WHERE company = ? AND space = 'accountingPeriod' AND kind = 'month' AND name <= ? ORDER BY name DESC LIMIT 1`,
    // Names of months begin with their first day and a tilde.
    ...[work.company.key, `${date}\u007f`],
  );
  const found = row === undefined ? null : work.records.find(work.company.key, "accountingPeriod", Number(row["id"]));
  return found !== null && covers(found, date) && isPosting(found) ? found : null;
}

function periodNamed(work: Work, id: string): Stored {
  const found = work.records.find(work.company.key, "accountingPeriod", Number(id));
  if (found === null || !isPosting(found)) throw invalidField(work, id, "postingperiod", "postingPeriod");
  return found;
}

/** Refuses to touch what stands in a closed or locked period. */
export function refuseClosed({ company, isHarmless }: Work, { body }: Stored, lock: "ap" | "ar" | "none"): void {
  if (isHarmless === true) return;
  if (body["closed"] === true) throw userError("This transaction cannot be saved because its posting period is closed.");
  if (company.preferences.overridePeriodRestrictions) return;
  const isLocked =
    body["allLocked"] === true || (lock === "ap" && body["apLocked"] === true) || (lock === "ar" && body["arLocked"] === true);
  if (isLocked) throw userError("This transaction cannot be saved because its posting period is locked.");
}
