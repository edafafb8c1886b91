import { Fault } from "../../../core/errors.ts";
import type { BooksPreferences, BooksRecord, BooksReference, RecordKind } from "../../../core/reference.ts";
import type { AccountTypes } from "./accounts.ts";
import type { Call } from "./api.ts";
import { partyIdOf } from "./content.ts";
import { activeOrNot, queryAll, queryRows } from "./query.ts";
import { isObject, refOf, textOf, type JsonObject } from "./wire.ts";

interface ListReader {
  readonly entity: string;
  readonly kind: RecordKind;
  readonly facts: (row: JsonObject) => Record<string, string>;
}

const lists: readonly ListReader[] = [
  { entity: "Item", kind: "item", facts: (row) => ({ type: textOf(row, "Type"), incomeAccount: refOf(row, "IncomeAccountRef") }) },
  { entity: "Vendor", kind: "vendor", facts: partyFacts },
  { entity: "Customer", kind: "customer", facts: partyFacts },
  { entity: "Term", kind: "term", facts: (row) => ({ dueDays: textOf(row, "DueDays") }) },
];
const classList: ListReader = { entity: "Class", kind: "class", facts: () => ({}) };
const departmentList: ListReader = { entity: "Department", kind: "department", facts: () => ({}) };

/** Chart, lists and settings, complete: inactive rows too, page by page. Classes and locations only where the company has them. */
export async function readReference(call: Call, accounts: AccountTypes): Promise<BooksReference> {
  const preferences = await readPreferences(call);
  const chart = await queryAll(call, "Account", activeOrNot);
  accounts.learn(chart);
  const records = chart.map((row) => recordOf(row, "account", accountFacts(row)));
  const wanted = [...lists, ...(preferences.tracksClasses ? [classList] : []), ...(preferences.tracksDepartments ? [departmentList] : [])];
  for (const { entity, kind, facts } of wanted) {
    for (const row of await queryAll(call, entity, activeOrNot)) records.push(recordOf(row, kind, facts(row)));
  }
  return { preferences, records };
}

async function readPreferences(call: Call): Promise<BooksPreferences> {
  const [row] = await queryRows(call, "Preferences", "select * from Preferences");
  const [company] = await queryRows(call, "CompanyInfo", "select * from CompanyInfo");
  if (!row || !company) throw new Fault("upstream_silent", "QuickBooks answered without the company's preferences");
  const accounting = row["AccountingInfoPrefs"];
  const currency = row["CurrencyPrefs"];
  return {
    companyName: textOf(company, "CompanyName"),
    homeCurrency: refOf(currency, "HomeCurrency") || "USD",
    multiCurrency: isTrue(currency, "MultiCurrencyEnabled"),
    closedThrough: textOf(accounting, "BookCloseDate").slice(0, 10) || null,
    // Our documents carry the class on each line; a company that keeps one class a transaction has no place for it.
    tracksClasses: isTrue(accounting, "ClassTrackingPerTxnLine"),
    tracksDepartments: isTrue(accounting, "TrackDepartments"),
  };
}

function isTrue(record: Parameters<typeof isObject>[0], name: string): boolean {
  return isObject(record) && record[name] === true;
}

function recordOf(row: JsonObject, kind: RecordKind, facts: Record<string, string>): BooksRecord {
  return {
    kind,
    externalId: textOf(row, "Id"),
    name: textOf(row, "FullyQualifiedName") || textOf(row, "DisplayName") || textOf(row, "Name"),
    number: kind === "account" ? textOf(row, "AcctNum") || null : null,
    // Some rows come without the field; those are active.
    active: row["Active"] !== false,
    facts: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== "")),
  };
}

function accountFacts(row: JsonObject): Record<string, string> {
  return {
    type: textOf(row, "AccountType"),
    subtype: textOf(row, "AccountSubType"),
    classification: textOf(row, "Classification"),
    currency: refOf(row, "CurrencyRef"),
  };
}

function partyFacts(row: JsonObject): Record<string, string> {
  return { partyId: partyIdOf(row) ?? "", displayName: textOf(row, "DisplayName"), currency: refOf(row, "CurrencyRef") };
}
