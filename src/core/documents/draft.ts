import type { PartyRef } from "../document.ts";
import type { EventLine, TransportEvent } from "../events.ts";
import { formatMinor, parseMoney } from "../money.ts";
import type { RuleLine } from "../rules/paths.ts";

/** One amount of an event on its way to a ledger line. */
export interface DraftLine {
  readonly line: RuleLine;
  /** Signed minor units: above zero is a debit. */
  readonly debitMinor: bigint;
  /** JSON pointer into the event. */
  readonly from: string;
  /** Whose receivable or payable it is, where the line's account may be one. */
  readonly party?: PartyRef;
  /** What a split adds to the line's reasons. */
  readonly because?: Readonly<Record<string, string>>;
}

/** What one event contributes, before accounts and sides are chosen. */
export interface Draft {
  readonly lines: readonly DraftLine[];
  /** Suffix of the second document, where lines go against the first: `-C` credit, `-D` deductions. */
  readonly counterSuffix: "-C" | "-D";
  /** Further documents of the event, each made when the rules have a row of `documents` for its part. */
  readonly others?: readonly DraftDocument[];
}

/** A further document: a warranty claim beside the repair, one month of a prepaid premium. */
export interface DraftDocument {
  /** What rules call it: `line.part` in a row of `documents`. */
  readonly part: string;
  /** Tells its number from the main document's. */
  readonly suffix: string;
  /** Its own date; the event's where there is none. */
  readonly date?: string;
  /** The entity whose document it is, where that is not the event's. */
  readonly entity?: string;
  readonly lines: readonly DraftLine[];
}

/** 1 where a positive amount is a debit, −1 where it is a credit. */
export type Sense = 1 | -1;

/** Minor units of an optional amount; what is missing is zero. */
export function minorOf(amount: string | undefined | null, currency: string): bigint {
  return amount ? parseMoney(amount, currency).minor : 0n;
}

/** Drafts the lines of an event. The load of the line or of the event is put where rules and memos look for it. */
export function draftLines(event: TransportEvent & { lines: readonly EventLine[] }, sense: Sense, part = "line"): DraftLine[] {
  return event.lines.map((line, index) => ({
    line: { ...withLoad(line, line.loadNo || loadOf(event)), part },
    debitMinor: parseMoney(line.amount, event.currency).minor * BigInt(sense),
    from: `/lines/${index}`,
  }));
}

/** Taxes on the whole document; a tax goes the way of what it was taken of. */
export function draftTaxes(
  event: TransportEvent & { taxes?: readonly { code: string; jurisdiction?: string; rate?: string; amount: string }[] },
  sense: Sense,
): DraftLine[] {
  return (event.taxes ?? []).map(({ code, jurisdiction, rate, amount }, index) => ({
    line: {
      code,
      amount,
      ...(jurisdiction ? { jurisdiction } : {}),
      ...(rate ? { description: `${rate} %${jurisdiction ? ` ${jurisdiction}` : ""}` } : {}),
      part: "tax",
    },
    debitMinor: minorOf(amount, event.currency) * BigInt(sense),
    from: `/taxes/${index}`,
  }));
}

export interface PartOptions {
  readonly amount: string | undefined | null;
  readonly sense: Sense;
  /** Pointer into the event; `/<part>` where there is none. */
  readonly from?: string;
  readonly code?: string;
  readonly description?: string;
  readonly party?: PartyRef;
}

/** Drafts an amount that stands on the event itself; `part` names it for the rules. */
export function draftPart(event: TransportEvent, part: string, options: PartOptions): DraftLine {
  const { sense, from, code, description, party } = options;
  const amount = options.amount || "0";
  return {
    line: { ...withLoad({ amount, ...(code ? { code } : {}), ...(description ? { description } : {}) }, loadOf(event)), part },
    debitMinor: minorOf(amount, event.currency) * BigInt(sense),
    from: from ?? `/${part}`,
    ...(party === undefined ? {} : { party }),
  };
}

/** Drafts an amount that was computed; it is explained by the field it comes from. */
export function draftMinor(event: TransportEvent, part: string, options: { minor: bigint; sense: Sense; from: string }): DraftLine {
  const { minor, sense, from } = options;
  return draftPart(event, part, { amount: formatMinor(minor, event.currency), sense, from });
}

function withLoad<Line extends Omit<EventLine, "lineNo">>(line: Line, load: string | undefined): Line {
  return !load || line.dims?.load ? line : { ...line, dims: { ...line.dims, load } };
}

function loadOf(event: TransportEvent): string | undefined {
  if (event.dims.load) return undefined;
  if ("loadNo" in event) return event.loadNo || undefined;
  return event.type === "customer_invoice" && event.loads?.length === 1 ? event.loads[0]!.loadNo : undefined;
}
