import type { EventType } from "./events/event-types.ts";
import type { typeFields } from "./events/fields.ts";
import type { EventBase } from "./events/shared.ts";
import type { Fields } from "./events/spec.ts";

export { type EventType, eventTypes } from "./events/event-types.ts";
export type { Dims, EventBase, EventLine, Party } from "./events/shared.ts";

/** The fields of one type; what they mean stands beside them in `events/*-fields.ts` and in docs/events.md. */
export type EventOf<Type extends EventType> = EventBase & { type: Type } & Fields<(typeof typeFields)[Type]>;

/**
 * What a TMS sends: one financial fact, versioned. Names and signs follow the trucking catalogue in docs/events.md.
 *
 * On the wire every amount, rate and quantity is a decimal string in the event's currency; dates are civil dates
 * (`2026-11-20`), instants carry an offset. Unknown fields are kept and hashed, never interpreted.
 */
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
