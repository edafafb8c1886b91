import { describe, expect, test } from "vitest";
import type { CustomerInvoice, DriverSettlement, TransportEvent } from "../core/events.ts";
import { readEvent } from "../core/events/read.ts";
import { cents, sumOf } from "./amounts.ts";
import { monthCalendar } from "./dates.ts";
import { generateMonth, ownerOperatorUnits } from "./month.ts";

const options = { seed: 20261001, trucks: 50, month: "2026-10" };
const events = generateMonth(options);
const of = <T extends TransportEvent["type"]>(type: T) =>
  events.filter((event): event is Extract<TransportEvent, { type: T }> => event.type === type);
const first = <T extends { revision: number; status?: string }>(list: readonly T[]) => list.filter(({ revision }) => revision === 1);
const owners = ownerOperatorUnits(options.seed, options.trucks);

test("the same options give the same month, another seed another one", () => {
  expect(generateMonth(options)).toEqual(events);
  expect(generateMonth({ ...options, seed: 2 })).not.toEqual(events);
});

test("every event is a proper one: fields, signs and totals", () => {
  for (const event of events) expect(readEvent(event).findings, event.id).toEqual([]);
});

test.each([
  [2, "2026-02"],
  [1, "2027-01"],
  [120, "2026-12"],
])("%i trucks in %s make proper events too", (trucks, month) => {
  const all = generateMonth({ seed: 7, trucks, month });
  expect(all.flatMap((event) => readEvent(event).findings)).toEqual([]);
  expect(new Set(all.map(({ type, id, revision }) => `${type} ${id} ${revision}`)).size).toBe(all.length);
});

describe("volumes of a 50-truck carrier", () => {
  test.each([
    ["customer_invoice", 720, 740],
    ["customer_credit", 12, 18],
    ["carrier_bill", 41, 45],
    ["driver_settlement", 200, 230],
    ["cash_advance", 65, 90],
    ["fuel_transaction", 570, 590],
    ["maintenance_order", 115, 125],
    ["toll_transaction", 1550, 1650],
    ["lumper_receipt", 36, 56],
    ["permit", 50, 60],
    ["miscellaneous_expense", 145, 155],
  ] as const)("%s", (type, low, high) => {
    expect(of(type).length).toBeGreaterThanOrEqual(low);
    expect(of(type).length).toBeLessThanOrEqual(high);
  });

  test("three in ten trucks are owner-operators'", () => {
    expect(owners.size).toBe(15);
  });

  test("revenue is believable", () => {
    const revenue = sumOf(first(of("customer_invoice")), ({ total }) => cents(total));
    expect(revenue).toBeGreaterThan(80_000_000n);
    expect(revenue).toBeLessThan(115_000_000n);
  });
});

