import { fieldsOf, type Kind } from "./kind.ts";
import { listKind } from "./lists.ts";

const term =
  "NAME:t40* DESCRIPTION:t DUEDAYS:i DUEFROM:t DISCDAYS:i DISCFROM:t DISCAMOUNT:n DISCPERCAMN:t DISCGRACEDAYS:i DISCCALCON:t PENALTY_TYPE:t PENALTYAMOUNT:n";
const bank = "BANKACCOUNTID:t20* BANKNAME:t BANKACCOUNTNO:t GLACCOUNTNO:t* CURRENCY:t LOCATIONID:t DEPARTMENTID:t";

const line = (object: string, name: string, fields: string): Kind => ({
  object,
  name,
  id: "RECORDNO",
  fields: fieldsOf(`RECORDNO:i! WHENMODIFIED:m WHENCREATED:c CREATEDBY:t! MODIFIEDBY:t! LINE_NO:i! ${fields}`),
  lists: [],
  type: "line",
  counter: "prentry",
});

/** Lists that an administrator sets up; most of them are only read by clients. */
export const setupKinds: readonly Kind[] = [
  listKind({ object: "APTERM", name: "AP term", id: "NAME", fields: term }),
  listKind({ object: "ARTERM", name: "AR term", id: "NAME", fields: term }),
  listKind({
    object: "GLJOURNAL",
    name: "Journal",
    id: "SYMBOL",
    fields: "SYMBOL:t4* TITLE:t80* ADJ:b BOOKID:t DISALLOWDIRECTPOSTING:b BILLABLE:b",
  }),
  listKind({ object: "STATJOURNAL", name: "Statistical journal", id: "SYMBOL", fields: "SYMBOL:t4* TITLE:t80*" }),
  listKind({
    object: "CHECKINGACCOUNT",
    name: "Checking account",
    id: "BANKACCOUNTID",
    fields: bank,
    references: { GLACCOUNTNO: "GLACCOUNT" },
  }),
  listKind({
    object: "SAVINGSACCOUNT",
    name: "Savings account",
    id: "BANKACCOUNTID",
    fields: bank,
    references: { GLACCOUNTNO: "GLACCOUNT" },
  }),
  listKind({
    object: "CREDITCARD",
    name: "Credit card",
    id: "CARDID",
    fields: "CARDID:t20* DESCRIPTION:t CARDTYPE:t LIABILITYTYPE:t VENDORID:t LIABACCTNO:t* LOCATIONID:t DEPARTMENTID:t CURRENCY:t",
    references: { LIABACCTNO: "GLACCOUNT", VENDORID: "VENDOR" },
  }),
  listKind({
    object: "EEACCOUNTLABEL",
    name: "Expense type",
    id: "ACCOUNTLABEL",
    fields: "ACCOUNTLABEL:t80* DESCRIPTION:t GLACCOUNTNO:t*",
    references: { GLACCOUNTNO: "GLACCOUNT" },
  }),
  listKind({
    object: "APACCOUNTLABEL",
    name: "AP account label",
    id: "ACCOUNTLABEL",
    fields: "ACCOUNTLABEL:t80* DESCRIPTION:t GLACCOUNTNO:t*",
    references: { GLACCOUNTNO: "GLACCOUNT" },
  }),
  listKind({
    object: "EXPENSEPAYMENTTYPE",
    name: "Expense payment type",
    id: "NAME",
    fields: "NAME:t40* DESCRIPTION:t NONREIMBURSABLE:b OFFSETACCTNO:t",
  }),
  listKind({ object: "EXCHANGERATETYPES", name: "Exchange rate type", id: "NAME", fields: "NAME:t40* DESCRIPTION:t" }),
  listKind({
    object: "EXCHANGERATE",
    name: "Exchange rate",
    id: "NAME",
    fields: "NAME:t! TYPENAME:t* FROM_CURRENCY:t3* TO_CURRENCY:t3*",
    lists: [{ list: "EXCHANGERATEENTRIES", object: "EXCHANGERATEENTRY", parent: "EXCHANGERATEKEY" }],
    extra: (_work, { values, lists }) => {
      const name = `${values["TYPENAME"] ?? ""} ${values["FROM_CURRENCY"] ?? ""}-${values["TO_CURRENCY"] ?? ""}`;
      const entries = (lists["EXCHANGERATEENTRIES"] ?? []).map(({ values: entry }) => entry);
      return { values: { ...values, NAME: name }, id: name, lines: { EXCHANGERATEENTRY: entries } };
    },
  }),
  line("EXCHANGERATEENTRY", "Exchange rate entry", "EXCHANGERATEKEY:i! EFFECTIVE_START_DATE:d* EXCHANGE_RATE:n* RECIPROCAL_RATE:n"),
  listKind({
    object: "GLBUDGETHEADER",
    name: "Budget",
    id: "BUDGETID",
    fields: "BUDGETID:t20* DESCRIPTION:t* DEFAULT_BUDGET:b ISCONSOLIDATED:b CURRENCY:t USERID:t",
    lists: [{ list: "GLBUDGETITEMS", object: "GLBUDGETITEM", parent: "BUDGETKEY" }],
  }),
  line(
    "GLBUDGETITEM",
    "Budget line",
    "BUDGETKEY:i! ACCT_NO:t* PERIODNAME:t* AMOUNT:a* LOCATION_NO:t DEPT_NO:t CLASSID:t PROJECTID:t CUSTOMERID:t VENDORID:t EMPLOYEEID:t ITEMID:t BASEDON:t GROWBY:n PERPERIOD:t PSTARTDATE:d! PENDDATE:d!",
  ),
  listKind({
    object: "REPORTINGPERIOD",
    name: "Reporting period",
    id: "NAME",
    fields: "NAME:t80* HEADER1:t* HEADER2:t START_DATE:d* END_DATE:d* BUDGETING:b DATETYPE:t",
  }),
  listKind({
    object: "TAXDETAIL",
    name: "Tax detail",
    id: "DETAILID",
    fields: "DETAILID:t40* DESCRIPTION:t TAXTYPE:t VALUE:n TAXSOLUTIONID:t",
  }),
  listKind({
    object: "TAXSOLUTION",
    name: "Tax solution",
    id: "SOLUTIONID",
    fields: "SOLUTIONID:t40* DESCRIPTION:t TAXMETHOD:t",
    isReadOnly: true,
  }),
  listKind({ object: "SUPDOC", name: "Attachment", id: "SUPDOCID", fields: "SUPDOCID:t20* SUPDOCNAME:t80 FOLDER:t DESCRIPTION:t" }),
  listKind({ object: "SUPDOCFOLDER", name: "Attachment folder", id: "NAME", fields: "NAME:t80* DESCRIPTION:t PARENTFOLDER:t" }),
  listKind({ object: "USERINFO", name: "User", id: "LOGINID", fields: "LOGINID:t40* DESCRIPTION:t USERTYPE:t ADMIN:t", isReadOnly: true }),
  listKind({ object: "COMPANYPREF", name: "Company preference", id: "PREFERENCE", fields: "PREFERENCE:t* VALUE:t", isReadOnly: true }),
];
