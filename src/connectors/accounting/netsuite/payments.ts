import type { Application, BillPayment, CustomerPayment, Deposit, Movement, Transfer } from "../connector.ts";
import { periodOn } from "./company.ts";
import { clean, idOf, numberFitting, rateOf, ref, refuse, type Context, type Entry, type Written } from "./entry.ts";
import { externalIdOf } from "./keys.ts";
import { entityOf, spokenKind } from "./kinds.ts";
import { memoLengthMax } from "./limits.ts";
import { dimensionsOf, memoOf } from "./lines.ts";
import { isCredit, restOf } from "./shares.ts";
import { currencyOf, items } from "./translate.ts";
import { amountOf } from "./wire.ts";

type Payment = CustomerPayment | BillPayment;

/**
 * Turns a movement of money into their record. Pure. A payment of one document is a transform of it, so that party, currency
 * and ledger account come from the document itself. Faults: as `toNetSuite`.
 */
export function toMovementEntry(movement: Movement, key: string, context: Context): Entry {
  const { path, ...written } = bodyOf(movement, context);
  const externalId = externalIdOf(movement.kind, key);
  const { company } = context;
  const body = {
    externalId,
    ...(company.subsidiary ? { subsidiary: ref(company.subsidiary.id) } : {}),
    tranDate: movement.date,
    postingPeriod: ref(periodOn(company, movement.date).id),
    ...currencyOf(movement.currency, company),
    ...rateOf(movement.exchangeRate),
    ...numberAndMemo(movement, context),
    ...written.body,
  };
  return {
    kind: movement.kind,
    type: written.type,
    path: path ?? written.type,
    externalId,
    body,
    sublists: written.sublists,
    lineCount: 0,
  };
}

type MovementBody = Written & { readonly path?: string };

function bodyOf(movement: Movement, context: Context): MovementBody {
  switch (movement.kind) {
    case "customer_payment":
      return received(movement, context);
    case "bill_payment":
      return paid(movement, context);
    case "deposit":
      return deposited(movement, context);
    case "transfer":
      return moved(movement, context);
  }
}

function numberAndMemo({ number, memo }: Movement, { options }: Context): Record<string, unknown> {
  const tranId = numberFitting(number);
  if (options.numbering === "ours") return { tranId, ...(memo ? { memo: clean(memo, memoLengthMax) } : {}) };
  return { memo: clean(`${tranId} ${memo}`, memoLengthMax) };
}

/** It is `customer` and `payment` here, `entity` and no amount at all on a vendor's. */
function received(payment: CustomerPayment, { lookup }: Context): MovementBody {
  requireCover(payment);
  const { lists, transformed } = applied(payment);
  return {
    type: entityOf.customer_payment,
    sublists: ["apply"],
    ...(transformed === null ? {} : { path: `invoice/${transformed}/!transform/customerPayment` }),
    body: {
      customer: ref(idOf(lookup, "customer", payment.customer)),
      payment: amountOf(payment.totalMinor, payment.currency),
      // Without an account the money waits in undeposited funds, from where a deposit takes it.
      ...(payment.depositTo === undefined ? { undepFunds: ref("T") } : { account: ref(idOf(lookup, "account", payment.depositTo)) }),
      ...lists,
    },
  };
}

function paid(payment: BillPayment, context: Context): MovementBody {
  const { lookup, facts } = context;
  requireCover(payment);
  const account = idOf(lookup, "account", payment.paidFrom);
  const type = facts.accountType(account) ?? "";
  if (!["Bank", "CredCard", "CreditCard"].includes(type)) {
    refuse(
      `Account ${payment.paidFrom} is of type ${type || "unknown"}: bills are paid from a bank or a credit card account. Map the payment to one.`,
    );
  }
  if (payment.applied.length === 0)
    refuse(
      `Payment ${payment.number} names no bill; NetSuite takes vendor payments for bills alone. Post an advance as a check or a journal entry.`,
    );
  const { lists, transformed } = applied(payment);
  return {
    type: entityOf.bill_payment,
    sublists: ["apply"],
    ...(transformed === null ? {} : { path: `vendorBill/${transformed}/!transform/vendorPayment` }),
    body: {
      entity: ref(idOf(lookup, "vendor", payment.vendor)),
      account: ref(account),
      ...(payment.payable === undefined ? {} : { apAcct: ref(idOf(lookup, "account", payment.payable)) }),
      ...(payment.department === undefined ? {} : { department: ref(idOf(lookup, "department", payment.department)) }),
      ...lists,
    },
  };
}

