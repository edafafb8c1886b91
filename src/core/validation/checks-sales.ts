import { type Asked, asksFor, type Check, checkOf, type EventIn, threshold } from "./check.ts";
import { decimalOf, isAbove, isBelow, quotient, showDecimal, sumOf, times } from "./figures.ts";

type Invoice = EventIn<"customer_invoice">;

/** Invoices that stand for no single delivered load. */
const withoutDelivery = new Set(["tonu", "periodic", "misc", "intercompany"]);
const linehaul = new Set(["LH", "LHOO", "LHDED"]);

function isForDelivery({ invoiceType, dims }: Invoice): boolean {
  return !withoutDelivery.has(invoiceType ?? "standard") && dims.serviceLine !== "DEDICATED";
}

function perMile(event: Invoice, { decimal, say }: Asked): void {
  const miles = sumOf((event.loads ?? []).map(({ billedMiles }) => decimalOf(billedMiles)));
  const hauled = sumOf(event.lines.filter(({ code }) => linehaul.has(code ?? "")).map(({ amount }) => decimalOf(amount)));
  if (miles.units <= 0n || hauled.units <= 0n || withoutDelivery.has(event.invoiceType ?? "standard")) return;
  const [least, most] = [decimal("least"), decimal("most")];
  if (!isBelow(hauled, times(miles, least)) && !isAbove(hauled, times(miles, most))) return;
  const rate = showDecimal(quotient(hauled, miles, 2)!);
  const message = `Linehaul of ${showDecimal(hauled)} over ${showDecimal(miles)} miles is ${rate} a mile; usual is ${showDecimal(least)} to ${showDecimal(most)}`;
  say({ field: "/lines", message, about: event.customer.id });
}

function unusualTotal(event: Invoice, { decimal, say }: Asked): void {
  const { invoiceType = "standard", customer, currency } = event;
  if (invoiceType !== "standard" && invoiceType !== "consolidated") return;
  const total = decimalOf(event.total);
  const isSmall = isBelow(total, decimal("least")) && total.units > 0n;
  const isLarge = invoiceType === "standard" && isAbove(total, decimal("most"));
  if (!isSmall && !isLarge) return;
  const usual = `${showDecimal(decimal("least"))} to ${showDecimal(decimal("most"))}`;
  say({
    field: "/total",
    message: `A freight invoice over ${event.total} ${currency} for ${customer.name}; usual is ${usual}`,
    about: customer.id,
  });
}

/** Freight that touches Canada is taxed there, or is zero-rated for a reason somebody names. */
function undecidedTax(event: Invoice, { say }: Asked): void {
  if (event.taxJurisdiction?.zeroRatedReason || (event.taxes ?? []).some(({ amount }) => decimalOf(amount).units !== 0n)) return;
  const places = (event.loads ?? []).flatMap(({ origin, destination }) => [origin, destination]);
  const touches = places.some((place) => ["CA", "CAN", "CANADA"].includes(place?.country?.toUpperCase() ?? ""));
  if (!touches) return;
  say({
    field: "/taxJurisdiction",
    message: `Freight for ${event.customer.name} touches Canada and has neither tax nor a reason for none`,
    about: event.customer.id,
  });
}

function missingReferences(event: Invoice, { names, say }: Asked): void {
  if (!isForDelivery(event)) return;
  const loads = event.loads ?? [];
  const qualifiers = new Set((event.refs ?? []).map(({ qualifier }) => qualifier.toLowerCase()));
  for (const [name, has] of [
    ["bol", loads.some(({ bol }) => bol) || qualifiers.has("bol") || qualifiers.has("bm")],
    ["po", loads.some(({ poNumber }) => poNumber) || qualifiers.has("po")],
    ["customerRef", loads.some(({ customerRef }) => customerRef) || qualifiers.has("customerref") || qualifiers.has("cr")],
  ] as const) {
    if (has || !asksFor(names(name), event.customer.id)) continue;
    say({
      field: "/loads",
      message: `${event.customer.name} asks for ${spoken[name]} on every invoice, and there is none`,
      about: `${event.customer.id}:${name}`,
    });
  }
}

const spoken = { bol: "a bill of lading", po: "a purchase order number", customerRef: "a reference of its own" } as const;

