import { textOf } from "../json.ts";
import type { Stored } from "./records.ts";

/** What lists and references call each type of transaction. */
const titles: Readonly<Record<string, string>> = {
  vendorBill: "Bill",
  vendorCredit: "Bill Credit",
  vendorPayment: "Bill Payment",
  journalEntry: "Journal",
  intercompanyJournalEntry: "Intercompany Journal Entry",
  advIntercompanyJournalEntry: "Advanced Intercompany Journal Entry",
  statisticalJournalEntry: "Statistical Journal Entry",
  expenseReport: "Expense Report",
  check: "Check",
  deposit: "Deposit",
  invoice: "Invoice",
  creditMemo: "Credit Memo",
  customerPayment: "Payment",
};

/** The text a reference to this record shows. */
export function displayOf({ type, name, number, body }: Stored): string {
  if (type === "account") return number === "" ? name : `${number} ${name}`;
  if (type === "accountingPeriod") return textOf(body["periodName"]) ?? name;
  const title = titles[type];
  return title === undefined ? name : `${title} #${name}`;
}
