import type { EventType } from "./event-types.ts";

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
