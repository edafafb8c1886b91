import type { RecordKind } from "../../../core/reference.ts";
import type { EntryKind, Movement, PartyRecord, Postable, Removal } from "../connector.ts";

/** What we write and follow over there, spelled as their objects. */
export type Entity =
  | ("GLBATCH" | "APBILL" | "APADJUSTMENT" | "APPYMT" | "ARINVOICE" | "ARADJUSTMENT" | "ARPYMT" | "CCTRANSACTION" | "EEXPENSES")
  | ("VENDOR" | "CUSTOMER");

/** A transfer between banks is a journal entry; a deposit of received payments has no place in their gateway. */
export const entityOf = {
  journal_entry: "GLBATCH",
  statistical_entry: "GLBATCH",
  bill: "APBILL",
  vendor_credit: "APADJUSTMENT",
  expense: "CCTRANSACTION",
  expense_report: "EEXPENSES",
  invoice: "ARINVOICE",
  credit_memo: "ARADJUSTMENT",
  vendor: "VENDOR",
  customer: "CUSTOMER",
  customer_payment: "ARPYMT",
  bill_payment: "APPYMT",
  transfer: "GLBATCH",
  deposit: "GLBATCH",
} as const satisfies Readonly<Record<EntryKind, Entity>>;

/**
 * How each kind leaves the books, the preferred way first: a reversal keeps number and trace and is booked in its own period.
 * Rows of lists are hidden, never deleted.
 */
export const removalOf: Readonly<Record<EntryKind, readonly Removal[]>> = {
  journal_entry: ["delete"],
  statistical_entry: ["delete"],
  bill: ["void", "delete"],
  vendor_credit: ["delete"],
  expense: ["void", "delete"],
  expense_report: ["delete"],
  invoice: ["void", "delete"],
  credit_memo: ["delete"],
  vendor: ["deactivate"],
  customer: ["deactivate"],
  customer_payment: ["void"],
  bill_payment: ["void"],
  transfer: ["delete"],
  deposit: [],
};

/** How an object is read: the names of the fields that say the same thing in each of them. */
export interface Shape {
  readonly number: string;
  readonly date: string;
  readonly memo: string;
  /** The field of the party, and of the bank or card account, where the object has one. */
  readonly party?: string;
  readonly account?: string;
  readonly total?: string;
  readonly open?: string;
  /** When it was entered; `WHENCREATED` is the document's own date on most of them. */
  readonly enteredAt: string;
  readonly fields: readonly string[];
  readonly lines: LineShape;
}

export interface LineShape {
  readonly object: string;
  /** The field that holds the record number of the document. */
  readonly parent: string;
  readonly fields: readonly string[];
}

const money = ["STATE", "CURRENCY", "TRX_TOTALENTERED", "TRX_TOTALDUE"] as const;
const audit = ["AUWHENCREATED", "WHENMODIFIED", "MEGAENTITYID"] as const;
const subLines = (object: string): LineShape => ({
  object,
  parent: "RECORDKEY",
  fields: ["RECORDNO", "RECORDKEY", "LINE_NO", "ACCOUNTNO", "TRX_AMOUNT", "ENTRYDESCRIPTION", "LOCATIONID", "DEPARTMENTID", "CLASSID"],
});
const paymentLines = (object: string): LineShape => ({
  object,
  parent: "PAYMENTKEY",
  fields: ["RECORDNO", "PAYMENTKEY", "RECORDKEY", "TRX_PAYMENTAMOUNT", "ADJUSTMENTKEY", "TRX_ADJUSTMENTAMOUNT"],
});
const subLedger = (party: string, lines: string, more: readonly string[] = []): Shape => ({
  number: "RECORDID",
  date: "WHENCREATED",
  memo: "DESCRIPTION",
  party,
  total: "TRX_TOTALENTERED",
  open: "TRX_TOTALDUE",
  enteredAt: "AUWHENCREATED",
  fields: ["RECORDNO", "RECORDID", party, "WHENCREATED", "DESCRIPTION", ...more, ...money, ...audit],
  lines: subLines(lines),
});
const payment = (party: string, date: string, lines: string): Shape => ({
  number: "DOCNUMBER",
  date,
  memo: "DESCRIPTION",
  party,
  account: "FINANCIALENTITY",
  total: "TRX_TOTALENTERED",
  enteredAt: "AUWHENCREATED",
  fields: ["RECORDNO", "DOCNUMBER", party, date, "DESCRIPTION", "FINANCIALENTITY", ...money, ...audit],
  lines: paymentLines(lines),
});

