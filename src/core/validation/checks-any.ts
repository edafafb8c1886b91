import type { TransportEvent } from "../events.ts";
import { formatMinor } from "../money.ts";
import { findParty } from "../reference-index.ts";
import { type Asked, type Check, days, daysBetween, threshold } from "./check.ts";
import {
  compareDecimals,
  decimalOf,
  decimalOfMinor,
  isAbove,
  isBelow,
  magnitude,
  minus,
  percentOf,
  showDecimal,
  times,
} from "./figures.ts";

/** Dates, sums and parties: questions every event is asked. */
export const anyChecks: readonly Check[] = [
  {
    code: "date_future",
    types: [],
    severity: "warn",
    thresholds: [threshold("days", "3", "days", "How far ahead of today a document may be dated")],
    cause: "The document is dated further in the future than is usual.",
    remedy: "Correct the date in the TMS if it is a slip; otherwise there is nothing to do.",
    look: (event, { today, decimal, say }) => {
      const ahead = daysBetween(today, event.date);
      if (ahead <= 0 || !isAbove(days(ahead), decimal("days"))) return;
      say({ field: "/date", message: `Dated ${event.date}, ${ahead} days from now`, about: event.type });
    },
  },
  {
    code: "date_stale",
    types: [],
    severity: "warn",
    thresholds: [
      threshold("days", "90", "days", "Age from which a document is noted"),
      threshold("daysMax", "365", "days", "Age from which date_too_old speaks instead"),
    ],
    cause: "The document is unusually old.",
    remedy: "Make sure that it was not sent before under another id; otherwise there is nothing to do.",
    look: (event, { today, decimal, say }) => {
      const age = days(daysBetween(event.date, today));
      if (!isAbove(age, decimal("days")) || isAbove(age, decimal("daysMax"))) return;
      say({ field: "/date", message: `Dated ${event.date}, ${age.units} days ago`, about: event.type });
    },
  },
  {
    code: "date_too_old",
    types: [],
    severity: "hold",
    thresholds: [threshold("days", "365", "days", "Oldest document that is posted without being asked about")],
    cause: "The document is older than a year, which is more often a wrong year than a late document.",
    remedy: "Correct the year in the TMS, or release it; for a backfill of history set the check to off for its source.",
    look: (event, { today, decimal, say }) => {
      const age = days(daysBetween(event.date, today));
      if (!isAbove(age, decimal("days"))) return;
      say({ field: "/date", message: `Dated ${event.date}, ${age.units} days ago`, about: `${event.type}:${event.date.slice(0, 4)}` });
    },
  },
  {
    code: "period_crossed",
    types: [],
    severity: "warn",
    thresholds: [],
    cause: "The work was done in another month than the document counts in.",
    remedy: "Accrue it in the month of the work if that is still open; the document itself is posted as dated.",
    look: (event, { say }) => {
      const booked = event.accountingDate || event.date;
      if (!event.serviceDate || event.serviceDate.slice(0, 7) === booked.slice(0, 7)) return;
      const months = `${event.serviceDate.slice(0, 7)}:${booked.slice(0, 7)}`;
      say({
        field: "/serviceDate",
        message: `The work of ${event.serviceDate} is booked on ${booked}, in another month`,
        about: `${event.type}:${months}`,
      });
    },
  },
  {
    code: "amount_over_limit",
    types: [],
    severity: "hold",
    thresholds: [
      threshold("payable", "10000", "money", "Largest bill, expense or vendor credit that needs no approval"),
      threshold("journal", "50000", "money", "Largest journal entry that needs no approval"),
    ],
    cause: "The document is larger than what is posted without an approval.",
    remedy: "Have it released by somebody who may approve the amount, or raise the limit for this type or source.",
    look: overLimit,
  },
  {
    code: "line_amount_differs",
    types: [],
    severity: "warn",
    thresholds: [
      threshold("amount", "0.02", "money", "Difference that is rounding"),
      threshold("percent", "1", "percent", "Difference that is rounding, of the line's amount; the larger of the two counts"),
    ],
    cause: "Quantity times price of a line is not its amount.",
    remedy: "Compare the line with the receipt and correct it in the TMS if it is wrong; the amount is what is posted.",
    look: linesDiffer,
  },
  {
    code: "party_currency_differs",
    types: [],
    severity: "block",
    thresholds: [],
    cause: "The books keep the customer or vendor in another currency than the document.",
    remedy: "Use the record of the party that is kept in this currency, or correct the currency in the TMS.",
    look: (_event, { documents, reference, say }) => {
      for (const { party, currency } of documents) {
        const kept = party === undefined ? undefined : findParty(reference, party)?.facts["currency"];
        if (party === undefined || !kept || kept === currency) continue;
        const message = `The ${party.type} "${party.name}" is kept in ${kept}, but the document is in ${currency}`;
        say({ field: "/currency", message, about: `${party.type}:${party.id}:${currency}` });
      }
    },
  },
  {
    code: "credit_limit_exceeded",
    types: ["customer_invoice"],
    severity: "warn",
    thresholds: [],
    cause: "The customer's balance in the books together with this invoice is above the credit limit kept there.",
    remedy: "Collect before more freight is taken, or raise the customer's limit in the books; the revenue is earned and is posted.",
    look: overCredit,
  },
  {
    code: "sensitive_text",
    types: [],
    severity: "block",
    thresholds: [],
    cause: "A memo or description holds what looks like a social security number.",
    remedy: "Take the number out of the text in the TMS and send the event again; it does not belong into the books.",
    look: (event, { say }) => {
      const lines = "lines" in event ? event.lines : [];
      const texts = [
        { field: "/memo", text: event.memo },
        ...lines.map((line, index) => ({ field: `/lines/${index}/description`, text: line.description })),
      ];
      for (const { field, text } of texts) {
        if (!text?.includes("-") || !personalNumber.test(text)) continue; // The pattern is dear, the dash is not.
        say({ field, message: `${field} holds a number written like a social security number`, about: event.type });
      }
    },
  },
];

