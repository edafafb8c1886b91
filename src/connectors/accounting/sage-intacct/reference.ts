import { Fault } from "../../../core/errors.ts";
import type { BooksRecord, RecordKind } from "../../../core/reference.ts";
import type { AccountingReference } from "../connector.ts";
import type { Desk } from "./desk.ts";
import { rowsMax } from "./limits.ts";
import { allRows } from "./query.ts";
import type { Query, Row } from "./tasks.ts";
import { childOf, childrenOf, tag, textIn } from "./xml.ts";

interface ListReader {
  readonly kind: RecordKind;
  readonly id: string;
  readonly fields: readonly string[];
  readonly name: (row: Row) => string;
  readonly facts: (row: Row) => Record<string, string>;
}

const plain = (kind: RecordKind, id: string, title: string, more: readonly string[] = []): ListReader => ({
  kind,
  id,
  fields: ["RECORDNO", id, title, "STATUS", ...more],
  name: (row) => row[id] ?? "",
  facts: (row) => ({
    displayName: row[title] ?? "",
    ...Object.fromEntries(more.map((field) => [factNames[field] ?? field, row[field] ?? ""])),
  }),
});

const factNames: Readonly<Record<string, string>> = {
  ACCOUNTTYPE: "type",
  NORMALBALANCE: "normalBalance",
  ALTERNATIVEACCOUNT: "control",
  PARENTID: "parent",
  CURRENCY: "currency",
  ITEMTYPE: "type",
  CUSTOMERID: "customer",
};

/** A party goes by its name; its id is the TMS's own. */
const party = (kind: "vendor" | "customer" | "employee", id: string, name: string): ListReader => ({
  kind,
  id,
  fields: ["RECORDNO", id, name, "STATUS", "CURRENCY"],
  name: (row) => row[name] || (row[id] ?? ""),
  facts: (row) => ({ partyId: row[id] ?? "", displayName: row[name] ?? "", currency: row["CURRENCY"] ?? "" }),
});

/** Flags of an account that want a dimension on each of its lines, by the dimension as rules name it. */
const required: Readonly<Record<string, string>> = {
  REQUIREDEPT: "department",
  REQUIRELOC: "location",
  REQUIREPROJECT: "project",
  REQUIRECUSTOMER: "customer",
  REQUIREVENDOR: "vendor",
  REQUIREEMPLOYEE: "employee",
  REQUIREITEM: "item",
  REQUIRECLASS: "class",
};

const account: ListReader = {
  ...plain("account", "ACCOUNTNO", "TITLE", ["ACCOUNTTYPE", "NORMALBALANCE", "ALTERNATIVEACCOUNT", ...Object.keys(required)]),
  name: (row) => row["TITLE"] || (row["ACCOUNTNO"] ?? ""),
  facts: (row) => ({
    type: row["ACCOUNTTYPE"] ?? "",
    category: row["ACCOUNTTYPE"] ?? "",
    normalBalance: row["NORMALBALANCE"] ?? "",
    control: row["ALTERNATIVEACCOUNT"] === "None" ? "" : (row["ALTERNATIVEACCOUNT"] ?? ""),
    requires: Object.entries(required)
      .filter(([field]) => row[field] === "true")
      .map(([, dimension]) => dimension)
      .join(" "),
  }),
};

const readers: Readonly<Record<string, ListReader>> = {
  GLACCOUNT: account,
  STATACCOUNT: { ...plain("statistical_account", "ACCOUNTNO", "TITLE"), name: (row) => row["TITLE"] || (row["ACCOUNTNO"] ?? "") },
  VENDOR: party("vendor", "VENDORID", "NAME"),
  CUSTOMER: party("customer", "CUSTOMERID", "NAME"),
  EMPLOYEE: party("employee", "EMPLOYEEID", "PERSONALINFO.PRINTAS"),
  ITEM: plain("item", "ITEMID", "NAME", ["ITEMTYPE"]),
  CLASS: plain("class", "CLASSID", "NAME", ["PARENTID"]),
  DEPARTMENT: plain("department", "DEPARTMENTID", "TITLE", ["PARENTID"]),
  LOCATION: plain("location", "LOCATIONID", "NAME", ["PARENTID", "CURRENCY"]),
  LOCATIONENTITY: plain("entity", "LOCATIONID", "NAME", ["CURRENCY"]),
  PROJECT: plain("project", "PROJECTID", "NAME", ["CUSTOMERID"]),
  APTERM: plain("term", "NAME", "DESCRIPTION"),
  ARTERM: plain("term", "NAME", "DESCRIPTION"),
};

/** Lists of modules that a company may not have, or of permissions that its user may not have: those are empty then. */
const optional = new Set(["STATACCOUNT", "EMPLOYEE", "ITEM", "CLASS", "PROJECT", "LOCATIONENTITY"]);

