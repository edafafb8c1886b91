import { daysInMonth } from "../calendar.ts";
import type { TransportEvent } from "../events.ts";
import { allocate } from "../money.ts";
import { type DraftDocument, draftMinor } from "./draft.ts";

/** Months one prepayment may be spread over. */
const monthsMax = 120;
/** Divisible by every length of a month, so that a share of one is a whole number. */
const dayParts = 28 * 29 * 15 * 31;

/**
 * Spreads a prepayment over the calendar months it is good for: whole months alike, a month that is begun by its days. The shares
 * sum to the amount to the cent. Each is a document of its own, dated the last day it covers.
 *
 * Shape: nothing where a day is missing or everything falls into one month.
 */
export function amortize(
  event: TransportEvent,
  prepaid: { minor: bigint; from: string | undefined; to: string | undefined },
): DraftDocument[] {
  const { from, to } = prepaid;
  if (!from || !to || to < from) return [];
  const months = monthsBetween(from, to);
  if (months.length < 2 || months.length > monthsMax) return [];
  const shares = allocate(
    prepaid.minor,
    months.map(({ weight }) => weight),
  );
  return months.map(({ lastDay }, index) => ({
    part: "amortization",
    suffix: `-A${String(index + 1).padStart(2, "0")}`,
    date: lastDay,
    lines: [draftMinor(event, "amortization", { minor: shares[index]!, sense: 1, from: "/amount" })],
  }));
}

function monthsBetween(from: string, to: string): { lastDay: string; weight: bigint }[] {
  const months: { lastDay: string; weight: bigint }[] = [];
  let [year, month] = [Number(from.slice(0, 4)), Number(from.slice(5, 7))];
  while (months.length <= monthsMax) {
    const name = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
    if (name > to.slice(0, 7)) break;
    const length = daysInMonth(year, month);
    const first = name === from.slice(0, 7) ? Number(from.slice(8)) : 1;
    const last = name === to.slice(0, 7) ? Number(to.slice(8)) : length;
    months.push({
      lastDay: `${name}-${String(last).padStart(2, "0")}`,
      weight: BigInt((dayParts / length) * (last - first + 1)),
    });
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
  return months;
}
