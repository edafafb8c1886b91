import type { LedgerDocument } from "../document.ts";
import type { EventType, TransportEvent } from "../events.ts";
import type { Severity } from "../finding.ts";
import type { Decimal } from "../money.ts";
import type { ReferenceIndex } from "../reference-index.ts";

/** What an organization may make of a check: a finding of that severity, or nothing. */
export type CheckSeverity = Severity | "off";
export const checkSeverities = ["block", "hold", "warn", "off"] as const satisfies readonly CheckSeverity[];

/** One event type in the shape of its fields; of several types, any of them. */
export type EventIn<Type extends EventType> = Extract<TransportEvent, { type: Type }>;

/** A value a check goes by, and an organization may set. */
export interface ThresholdSpec {
  readonly name: string;
  /** A decimal string; where `unit` is `names`, names with blanks between them (`*`: all). */
  readonly default: string;
  /** `gal`, `days`, `percent` …; `money` is in the event's own currency. */
  readonly unit: string;
  readonly about: string;
}

/** What every check of the catalog says about itself: for its settings and for docs/validation.md. */
export interface CheckFacts {
  /** Stable, snake_case; the code of its findings. */
  readonly code: string;
  /** Event types it looks at; none: all. */
  readonly types: readonly EventType[];
  readonly severity: CheckSeverity;
  readonly thresholds: readonly ThresholdSpec[];
  /** When it speaks, one sentence. */
  readonly cause: string;
  /** What to do then, one sentence. */
  readonly remedy: string;
}

/** What a check says: `about` names the card in review, together with the code. */
export interface Saying {
  readonly field: string | null;
  readonly message: string;
  readonly about: string;
  /** There is a good sign against it: it only warns, unless the organization set the severity itself. */
  readonly isWeak?: boolean;
}

/** Values of thresholds as they are set for the event's source and type. */
export interface Limits {
  readonly decimal: (name: string) => Decimal;
  readonly names: (name: string) => ReadonlySet<string>;
}

/** What a check may know besides the event. Pure: today's date comes in. */
export interface Surroundings {
  readonly documents: readonly LedgerDocument[];
  readonly reference: ReferenceIndex;
  /** Civil date. */
  readonly today: string;
}

export interface Asked extends Limits, Surroundings {
  readonly say: (saying: Saying) => void;
}

/** A check that needs nothing but the event, its documents, and the books' lists. */
export interface Check extends CheckFacts {
  readonly look: (event: TransportEvent, asked: Asked) => void;
}

/** A check of events of certain types. */
export function checkOf<Type extends EventType>(
  check: CheckFacts & { readonly types: readonly Type[]; readonly look: (event: EventIn<Type>, asked: Asked) => void },
): Check {
  return check as unknown as Check; // It is only ever asked about events of its types.
}

/** A threshold in a line. */
export function threshold(name: string, value: string, unit: string, about: string): ThresholdSpec {
  return { name, default: value, unit, about };
}

/** Whether `names` asks for this one: by its name, or all by `*`. */
export function asksFor(names: ReadonlySet<string>, name: string): boolean {
  return names.has(name) || names.has("*");
}

/** Days since 1970 by civil date: the same few dates come again and again, up to a bound. */
const dayNumbers = new Map<string, number>();

function dayNumber(date: string): number {
  const known = dayNumbers.get(date);
  if (known !== undefined) return known;
  const day = Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  if (dayNumbers.size < 10_000) dayNumbers.set(date, day);
  return day;
}

/** Days from one civil date to another; below zero when the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** A number of days as a decimal, to compare with a threshold. */
export function days(count: number): Decimal {
  return { units: BigInt(count), scale: 0 };
}
