import type { CarrierBill, CashAdvance, EventLine } from "../core/events.ts";
import { cents, currency, share, sumOf, usd } from "./amounts.ts";
import { addDays, businessDayFrom, centralInstant, type MonthCalendar } from "./dates.ts";
import type { Load } from "./loads.ts";
import { createRandom, type Random } from "./random.ts";
import { entity } from "./roster.ts";

export interface Purchased {
  readonly bills: CarrierBill[];
  readonly advances: CashAdvance[];
}

/** A bill for every brokered load, with what differs from the rate confirmation; one comes twice, one into the closed month. */
export function createCarrierBills(loads: readonly Load[], calendar: MonthCalendar, seed: number): Purchased {
  const random = createRandom(seed, `carrier bills ${calendar.month}`);
  const bills: CarrierBill[] = [];
  const advances: CashAdvance[] = [];
  for (const [index, load] of loads.filter(({ carrier }) => carrier !== null).entries()) {
    const advance = index % 5 < 2 && index < 38 ? createAdvance(load, { random, index, earliest: calendar.days[0]! }) : null;
    if (advance !== null) advances.push(advance);
    bills.push(createBill(load, { random, calendar, index, advanceMinor: advance === null ? null : cents(advance.amount) }));
  }
  const again = bills[7];
  // The same paper, keyed in once from the mail and once from the portal: other id, other spelling of the number.
  if (again !== undefined)
    bills.push({ ...again, id: `${again.id}-P`, number: again.number.replace("INV-", "inv 0"), date: addDays(again.date, 1) });
  const late = bills[2];
  if (late !== undefined) bills.push(lateBill(late, calendar));
  return { bills, advances };
}

function createBill(load: Load, at: { random: Random; calendar: MonthCalendar; index: number; advanceMinor: bigint | null }): CarrierBill {
  const { random, calendar, index, advanceMinor } = at;
  const carrier = load.carrier!;
  const lines = costLines(load, random);
  const expected = sumOf(lines, ({ amount }) => cents(amount));
  if (random.chance(100))
    lines.push({
      lineNo: 0,
      code: "PTDET",
      description: "Detention not on the rate confirmation",
      amount: random.pick(["40.00", "80.00", "160.00"]),
    });
  if (advanceMinor !== null) lines.push({ lineNo: 0, code: "PTADV", description: "Advance taken back", amount: usd(-advanceMinor) });
  const charged = sumOf(lines, ({ amount }) => cents(amount));
  const isQuick = random.chance(280);
  if (isQuick) lines.push({ lineNo: 0, code: "PTQP", description: "Quick pay 3 %", amount: usd(-share(charged, 3n, 100n)) });
  const date = businessDayFrom(calendar, addDays(load.delivered, random.weighted([1, 2, 3, 5, 9], [20, 30, 25, 15, 10])));
  const termDays = isQuick ? 7 : 21;
  return {
    type: "carrier_bill",
    id: `CB-${5001 + index}`,
    revision: 1,
    number: `INV-${7700 + index * 13}`,
    date,
    serviceDate: load.delivered,
    dueDate: addDays(date, termDays),
    terms: `NET${termDays}`,
    currency,
    dims: {
      entity,
      terminal: "CHI",
      division: "BROKERAGE",
      serviceLine: "BROKERAGE",
      customer: load.customer.id,
      carrier: carrier.id,
      load: load.loadNo,
      lane: `${load.lane.origin.region}>${load.lane.destination.region}`,
    },
    vendor: { id: carrier.id, name: carrier.name },
    ...(carrier.remitTo === null ? {} : { remitTo: carrier.remitTo }),
    loadNo: load.loadNo,
    lines: lines.map((line, position) => ({ ...line, lineNo: position + 1 })),
    expectedTotal: usd(expected),
    netPayable: usd(sumOf(lines, ({ amount }) => cents(amount))),
  };
}

/** The carrier gets about 86 percent of what the customer pays; lumpers and tolls at cost. */
function costLines(load: Load, random: Random): EventLine[] {
  const codes: Readonly<Record<string, string>> = {
    LH: "PTLH",
    FSC: "PTFSC",
    DETU: "PTDET",
    DETL: "PTDET",
    LUM: "PTLUM",
    STOP: "PTSTOP",
    LAY: "PTLAY",
    TOLLR: "PTTOLL",
  };
  const part = BigInt(random.between(82, 90));
  return load.lines.flatMap(({ code, description, amount }) => {
    const cost = codes[code ?? ""];
    if (cost === undefined) return [];
    const minor = code === "LUM" || code === "TOLLR" ? cents(amount) : share(cents(amount), part, 100n);
    return [{ lineNo: 0, code: cost, ...(description === undefined ? {} : { description }), amount: usd(minor) }];
  });
}

function lateBill(bill: CarrierBill, calendar: MonthCalendar): CarrierBill {
  const date = addDays(calendar.days[0]!, -2);
  const line: EventLine = { lineNo: 1, code: "PTLUM", description: "Lumper receipt found later", amount: "145.00" };
  const { expectedTotal: _, ...rest } = bill;
  return {
    ...rest,
    id: `${bill.id}-L`,
    number: `${bill.number}-L`,
    date,
    serviceDate: date,
    dueDate: addDays(date, 21),
    terms: "NET21",
    lines: [line],
    netPayable: "145.00",
  };
}

function createAdvance(load: Load, { random, index, earliest }: { random: Random; index: number; earliest: string }): CashAdvance {
  const picked = addDays(load.delivered, -1);
  const date = picked < earliest ? earliest : picked;
  const carrier = load.carrier!;
  return {
    type: "cash_advance",
    id: `MC-${88_001 + index}`,
    revision: 1,
    date,
    occurredAt: centralInstant(date, `${String(random.between(6, 20)).padStart(2, "0")}:15`),
    currency,
    dims: { entity, terminal: "CHI", division: "BROKERAGE", serviceLine: "BROKERAGE", carrier: carrier.id, load: load.loadNo },
    instrument: "efsMoneyCode",
    provider: "EFS",
    amount: usd(BigInt(random.between(3, 10) * 5000)),
    fee: "6.50",
    feeBorneBy: "us",
    purpose: "advance",
    payee: { id: carrier.id, name: carrier.name, type: "carrier" },
    loadNo: load.loadNo,
  };
}
