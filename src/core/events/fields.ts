import type { EventType } from "./event-types.ts";
import * as cost from "./cost-fields.ts";
import * as ledger from "./ledger-fields.ts";
import * as pay from "./pay-fields.ts";
import * as sales from "./sales-fields.ts";
import { baseFields, type FieldSpec, type ScalarKind } from "./spec.ts";

export type { ScalarKind } from "./spec.ts";

/** What each type adds to the base. */
export const typeFields = {
  customer_invoice: sales.customerInvoice,
  customer_credit: sales.customerCredit,
  carrier_bill: cost.carrierBill,
  driver_settlement: pay.driverSettlement,
  cash_advance: pay.cashAdvance,
  fuel_transaction: cost.fuelTransaction,
  maintenance_order: cost.maintenanceOrder,
  toll_transaction: cost.tollTransaction,
  lumper_receipt: cost.lumperReceipt,
  permit: cost.permit,
  miscellaneous_expense: cost.miscellaneousExpense,
  escrow_transaction: pay.escrowTransaction,
  payroll_summary: pay.payrollSummary,
  commission: pay.commission,
  insurance_premium: cost.insurancePremium,
  equipment_payment: cost.equipmentPayment,
  equipment_perdiem: cost.equipmentPerdiem,
  bulk_fuel_delivery: cost.bulkFuelDelivery,
  parts_movement: ledger.partsMovement,
  asset_event: ledger.assetEvent,
  claim: ledger.claim,
  tax_return: ledger.taxReturn,
  customer_payment: sales.customerPayment,
  vendor_payment: pay.vendorPayment,
  factoring_schedule: sales.factoringSchedule,
  factoring_funding: sales.factoringFunding,
  factoring_collection: sales.factoringCollection,
  intercompany_charge: ledger.intercompanyCharge,
  accrual: ledger.accrual,
  statistical: ledger.statistical,
} as const satisfies Readonly<Record<EventType, FieldSpec>>;

/** Fields that may be named in a rule, by dotted path: `fundedBy`, `vendor.id`, `dims.terminal`, `line.kind`. */
export function rulePaths(type: EventType): ReadonlyMap<string, ScalarKind> {
  const paths = new Map<string, ScalarKind>([
    ["line.code", "text"],
    ["line.part", "text"],
  ]);
  collect({ ...baseFields, ...typeFields[type] }, "", paths);
  return paths;
}

function collect(spec: FieldSpec, prefix: string, into: Map<string, ScalarKind>): void {
  for (const [key, kind] of Object.entries(spec)) {
    const name = key.endsWith("!") ? key.slice(0, -1) : key;
    if (typeof kind === "string") into.set(prefix + name, kind === "amount" ? "money" : kind);
    else if ("choice" in kind) into.set(prefix + name, "text");
    else if ("record" in kind) collect(kind.record, `${prefix}${name}.`, into);
    else if (name === "lines" || name === "metrics") collect(kind.list, "line.", into);
  }
}
