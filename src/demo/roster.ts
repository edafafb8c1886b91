import type { Dims, Party } from "../core/events.ts";
import { carrierNames, customerNames, factorNames, givenNames, surnames } from "./names.ts";
import { createRandom } from "./random.ts";

export const entity = "01";
/** A terminal the TMS still sends and the books do not have. */
export const unknownTerminal = "MEM";

/** A tractor with the people who drive it. */
export interface Unit {
  readonly unitNo: string;
  readonly terminal: "DAL" | "CHI" | "ATL";
  readonly division: "OTR-VAN" | "REEFER" | "DEDICATED" | "OO-FLEET";
  readonly equipmentType: "VAN" | "REEFER" | "FLATBED";
  readonly isOwnerOperator: boolean;
  readonly drivers: readonly Driver[];
  readonly cardLast4: string;
  readonly odometerStart: number;
}

export interface Driver extends Party {
  /** Pay a loaded mile in tenths of a cent. */
  readonly rateMills: number;
  /** Leases the truck from a third party: an extra deduction. */
  readonly leases: boolean;
}

export interface Customer extends Party {
  readonly termDays: number;
  /** Share of the freight, in whole numbers. */
  readonly weight: number;
}

export interface Carrier extends Party {
  readonly remitTo: Party | null;
}

export interface Roster {
  readonly units: readonly Unit[];
  readonly trailers: readonly { readonly unitNo: string; readonly equipmentType: Unit["equipmentType"] }[];
  readonly customers: readonly Customer[];
  readonly carriers: readonly Carrier[];
}

/** The carrier's people and equipment: three in ten trucks are owner-operators', eight in a hundred have a second driver. */
export function createRoster(seed: number, trucks: number): Roster {
  const owned = ownerOperatorCount(trucks);
  const units = Array.from({ length: trucks }, (_, index) => createUnit(seed, index, { owned, trucks }));
  const trailers = Array.from({ length: Math.ceil((trucks * 24) / 10) }, (_, index) => ({
    unitNo: `53${String(101 + index)}`,
    equipmentType: (["VAN", "VAN", "REEFER", "VAN", "FLATBED"] as const)[index % 5]!,
  }));
  return { units, trailers, customers: createCustomers(), carriers: createCarriers(seed) };
}

/** Units of owner-operators, by unit number: their fuel and tolls are receivables. */
export function ownerOperatorUnits(seed: number, trucks: number): ReadonlySet<string> {
  return new Set(createRoster(seed, trucks).units.flatMap(({ unitNo, isOwnerOperator }) => (isOwnerOperator ? [unitNo] : [])));
}

function ownerOperatorCount(trucks: number): number {
  return Math.round((trucks * 3) / 10);
}

function createUnit(seed: number, index: number, { owned, trucks }: { owned: number; trucks: number }): Unit {
  const random = createRandom(seed, `unit ${index}`);
  const isOwnerOperator = index >= trucks - owned;
  const division = isOwnerOperator
    ? "OO-FLEET"
    : (["OTR-VAN", "OTR-VAN", "REEFER", "DEDICATED", "OTR-VAN", "REEFER", "DEDICATED"] as const)[index % 7]!;
  const isSeatedTwice = !isOwnerOperator && index % 9 === 4;
  return {
    unitNo: isOwnerOperator ? `T-${2001 + index - (trucks - owned)}` : `T-${1001 + index}`,
    terminal: (["DAL", "CHI", "DAL", "ATL", "DAL", "CHI", "DAL", "CHI", "DAL", "ATL"] as const)[index % 10]!,
    division,
    equipmentType: division === "REEFER" ? "REEFER" : isOwnerOperator && index % 5 === 0 ? "FLATBED" : "VAN",
    isOwnerOperator,
    drivers: isSeatedTwice
      ? [createDriver(seed, index, false), createDriver(seed, index + trucks, false)]
      : [createDriver(seed, index, isOwnerOperator)],
    cardLast4: String(4000 + index * 7 + random.between(0, 6)),
    odometerStart: random.between(90_000, 610_000),
  };
}

function createDriver(seed: number, index: number, isOwnerOperator: boolean): Driver {
  const random = createRandom(seed, `driver ${index}`);
  const surname = surnames[(index * 17) % surnames.length]!;
  const name = isOwnerOperator ? `${surname} Trucking LLC` : `${random.pick(givenNames)} ${surname}`;
  return { id: `D-${101 + index}`, name, rateMills: random.between(54, 66) * 10, leases: isOwnerOperator && random.chance(400) };
}

function createCustomers(): Customer[] {
  return customerNames.map((name, index) => ({
    id: `C-${101 + index}`,
    name,
    termDays: [30, 30, 30, 21, 45, 30, 15][index % 7]!,
    weight: Math.round(10_000 / (index + 1)),
  }));
}

function createCarriers(seed: number): Carrier[] {
  const random = createRandom(seed, "carriers");
  return carrierNames.map((name, index) => {
    const factor = random.between(0, factorNames.length - 1);
    const remitTo = random.chance(600) ? { id: `F-${1 + factor}`, name: factorNames[factor]! } : null;
    return { id: `K-${301 + index}`, name, remitTo };
  });
}

/** Where a unit's costs belong. */
export function unitDims(unit: Unit, driver: Driver): Dims {
  return { entity, terminal: unit.terminal, division: unit.division, tractor: unit.unitNo, driver: driver.id };
}
