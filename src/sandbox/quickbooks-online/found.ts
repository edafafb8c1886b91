import type { Storage } from "../storage.ts";
import { textOf, objectOf, type JsonObject } from "../json.ts";
import type { Companies, Company } from "./company.ts";
import { Refusal } from "./errors.ts";
import type { Work } from "./kind.ts";
import type { Records } from "./records.ts";
import { defaultSwitches, mergeSwitches } from "./switches.ts";
import { templateTaxCodes } from "./plain-kinds.ts";
import { fillCompany, templatePreferences } from "./template.ts";
import { isDate } from "./time.ts";

export interface Founding {
  readonly id: string;
  readonly name: string;
  readonly template: "trucking" | "empty";
  readonly options: JsonObject;
}

/** Makes a company from its template. A RangeError says what is wrong with its options. */
export function foundCompany(
  parts: { companies: Companies; records: Records; storage: Storage; now: () => number },
  founding: Founding,
): Company {
  const { companies, records, storage, now } = parts;
  const closed = textOf(founding.options["closedThrough"]);
  if (closed !== null && !isDate(closed)) throw new RangeError("closedThrough is a date such as 2025-12-31");
  const createdMs = now();
  const switches = mergeSwitches(defaultSwitches, objectOf(founding.options["switches"]));
  const company = companies.add({ ...founding, preferences: templatePreferences(founding.template, closed), switches, createdMs });
  const work: Work = { company, records, storage, atMs: createdMs, key: null, include: new Set(), origin: "" };
  try {
    fillCompany(work);
    plantTaxCodes(work);
  } catch (error) {
    companies.forget(company.id);
    records.forget();
    throw error instanceof Refusal ? new RangeError(error.detail) : error;
  }
  return company;
}

function plantTaxCodes({ records, company, atMs }: Work): void {
  for (const { id, body } of templateTaxCodes) {
    const columns = { name: String(body["Name"]) };
    records.insert(company.key, {
      entity: "TaxCode",
      id,
      sync: 0,
      body,
      legs: [],
      active: true,
      createdMs: atMs,
      updatedMs: atMs,
      columns,
    });
  }
}
