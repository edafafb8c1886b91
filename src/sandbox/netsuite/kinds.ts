import { journalKind } from "./journal.ts";
import type { TransactionKind } from "./kind.ts";
import { checkKind, depositKind, expenseReportKind } from "./money-documents.ts";
import { customerPaymentKind, vendorPaymentKind } from "./payments.ts";
import { payableKind } from "./purchases.ts";
import { receivableKind } from "./sales.ts";
import { statisticalKind } from "./statistical.ts";

const kinds = new Map(
  [
    journalKind("journalEntry"),
    journalKind("intercompanyJournalEntry"),
    journalKind("advIntercompanyJournalEntry"),
    statisticalKind(),
    payableKind("vendorBill"),
    payableKind("vendorCredit"),
    vendorPaymentKind(),
    expenseReportKind(),
    checkKind(),
    depositKind(),
    receivableKind("invoice"),
    receivableKind("creditMemo"),
    customerPaymentKind(),
  ].map((kind) => [kind.type.name, kind] as const),
);

export function kindOf(type: string): TransactionKind {
  const found = kinds.get(type);
  if (found === undefined) throw new Error(`${type} is no transaction`);
  return found;
}
