import { type Asked, asksFor, type Check, checkOf, days, daysBetween, type EventIn, threshold } from "./check.ts";
import { decimalOf, isAbove, magnitude, minus, percentOf, showDecimal, times } from "./figures.ts";

type Repair = EventIn<"maintenance_order">;

function laborUnusual(event: Repair, { decimal, say }: Asked): void {
  event.lines.forEach((line, index) => {
    if (line.kind !== "labor") return;
    const isDear = line.unitPrice !== undefined && isAbove(decimalOf(line.unitPrice), decimal("rate"));
    const isLong = line.quantity !== undefined && isAbove(decimalOf(line.quantity.value), decimal("hours"));
    if (!isDear && !isLong) return;
    const work = `${line.quantity?.value ?? "?"} h at ${line.unitPrice ?? "?"}`;
    say({ field: `/lines/${index}`, message: `Labor of ${work} at ${event.vendor.name}`, about: event.vendor.id });
  });
}

/** What carriers, shops, agencies and lessors bill. */
export const costChecks: readonly Check[] = [
  checkOf({
    code: "rate_confirmation_missing",
    types: ["carrier_bill"],
    severity: "hold",
    thresholds: [threshold("executedBy", "carrier agentCarrier", "names", "Who hauls on a rate confirmation; other bills need none")],
    cause: "A carrier's bill came without a rate confirmation, so nobody can tell whether the amount was agreed.",
    remedy: "Enter the rate confirmation in the TMS and send the bill as a new revision, or release it.",
    look: ({ rateConfirmationNo, expectedTotal, vendor, loadNo, executedBy = "carrier" }, { names, say }) => {
      if (rateConfirmationNo || expectedTotal || !asksFor(names("executedBy"), executedBy)) return;
      say({ field: "/rateConfirmationNo", message: `${vendor.name} bills load ${loadNo} without a rate confirmation`, about: vendor.id });
    },
  }),
  checkOf({
    code: "carrier_match_open",
    types: ["carrier_bill"],
    severity: "hold",
    thresholds: [threshold("states", "unmatched variance rejected", "names", "States of the match that are not paid")],
    cause: "The TMS has not matched the carrier's bill with the load, or rejected it.",
    remedy: "Finish the match in the TMS and send the bill as a new revision, or release it.",
    look: ({ matchStatus, vendor, loadNo }, { names, say }) => {
      if (!matchStatus || !asksFor(names("states"), matchStatus)) return;
      say({
        field: "/matchStatus",
        message: `The bill of ${vendor.name} for load ${loadNo} is ${matchStatus}`,
        about: `${vendor.id}:${matchStatus}`,
      });
    },
  }),
  checkOf({
    code: "carrier_differs",
    types: ["carrier_bill"],
    severity: "hold",
    thresholds: [],
    cause: "The bill is from another carrier than the one the load was given to: it may have been brokered on.",
    remedy: "Ask the carrier of the load before anybody is paid; correct the carrier in the TMS, or release it.",
    look: ({ dims, vendor, loadNo }, { say }) => {
      if (!dims.carrier || dims.carrier === vendor.id) return;
      say({
        field: "/vendor",
        message: `Load ${loadNo} was given to ${dims.carrier}, but ${vendor.name} (${vendor.id}) bills it`,
        about: vendor.id,
      });
    },
  }),
  checkOf({
    code: "carrier_bill_late",
    types: ["carrier_bill"],
    severity: "hold",
    thresholds: [threshold("days", "180", "days", "Longest time from the work to the bill")],
    cause: "The carrier bills long after the work, when it is often paid already.",
    remedy: "Look for an earlier payment of the load, then release it or refuse the bill.",
    look: ({ serviceDate, date, vendor, loadNo }, { decimal, say }) => {
      if (!serviceDate || !isAbove(days(daysBetween(serviceDate, date)), decimal("days"))) return;
      say({ field: "/date", message: `${vendor.name} bills load ${loadNo} of ${serviceDate} on ${date}`, about: vendor.id });
    },
  }),
  checkOf({
    code: "repair_unapproved",
    types: ["maintenance_order"],
    severity: "hold",
    thresholds: [threshold("amount", "2500", "money", "Largest repair without a purchase order")],
    cause: "A large repair has no purchase order.",
    remedy: "Have the maintenance manager approve it; send the order again with poNumber, or release it.",
    look: (event, { decimal, say }) => {
      if (event.poNumber || !isAbove(decimalOf(event.total), decimal("amount"))) return;
      say({
        field: "/poNumber",
        message: `Repair ${event.number} over ${event.total} ${event.currency} has no purchase order`,
        about: event.vendor.id,
      });
    },
  }),
  checkOf({
    code: "repair_capital_undecided",
    types: ["maintenance_order"],
    severity: "hold",
    thresholds: [threshold("amount", "10000", "money", "From here on somebody decides whether it is an asset")],
    cause: "A very large repair does not say whether it is an expense or lengthens the life of the unit.",
    remedy: "Send the order again with capitalize true or false, or release it as an expense.",
    look: (event, { decimal, say }) => {
      if (event.capitalize !== undefined || !isAbove(decimalOf(event.total), decimal("amount"))) return;
      say({
        field: "/capitalize",
        message: `Repair ${event.number} of ${event.asset.unitNo} is over ${event.total} ${event.currency}`,
        about: event.asset.unitNo,
      });
    },
  }),
  checkOf({
    code: "repair_labor_unusual",
    types: ["maintenance_order"],
    severity: "hold",
    thresholds: [
      threshold("rate", "250", "money an hour", "Highest rate of an hour's work"),
      threshold("hours", "60", "hours", "Most hours of one line"),
    ],
    cause: "Labor on a repair is dearer or longer than is usual.",
    remedy: "Compare with the shop's invoice; correct the line in the TMS, or release it.",
    look: laborUnusual,
  }),
  checkOf({
    code: "toll_over_limit",
    types: ["toll_transaction"],
    severity: "hold",
    thresholds: [threshold("amount", "100", "money", "Largest toll of one passage")],
    cause: "A toll is higher than passages are.",
    remedy: "Dispute it with the agency if the axles or the route are wrong; otherwise release it.",
    look: (event, { decimal, say }) => {
      if (event.replenishment || !isAbove(magnitude(decimalOf(event.amount)), decimal("amount"))) return;
      say({
        field: "/amount",
        message: `A toll of ${event.amount} ${event.currency} at ${event.plaza ?? event.agency}`,
        about: event.agency,
      });
    },
  }),
  checkOf({
    code: "toll_violation",
    types: ["toll_transaction"],
    severity: "hold",
    thresholds: [],
    cause: "The agency charges a violation instead of a toll.",
    remedy: "Dispute it, or have the driver pay it where your policy says so; otherwise release it.",
    look: ({ violation, agency, plaza, licensePlate, transponderId }, { say }) => {
      if (violation !== true) return;
      const who = licensePlate || transponderId || "an unnamed unit";
      say({ field: "/violation", message: `A violation of ${who} at ${plaza ?? agency}`, about: agency });
    },
  }),
  checkOf({
    code: "toll_unit_missing",
    types: ["toll_transaction"],
    severity: "warn",
    thresholds: [],
    cause: "Nobody can tell whose passage the toll was for.",
    remedy: "Assign the transponder or plate to a unit in the TMS.",
    look: ({ dims, replenishment, transponderId, licensePlate, agency }, { say }) => {
      if (dims.tractor || dims.trailer || replenishment) return;
      say({
        field: "/dims/tractor",
        message: `No unit for ${transponderId || licensePlate || "a passage"} of ${agency}`,
        about: transponderId || licensePlate || agency,
      });
    },
  }),
  checkOf({
    code: "permit_over_limit",
    types: ["permit"],
    severity: "hold",
    thresholds: [threshold("amount", "2500", "money", "Largest permit or plate without an approval")],
    cause: "A permit or plate costs more than is usual.",
    remedy: "Compare with the jurisdiction's fee; release it if it is right.",
    look: (event, { decimal, say }) => {
      if (!isAbove(decimalOf(event.amount), decimal("amount"))) return;
      say({
        field: "/amount",
        message: `${event.permitType} of ${event.jurisdiction} over ${event.amount} ${event.currency}`,
        about: event.permitType,
      });
    },
  }),
  checkOf({
    code: "validity_reversed",
    types: ["permit", "insurance_premium"],
    severity: "block",
    thresholds: [],
    cause: "A permit or policy ends before it begins, so its cost cannot be spread.",
    remedy: "Correct the dates in the TMS and send the event as a new revision.",
    look: (event, { say }) => {
      const [from, to] = event.type === "permit" ? [event.validFrom, event.validTo] : [event.effectiveFrom, event.effectiveTo];
      if (!from || !to || to >= from) return;
      say({ field: event.type === "permit" ? "/validTo" : "/effectiveTo", message: `Valid from ${from} to ${to}`, about: event.id });
    },
  }),
  checkOf({
    code: "policy_expired",
    types: ["insurance_premium"],
    severity: "hold",
    thresholds: [],
    cause: "A premium is billed for a policy that has ended.",
    remedy: "Ask the insurer whether it is an audit of the ended policy; correct the policy in the TMS, or release it.",
    look: ({ policyNumber, effectiveTo, date }, { say }) => {
      if (date > effectiveTo)
        say({ field: "/effectiveTo", message: `Policy ${policyNumber} ended on ${effectiveTo}; billed on ${date}`, about: policyNumber });
    },
  }),
  checkOf({
    code: "perdiem_amount_differs",
    types: ["equipment_perdiem"],
    severity: "warn",
    thresholds: [threshold("amount", "0.02", "money", "Difference that is rounding")],
    cause: "Chargeable days times the rate is not what is billed.",
    remedy: "Compare the gate times with the bill; dispute the days that are free.",
    look: (event, { decimal, say }) => {
      if (!event.days || !event.rate) return;
      const chargeable = minus(decimalOf(event.days), decimalOf(event.freeDays));
      const computed = times(chargeable, decimalOf(event.rate));
      if (!isAbove(magnitude(minus(decimalOf(event.amount), computed)), decimal("amount"))) return;
      const message = `${showDecimal(chargeable)} days at ${event.rate} are ${showDecimal(computed)}, but ${event.amount} is billed`;
      say({ field: "/amount", message, about: event.vendor.id });
    },
  }),
  checkOf({
    code: "delivered_gallons_differ",
    types: ["bulk_fuel_delivery"],
    severity: "warn",
    thresholds: [threshold("percent", "2", "percent", "Difference of gross and net gallons that temperature explains")],
    cause: "Gross and net gallons of a delivery differ by more than temperature explains.",
    remedy: "Compare with the tank's own reading before the bill is paid.",
    look: (event, { decimal, say }) => {
      if (!event.grossGallons || !event.netGallons) return;
      const gross = decimalOf(event.grossGallons);
      const difference = magnitude(minus(gross, decimalOf(event.netGallons)));
      if (!isAbove(difference, percentOf(gross, decimal("percent")))) return;
      say({ field: "/netGallons", message: `${event.grossGallons} gal gross, ${event.netGallons} gal net`, about: event.vendor.id });
    },
  }),
];
