import type { EventType, TransportEvent } from "../events.ts";
import type { EventIn } from "./check.ts";
import { tractorGallons } from "./checks-fuel.ts";
import { decimalOf, inGallons, showDecimal, sumOf, zero } from "./figures.ts";
import { normalizeNumber, type Trace } from "./trace.ts";

/** Traces one event may leave: of very long statements the first lines are remembered. */
const tracesMax = 200;

type Leave<Type extends EventType> = (event: EventIn<Type>) => readonly (Trace | null)[];

/** What is remembered of each type. A key is complete or the trace is not left: blanks would meet other blanks. */
const leaving: { readonly [Type in EventType]?: Leave<Type> } = {
  customer_invoice: (event) => [
    ...loadsOf(event).map((load) => trace("sale", event.date, [event.customer.id, load, amount(event.total)])),
    numbered(event, [], event.number),
    trace("invoiced", event.date, [normalizeNumber(event.number)], { type: event.type, total: event.total, customer: event.customer.id }),
  ],
  customer_credit: (event) => [
    trace("sale", event.date, [normalizeNumber(event.originalInvoiceNumber), "credit", amount(event.total)]),
    numbered(event, [], event.number),
    trace("invoiced", event.date, [normalizeNumber(event.originalInvoiceNumber)], {
      type: event.kind === "debit" ? "debit" : event.type,
      total: event.total,
    }),
  ],
  carrier_bill: (event) => [
    trace("load_bill", event.date, [event.loadNo], { vendor: event.vendor.id, name: event.vendor.name, amount: amount(event.netPayable) }),
    numbered(event, [event.vendor.id], event.number),
    event.remitTo ? trace("cost", event.date, [event.type, event.remitTo.id, amount(event.netPayable)]) : null,
    trace("remit", event.date, [event.vendor.id], { to: event.remitTo?.id ?? event.vendor.id }),
  ],
  driver_settlement: (event) => [
    trace("pay", event.periodStart, [event.payee.id], { end: event.periodEnd, gross: event.totals.gross, number: event.number }),
    ...event.lines.map((line) => trace("taken", event.date, [line.sourceEventId, line.code])),
    ...paidLoads(event).map((load) => trace("paid_load", event.date, [event.payee.id, load])),
  ],
  cash_advance: (event) => [
    trace("advance", event.occurredAt || event.date, [event.payee.id], { amount: amount(event.amount), load: event.loadNo ?? "" }),
  ],
  fuel_transaction: (event) => [
    trace("fuel_unit", event.occurredAt || event.date, [event.dims.tractor || event.dims.driver], {
      gallons: showDecimal(gallonsOf(event)),
      burned: showDecimal(tractorGallons(event)),
      amount: amount(event.netTotal),
      ...(event.odometer ? { odometer: event.odometer } : {}),
      site: `${event.location?.siteId || event.vendor.id}`,
    }),
    trace("fuel_card", event.occurredAt || event.date, [
      event.card?.last4,
      event.location?.siteId || event.vendor.id,
      amount(event.netTotal),
    ]),
  ],
  maintenance_order: (event) => [
    trace("cost", event.date, [event.type, event.vendor.id, event.asset.unitNo, amount(event.total)]),
    event.vendorInvoiceNumber ? numbered(event, [event.vendor.id], event.vendorInvoiceNumber) : null,
    ...[...new Set(event.lines.flatMap(({ vmrs }) => (vmrs ? [vmrs.slice(0, 3)] : [])))].map((system) =>
      trace("repair", event.date, [event.asset.unitNo, system]),
    ),
  ],
  toll_transaction: (event) => [
    event.replenishment
      ? null
      : trace("toll", event.occurredAt || event.date, [
          event.dims.tractor || event.transponderId || event.licensePlate,
          event.plaza,
          amount(event.amount),
        ]),
  ],
  lumper_receipt: (event) => [
    trace("cost", event.date, [event.type, event.loadNo, amount(event.amount)]),
    numbered(event, [event.vendor.id, event.loadNo], event.number),
  ],
  permit: (event) => [
    trace("month_cost", event.date, [
      event.type,
      event.vendor.id,
      event.permitType,
      event.jurisdiction,
      event.dims.tractor || event.dims.trailer,
      amount(event.amount),
    ]),
  ],
  insurance_premium: (event) => [trace("month_cost", event.date, [event.type, event.policyNumber, event.coverage, amount(event.amount)])],
  equipment_payment: (event) => [
    trace("month_cost", event.date, [
      event.type,
      event.contractNumber,
      event.asset?.unitNo || event.dims.tractor || event.dims.trailer || "all",
      amount(event.total),
    ]),
  ],
  equipment_perdiem: (event) => [
    trace("cost", event.date, [event.type, event.vendor.id, event.container || event.chassis, amount(event.amount)]),
    numbered(event, [event.vendor.id], event.number),
  ],
  bulk_fuel_delivery: (event) => [
    trace("cost", event.date, [event.type, event.vendor.id, amount(event.total)]),
    numbered(event, [event.vendor.id], event.number),
  ],
  miscellaneous_expense: (event) => [
    trace("cost", event.date, [
      event.type,
      event.vendor.id,
      event.dims.tractor || event.dims.trailer || event.dims.driver || event.date,
      amount(event.total),
    ]),
  ],
  commission: (event) => [
    trace("cost", event.date, [event.type, event.payee.id, event.loadNo || event.invoiceNumber, amount(event.amount)]),
  ],
  customer_payment: (event) => [
    event.reversalOf
      ? null
      : trace("payment", event.date, [event.type, event.customer.id, amount(event.amount)], { reference: event.reference }),
  ],
  vendor_payment: (event) => [
    trace("payment", event.date, [event.type, event.payee.id, amount(event.amount)], { reference: event.reference }),
  ],
  factoring_schedule: (event) =>
    event.invoices.map(({ invoiceNumber }) =>
      trace("factored", event.date, [normalizeNumber(invoiceNumber)], { factor: event.vendor.id, name: event.vendor.name }),
    ),
  accrual: (event) => [
    trace("accrued", event.date, [
      event.dims.entity || "all",
      event.accrualType,
      event.period,
      event.dims.load || event.dims.terminal || "all",
      amount(event.total),
    ]),
  ],
  tax_return: (event) => [trace("accrued", event.date, [event.type, event.dims.entity || "all", event.taxType, event.quarter])],
};

