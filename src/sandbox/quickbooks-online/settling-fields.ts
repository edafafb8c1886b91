import { header } from "./fields.ts";
import { amount, choice, flag, group, ref, rows, system, text, type Shape } from "./schema.ts";

const links = rows({ TxnId: text(30), TxnType: text(30), TxnLineId: text(30) });
const settlingLine = rows({ Id: system, LineNum: system, Description: system, Amount: amount, LinkedTxn: links, LineEx: system });

export const payment: Shape = {
  ...header,
  DocNumber: system,
  CustomerRef: ref,
  TotalAmt: amount,
  DepositToAccountRef: ref,
  PaymentMethodRef: ref,
  PaymentRefNum: text(21),
  ARAccountRef: ref,
  UnappliedAmt: system,
  ProcessPayment: system,
  CreditCardPayment: system,
  Line: settlingLine,
};

export const billPayment: Shape = {
  ...header,
  VendorRef: ref,
  PayType: choice("Check", "CreditCard"),
  TotalAmt: amount,
  CheckPayment: group({ BankAccountRef: ref, PrintStatus: choice("NotSet", "NeedToPrint", "PrintComplete") }),
  CreditCardPayment: group({ CCAccountRef: ref }),
  APAccountRef: ref,
  DepartmentRef: ref,
  ProcessBillPayment: flag,
  Line: settlingLine,
};

export const deposit: Shape = {
  ...header,
  DepositToAccountRef: ref,
  DepartmentRef: ref,
  CashBack: group({ AccountRef: ref, Amount: amount, Memo: text(4000) }),
  Line: rows({
    Id: text(20),
    LineNum: system,
    Description: text(4000),
    Amount: amount,
    DetailType: choice("DepositLineDetail"),
    LinkedTxn: links,
    DepositLineDetail: group({ AccountRef: ref, Entity: ref, ClassRef: ref, PaymentMethodRef: ref, CheckNum: text(21), TxnType: system }),
  }),
};

export const transfer: Shape = { ...header, FromAccountRef: ref, ToAccountRef: ref, Amount: amount };
