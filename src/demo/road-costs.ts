import type { CashAdvance, LumperReceipt, Permit, TollTransaction } from "../core/events.ts";
import { currency, usd } from "./amounts.ts";
import { addDays, centralInstant, type MonthCalendar } from "./dates.ts";
import type { Load } from "./loads.ts";
import { createRandom, type Random } from "./random.ts";
import { entity, type Roster, type Unit, unitDims, unknownTerminal } from "./roster.ts";

const tollsPerTruck = 32;
const agencies = [
  { agency: "NTTA", name: "North Texas Tollway Authority", region: "TX", weight: 30 },
  { agency: "OTA", name: "Oklahoma Turnpike Authority", region: "OK", weight: 22 },
  { agency: "ISTHA", name: "Illinois Tollway", region: "IL", weight: 28 },
  { agency: "ITR", name: "Indiana Toll Road", region: "IN", weight: 12 },
  { agency: "KTA", name: "Kansas Turnpike Authority", region: "KS", weight: 8 },
] as const;

/** Toll passages: nearly all from the prepaid transponder, a few by plate, a few violations, a few posted late. */
export function createTolls(roster: Roster, calendar: MonthCalendar, seed: number): TollTransaction[] {
  const random = createRandom(seed, `tolls ${calendar.month}`);
  const passages = roster.units.flatMap((unit) =>
    Array.from({ length: tollsPerTruck }, () => ({ unit, date: random.pick(calendar.days) })),
  );
  const late = roster.units.slice(0, 4).map((unit, index) => ({ unit, date: addDays(calendar.days[0]!, -3 - index) }));
  return [...passages, ...late].map(({ unit, date }, index) => createToll(unit, { random, date, id: `TOLL-${610_001 + index}` }));
}

function createToll(unit: Unit, { random, date, id }: { random: Random; date: string; id: string }): TollTransaction {
  const { agency, name } = random.weighted(
    agencies,
    agencies.map(({ weight }) => weight),
  );
  const isViolation = random.chance(3);
  return {
    type: "toll_transaction",
    id,
    revision: 1,
    date,
    occurredAt: centralInstant(date, `${String(random.between(3, 23)).padStart(2, "0")}:${String(random.between(0, 59)).padStart(2, "0")}`),
    currency,
    dims: unitDims(unit, unit.drivers[0]!),
    agency,
    vendor: { id: agency, name },
    amount: usd(BigInt(random.quantile([120, 240, 380, 560, 795, 1140, 2650]))),
    ...(isViolation ? { fee: "25.00", violation: true } : {}),
    prePaid: !isViolation && !random.chance(25),
    fundedBy: unit.isOwnerOperator ? "ownerOperator" : "company",
    plaza: `Plaza ${random.between(3, 61)}`,
  };
}

export interface DockCosts {
  readonly lumpers: LumperReceipt[];
  readonly advances: CashAdvance[];
}

/** Lumper receipts of the loads. A company driver pays with a money code, which is an advance the receipt clears; others go on the card. */
export function createLumpers(loads: readonly Load[], calendar: MonthCalendar, seed: number): DockCosts {
  const random = createRandom(seed, `lumpers ${calendar.month}`);
  const lumpers: LumperReceipt[] = [];
  const advances: CashAdvance[] = [];
  // Receipts of the days before were taken in then.
  const unloaded = loads.filter(
    ({ lumperMinor, truck, delivered }) => lumperMinor !== null && truck !== null && delivered >= calendar.days[0]!,
  );
  for (const [index, load] of unloaded.entries()) {
    const { unit, driver } = load.truck!;
    const byCode = !unit.isOwnerOperator && random.chance(600);
    const dims = { ...unitDims(unit, driver), customer: load.customer.id, load: load.loadNo };
    const amount = usd(load.lumperMinor!);
    const number = String(55_601 + index * 3);
    const base = { revision: 1, date: load.delivered, currency, dims } as const;
    const vendor = random.pick([
      { id: "LUMP-1", name: "Dockside Unloading" },
      { id: "LUMP-2", name: "Capitol Lumper Services" },
    ]);
    const paidBy = byCode ? "moneyCode" : random.chance(800) ? "card" : "company";
    const receipt = { id: `LR-${number}`, number, vendor, facility: `${load.customer.name} DC ${load.lane.destination.city}` };
    lumpers.push({ type: "lumper_receipt", ...base, ...receipt, loadNo: load.loadNo, amount, paidBy });
    const payee = { id: driver.id, name: driver.name, type: "driver" } as const;
    const code = {
      id: `MC-${70_001 + index}`,
      instrument: "efsMoneyCode",
      provider: "EFS",
      fee: "6.50",
      feeBorneBy: "us",
      purpose: "lumper",
    } as const;
    if (byCode) advances.push({ type: "cash_advance", ...base, ...code, amount, payee, loadNo: load.loadNo });
  }
  return { lumpers, advances };
}