/** Chart, lists, the company's own dimensions and settings, complete: inactive rows too. */
export async function readReference(desk: Desk): Promise<AccountingReference> {
  const entries = Object.entries(readers);
  const rows = await readLists(
    desk,
    entries.map(([object, { fields }]) => ({ object, fields, filter: null, order: ["RECORDNO"], size: rowsMax })),
  );
  const records = entries
    .flatMap(([object, reader]) => (rows.get(object) ?? []).map((row) => recordOf(reader, row)))
    .map((record) => (record.kind === "account" ? { ...record, facts: { ...record.facts, type: typeOf(desk, record) } } : record));
  const segments = await readSegments(desk);
  const { homeCurrency, entity } = desk.options;
  const entities = records.filter(({ kind }) => kind === "entity");
  const currencies = new Set(entities.map(({ facts }) => facts["currency"] ?? "").filter((currency) => currency !== ""));
  const title = entities.find(({ externalId }) => externalId === entity)?.facts["displayName"];
  return {
    preferences: {
      companyName: title ?? desk.company,
      homeCurrency,
      multiCurrency: currencies.size > 1,
      // Books are closed there for each entity by hand, and no gateway says through which day.
      closedThrough: null,
      tracksClasses: records.some(({ kind }) => kind === "class"),
      tracksDepartments: records.some(({ kind }) => kind === "department"),
    },
    records: [...withoutDoubles(records), ...segments],
    policies: {
      numberedByBooks: [],
      duplicateNumbersWarned: desk.options.duplicateNumbers === "refused" ? ["bill", "invoice", "vendor_credit", "credit_memo"] : [],
      classes: "line",
      locations: true,
      accountNumbers: true,
      appliesCredits: false,
      computesSalesTax: false,
      customFields: [],
      taxCodes: [],
      subscription: { status: null, plan: null },
    },
  };
}

/**
 * Rules speak of payables, receivables, banks and cards. Their chart marks the control accounts only; which accounts stand behind
 * banks and cards is said by the connection.
 */
function typeOf({ options }: Desk, { externalId, facts }: BooksRecord): string {
  if (facts["control"] === "Payables account") return "Accounts Payable";
  if (facts["control"] === "Receivables account") return "Accounts Receivable";
  if (options.cards.has(externalId)) return "Credit Card";
  return options.banks.has(externalId) ? "Bank" : (facts["category"] ?? "");
}

/** Terms of payables and of receivables may have one name: to rules they are the same word. */
function withoutDoubles(records: readonly BooksRecord[]): BooksRecord[] {
  return [...new Map(records.map((record) => [`${record.kind} ${record.externalId}`, record])).values()];
}

/** All lists together; one that this company lacks is asked for no more, and the others again. */
async function readLists(desk: Desk, queries: readonly Query[]): Promise<Map<string, Row[]>> {
  try {
    return await allRows(desk.transport, queries);
  } catch (error) {
    if (!(error instanceof Fault) || (error.code !== "books_refused" && error.code !== "books_readonly")) throw error;
  }
  const rows = new Map<string, Row[]>();
  for (const query of queries) {
    const found = await allRows(desk.transport, [query]).catch((error: unknown) => {
      const isMissing = error instanceof Fault && (error.code === "books_refused" || error.code === "books_readonly");
      if (isMissing && optional.has(query.object)) return new Map<string, Row[]>();
      throw error;
    });
    for (const [object, list] of found) rows.set(object, list);
  }
  return rows;
}

function recordOf({ kind, id, name, facts }: ListReader, row: Row): BooksRecord {
  const externalId = row[id] ?? "";
  return {
    kind,
    externalId,
    name: name(row),
    number: kind === "account" || kind === "statistical_account" ? externalId : null,
    active: row["STATUS"]?.toLowerCase() !== "inactive",
    facts: Object.fromEntries(Object.entries(facts(row)).filter(([, value]) => value !== "")),
  };
}

/**
 * The company's own dimensions are found by the object they were made of; people there may have given them, and the standard
 * ones, another name, which is told as a fact.
 */
async function readSegments(desk: Desk): Promise<BooksRecord[]> {
  const answer = await desk.transport.ask(tag("getDimensions", []));
  const data = childOf(answer, "data");
  const dimensions = childrenOf(childOf(data, "dimensions") ?? data, "dimension");
  const own = dimensions
    .filter((dimension) => textIn(dimension, "userDefinedDimension") === "true" && textIn(dimension, "enabledInGL") !== "false")
    .map((dimension) => ({
      object: textIn(dimension, "objectName"),
      label: textIn(dimension, "termLabel") || textIn(dimension, "objectLabel"),
    }));
  const rows = await allRows(
    desk.transport,
    own.map(({ object }) => ({ object, fields: ["id", "name"], filter: null, order: ["id"], size: rowsMax, key: "ID" })),
  );
  return own.flatMap(({ object, label }) =>
    (rows.get(object) ?? []).map((row) => ({
      kind: "segment" as const,
      externalId: row["ID"] ?? "",
      name: `${object.toLowerCase()}/${row["NAME"] ?? ""}`,
      number: null,
      active: true,
      facts: { title: row["NAME"] ?? "", dimension: object.toLowerCase(), label },
    })),
  );
}
