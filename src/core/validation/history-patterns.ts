import { threshold } from "./check.ts";
import { asNumber } from "./history-time.ts";
import {
  compareDecimals,
  decimalOf,
  isAbove,
  isBelow,
  magnitude,
  minus,
  percentOf,
  quotient,
  showDecimal,
  sumOf,
  times,
} from "./figures.ts";
import { tractorGallons } from "./checks-fuel.ts";
import { type HistoryCheck, historyOf, isWithin, minutesOf, minutesOfDay, nameOf, type Neighbour } from "./trace.ts";

/** What is odd only beside what came before: fills, odometers, repairs, advances, pay, bank details. */
export const patternChecks: readonly HistoryCheck[] = [
  historyOf({
    code: "fuel_two_fills",
    types: ["fuel_transaction"],
    kind: "fuel_unit",
    severity: "hold",
    thresholds: [
      threshold("hours", "4", "hours", "Two fills this near to each other are looked at"),
      threshold("capacity", "300", "gal", "What the tanks of the unit hold"),
      threshold("percent", "120", "percent", "Share of the capacity that 24 hours may burn"),
    ],
    window: () => ({ before: minutesOfDay, after: minutesOfDay }),
    cause: "The unit was filled twice within hours, with more in a day than its tanks hold.",
    remedy: "Ask the driver and compare with the unit's miles; report the card if the fuel went elsewhere, or release it.",
    judge: (event, { trace, neighbours }, { decimal, say }) => {
      // Tickets of the same minute are one stop; without a time nobody can tell.
      const others = neighbours.filter(({ at, facts }) => facts["burned"] !== "0" && at.length > 10 && trace.at.length > 10);
      const near = others.some(
        ({ at }) => minutesOf(at) !== minutesOf(trace.at) && isWithin(at, trace.at, asNumber(decimal("hours")) * 60),
      );
      const inADay = others.filter(({ at }) => isWithin(at, trace.at, minutesOfDay));
      const gallons = sumOf([tractorGallons(event), ...inADay.map(({ facts }) => decimalOf(facts["burned"]))]);
      const most = percentOf(decimal("capacity"), decimal("percent"));
      if (!near || !isAbove(gallons, most)) return;
      const unit = event.dims.tractor || event.dims.driver || "";
      say({
        field: "/lines",
        message: `${showDecimal(gallons)} gal for ${unit} within 24 hours on ${inADay.length + 1} tickets`,
        about: unit,
      });
    },
  }),
  historyOf({
    code: "odometer_doubtful",
    types: ["fuel_transaction"],
    kind: "fuel_unit",
    severity: "warn",
    thresholds: [
      threshold("milesPerDay", "1200", "miles", "Most miles of a day"),
      threshold("leastMpg", "3.5", "miles a gallon", "Fewest miles a gallon since the last fill"),
      threshold("mostMpg", "12", "miles a gallon", "Most miles a gallon since the last fill"),
    ],
    window: () => ({ before: 14 * minutesOfDay, after: 0 }),
    cause: "The odometer goes back, jumps, or does not fit the gallons since the last fill.",
    remedy: "Correct the odometer in the TMS; again and again on one card, look at the card.",
    judge: ({ dims, odometer, ...event }, { trace, neighbours }, asked) => {
      const before = lastReading(neighbours, trace.at);
      if (!odometer || before === undefined) return;
      const problem = odometerProblem({ before, at: trace.at, odometer, gallons: trace.facts["burned"]! }, asked.decimal);
      if (problem !== null) asked.say({ field: "/odometer", message: problem, about: dims.tractor || dims.driver || event.id });
    },
  }),
  historyOf({
    code: "repair_repeated",
    types: ["maintenance_order"],
    kind: "repair",
    severity: "warn",
    thresholds: [threshold("days", "30", "days", "A second repair of the same system this soon is a comeback")],
    window: (limits) => ({ before: asNumber(limits.decimal("days")) * minutesOfDay, after: 0 }),
    cause: "The same system of the unit was repaired shortly before.",
    remedy: "Ask the shop to stand for its work before the bill is paid.",
    judge: (event, { trace, neighbours: [other] }, { say }) => {
      if (other === undefined) return;
      const system = trace.key.split("\u001f")[1];
      say({
        field: "/lines",
        message: `System ${system} of ${event.asset.unitNo} was repaired on ${other.at.slice(0, 10)} (${nameOf(other)})`,
        about: event.asset.unitNo,
      });
    },
  }),
  historyOf({
    code: "advances_many",
    types: ["cash_advance"],
    kind: "advance",
    severity: "hold",
    thresholds: [threshold("count", "2", "advances", "Most advances of a payee in seven days")],
    window: () => ({ before: 7 * minutesOfDay, after: 0 }),
    cause: "The payee got more advances in a week than the limit.",
    remedy: "Ask whoever gives advances; release it if it is right.",
    judge: ({ payee }, { neighbours }, { decimal, say }) => {
      const count = neighbours.length + 1;
      if (!isAbove({ units: BigInt(count), scale: 0 }, decimal("count"))) return;
      say({ field: "/payee", message: `${payee.name} got ${count} advances in seven days`, about: payee.id });
    },
  }),
  historyOf({
    code: "remit_to_changed",
    types: ["carrier_bill"],
    kind: "remit",
    severity: "hold",
    thresholds: [threshold("days", "180", "days", "How far back a bill of the carrier is compared")],
    window: (limits) => ({ before: asNumber(limits.decimal("days")) * minutesOfDay, after: 0 }),
    cause: "The carrier is to be paid to somebody else than for its last bill: a factor's notice, or a fraud.",
    remedy: "Call the carrier back by a number you already had, and ask for the notice of assignment; then release it.",
    judge: ({ vendor, remitTo }, { trace, neighbours: [last] }, { say }) => {
      if (last === undefined || last.facts["to"] === trace.facts["to"]) return;
      say({
        field: "/remitTo",
        message: `${vendor.name} is to be paid to ${remitTo?.name ?? "itself"}, last time to ${last.facts["to"]}`,
        about: vendor.id,
      });
    },
  }),
  historyOf({
    code: "settlement_gross_jump",
    types: ["driver_settlement"],
    kind: "pay",
    severity: "hold",
    thresholds: [
      threshold("percent", "40", "percent", "Difference from the average of the last eight weeks that is usual"),
      threshold("statements", "6", "statements", "Fewest statements an average is taken of"),
    ],
    window: () => ({ before: 57 * minutesOfDay, after: 0 }),
    cause: "The gross pay is far from what the payee got in the last eight weeks.",
    remedy: "Look for a load paid twice, a bonus, or a week off; correct it in the TMS, or release it.",
    judge: (event, { neighbours }, { decimal, say }) => {
      const before = neighbours.filter(({ facts }) => facts["number"] !== event.number).map(({ facts }) => decimalOf(facts["gross"]));
      if (compareDecimals({ units: BigInt(before.length), scale: 0 }, decimal("statements")) < 0) return;
      const average = quotient(sumOf(before), { units: BigInt(before.length), scale: 0 }, 2)!;
      if (!isAbove(magnitude(minus(decimalOf(event.totals.gross), average)), percentOf(average, decimal("percent")))) return;
      const message = `${event.payee.name} is paid ${event.totals.gross} gross; the average of the last ${before.length} statements is ${showDecimal(average)}`;
      say({ field: "/totals/gross", message, about: event.payee.id });
    },
  }),
  historyOf({
    code: "settlement_period_overlaps",
    types: ["driver_settlement"],
    kind: "pay",
    severity: "hold",
    thresholds: [],
    window: () => ({ before: 40 * minutesOfDay, after: 40 * minutesOfDay }),
    cause: "Another statement of the payee covers some of the same days.",
    remedy: "If it is the same statement, exclude one; if it is an additional one (a reissue, off-cycle pay), release it.",
    judge: (event, { neighbours }, { say }) => {
      const other = neighbours.find(({ at, facts }) => at <= event.periodEnd && (facts["end"] ?? at) >= event.periodStart);
      if (other === undefined) return;
      const message = `${event.periodStart} to ${event.periodEnd} of ${event.payee.name} overlaps ${nameOf(other)} (${other.at} to ${other.facts["end"]})`;
      say({ field: "/periodStart", message, about: event.payee.id });
    },
  }),
  historyOf({
    code: "credit_exceeds_invoice",
    types: ["customer_credit"],
    kind: "invoiced",
    severity: "hold",
    thresholds: [],
    window: () => ({ before: 3 * 366 * minutesOfDay, after: minutesOfDay }),
    cause: "The credits of an invoice together are more than the invoice.",
    remedy: "Correct the credit in the TMS, or release it if the invoice was raised elsewhere meanwhile.",
    judge: (event, { neighbours }, { say }) => {
      const invoices = neighbours.filter(({ facts }) => facts["type"] !== "customer_credit");
      if (event.kind === "debit" || invoices.length === 0) return;
      const total = (list: readonly Neighbour[]) => sumOf(list.map(({ facts }) => decimalOf(facts["total"])));
      const credited = sumOf([decimalOf(event.total), total(neighbours.filter(({ facts }) => facts["type"] === "customer_credit"))]);
      if (!isAbove(credited, total(invoices))) return;
      const message = `${showDecimal(credited)} would be credited on invoice ${event.originalInvoiceNumber} over ${showDecimal(total(invoices))}`;
      say({ field: "/total", message, about: event.customer.id });
    },
  }),
];

