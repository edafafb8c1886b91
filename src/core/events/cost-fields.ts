import { codedLine, party, place, plainLine, taxList } from "./spec.ts";

const workKind = { choice: ["part", "labor", "outside", "supply", "tire", "core", "freight", "tax", "discount"] } as const;
const funder = { choice: ["company", "ownerOperator", "driver"] } as const;

/** A carrier's bill for purchased transportation. Charges positive, advances and quick-pay fees negative; Σ lines + Σ taxes = netPayable. */
export const carrierBill = {
  "number!": "text",
  "vendor!": { record: party },
  /** The factor that is paid instead, when the carrier sold its receivables. */
  remitTo: { record: party },
  "loadNo!": "text",
  rateConfirmationNo: "text",
  executedBy: { choice: ["carrier", "interline", "rail", "dray", "agentCarrier"] },
  "lines!": { list: codedLine },
  taxes: taxList,
  /** From the rate confirmation, before advances. */
  expectedTotal: "money",
  /** What the carrier's invoice says, before advances; the positive lines where it is missing. */
  carrierInvoiceTotal: "money",
  matchStatus: { choice: ["unmatched", "suggested", "matched", "variance", "resolved", "rejected"] },
  quickPay: { record: { feePct: "decimal", fee: "amount", payBy: "date" } },
  is1099: "boolean",
  "netPayable!": "money",
} as const;

/** One fuel-card ticket. Σ lines = invoiceTotal; netTotal = invoiceTotal + fees + Σ taxes − discount. Who funds it decides expense or receivable. */
export const fuelTransaction = {
  "provider!": "text",
  "fundedBy!": funder,
  /** Who asks for the money: the card company (funded), the truck stop itself (direct), our own tank (terminal). */
  billing: { choice: ["funded", "direct", "terminal"] },
  "vendor!": { record: party },
  location: { record: { name: "text", siteId: "text", ...place } },
  card: { record: { last4: "last4" } },
  odometer: "decimal",
  statementId: "text",
  originalTransactionId: "text",
  settlementNumber: "text",
  "lines!": { list: { ...plainLine, code: "text", product: "text" } },
  "fees!": "money",
  "discount!": "money",
  /** Taxes on the ticket that are not inside the price. */
  taxes: taxList,
  "invoiceTotal!": "money",
  "netTotal!": "money",
} as const;

/** A repair order. Σ lines + Σ taxes = total; tax may also be a line of kind `tax`. */
export const maintenanceOrder = {
  "number!": "text",
  "vendor!": { record: party },
  vendorInvoiceNumber: "text",
  poNumber: "text",
  "shop!": { record: { "kind!": { choice: ["internal", "dealer", "vendor", "roadside", "tire"] }, name: "text" } },
  "asset!": {
    record: { "kind!": { choice: ["tractor", "trailer", "reefer", "apu", "forklift", "other"] }, "unitNo!": "text", vin: "text" },
  },
  repairType: "text",
  odometer: "decimal",
  capitalize: "boolean",
  insured: "boolean",
  claimId: "text",
  /** What the maker pays back, claimed and not yet received. */
  warrantyRecoverable: "amount",
  "lines!": { list: { ...plainLine, code: "text", kind: workKind, vmrs: "text" } },
  taxes: taxList,
  "total!": "money",
} as const;

/** One toll passage. Total owed = amount + fee − discount. */
export const tollTransaction = {
  "agency!": "text",
  "vendor!": { record: party },
  transponderId: "text",
  licensePlate: "text",
  "amount!": "money",
  fee: "money",
  discount: "money",
  /** Taken from a prepaid transponder balance. */
  "prePaid!": "boolean",
  /** Money put on the transponder, not a passage. */
  replenishment: "boolean",
  violation: "boolean",
  fundedBy: { choice: ["company", "ownerOperator"] },
  plaza: "text",
  statementNo: "text",
} as const;

/** An unloading fee paid at a dock. */
export const lumperReceipt = {
  "number!": "text",
  "vendor!": { record: party },
  facility: "text",
  "loadNo!": "text",
  "amount!": "money",
  fee: "money",
  "paidBy!": { choice: ["driverCash", "moneyCode", "card", "carrier", "company"] },
  rebillToCustomer: "boolean",
  driverReimburse: "boolean",
} as const;

/** A trip permit, plate, UCR or use-tax payment. `permitType`: trip | OS_OW | IRP | UCR | HVUT2290 … */
export const permit = {
  "number!": "text",
  "permitType!": "text",
  "jurisdiction!": "text",
  "vendor!": { record: party },
  /** A year's plate is used up month by month between these days. */
  validFrom: "date",
  validTo: "date",
  "amount!": "money",
  serviceFee: "money",
  rebillToCustomer: "boolean",
} as const;

/** A receipt or an overhead bill. Σ lines + Σ taxes = total. */
export const miscellaneousExpense = {
  "vendor!": { record: party },
  /** `onAccount`: a bill to be paid later. */
  paidBy: { choice: ["card", "check", "cash", "onAccount"] },
  "lines!": { list: codedLine },
  taxes: taxList,
  "total!": "money",
} as const;

/** An insurance premium or one installment of it. */
export const insurancePremium = {
  "policyNumber!": "text",
  "coverage!": { choice: ["AL", "GL", "MTC", "PD", "WC", "OCCACC", "BOBTAIL", "UMBRELLA", "CONTINGENT"] },
  "vendor!": { record: party },
  "effectiveFrom!": "date",
  "effectiveTo!": "date",
  installmentNo: "text",
  /** The premium of this bill: a whole year, or one installment. */
  "amount!": "money",
  taxesFees: "amount",
  /** The part a finance company paid for us. */
  financedAmount: "amount",
  financeCharge: "amount",
} as const;

/** A lease, rental or note payment. total = Σ of its parts + Σ taxes. */
export const equipmentPayment = {
  "contractNumber!": "text",
  "vendor!": { record: party },
  "kind!": { choice: ["operatingLease", "financeLease", "rental", "TRAC", "note"] },
  asset: { record: { "kind!": { choice: ["tractor", "trailer", "other"] }, "unitNo!": "text" } },
  fixedAmount: "amount",
  mileageCharge: "amount",
  miles: "decimal",
  maintenanceCharge: "amount",
  insuranceCharge: "amount",
  principal: "amount",
  interest: "amount",
  deposit: "amount",
  taxes: taxList,
  "total!": "amount",
} as const;

/** Fuel into our own tank. Σ lines + Σ taxes = total. */
export const bulkFuelDelivery = {
  "number!": "text",
  "vendor!": { record: party },
  grossGallons: "decimal",
  netGallons: "decimal",
  "lines!": { list: { ...plainLine, code: "text", kind: { choice: ["fuel", "freight", "tax"] } } },
  taxes: taxList,
  "total!": "money",
} as const;

/** Container and chassis days of a drayage carrier. */
export const equipmentPerdiem = {
  "number!": "text",
  "vendor!": { record: party },
  container: "text",
  chassis: "text",
  days: "decimal",
  freeDays: "decimal",
  rate: "decimal",
  "amount!": "amount",
  rebillToCustomer: "boolean",
} as const;
