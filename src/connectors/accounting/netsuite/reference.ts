import type { BooksRecord, RecordKind } from "../../../core/reference.ts";
import type { AccountingReference, BooksPolicies } from "../connector.ts";
import { closedThrough, optionalRows, type Company } from "./company.ts";
import { type CustomField, type FormFields, shortId } from "./custom-fields.ts";
import type { Work } from "./desk.ts";
import { readLanes } from "./governance.ts";
import { partyIdIn } from "./keys.ts";
import { lists, timelessLists, type List } from "./lists.ts";
import { readSegments } from "./segments.ts";
import { queryAll } from "./suiteql.ts";
import { isTrue, textOf, type JsonObject } from "./wire.ts";

/** Their account types in the words that documents are checked by; others stay as they are. */
const accountTypes: Readonly<Record<string, string>> = {
  AcctPay: "Accounts Payable",
  AcctRec: "Accounts Receivable",
  CredCard: "Credit Card",
  CreditCard: "Credit Card",
  OthCurrLiab: "Other Current Liability",
};

/** Chart, lists and settings, complete: inactive rows too. Features that are off give empty lists. */
export async function readReference(work: Work): Promise<AccountingReference> {
  const { call, company, facts } = work;
  const rows = new Map<string, readonly JsonObject[]>();
  for (const list of [...lists, ...timelessLists]) rows.set(list.entity, await rowsOf(work, list));
  const of = (entity: string): readonly JsonObject[] => rows.get(entity) ?? [];
  facts.learnAccounts(of("account"));
  const fields = await work.catalog.fieldsOf("journal_entry");
  const bodyFields = { journal: fields, bill: await work.catalog.fieldsOf("bill"), invoice: await work.catalog.fieldsOf("invoice") };
  const records = [
    ...of("account").map((row) => accountRecord(row, work)),
    ...of("item").map(itemRecord),
    ...(["vendor", "customer"] as const).flatMap((kind) => of(kind).map((row) => partyRecord(row, kind, company))),
    ...of("employee").map(employeeRecord),
    ...of("classification").map((row) => placeRecord(row, "class", work)),
    ...of("department").map((row) => placeRecord(row, "department", work)),
    ...of("location").map((row) => placeRecord(row, "location", work)),
    ...of("term").map((row) => plainRecord(row, "term", "name")),
    ...of("job").map((row) => plainRecord(row, "project", "entityid")),
    ...company.subsidiaries.map((row) => subsidiaryRecord(row)),
    ...(await readSegments(call, fields)),
  ];
  const tracks = (kind: RecordKind): boolean => records.some((record) => record.kind === kind);
  const preferences = {
    companyName: company.subsidiary?.name ?? "NetSuite",
    homeCurrency: company.homeCurrency,
    multiCurrency: company.currencyId.size > 1,
    closedThrough: closedThrough(company),
    tracksClasses: tracks("class"),
    tracksDepartments: tracks("department"),
  };
  const policies = policiesOf(work, records, Object.values(bodyFields));
  const names = policies.customFields.map(({ id, name }) => [name, id, shortId(id)]);
  return {
    preferences: { ...preferences, customFields: { kinds: ["journal_entry", "bill", "invoice"], names } },
    records,
    policies: { ...policies, ...(await readLanes(call)) },
  };
}

function rowsOf({ call }: Work, { table, columns, optional }: List): Promise<JsonObject[]> {
  return optional ? optionalRows(call, { select: columns, from: table }) : queryAll(call, { select: columns, from: table });
}

/** What is written how; most of NetSuite's own settings are not told to a role that is not an administrator's. */
function policiesOf({ options }: Work, records: readonly BooksRecord[], forms: readonly FormFields[]): BooksPolicies {
  const fields = new Map(forms.flatMap((form) => form ?? []).map((field): [string, CustomField] => [field.id, field]));
  return {
    numberedByBooks:
      options.numbering === "ours"
        ? []
        : ["journal_entry", "expense", "invoice", "credit_memo", "customer_payment", "bill_payment", "deposit", "transfer"],
    // We look for a namesake ourselves before every document.
    duplicateNumbersWarned: [],
    classes: records.some(({ kind }) => kind === "class") ? "line" : "none",
    locations: records.some(({ kind }) => kind === "location"),
    accountNumbers: records.some(({ kind, number }) => kind === "account" && number !== null),
    appliesCredits: false,
    computesSalesTax: false,
    customFields: [...fields.values()].map(({ id, name }) => ({ id, name })),
    taxCodes: [],
    subscription: { status: null, plan: null },
  };
}

