import type { PartyRef } from "../document.ts";
import type { EventOf, Party } from "../events.ts";
import { type Draft, type DraftLine, draftLines, draftMinor, draftPart, draftTaxes, minorOf, type Sense } from "./draft.ts";

function customerOf(party: Party | undefined): { party?: PartyRef } {
  return party === undefined ? {} : { party: { type: "customer", id: party.id, name: party.name } };
}

/** Revenue by code; discounts and adjustments come negative and make a credit memo beside the invoice. */
export function draftCustomerInvoice(event: EventOf<"customer_invoice">): Draft {
  return { lines: [...draftLines(event, -1), ...draftTaxes(event, -1)], counterSuffix: "-C" };
}

/** The codes of the invoice, turned round: the amounts are positive and the document is the sign. A debit memo is an invoice again. */
export function draftCustomerCredit(event: EventOf<"customer_credit">): Draft {
  const sense: Sense = event.kind === "debit" ? -1 : 1;
  return { lines: [...draftLines(event, sense), ...draftTaxes(event, sense)], counterSuffix: "-C" };
}

/**
 * What came into the bank, what the bank kept, and what settles the receivable without money: discounts and write-downs. What is
 * not applied is owed back until it is. A reversal (a bounced check) is all of it turned round.
 */
export function draftCustomerPayment(event: EventOf<"customer_payment">): Draft {
  const sense: Sense = event.reversalOf ? -1 : 1;
  const against: Sense = event.reversalOf ? 1 : -1;
  const kept = minorOf(event.amount, event.currency) - minorOf(event.feeAmount, event.currency);
  const settled = (event.applications ?? []).flatMap(({ discount, adjustment, adjustmentCode, invoiceNumber }, index): DraftLine[] => {
    const from = `/applications/${index}`;
    const description = `invoice ${invoiceNumber}`;
    const code = adjustmentCode ? { code: adjustmentCode } : {};
    return [
      draftPart(event, "discount", { amount: discount, sense, from: `${from}/discount`, description }),
      draftPart(event, "adjustment", { amount: adjustment, sense, from: `${from}/adjustment`, description, ...code }),
    ];
  });
  const lines = [
    draftMinor(event, "amount", { minor: kept, sense, from: "/amount" }),
    draftPart(event, "feeAmount", { amount: event.feeAmount, sense }),
    ...settled,
    draftPart(event, "unappliedAmount", { amount: event.unappliedAmount, sense: against, ...customerOf(event.customer) }),
  ];
  return { lines, counterSuffix: "-C" };
}

/** Evidence only: the money comes with the funding. */
export function draftFactoringSchedule(event: EventOf<"factoring_schedule">): Draft {
  return { lines: [draftPart(event, "total", { amount: event.total, sense: -1 })], counterSuffix: "-C" };
}

/** What the factor kept (fee, reserve) and what it bought: an advance we owe, or without recourse each customer's receivable. */
export function draftFactoringFunding(event: EventOf<"factoring_funding">): Draft {
  const invoices = event.nonRecourse === true ? (event.invoices ?? []) : [];
  const sold = invoices.map(({ amount, customer, invoiceNumber }, index) =>
    draftPart(event, "grossPurchased", {
      amount,
      sense: -1,
      from: `/invoices/${index}`,
      description: `invoice ${invoiceNumber}`,
      ...customerOf(customer),
    }),
  );
  const listed = invoices.reduce((sum, { amount }) => sum + minorOf(amount, event.currency), 0n);
  const rest = minorOf(event.grossPurchased, event.currency) - listed;
  const lines = [
    draftPart(event, "fee", { amount: event.fee, sense: 1 }),
    draftPart(event, "reserve", { amount: event.reserve, sense: 1 }),
    draftPart(event, "wireFee", { amount: event.wireFee, sense: 1 }),
    ...sold,
    draftMinor(event, "grossPurchased", { minor: rest, sense: -1, from: "/grossPurchased" }),
  ];
  return { lines, counterSuffix: "-C" };
}

/** With recourse the customer's money pays back the advance; what the factor releases or takes back moves cash. */
export function draftFactoringCollection(event: EventOf<"factoring_collection">): Draft {
  const collected = event.nonRecourse === true ? "0" : event.amountCollected;
  const lines = [
    draftPart(event, "amountCollected", { amount: collected, sense: 1 }),
    draftPart(event, "fee", { amount: event.fee, sense: 1 }),
    draftPart(event, "reserveReleased", { amount: event.reserveReleased, sense: -1 }),
    draftPart(event, "chargeback", {
      amount: event.chargeback?.amount,
      sense: 1,
      from: "/chargeback/amount",
      ...customerOf(event.customer),
    }),
  ];
  return { lines, counterSuffix: "-C" };
}
