import { Fault } from "../../../core/errors.ts";
import type { BooksRecord, RecordKind } from "../../../core/reference.ts";
import type { AccountingReference } from "../connector.ts";
import type { AccountTypes } from "./accounts.ts";
import type { Call } from "./api.ts";
import { partyIdOf } from "./content.ts";
import { activeOrNot, queryAll, queryRows } from "./query.ts";
import { policiesOf, preferencesOf, readPreferences, type CompanyRules } from "./settings.ts";
import { refOf, textOf, type JsonObject } from "./wire.ts";

interface ListReader {
  readonly entity: string;
  readonly kind: RecordKind;
  readonly facts: (row: JsonObject) => Record<string, string>;
}

const lists: readonly ListReader[] = [
  { entity: "Item", kind: "item", facts: (row) => ({ type: textOf(row, "Type"), incomeAccount: refOf(row, "IncomeAccountRef") }) },
  { entity: "Vendor", kind: "vendor", facts: partyFacts },
  { entity: "Customer", kind: "customer", facts: partyFacts },
  { entity: "Employee", kind: "employee", facts: employeeFacts },
  { entity: "Term", kind: "term", facts: (row) => ({ dueDays: textOf(row, "DueDays") }) },
];
const classList: ListReader = { entity: "Class", kind: "class", facts: () => ({}) };
const departmentList: ListReader = { entity: "Department", kind: "department", facts: () => ({}) };

/** Chart, lists and settings, complete: inactive rows too, page by page. Classes and locations only where the company has them. */
export async function readReference(call: Call, accounts: AccountTypes, rules: CompanyRules): Promise<AccountingReference> {
  const row = await readPreferences(call);
  rules.learn(row);
  const [company] = await queryRows(call, "CompanyInfo", "select * from CompanyInfo");
  if (!company) throw new Fault("upstream_silent", "QuickBooks answered without the company's name");
  const preferences = preferencesOf(row, company);
  const chart = await queryAll(call, "Account", activeOrNot);
  accounts.learn(chart);
  const records = chart.map((each) => recordOf(each, "account", accountFacts(each)));
  const wanted = [...lists, ...(preferences.tracksClasses ? [classList] : []), ...(preferences.tracksDepartments ? [departmentList] : [])];
  for (const { entity, kind, facts } of wanted) {
    for (const each of await listRows(call, entity, activeOrNot)) records.push(recordOf(each, kind, facts(each)));
  }
  // Two of its rows have no `Active`, so that any condition on it would drop them.
  const taxCodes = await listRows(call, "TaxCode", undefined);
  const policies = policiesOf(row, company, taxCodes);
  const customFields = { kinds: ["invoice", "credit_memo"] as const, names: policies.customFields.map(({ name }) => [name]) };
  return { preferences: { ...preferences, customFields }, records, policies };
}

/** A list that this company's edition or the connecting person's role does not have is empty. */
async function listRows(call: Call, entity: string, where: string | undefined): Promise<readonly JsonObject[]> {
  try {
    return await queryAll(call, entity, where);
  } catch (error) {
    if (optional.has(entity) && isMissing(error)) return [];
    throw error;
  }
}

const optional = new Set(["Employee", "TaxCode"]);

function isMissing(error: unknown): boolean {
  return error instanceof Fault && ["2000", "4001", "5020", "5030"].includes(error.details["providerCode"] ?? "");
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

/** A driver's number in the TMS is looked for in the employee's number. */
function employeeFacts(row: JsonObject): Record<string, string> {
  return { partyId: textOf(row, "EmployeeNumber"), displayName: textOf(row, "DisplayName") };
}
