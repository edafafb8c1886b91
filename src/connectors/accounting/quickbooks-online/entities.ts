import type { RecordKind } from "../../../core/reference.ts";
import type { AccountingConnector, EntryKind, Movement, PartyRecord, Postable, Removal } from "../connector.ts";

/** What we write over there, spelled as in their JSON; in a path it stands in lower case. */
export type Entity =
  | "JournalEntry"
  | "Bill"
  | "VendorCredit"
  | "Purchase"
  | "Invoice"
  | "CreditMemo"
  | "Vendor"
  | "Customer"
  | "Payment"
  | "BillPayment"
  | "Deposit"
  | "Transfer";

/** QuickBooks Online has neither expense reports nor statistical accounts: both are refused before anything is sent. */
export const kindsWithoutPlace: readonly EntryKind[] = ["expense_report", "statistical_entry"];

/** A kind without a place of its own stands with the form that somebody would key it into. */
export const entityOf = {
  journal_entry: "JournalEntry",
  bill: "Bill",
  vendor_credit: "VendorCredit",
  expense: "Purchase",
  invoice: "Invoice",
  credit_memo: "CreditMemo",
  vendor: "Vendor",
  customer: "Customer",
  customer_payment: "Payment",
  bill_payment: "BillPayment",
  deposit: "Deposit",
  transfer: "Transfer",
  expense_report: "Purchase",
  statistical_entry: "JournalEntry",
} as const satisfies Readonly<Record<EntryKind, Entity>>;

/**
 * How each kind leaves the books, the preferred way first. Intuit documents a void for invoices and payments alone; a void
 * keeps the number and leaves a trace, so it is preferred. Rows of lists are never deleted, only hidden.
 */
export const removalOf: Readonly<Record<EntryKind, readonly Removal[]>> = {
  journal_entry: ["delete"],
  bill: ["delete"],
  vendor_credit: ["delete"],
  expense: ["delete"],
  invoice: ["void", "delete"],
  credit_memo: ["delete"],
  vendor: ["deactivate"],
  customer: ["deactivate"],
  customer_payment: ["void", "delete"],
  bill_payment: ["void", "delete"],
  deposit: ["delete"],
  transfer: ["delete"],
  expense_report: [],
  statistical_entry: [],
};

/** Sales forms: they alone have custom fields, a class on the head, and numbers that the books may give themselves. */
export const salesForms: readonly EntryKind[] = ["invoice", "credit_memo"];

export const transactionEntities: readonly string[] = [
  "JournalEntry",
  "Bill",
  "BillPayment",
  "VendorCredit",
  "Purchase",
  "Invoice",
  "CreditMemo",
  "Payment",
  "Deposit",
  "Transfer",
];

/** Lists of names and what each is to a rule set. A department is what their pages call a location. */
const nameLists: Readonly<Record<string, RecordKind>> = {
  Vendor: "vendor",
  Customer: "customer",
  Employee: "employee",
  Account: "account",
  Item: "item",
  Class: "class",
  Department: "department",
  Term: "term",
};
export const nameListEntities: readonly string[] = Object.keys(nameLists);

/** Everything that documents are checked against, as changes and notifications spell it. */
export const listKinds: AccountingConnector["lists"] = { ...nameLists, Preferences: "settings" };

/** As people say it: `credit memo`. */
export function spokenKind(kind: EntryKind): string {
  return kind.replaceAll("_", " ");
}

export function isParty(postable: Postable | Movement): postable is PartyRecord {
  return postable.kind === "vendor" || postable.kind === "customer";
}