/** The transactions. Names of read fields differ from those that are written (developer.intacct.com, each object's page). */
export const shapes: Readonly<Record<Exclude<Entity, "VENDOR" | "CUSTOMER">, Shape>> = {
  GLBATCH: {
    number: "REFERENCENO",
    date: "BATCH_DATE",
    memo: "BATCH_TITLE",
    enteredAt: "WHENCREATED",
    fields: [
      ...[
        "RECORDNO",
        "REFERENCENO",
        "BATCH_DATE",
        "BATCH_TITLE",
        "JOURNAL",
        "STATE",
        "MODULE",
        "REVERSED",
        "REVERSEDFROM",
        "BASELOCATION_NO",
      ],
      ...["WHENCREATED", "WHENMODIFIED", "MEGAENTITYID"],
    ],
    lines: {
      object: "GLENTRY",
      parent: "BATCHNO",
      fields: [
        ...["RECORDNO", "BATCHNO", "LINE_NO", "TR_TYPE", "TRX_AMOUNT", "ACCOUNTNO", "CURRENCY", "DESCRIPTION"],
        ...["LOCATION", "DEPARTMENT", "CUSTOMERID", "VENDORID", "EMPLOYEEID", "CLASSID"],
      ],
    },
  },
  APBILL: subLedger("VENDORID", "APBILLITEM", ["DOCNUMBER", "WHENDUE", "TERMNAME", "SUPDOCID"]),
  APADJUSTMENT: subLedger("VENDORID", "APADJUSTMENTITEM"),
  ARINVOICE: subLedger("CUSTOMERID", "ARINVOICEITEM", ["DOCNUMBER", "WHENDUE", "TERMNAME", "SUPDOCID"]),
  ARADJUSTMENT: subLedger("CUSTOMERID", "ARADJUSTMENTITEM"),
  EEXPENSES: subLedger("EMPLOYEEID", "EEXPENSESITEM"),
  CCTRANSACTION: {
    number: "RECORDID",
    date: "WHENCREATED",
    memo: "DESCRIPTION",
    account: "FINANCIALENTITY",
    total: "TRX_TOTALENTERED",
    enteredAt: "AUWHENCREATED",
    fields: [
      ...["RECORDNO", "RECORDID", "FINANCIALENTITY", "WHENCREATED", "DESCRIPTION", "STATE", "CURRENCY", "TRX_TOTALENTERED"],
      ...audit,
    ],
    lines: subLines("CCTRANSACTIONENTRY"),
  },
  APPYMT: payment("VENDORID", "WHENCREATED", "APPYMTDETAIL"),
  ARPYMT: payment("CUSTOMERID", "RECEIPTDATE", "ARPYMTDETAIL"),
};

/** The lists that are followed for changes, with the field that is their id. */
export const listIds = {
  VENDOR: "VENDORID",
  CUSTOMER: "CUSTOMERID",
  EMPLOYEE: "EMPLOYEEID",
  GLACCOUNT: "ACCOUNTNO",
  STATACCOUNT: "ACCOUNTNO",
  ITEM: "ITEMID",
  CLASS: "CLASSID",
  DEPARTMENT: "DEPARTMENTID",
  LOCATION: "LOCATIONID",
  PROJECT: "PROJECTID",
} as const;
export type List = keyof typeof listIds;

/** What each of those lists is to a rule set. */
export const listKinds: Readonly<Record<List, RecordKind>> = {
  VENDOR: "vendor",
  CUSTOMER: "customer",
  EMPLOYEE: "employee",
  GLACCOUNT: "account",
  STATACCOUNT: "statistical_account",
  ITEM: "item",
  CLASS: "class",
  DEPARTMENT: "department",
  LOCATION: "location",
  PROJECT: "project",
};

export type Transaction = keyof typeof shapes;
export const transactions = Object.keys(shapes) as readonly Transaction[];

export function isTransaction(entity: string): entity is Transaction {
  return Object.hasOwn(shapes, entity);
}

export function isList(entity: string): entity is List {
  return Object.hasOwn(listIds, entity);
}

/** The entry that takes another one back may repeat its number and its title: it is nobody's document. */
export function isReversal(row: Readonly<Record<string, string>>): boolean {
  return (row["REVERSEDFROM"] ?? "") !== "";
}

/** As people say it: `credit memo`. */
export function spokenKind(kind: EntryKind): string {
  return kind.replaceAll("_", " ");
}

export function isParty(postable: Postable | Movement): postable is PartyRecord {
  return postable.kind === "vendor" || postable.kind === "customer";
}