/** Invoices, credits and payments of customers. */
export const salesChecks: readonly Check[] = [
  checkOf({
    code: "pod_missing",
    types: ["customer_invoice"],
    severity: "hold",
    thresholds: [threshold("customers", "", "names", "Ids of customers that pay only with a proof of delivery; * for all")],
    cause: "The customer asks for a proof of delivery, and none was received.",
    remedy: "Send the invoice again with podReceivedDate once the proof is there, or release it.",
    look: (event, { names, say }) => {
      if (event.podReceivedDate || !isForDelivery(event) || !asksFor(names("customers"), event.customer.id)) return;
      say({
        field: "/podReceivedDate",
        message: `No proof of delivery for an invoice to ${event.customer.name}`,
        about: event.customer.id,
      });
    },
  }),
  checkOf({
    code: "customer_reference_missing",
    types: ["customer_invoice"],
    severity: "hold",
    thresholds: [
      threshold("bol", "", "names", "Ids of customers that ask for a bill of lading; * for all"),
      threshold("po", "", "names", "Ids of customers that ask for a purchase order number; * for all"),
      threshold("customerRef", "", "names", "Ids of customers that ask for a reference of their own; * for all"),
    ],
    cause: "The customer asks for a number on every invoice, and it is missing.",
    remedy: "Add the number to the load in the TMS and send the invoice as a new revision, or release it.",
    look: missingReferences,
  }),
  checkOf({
    code: "invoice_total_unusual",
    types: ["customer_invoice"],
    severity: "hold",
    thresholds: [
      threshold("least", "50", "money", "Smallest freight invoice"),
      threshold("most", "25000", "money", "Largest freight invoice for one load"),
    ],
    cause: "The invoice is smaller or larger than freight invoices are.",
    remedy: "Compare with the rating in the TMS; correct it there, or release it.",
    look: unusualTotal,
  }),
  checkOf({
    code: "rate_per_mile_unusual",
    types: ["customer_invoice"],
    severity: "hold",
    thresholds: [
      threshold("least", "1.00", "money a mile", "Lowest linehaul a mile"),
      threshold("most", "8.00", "money a mile", "Highest linehaul a mile"),
    ],
    cause: "Linehaul by billed miles is outside what is usual.",
    remedy: "Compare miles and rate with the tender; correct them in the TMS, or release it (short hauls can be above).",
    look: perMile,
  }),
  checkOf({
    code: "invoice_before_delivery",
    types: ["customer_invoice"],
    severity: "warn",
    thresholds: [],
    cause: "The invoice is dated before the load was delivered, so revenue is booked before it is earned.",
    remedy: "Correct the invoice date or the delivery date in the TMS, or accrue nothing for this load.",
    look: (event, { say }) => {
      if (!event.deliveryDate || event.date >= event.deliveryDate || !isForDelivery(event)) return;
      say({ field: "/deliveryDate", message: `Invoiced on ${event.date}, delivered on ${event.deliveryDate}`, about: event.customer.id });
    },
  }),
  checkOf({
    code: "bill_to_differs",
    types: ["customer_invoice"],
    severity: "warn",
    thresholds: [],
    cause: "The invoice goes to another customer than the one the load was hauled for.",
    remedy: "Nothing has to be done where somebody else pays the freight; otherwise correct the bill-to in the TMS.",
    look: ({ customer, dims, invoiceType }, { say }) => {
      if (!dims.customer || dims.customer === customer.id || invoiceType === "intercompany") return;
      say({
        field: "/customer",
        message: `Billed to ${customer.name} (${customer.id}), hauled for ${dims.customer}`,
        about: `${dims.customer}:${customer.id}`,
      });
    },
  }),
  checkOf({
    code: "tax_undecided",
    types: ["customer_invoice"],
    severity: "block",
    thresholds: [],
    cause: "Freight that touches Canada has neither a tax nor a reason for zero-rating.",
    remedy:
      "Have the TMS send the tax in taxes, or the reason in taxJurisdiction.zeroRatedReason (international, throughMovement, interline).",
    look: undecidedTax,
  }),
  checkOf({
    code: "credit_unapproved",
    types: ["customer_credit"],
    severity: "hold",
    thresholds: [threshold("amount", "250", "money", "Largest credit that needs no approval in the TMS")],
    cause: "A credit above the limit names no approval.",
    remedy: "Approve it in the TMS and send approvalId, or release it here.",
    look: (event, { decimal, say }) => {
      if (event.approvalId || event.kind === "debit" || !isAbove(decimalOf(event.total), decimal("amount"))) return;
      say({
        field: "/approvalId",
        message: `A credit of ${event.total} ${event.currency} to ${event.customer.name} was approved by nobody`,
        about: event.customer.id,
      });
    },
  }),
  checkOf({
    code: "short_pay_unexplained",
    types: ["customer_payment"],
    severity: "hold",
    thresholds: [threshold("amount", "5.00", "money", "Difference that needs no reason")],
    cause: "A customer paid less than the invoice and no reason is given.",
    remedy: "Ask the customer; send the payment again with the reason, or release it.",
    look: (event, { decimal, say }) => {
      (event.applications ?? []).forEach(({ invoiceNumber, adjustment, adjustmentCode, reasonCode }, index) => {
        if (!adjustment || adjustmentCode || reasonCode || !isAbove(decimalOf(adjustment), decimal("amount"))) return;
        const message = `${event.customer.name} paid ${adjustment} less on ${invoiceNumber} without a reason`;
        say({ field: `/applications/${index}/reasonCode`, message, about: event.customer.id });
      });
    },
  }),
];
