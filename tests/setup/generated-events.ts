import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { parse } from "yaml";
import { formatMinor } from "../../src/core/money.ts";
import { readRuleSet } from "../../src/core/rules/rule-set.ts";

/** An event as a source sends it. */
export type Raw = Record<string, unknown>;
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
/** The default rule set. */
export const trucking = readRuleSet(parse(read("rule-sets/trucking.yaml"))).ruleSet!;
/** The event of each type that docs/events.md shows. */
export const examples = new Map(
  [...read("docs/events.md").matchAll(/```json\n([\s\S]*?)```/g)].map((match) => {
    const raw = JSON.parse(match[1]!) as Raw;
    return [raw["type"] as string, raw];
  }),
);

const text = (minor: bigint): string => formatMinor(minor, "USD");
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n);
const cents = (min: number, max: number) => fc.integer({ min, max }).map(BigInt);
const positive = cents(0, 5_000_000);
const signed = cents(-500_000, 500_000);
const codesOf = (...kinds: string[]) =>
  fc.constantFrom(
    ...Object.entries(trucking.codes)
      .filter(([, { kind }]) => kinds.includes(kind))
      .map(([code]) => code),
  );
export const party = { id: "P-1", name: "Somebody" };

/** Lines and the sum of their amounts; `more` are further fields of each. */
function lines(amount: fc.Arbitrary<bigint>, more: Record<string, fc.Arbitrary<unknown>> = {}) {
  const dims = fc.constantFrom({}, { entity: "02" }, { terminal: "DAL" }, { entity: "03", tractor: "T-9" });
  const quantity = fc.option(fc.record({ value: fc.constantFrom("10.5", "842.0", "0"), uom: fc.constantFrom("gal", "mi") }), { nil: null });
  return fc.array(fc.record({ minor: amount, dims, quantity, ...more }), { minLength: 1, maxLength: 8 }).map((rows) => ({
    rows: rows.map(({ minor, ...rest }, index): Raw => ({ lineNo: index + 1, amount: text(minor), ...rest })),
    total: sum(rows.map(({ minor }) => minor)),
    minors: rows.map(({ minor }) => minor),
  }));
}
const taxes = fc
  .array(fc.record({ code: fc.constantFrom("GSTC", "QSTC", "SUTX"), minor: cents(0, 90_000) }), { maxLength: 2 })
  .map((rows) => ({ taxes: rows.map(({ code, minor }) => ({ code, amount: text(minor) })), tax: sum(rows.map(({ minor }) => minor)) }));

/** An event of a type by lines: its total is what they and the taxes come to. */
const byLines = (type: string, code: fc.Arbitrary<string>, options: { field?: string; amount?: fc.Arbitrary<bigint>; more?: Raw } = {}) =>
  fc.tuple(lines(options.amount ?? signed, { code }), taxes).map(
    ([{ rows, total }, { taxes: list, tax }]): Raw => ({
      type,
      ...options.more,
      lines: rows,
      taxes: list,
      [options.field ?? "total"]: text(total + tax),
    }),
  );

