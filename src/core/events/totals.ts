import type { DriverSettlement, EventLine, TransportEvent } from "../events.ts";
import { formatMinor, parseMoney } from "../money.ts";

/** One figure of an event that does not follow from its parts. `field` is a JSON pointer; amounts are decimal strings. */
export interface WrongTotal {
  readonly field: string;
  readonly stated: string;
  readonly computed: string;
  /** How it is computed, in words: `the sum of the lines`. */
  readonly how: string;
}

/** What the event moves, in minor units: what money counters show. A voided event moves nothing. */
export function eventTotal(event: TransportEvent): bigint {
  if (event.status === "void") return 0n;
  const minor = amountReader(event.currency);
  let total: bigint;
  switch (event.type) {
    case "customer_invoice":
    case "customer_credit":
    case "maintenance_order":
    case "miscellaneous_expense":
      total = minor(event.total);
      break;
    case "carrier_bill":
      total = minor(event.netPayable);
      break;
    case "driver_settlement":
      total = minor(event.totals.net);
      break;
    case "fuel_transaction":
      total = minor(event.netTotal);
      break;
    case "cash_advance":
    case "lumper_receipt":
      total = minor(event.amount) + minor(event.fee);
      break;
    case "permit":
      total = minor(event.amount) + minor(event.serviceFee);
      break;
    case "toll_transaction":
      total = minor(event.amount) + minor(event.fee) - minor(event.discount);
      break;
  }
  return total;
}

/** Every stated total that is wrong. The event's fields must have been checked before. */
export function wrongTotals(event: TransportEvent): WrongTotal[] {
  const minor = amountReader(event.currency);
  const wrong: WrongTotal[] = [];
  const expect = (field: string, stated: string, computedMinor: bigint, how: string): void => {
    if (minor(stated) !== computedMinor) wrong.push({ field, stated, computed: formatMinor(computedMinor, event.currency), how });
  };
  switch (event.type) {
    case "customer_invoice":
    case "customer_credit":
    case "maintenance_order":
    case "miscellaneous_expense":
      expect("/total", event.total, sum(event.lines, minor), "the sum of the lines");
      break;
    case "carrier_bill":
      expect("/netPayable", event.netPayable, sum(event.lines, minor), "the sum of the lines");
      break;
    case "fuel_transaction":
      expect("/invoiceTotal", event.invoiceTotal, sum(event.lines, minor), "the sum of the lines");
      expect(
        "/netTotal",
        event.netTotal,
        minor(event.invoiceTotal) + minor(event.fees) - minor(event.discount),
        "invoiceTotal + fees − discount",
      );
      break;
    case "driver_settlement":
      checkSettlement(event, expect);
      break;
    case "cash_advance":
    case "lumper_receipt":
    case "permit":
    case "toll_transaction":
      break; // Their total is not stated, so it cannot be wrong.
  }
  return wrong;
}

function checkSettlement(event: DriverSettlement, expect: (field: string, stated: string, computed: bigint, how: string) => void): void {
  const minor = amountReader(event.currency);
  const { totals, lines } = event;
  const carried = minor(totals.carryForwardIn) + minor(totals.carryForwardOut);
  expect("/totals/net", totals.net, sum(lines, minor) + carried, "the sum of the lines + carryForwardIn + carryForwardOut");
  // Without a category on every line the sub-totals cannot be told apart; the net still can.
  if (lines.some((line) => !line.category)) return;
  const of = (...categories: string[]): bigint =>
    sum(
      lines.filter((line) => categories.includes(line.category ?? "")),
      minor,
    );
  expect("/totals/reimbursements", totals.reimbursements, of("reimbursement"), "the sum of the reimbursement lines");
  expect("/totals/advancesRecovered", totals.advancesRecovered, -of("advanceRecovery"), "the sum of the advanceRecovery lines");
  expect("/totals/escrow", totals.escrow, -of("escrow"), "the sum of the escrow lines");
  const adjustments = lines.filter((line) => line.category === "adjustment");
  const raised = sum(
    adjustments.filter((line) => minor(line.amount) > 0n),
    minor,
  );
  const lowered = sum(adjustments, minor) - raised;
  // Sources differ: adjustments stand in gross, or those that lower the pay stand in deductions.
  const earned = of("earning", "guarantee") + raised;
  const isLoweredInGross = minor(totals.gross) === earned + lowered;
  expect(
    "/totals/gross",
    totals.gross,
    isLoweredInGross ? earned + lowered : earned,
    "the sum of the earning, guarantee and adjustment lines",
  );
  const deducted = -of("deduction", "carryForward") - (isLoweredInGross ? 0n : lowered);
  expect("/totals/deductions", totals.deductions, deducted, "the sum of the deduction and carryForward lines");
}

/** Optional amounts may be missing, null or empty on the wire: nothing is zero. */
function amountReader(currency: string): (text: string | undefined) => bigint {
  return (text) => (text ? parseMoney(text, currency).minor : 0n);
}

function sum(lines: readonly EventLine[], minor: (text: string) => bigint): bigint {
  let total = 0n;
  for (const line of lines) total += minor(line.amount);
  return total;
}
