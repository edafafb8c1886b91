import { codedLine, party, plainLine } from "./spec.ts";

const settlementCategory = {
  choice: ["earning", "reimbursement", "deduction", "advanceRecovery", "escrow", "guarantee", "carryForward", "adjustment", "tax"],
} as const;
/** Whom we pay for driving: on the payroll, or by settlement. */
const payeeType = { choice: ["employee", "ownerOperator", "leasePurchase", "fleetOwner"] } as const;

/**
 * A weekly pay statement. Earnings and reimbursements positive, deductions, advance recoveries and escrow negative.
 * net = Σ lines + carryForwardIn + carryForwardOut.
 */
export const driverSettlement = {
  "number!": "text",
  "payee!": { record: { "type!": payeeType, ...party, is1099: "boolean" } },
  "periodStart!": "date",
  "periodEnd!": "date",
  "payDate!": "date",
  paymentMethod: { choice: ["ACH", "check", "payCard", "payroll"] },
  payrollBatchId: "text",
  "lines!": {
    list: {
      ...codedLine,
      category: settlementCategory,
      pct: "decimal",
      /** What `pct` was taken of. */
      basisAmount: "money",
      milesKind: { choice: ["loaded", "empty", "total"] },
      milesBasis: { choice: ["practical", "short", "hhg", "hub", "eld"] },
      taxable: "boolean",
    },
  },
  "totals!": {
    record: {
      "gross!": "money",
      "reimbursements!": "money",
      "deductions!": "money",
      "advancesRecovered!": "money",
      "escrow!": "money",
      fuel: "money",
      tolls: "money",
      carryForwardIn: "money",
      carryForwardOut: "amount",
      "net!": "money",
      loadedMiles: "decimal",
      emptyMiles: "decimal",
      totalMiles: "decimal",
      hours: "decimal",
      trips: "count",
      stops: "count",
    },
  },
} as const;

/** A money code, check or card cash advance to a driver or carrier. `amount` and `fee` positive. */
export const cashAdvance = {
  "instrument!": "text",
  provider: "text",
  codeLast4: "text",
  checkNumber: "text",
  "amount!": "amount",
  fee: "amount",
  feeBorneBy: { choice: ["us", "payee"] },
  purpose: "text",
  "payee!": { record: { "type!": { choice: ["driver", "ownerOperator", "carrier"] }, ...party } },
  loadNo: "text",
  recoverOn: { choice: ["settlement", "carrierBill", "none"] },
} as const;

/** A movement of a contractor's escrow beside the settlement. */
export const escrowTransaction = {
  "escrowAccountId!": "text",
  "payee!": { record: { "type!": payeeType, ...party } },
  "kind!": { choice: ["contribution", "interest", "application", "refund", "adjustment"] },
  /** Positive; only an adjustment may lower the escrow with a minus. */
  "amount!": "money",
  balanceAfter: "money",
  targetAmount: "amount",
  annualRatePct: "decimal",
  accrualFrom: "date",
  accrualTo: "date",
  /** On a settlement already: the line there posts it. */
  settlementNumber: "text",
  leaseEndDate: "date",
  reason: "text",
} as const;

/** A payroll provider's register. net = earnings − employeeTax − deduction lines; employer taxes and fees come on top. */
export const payrollSummary = {
  "number!": "text",
  "periodEnd!": "date",
  "payDate!": "date",
  provider: "text",
  "lines!": {
    list: {
      ...plainLine,
      code: "text",
      "amount!": "amount",
      "category!": { choice: ["earning", "reimbursement", "employeeTax", "deduction", "employerTax", "fee"] },
    },
  },
  "net!": "amount",
} as const;

/** A commission of an agent or a sales representative; a clawback is negative. */
export const commission = {
  "payee!": { record: { "type!": { choice: ["agent", "salesRep"] }, ...party } },
  loadNo: "text",
  invoiceNumber: "text",
  basis: { choice: ["revenue", "margin"] },
  pct: "decimal",
  "amount!": "money",
  clawbackOf: "text",
} as const;

/** Money to a carrier, a shop or a contractor. amount = Σ applications.amount + unappliedAmount; discounts settle more than is paid. */
export const vendorPayment = {
  "payee!": { record: { "type!": { choice: ["vendor", "carrier", "ownerOperator"] }, ...party } },
  "method!": { choice: ["ACH", "check", "wire", "card", "ePay"] },
  /** Check or trace number. */
  "reference!": "text",
  bankAccount: "text",
  "amount!": "amount",
  applications: { list: { "billNumber!": "text", "amount!": "money", discount: "amount" } },
  unappliedAmount: "amount",
  provider: "text",
} as const;
