import type { EventOf, TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import { formatMinor, multiply, parseDecimal } from "../money.ts";
import type { CompiledRules } from "../rules/compile.ts";
import { minorOf } from "./draft.ts";

/** Name of the look-up table that holds how far a bill may be from what was agreed: `rateConfirmationAmount`, `rateConfirmationPercent`. */
const tableName = "tolerances";

/**
 * Compares a carrier's bill with its rate confirmation. Billed more than agreed by more than the tolerance (the larger of an amount and
 * a percentage) waits for a person; any other difference is posted as billed and noted.
 */
export function checkConfirmation(event: TransportEvent, rules: CompiledRules, findings: Finding[]): void {
  if (event.type !== "carrier_bill" || !event.expectedTotal) return;
  const { currency } = event;
  const expected = minorOf(event.expectedTotal, currency);
  const variance = billed(event) - expected;
  if (variance === 0n) return;
  const isOver = variance > toleranceOf(rules, { expected: event.expectedTotal, currency });
  const isSettled = event.matchStatus === "resolved" || event.matchStatus === "matched";
  const difference = `${formatMinor(variance < 0n ? -variance : variance, currency)} ${variance < 0n ? "less" : "more"}`;
  findings.push({
    code: isOver && !isSettled ? "rate_confirmation_exceeded" : "rate_confirmation_differs",
    severity: isOver && !isSettled ? "hold" : "warn",
    field: "/expectedTotal",
    message: `${event.vendor.name} bills ${difference} than the rate confirmation${event.rateConfirmationNo ? ` ${event.rateConfirmationNo}` : ""} says (${event.expectedTotal})`,
    fix: isOver
      ? "Settle the difference with the carrier and send the bill again, or release it to post what was billed."
      : "Nothing to do; the bill was posted as the carrier wrote it.",
    cause: `rate_confirmation:${event.vendor.id}:${event.number}`,
  });
}

/** What the carrier asks for before advances: its invoice's total, or else the lines that are charges. */
function billed(event: EventOf<"carrier_bill">): bigint {
  if (event.carrierInvoiceTotal) return minorOf(event.carrierInvoiceTotal, event.currency);
  return event.lines.reduce((sum, { amount }) => {
    const minor = minorOf(amount, event.currency);
    return minor > 0n ? sum + minor : sum;
  }, 0n);
}

function toleranceOf(rules: CompiledRules, { expected, currency }: { expected: string; currency: string }): bigint {
  const table = rules.ruleSet.lookups[tableName];
  const amount = minorOf(table?.["rateConfirmationAmount"], currency);
  const percent = table?.["rateConfirmationPercent"];
  if (!percent) return amount;
  const { units, scale } = parseDecimal(percent);
  const share = multiply(parseDecimal(expected), { units, scale: scale + 2 }, currency);
  return share > amount ? share : amount;
}
