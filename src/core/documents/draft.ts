import type { EventLine, TransportEvent } from "../events.ts";
import { parseMoney } from "../money.ts";
import type { RuleLine } from "../rules/paths.ts";

/** One amount of an event on its way to a ledger line. */
export interface DraftLine {
  readonly line: RuleLine;
  /** Signed minor units: above zero is a debit. */
  readonly debitMinor: bigint;
  /** JSON pointer into the event. */
  readonly from: string;
}

/** What one event contributes, before accounts and sides are chosen. */
export interface Draft {
  readonly lines: readonly DraftLine[];
  /** Suffix of the second document, where lines go against the first: `-C` credit, `-D` deductions. */
  readonly counterSuffix: "-C" | "-D";
}

/** Minor units of an optional amount; what is missing is zero. */
export function minorOf(amount: string | undefined, currency: string): bigint {
  return amount ? parseMoney(amount, currency).minor : 0n;
}

/**
 * Drafts the lines of an event. `sense` is 1 where a positive amount is a cost (debit) and −1 where it is revenue (credit).
 * The load of the line or of the event is put where rules and memos look for it.
 */
export function draftLines(event: TransportEvent & { lines: readonly EventLine[] }, sense: 1 | -1): DraftLine[] {
  return event.lines.map((line, index) => ({
    line: { ...withLoad(line, line.loadNo || loadOf(event)), part: "line" },
    debitMinor: parseMoney(line.amount, event.currency).minor * BigInt(sense),
    from: `/lines/${index}`,
  }));
}

/** Drafts an amount that stands on the event itself; `part` names it for the rules. */
export function draftPart(event: TransportEvent, part: string, options: { amount: string | undefined; sense: 1 | -1 }): DraftLine {
  const amount = options.amount || "0";
  return {
    line: { ...withLoad({ amount }, loadOf(event)), part },
    debitMinor: minorOf(amount, event.currency) * BigInt(options.sense),
    from: `/${part}`,
  };
}

function withLoad<Line extends Omit<EventLine, "lineNo">>(line: Line, load: string | undefined): Line {
  return !load || line.dims?.load ? line : { ...line, dims: { ...line.dims, load } };
}

function loadOf(event: TransportEvent): string | undefined {
  if (event.dims.load) return undefined;
  if ("loadNo" in event) return event.loadNo || undefined;
  return event.type === "customer_invoice" && event.loads?.length === 1 ? event.loads[0]!.loadNo : undefined;
}
