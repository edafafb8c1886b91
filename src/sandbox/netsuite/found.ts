import { objectOf, textOf, type JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import type { Companies, Company, Credentials } from "./company.ts";
import { Refusal } from "./errors.ts";
import { preferencesOf, templatePreferences } from "./preferences.ts";
import type { Records } from "./records.ts";
import { isDay, localText } from "./sql-dates.ts";
import { defaultSwitches, mergeSwitches } from "./switches.ts";
import { fillCompany } from "./template.ts";
import type { Work } from "./work.ts";

export interface Founding {
  readonly id: string;
  readonly name: string;
  readonly template: "trucking" | "empty";
  readonly options: JsonObject;
  /** Kept over a reset: connections stay. */
  readonly credentials?: Credentials;
}

export interface Parts {
  readonly companies: Companies;
  readonly records: Records;
  readonly storage: Storage;
  readonly now: () => number;
}

/** Work of the emulator itself, outside any request. */
export function ownWork({ records, storage, now }: Parts, company: Company): Work {
  const atMs = now();
  const atText = localText(atMs, company.timeZone);
  return { company, records, storage, atMs, atText, base: "", names: "error", values: "error", dropped: [], key: null };
}

/** Makes an account from its template. A RangeError says what is wrong with its options. */
export function foundCompany(parts: Parts, founding: Founding): Company {
  const { companies, records, now } = parts;
  const { options, template } = founding;
  const closed = textOf(options["closedThrough"]);
  if (closed !== null && !isDay(closed)) throw new RangeError("closedThrough is a date such as 2025-12-31");
  const preferences = { ...templatePreferences(template), ...objectOf(options["preferences"]) };
  preferencesOf(preferences);
  const switches = mergeSwitches(defaultSwitches, objectOf(options["switches"]));
  const company = companies.add({ ...founding, preferences, switches, createdMs: now() });
  try {
    fillCompany(ownWork(parts, company));
  } catch (error) {
    companies.forget(company.id);
    records.forget();
    throw error instanceof Refusal ? new RangeError(error.message) : error;
  }
  return company;
}
