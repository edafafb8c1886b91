import { formatMinor } from "../../../core/money.ts";
import type { Application, BillPayment, CustomerPayment, Movement, Transfer } from "../connector.ts";
import { spokenKind } from "./entities.ts";
import { clean, currencyHead, dimensionsOf, idOf, marked, numberFitting, refuse, type Context } from "./entry.ts";
import { descriptionLengthMax, titleLengthMax } from "./limits.ts";
import type { Entry, EntryDetail } from "./tasks.ts";

/**
 * Turns a movement of money into what either gateway writes. Pure.
 *
 * Faults: `reference_unknown` when the company lacks something it names; `books_refused` for what does not add up or has no
 * place in Intacct. Nothing was sent then.
 */
export function toMovementEntry(movement: Movement, key: string, context: Context): Entry {
  switch (movement.kind) {
    case "customer_payment":
      return received(movement, key, context);
    case "bill_payment":
      return paid(movement, key, context);
    case "transfer":
      return moved(movement, key, context);
    case "deposit":
      return refuse(
        `Intacct takes no deposit of received payments from outside: make deposit ${movement.number} there, or receive the payments into the bank account at once.`,
      );
  }
}

function received(payment: CustomerPayment, key: string, context: Context): Entry {
  const details = settle(payment, { debts: ["invoice"], credits: ["credit_memo"] });
  const applied = sum(payment, ["invoice"]) - sum(payment, ["credit_memo"]);
  const over = payment.totalMinor - (applied < 0n ? 0n : applied);
  return {
    object: "ARPYMT",
    head: {
      ...into(payment, context),
      PAYMENTMETHOD: context.options.paymentMethod,
      CUSTOMERID: idOf(context.lookup, "customer", payment.customer),
      DOCNUMBER: numberFitting(payment.number),
      DESCRIPTION: marked(payment.memo, key),
      RECEIPTDATE: payment.date,
      ...moneyHead(payment, context),
      ...(over > 0n ? { OVERPAYMENTAMOUNT: formatMinor(over, payment.currency), ...overpaidAt(context) } : {}),
    },
    lines: [],
    details,
    custom: {},
  };
}

function overpaidAt({ options }: Context): Record<string, string> {
  return options.location === "" ? {} : { OVERPAYMENTLOCATIONID: options.location };
}

/** Without new money no account is named; without an account to deposit to, the money waits in undeposited funds. */
function into(payment: CustomerPayment, { lookup, options }: Context): Record<string, string> {
  if (payment.totalMinor === 0n) return {};
  if (payment.depositTo !== undefined) return { FINANCIALENTITY: bankOf(payment.depositTo, options.banks, "banks") };
  if (options.undepositedAccount === "") {
    return refuse(
      `Payment ${payment.number} names no bank account, and the connection no account of undeposited funds (option undepositedAccount).`,
    );
  }
  return { UNDEPOSITEDACCOUNTNO: idOf(lookup, "account", options.undepositedAccount) };
}

function paid(payment: BillPayment, key: string, context: Context): Entry {
  const { options, lookup } = context;
  const details = settle(payment, { debts: ["bill"], credits: ["vendor_credit"] });
  if (payment.totalMinor > sum(payment, ["bill"]) - sum(payment, ["vendor_credit"])) {
    refuse(`Bill payment ${payment.number} is more than it settles: Intacct wants an advance for what is over. Pay only what is owed.`);
  }
  const card = options.cards.get(payment.paidFrom);
  const from = card ?? bankOf(payment.paidFrom, options.banks, "banks or cards");
  return {
    object: "APPYMT",
    head: {
      ...(payment.totalMinor === 0n ? {} : { FINANCIALENTITY: from }),
      PAYMENTMETHOD: card === undefined ? options.paymentMethod : "Credit Card",
      VENDORID: idOf(lookup, "vendor", payment.vendor),
      DOCNUMBER: numberFitting(payment.number),
      DESCRIPTION: marked(payment.memo, key),
      WHENCREATED: payment.date,
      ...moneyHead(payment, context),
    },
    lines: [],
    details,
    custom: {},
  };
}

