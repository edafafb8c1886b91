import { codedLine, party, place, taxList } from "./spec.ts";

const hauledBy = { choice: ["company", "ownerOperator", "carrier", "interline"] } as const;

/** A freight invoice to a customer. Σ lines + Σ taxes = total; lines are revenue codes, credit adjustments negative. */
export const customerInvoice = {
  "number!": "text",
  invoiceType: { choice: ["standard", "supplemental", "consolidated", "tonu", "periodic", "misc", "intercompany"] },
  /** The original invoice of a supplemental one. */
  supplementOf: "text",
  "customer!": { record: party },
  /** The factor the customer pays instead of us. */
  remitTo: { record: party },
  pickupDate: "date",
  deliveryDate: "date",
  podReceivedDate: "date",
  loads: {
    list: {
      "loadNo!": "text",
      pro: "text",
      bol: "text",
      customerRef: "text",
      poNumber: "text",
      origin: { record: place },
      destination: { record: place },
      billedMiles: "decimal",
      executedBy: hauledBy,
    },
  },
  executedBy: hauledBy,
  taxJurisdiction: {
    record: {
      originRegion: "text",
      destinationRegion: "text",
      zeroRatedReason: { choice: ["international", "throughMovement", "interline"] },
    },
  },
  /** The invoice this one takes the place of, after a credit. */
  supersedes: "text",
  correctionGroupId: "text",
  "lines!": { list: codedLine },
  taxes: taxList,
  "total!": "money",
} as const;

/** A credit memo. Lines and total are positive: the sign is the document's. `debit` is a debit memo, which raises what is owed. */
export const customerCredit = {
  "number!": "text",
  "kind!": { choice: ["creditOnly", "creditAndRebill", "fullReversal", "writeOff", "debit"] },
  "customer!": { record: party },
  "originalInvoiceNumber!": "text",
  originalId: "text",
  "reasonCode!": "text",
  rebillStrategy: { choice: ["cloneExact", "rerate", "manual"] },
  rebillInvoiceNumber: "text",
  correctionGroupId: "text",
  approvalId: "text",
  "total!": "amount",
  "lines!": { list: { ...codedLine, "amount!": "amount" } },
  taxes: { list: { ...taxList.list, "amount!": "amount" } },
} as const;

/** Money from a customer. amount = Σ applications.paid + unappliedAmount; a bounced check is the same event with `reversalOf`. */
export const customerPayment = {
  "customer!": { record: party },
  "method!": { choice: ["ACH", "check", "wire", "card", "cash", "factor", "netting"] },
  /** Check or trace number. */
  "reference!": "text",
  depositDate: "date",
  bankAccount: "text",
  "amount!": "amount",
  applications: {
    list: {
      "invoiceNumber!": "text",
      "paid!": "money",
      discount: "amount",
      adjustment: "amount",
      adjustmentCode: "text",
      reasonCode: "text",
    },
  },
  unappliedAmount: "amount",
  /** What the bank or processor kept of it. */
  feeAmount: "amount",
  reversalOf: "text",
  reversalReason: "text",
  remittanceSource: { choice: ["820", "lockbox", "email", "portal", "manual"] },
} as const;

/** Invoices handed to a factor. Evidence: nothing is posted until they are funded. Σ invoices = total. */
export const factoringSchedule = {
  "scheduleNo!": "text",
  "vendor!": { record: party },
  "invoices!": { list: { "invoiceNumber!": "text", customer: { record: party }, "amount!": "amount" } },
  "total!": "amount",
} as const;

/** The factor paid for a schedule. fundedNet = grossPurchased − fee − reserve − wireFee. */
export const factoringFunding = {
  "scheduleNo!": "text",
  "vendor!": { record: party },
  /** The receivables were sold for good, so they leave our own receivables at once. */
  nonRecourse: "boolean",
  /** Needed without recourse, where each customer's receivable is taken down. */
  invoices: { list: { "invoiceNumber!": "text", customer: { record: party }, "amount!": "amount" } },
  "grossPurchased!": "amount",
  advancePct: "decimal",
  "fee!": "amount",
  "reserve!": "amount",
  wireFee: "amount",
  "fundedNet!": "money",
} as const;

/** The customer paid the factor, the factor released its reserve, or it took an unpaid invoice back. */
export const factoringCollection = {
  "invoiceNumber!": "text",
  scheduleNo: "text",
  "customer!": { record: party },
  vendor: { record: party },
  nonRecourse: "boolean",
  "amountCollected!": "amount",
  shortPay: "amount",
  fee: "amount",
  reserveReleased: "amount",
  chargeback: { record: { "amount!": "amount", reason: "text" } },
} as const;
