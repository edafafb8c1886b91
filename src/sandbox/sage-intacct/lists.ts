import { auditFields, fieldsOf, type Draft, type Kind, type Prepared, type Values, type Work } from "./kind.ts";
import { Refusal, refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";

/** A row of a list: unique id, references to other lists, and what is special about it. */
interface ListOrder {
  readonly object: string;
  readonly name: string;
  readonly id: string;
  readonly fields: string;
  /** Fields that name rows of other lists, and which. */
  readonly references?: Readonly<Record<string, string>>;
  /** Values of a new row where none were sent. */
  readonly defaults?: Values;
  /** Ids that are left out are numbered with this in front. */
  readonly sequence?: string;
  readonly lists?: Kind["lists"];
  readonly isReadOnly?: boolean;
  readonly counter?: string;
  readonly extra?: (work: Work, draft: Draft, before: Stored | null) => Prepared;
}

const status = "STATUS:t=active|inactive";

export function listKind(order: ListOrder): Kind {
  const { object, name, id, isReadOnly, lists = [], counter = object.toLowerCase() } = order;
  return {
    object,
    name,
    id,
    fields: fieldsOf(`${auditFields} WHENCREATED:c ${status} ${order.fields}`),
    lists,
    type: "list",
    counter,
    ...(isReadOnly === true ? { isReadOnly } : {}),
    prepare: (work, draft, before) => (order.extra ?? prepareRow)(work, withDefaults(order, draft, before), before),
    guard: (work, before, operation) => {
      if (operation === "delete") checkChildren(work, order, before);
    },
  };

  function prepareRow(work: Work, draft: Draft, before: Stored | null): Prepared {
    return { values: draft.values, id: idOf(work, order, draft.values, before), lines: linesOf(order, draft) };
  }
}

function withDefaults({ defaults = {} }: ListOrder, draft: Draft, before: Stored | null): Draft {
  if (before !== null) return draft;
  const sent = Object.fromEntries(Object.entries(draft.values).filter(([, value]) => value !== null));
  return { ...draft, values: { STATUS: "active", ...defaults, ...sent } };
}

function linesOf({ lists = [] }: ListOrder, draft: Draft): Record<string, Values[]> {
  return Object.fromEntries(lists.map(({ list, object }) => [object, (draft.lists[list] ?? []).map(({ values }) => values)]));
}

/** The id of a row, unique in its list; references are looked up on the way. */
function idOf(work: Work, order: ListOrder, values: Values, before: Stored | null): string {
  const { records, company } = work;
  const sent = values[order.id] ?? null;
  if (sent === null && order.sequence === undefined)
    refuseRule(`Required field ${order.id} is missing`, { target: order.id, category: "missingRequiredField" });
  const id = sent ?? `${order.sequence}${records.next(company.key, `number ${order.object}`)}`;
  values[order.id] = id;
  if (before !== null && before.id !== id) refuseRule(`${order.id} cannot be changed`, { target: order.id });
  if (before === null && records.withId(company.key, order.object, id).length > 0) refuseTaken(order, id);
  for (const [field, object] of Object.entries(order.references ?? {})) {
    const named = values[field] ?? null;
    if (named !== null && records.withId(company.key, object, named).length === 0)
      refuseRule(`Invalid ${field} '${named}' specified.`, { target: field, category: "invalidReference" });
  }
  return id;
}

function refuseTaken({ object, name, id: field }: Pick<ListOrder, "object" | "name" | "id">, id: string): never {
  if (object === "GLACCOUNT" || object === "STATACCOUNT")
    return refuseRule("Duplicate account number", { errorId: "GL-0493", category: "duplicateRecord", target: field, status: 409 });
  const text = `Another ${name} with the given value(s) ${id}  already exists`;
  throw new Refusal(
    [{ errorno: "BL34000061", text, correction: "Use a unique value instead.", category: "duplicateRecord", target: field }],
    409,
  );
}

function checkChildren({ storage, company }: Work, { object, name }: ListOrder, before: Stored): void {
  const child = storage.get(
    "SELECT 1 FROM intacct_records WHERE company = ? AND object = ? AND body ->> '$.PARENTID' = ? LIMIT 1",
    ...[company.key, object, before.id],
  );
  if (child !== undefined)
    refuseRule(`${name} '${before.id ?? ""}' has others below it and cannot be deleted.`, { category: "recordInUse" });
}

const address = (prefix: string) =>
  `${prefix}CONTACTNAME:t200 ${prefix}COMPANYNAME:t100 ${prefix}PRINTAS:t200 ${prefix}FIRSTNAME:t40 ${prefix}LASTNAME:t40 ${prefix}INITIAL:t ${prefix}PREFIX:t
   ${prefix}PHONE1:t30 ${prefix}PHONE2:t30 ${prefix}CELLPHONE:t30 ${prefix}FAX:t30 ${prefix}EMAIL1:t200 ${prefix}EMAIL2:t200 ${prefix}URL1:t ${prefix}TAXABLE:b ${prefix}TAXGROUP:t
   ${prefix}MAILADDRESS.ADDRESS1:t200 ${prefix}MAILADDRESS.ADDRESS2:t200 ${prefix}MAILADDRESS.CITY:t80 ${prefix}MAILADDRESS.STATE:t40 ${prefix}MAILADDRESS.ZIP:t30
   ${prefix}MAILADDRESS.COUNTRY:t60 ${prefix}MAILADDRESS.COUNTRYCODE:t ${prefix}MAILADDRESS.ISOCOUNTRYCODE:t`;

const requirements = [
  "DEPT",
  "LOC",
  "PROJECT",
  "TASK",
  "CUSTOMER",
  "VENDOR",
  "EMPLOYEE",
  "ITEM",
  "CLASS",
  "CONTRACT",
  "WAREHOUSE",
  "GLDIMUNIT",
]
  .map((name) => `REQUIRE${name}:b`)
  .join(" ");

const noRequirements = Object.fromEntries(
  ["DEPT", "LOC", "PROJECT", "CUSTOMER", "VENDOR", "EMPLOYEE", "ITEM", "CLASS"].map((name) => [`REQUIRE${name}`, "false"]),
);

/** A vendor or customer brings a contact of its own, whose name nobody else may have. */
function party(order: ListOrder & { readonly contact: (id: string, name: string) => string }): Kind {
  const extra = (work: Work, draft: Draft, before: Stored | null): Prepared => {
    const { values } = draft;
    const id = idOf(work, order, values, before);
    const name = values["DISPLAYCONTACT.CONTACTNAME"] ?? order.contact(id, values["NAME"] ?? id);
    if (before === null) {
      if ((values["DISPLAYCONTACT.PRINTAS"] ?? null) === null) values["DISPLAYCONTACT.PRINTAS"] = values["NAME"] ?? id;
      addContact(work, name, values);
    }
    return { values: { ...values, "DISPLAYCONTACT.CONTACTNAME": name }, id };
  };
  return listKind({ ...order, extra });
}

function addContact(work: Work, name: string, values: Values): void {
  const { records, company, atMs, entity } = work;
  if (records.withId(company.key, "CONTACT", name).length > 0) refuseTaken({ object: "CONTACT", name: "Contact", id: "CONTACTNAME" }, name);
  const prefix = "DISPLAYCONTACT.";
  const own = Object.entries(values).flatMap(([field, value]) => (field.startsWith(prefix) ? [[field.slice(prefix.length), value]] : []));
  const createdMs = Math.floor(atMs / 1000) * 1000;
  const recordno = records.next(company.key, "contact");
  const common = {
    object: "CONTACT",
    recordno,
    id: name,
    parent: null,
    date: null,
    minor: null,
    createdMs,
    updatedMs: createdMs,
    legs: [],
  };
  const body: Values = { STATUS: "active", ...Object.fromEntries(own), CONTACTNAME: name, CREATEDBY: work.user, MODIFIEDBY: work.user };
  records.insert(company.key, { ...common, entity: company.rules.multiEntity ? entity : "", values: body });
}

/** The contact of an employee must be there already. */
function employeeExtra(order: ListOrder) {
  return (work: Work, { values }: Draft, before: Stored | null): Prepared => {
    const id = idOf(work, order, values, before);
    const contact = values["PERSONALINFO.CONTACTNAME"] ?? null;
    const found = contact === null ? undefined : work.records.withId(work.company.key, "CONTACT", contact)[0];
    if (found === undefined)
      refuseRule(`Contact '${contact ?? ""}' is not valid`, { target: "PERSONALINFO.CONTACTNAME", category: "invalidReference" });
    return { values: { ...values, NAME: found?.values["PRINTAS"] ?? id, "PERSONALINFO.PRINTAS": found?.values["PRINTAS"] ?? id }, id };
  };
}

const employee: ListOrder = {
  object: "EMPLOYEE",
  name: "Employee",
  id: "EMPLOYEEID",
  fields: `EMPLOYEEID:t20 NAME:t! ${address("PERSONALINFO.")} TITLE:t LOCATIONID:t DEPARTMENTID:t CLASSID:t STARTDATE:d ENDDATE:d BIRTHDATE:d SSN:t SUPERVISORID:t CURRENCY:t EMPLOYEETYPE:t GENDER:t TERMINATIONTYPE:t EMPLOYEEACCOUNTNO:t`,
  references: { LOCATIONID: "LOCATION", DEPARTMENTID: "DEPARTMENT", CLASSID: "CLASS", SUPERVISORID: "EMPLOYEE" },
  sequence: "EMP-",
};

const accountFields = `ACCOUNTNO:t24* TITLE:t80* NORMALBALANCE:t=debit|credit CLOSINGTYPE:t=non-closing_account|closing_account|closed_to_account
  CLOSINGACCOUNTNO:t ACCOUNTTYPE:t=balancesheet|incomestatement ALTERNATIVEACCOUNT:t=None|Payables_account|Receivables_account TAXABLE:b CATEGORY:t MRCCODE:t SUBLEDGERCONTROLON:b ${requirements}`;

const partyReferences = { LOCATIONID: "LOCATION", DEPARTMENTID: "DEPARTMENT" };

export const listKinds: readonly Kind[] = [
  listKind({
    object: "GLACCOUNT",
    name: "Account",
    id: "ACCOUNTNO",
    fields: accountFields,
    defaults: {
      ALTERNATIVEACCOUNT: "None",
      NORMALBALANCE: "debit",
      CLOSINGTYPE: "non-closing account",
      ACCOUNTTYPE: "balancesheet",
      ...noRequirements,
    },
  }),
  listKind({
    object: "STATACCOUNT",
    name: "Statistical account",
    id: "ACCOUNTNO",
    fields: accountFields,
    defaults: { ACCOUNTTYPE: "forperiod", ...noRequirements },
  }),
  party({
    object: "VENDOR",
    name: "Vendor",
    id: "VENDORID",
    fields: `VENDORID:t20 NAME:t100* ${address("DISPLAYCONTACT.")} PARENTID:t VENDTYPE:t TAXID:t NAME1099:t FORM1099TYPE:t FORM1099BOX:t TERMNAME:t PAYMETHODKEY:t CREDITLIMIT:a ONHOLD:b DONOTCUTCHECK:b
      COMMENTS:t CURRENCY:t VENDORACCOUNTNO:t ACCOUNTLABEL:t APACCOUNT:t GLGROUP:t OFFSETGLACCOUNTNO:t OBJECTRESTRICTION:t=Unrestricted|RootOnly|Restricted RESTRICTEDLOCATIONS:t
      RESTRICTEDDEPARTMENTS:t ACHENABLED:b ACHBANKROUTINGNUMBER:t ACHACCOUNTNUMBER:t ACHACCOUNTTYPE:t ACHREMITTANCETYPE:t PAYMENTNOTIFY:b TOTALDUE:a! BILLINGTYPE:t PAYMENTPRIORITY:t ONETIME:b`,
    references: { PARENTID: "VENDOR", TERMNAME: "APTERM" },
    defaults: { ONHOLD: "false", OBJECTRESTRICTION: "Unrestricted" },
    sequence: "VEN-",
    contact: (_id, name) => name,
  }),
  party({
    object: "CUSTOMER",
    name: "Customer",
    id: "CUSTOMERID",
    fields: `CUSTOMERID:t21 NAME:t100* ${address("DISPLAYCONTACT.")} PARENTID:t CUSTTYPE:t CUSTREPID:t TERMNAME:t CREDITLIMIT:a ONHOLD:b COMMENTS:t CURRENCY:t ARACCOUNT:t ACCOUNTLABEL:t GLGROUP:t OFFSETGLACCOUNTNO:t
      OBJECTRESTRICTION:t=Unrestricted|RootOnly|Restricted RESTRICTEDLOCATIONS:t RESTRICTEDDEPARTMENTS:t RESALENO:t TAXID:t TOTALDUE:a! TERRITORYID:t SHIPPINGMETHOD:t DELIVERY_OPTIONS:t ONETIME:b`,
    references: { PARENTID: "CUSTOMER", TERMNAME: "ARTERM" },
    defaults: { ONHOLD: "false", OBJECTRESTRICTION: "Unrestricted" },
    sequence: "CUS-",
    contact: (id, name) => `${name}(C${id})`,
  }),
  listKind({ ...employee, extra: employeeExtra(employee) }),
  listKind({
    object: "CONTACT",
    name: "Contact",
    id: "CONTACTNAME",
    fields: `${address("").replace("CONTACTNAME:t200", "CONTACTNAME:t200*").replace("PRINTAS:t200", "PRINTAS:t200*")} DISCOUNT:n`,
  }),
  listKind({
    object: "DEPARTMENT",
    name: "Department",
    id: "DEPARTMENTID",
    fields: "DEPARTMENTID:t20* TITLE:t80* PARENTID:t SUPERVISORID:t CUSTTITLE:t",
    references: { PARENTID: "DEPARTMENT", SUPERVISORID: "EMPLOYEE" },
  }),
  listKind({
    object: "LOCATION",
    name: "Location",
    id: "LOCATIONID",
    fields: `LOCATIONID:t20* NAME:t80* PARENTID:t SUPERVISORID:t STARTDATE:d ENDDATE:d ISENTITY:b! ENTITY:t! CURRENCY:t REPORTPRINTAS:t ${address("CONTACTINFO.")}`,
    references: { PARENTID: "LOCATION" },
  }),
  listKind({
    object: "CLASS",
    name: "Class",
    id: "CLASSID",
    fields: "CLASSID:t20* NAME:t80* PARENTID:t DESCRIPTION:t",
    references: { PARENTID: "CLASS" },
  }),
  listKind({
    object: "PROJECT",
    name: "Project",
    id: "PROJECTID",
    fields: `PROJECTID:t20 NAME:t100* PROJECTCATEGORY:t* DESCRIPTION:t CUSTOMERID:t PROJECTTYPE:t PROJECTSTATUS:t PARENTID:t MANAGERID:t BEGINDATE:d ENDDATE:d CURRENCY:t BUDGETAMOUNT:a CLASSID:t LOCATIONID:t DEPARTMENTID:t`,
    references: { ...partyReferences, CUSTOMERID: "CUSTOMER", PARENTID: "PROJECT", CLASSID: "CLASS", MANAGERID: "EMPLOYEE" },
    sequence: "PRJ-",
  }),
  listKind({
    object: "ITEM",
    name: "Item",
    id: "ITEMID",
    fields: `ITEMID:t30* NAME:t100* ITEMTYPE:t=Inventory|Non-Inventory|Non-Inventory_(Purchase_only)|Non-Inventory_(Sales_only)|Kit|Stockable_Kit EXTENDED_DESCRIPTION:t PRODUCTLINEID:t GLGROUP:t TAXGROUP:t UOMGRP:t BASEPRICE:a`,
    defaults: { ITEMTYPE: "Non-Inventory" },
  }),
];
