import { Fault } from "../../../core/errors.ts";
import type { BooksPreferences } from "../../../core/reference.ts";
import type { BooksPolicies, EntryKind } from "../connector.ts";
import type { Call } from "./api.ts";
import { salesForms } from "./entities.ts";
import { queryRows } from "./query.ts";
import { isObject, listOf, refOf, textOf, type Json, type JsonObject } from "./wire.ts";

/** What the company's preferences say about writing. */
export interface WritingRules {
  readonly homeCurrency: string;
  readonly multiCurrency: boolean;
  readonly numberedByBooks: readonly EntryKind[];
  readonly classes: BooksPolicies["classes"];
  readonly customFields: BooksPolicies["customFields"];
}

/** The rules of one company, read once and again whenever the lists are read. */
export interface CompanyRules {
  readonly get: () => Promise<WritingRules>;
  readonly learn: (preferences: JsonObject) => void;
  /** Somebody may have changed a setting: ask again before the next use. */
  readonly forget: () => void;
}

export function companyRules(call: Call): CompanyRules {
  let known: WritingRules | null = null;
  return {
    get: async () => (known ??= rulesOf(await readPreferences(call))),
    learn: (preferences) => {
      known = rulesOf(preferences);
    },
    forget: () => {
      known = null;
    },
  };
}

export async function readPreferences(call: Call): Promise<JsonObject> {
  const [row] = await queryRows(call, "Preferences", "select * from Preferences");
  if (!row) throw new Fault("upstream_silent", "QuickBooks answered without the company's preferences");
  return row;
}

/** Settings as the rules engine knows them. */
export function preferencesOf(row: JsonObject, company: JsonObject): BooksPreferences {
  const { homeCurrency, multiCurrency, classes } = rulesOf(row);
  const accounting = row["AccountingInfoPrefs"];
  return {
    companyName: textOf(company, "CompanyName"),
    homeCurrency,
    multiCurrency,
    closedThrough: textOf(accounting, "BookCloseDate").slice(0, 10) || null,
    tracksClasses: classes !== "none",
    tracksDepartments: isTrue(accounting, "TrackDepartments"),
  };
}

/** Settings that decide how something is written. */
export function policiesOf(row: JsonObject, company: JsonObject, taxCodes: readonly JsonObject[]): BooksPolicies {
  const { numberedByBooks, classes, customFields } = rulesOf(row);
  const accounting = row["AccountingInfoPrefs"];
  const named = namedValues(row["OtherPrefs"], "NameValue");
  const about = namedValues(company, "NameValue");
  const warned = (name: string, kinds: readonly EntryKind[]) => (named.get(name) === "true" ? kinds : []);
  return {
    numberedByBooks,
    duplicateNumbersWarned: [
      ...warned("WarnDuplicateJournalNumber", ["journal_entry"]),
      ...warned("WarnDuplicateBillNumber", ["bill", "vendor_credit"]),
      ...warned("WarnDuplicateCheckNumber", ["expense", "bill_payment"]),
    ],
    classes,
    locations: isTrue(accounting, "TrackDepartments"),
    accountNumbers: isTrue(accounting, "UseAccountNumbers"),
    appliesCredits: isTrue(row["SalesFormsPrefs"], "AutoApplyCredit"),
    computesSalesTax: isTrue(row["TaxPrefs"], "PartnerTaxEnabled"),
    customFields,
    taxCodes: taxCodes.map((code) => ({ id: textOf(code, "Id"), name: textOf(code, "Name"), active: code["Active"] !== false })),
    subscription: { status: about.get("SubscriptionStatus") ?? null, plan: about.get("OfferingSku") ?? null },
  };
}

function rulesOf(row: JsonObject): WritingRules {
  const accounting = row["AccountingInfoPrefs"];
  const sales = row["SalesFormsPrefs"];
  const currency = row["CurrencyPrefs"];
  return {
    homeCurrency: refOf(currency, "HomeCurrency") || "USD",
    multiCurrency: isTrue(currency, "MultiCurrencyEnabled"),
    // Told only when the setting is there and off: a company that does not say so is not refused its invoices.
    numberedByBooks: isObject(sales) && sales["CustomTxnNumbers"] === false ? salesForms : [],
    classes: isTrue(accounting, "ClassTrackingPerTxnLine") ? "line" : isTrue(accounting, "ClassTrackingPerTxn") ? "document" : "none",
    customFields: customFieldsOf(sales),
  };
}

/** Three slots; a name and a switch each, in separate lists. */
function customFieldsOf(sales: Json | undefined): WritingRules["customFields"] {
  const entries = listOf(sales, "CustomField").flatMap((group) => listOf(group, "CustomField"));
  const on = new Set(
    entries.flatMap((entry) => (entry["BooleanValue"] === true ? [/UseSalesCustom(\d)$/.exec(textOf(entry, "Name"))?.[1]] : [])),
  );
  return entries.flatMap((entry) => {
    const id = /SalesCustomName(\d)$/.exec(textOf(entry, "Name"))?.[1];
    const name = textOf(entry, "StringValue");
    return id !== undefined && on.has(id) && name !== "" ? [{ id, name }] : [];
  });
}

function namedValues(record: Json | undefined, member: string): Map<string, string> {
  return new Map(listOf(record, member).map((entry) => [textOf(entry, "Name"), textOf(entry, "Value")]));
}

function isTrue(record: Json | undefined, name: string): boolean {
  return isObject(record) && record[name] === true;
}