const personalNumber = /(?<!\d)(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)/;
const payables = new Set(["bill", "expense", "vendor_credit", "expense_report"]);

function overLimit(event: TransportEvent, { documents, decimal, say }: Asked): void {
  for (const { kind, totalMinor, currency, number } of documents) {
    const name = payables.has(kind) ? "payable" : kind === "journal_entry" ? "journal" : null;
    if (name === null || !isAbove(decimalOfMinor(totalMinor, currency), decimal(name))) continue;
    const amount = `${formatMinor(totalMinor, currency)} ${currency}`;
    const message = `The ${kind.replaceAll("_", " ")} ${number} is over ${amount}; up to ${showDecimal(decimal(name))} needs no approval`;
    say({ field: null, message, about: `${event.type}:${event.id}` });
  }
}

function linesDiffer(event: TransportEvent, { decimal, say }: Asked): void {
  // What a settlement pays is its own check: there a difference is somebody's pay.
  if (event.type === "driver_settlement" || !("lines" in event)) return;
  event.lines.forEach(({ quantity, unitPrice, amount }, index) => {
    if (!quantity || !unitPrice) return;
    const stated = magnitude(decimalOf(amount));
    const computed = magnitude(times(decimalOf(quantity.value), decimalOf(unitPrice)));
    const difference = magnitude(minus(stated, computed));
    if (!isAbove(difference, decimal("amount")) || !isAbove(difference, percentOf(stated, decimal("percent")))) return;
    const message = `Line ${index + 1} says ${amount}, but ${quantity.value} ${quantity.uom} at ${unitPrice} is ${showDecimal(computed)}`;
    say({ field: `/lines/${index}/amount`, message, about: `${event.type}:${partyOf(event)}` });
  });
}

function overCredit(_event: TransportEvent, { documents, reference, say }: Asked): void {
  for (const { kind, party, totalMinor, currency } of documents) {
    if (kind !== "invoice" || party === undefined) continue;
    const { creditLimit, balance } = findParty(reference, party)?.facts ?? {};
    if (!creditLimit) continue;
    const after = { ...decimalOfMinor(totalMinor, currency) };
    const limit = decimalOf(creditLimit);
    const owed = minus(after, times({ units: -1n, scale: 0 }, decimalOf(balance)));
    if (compareDecimals(limit, decimalOf("0")) <= 0 || !isBelow(limit, owed)) continue;
    const message = `${party.name} would owe ${showDecimal(owed)} ${currency}; the limit in the books is ${showDecimal(limit)}`;
    say({ field: "/customer", message, about: party.id });
  }
}

/** Id of whoever the event is with, for the card; the type alone where there is nobody. */
function partyOf(event: TransportEvent): string {
  if ("vendor" in event && event.vendor) return event.vendor.id;
  if ("customer" in event && event.customer) return event.customer.id;
  return "payee" in event ? event.payee.id : event.type;
}