/** Events of a type from amounts by field; what they have beside comes of the documented example. */
const byAmounts = (type: string, amounts: Record<string, fc.Arbitrary<bigint>>, more: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.tuple(fc.record(amounts), fc.record(more)).map(
    ([minors, rest]): Raw => ({
      type,
      ...Object.fromEntries(Object.entries(minors).map(([name, minor]) => [name, text(minor)])),
      ...rest,
    }),
  );

const assetKind = fc.constantFrom("tractor", "trailer", "other").map((kind) => ({ kind, unitNo: "1" }));
const costs = codesOf("EXP", "LEASE", "FUEL");
/** Settlements of any lines; a contractor or an employee is paid. */
export const settlement = fc
  .tuple(lines(signed, { code: codesOf("PAY", "REIMB", "DED", "ESC") }), fc.constantFrom("employee", "ownerOperator"))
  .map(([{ rows, total }, type]): Raw => {
    const totals = {
      gross: "0",
      reimbursements: "0",
      deductions: "0",
      advancesRecovered: "0",
      escrow: "0",
      net: text(total),
      totalMiles: "812.5",
    };
    return { type: "driver_settlement", lines: rows, payee: { type, ...party }, totals };
  });
const fuel = fc
  .tuple(
    lines(positive, { product: fc.constantFrom("ULSD", "DEF", "CASH", "OTHER") }),
    taxes,
    positive,
    fc.constantFrom("funded", "direct", "terminal"),
  )
  .map(
    ([{ rows, total }, { taxes: list, tax }, fees, billing]): Raw => ({
      ...{ type: "fuel_transaction", lines: rows, taxes: list, billing, fees: text(fees), discount: "1.00" },
      ...{ invoiceTotal: text(total), netTotal: text(total + tax + fees - 100n) },
    }),
  );
const payroll = lines(positive, { category: fc.constantFrom("earning", "reimbursement", "employerTax", "fee") }).map(
  ({ rows, minors }): Raw => {
    const net = sum(minors.filter((_, index) => ["earning", "reimbursement"].includes(rows[index]!["category"] as string)));
    return { type: "payroll_summary", lines: rows, net: text(net) };
  },
);
const charges = ["fixedAmount", "mileageCharge", "maintenanceCharge", "insuranceCharge", "principal", "interest", "deposit"];
const equipment = fc
  .tuple(fc.array(positive, { minLength: 7, maxLength: 7 }), assetKind, fc.constantFrom("rental", "note", "financeLease"))
  .map(([amounts, asset, kind]): Raw => {
    const parts = Object.fromEntries(charges.map((name, index) => [name, text(amounts[index]!)]));
    return { type: "equipment_payment", asset, kind, ...parts, taxes: [], total: text(sum(amounts)) };
  });
const taxReturn = fc.tuple(lines(signed), positive, fc.constantFrom("IFTA", "NM")).map(([{ rows, total }, penalty, taxType]): Raw => {
  const stated = rows.map((row) => ({ ...row, jurisdiction: "TX" }));
  return { type: "tax_return", taxType, lines: stated, penalty: text(penalty), netDue: text(total + penalty) };
});
const received = fc
  .tuple(fc.array(fc.tuple(positive, cents(0, 900), cents(0, 900)), { maxLength: 4 }), positive, fc.constantFrom(undefined, "cp-1"))
  .map(([rows, unapplied, reversalOf]): Raw => {
    const applications = rows.map(([paid, discount, adjustment], index) => ({
      ...{ invoiceNumber: `${index}`, paid: text(paid), discount: text(discount), adjustment: text(adjustment) },
    }));
    const amount = sum(rows.map(([paid]) => paid)) + unapplied;
    return {
      type: "customer_payment",
      applications,
      unappliedAmount: text(unapplied),
      amount: text(amount),
      feeAmount: "0.50",
      reversalOf,
    };
  });
const paid = fc
  .tuple(fc.array(fc.tuple(positive, cents(0, 900)), { minLength: 1, maxLength: 4 }), fc.constantFrom("vendor", "carrier", "ownerOperator"))
  .map(([rows, type]): Raw => {
    const applications = rows.map(([amount, discount], index) => ({
      billNumber: `${index}`,
      amount: text(amount),
      discount: text(discount),
    }));
    return { type: "vendor_payment", payee: { type, ...party }, applications, amount: text(sum(rows.map(([amount]) => amount))) };
  });
const funded = fc
  .tuple(fc.array(positive, { minLength: 1, maxLength: 4 }), positive, positive, fc.boolean())
  .map(([amounts, fee, reserve, nonRecourse]): Raw => {
    const invoices = amounts.map((amount, index) => ({ invoiceNumber: `${index}`, customer: party, amount: text(amount) }));
    const gross = sum(amounts);
    const figures = {
      grossPurchased: text(gross),
      fee: text(fee),
      reserve: text(reserve),
      wireFee: "15.00",
      fundedNet: text(gross - fee - reserve - 1500n),
    };
    return { type: "factoring_funding", nonRecourse, invoices, ...figures };
  });

const dates = fc.constantFrom(
  { from: "2026-11-16", to: "2027-02-15" },
  { from: "2027-01-01", to: "2027-12-31" },
  { from: "2028-02-29", to: "2028-03-01" },
);
/** Events of every type whose totals are right, without what comes of the documented example. */
export const generated: Record<string, fc.Arbitrary<Raw>> = {
  customer_invoice: byLines("customer_invoice", codesOf("REV", "REV_FSC", "REV_ACC", "REV_ADJ")),
  customer_credit: fc
    .tuple(byLines("customer_credit", codesOf("REV", "REV_ACC"), { amount: positive }), fc.constantFrom("creditOnly", "debit"))
    .map(([raw, kind]) => ({ ...raw, kind })),
  carrier_bill: byLines("carrier_bill", codesOf("PT", "ADV", "CLAIM"), { field: "netPayable" }),
  maintenance_order: fc
    .tuple(byLines("maintenance_order", codesOf("MAINT")), positive)
    .map(([raw, claimed]) => ({ ...raw, warrantyRecoverable: text(claimed) })),
  miscellaneous_expense: fc
    .tuple(byLines("miscellaneous_expense", costs), fc.constantFrom("card", "onAccount", "check"))
    .map(([raw, paidBy]) => ({ ...raw, paidBy })),
  bulk_fuel_delivery: byLines("bulk_fuel_delivery", fc.constant("FINV")),
  parts_movement: fc
    .tuple(lines(signed), fc.constantFrom("receipt", "issue", "return", "count"))
    .map(([{ rows, total }, kind]) => ({ type: "parts_movement", kind, vendor: party, lines: rows, total: text(total) })),
  accrual: fc
    .tuple(lines(signed, { code: codesOf("REV", "PT", "PAY") }), fc.constantFrom("unbilledRevenue", "driverPay", "toll", "claims"))
    .map(([{ rows, total }, accrualType]) => ({ type: "accrual", accrualType, lines: rows, total: text(total) })),
  intercompany_charge: lines(signed, { code: codesOf("IC", "FUEL") }).map(({ rows, total }) => ({
    type: "intercompany_charge",
    lines: rows,
    total: text(total),
  })),
  driver_settlement: settlement,
  fuel_transaction: fuel,
  payroll_summary: payroll,
  equipment_payment: equipment,
  tax_return: taxReturn,
  customer_payment: received,
  vendor_payment: paid,
  factoring_funding: funded,
  cash_advance: byAmounts("cash_advance", { amount: positive, fee: positive }),
  toll_transaction: byAmounts("toll_transaction", { amount: signed, fee: signed }, { prePaid: fc.boolean(), replenishment: fc.boolean() }),
  lumper_receipt: byAmounts("lumper_receipt", { amount: signed }, { paidBy: fc.constantFrom("card", "moneyCode", "company") }),
  permit: fc
    .tuple(byAmounts("permit", { amount: signed, serviceFee: positive }, { permitType: fc.constantFrom("IRP", "UCR", "trip") }), dates)
    .map(([raw, { from, to }]) => ({ ...raw, validFrom: from, validTo: to })),
  escrow_transaction: byAmounts(
    "escrow_transaction",
    { amount: positive },
    { kind: fc.constantFrom("contribution", "interest", "application", "refund", "adjustment") },
  ),
  commission: byAmounts(
    "commission",
    { amount: signed },
    { payee: fc.constantFrom("agent", "salesRep").map((type) => ({ type, ...party })) },
  ),
  insurance_premium: fc
    .tuple(
      byAmounts("insurance_premium", { amount: signed, taxesFees: positive, financedAmount: positive, financeCharge: positive }),
      dates,
    )
    .map(([raw, { from, to }]) => ({ ...raw, effectiveFrom: from, effectiveTo: to })),
  equipment_perdiem: byAmounts("equipment_perdiem", { amount: positive }),
  asset_event: byAmounts(
    "asset_event",
    { amount: positive, loanAmount: positive, accumulated: positive, proceeds: positive },
    { kind: fc.constantFrom("acquire", "dispose", "depreciate", "impair"), asset: assetKind, vendor: fc.constant(party) },
  ),
  claim: byAmounts(
    "claim",
    { settledAmount: positive, insurerPaid: positive, offsetAmount: positive },
    {
      kind: fc.constantFrom("cargo", "auto"),
      claimStatus: fc.constantFrom("open", "paid"),
      offsetAgainst: fc.constantFrom("carrierBill", "escrow", "none"),
    },
  ),
  factoring_collection: byAmounts(
    "factoring_collection",
    { amountCollected: positive, fee: positive, reserveReleased: positive },
    { nonRecourse: fc.boolean() },
  ),
  factoring_schedule: fc.constant({ type: "factoring_schedule" }),
  statistical: fc.constant({ type: "statistical" }),
};