/** The last ticket before this one that told its odometer. */
function lastReading(neighbours: readonly Neighbour[], at: string): Neighbour | undefined {
  return neighbours
    .filter((one) => one.facts["odometer"] && minutesOf(one.at) < minutesOf(at))
    .toSorted((a, b) => minutesOf(b.at) - minutesOf(a.at))[0];
}

interface Readings {
  readonly before: Neighbour;
  readonly at: string;
  readonly odometer: string;
  readonly gallons: string;
}

function odometerProblem(
  { before, at, odometer, gallons }: Readings,
  limit: (name: string) => ReturnType<typeof decimalOf>,
): string | null {
  const miles = minus(decimalOf(odometer), decimalOf(before.facts["odometer"]));
  const since = `${before.facts["odometer"]} on ${before.at.slice(0, 10)}`;
  if (miles.units < 0n) return `The odometer says ${odometer}, after ${since}`;
  const minutes = Math.max(1, Math.round(minutesOf(at) - minutesOf(before.at)));
  // Miles of a day, without dividing: miles × 1440 against the limit × minutes. Short gaps are given a whole day.
  const most = times(limit("milesPerDay"), { units: BigInt(Math.max(minutes, minutesOfDay)), scale: 0 });
  if (isAbove(times(miles, { units: BigInt(minutesOfDay), scale: 0 }), most)) return `${showDecimal(miles)} miles since ${since}`;
  const filled = decimalOf(gallons);
  if (filled.units <= 0n || miles.units === 0n) return null;
  const isOdd = isBelow(miles, times(filled, limit("leastMpg"))) || isAbove(miles, times(filled, limit("mostMpg")));
  return isOdd ? `${showDecimal(quotient(miles, filled, 1)!)} miles a gallon since ${since}` : null;
}
