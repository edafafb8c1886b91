import { type Asked, type Check, checkOf, days, daysBetween, type EventIn, threshold } from "./check.ts";
import { decimalOf, isAbove, isBelow, magnitude, minus, percentOf, quotient, showDecimal, sumOf, times } from "./figures.ts";

type Settlement = EventIn<"driver_settlement">;
type PayLine = Settlement["lines"][number];

/** Miles of a statement: its own total, or loaded and empty together. */
function milesOf({ totals }: Settlement): ReturnType<typeof decimalOf> {
  return totals.totalMiles ? decimalOf(totals.totalMiles) : sumOf([decimalOf(totals.loadedMiles), decimalOf(totals.emptyMiles)]);
}

function isByMile({ quantity, category }: PayLine): boolean {
  return category === "earning" && quantity !== undefined && ["mi", "mile", "miles"].includes(quantity.uom.toLowerCase());
}

function lineDiffers(event: Settlement, { decimal, say }: Asked): void {
  event.lines.forEach((line, index) => {
    const { quantity, unitPrice, amount, pct, basisAmount } = line;
    const computed =
      pct && basisAmount
        ? percentOf(decimalOf(basisAmount), decimalOf(pct))
        : quantity && unitPrice
          ? times(decimalOf(quantity.value), decimalOf(unitPrice))
          : null;
    if (computed === null || !isAbove(magnitude(minus(magnitude(decimalOf(amount)), magnitude(computed))), decimal("amount"))) return;
    const how = pct && basisAmount ? `${pct} % of ${basisAmount}` : `${quantity?.value} ${quantity?.uom} at ${unitPrice}`;
    say({
      field: `/lines/${index}/amount`,
      message: `Line ${index + 1} (${line.code}) pays ${amount}, but ${how} is ${showDecimal(computed)}`,
      about: event.payee.id,
    });
  });
}

function unusualMiles(event: Settlement, { decimal, say }: Asked): void {
  const miles = milesOf(event);
  const weeks = Math.max(1, Math.ceil((daysBetween(event.periodStart, event.periodEnd) + 1) / 7));
  if (!isAbove(miles, times(decimal("miles"), days(weeks)))) return;
  const message = `${showDecimal(miles)} miles in ${weeks === 1 ? "a week" : `${weeks} weeks`}; one driver makes up to ${showDecimal(decimal("miles"))} a week`;
  say({ field: "/totals/totalMiles", message, about: event.payee.id });
}

function unusualRate(event: Settlement, { decimal, say }: Asked): void {
  const isEmployee = event.payee.type === "employee";
  const [least, most] = isEmployee
    ? [decimal("employeeLeast"), decimal("employeeMost")]
    : [decimal("contractorLeast"), decimal("contractorMost")];
  const report = (rate: string, field: string) =>
    say({
      field,
      message: `${event.payee.name} is paid ${rate} a mile; usual is ${showDecimal(least)} to ${showDecimal(most)}`,
      about: event.payee.id,
    });
  if (isEmployee) {
    event.lines.forEach((line, index) => {
      if (!isByMile(line) || !line.unitPrice) return;
      const rate = decimalOf(line.unitPrice);
      if (isBelow(rate, least) || isAbove(rate, most)) report(line.unitPrice, `/lines/${index}/unitPrice`);
    });
    return;
  }
  const [gross, miles] = [decimalOf(event.totals.gross), milesOf(event)];
  if (miles.units <= 0n || (!isBelow(gross, times(miles, least)) && !isAbove(gross, times(miles, most)))) return;
  report(showDecimal(quotient(gross, miles, 2)!), "/totals/gross");
}

function perDiem(event: Settlement, { decimal, say }: Asked): void {
  event.lines.forEach((line, index) => {
    if (line.code !== "PERDIEM" || decimalOf(line.amount).units <= 0n) return;
    const field = `/lines/${index}`;
    if (event.payee.type !== "employee") {
      say({ field, message: `${event.payee.name} is no employee and gets per diem`, about: event.payee.id });
      return;
    }
    const paidDays =
      line.quantity && line.quantity.uom.toLowerCase().startsWith("day")
        ? decimalOf(line.quantity.value)
        : days(daysBetween(event.periodStart, event.periodEnd) + 1);
    if (!isAbove(decimalOf(line.amount), times(paidDays, decimal("daily")))) return;
    say({
      field,
      message: `Per diem of ${line.amount} for ${showDecimal(paidDays)} days; at most ${showDecimal(decimal("daily"))} a day is free of tax`,
      about: event.payee.id,
    });
  });
}

