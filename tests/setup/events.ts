import type { CustomerCredit, CustomerInvoice, FuelTransaction } from "../../src/core/events.ts";

const dims = { entity: "01", terminal: "DAL", division: "OTR-VAN", tractor: "T-1042", driver: "D-77" };

/** One fuel ticket with one line; `amount` before the fee. */
export function fuel(
  id: string,
  amount: string,
  over: { revision?: number; fees?: string; code?: string; date?: string; odometer?: string } = {},
): FuelTransaction {
  const fees = over.fees ?? "0.00";
  const total = ((Number(amount) * 100 + Number(fees) * 100) / 100).toFixed(2);
  return {
    type: "fuel_transaction",
    id,
    revision: over.revision ?? 1,
    number: id,
    date: over.date ?? "2026-10-03",
    currency: "USD",
    dims,
    provider: "EFS",
    fundedBy: "company",
    vendor: { id: "EFS", name: "EFS Fuel Cards" },
    lines: [{ lineNo: 1, code: over.code ?? "FULSD", product: "ULSD", amount }],
    fees,
    discount: "0.00",
    invoiceTotal: amount,
    netTotal: total,
    ...(over.odometer === undefined ? {} : { odometer: over.odometer }),
  };
}

/** One freight invoice: linehaul 2,062.90 and fuel surcharge 387.32. */
export function invoice(id: string, over: { number: string; customer?: { id: string; name: string } }): CustomerInvoice {
  return {
    type: "customer_invoice",
    id,
    revision: 1,
    number: over.number,
    date: "2026-10-13",
    serviceDate: "2026-10-12",
    terms: "NET30",
    dueDate: "2026-11-12",
    currency: "USD",
    dims: { ...dims, load: "L251011-0047" },
    customer: over.customer ?? { id: "SHP001", name: 'O\'Hare "Shipper" & Sons' },
    lines: [
      { lineNo: 1, code: "LH", quantity: { value: "842.0", uom: "mi" }, unitPrice: "2.45", amount: "2062.90" },
      { lineNo: 2, code: "FSC", quantity: { value: "842.0", uom: "mi" }, unitPrice: "0.46", amount: "387.32" },
    ],
    total: "2450.22",
  };
}

/** A credit memo of 150.00 to the same customer. */
export function creditOf(id: string, over: { number: string; original: string }): CustomerCredit {
  return {
    type: "customer_credit",
    id,
    revision: 1,
    number: over.number,
    kind: "creditOnly",
    date: "2026-10-20",
    currency: "USD",
    dims,
    customer: { id: "SHP001", name: 'O\'Hare "Shipper" & Sons' },
    originalInvoiceNumber: over.original,
    reasonCode: "ACCESSORIAL_DISPUTE",
    lines: [{ lineNo: 1, code: "DET", amount: "150.00" }],
    total: "150.00",
  };
}
