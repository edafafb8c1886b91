import { codedLine, dimsFields, party, plainLine } from "./spec.ts";

/** An insurance or freight claim as it stands; every revision states the whole of it. */
export const claim = {
  "number!": "text",
  "kind!": { choice: ["cargo", "shortage", "overage", "temperature", "theft", "auto", "injury", "property"] },
  claimStatus: { choice: ["open", "acknowledged", "offered", "paid", "denied", "closed"] },
  loadNo: "text",
  /** Who claims: the customer, or anybody else who was hurt. */
  "claimant!": { record: party },
  carrier: { record: party },
  "incidentDate!": "date",
  policyNumber: "text",
  amountClaimed: "amount",
  /** What we expect it to cost now. */
  reserve: "amount",
  /** What was agreed to be paid; it takes the reserve's place. */
  settledAmount: "amount",
  /** What the insurer owes us for it. */
  insurerPaid: "amount",
  insurer: { record: party },
  /** What the carrier who hauled it is charged. */
  offsetAmount: "amount",
  offsetAgainst: { choice: ["carrierBill", "settlement", "escrow", "none"] },
} as const;

/** What a month earned or cost and nobody has billed yet. Σ lines = total; taken back on `reversalDate`. */
export const accrual = {
  "accrualType!": {
    choice: [
      ...(["unbilledRevenue", "unreceivedCarrier", "driverPay", "maintenance", "toll", "fuel"] as const),
      ...(["insurance", "claims", "commission", "bonus", "other"] as const),
    ],
  },
  /** `2026-11` */
  "period!": "text",
  runId: "text",
  basis: { choice: ["delivered", "inTransitPct", "estimate"] },
  reversalDate: "date",
  "lines!": { list: { ...codedLine, percentComplete: "decimal" } },
  "total!": "money",
} as const;

/** One company of the group charges another. Σ lines = total; both halves carry `pairKey`. */
export const intercompanyCharge = {
  "pairKey!": "text",
  "fromEntity!": "text",
  "toEntity!": "text",
  /** The other company as our customer and as our vendor, where the books want a party. */
  fromParty: { record: party },
  toParty: { record: party },
  "kind!": { choice: ["freight", "fuel", "lease", "mgmtFee", "other"] },
  loadNo: "text",
  markupPct: "decimal",
  "lines!": { list: codedLine },
  "total!": "money",
} as const;

/** A fuel or distance tax return. Σ lines + interest + penalty = netDue; a refund is negative. */
export const taxReturn = {
  "number!": "text",
  "taxType!": { choice: ["IFTA", "KYU", "NYHUT", "NM", "OR"] },
  /** `2026Q4` */
  "quarter!": "text",
  vendor: { record: party },
  "lines!": {
    list: {
      ...plainLine,
      code: "text",
      "jurisdiction!": "text",
      totalMiles: "decimal",
      taxableMiles: "decimal",
      taxableGallons: "decimal",
      taxPaidGallons: "decimal",
      netGallons: "decimal",
    },
  },
  interest: "amount",
  penalty: "amount",
  "netDue!": "money",
} as const;

/** Equipment bought, sold or written down. */
export const assetEvent = {
  "kind!": { choice: ["acquire", "dispose", "depreciate", "impair", "transfer"] },
  "asset!": { record: { "kind!": { choice: ["tractor", "trailer", "other"] }, "unitNo!": "text", vin: "text" } },
  vendor: { record: party },
  /** acquire, dispose: what it cost. depreciate, impair: what is written down. */
  "amount!": "amount",
  /** acquire: the part a lender paid. */
  loanAmount: "amount",
  /** dispose: depreciation so far, and what the sale brought. */
  accumulated: "amount",
  proceeds: "amount",
} as const;

/** Parts into, out of and around our own stock. */
export const partsMovement = {
  "number!": "text",
  "kind!": { choice: ["receipt", "issue", "return", "count"] },
  vendor: { record: party },
  "lines!": { list: { ...plainLine, code: "text", partNumber: "text" } },
  "total!": "money",
} as const;

/** Miles, loads, stops: quantities without money, by day and dimensions. `name` picks the statistical account. */
export const statistical = {
  "metrics!": { list: { "name!": "text", "value!": "decimal", "uom!": "text", jurisdiction: "text", dims: { record: dimsFields } } },
} as const;
