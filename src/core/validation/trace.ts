import type { EventType, TransportEvent } from "../events.ts";
import type { Asked, CheckFacts, EventIn, Limits } from "./check.ts";

/**
 * What is remembered of an event so that a later one can be compared with it: by whom or what it is about, when it was, and
 * the few facts a comparison needs.
 */
export interface Trace {
  /** What kind of thing is remembered: `fuel_unit`, `number`. Checks ask for one kind. */
  readonly kind: string;
  readonly key: string;
  /** An instant with its offset, or a civil date where the source told no time. */
  readonly at: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** Another event with the same kind and key, within the window asked for. */
export interface Neighbour {
  readonly at: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly source: string;
  readonly type: string;
  readonly id: string;
  readonly number: string | null;
}

/** A check that compares an event with what is remembered of others. */
export interface HistoryCheck extends CheckFacts {
  /** The kind of trace it compares. */
  readonly kind: string;
  /** How far before and after the trace it looks, in minutes. */
  readonly window: (limits: Limits) => { readonly before: number; readonly after: number };
  readonly judge: (event: TransportEvent, found: Found, asked: Asked) => void;
}

export interface Found {
  readonly trace: Trace;
  /** The source of the event itself. */
  readonly source: string;
  /** Newest first; never other revisions of the event itself. */
  readonly neighbours: readonly Neighbour[];
}

/** A history check of events of certain types. */
export function historyOf<Type extends EventType>(
  check: Omit<HistoryCheck, "judge" | "types"> & {
    readonly types: readonly Type[];
    readonly judge: (event: EventIn<Type>, found: Found, asked: Asked) => void;
  },
): HistoryCheck {
  return check as unknown as HistoryCheck; // It is only ever asked about events of its types.
}

export const minutesOfDay = 1_440;

/** Minutes since 1970 of an instant, or of the noon of a civil date. */
export function minutesOf(at: string): number {
  return Date.parse(at.length === 10 ? `${at}T12:00:00Z` : at) / 60_000;
}

/** Whether two moments are at most `minutes` apart; on the same day, where one of them has no time. */
export function isWithin(a: string, b: string, minutes: number): boolean {
  if (a.length === 10 || b.length === 10)
    return minutes < minutesOfDay ? a.slice(0, 10) === b.slice(0, 10) : Math.abs(minutesOf(a) - minutesOf(b)) <= minutes;
  return Math.abs(minutesOf(a) - minutesOf(b)) <= minutes;
}

/** `fuel transaction 918 of efs`, for messages. */
export function nameOf({ type, id, number, source }: Neighbour): string {
  return `${type.replaceAll("_", " ")} ${number || id} of source ${source}`;
}

/**
 * The neighbour to name, of those that look alike. Weak where one source printed different numbers on the two: it says itself
 * that they are two, though it may have been entered twice there.
 */
export function likeliest(
  event: { readonly number?: string },
  { source }: Found,
  alike: readonly Neighbour[],
): { readonly other: Neighbour; readonly isWeak: boolean } | null {
  const own = event.number ? normalizeNumber(event.number) : null;
  const isApart = (one: Neighbour): boolean =>
    one.source === source && own !== null && one.number !== null && normalizeNumber(one.number) !== own;
  const strong = alike.find((one) => !isApart(one));
  const other = strong ?? alike[0];
  return other === undefined ? null : { other, isWeak: strong === undefined };
}

/** Words before a number that say only that it is one. */
const prefix = /^(?:INVOICE|INV|BILL|NUMBER|NUM|NO|NR)(?=\d)/;

/**
 * A printed number without what people write differently: case, blanks, punctuation, words such as INV, leading zeros.
 * `INV 00123`, `inv-123` and `123 ` are one number.
 */
export function normalizeNumber(number: string): string {
  const plain = number.toUpperCase().replace(/[^\p{L}\p{N}]+/gu, "");
  return plain.replace(prefix, "").replace(/^0+(?=.)/, "");
}