/** Pay of drivers and contractors, and their escrow. */
export const payChecks: readonly Check[] = [
  checkOf({
    code: "pay_line_differs",
    types: ["driver_settlement"],
    severity: "block",
    thresholds: [threshold("amount", "0.02", "money", "Difference that is rounding")],
    cause: "Miles times rate, or the percentage of its basis, is not what a line pays.",
    remedy: "Correct the miles, the rate or the amount in the TMS and send the settlement as a new revision.",
    look: lineDiffers,
  }),
  checkOf({
    code: "settlement_gross_unusual",
    types: ["driver_settlement"],
    severity: "hold",
    thresholds: [
      threshold("employee", "6000", "money", "Largest gross pay of an employee in one statement"),
      threshold("contractor", "12000", "money", "Largest gross pay of a contractor in one statement"),
    ],
    cause: "A statement pays more than is usual.",
    remedy: "Look for a load paid twice or a wrong rate; correct it in the TMS, or release it.",
    look: (event, { decimal, say }) => {
      const most = decimal(event.payee.type === "employee" ? "employee" : "contractor");
      if (!isAbove(decimalOf(event.totals.gross), most)) return;
      say({
        field: "/totals/gross",
        message: `${event.payee.name} is paid ${event.totals.gross} ${event.currency} gross; usual is up to ${showDecimal(most)}`,
        about: event.payee.id,
      });
    },
  }),
  checkOf({
    code: "settlement_miles_unusual",
    types: ["driver_settlement"],
    severity: "hold",
    thresholds: [threshold("miles", "4500", "miles a week", "Most miles of one driver; a team makes about 7500")],
    cause: "A statement has more miles than one driver can make.",
    remedy: "Look for a load counted twice; for teams raise the threshold, or release it.",
    look: unusualMiles,
  }),
  checkOf({
    code: "pay_per_mile_unusual",
    types: ["driver_settlement"],
    severity: "hold",
    thresholds: [
      threshold("employeeLeast", "0.30", "money a mile", "Lowest rate of an employee"),
      threshold("employeeMost", "1.50", "money a mile", "Highest rate of an employee"),
      threshold("contractorLeast", "0.90", "money a mile", "Lowest gross pay of a contractor by miles"),
      threshold("contractorMost", "3.00", "money a mile", "Highest gross pay of a contractor by miles"),
    ],
    cause: "The pay by miles is outside what is usual.",
    remedy: "Compare the rate with the pay profile; correct it in the TMS, or release it.",
    look: unusualRate,
  }),
  checkOf({
    code: "settlement_idle",
    types: ["driver_settlement"],
    severity: "hold",
    thresholds: [],
    cause: "A statement takes deductions although nothing was earned.",
    remedy: "Find out whether the driver is still here; suspend the deductions in the TMS, or release it.",
    look: ({ lines, payee }, { say }) => {
      if (lines.some((line) => !line.category || line.category === "earning" || line.category === "guarantee")) return;
      if (!lines.some(({ category }) => category === "deduction")) return;
      say({ field: "/lines", message: `${payee.name} earned nothing and has deductions`, about: payee.id });
    },
  }),
  checkOf({
    code: "settlement_late",
    types: ["driver_settlement"],
    severity: "warn",
    thresholds: [threshold("days", "15", "days", "Longest time from the end of the period to the pay day (49 CFR 376.12 for contractors)")],
    cause: "A contractor is paid later than the leasing rules allow.",
    remedy: "Pay it now, and bring settlements forward.",
    look: (event, { decimal, say }) => {
      if (event.payee.type === "employee" || !isAbove(days(daysBetween(event.periodEnd, event.payDate)), decimal("days"))) return;
      say({
        field: "/payDate",
        message: `The period ended on ${event.periodEnd}, ${event.payee.name} is paid on ${event.payDate}`,
        about: event.payee.id,
      });
    },
  }),
  checkOf({
    code: "per_diem_exceeded",
    types: ["driver_settlement"],
    severity: "block",
    thresholds: [
      threshold("daily", "80", "money a day", "Most that is free of tax for a day (the special transportation rate of the IRS)"),
    ],
    cause: "Per diem is above the daily maximum, or paid to a contractor.",
    remedy: "Correct the days or pay the rest as wages in the TMS, and send the settlement as a new revision.",
    look: perDiem,
  }),
  checkOf({
    code: "company_fuel_deducted",
    types: ["driver_settlement"],
    severity: "warn",
    thresholds: [],
    cause: "Fuel is deducted from an employee, whose fuel is the company's cost.",
    remedy: "Take the deduction off in the TMS unless it was private fuel.",
    look: ({ lines, payee }, { say }) => {
      const index = lines.findIndex(({ code, category }) => code === "DFUEL" && (category === undefined || category === "deduction"));
      if (payee.type === "employee" && index >= 0)
        say({ field: `/lines/${index}`, message: `Fuel is deducted from the employee ${payee.name}`, about: payee.id });
    },
  }),
  checkOf({
    code: "escrow_over_target",
    types: ["escrow_transaction"],
    severity: "warn",
    thresholds: [],
    cause: "An escrow holds more than was agreed.",
    remedy: "Stop the contributions in the TMS and pay back what is above the target.",
    look: ({ kind, balanceAfter, targetAmount, payee }, { say }) => {
      if (kind !== "contribution" || !balanceAfter || !targetAmount || !isAbove(decimalOf(balanceAfter), decimalOf(targetAmount))) return;
      say({
        field: "/balanceAfter",
        message: `The escrow of ${payee.name} is at ${balanceAfter}; agreed are ${targetAmount}`,
        about: payee.id,
      });
    },
  }),
  checkOf({
    code: "escrow_reason_missing",
    types: ["escrow_transaction"],
    severity: "hold",
    thresholds: [],
    cause: "Escrow is used without saying what for.",
    remedy: "Send the movement again with its reason: the contractor has a right to it.",
    look: ({ kind, reason, payee, amount, currency }, { say }) => {
      if ((kind !== "application" && kind !== "adjustment") || reason) return;
      say({ field: "/reason", message: `${amount} ${currency} of the escrow of ${payee.name} is used without a reason`, about: payee.id });
    },
  }),
  checkOf({
    code: "escrow_refund_late",
    types: ["escrow_transaction"],
    severity: "warn",
    thresholds: [threshold("days", "45", "days", "Longest time from the end of the lease to the refund (49 CFR 376.12)")],
    cause: "An escrow is paid back later than the leasing rules allow.",
    remedy: "Pay it now, with interest where the lease says so.",
    look: (event, { decimal, say }) => {
      if (event.kind !== "refund" || !event.leaseEndDate) return;
      if (!isAbove(days(daysBetween(event.leaseEndDate, event.date)), decimal("days"))) return;
      say({
        field: "/date",
        message: `The lease of ${event.payee.name} ended on ${event.leaseEndDate}, the escrow is paid back on ${event.date}`,
        about: event.payee.id,
      });
    },
  }),
];
