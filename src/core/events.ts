/**
 * What a TMS sends: one financial fact, versioned. Names and signs follow the trucking catalogue in docs/events.md.
 *
 * On the wire every amount, rate and quantity is a decimal string in the event's currency; dates are civil dates
 * (`2026-11-20`), instants carry an offset. Unknown fields are kept and hashed, never interpreted.
 */
export const eventTypes = [
  "customer_invoice",
  "customer_credit",
  "carrier_bill",
  "driver_settlement",
  "cash_advance",
  "fuel_transaction",
  "maintenance_order",
  "toll_transaction",
  "lumper_receipt",
  "permit",
  "miscellaneous_expense",
] as const;
export type EventType = (typeof eventTypes)[number];

/** Who, where and what a line belongs to. Every value is the TMS's own code. */
export interface Dims {
  entity?: string;
  terminal?: string;
  division?: string;
  /** OTR | DEDICATED | LOCAL | LTL | BROKERAGE | DRAYAGE | WAREHOUSE | INTERMODAL */
  serviceLine?: string;
  equipmentType?: string;
  tractor?: string;
  trailer?: string;
  driver?: string;
  customer?: string;
  carrier?: string;
  load?: string;
  trip?: string;
  lane?: string;
  project?: string;
  agent?: string;
  custom?: Record<string, string>;
}

/** A customer, carrier, fuel stop, shop, agency or payee, by the TMS's stable id. */
export interface Party {
  id: string;
  name: string;
}

export interface Quantity {
  value: string;
  uom: string;
}

/** One charge, purchase, pay or deduction line. Amounts are signed as each event type says. */
export interface EventLine {
  lineNo: number;
  /** Our code catalogue: LH, FSC, FULSD, PLH, DADV … Optional only on maintenance lines, where it follows from the work. */
  code?: string;
  description?: string;
  quantity?: Quantity;
  /** Price or rate per unit. */
  unitPrice?: string;
  amount: string;
  dims?: Dims;
  /** Fuel: ULSD, REEFER, DEF, CASH … */
  product?: string;
  /** Settlement: earning | reimbursement | deduction | advanceRecovery | escrow | guarantee | carryForward | adjustment */
  category?: string;
  /** Maintenance: part | labor | outside | supply | tire | core | freight | tax | discount */
  kind?: string;
  /** Maintenance: VMRS system-assembly-component, `013-001-023`. */
  vmrs?: string;
  loadNo?: string;
}

/** Fields every event has. `number` is the printed number; `id` is the TMS's stable id and makes the key. */
export interface EventBase {
  type: EventType;
  id: string;
  revision: number;
  number?: string;
  /** Document date. */
  date: string;
  /** When the work was done, where it differs from `date`. */
  serviceDate?: string;
  dueDate?: string;
  /** NET30, NET21, DUE_ON_RECEIPT … */
  terms?: string;
  occurredAt?: string;
  currency: string;
  /** `void` cancels what the earlier revisions made. */
  status?: "approved" | "void";
  memo?: string;
  url?: string;
  dims: Dims;
  refs?: { qualifier: string; value: string }[];
}

/** A freight invoice to a customer. Σ lines = total; lines are revenue codes, credit adjustments negative. */
export interface CustomerInvoice extends EventBase {
  type: "customer_invoice";
  number: string;
  invoiceType?: "standard" | "supplemental" | "consolidated" | "tonu" | "periodic" | "misc";
  customer: Party;
  loads?: {
    loadNo: string;
    pro?: string;
    bol?: string;
    poNumber?: string;
    origin?: { city: string; region: string; country: string };
    destination?: { city: string; region: string; country: string };
    billedMiles?: string;
  }[];
  lines: EventLine[];
  total: string;
}

/** A credit memo. Lines and total are positive: the sign is the document's. */
export interface CustomerCredit extends EventBase {
  type: "customer_credit";
  number: string;
  kind: "creditOnly" | "creditAndRebill" | "fullReversal" | "writeOff";
  customer: Party;
  originalInvoiceNumber: string;
  originalId?: string;
  reasonCode: string;
  lines: EventLine[];
  total: string;
}

