import { eventTypes, type TransportEvent } from "../core/events.ts";
import { createCarrierBills } from "./carrier-bills.ts";
import { monthCalendar } from "./dates.ts";
import { createFuel } from "./fuel.ts";
import { createCredits, createInvoices } from "./invoices.ts";
import { createLoads } from "./loads.ts";
import { createExpenses, createRepairs } from "./repairs.ts";
import { createAdvances, createLumpers, createPermits, createTolls } from "./road-costs.ts";
import { createRoster } from "./roster.ts";
import { createSettlements } from "./settlements.ts";

export { ownerOperatorUnits } from "./roster.ts";

/** Which month of which carrier: the same options give the same events, byte for byte. */
export interface MonthOptions {
  readonly seed: number;
  readonly trucks: number;
  /** `2026-10` */
  readonly month: string;
}

/**
 * A month of Ironwood Freight Lines, an asset carrier with owner-operators and some brokerage: everything its TMS knows
 * about money, consistent in itself. An owner-operator's fuel and tolls of a settled week come back as deductions, every
 * load on a settlement was invoiced, lumpers paid by money code clear their advance.
 *
 * As in any real month some of it is dirty: codes and a terminal nobody has mapped, documents dated in the month before,
 * a carrier bill that came twice, a settlement below zero, corrections (revision 2) and voids.
 *
 * In order of date; revisions of one event follow each other.
 */
export function generateMonth(options: MonthOptions): TransportEvent[] {
  const { seed, trucks, month } = options;
  const roster = createRoster(seed, trucks);
  const calendar = monthCalendar(month);
  const loads = createLoads(roster, calendar, { seed, trucks });
  const invoices = createInvoices(loads, calendar, seed);
  const purchased = createCarrierBills(loads, calendar, seed);
  const fuel = createFuel(roster, calendar, seed);
  const tolls = createTolls(roster, calendar, seed);
  const dock = createLumpers(loads, calendar, seed);
  const advances = createAdvances(roster, calendar, seed);
  const events: TransportEvent[] = [
    ...invoices,
    ...createCredits(invoices, calendar, seed),
    ...purchased.bills,
    ...createSettlements(roster, calendar, { seed, loads, fuel, tolls, advances }),
    ...purchased.advances,
    ...dock.advances,
    ...advances,
    ...fuel,
    ...createRepairs(roster, calendar, seed),
    ...tolls,
    ...dock.lumpers,
    ...createPermits(roster, calendar, seed),
    ...createExpenses(roster, calendar, seed),
  ];
  return events.toSorted(byDate);
}

function byDate(a: TransportEvent, b: TransportEvent): number {
  const order = (event: TransportEvent): string =>
    `${event.date} ${String(eventTypes.indexOf(event.type)).padStart(2, "0")} ${event.id} ${event.revision}`;
  const [left, right] = [order(a), order(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
