import { type CheckFacts, threshold } from "./check.ts";
import { asNumber, daysAround, excludeIt } from "./history-time.ts";
import { type HistoryCheck, isWithin, likeliest, minutesOfDay, nameOf, type Neighbour } from "./trace.ts";

/** Near-duplicates by a soft key: same party, same amount, same unit or load, within days. */
export const alikeChecks: readonly HistoryCheck[] = [
  alike({
    code: "sale_duplicate_likely",
    types: ["customer_invoice", "customer_credit"],
    kind: "sale",
    days: "10",
    field: "/total",
    same: "customer, load and total",
  }),
  alike({
    code: "cost_duplicate_likely",
    types: [
      "carrier_bill",
      "maintenance_order",
      "lumper_receipt",
      "equipment_perdiem",
      "bulk_fuel_delivery",
      "miscellaneous_expense",
      "commission",
    ],
    kind: "cost",
    days: "7",
    field: null,
    same: "party, amount and unit or load",
  }),
  alike({
    code: "monthly_duplicate_likely",
    types: ["permit", "insurance_premium", "equipment_payment"],
    kind: "month_cost",
    days: "20",
    field: null,
    same: "contract or unit, and amount,",
  }),
  alike({
    code: "payment_duplicate_likely",
    types: ["customer_payment"],
    kind: "payment",
    days: "5",
    field: "/amount",
    same: "customer and amount",
  }),
  alike({
    code: "payout_duplicate_likely",
    types: ["vendor_payment"],
    kind: "payment",
    days: "1",
    field: "/amount",
    same: "payee and amount",
  }),
  alike({
    code: "accrual_repeated",
    types: ["accrual", "tax_return"],
    kind: "accrued",
    days: "366",
    field: null,
    same: "period, type and amount",
  }),
];

/** A check that speaks when anything with the same key is near: the key is the comparison. */
function alike(of: {
  readonly code: string;
  readonly types: CheckFacts["types"];
  readonly kind: string;
  readonly days: string;
  readonly field: string | null;
  readonly same: string;
}): HistoryCheck {
  const { code, types, kind, field, same } = of;
  return {
    code,
    types,
    kind,
    severity: "hold",
    thresholds: [threshold("days", of.days, "days", "How far apart the two may be")],
    window: daysAround,
    cause: `Another event has the same ${same} within a few days.`,
    remedy: excludeIt,
    judge: (event, found, { decimal, say }) => {
      const { trace, neighbours } = found;
      const minutes = asNumber(decimal("days")) * minutesOfDay;
      const isAlike = (one: Neighbour): boolean =>
        one.type === event.type && isWithin(one.at, trace.at, minutes) && !isOtherReference(trace.facts, one.facts);
      const near = likeliest(event, found, neighbours.filter(isAlike));
      if (near === null) return;
      say({
        field,
        message: `The same ${same} as ${nameOf(near.other)} of ${near.other.at.slice(0, 10)}`,
        about: trace.key.split("\u001f").slice(0, 3).join(":"),
        // What vendors print is their number; what the TMS numbers itself, it tells apart.
        isWeak: near.isWeak && kind === "sale",
      });
    },
  };
}

/** Two checks or transfers of different numbers are two payments. */
function isOtherReference(own: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return own["reference"] !== undefined && other["reference"] !== undefined && own["reference"] !== other["reference"];
}