/** A carrier's bill for purchased transportation. Charges positive, advances and quick-pay fees negative; Σ lines = netPayable. */
export interface CarrierBill extends EventBase {
  type: "carrier_bill";
  number: string;
  vendor: Party;
  /** The factor that is paid instead, when the carrier sold its receivables. */
  remitTo?: Party;
  loadNo: string;
  lines: EventLine[];
  /** From the rate confirmation, before advances. */
  expectedTotal?: string;
  netPayable: string;
}

/**
 * A weekly pay statement. Earnings and reimbursements positive, deductions, advance recoveries and escrow negative.
 * net = Σ lines + carryForwardIn + carryForwardOut.
 */
export interface DriverSettlement extends EventBase {
  type: "driver_settlement";
  number: string;
  payee: Party & { type: "employee" | "ownerOperator" | "leasePurchase" | "fleetOwner"; is1099?: boolean };
  periodStart: string;
  periodEnd: string;
  payDate: string;
  lines: EventLine[];
  totals: {
    gross: string;
    reimbursements: string;
    deductions: string;
    advancesRecovered: string;
    escrow: string;
    carryForwardIn?: string;
    carryForwardOut?: string;
    net: string;
    totalMiles?: string;
  };
}

/** A money code, check or card cash advance to a driver or carrier. `amount` and `fee` positive. */
export interface CashAdvance extends EventBase {
  type: "cash_advance";
  instrument: string;
  provider?: string;
  amount: string;
  fee?: string;
  feeBorneBy?: "us" | "payee";
  purpose?: string;
  payee: Party & { type: "driver" | "ownerOperator" | "carrier" };
  loadNo?: string;
}

/** One fuel-card ticket. Σ lines = invoiceTotal; netTotal = invoiceTotal + fees − discount. Who funds it decides expense or receivable. */
export interface FuelTransaction extends EventBase {
  type: "fuel_transaction";
  provider: string;
  fundedBy: "company" | "ownerOperator" | "driver";
  vendor: Party;
  location?: { name?: string; city?: string; region: string; country: string };
  card?: { last4: string };
  odometer?: string;
  lines: EventLine[];
  fees: string;
  discount: string;
  invoiceTotal: string;
  netTotal: string;
}

/** A repair order. Σ lines = total; tax is a line of kind `tax`. */
export interface MaintenanceOrder extends EventBase {
  type: "maintenance_order";
  number: string;
  vendor: Party;
  vendorInvoiceNumber?: string;
  shop: { kind: "internal" | "dealer" | "vendor" | "roadside" | "tire"; name?: string };
  asset: { kind: "tractor" | "trailer" | "reefer" | "other"; unitNo: string };
  repairType?: string;
  capitalize?: boolean;
  lines: EventLine[];
  total: string;
}

/** One toll passage. Total owed = amount + fee − discount. */
export interface TollTransaction extends EventBase {
  type: "toll_transaction";
  agency: string;
  vendor: Party;
  amount: string;
  fee?: string;
  discount?: string;
  /** Taken from a prepaid transponder balance. */
  prePaid: boolean;
  violation?: boolean;
  fundedBy?: "company" | "ownerOperator";
  plaza?: string;
}

/** An unloading fee paid at a dock. */
export interface LumperReceipt extends EventBase {
  type: "lumper_receipt";
  number: string;
  vendor: Party;
  facility?: string;
  loadNo: string;
  amount: string;
  fee?: string;
  paidBy: "driverCash" | "moneyCode" | "card" | "carrier" | "company";
}

/** A trip permit, plate, UCR or use-tax payment. `permitType`: trip | OS_OW | IRP | UCR | HVUT2290 … */
export interface Permit extends EventBase {
  type: "permit";
  number: string;
  permitType: string;
  jurisdiction: string;
  vendor: Party;
  amount: string;
  serviceFee?: string;
}

/** A receipt paid by company card. Σ lines = total. */
export interface MiscellaneousExpense extends EventBase {
  type: "miscellaneous_expense";
  vendor: Party;
  lines: EventLine[];
  total: string;
}

export type TransportEvent =
  | CustomerInvoice
  | CustomerCredit
  | CarrierBill
  | DriverSettlement
  | CashAdvance
  | FuelTransaction
  | MaintenanceOrder
  | TollTransaction
  | LumperReceipt
  | Permit
  | MiscellaneousExpense;
