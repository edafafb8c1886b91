import type { typeFields } from "./events/fields.ts";
import type { Fields } from "./events/spec.ts";

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
  "escrow_transaction",
  "payroll_summary",
  "commission",
  "insurance_premium",
  "equipment_payment",
  "equipment_perdiem",
  "bulk_fuel_delivery",
  "parts_movement",
  "asset_event",
  "claim",
  "tax_return",
  "customer_payment",
  "vendor_payment",
  "factoring_schedule",
  "factoring_funding",
  "factoring_collection",
  "intercompany_charge",
  "accrual",
  "statistical",
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
  tripNo?: string;
  /** State or province, on tax and fuel lines. */
  jurisdiction?: string;
  /** Settlement: percentage of `basisAmount` that is paid. */
  pct?: string;
  basisAmount?: string;
  /** Settlement: loaded | empty | total */
  milesKind?: string;
  /** The fuel ticket, advance or receipt that the line stands for. */
  sourceEventId?: string;
}

/** Fields every event has. `number` is the printed number; `id` is the TMS's stable id and makes the key. */
export interface EventBase {
  type: EventType;
  id: string;
  revision: number;
  number?: string;
  /** Document date. */
  date: string;
  /** The day it counts in the books, where the TMS decides that; `date` otherwise. */
  accountingDate?: string;
  /** When the work was done, where it differs from `date`. */
  serviceDate?: string;
  dueDate?: string;
  /** NET30, NET21, DUE_ON_RECEIPT … */
  terms?: string;
  occurredAt?: string;
  currency: string;
  /** Units of the books' own currency (`to`) for one unit of `currency` (`from`). */
  exchangeRate?: { rate: string; from: string; to: string; date?: string; source?: string };
  /** `void` cancels what the earlier revisions made. */
  status?: "approved" | "void";
  memo?: string;
  url?: string;
  dims: Dims;
  refs?: { qualifier: string; value: string }[];
}

/** The fields of one type; what they mean stands beside them in `events/*-fields.ts` and in docs/events.md. */
export type EventOf<Type extends EventType> = EventBase & { type: Type } & Fields<(typeof typeFields)[Type]>;

export type TransportEvent = { [Type in EventType]: EventOf<Type> }[EventType];

export type CustomerInvoice = EventOf<"customer_invoice">;
export type CustomerCredit = EventOf<"customer_credit">;
export type CarrierBill = EventOf<"carrier_bill">;
export type DriverSettlement = EventOf<"driver_settlement">;
export type CashAdvance = EventOf<"cash_advance">;
export type FuelTransaction = EventOf<"fuel_transaction">;
export type MaintenanceOrder = EventOf<"maintenance_order">;
export type TollTransaction = EventOf<"toll_transaction">;
export type LumperReceipt = EventOf<"lumper_receipt">;
export type Permit = EventOf<"permit">;
export type MiscellaneousExpense = EventOf<"miscellaneous_expense">;