/** What the money settles, once the credits are used up on their own records; one document alone makes it a transform of that one. */
function applied({ applied: all, currency }: Payment): { lists: Record<string, unknown>; transformed: string | null } {
  const rest = restOf(all);
  const rows = rest.map(({ providerId, amountMinor }) => ({ doc: ref(providerId), apply: true, amount: amountOf(amountMinor, currency) }));
  const [only] = rest;
  const isPlain = rest.length === 1 && (only?.kind === "invoice" || only?.kind === "bill");
  return { lists: rows.length > 0 ? { apply: items(rows) } : {}, transformed: isPlain && only ? only.providerId : null };
}

function deposited(deposit: Deposit, context: Context): MovementBody {
  const { lookup } = context;
  if (deposit.payments.length + deposit.lines.length === 0) refuse(`Deposit ${deposit.number} has no lines.`);
  const lineOf = (line: Deposit["lines"][number], amountMinor: bigint) => ({
    account: ref(idOf(lookup, "account", line.account)),
    amount: amountOf(amountMinor, deposit.currency),
    ...memoOf(line.description),
    ...dimensionsOf(line.class === undefined ? {} : { class: line.class }, { dimensions: {}, number: deposit.number }, context),
  });
  const positive = deposit.lines.filter(({ amountMinor }) => amountMinor > 0n);
  // What was kept back before the money reached the bank: a factoring fee.
  const negative = deposit.lines.filter(({ amountMinor }) => amountMinor < 0n);
  return {
    type: entityOf.deposit,
    sublists: ["payment", "other", "cashBack"],
    body: {
      account: ref(idOf(lookup, "account", deposit.into)),
      ...(deposit.payments.length > 0
        ? { payment: items(deposit.payments.map(({ providerId }) => ({ id: providerId, deposit: true }))) }
        : {}),
      ...(positive.length > 0
        ? {
            other: items(
              positive.map((line) => ({
                ...lineOf(line, line.amountMinor),
                ...(line.party ? { entity: ref(idOf(lookup, line.party.type, line.party.id)) } : {}),
              })),
            ),
          }
        : {}),
      ...(negative.length > 0 ? { cashBack: items(negative.map((line) => lineOf(line, -line.amountMinor))) } : {}),
    },
  };
}

/** REST offers no bank transfer: it is a journal between the two accounts. */
function moved(transfer: Transfer, { lookup }: Context): MovementBody {
  if (transfer.totalMinor <= 0n) refuse(`Transfer ${transfer.number} moves no money: its amount must be above zero.`);
  const amount = amountOf(transfer.totalMinor, transfer.currency);
  const line = [
    { account: ref(idOf(lookup, "account", transfer.into)), debit: amount },
    { account: ref(idOf(lookup, "account", transfer.from)), credit: amount },
  ];
  return { type: entityOf.journal_entry, sublists: ["line"], body: { line: items(line) } };
}

/** Money and credits must cover what they settle. */
function requireCover(payment: Payment): void {
  const name = `${spokenKind(payment.kind)} ${payment.number}`;
  const isReceipt = payment.kind === "customer_payment";
  const allowed: readonly Application["kind"][] = isReceipt
    ? ["invoice", "journal_entry", "credit_memo"]
    : ["bill", "journal_entry", "vendor_credit"];
  const sum = (of: (each: Application) => boolean) =>
    payment.applied.filter(of).reduce((total, { amountMinor }) => total + amountMinor, 0n);
  for (const each of payment.applied) {
    if (!allowed.includes(each.kind)) refuse(`A ${spokenKind(payment.kind)} cannot settle one of kind ${each.kind.replace("_", " ")}.`);
    if (each.amountMinor <= 0n) refuse(`${name} applies an amount that is not above zero; a credit's amount is told positive too.`);
  }
  if (payment.totalMinor < 0n) refuse(`${name} has a negative amount. Post a refund as an expense or a journal entry.`);
  if (payment.totalMinor === 0n && payment.applied.length === 0) refuse(`${name} has neither money nor anything to apply.`);
  const debts = sum((each) => !isCredit(each));
  const money = payment.totalMinor + sum(isCredit);
  if (debts > money) refuse(`${name} settles more than it holds: money and credits must cover the documents they are applied to.`);
  // Their vendor payment has no amount of its own: it is what it pays.
  if (!isReceipt && debts !== money)
    refuse(
      `${name} pays ${money > debts ? "more" : "less"} than its bills; NetSuite keeps no advance on a vendor payment. Post the rest as a check or a journal entry.`,
    );
}