function recordFrom(
  row: JsonObject,
  record: Pick<BooksRecord, "kind" | "name" | "number"> & { facts: Record<string, string>; active?: boolean },
): BooksRecord {
  const { kind, name, number, facts, active = true } = record;
  return {
    kind,
    externalId: textOf(row, "id"),
    name,
    number,
    active: active && !isTrue(row, "isinactive"),
    facts: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== "")),
  };
}

/** An account without a number is known by its name alone. Summary accounts take no postings. */
function accountRecord(row: JsonObject, work: Work): BooksRecord {
  const type = textOf(row, "accttype");
  const isStatistic = type === "Stat" || type === "Statistical";
  return recordFrom(row, {
    kind: isStatistic ? "statistical_account" : "account",
    name: textOf(row, "fullname") || textOf(row, "accountsearchdisplaynamecopy"),
    number: textOf(row, "acctnumber") || null,
    active: !isTrue(row, "issummary") && isOpenTo(row, work),
    facts: {
      type: accountTypes[type] ?? type,
      subtype: type,
      currency: work.company.currencyOf.get(textOf(row, "currency")) ?? "",
      eliminate: isTrue(row, "eliminate") ? "true" : "",
      subsidiaries: textOf(row, "subsidiary"),
    },
  });
}

function placeRecord(row: JsonObject, kind: RecordKind, work: Work): BooksRecord {
  return recordFrom(row, {
    kind,
    name: textOf(row, "fullname") || textOf(row, "name"),
    number: null,
    active: isOpenTo(row, work),
    facts: { displayName: textOf(row, "name"), subsidiaries: textOf(row, "subsidiary") },
  });
}

/**
 * Open to these books' subsidiary: named in the row's list, or below one that is and passes it on to its children. Books that
 * write intercompany journals use accounts of the other subsidiaries too.
 */
function isOpenTo(row: JsonObject, { company: { subsidiary, subsidiaries }, options }: Pick<Work, "company" | "options">): boolean {
  const allowed = textOf(row, "subsidiary")
    .split(",")
    .flatMap((id) => id.trim() || []);
  if (options.intercompany !== "off" || subsidiary === null || allowed.length === 0 || allowed.includes(subsidiary.id)) return true;
  return isTrue(row, "includechildren") && isBelow(subsidiary.id, allowed, subsidiaries);
}

function isBelow(id: string, allowed: readonly string[], subsidiaries: readonly JsonObject[]): boolean {
  const parents = new Map(subsidiaries.map((row) => [textOf(row, "id"), textOf(row, "parent")]));
  for (let at = parents.get(id) ?? "", steps = 0; at !== "" && steps < 100; at = parents.get(at) ?? "", steps += 1) {
    if (allowed.includes(at)) return true;
  }
  return false;
}

function itemRecord(row: JsonObject): BooksRecord {
  return recordFrom(row, {
    kind: "item",
    name: textOf(row, "fullname") || textOf(row, "itemid"),
    number: null,
    facts: {
      displayName: textOf(row, "itemid"),
      type: textOf(row, "itemtype"),
      incomeAccount: textOf(row, "incomeaccount"),
      expenseAccount: textOf(row, "expenseaccount"),
    },
  });
}

function partyRecord(row: JsonObject, kind: "vendor" | "customer", company: Company): BooksRecord {
  const name = textOf(row, "companyname") || textOf(row, "altname") || textOf(row, "entityid");
  return recordFrom(row, {
    kind,
    name,
    number: null,
    facts: {
      partyId: partyIdIn(textOf(row, "externalid"), kind),
      displayName: textOf(row, "entityid"),
      currency: company.currencyOf.get(textOf(row, "currency")) ?? "",
    },
  });
}

/** A driver's id in the TMS is looked for in the employee's own id. */
function employeeRecord(row: JsonObject): BooksRecord {
  const name = [textOf(row, "firstname"), textOf(row, "lastname")].filter((part) => part !== "").join(" ");
  const id = textOf(row, "entityid");
  return recordFrom(row, { kind: "employee", name: name || id, number: null, facts: { partyId: id, displayName: id } });
}

function subsidiaryRecord(row: JsonObject): BooksRecord {
  const name = textOf(row, "fullname") || textOf(row, "name");
  return recordFrom(row, {
    kind: "entity",
    name,
    number: textOf(row, "id"),
    active: !isTrue(row, "iselimination"),
    facts: { displayName: textOf(row, "name") },
  });
}

function plainRecord(row: JsonObject, kind: RecordKind, column: string): BooksRecord {
  return recordFrom(row, { kind, name: textOf(row, column), number: null, facts: {} });
}