function moneyHead(payment: CustomerPayment | BillPayment, { options }: Context): Record<string, string> {
  const foreign = currencyHead(payment.currency, payment.exchangeRate, options);
  return { CURRENCY: payment.currency, BASECURR: options.homeCurrency, ...foreign };
}

/** Banks and cards of theirs have ids of their own, beside their ledger account. */
function bankOf(account: string, known: ReadonlyMap<string, string>, option: string): string {
  const id = known.get(account);
  if (id !== undefined) return id;
  return refuse(
    `No bank account of Intacct is known for account ${account}. Name it in the connection's option ${option}, as in "${account}=BANK1".`,
  );
}

/** A transfer is a journal entry between the two ledger accounts. */
function moved(transfer: Transfer, key: string, context: Context): Entry {
  if (transfer.totalMinor <= 0n) refuse(`Transfer ${transfer.number} moves no money: its amount must be above zero.`);
  const { lookup, options } = context;
  const amount = formatMinor(transfer.totalMinor, transfer.currency);
  const leg = (account: string, debit: boolean) => ({
    account: idOf(lookup, "account", account),
    amount,
    debit,
    description: clean(transfer.memo, descriptionLengthMax),
    ...dimensionsOf([], {}, context),
  });
  return {
    object: "GLBATCH",
    head: {
      REFERENCENO: numberFitting(transfer.number),
      BATCH_DATE: transfer.date,
      BATCH_TITLE: marked(transfer.memo, key, titleLengthMax),
      ...currencyHead(transfer.currency, transfer.exchangeRate, options),
      JOURNAL: options.journal,
      STATE: "Posted",
    },
    lines: [leg(transfer.into, true), leg(transfer.from, false)],
    custom: {},
  };
}

interface Roles {
  readonly debts: readonly Application["kind"][];
  readonly credits: readonly Application["kind"][];
}

/** Each debt is settled by credits as far as they go, then by money. Money and credits must cover what they settle, and no credit may be left. */
function settle(payment: CustomerPayment | BillPayment, { debts, credits }: Roles): EntryDetail[] {
  const name = `${spokenKind(payment.kind)} ${payment.number}`;
  const { currency } = payment;
  if (payment.totalMinor < 0n) refuse(`${name} has a negative amount. Post a refund as a bill or a journal entry.`);
  for (const { kind, amountMinor } of payment.applied) {
    if (!debts.includes(kind) && !credits.includes(kind))
      refuse(`A ${spokenKind(payment.kind)} in Intacct cannot settle one of kind ${kind.replaceAll("_", " ")}.`);
    if (amountMinor <= 0n) refuse(`${name} applies an amount that is not above zero; a credit's amount is told positive too.`);
  }
  if (payment.totalMinor === 0n && payment.applied.length === 0) refuse(`${name} has neither money nor anything to apply.`);
  if (sum(payment, debts) > payment.totalMinor + sum(payment, credits)) {
    refuse(`${name} settles more than it holds: money and credits must cover the documents they are applied to.`);
  }
  const open = payment.applied.filter(({ kind }) => credits.includes(kind)).map((each) => ({ ...each, left: each.amountMinor }));
  const details: EntryDetail[] = [];
  for (const debt of payment.applied.filter(({ kind }) => debts.includes(kind))) {
    let left = debt.amountMinor;
    for (const credit of open) {
      const used = credit.left < left ? credit.left : left;
      if (used === 0n) continue;
      credit.left -= used;
      left -= used;
      details.push({ document: debt.providerId, amount: "0.00", credit: credit.providerId, creditAmount: formatMinor(used, currency) });
    }
    if (left > 0n) details.push({ document: debt.providerId, amount: formatMinor(left, currency) });
  }
  if (open.some((credit) => credit.left > 0n))
    refuse(`${name} names more credit than there is to settle. Apply it to other documents, or leave it out.`);
  return details;
}

function sum(payment: CustomerPayment | BillPayment, kinds: readonly Application["kind"][]): bigint {
  return payment.applied.filter(({ kind }) => kinds.includes(kind)).reduce((total, { amountMinor }) => total + amountMinor, 0n);
}
