import type { EventLine, EventOf, EventType, TransportEvent } from "../events.ts";
import { formatMinor, parseMoney } from "../money.ts";

/** One figure of an event that does not follow from its parts. `field` is a JSON pointer; amounts are decimal strings. */
export interface WrongTotal {
  readonly field: string;
  readonly stated: string;
  readonly computed: string;
  /** How it is computed, in words: `the sum of the lines`. */
  readonly how: string;
}

/** Amounts that are added up: fields of the event, sums over its lists, and a minus before what is taken off. */
type Parts = readonly string[];

/** What each type moves. */
const moved: Readonly<Record<EventType, Parts>> = {
  customer_invoice: ["total"],
  customer_credit: ["total"],
  carrier_bill: ["netPayable"],
  driver_settlement: ["totals.net"],
  cash_advance: ["amount", "fee"],
  fuel_transaction: ["netTotal"],
  maintenance_order: ["total"],
  toll_transaction: ["amount", "fee", "-discount"],
  lumper_receipt: ["amount", "fee"],
  permit: ["amount", "serviceFee"],
  miscellaneous_expense: ["total"],
  escrow_transaction: ["amount"],
  payroll_summary: ["net"],
  commission: ["amount"],
  insurance_premium: ["amount", "taxesFees", "financeCharge"],
  equipment_payment: ["total"],
  equipment_perdiem: ["amount"],
  bulk_fuel_delivery: ["total"],
  parts_movement: ["total"],
  asset_event: ["amount"],
  claim: ["settledAmount|reserve"],
  tax_return: ["netDue"],
  customer_payment: ["amount"],
  vendor_payment: ["amount"],
  factoring_schedule: ["total"],
  factoring_funding: ["fundedNet"],
  factoring_collection: ["amountCollected"],
  intercompany_charge: ["total"],
  accrual: ["total"],
  statistical: [],
};

interface Stated {
  readonly field: string;
  readonly parts: Parts;
  readonly how: string;
}
const byLines: Stated = { field: "total", parts: ["lines[].amount"], how: "the sum of the lines" };
const byLinesAndTaxes: Stated = { field: "total", parts: ["lines[].amount", "taxes[].amount"], how: "the sum of the lines" };
const charges = ["fixedAmount", "mileageCharge", "maintenanceCharge", "insuranceCharge", "principal", "interest", "deposit"] as const;

/** Totals an event states and what they must come to. A settlement's are checked by category below. */
const stated: Readonly<Partial<Record<EventType, readonly Stated[]>>> = {
  customer_invoice: [byLinesAndTaxes],
  customer_credit: [byLinesAndTaxes],
  maintenance_order: [byLinesAndTaxes],
  miscellaneous_expense: [byLinesAndTaxes],
  bulk_fuel_delivery: [byLinesAndTaxes],
  carrier_bill: [{ ...byLinesAndTaxes, field: "netPayable" }],
  fuel_transaction: [
    { ...byLines, field: "invoiceTotal" },
    { field: "netTotal", parts: ["invoiceTotal", "fees", "taxes[].amount", "-discount"], how: "invoiceTotal + fees − discount" },
  ],
  parts_movement: [byLines],
  intercompany_charge: [byLines],
  accrual: [byLines],
  tax_return: [{ field: "netDue", parts: ["lines[].amount", "interest", "penalty"], how: "the sum of the lines + interest + penalty" }],
  equipment_payment: [{ field: "total", parts: [...charges, "taxes[].amount"], how: "the sum of its charges and taxes" }],
  customer_payment: [
    { field: "amount", parts: ["applications[].paid", "unappliedAmount"], how: "the sum of what was paid on invoices + unappliedAmount" },
  ],
  vendor_payment: [
    { field: "amount", parts: ["applications[].amount", "unappliedAmount"], how: "the sum of the applications + unappliedAmount" },
  ],
  factoring_schedule: [{ field: "total", parts: ["invoices[].amount"], how: "the sum of the invoices" }],
  factoring_funding: [
    { field: "fundedNet", parts: ["grossPurchased", "-fee", "-reserve", "-wireFee"], how: "grossPurchased − fee − reserve − wireFee" },
  ],
};

type Add = (event: TransportEvent, minor: (text: string | undefined) => bigint) => bigint;
const moves = new Map<EventType, Add>((Object.keys(moved) as EventType[]).map((type) => [type, compileSum(moved[type])]));
const statements = new Map(
  Object.entries(stated).map(([type, rows]) => [
    type as EventType,
    rows.map(({ field, parts, how }) => ({ field, how, read: compileSum([field]), add: compileSum(parts) })),
  ]),
);

