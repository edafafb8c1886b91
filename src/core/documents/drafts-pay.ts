import type { EventOf } from "../events.ts";
import { type Draft, draftLines, draftPart, type Sense } from "./draft.ts";

/**
 * Pay and deductions, each on its own line: a contractor may ask what was charged back and why. A shortfall carried out is
 * a receivable from the payee; what was carried in settles the earlier one.
 */
export function draftDriverSettlement(event: EventOf<"driver_settlement">): Draft {
  const { carryForwardIn, carryForwardOut } = event.totals;
  const carried = [
    draftPart(event, "carryForwardIn", { amount: carryForwardIn, sense: 1, from: "/totals/carryForwardIn" }),
    draftPart(event, "carryForwardOut", { amount: carryForwardOut, sense: 1, from: "/totals/carryForwardOut" }),
  ];
  return { lines: [...draftLines(event, 1), ...carried], counterSuffix: "-D" };
}

/** A receivable from whoever got the cash, and the issuer's fee. */
export function draftCashAdvance(event: EventOf<"cash_advance">): Draft {
  const lines = [draftPart(event, "amount", { amount: event.amount, sense: 1 }), draftPart(event, "fee", { amount: event.fee, sense: 1 })];
  return { lines, counterSuffix: "-C" };
}

/** Escrow is the contractor's money: what comes in is owed to him, interest is our cost, and what goes out lowers the debt. */
export function draftEscrowTransaction(event: EventOf<"escrow_transaction">): Draft {
  const isRaised = event.kind === "contribution" || event.kind === "adjustment";
  return { lines: [draftPart(event, "amount", { amount: event.amount, sense: isRaised ? -1 : 1 })], counterSuffix: "-C" };
}

const payrollSense: Readonly<Record<string, Sense>> = {
  earning: 1,
  reimbursement: 1,
  employeeTax: -1,
  deduction: -1,
  employerTax: 1,
  fee: 1,
};

/** The register of a pay run: accrued wages are settled, taxes and deductions are held for others, the rest leaves the bank. */
export function draftPayrollSummary(event: EventOf<"payroll_summary">): Draft {
  const lines = draftLines(event, 1).map((drafted) => {
    const part = drafted.line.category ?? "earning";
    return { ...drafted, line: { ...drafted.line, part }, debitMinor: drafted.debitMinor * BigInt(payrollSense[part] ?? 1) };
  });
  return { lines, counterSuffix: "-D" };
}

/** An agent's or a sales representative's share. */
export function draftCommission(event: EventOf<"commission">): Draft {
  return { lines: [draftPart(event, "amount", { amount: event.amount, sense: 1 })], counterSuffix: "-C" };
}

/** What left the bank, and the discounts that settle the payable without money. */
export function draftVendorPayment(event: EventOf<"vendor_payment">): Draft {
  const discounts = (event.applications ?? []).map(({ discount, billNumber }, index) =>
    draftPart(event, "discount", {
      amount: discount,
      sense: -1,
      from: `/applications/${index}/discount`,
      description: `bill ${billNumber}`,
    }),
  );
  return { lines: [draftPart(event, "amount", { amount: event.amount, sense: -1 }), ...discounts], counterSuffix: "-C" };
}
