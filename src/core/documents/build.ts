import type { LedgerDocument } from "../document.ts";
import type { TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import { formatMinor } from "../money.ts";
import type { CompiledRules } from "../rules/compile.ts";
import { assemble } from "./assemble.ts";
import { draftCarrierBill } from "./carrier-bill.ts";
import { draftCashAdvance } from "./cash-advance.ts";
import { draftCustomerCredit } from "./customer-credit.ts";
import { draftCustomerInvoice } from "./customer-invoice.ts";
import { type Draft, minorOf } from "./draft.ts";
import { draftDriverSettlement } from "./driver-settlement.ts";
import { draftFuelTransaction } from "./fuel-transaction.ts";
import { draftLumperReceipt } from "./lumper-receipt.ts";
import { draftMaintenanceOrder } from "./maintenance-order.ts";
import { mapLines } from "./map-lines.ts";
import { draftMiscellaneousExpense } from "./miscellaneous-expense.ts";
import { findParty } from "./party.ts";
import { draftPermit } from "./permit.ts";
import { draftTollTransaction } from "./toll-transaction.ts";

export { reverseDocument } from "./reverse.ts";

/**
 * Turns one event into its documents.
 *
 * Shape: none for a voided event, for one the rules exclude (finding `excluded_by_rule`, warn) and for one without money
 * (`document_zero`, warn); otherwise one, or two where lines go against the document's sign. No documents stand beside a
 * blocking finding. A hold (`net_negative`) comes with its documents, ready for the person who releases it.
 */
export function buildDocuments(given: TransportEvent, rules: CompiledRules): { documents: LedgerDocument[]; findings: Finding[] } {
  // An event that was stored as it came may be without dims.
  const event = given.dims ? given : { ...given, dims: {} };
  if (event.status === "void") return { documents: [], findings: [] };
  const choice = rules.document(event);
  if (choice === null) return { documents: [], findings: [unmapped(event, rules)] };
  if (choice.row.kind === "none") return { documents: [], findings: [excluded(event, rules, choice.path)] };

  const findings: Finding[] = [];
  const draft = draftOf(event);
  const lines = draft.lines.filter((line) => line.debitMinor !== 0n);
  if (lines.length === 0) return { documents: [], findings: [worthless(event)] };
  const party = findParty(event, choice, findings);
  const mapped = mapLines({ event, rules, choice }, lines, findings);
  checkNet(event, findings);
  if (findings.some((finding) => finding.severity === "block")) return { documents: [], findings };
  return { documents: assemble({ event, rules, choice, party, counterSuffix: draft.counterSuffix }, mapped), findings };
}

function draftOf(event: TransportEvent): Draft {
  let draft: Draft;
  switch (event.type) {
    case "customer_invoice":
      draft = draftCustomerInvoice(event);
      break;
    case "customer_credit":
      draft = draftCustomerCredit(event);
      break;
    case "carrier_bill":
      draft = draftCarrierBill(event);
      break;
    case "driver_settlement":
      draft = draftDriverSettlement(event);
      break;
    case "cash_advance":
      draft = draftCashAdvance(event);
      break;
    case "fuel_transaction":
      draft = draftFuelTransaction(event);
      break;
    case "maintenance_order":
      draft = draftMaintenanceOrder(event);
      break;
    case "toll_transaction":
      draft = draftTollTransaction(event);
      break;
    case "lumper_receipt":
      draft = draftLumperReceipt(event);
      break;
    case "permit":
      draft = draftPermit(event);
      break;
    case "miscellaneous_expense":
      draft = draftMiscellaneousExpense(event);
      break;
  }
  return draft;
}

function checkNet(event: TransportEvent, findings: Finding[]): void {
  if (event.type !== "driver_settlement" || minorOf(event.totals.net, event.currency) >= 0n) return;
  findings.push({
    code: "net_negative",
    severity: "hold",
    field: "/totals/net",
    message: `The settlement's net is ${event.totals.net}: deductions exceed the pay, and the payee would owe the difference`,
    fix: "Carry the shortfall forward in the TMS (totals.carryForwardOut), or release it to leave an open credit with the payee.",
    cause: `net_negative:${event.id}`,
  });
}

function unmapped(event: TransportEvent, rules: CompiledRules): Finding {
  return {
    code: "document_unmapped",
    severity: "block",
    field: "/type",
    message: `The rule set "${rules.name}" has no row in documents for this ${event.type}`,
    fix: `Add a row for ${event.type} to the section documents, or one without conditions for all others.`,
    cause: `document_unmapped:${event.type}`,
  };
}

function excluded(event: TransportEvent, rules: CompiledRules, path: string): Finding {
  return {
    code: "excluded_by_rule",
    severity: "warn",
    field: null,
    message: `The rule set "${rules.name}" (${path}) makes no document of this ${event.type}`,
    fix: `Nothing to do; change ${path} when it should be posted.`,
    cause: `excluded_by_rule:${path}`,
  };
}

function worthless(event: TransportEvent): Finding {
  return {
    code: "document_zero",
    severity: "warn",
    field: null,
    message: `Every amount of this ${event.type} is ${formatMinor(0n, event.currency)}: there is nothing to post`,
    fix: "Nothing to do, unless the amounts are missing in the TMS.",
    cause: `document_zero:${event.type}`,
  };
}
