import type { CashAdvance, DriverSettlement, EventLine, FuelTransaction, TollTransaction } from "../core/events.ts";
import { cents, currency, decimal, priced, share, sumOf, usd } from "./amounts.ts";
import type { MonthCalendar } from "./dates.ts";
import type { Load } from "./loads.ts";
import { createRandom, type Random } from "./random.ts";
import { type Driver, type Roster, type Unit, unitDims } from "./roster.ts";

type Week = MonthCalendar["weeks"][number];
type PayLine = Omit<EventLine, "lineNo">;

/** Everything a pay statement refers to. */
export interface Work {
  readonly loads: readonly Load[];
  readonly fuel: readonly FuelTransaction[];
  readonly tolls: readonly TollTransaction[];
  readonly advances: readonly CashAdvance[];
}

/**
 * One statement a driver and week: miles for company drivers, a share of the freight less fuel, tolls, insurance and
 * escrow for owner-operators. What a statement falls short of is carried to the next one; one of them is not, as it
 * happens when somebody forgets.
 */
export function createSettlements(roster: Roster, calendar: MonthCalendar, options: Work & { seed: number }): DriverSettlement[] {
  const random = createRandom(options.seed, `settlements ${calendar.month}`);
  const damaged = roster.units.findLast(({ isOwnerOperator }) => isOwnerOperator)?.unitNo;
  return roster.units.flatMap((unit) =>
    unit.drivers.flatMap((driver) => {
      let carried = 0n;
      return calendar.weeks.map((week, index) => {
        const isDamaged = unit.unitNo === damaged && index === 2;
        const lines = payLines({ unit, driver, week, work: options, random });
        if (isDamaged) lines.push({ code: "DDMG", category: "deduction", description: "Damage to a customer's dock", amount: "-6800.00" });
        const settlement = statement({ unit, driver, week }, lines, { carried, mayCarry: !isDamaged, work: options });
        carried = -cents(settlement.totals.carryForwardOut ?? "0.00");
        return settlement;
      });
    }),
  );
}

interface Seat {
  readonly unit: Unit;
  readonly driver: Driver;
  readonly week: Week;
}

function statement(
  { unit, driver, week }: Seat,
  lines: readonly PayLine[],
  at: { carried: bigint; mayCarry: boolean; work: Work },
): DriverSettlement {
  const of = (...categories: string[]): bigint =>
    sumOf(
      lines.filter(({ category }) => categories.includes(category ?? "")),
      ({ amount }) => cents(amount),
    );
  const before = sumOf(lines, ({ amount }) => cents(amount)) + at.carried;
  const carriedOut = before < 0n && at.mayCarry ? -before : 0n;
  const miles = loadsOf({ unit, driver, week }, at.work).reduce(
    (sum, load) => sum + (load.isCancelled ? 0 : load.lane.miles) + load.emptyMiles,
    0,
  );
  return {
    type: "driver_settlement",
    id: `DS-${week.end.replaceAll("-", "")}-${driver.id}`,
    revision: 1,
    number: `${week.end.slice(2).replaceAll("-", "")}-${driver.id}`,
    date: week.approved,
    currency,
    dims: unitDims(unit, driver),
    payee: { id: driver.id, name: driver.name, type: unit.isOwnerOperator ? "ownerOperator" : "employee", is1099: unit.isOwnerOperator },
    periodStart: week.start,
    periodEnd: week.end,
    payDate: week.paid,
    lines: lines.map((line, index) => ({ lineNo: index + 1, ...line })),
    totals: {
      gross: usd(of("earning", "guarantee")),
      reimbursements: usd(of("reimbursement")),
      deductions: usd(-of("deduction")),
      advancesRecovered: usd(-of("advanceRecovery")),
      escrow: usd(-of("escrow")),
      ...(at.carried === 0n ? {} : { carryForwardIn: usd(at.carried) }),
      ...(carriedOut === 0n ? {} : { carryForwardOut: usd(carriedOut) }),
      net: usd(before + carriedOut),
      totalMiles: String(miles),
    },
  };
}

function loadsOf({ driver, week }: Seat, { loads }: Work): Load[] {
  return loads.filter(({ truck, delivered }) => truck?.driver.id === driver.id && delivered >= week.start && delivered <= week.end);
}

function payLines(at: Seat & { work: Work; random: Random }): PayLine[] {
  return at.unit.isOwnerOperator ? contractorLines(at) : employeeLines(at);
}

function employeeLines({ unit, driver, week, work, random }: Seat & { work: Work; random: Random }): PayLine[] {
  const lines: PayLine[] = [];
  const loads = loadsOf({ unit, driver, week }, work);
  for (const load of loads) {
    const { loadNo, lane, emptyMiles, isCancelled, stops } = load;
    const dims = { load: loadNo };
    if (isCancelled)
      lines.push({ code: "PTONU", category: "earning", description: `Truck ordered not used ${loadNo}`, amount: "75.00", dims, loadNo });
    else lines.push(perMile("PLOAD", `Loaded miles ${loadNo}`, { miles: lane.miles, mills: driver.rateMills, loadNo }));
    lines.push(perMile("PEMPTY", `Empty miles ${loadNo}`, { miles: emptyMiles, mills: driver.rateMills - 40, loadNo }));
    if (stops > 0)
      lines.push({
        code: "PSTOP",
        category: "earning",
        description: "Stop pay",
        quantity: { value: String(stops), uom: "stop" },
        unitPrice: "25.00",
        amount: usd(2500n * BigInt(stops)),
        dims,
        loadNo,
      });
    const detention = load.lines.find(({ code }) => code === "DETU" || code === "DETL");
    if (detention?.quantity !== undefined) {
      lines.push({
        code: "PDET",
        category: "earning",
        description: "Detention",
        quantity: detention.quantity,
        unitPrice: "20.00",
        amount: usd(priced(detention.quantity.value, "20.00")),
        dims,
        loadNo,
      });
    }
  }
  if (loads.length === 0) lines.push({ code: "PGUAR", category: "guarantee", description: "Weekly guarantee", amount: "700.00" });
  if (loads.length > 0)
    lines.push({
      code: "PERDIEM",
      category: "reimbursement",
      description: "Per diem",
      quantity: { value: "5", uom: "day" },
      unitPrice: "44.00",
      amount: "220.00",
    });
  if (random.chance(180)) lines.push({ code: "RSCALE", category: "reimbursement", description: "Scale receipt", amount: "13.25" });
  if (Number(driver.id.slice(2)) % 5 < 3)
    lines.push({ code: "DBEN", category: "deduction", description: "Health insurance", amount: "-62.40" });
  return [...lines, ...advanceLines({ unit, driver, week }, work)];
}

