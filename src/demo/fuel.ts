import type { EventLine, FuelTransaction } from "../core/events.ts";
import { cents, currency, decimal, priced, sumOf, usd } from "./amounts.ts";
import { addDays, centralInstant, type MonthCalendar, weekdayOf } from "./dates.ts";
import { createRandom, type Random } from "./random.ts";
import { type Roster, type Unit, unitDims } from "./roster.ts";

const ticketsPerTruckTenths = 116;
/** Sunday first. */
const byWeekday = [83, 105, 108, 108, 106, 102, 88];
const milesPerDay = 258;

interface Site {
  readonly name: string;
  readonly city: string;
  readonly region: string;
  readonly vendor: { readonly id: string; readonly name: string };
  /** Net price of diesel in tenths of a cent. */
  readonly mills: number;
}

const chains = {
  PILOT: "Pilot Travel Centers",
  FLYINGJ: "Flying J Travel Centers",
  LOVES: "Love's Travel Stops",
  TA: "TravelCenters of America",
  PETRO: "Petro Stopping Centers",
} as const;
const site = (name: string, [city, region]: readonly [string, string], chain: keyof typeof chains | null, mills: number): Site => ({
  name,
  city,
  region,
  vendor: chain === null ? { id: "EFS", name: "EFS" } : { id: chain, name: chains[chain] },
  mills,
});

const sites: readonly Site[] = [
  site("PILOT 433", ["DALLAS", "TX"], "PILOT", 3149),
  site("LOVES 212", ["WACO", "TX"], "LOVES", 3129),
  site("FLYING J 728", ["LAREDO", "TX"], "FLYINGJ", 3189),
  site("TA 017", ["OKLAHOMA CITY", "OK"], "TA", 3219),
  site("LOVES 380", ["TULSA", "OK"], "LOVES", 3169),
  site("PETRO 308", ["WEST MEMPHIS", "AR"], "PETRO", 3259),
  site("PILOT 429", ["NASHVILLE", "TN"], "PILOT", 3309),
  site("LOVES 405", ["ATLANTA", "GA"], "LOVES", 3379),
  site("PILOT 344", ["SAVANNAH", "GA"], "PILOT", 3359),
  site("TA 043", ["GARY", "IN"], "TA", 3639),
  site("PILOT 236", ["JOLIET", "IL"], "PILOT", 3799),
  site("FLYING J 650", ["ST. LOUIS", "MO"], "FLYINGJ", 3289),
  site("PETRO 367", ["KANSAS CITY", "MO"], "PETRO", 3269),
  site("DOC'S TRUCK PLAZA", ["AMARILLO", "TX"], null, 3209),
];

/** Card tickets of the fleet, company and owner-operator trucks alike; a few reach into the closed month. */
export function createFuel(roster: Roster, calendar: MonthCalendar, seed: number): FuelTransaction[] {
  const random = createRandom(seed, `fuel ${calendar.month}`);
  const weights = calendar.days.map((date) => byWeekday[weekdayOf(date)]!);
  const tickets = roster.units.flatMap((unit, index) => {
    const count = Math.floor(((index + 1) * ticketsPerTruckTenths) / 10) - Math.floor((index * ticketsPerTruckTenths) / 10);
    const dates = Array.from({ length: count }, () => random.weighted(calendar.days, weights)).toSorted();
    return dates.map((date, fill) => createTicket(unit, { random, date, fill, dayOfMonth: Number(date.slice(8)) }));
  });
  const late = roster.units
    .filter((_, index) => index % 17 === 3)
    .map((unit, index) => createTicket(unit, { random, date: addDays(calendar.days[0]!, -1 - index), fill: 1, dayOfMonth: -1 - index }));
  return [...tickets, ...late].map((ticket, index) => (index % 72 === 40 ? withUnknownProduct(ticket, random) : ticket));
}

function createTicket(unit: Unit, at: { random: Random; date: string; fill: number; dayOfMonth: number }): FuelTransaction {
  const { random, date, fill, dayOfMonth } = at;
  const place = random.pick(sites);
  const time = `${String(random.between(4, 23)).padStart(2, "0")}:${String(random.between(0, 59)).padStart(2, "0")}`;
  const invoice = String(random.between(10_000_000, 99_999_999));
  const lines = products(unit, { random, place, fill }).map((line, index) => ({ lineNo: index + 1, ...line }));
  const total = sumOf(lines, ({ amount }) => cents(amount));
  const hasOdometer = !random.chance(30);
  return {
    type: "fuel_transaction",
    id: `${unit.cardLast4}-${date.replaceAll("-", "")}-${time.replace(":", "")}-${invoice}`,
    revision: 1,
    number: invoice,
    date,
    occurredAt: centralInstant(date, time),
    currency,
    dims: unitDims(unit, unit.drivers[fill % unit.drivers.length]!),
    provider: "EFS",
    fundedBy: unit.isOwnerOperator ? "ownerOperator" : "company",
    vendor: place.vendor,
    location: { name: place.name, city: place.city, region: place.region, country: "US" },
    card: { last4: unit.cardLast4 },
    ...(hasOdometer ? { odometer: String(unit.odometerStart + dayOfMonth * milesPerDay + random.between(-40, 40)) } : {}),
    lines,
    fees: "2.00",
    discount: "0.00",
    invoiceTotal: usd(total),
    netTotal: usd(total + cents("2.00")),
  };
}

function products(unit: Unit, { random, place, fill }: { random: Random; place: Site; fill: number }): Omit<EventLine, "lineNo">[] {
  const mills = place.mills + random.between(-150, 150);
  const gallons = random.weighted([random.between(8600, 15_000), random.between(5500, 11_500), random.between(2000, 6000)], [55, 35, 10]);
  const lines = [pumped("FULSD", "ULSD", gallons, mills)];
  if (fill % 3 === 0) lines.push(pumped("FDEF", "DEF", random.between(400, 900), random.between(3199, 3799)));
  if (unit.equipmentType === "REEFER" && random.chance(600)) lines.push(pumped("FREEF", "REEFER", random.between(1800, 4500), mills - 120));
  if (random.chance(40)) lines.push(piece("FCASH", "CASH", usd(BigInt(random.between(1, 4) * 2500))));
  if (random.chance(60)) lines.push(piece("FSCALE", "SCALE", "13.25"));
  if (random.chance(20)) lines.push(piece("FPARK", "PARKING", "18.00"));
  if (random.chance(15)) lines.push(piece("FOIL", "OIL", "21.98"));
  return lines;
}

function pumped(code: string, product: string, hundredths: number, mills: number): Omit<EventLine, "lineNo"> {
  const value = decimal(hundredths, 2);
  const unitPrice = decimal(mills, 3);
  return { code, product, quantity: { value, uom: "gal" }, unitPrice, amount: usd(priced(value, unitPrice)) };
}

function piece(code: string, product: string, amount: string): Omit<EventLine, "lineNo"> {
  return { code, product, quantity: { value: "1.00", uom: "ea" }, amount };
}

/** Something the card company has a code for and nobody has mapped. */
function withUnknownProduct(ticket: FuelTransaction, random: Random): FuelTransaction {
  const line = { lineNo: ticket.lines.length + 1, ...piece(random.pick(["SNAX", "TRLW"]), "OTHER", "9.49") };
  const total = cents(ticket.invoiceTotal) + cents(line.amount);
  return { ...ticket, lines: [...ticket.lines, line], invoiceTotal: usd(total), netTotal: usd(total + cents(ticket.fees)) };
}
