import type { EntryKind, Movement, PartyRecord, Postable, Removal } from "../connector.ts";

/**
 * REST record type by kind. An expense paid by card and a transfer are journal entries over there, since `check` takes bank
 * accounts alone; they are known by the mark in their external id, so that each keeps the name of its kind towards us.
 */
export const entityOf = {
  journal_entry: "journalEntry",
  bill: "vendorBill",
  vendor_credit: "vendorCredit",
  expense: "check",
  invoice: "invoice",
  credit_memo: "creditMemo",
  vendor: "vendor",
  customer: "customer",
  customer_payment: "customerPayment",
  bill_payment: "vendorPayment",
  deposit: "deposit",
  transfer: "transfer",
  expense_report: "expenseReport",
  statistical_entry: "statisticalJournalEntry",
} as const satisfies Readonly<Record<EntryKind, string>>;

/** External ids are shared by all transactions, and by all entities: each kind has a mark of its own. */
export const marks: Readonly<Record<EntryKind, string>> = {
  journal_entry: "JE",
  bill: "VB",
  vendor_credit: "VC",
  expense: "EX",
  invoice: "INV",
  credit_memo: "CM",
  vendor: "VEND",
  customer: "CUST",
  customer_payment: "CP",
  bill_payment: "VP",
  deposit: "DEP",
  transfer: "TR",
  expense_report: "ER",
  statistical_entry: "SJ",
};

/** What SuiteQL calls a transaction, with the type that REST knows it by. Written exactly as they write it. */
export const restTypeOf: Readonly<Record<string, string>> = {
  Journal: "journalEntry",
  VendBill: "vendorBill",
  VendCred: "vendorCredit",
  VendPymt: "vendorPayment",
  CustInvc: "invoice",
  CustPymt: "customerPayment",
  CustCred: "creditMemo",
  ExpRept: "expenseReport",
  Check: "check",
  Deposit: "deposit",
};

/** The codes that a kind may have in SuiteQL. */
export const typeCodes: Readonly<Record<Exclude<EntryKind, PartyRecord["kind"]>, readonly string[]>> = {
  journal_entry: ["Journal"],
  bill: ["VendBill"],
  vendor_credit: ["VendCred"],
  expense: ["Check", "Journal"],
  invoice: ["CustInvc"],
  credit_memo: ["CustCred"],
  customer_payment: ["CustPymt"],
  bill_payment: ["VendPymt"],
  deposit: ["Deposit"],
  transfer: ["Journal"],
  expense_report: ["ExpRept"],
  statistical_entry: ["Journal"],
};

/** REST has no void: a record is deleted while its period is open and nothing depends on it, else the opposite is posted. */
export const removalOf: Readonly<Record<EntryKind, readonly Removal[]>> = {
  journal_entry: ["delete"],
  bill: ["delete"],
  vendor_credit: ["delete"],
  expense: ["delete"],
  invoice: ["delete"],
  credit_memo: ["delete"],
  vendor: ["deactivate"],
  customer: ["deactivate"],
  customer_payment: ["delete"],
  bill_payment: ["delete"],
  deposit: ["delete"],
  transfer: ["delete"],
  expense_report: ["delete"],
  statistical_entry: ["delete"],
};

/** As people say it: `credit memo`. */
export function spokenKind(kind: EntryKind): string {
  return kind.replaceAll("_", " ");
}

export function isParty(postable: Postable | Movement): postable is PartyRecord {
  return postable.kind === "vendor" || postable.kind === "customer";
}
