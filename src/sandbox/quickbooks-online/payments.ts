import { objectOf, textOf, type JsonObject } from "../json.ts";
import { toAmount } from "../amount.ts";
import { controlAccount } from "./control-accounts.ts";
import { checkAccountCurrency, homeMembers } from "./currency.ts";
import { missing, Refusal } from "./errors.ts";
import * as fields from "./settling-fields.ts";
import type { Kind, Work } from "./kind.ts";
import { isLinked } from "./links.ts";
import type { Referent, Stored } from "./records.ts";
import { defaultAccount, refMember, resolve, resolveDepartment, toRef } from "./references.ts";
import { paymentTotal, settleLines, voidedPayment } from "./settle.ts";
import { readHeader, readTerms } from "./transaction.ts";

/** Money from a customer: debits where it is deposited, credits the receivable of what it pays. */
export const payment: Kind = {
  name: "Payment",
  type: "transaction",
  fields: fields.payment,
  voided: voidedPayment,
  guard: refuseDeposited,
  prepare(work, draft, before) {
    const customer = resolve(work, "Customer", draft["CustomerRef"]);
    if (customer === null) throw missing("CustomerRef");
    const total = paymentTotal(draft);
    const { date, money } = readTerms(work, draft, before, customer);
    const deposit = depositAccount(work, draft);
    checkAccountCurrency(deposit, money, "DepositToAccountRef");
    const control = controlAccount(work, draft["ARAccountRef"], {
      kind: "Accounts Receivable",
      member: "ARAccountRef",
      currency: money.currency,
    });
    const party = { type: "Customer", id: customer.id, name: customer.name };
    const linkable = ["Invoice", "CreditMemo", "JournalEntry"];
    const { lines, links, legs, unapplied, isHollow } = settleLines(work, draft, before, {
      ...{ side: 1n, party, money, total, cash: deposit, control, department: null, linkable },
    });
    const { ARAccountRef: sentControl, ...kept } = draft;
    const body: JsonObject = {
      ...kept,
      CustomerRef: toRef(customer),
      DepositToAccountRef: { value: deposit.id },
      ...(sentControl === undefined ? {} : { ARAccountRef: toRef(control) }),
      TotalAmt: toAmount(total),
      UnappliedAmt: toAmount(unapplied),
      ProcessPayment: false,
      TxnDate: date,
      ...money.shown,
      ...homeMembers(work, money, { total }),
      Line: [...lines],
    };
    return {
      body: isHollow ? voidedPayment(body) : body,
      legs,
      links,
      columns: { number: textOf(draft["PaymentRefNum"]), date, party: customer.id },
      active: true,
    };
  },
};

function depositAccount(work: Work, draft: JsonObject): Referent {
  const chosen = resolve(work, "Account", draft["DepositToAccountRef"]) ?? defaultAccount(work, { subkind: "UndepositedFunds" });
  if (chosen === null) throw missing("DepositToAccountRef");
  if (chosen.kind === "Bank" || chosen.kind === "Other Current Asset") return chosen;
  const detail = "Invalid account type used : DepositToAccountRef must be a Bank or Other Current Asset account";
  throw new Refusal("6430", detail, "DepositToAccountRef");
}

/** What lies in a deposit stays as it is until it is taken out of the deposit. */
function refuseDeposited(work: Work, before: Stored): void {
  if (!isLinked(work, before)) return;
  throw new Refusal(
    "6540",
    "Deposited Transaction cannot be changed : This transaction has been deposited. Delete it from the deposit first.",
  );
}

/** Money to a vendor: credits the bank or the card, debits the payable of what it pays. */
export const billPayment: Kind = {
  name: "BillPayment",
  type: "transaction",
  fields: fields.billPayment,
  voided: voidedPayment,
  prepare(work, draft, before) {
    if (draft["VendorRef"] === undefined) throw missing("VendorRef");
    const means = readMeans(work, draft);
    const vendor = resolve(work, "Vendor", draft["VendorRef"]);
    if (vendor === null) throw missing("VendorRef");
    const total = paymentTotal(draft);
    const department = resolveDepartment(work, draft["DepartmentRef"]);
    const terms = readTerms(work, draft, before, vendor);
    const { money } = terms;
    checkAccountCurrency(means.account, money, means.member);
    const control = controlAccount(work, draft["APAccountRef"], {
      kind: "Accounts Payable",
      member: "APAccountRef",
      currency: money.currency,
    });
    const header = readHeader(work, draft, before, {
      ...{ terms, entity: "BillPayment", display: "Bill Payment", party: null, assigns: false },
      refusesDuplicates: work.company.rules.warnDuplicateCheck,
    });
    const party = { type: "Vendor", id: vendor.id, name: vendor.name };
    const { lines, links, legs, isHollow } = settleLines(work, draft, before, {
      ...{ side: -1n, party, money, total, cash: means.account, control, department },
      linkable: ["Bill", "VendorCredit", "JournalEntry", "Deposit"],
    });
    const { DepartmentRef: _department, APAccountRef: sentControl, CheckPayment: _check, CreditCardPayment: _card, ...kept } = draft;
    const body: JsonObject = {
      ...kept,
      VendorRef: toRef(vendor),
      ...means.shown,
      ...(sentControl === undefined ? {} : { APAccountRef: toRef(control) }),
      TotalAmt: toAmount(total),
      ...header.shown,
      ...homeMembers(work, money, { total }),
      ...refMember("DepartmentRef", department),
      Line: [...lines],
    };
    return {
      body: isHollow ? voidedPayment(body) : body,
      legs,
      links,
      columns: { number: header.number, date: header.date, party: vendor.id },
      active: true,
    };
  },
};

/** How a bill is paid: type, account and the object that goes with it. */
function readMeans(work: Work, draft: JsonObject): { account: Referent; member: string; shown: JsonObject } {
  const type = textOf(draft["PayType"]);
  if (type === null) throw missing("PayType");
  const isCheck = type === "Check";
  const [own, member, kind] = isCheck
    ? (["CheckPayment", "BankAccountRef", "Bank"] as const)
    : (["CreditCardPayment", "CCAccountRef", "Credit Card"] as const);
  const stranger = isCheck ? "CreditCardPayment" : "CheckPayment";
  if (draft[own] === undefined) throw missing(own);
  if (draft[stranger] !== undefined)
    throw new Refusal("2600", `Conflicting elements : ${stranger} does not go with PayType ${type}`, stranger);
  const given = objectOf(draft[own]);
  if (given[member] === undefined) throw missing(member);
  const account = resolve(work, "Account", given[member]);
  if (account === null) throw missing(member);
  if (account.kind !== kind) throw new Refusal("6430", `Invalid account type used : ${member} must be a ${kind} account`, member);
  const status = isCheck ? { PrintStatus: textOf(given["PrintStatus"]) ?? "NotSet" } : {};
  return { account, member, shown: { PayType: type, [own]: { ...given, [member]: toRef(account), ...status } } };
}
