import type { EventOf, EventType, TransportEvent } from "../events.ts";
import type { Draft } from "./draft.ts";
import * as costs from "./drafts-costs.ts";
import * as ledger from "./drafts-ledger.ts";
import * as pay from "./drafts-pay.ts";
import * as sales from "./drafts-sales.ts";

const drafts: { readonly [Type in EventType]: (event: EventOf<Type>) => Draft } = {
  customer_invoice: sales.draftCustomerInvoice,
  customer_credit: sales.draftCustomerCredit,
  customer_payment: sales.draftCustomerPayment,
  factoring_schedule: sales.draftFactoringSchedule,
  factoring_funding: sales.draftFactoringFunding,
  factoring_collection: sales.draftFactoringCollection,
  carrier_bill: costs.draftCarrierBill,
  fuel_transaction: costs.draftFuelTransaction,
  maintenance_order: costs.draftMaintenanceOrder,
  toll_transaction: costs.draftTollTransaction,
  lumper_receipt: costs.draftLumperReceipt,
  permit: costs.draftPermit,
  miscellaneous_expense: costs.draftMiscellaneousExpense,
  insurance_premium: costs.draftInsurancePremium,
  equipment_payment: costs.draftEquipmentPayment,
  equipment_perdiem: costs.draftEquipmentPerdiem,
  bulk_fuel_delivery: costs.draftBulkFuelDelivery,
  driver_settlement: pay.draftDriverSettlement,
  cash_advance: pay.draftCashAdvance,
  escrow_transaction: pay.draftEscrowTransaction,
  payroll_summary: pay.draftPayrollSummary,
  commission: pay.draftCommission,
  vendor_payment: pay.draftVendorPayment,
  parts_movement: ledger.draftPartsMovement,
  asset_event: ledger.draftAssetEvent,
  claim: ledger.draftClaim,
  tax_return: ledger.draftTaxReturn,
  intercompany_charge: ledger.draftIntercompanyCharge,
  accrual: ledger.draftAccrual,
  // Quantities only: section statistics of the rule set says where they go.
  statistical: () => ({ lines: [], counterSuffix: "-C" }),
};

/** What an event contributes to the ledger, amount by amount. */
export function draftOf(event: TransportEvent): Draft {
  return (drafts[event.type] as (event: TransportEvent) => Draft)(event);
}
