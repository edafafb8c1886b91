import { writeFileSync } from "node:fs";
import type { TransportEvent } from "../core/events.ts";
import { ediFile } from "./edi-file.ts";
import { fuelCardFile } from "./fuel-card-file.ts";
import { generateMonth, type MonthOptions } from "./month.ts";
import { writeXml } from "./xml-file.ts";

/** The month that is kept under `examples/`. */
export const exampleMonth: MonthOptions = { seed: 20261001, trucks: 50, month: "2026-10" };

/**
 * The example files by name. Each event stands in one file only: fuel in the card report, freight invoices in EDI,
 * settlements and carrier bills in XML, everything else as NDJSON.
 */
export function exampleFiles(): ReadonlyMap<string, string> {
  const events = generateMonth(exampleMonth);
  const of = <T extends TransportEvent["type"]>(...types: T[]) =>
    events.filter((event): event is Extract<TransportEvent, { type: T }> => types.some((type) => type === event.type));
  const fuel = of("fuel_transaction");
  const paid = of("driver_settlement", "carrier_bill");
  const rest = of(
    "customer_credit",
    "cash_advance",
    "maintenance_order",
    "toll_transaction",
    "lumper_receipt",
    "permit",
    "miscellaneous_expense",
  );
  const order = rest.find(
    ({ type, revision, date }) => type === "maintenance_order" && revision === 1 && date.startsWith(exampleMonth.month),
  );
  // An order of its own: with the unit and the invoice number of the one it is made from, it would be held as its double.
  const own = { id: "RO-EXAMPLE", number: "58999", vendorInvoiceNumber: "MI58999", asset: { kind: "tractor", unitNo: "T-1049" } };
  const single = { ...order, ...own, dims: { ...order?.dims, tractor: "T-1049" } };
  return new Map([
    [`fuel-card-${exampleMonth.month}.csv`, fuelCardFile(fuel)],
    [`invoices-${exampleMonth.month}.edi`, ediFile(of("customer_invoice"))],
    [`settlements-${exampleMonth.month}.xml`, writeXml(paid)],
    [`month-${exampleMonth.month}.ndjson`, rest.map((event) => `${JSON.stringify(event)}\n`).join("")],
    ["event.json", `${JSON.stringify(single, null, 2)}\n`],
  ]);
}

// Run with `node src/demo/write-examples.ts` after the generator changed; a test compares the files with the generator.
if (import.meta.main) {
  const folder = new URL("../../examples/", import.meta.url);
  for (const [name, text] of exampleFiles()) {
    writeFileSync(new URL(name, folder), text);
    process.stdout.write(`examples/${name}: ${Buffer.byteLength(text)} bytes\n`);
  }
}