describe("the month is consistent in itself", () => {
  const contractors = of("driver_settlement").filter(({ payee }) => payee.type === "ownerOperator");
  const inWeek = (settlement: DriverSettlement, date: string) => date >= settlement.periodStart && date <= settlement.periodEnd;

  test("every load on a settlement was invoiced, and every credit names an invoice", () => {
    const invoices = of("customer_invoice");
    const loads = new Set(invoices.flatMap((invoice) => invoice.loads?.map(({ loadNo }) => loadNo) ?? []));
    const paid = of("driver_settlement").flatMap(({ lines }) => lines.flatMap(({ loadNo }) => (loadNo === undefined ? [] : [loadNo])));
    expect(paid.length).toBeGreaterThan(1000);
    expect(paid.filter((loadNo) => !loads.has(loadNo))).toEqual([]);
    const totals = new Map(first(invoices).map(({ number, total }) => [number, cents(total)]));
    for (const credit of of("customer_credit"))
      expect(cents(credit.total)).toBeLessThanOrEqual(totals.get(credit.originalInvoiceNumber) ?? -1n);
  });

  test("a contractor's fuel, tolls and advances of a week come back on that week's settlement, to the cent", () => {
    const fuel = of("fuel_transaction");
    const tolls = of("toll_transaction");
    const advances = of("cash_advance").filter(({ purpose }) => purpose === "advance");
    for (const settlement of contractors) {
      const unit = settlement.dims.tractor;
      const taken = (...codes: string[]) =>
        -sumOf(
          settlement.lines.filter(({ code }) => codes.includes(code!)),
          ({ amount }) => cents(amount),
        );
      const tickets = fuel.filter(({ dims, date }) => dims.tractor === unit && inWeek(settlement, date));
      const passages = tolls.filter(({ dims, date }) => dims.tractor === unit && inWeek(settlement, date));
      const codes = advances.filter(({ payee, date }) => payee.id === settlement.payee.id && inWeek(settlement, date));
      expect(taken("DFUEL", "DMISC")).toBe(sumOf(tickets, ({ netTotal }) => cents(netTotal)) + sumOf(codes, ({ amount }) => cents(amount)));
      expect(taken("DTOLL")).toBe(sumOf(passages, ({ amount, fee }) => cents(amount) + cents(fee ?? "0.00")));
    }
  });

  test("what is carried out of one settlement is carried into the next", () => {
    const next = new Map(of("driver_settlement").map((settlement) => [`${settlement.payee.id} ${settlement.periodStart}`, settlement]));
    const carrying = of("driver_settlement").filter(({ totals }) => totals.carryForwardOut !== undefined);
    expect(carrying.length).toBeGreaterThan(0);
    for (const { payee, periodEnd, totals } of carrying) {
      const following = next.get(`${payee.id} ${new Date(Date.parse(periodEnd) + 86_400_000).toISOString().slice(0, 10)}`);
      expect(totals.net).toBe("0.00");
      if (following !== undefined) expect(following.totals.carryForwardIn).toBe(`-${totals.carryForwardOut}`);
    }
  });

  test("a lumper paid by money code has its advance, a carrier's advance is taken back on its bill", () => {
    const advances = of("cash_advance");
    for (const receipt of of("lumper_receipt").filter(({ paidBy }) => paidBy === "moneyCode")) {
      expect(
        advances.filter(({ purpose, loadNo, amount }) => purpose === "lumper" && loadNo === receipt.loadNo && amount === receipt.amount),
      ).toHaveLength(1);
    }
    const bills = of("carrier_bill").filter(({ id }) => !id.endsWith("-P"));
    const recovered = sumOf(
      bills.flatMap(({ lines }) => lines.filter(({ code }) => code === "PTADV")),
      ({ amount }) => -cents(amount),
    );
    expect(recovered).toBe(
      sumOf(
        advances.filter(({ payee }) => payee.type === "carrier"),
        ({ amount }) => cents(amount),
      ),
    );
  });

  test("fuel and tolls of owner-operators are funded by them, and no others", () => {
    for (const event of [...of("fuel_transaction"), ...of("toll_transaction")]) {
      expect(event.fundedBy).toBe(owners.has(event.dims.tractor!) ? "ownerOperator" : "company");
    }
  });
});

describe("some of it is dirty, on purpose", () => {
  const known = new Set(["SNAX", "TRLW", "XPED7", "EXGIFT"]);
  const dirty = events.filter((event) => "lines" in event && event.lines.some(({ code }) => known.has(code ?? "")));

  test("codes nobody mapped: about half a percent", () => {
    expect(dirty.length).toBeGreaterThanOrEqual(12);
    expect(dirty.length).toBeLessThanOrEqual(24);
  });

  test("documents into the closed month, a terminal that is not there, a bill twice, a settlement below zero", () => {
    const closed = events.filter(({ date }) => date < "2026-10-01");
    expect(new Set(closed.map(({ type }) => type))).toEqual(
      new Set(["fuel_transaction", "toll_transaction", "maintenance_order", "carrier_bill"]),
    );
    expect(closed.length).toBeLessThanOrEqual(14);
    expect(events.filter(({ dims }) => dims.terminal === "MEM")).toHaveLength(3);
    const bills = of("carrier_bill").map(({ vendor, loadNo, netPayable, id }) =>
      id.endsWith("-L") ? id : `${vendor.id} ${loadNo} ${netPayable}`,
    );
    expect(bills.length - new Set(bills).size).toBe(1);
    expect(of("driver_settlement").filter(({ totals }) => totals.net.startsWith("-"))).toHaveLength(1);
  });

  test("corrections and voids follow what they change", () => {
    const later = events.filter(({ revision }) => revision > 1);
    expect(later.filter(({ status }) => status === "void").length).toBeGreaterThanOrEqual(2);
    expect(later.length).toBeGreaterThanOrEqual(6);
    for (const event of later) {
      const before = events.findIndex(
        ({ type, id, revision }) => type === event.type && id === event.id && revision === event.revision - 1,
      );
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before).toBeLessThan(events.indexOf(event));
      if (event.status !== "void") expect((event as CustomerInvoice).total).not.toBe((events[before] as CustomerInvoice).total);
    }
  });
});

test("weeks are settled in the month their Wednesday falls in", () => {
  expect(monthCalendar("2026-10").weeks.map(({ start, end, approved, paid }) => [start, end, approved, paid])).toEqual([
    ["2026-09-27", "2026-10-03", "2026-10-07", "2026-10-09"],
    ["2026-10-04", "2026-10-10", "2026-10-14", "2026-10-16"],
    ["2026-10-11", "2026-10-17", "2026-10-21", "2026-10-23"],
    ["2026-10-18", "2026-10-24", "2026-10-28", "2026-10-30"],
  ]);
});