function perMile(code: string, description: string, { miles, mills, loadNo }: { miles: number; mills: number; loadNo: string }): PayLine {
  const unitPrice = decimal(mills, 3);
  return {
    code,
    category: "earning",
    description,
    quantity: { value: String(miles), uom: "mi" },
    unitPrice,
    amount: usd(priced(String(miles), unitPrice)),
    dims: { load: loadNo },
    loadNo,
  };
}

/** What the code of an owner-operator's freight line pays, in percent of the line. */
const contractorShare: Readonly<Record<string, readonly [code: string, percent: bigint]>> = {
  LHOO: ["PLH", 75n],
  FSC: ["PFSC", 100n],
  DETU: ["PDET", 70n],
  DETL: ["PDET", 70n],
  STOP: ["PSTOP", 70n],
  LAY: ["PLAY", 70n],
  TARP: ["PTARP", 100n],
  TONU: ["PTONU", 70n],
};

function contractorLines({ unit, driver, week, work, random }: Seat & { work: Work; random: Random }): PayLine[] {
  const lines: PayLine[] = [];
  for (const { lines: charges, loadNo } of loadsOf({ unit, driver, week }, work)) {
    for (const { code, amount, description } of charges) {
      const paid = contractorShare[code ?? ""];
      if (paid === undefined) continue;
      const [payCode, percent] = paid;
      lines.push({
        code: payCode,
        category: "earning",
        description: `${description} ${percent} % of ${amount}, ${loadNo}`,
        amount: usd(share(cents(amount), percent, 100n)),
        dims: { load: loadNo },
        loadNo,
      });
    }
  }
  const inWeek = ({ date, dims }: { date: string; dims: { tractor?: string } }): boolean =>
    dims.tractor === unit.unitNo && date >= week.start && date <= week.end;
  for (const ticket of work.fuel.filter(inWeek)) lines.push(...fuelLines(ticket));
  const tolls = sumOf(work.tolls.filter(inWeek), ({ amount, fee }) => cents(amount) + cents(fee ?? "0.00"));
  if (tolls > 0n) lines.push({ code: "DTOLL", category: "deduction", description: "Tolls of the week", amount: usd(-tolls) });
  lines.push(...advanceLines({ unit, driver, week }, work));
  const weekly: [code: string, description: string, amount: string][] = [
    ["DINSPD", "Physical damage insurance", "-45.00"],
    ["DINSBT", "Bobtail insurance", "-12.50"],
    ["DINSOCC", "Occupational accident", "-38.00"],
    ["DPLATE", "Plates", "-35.00"],
    ["DELD", "ELD", "-12.00"],
    ["DTRLR", "Trailer rental", "-110.00"],
  ];
  if (driver.leases) weekly.push(["DTRK3P", "Truck payment to the lessor", "-485.00"]);
  for (const [code, description, amount] of weekly) lines.push({ code, category: "deduction", description, amount });
  if (random.chance(300)) lines.push({ code: "DADM", category: "deduction", description: "Administration", amount: "-15.00" });
  lines.push({ code: "DESC", category: "escrow", description: "Performance escrow", amount: "-100.00" });
  return lines;
}

/** A ticket comes back in full: its goods and fee as fuel, its cash as an advance. */
function fuelLines({ id, date, netTotal, lines, location }: FuelTransaction): PayLine[] {
  const cash = sumOf(
    lines.filter(({ product }) => product === "CASH"),
    ({ amount }) => cents(amount),
  );
  const where = `${date.slice(5)} ${location?.city ?? ""} ${id}`;
  const fuel: PayLine = { code: "DFUEL", category: "deduction", description: `Fuel ${where}`, amount: usd(cash - cents(netTotal)) };
  return cash === 0n
    ? [fuel]
    : [fuel, { code: "DMISC", category: "advanceRecovery", description: `Fuel card cash ${where}`, amount: usd(-cash) }];
}

/** Money codes of the week are taken back; those for lumpers are cleared by the receipt. A contractor's stands with the other charges to him. */
function advanceLines({ unit, driver, week }: Seat, { advances }: Work): PayLine[] {
  return advances
    .filter(({ payee, date, purpose }) => payee.id === driver.id && purpose === "advance" && date >= week.start && date <= week.end)
    .map(({ id, date, amount }) => ({
      code: unit.isOwnerOperator ? "DMISC" : "DADV",
      category: "advanceRecovery",
      description: `Advance ${id} of ${date.slice(5)}`,
      amount: usd(-cents(amount)),
    }));
}
