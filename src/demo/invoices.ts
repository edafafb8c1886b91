import type { CustomerCredit, CustomerInvoice, EventLine } from "../core/events.ts";
import { cents, currency, decimal, priced, share, sumOf, usd } from "./amounts.ts";
import { addDays, businessDayFrom, type MonthCalendar } from "./dates.ts";
import type { Load } from "./loads.ts";
import { createRandom } from "./random.ts";
import { entity } from "./roster.ts";

const firstNumber = 104_001;

/** One freight invoice a load, some supplements, corrections (revision 2) and voids. */
export function createInvoices(loads: readonly Load[], calendar: MonthCalendar, seed: number): CustomerInvoice[] {
  const random = createRandom(seed, `invoices ${calendar.month}`);
  const dated = loads.map((load) => {
    const date = businessDayFrom(calendar, addDays(load.delivered, random.weighted([0, 1, 2, 3], [30, 40, 20, 10])));
    return { load, date: date < calendar.businessDays[0]! ? calendar.businessDays[0]! : date };
  });
  dated.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const invoices = dated.map(({ load, date }, index) =>
    toInvoice(load, date, { number: String(firstNumber + index), pro: String(7_740_000 + index * 3) }),
  );
  const every = (step: number, offset: number) => (_: unknown, index: number) => index % step === offset;
  markUnmapped(invoices.filter(every(140, 77)));
  const company = invoices.filter(({ lines, dims }) => lines[0]?.code === "LH" && dims.serviceLine === "OTR");
  const supplements = company.filter(every(60, 31)).map((invoice) => supplement(invoice, calendar));
  const corrected = company.filter(every(60, 17)).map(correct);
  const voided = company.filter(every(130, 40)).map((invoice): CustomerInvoice => ({ ...invoice, revision: 2, status: "void" }));
  return [...invoices, ...supplements, ...corrected, ...voided];
}

function toInvoice(load: Load, date: string, { number, pro }: { number: string; pro: string }): CustomerInvoice {
  const { customer, lane, truck, loadNo } = load;
  const days = customer.termDays;
  const miles = load.lines.find(({ quantity }) => quantity?.uom === "mi")?.quantity?.value;
  return {
    type: "customer_invoice",
    id: number,
    revision: 1,
    number,
    date,
    serviceDate: load.delivered,
    dueDate: addDays(date, days),
    terms: `NET${days}`,
    currency,
    dims: {
      entity,
      terminal: truck?.unit.terminal ?? "CHI",
      division: truck?.unit.division ?? "BROKERAGE",
      serviceLine: truck === null ? "BROKERAGE" : truck.unit.division === "DEDICATED" ? "DEDICATED" : "OTR",
      ...(truck === null
        ? {}
        : { equipmentType: truck.unit.equipmentType, tractor: truck.unit.unitNo, trailer: truck.trailer, driver: truck.driver.id }),
      customer: customer.id,
      load: loadNo,
      lane: `${lane.origin.region}>${lane.destination.region}`,
    },
    invoiceType: load.isCancelled ? "tonu" : "standard",
    customer: { id: customer.id, name: customer.name },
    loads: [
      {
        loadNo,
        pro,
        bol: `BOL${pro}`,
        poNumber: `45${pro}8`,
        origin: lane.origin,
        destination: lane.destination,
        ...(miles === undefined ? {} : { billedMiles: miles }),
      },
    ],
    lines: [...load.lines],
    total: usd(sumOf(load.lines, ({ amount }) => cents(amount))),
  };
}

/** A charge code the TMS's users made up: nobody has mapped it yet. */
function markUnmapped(invoices: readonly CustomerInvoice[]): void {
  for (const invoice of invoices) {
    const lineNo = invoice.lines.length + 1;
    invoice.lines.push({ lineNo, code: "XPED7", description: "Expedite weekend", amount: "85.00" });
    invoice.total = usd(cents(invoice.total) + cents("85.00"));
  }
}

/** Detention that was approved after the invoice had gone out. */
function supplement(invoice: CustomerInvoice, calendar: MonthCalendar): CustomerInvoice {
  const date = businessDayFrom(calendar, addDays(invoice.date, 6));
  const line: EventLine = {
    lineNo: 1,
    code: "DETU",
    description: "Detention approved later",
    quantity: { value: "2.5", uom: "hr" },
    unitPrice: "60.00",
    amount: "150.00",
  };
  const loads = invoice.loads!.map(({ billedMiles: _, ...load }) => load);
  const number = `${invoice.number}-S1`;
  const dueDate = addDays(date, Number(invoice.terms!.slice(3)));
  return { ...invoice, id: number, number, date, dueDate, invoiceType: "supplemental", loads, lines: [line], total: "150.00" };
}

/** The rate was wrong: the same invoice again, five cents a mile cheaper. */
function correct(invoice: CustomerInvoice): CustomerInvoice {
  const lines = invoice.lines.map((line, index): EventLine => {
    if (index > 0 || line.quantity === undefined || line.unitPrice === undefined) return line;
    const unitPrice = decimal(Number(cents(line.unitPrice)) - 5, 2);
    return { ...line, unitPrice, amount: usd(priced(line.quantity.value, unitPrice)) };
  });
  return { ...invoice, revision: 2, lines, total: usd(sumOf(lines, ({ amount }) => cents(amount))) };
}

const reasons = ["RATE_ERROR", "ACCESSORIAL_DISPUTE", "OS_D", "SERVICE_FAILURE", "GOODWILL"] as const;

/** Credits on invoices of the first three weeks, two in a hundred of them. */
export function createCredits(invoices: readonly CustomerInvoice[], calendar: MonthCalendar, seed: number): CustomerCredit[] {
  const random = createRandom(seed, `credits ${calendar.month}`);
  const latest = calendar.days[Math.min(22, calendar.days.length - 1)]!;
  const changed = new Set(invoices.flatMap(({ id, revision }) => (revision > 1 ? [id] : [])));
  const plain = invoices.filter((invoice) => !changed.has(invoice.id) && invoice.invoiceType === "standard" && invoice.date <= latest);
  const credited = plain.filter((_, index) => index % 36 === 11);
  return credited.map((invoice, index) => {
    const accessorial = invoice.lines.find(({ code }) => code === "DETU" || code === "DETL" || code === "STOP");
    const line = accessorial ?? invoice.lines[0]!;
    const minor = accessorial === undefined ? share(cents(line.amount), BigInt(random.between(3, 12)), 100n) : cents(line.amount);
    const { tractor: _, trailer: __, driver: ___, ...dims } = invoice.dims;
    return {
      type: "customer_credit",
      id: `CR-${20_101 + index}`,
      revision: 1,
      number: String(20_101 + index),
      date: businessDayFrom(calendar, addDays(invoice.date, random.between(4, 8))),
      currency,
      dims,
      kind: random.chance(200) ? "creditAndRebill" : "creditOnly",
      customer: invoice.customer,
      originalInvoiceNumber: invoice.number,
      originalId: invoice.id,
      reasonCode: accessorial === undefined ? random.pick(reasons) : "ACCESSORIAL_DISPUTE",
      lines: [{ lineNo: 1, code: line.code!, description: `Credit on ${invoice.number}`, amount: usd(minor) }],
      total: usd(minor),
    };
  });
}