/** What the event moves, in minor units: what money counters show. A voided event moves nothing. */
export function eventTotal(event: TransportEvent): bigint {
  return event.status === "void" ? 0n : (moves.get(event.type)?.(event, amountReader(event.currency)) ?? 0n);
}

/** Every stated total that is wrong. The event's fields must have been checked before. */
export function wrongTotals(event: TransportEvent): WrongTotal[] {
  const minor = amountReader(event.currency);
  const wrong: WrongTotal[] = [];
  const expect = (field: string, figure: bigint, computed: bigint, how: string): void => {
    if (figure === computed) return;
    wrong.push({ field, stated: formatMinor(figure, event.currency), computed: formatMinor(computed, event.currency), how });
  };
  for (const { field, how, read, add } of statements.get(event.type) ?? []) {
    expect(`/${field}`, read(event, minor), add(event, minor), how);
  }
  if (event.type === "driver_settlement") checkSettlement(event, expect);
  if (event.type === "payroll_summary") {
    expect("/net", minor(event.net), payrollNet(event), "the sum of the earnings and reimbursements less employee taxes and deductions");
  }
  return wrong;
}

function compileSum(parts: Parts): Add {
  const terms = parts.map((part) => ({ sense: part.startsWith("-") ? -1n : 1n, read: compileTerm(part.replace(/^-/, "")) }));
  return (event, minor) => {
    let total = 0n;
    for (const { sense, read } of terms) total += sense * read(event as unknown as Raw, minor);
    return total;
  };
}

type Raw = Readonly<Record<string, unknown>>;
type Term = (event: Raw, minor: (text: string | undefined) => bigint) => bigint;

/** `total`, `totals.net`, `lines[].amount`, or `a|b`: the first that is there. */
function compileTerm(path: string): Term {
  if (path.includes("|")) {
    const [first, second] = path.split("|").map(compileTerm);
    const name = path.split("|")[0]!;
    return (event, minor) => (event[name] ? first! : second!)(event, minor);
  }
  const [list, field] = path.split("[].");
  if (field !== undefined) {
    return (event, minor) => {
      let total = 0n;
      for (const item of (event[list!] as readonly Raw[] | null | undefined) ?? []) total += minor(item[field] as string);
      return total;
    };
  }
  const [outer, inner] = path.split(".");
  if (inner === undefined) return (event, minor) => minor(event[outer!] as string);
  return (event, minor) => minor((event[outer!] as Raw | undefined)?.[inner] as string);
}

function payrollNet(event: EventOf<"payroll_summary">): bigint {
  const minor = amountReader(event.currency);
  let net = 0n;
  for (const { category, amount } of event.lines) {
    if (category === "earning" || category === "reimbursement") net += minor(amount);
    else if (category === "employeeTax" || category === "deduction") net -= minor(amount);
  }
  return net;
}

function checkSettlement(
  event: EventOf<"driver_settlement">,
  expect: (field: string, figure: bigint, computed: bigint, how: string) => void,
): void {
  const minor = amountReader(event.currency);
  const { totals, lines } = event;
  const carried = minor(totals.carryForwardIn) + minor(totals.carryForwardOut);
  expect("/totals/net", minor(totals.net), sum(lines, minor) + carried, "the sum of the lines + carryForwardIn + carryForwardOut");
  // Without a category on every line the sub-totals cannot be told apart; the net still can.
  if (lines.some((line) => !line.category)) return;
  const of = (...categories: string[]): bigint =>
    sum(
      lines.filter((line) => categories.includes(line.category ?? "")),
      minor,
    );
  expect("/totals/reimbursements", minor(totals.reimbursements), of("reimbursement"), "the sum of the reimbursement lines");
  expect("/totals/advancesRecovered", minor(totals.advancesRecovered), -of("advanceRecovery"), "the sum of the advanceRecovery lines");
  expect("/totals/escrow", minor(totals.escrow), -of("escrow"), "the sum of the escrow lines");
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
    minor(totals.gross),
    isLoweredInGross ? earned + lowered : earned,
    "the sum of the earning, guarantee and adjustment lines",
  );
  const deducted = -of("deduction", "carryForward", "tax") - (isLoweredInGross ? 0n : lowered);
  expect("/totals/deductions", minor(totals.deductions), deducted, "the sum of the deduction, tax and carryForward lines");
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