const advancesPerTruckTenths = 8;

/** Cash to drivers on the road; the next settlement takes it back. */
export function createAdvances(roster: Roster, calendar: MonthCalendar, seed: number): CashAdvance[] {
  const random = createRandom(seed, `advances ${calendar.month}`);
  const count = Math.round((roster.units.length * advancesPerTruckTenths) / 10);
  return Array.from({ length: count }, (_, index): CashAdvance => {
    const unit = random.pick(roster.units);
    const driver = random.pick(unit.drivers);
    const date = random.pick(calendar.days);
    const isCode = random.chance(700);
    return {
      type: "cash_advance",
      id: `${isCode ? "MC" : "QA"}-${60_001 + index}`,
      revision: 1,
      date,
      occurredAt: centralInstant(date, `${String(random.between(5, 21)).padStart(2, "0")}:30`),
      currency,
      dims: unitDims(unit, driver),
      instrument: isCode ? "efsMoneyCode" : "comchek",
      provider: isCode ? "EFS" : "Comdata",
      amount: usd(BigInt(random.between(2, 12) * 2500)),
      fee: isCode ? "6.50" : "4.00",
      feeBorneBy: "us",
      purpose: "advance",
      payee: { id: driver.id, name: driver.name, type: unit.isOwnerOperator ? "ownerOperator" : "driver" },
    };
  });
}

const permitKinds = [
  { permitType: "trip", weight: 30, range: [45, 95] },
  { permitType: "fuel", weight: 16, range: [30, 65] },
  { permitType: "OS_OW", weight: 6, range: [60, 240] },
  { permitType: "IRP", weight: 2, range: [480, 1650] },
  { permitType: "UCR", weight: 1, range: [276, 276] },
] as const;

export function createPermits(roster: Roster, calendar: MonthCalendar, seed: number): Permit[] {
  const random = createRandom(seed, `permits ${calendar.month}`);
  const count = Math.round((roster.units.length * 11) / 10);
  return Array.from({ length: count }, (_, index) =>
    createPermit(random.pick(roster.units), { random, index, date: random.pick(calendar.businessDays) }),
  );
}

function createPermit(unit: Unit, { random, index, date }: { random: Random; index: number; date: string }): Permit {
  const kind = random.weighted(
    permitKinds,
    permitKinds.map(({ weight }) => weight),
  );
  const [low, high] = kind.range;
  const jurisdiction = kind.permitType === "UCR" ? "US" : random.pick(["TX", "OK", "AR", "IL", "GA", "TN", "LA", "NM"]);
  const number = `${kind.permitType}-${jurisdiction}-${30_011 + index * 7}`;
  const vendor = random.pick([
    { id: "COMDP", name: "Comdata Permit Services" },
    { id: "JJK", name: "Keller Permit Desk" },
  ]);
  const isMisplaced = index === 20;
  return {
    type: "permit",
    id: `PM-${number}`,
    revision: 1,
    number,
    date,
    currency,
    dims:
      kind.permitType === "UCR"
        ? { entity, terminal: "DAL" }
        : { ...unitDims(unit, unit.drivers[0]!), ...(isMisplaced ? { terminal: unknownTerminal } : {}) },
    permitType: kind.permitType,
    jurisdiction,
    vendor,
    amount: usd(BigInt(random.between(low, high) * 100)),
    ...(kind.permitType === "UCR" ? {} : { serviceFee: "12.50" }),
  };
}
