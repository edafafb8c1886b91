import type { Dims, EventOf } from "../events.ts";
import { amortize } from "./amortize.ts";
import { type Draft, draftLines, draftMinor, draftPart, draftTaxes, minorOf } from "./draft.ts";

/** Purchased transportation; recovered advances and quick-pay fees come negative and make a vendor credit beside the bill. */
export function draftCarrierBill(event: EventOf<"carrier_bill">): Draft {
  return { lines: [...draftLines(event, 1), ...draftTaxes(event, 1)], counterSuffix: "-C" };
}

/** What was bought, the card's fee, taxes outside the price, and the discount that lowers what the card company asks for. */
export function draftFuelTransaction(event: EventOf<"fuel_transaction">): Draft {
  const fees = draftPart(event, "fees", { amount: event.fees, sense: 1 });
  const discount = draftPart(event, "discount", { amount: event.discount, sense: -1 });
  return { lines: [...draftLines(event, 1), fees, ...draftTaxes(event, 1), discount], counterSuffix: "-C" };
}

/** Work on one unit; the unit is put where rules and memos look for it when the TMS names it only as the asset. */
export function draftMaintenanceOrder(event: EventOf<"maintenance_order">): Draft {
  const field = unitField(event.asset.kind);
  const lines = draftLines(event, 1).map((drafted) => {
    if (field === null || drafted.line.dims?.[field] || event.dims[field]) return drafted;
    return { ...drafted, line: { ...drafted.line, dims: { ...drafted.line.dims, [field]: event.asset.unitNo } } };
  });
  const claimed = draftPart(event, "warranty", { amount: event.warrantyRecoverable, sense: 1, from: "/warrantyRecoverable" });
  return {
    lines: [...lines, ...draftTaxes(event, 1)],
    counterSuffix: "-C",
    others: [{ part: "warranty", suffix: "-W", lines: [claimed] }],
  };
}

function unitField(kind: EventOf<"maintenance_order">["asset"]["kind"]): keyof Dims | null {
  if (kind === "tractor" || kind === "apu") return "tractor";
  return kind === "trailer" || kind === "reefer" ? "trailer" : null;
}

/** The passage net of its discount, and the service fee. A discount of its own would be a credit document of cents per passage. */
export function draftTollTransaction(event: EventOf<"toll_transaction">): Draft {
  const net = minorOf(event.amount, event.currency) - minorOf(event.discount, event.currency);
  const lines = [
    draftMinor(event, "amount", { minor: net, sense: 1, from: "/amount" }),
    draftPart(event, "fee", { amount: event.fee, sense: 1 }),
  ];
  return { lines, counterSuffix: "-C" };
}

/** What the dock crew was paid, and the fee of the way it was paid. */
export function draftLumperReceipt(event: EventOf<"lumper_receipt">): Draft {
  const lines = [draftPart(event, "amount", { amount: event.amount, sense: 1 }), draftPart(event, "fee", { amount: event.fee, sense: 1 })];
  return { lines, counterSuffix: "-C" };
}

/** The permit, plate or tax itself and the permit service's fee; what is good for a year is used up month by month. */
export function draftPermit(event: EventOf<"permit">): Draft {
  const fee = draftPart(event, "serviceFee", { amount: event.serviceFee, sense: 1 });
  const whole = minorOf(event.amount, event.currency) + minorOf(event.serviceFee, event.currency);
  return {
    lines: [draftPart(event, "amount", { amount: event.amount, sense: 1 }), fee],
    counterSuffix: "-C",
    others: amortize(event, { minor: whole, from: event.validFrom, to: event.validTo }),
  };
}

/** A receipt or an overhead bill by code. */
export function draftMiscellaneousExpense(event: EventOf<"miscellaneous_expense">): Draft {
  return { lines: [...draftLines(event, 1), ...draftTaxes(event, 1)], counterSuffix: "-C" };
}

/** The premium and its fees are prepaid, the financed part is owed to the finance company, and each month uses up its share. */
export function draftInsurancePremium(event: EventOf<"insurance_premium">): Draft {
  const prepaid = minorOf(event.amount, event.currency) + minorOf(event.taxesFees, event.currency);
  const lines = [
    draftPart(event, "amount", { amount: event.amount, sense: 1 }),
    draftPart(event, "taxesFees", { amount: event.taxesFees, sense: 1 }),
    draftPart(event, "financeCharge", { amount: event.financeCharge, sense: 1 }),
    draftPart(event, "financedAmount", { amount: event.financedAmount, sense: -1 }),
  ];
  return {
    lines,
    counterSuffix: "-C",
    others: amortize(event, { minor: prepaid, from: event.effectiveFrom, to: event.effectiveTo }),
  };
}

const charges = ["fixedAmount", "mileageCharge", "maintenanceCharge", "insuranceCharge", "principal", "interest", "deposit"] as const;

/** Rent, mileage, maintenance and insurance of a lease; principal and interest of a note; a deposit is an asset. */
export function draftEquipmentPayment(event: EventOf<"equipment_payment">): Draft {
  const lines = charges.map((part) => draftPart(event, part, { amount: event[part], sense: 1 }));
  return { lines: [...lines, ...draftTaxes(event, 1)], counterSuffix: "-C" };
}

/** Container and chassis days. */
export function draftEquipmentPerdiem(event: EventOf<"equipment_perdiem">): Draft {
  return { lines: [draftPart(event, "amount", { amount: event.amount, sense: 1 })], counterSuffix: "-C" };
}

/** Fuel into our own tank, with freight and taxes in its cost. */
export function draftBulkFuelDelivery(event: EventOf<"bulk_fuel_delivery">): Draft {
  return { lines: [...draftLines(event, 1), ...draftTaxes(event, 1)], counterSuffix: "-C" };
}
