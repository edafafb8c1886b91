import type { EventLine } from "../core/events.ts";
import { cents, decimal, priced, usd } from "./amounts.ts";
import { addDays, datesBetween, type MonthCalendar, weekdayOf } from "./dates.ts";
import { type Lane, lanes } from "./names.ts";
import { createRandom, type Random } from "./random.ts";
import type { Carrier, Customer, Driver, Roster, Unit } from "./roster.ts";

/** What was hauled, for whom, by whom, and what the customer is charged. */
export interface Load {
  readonly loadNo: string;
  readonly customer: Customer;
  readonly lane: Lane;
  readonly emptyMiles: number;
  readonly delivered: string;
  /** Our own truck; null for a brokered load. */
  readonly truck: { readonly unit: Unit; readonly driver: Driver; readonly trailer: string } | null;
  readonly carrier: Carrier | null;
  readonly lines: readonly EventLine[];
  readonly isCancelled: boolean;
  /** What unloading cost, where a lumper was paid. */
  readonly lumperMinor: bigint | null;
  readonly stops: number;
}

/** Of the fleet's loads, how many in a month a truck hauls (in tenths), and how many more are brokered (per thousand). */
const loadsPerTruckTenths = 136;
const brokeredPermille = 60;
/** Deliveries by weekday, Sunday first. */
const deliveriesByWeekday = [35, 95, 110, 115, 115, 110, 50];
const lumperPermille = { REEFER: 180, other: 48 } as const;

export function createLoads(roster: Roster, calendar: MonthCalendar, options: { seed: number; trucks: number }): Load[] {
  const random = createRandom(options.seed, `loads ${calendar.month}`);
  const first = calendar.weeks[0]?.start ?? calendar.days[0]!;
  const days = datesBetween(first, addDays(calendar.days.at(-1)!, -1));
  const weights = days.map((date) => deliveriesByWeekday[weekdayOf(date)]!);
  const fleet = Math.round((options.trucks * loadsPerTruckTenths) / 10);
  const brokered = Math.round((fleet * brokeredPermille) / 1000);
  const dates = Array.from({ length: fleet + brokered }, () => random.weighted(days, weights)).toSorted();
  // Every seventeenth or so load goes to another carrier; the others go round the trucks, so that each works every week.
  const every = Math.max(2, Math.floor((fleet + brokered) / Math.max(1, brokered)));
  let given = 0;
  return dates.map((delivered, index) => {
    const isBrokered = index % every === every - 1 && Math.floor(index / every) < brokered;
    const turn = given;
    if (!isBrokered) given += 1;
    return createLoad({ roster, random, delivered, index, turn: isBrokered ? null : turn });
  });
}

function createLoad(at: { roster: Roster; random: Random; delivered: string; index: number; turn: number | null }): Load {
  const { roster, random, delivered, index, turn } = at;
  const customer = random.weighted(
    roster.customers,
    roster.customers.map(({ weight }) => weight),
  );
  const lane = random.pick(lanes);
  const unit = turn === null ? null : roster.units[(turn * 7 + Math.floor(turn / roster.units.length)) % roster.units.length]!;
  const isCancelled = random.chance(15) && unit !== null && unit.division !== "DEDICATED";
  const isLumped = !isCancelled && random.chance(unit?.equipmentType === "REEFER" ? lumperPermille.REEFER : lumperPermille.other);
  const lumperMinor = isLumped ? BigInt(random.between(16, 70) * 500) : null;
  const driver = unit === null ? null : unit.drivers[Math.floor(turn! / roster.units.length) % unit.drivers.length]!;
  const trailers = unit === null ? [] : roster.trailers.filter(({ equipmentType }) => equipmentType === unit.equipmentType);
  const stops = random.chance(80) ? random.between(1, 2) : 0;
  return {
    loadNo: `L-${delivered.slice(2).replaceAll("-", "")}-${String(index + 1).padStart(4, "0")}`,
    customer,
    lane,
    emptyMiles: random.between(20, 165),
    delivered,
    truck: unit === null || driver === null ? null : { unit, driver, trailer: random.pick(trailers).unitNo },
    carrier: unit === null ? random.pick(roster.carriers) : null,
    lines: isCancelled
      ? [{ lineNo: 1, code: "TONU", description: "Truck ordered not used", amount: usd(BigInt(random.between(6, 12) * 2500)) }]
      : charges({ random, lane, unit, lumperMinor, stops }),
    isCancelled,
    lumperMinor,
    stops,
  };
}

/** Linehaul and fuel surcharge by the mile, and what happened on the way. Short hauls cost more a mile. */
function charges(at: { random: Random; lane: Lane; unit: Unit | null; lumperMinor: bigint | null; stops: number }): EventLine[] {
  const { random, lane, unit, lumperMinor, stops } = at;
  const miles = String(lane.miles);
  const code = unit === null ? "LH" : unit.isOwnerOperator ? "LHOO" : unit.division === "DEDICATED" ? "LHDED" : "LH";
  const isAllIn = random.chance(150) && unit?.division !== "DEDICATED";
  const short = Math.max(0, 400 - lane.miles) / 2;
  const rate = decimal(
    random.quantile([178, 195, 208, 220, 234, 252, 275]) +
      Math.round(short) +
      (unit?.equipmentType === "REEFER" ? 18 : 0) +
      (isAllIn ? 43 : 0),
    2,
  );
  const surcharge = decimal(random.between(42, 46), 2);
  const lines: Omit<EventLine, "lineNo">[] = [perMile(code, "Linehaul", miles, rate)];
  if (!isAllIn) lines.push(perMile("FSC", "Fuel surcharge", miles, surcharge));
  if (random.chance(160)) {
    const hours = decimal(random.between(2, 12) * 5, 1);
    lines.push({
      code: random.pick(["DETU", "DETL"]),
      description: "Detention",
      quantity: { value: hours, uom: "hr" },
      unitPrice: "60.00",
      amount: usd(priced(hours, "60.00")),
    });
  }
  if (lumperMinor !== null) lines.push({ code: "LUM", description: "Lumper receipt", amount: usd(lumperMinor) });
  if (stops > 0)
    lines.push({
      code: "STOP",
      description: "Stop-off",
      quantity: { value: String(stops), uom: "stop" },
      unitPrice: "75.00",
      amount: usd(cents("75.00") * BigInt(stops)),
    });
  if (random.chance(15)) lines.push({ code: "LAY", description: "Layover", amount: "250.00" });
  if (random.chance(30)) lines.push({ code: "TOLLR", description: "Tolls at cost", amount: usd(BigInt(random.between(600, 5400))) });
  if (unit?.equipmentType === "FLATBED" && random.chance(500)) lines.push({ code: "TARP", description: "Tarping", amount: "100.00" });
  if (random.chance(20)) lines.push({ code: "DISC", description: "Volume discount", amount: "-25.00" });
  return lines.map((line, index) => ({ lineNo: index + 1, ...line }));
}

function perMile(code: string, description: string, miles: string, rate: string): Omit<EventLine, "lineNo"> {
  return { code, description, quantity: { value: miles, uom: "mi" }, unitPrice: rate, amount: usd(priced(miles, rate)) };
}