/** Everything that is remembered of an event. A void leaves nothing. */
export function tracesOf(event: TransportEvent): Trace[] {
  if (event.status === "void") return [];
  const leave = leaving[event.type] as Leave<EventType> | undefined;
  const left = leave?.(event as never).filter((one) => one !== null) ?? [];
  const seen = new Set<string>();
  const isNew = ({ kind, key }: Trace): boolean => !seen.has(`${kind}/${key}`) && seen.add(`${kind}/${key}`) !== undefined;
  return left.filter(isNew).slice(0, tracesMax);
}

function trace(kind: string, at: string, key: readonly (string | undefined)[], facts: Readonly<Record<string, string>> = {}): Trace | null {
  if (key.some((part) => !part)) return null;
  return { kind, key: key.join("\u001f"), at, facts };
}

function numbered(event: TransportEvent, of: readonly string[], number: string): Trace | null {
  return trace("number", event.date, [event.type, ...of, normalizeNumber(number)], { number });
}

/** Amounts are compared as values: 10.5 and 10.50 are one. */
function amount(text: string): string {
  return showDecimal(decimalOf(text));
}

function loadsOf(event: EventIn<"customer_invoice">): string[] {
  const loads = [
    ...(event.loads ?? []).map(({ loadNo }) => loadNo),
    ...event.lines.map((line) => line.loadNo || line.dims?.load || ""),
    event.dims.load ?? "",
  ];
  return [...new Set(loads.filter((load) => load !== ""))].slice(0, 50);
}

function paidLoads(event: EventIn<"driver_settlement">): string[] {
  const loads = event.lines.flatMap((line) => {
    const load = line.loadNo || line.dims?.load;
    return line.category === "earning" && load ? [`${load}\u001f${line.code}`] : [];
  });
  return [...new Set(loads)];
}

function gallonsOf(event: EventIn<"fuel_transaction">) {
  return sumOf(event.lines.map(({ quantity }) => (quantity ? inGallons(quantity) : null) ?? zero));
}
