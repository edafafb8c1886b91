import { Fault } from "../../../core/errors.ts";
import type { Application, BillPayment, CustomerPayment, Deposit, Lookup, Movement, Transfer } from "../connector.ts";
import { entityOf, spokenKind } from "./entities.ts";
import { entryOf, idOf, numberFitting, privateNote, rateOf, refuse, type Entry } from "./entry.ts";
import { descriptionLengthMax } from "./limits.ts";
import { clean } from "./names.ts";
import type { Context } from "./translate.ts";
import { amountOf } from "./wire.ts";

/**
 * Turns a movement of money into their entity and body. Pure.
 *
 * Faults: `reference_unknown` when the company lacks something it names; `books_refused` for what does not add up or has no
 * place in QuickBooks. Nothing was sent then.
 */
export function toMovementEntry(movement: Movement, key: string, context: Context): Entry {
  const head = {
    TxnDate: movement.date,
    CurrencyRef: { value: movement.currency },
    ...rateOf(movement.exchangeRate),
    PrivateNote: privateNote(noteOf(movement), key),
  };
  return entryOf(entityOf[movement.kind], { ...head, ...bodyOf(movement, context) });
}

/** Deposits and transfers have no number over there: it leads the note. */
function noteOf({ kind, number, memo }: Movement): string {
  return kind === "deposit" || kind === "transfer" ? `${number} ${memo}`.trim() : memo;
}

function bodyOf(movement: Movement, context: Context): Record<string, unknown> {
  switch (movement.kind) {
    case "customer_payment":
      return received(movement, context.lookup);
    case "bill_payment":
      return paid(movement, context);
    case "deposit":
      return deposited(movement, context.lookup);
    case "transfer":
      return moved(movement, context.lookup);
  }
}

/** Without an account to deposit to, the money stands in Undeposited Funds, from where a deposit takes it. */
function received(payment: CustomerPayment, lookup: Lookup): Record<string, unknown> {
  requireCover(payment, ["invoice", "journal_entry"], ["credit_memo"]);
  return {
    CustomerRef: { value: idOf(lookup, "customer", payment.customer) },
    PaymentRefNum: numberFitting(payment.number),
    TotalAmt: amountOf(payment.totalMinor, payment.currency),
    ...(payment.depositTo === undefined ? {} : { DepositToAccountRef: { value: idOf(lookup, "account", payment.depositTo) } }),
    Line: payment.applied.map((each) => applicationLine(each, payment.currency)),
  };
}

/** Paid by check from a bank account, by card from a credit card account. */
function paid(payment: BillPayment, { lookup, accountType }: Context): Record<string, unknown> {
  requireCover(payment, ["bill", "journal_entry"], ["vendor_credit"]);
  const account = idOf(lookup, "account", payment.paidFrom);
  const type = accountType(account);
  if (type !== "Bank" && type !== "Credit Card") {
    refuse(
      `Account ${payment.paidFrom} is of type ${type ?? "unknown"}: bills are paid from a bank or a credit card account. Map the payment to one.`,
    );
  }
  return {
    VendorRef: { value: idOf(lookup, "vendor", payment.vendor) },
    DocNumber: numberFitting(payment.number),
    TotalAmt: amountOf(payment.totalMinor, payment.currency),
    ...(payment.payable === undefined ? {} : { APAccountRef: { value: idOf(lookup, "account", payment.payable) } }),
    ...(payment.department === undefined ? {} : { DepartmentRef: { value: idOf(lookup, "department", payment.department) } }),
    ...(type === "Bank"
      ? { PayType: "Check", CheckPayment: { BankAccountRef: { value: account } } }
      : { PayType: "CreditCard", CreditCardPayment: { CCAccountRef: { value: account } } }),
    Line: payment.applied.map((each) => applicationLine(each, payment.currency)),
  };
}

function deposited(deposit: Deposit, lookup: Lookup): Record<string, unknown> {
  const linked = deposit.payments.map(({ providerId, amountMinor }) => ({
    Amount: amountOf(amountMinor, deposit.currency),
    // Deposits are the one place where the line of the linked transaction must be named.
    LinkedTxn: [{ TxnId: providerId, TxnType: "Payment", TxnLineId: "0" }],
  }));
  const own = deposit.lines.map((line) => ({
    Amount: amountOf(line.amountMinor, deposit.currency),
    ...described(line.description),
    DetailType: "DepositLineDetail",
    DepositLineDetail: {
      AccountRef: { value: idOf(lookup, "account", line.account) },
      // One level here; a journal entry's has two.
      ...(line.party ? { Entity: { value: idOf(lookup, line.party.type, line.party.id), type: partyTypes[line.party.type] } } : {}),
      ...(line.class === undefined ? {} : { ClassRef: { value: idOf(lookup, "class", line.class) } }),
    },
  }));
  if (linked.length + own.length === 0) refuse(`Deposit ${deposit.number} has no lines.`);
  return { DepositToAccountRef: { value: idOf(lookup, "account", deposit.into) }, Line: [...linked, ...own] };
}

const partyTypes = { vendor: "Vendor", customer: "Customer", employee: "Employee" } as const;

function moved(transfer: Transfer, lookup: Lookup): Record<string, unknown> {
  if (transfer.totalMinor <= 0n) refuse(`Transfer ${transfer.number} moves no money: its amount must be above zero.`);
  return {
    FromAccountRef: { value: idOf(lookup, "account", transfer.from) },
    ToAccountRef: { value: idOf(lookup, "account", transfer.into) },
    Amount: amountOf(transfer.totalMinor, transfer.currency),
  };
}

function described(description: string): Record<string, unknown> {
  const text = clean(description, descriptionLengthMax, true);
  return text ? { Description: text } : {};
}

const linkTypes: Readonly<Record<Application["kind"], string>> = {
  invoice: "Invoice",
  credit_memo: "CreditMemo",
  bill: "Bill",
  vendor_credit: "VendorCredit",
  journal_entry: "JournalEntry",
};

/** All amounts are positive, those of credits too. */
function applicationLine({ kind, providerId, amountMinor }: Application, currency: string): Record<string, unknown> {
  return { Amount: amountOf(amountMinor, currency), LinkedTxn: [{ TxnId: providerId, TxnType: linkTypes[kind] }] };
}

/**
 * Money and credits must cover what they settle. QuickBooks itself drops a line that it cannot apply, and takes the rest.
 */
function requireCover(
  payment: CustomerPayment | BillPayment,
  debts: readonly Application["kind"][],
  credits: readonly Application["kind"][],
): void {
  const name = `${spokenKind(payment.kind)} ${payment.number}`;
  if (payment.totalMinor < 0n) refuse(`${name} has a negative amount. Post a refund as an expense or a journal entry.`);
  const sum = (kinds: readonly Application["kind"][]): bigint =>
    payment.applied.filter(({ kind }) => kinds.includes(kind)).reduce((total, { amountMinor }) => total + amountMinor, 0n);
  for (const { kind, amountMinor } of payment.applied) {
    if (!debts.includes(kind) && !credits.includes(kind))
      refuse(`A ${spokenKind(payment.kind)} cannot settle one of kind ${kind.replace("_", " ")}.`);
    if (amountMinor <= 0n) refuse(`${name} applies an amount that is not above zero; a credit's amount is told positive too.`);
  }
  if (payment.totalMinor === 0n && payment.applied.length === 0) refuse(`${name} has neither money nor anything to apply.`);
  if (sum(debts) > payment.totalMinor + sum(credits)) {
    throw new Fault("books_refused", `${name} settles more than it holds: money and credits must cover the documents they are applied to.`);
  }
}
