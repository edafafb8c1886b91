import { threshold } from "./check.ts";
import { decimalOf } from "./figures.ts";
import { asNumber, daysAround, excludeIt } from "./history-time.ts";
import { type HistoryCheck, historyOf, isWithin, likeliest, minutesOfDay, nameOf, type Neighbour } from "./trace.ts";

/** As good as always: look-ups reach back this far where a number may never come again. */
const yearsMinutes = 3 * 366 * minutesOfDay;
const always = { before: yearsMinutes, after: yearsMinutes };

const daysThreshold = (value: string) => threshold("days", value, "days", "How far apart the two may be");

/** Whether an event was sent before: by its number, and by what it is about. */
export const duplicateChecks: readonly HistoryCheck[] = [
  historyOf({
    code: "number_similar",
    types: [
      "customer_invoice",
      "customer_credit",
      "carrier_bill",
      "maintenance_order",
      "lumper_receipt",
      "equipment_perdiem",
      "bulk_fuel_delivery",
    ],
    kind: "number",
    severity: "block",
    thresholds: [],
    window: () => always,
    cause: "The same party already has a document whose number differs only in case, blanks, punctuation or leading zeros.",
    remedy: "If it is the same, exclude this event; otherwise correct its number in the TMS, or set the check to hold and release it.",
    judge: (event, { trace, neighbours: [other] }, { say }) => {
      // The very same number is number_duplicate, where it is that of the document.
      if (other === undefined || (other.facts["number"] === trace.facts["number"] && event.type !== "maintenance_order")) return;
      const message = `The number ${trace.facts["number"]} is the ${other.facts["number"]} of ${nameOf(other)}`;
      say({
        field: event.type === "maintenance_order" ? "/vendorInvoiceNumber" : "/number",
        message,
        about: trace.key.replaceAll("\u001f", ":"),
      });
    },
  }),
  historyOf({
    code: "load_billed_twice",
    types: ["carrier_bill"],
    kind: "load_bill",
    severity: "hold",
    thresholds: [daysThreshold("180")],
    window: daysAround,
    cause: "The carrier billed this load before, or another carrier billed it over the same amount.",
    remedy: excludeIt,
    judge: (event, { trace, neighbours }, { say }) => {
      const other = neighbours.find(({ facts }) => facts["vendor"] === event.vendor.id || facts["amount"] === trace.facts["amount"]);
      if (other === undefined) return;
      const who = other.facts["vendor"] === event.vendor.id ? "before" : `by ${other.facts["name"]} over the same amount`;
      say({
        field: "/loadNo",
        message: `Load ${event.loadNo} was billed ${who}: ${nameOf(other)}`,
        about: `${event.vendor.id}:${event.loadNo}`,
      });
    },
  }),
  historyOf({
    code: "fuel_duplicate_likely",
    types: ["fuel_transaction"],
    kind: "fuel_unit",
    severity: "hold",
    thresholds: [threshold("minutes", "60", "minutes", "How far apart two tickets over the same gallons of one unit may be")],
    window: () => ({ before: minutesOfDay, after: minutesOfDay }),
    cause: "The unit fuelled the same gallons within the hour: one fill that came from two sources looks like this.",
    remedy: excludeIt,
    judge: (event, found, { decimal, say }) => {
      const { trace, neighbours } = found;
      const minutes = asNumber(decimal("minutes"));
      const gallons = trace.facts["gallons"]!;
      if (decimalOf(gallons).units <= 0n) return;
      const alike = neighbours.filter(({ at, facts }) => facts["gallons"] === gallons && isWithin(at, trace.at, minutes));
      const near = likeliest(event, found, alike);
      const unit = event.dims.tractor || event.dims.driver || "";
      if (near === null) return;
      say({
        field: "/lines",
        message: `${gallons} gal for ${unit} at ${trace.at}, as in ${nameOf(near.other)}`,
        about: unit,
        isWeak: near.isWeak,
      });
    },
  }),
  historyOf({
    code: "fuel_card_duplicate_likely",
    types: ["fuel_transaction"],
    kind: "fuel_card",
    severity: "hold",
    thresholds: [threshold("minutes", "10", "minutes", "How far apart two tickets of one card at one site over the same amount may be")],
    window: () => ({ before: minutesOfDay, after: minutesOfDay }),
    cause: "The card paid the same amount at the same site within minutes.",
    remedy: excludeIt,
    judge: (event, found, { decimal, say }) => {
      const { trace, neighbours } = found;
      // Without times two equal tickets of one day are no news: coffee is bought twice.
      const minutes = asNumber(decimal("minutes"));
      const alike = neighbours.filter(({ at }) => at.length > 10 && trace.at.length > 10 && isWithin(at, trace.at, minutes));
      const near = likeliest(event, found, alike);
      const card = `card …${event.card?.last4}`;
      if (near === null) return;
      const message = `${event.netTotal} on ${card} at ${event.vendor.name}, as in ${nameOf(near.other)}`;
      say({ field: "/netTotal", message, about: card, isWeak: near.isWeak });
    },
  }),
  historyOf({
    code: "toll_duplicate_likely",
    types: ["toll_transaction"],
    kind: "toll",
    severity: "hold",
    thresholds: [threshold("minutes", "5", "minutes", "How far apart two equal passages of one unit may be")],
    window: () => ({ before: minutesOfDay, after: minutesOfDay }),
    cause: "The unit passed the same plaza at the same price within minutes: once by tag and once by plate, perhaps.",
    remedy: "Dispute one of the two with the agency and exclude it; if both are right, release this one.",
    judge: (event, { trace, neighbours }, { decimal, say }) => {
      const minutes = asNumber(decimal("minutes"));
      const isNear = ({ at }: Neighbour): boolean => at.length > 10 && trace.at.length > 10 && isWithin(at, trace.at, minutes);
      const other = neighbours.find(isNear);
      if (other !== undefined)
        say({ field: "/occurredAt", message: `A toll of ${event.amount} at ${event.plaza}, as in ${nameOf(other)}`, about: event.agency });
    },
  }),
  historyOf({
    code: "advance_duplicate_likely",
    types: ["cash_advance"],
    kind: "advance",
    severity: "hold",
    thresholds: [],
    window: () => ({ before: minutesOfDay, after: minutesOfDay }),
    cause: "The payee got the same amount on the same day.",
    remedy: excludeIt,
    judge: (event, { trace, neighbours }, { say }) => {
      const isSame = ({ at, facts }: Neighbour): boolean =>
        facts["amount"] === trace.facts["amount"] && facts["load"] === trace.facts["load"] && at.slice(0, 10) === trace.at.slice(0, 10);
      const other = neighbours.find(isSame);
      if (other !== undefined)
        say({
          field: "/amount",
          message: `${event.amount} to ${event.payee.name} on ${event.date}, as in ${nameOf(other)}`,
          about: event.payee.id,
        });
    },
  }),
  historyOf({
    code: "source_event_reused",
    types: ["driver_settlement"],
    kind: "taken",
    severity: "block",
    thresholds: [],
    window: () => always,
    cause: "A fuel ticket, advance or receipt is deducted or paid back a second time.",
    remedy: "Take the line off in the TMS and send the settlement as a new revision.",
    judge: (event, { trace, neighbours: [other] }, { say }) => {
      if (other === undefined) return;
      const [source, code] = trace.key.split("\u001f");
      say({ field: "/lines", message: `${code} for ${source} stands on ${nameOf(other)} already`, about: event.payee.id });
    },
  }),
  historyOf({
    code: "load_paid_twice",
    types: ["driver_settlement"],
    kind: "paid_load",
    severity: "hold",
    thresholds: [daysThreshold("60")],
    window: daysAround,
    cause: "The payee was paid for the same load by the same pay code before.",
    remedy: excludeIt,
    judge: (event, { trace, neighbours: [other] }, { say }) => {
      if (other === undefined) return;
      const [, load, code] = trace.key.split("\u001f");
      say({
        field: "/lines",
        message: `${code} for load ${load} was paid to ${event.payee.name} by ${nameOf(other)}`,
        about: event.payee.id,
      });
    },
  }),
  historyOf({
    code: "invoice_factored_twice",
    types: ["factoring_schedule"],
    kind: "factored",
    severity: "hold",
    thresholds: [],
    window: () => always,
    cause: "The invoice was handed to a factor before.",
    remedy: "Take the invoice off one of the schedules: it may be sold once.",
    judge: (_event, { trace, neighbours: [other] }, { say }) => {
      if (other !== undefined)
        say({
          field: "/invoices",
          message: `Invoice ${trace.key} was handed to ${other.facts["name"]} by ${nameOf(other)}`,
          about: other.facts["factor"]!,
        });
    },
  }),
];
