import { afterCall, calm, flyingMax, limitNow, type Report, type Trouble } from "./trouble.ts";
import { addSlot, costIn, type Kind, lengthOf, type Published, type Slot, waitIn, type WindowName, windowsOf } from "./windows.ts";

/** Everything the processes that call one books share of its pace. JSON. */
export interface PaceState {
  readonly slots: readonly Slot[];
  readonly trouble: Trouble;
  /** Calls under way by process, and until when they are believed to be if the process is not heard of again. */
  readonly flying: Readonly<Record<string, readonly [calls: number, until: number]>>;
}

/** How long the calls of a process that is not heard of any more are believed to be under way. */
const believedMs = 15_000;

/** Books that were never called. */
export const fresh: PaceState = { slots: [], trouble: calm, flying: {} };

/** What one process asks for: leave for calls it has waiting, and what it tells of those that ended. */
export interface Asking {
  readonly process: string;
  readonly wanted: readonly Kind[];
  /** Its calls under way. */
  readonly flying: number;
  readonly reports: readonly Report[];
}

export interface Granted {
  readonly state: PaceState;
  /** For each wanted call, in order, whether it may go now. */
  readonly granted: readonly boolean[];
}

/** Milliseconds until a call may go. `rests`: the provider asked for the wait or is not there, it is no window that fills up. */
export interface Wait {
  readonly waitMs: number;
  readonly rests: boolean;
}

/**
 * Takes reports in and lets go what fits: each window, the calls in flight, and no call where the provider asked for rest.
 * A kind that must wait does not stop another behind it. Pure: `at` is the database's clock in milliseconds.
 */
export function shareOut(before: PaceState, published: Published, asking: Asking, at: number): Granted {
  let { slots } = before;
  const others = Object.entries(before.flying).filter(([process, [, until]]) => process !== asking.process && until > at);
  const elsewhere = others.reduce((sum, [, [calls]]) => sum + calls, 0);
  const facts = { slots, published, at, flying: elsewhere + asking.flying };
  const trouble = asking.reports.reduce((now, report) => afterCall(now, report, facts), before.trouble);
  let flying = asking.flying;
  const granted = asking.wanted.map((kind) => {
    const state = { slots, trouble };
    if (elsewhere + flying >= flyingMax(trouble, published, at) || waitFor(state, published, kind, at).waitMs > 0) return false;
    slots = addSlot(slots, at, kind);
    flying += 1;
    return true;
  });
  const mine = flying === 0 ? {} : { [asking.process]: [flying, at + believedMs] as const };
  return { state: { slots, trouble, flying: { ...Object.fromEntries(others), ...mine } }, granted };
}

/** How long a call of this kind must wait, leaving aside how many are in flight. */
export function waitFor(state: Pick<PaceState, "slots" | "trouble">, published: Published, kind: Kind, at: number): Wait {
  const { slots, trouble } = state;
  const restUntil = Math.max(trouble.openUntil, trouble.allPausedUntil, kind === "batch" ? trouble.batchesPausedUntil : 0);
  if (restUntil > at) return { waitMs: restUntil - at, rests: true };
  const waits = windowsOf(kind).map((window) =>
    waitIn(slots, window, at, { limit: limitNow(trouble, published, window, at), cost: costIn(window, kind) }),
  );
  return { waitMs: Math.max(...waits), rests: false };
}

/** How many calls of a kind could go right now, `most` at the utmost. */
export function roomFor(state: PaceState, published: Published, ask: { kind: Kind; most: number }, at: number): number {
  let room = 0;
  let { slots } = state;
  const most = Math.min(ask.most, flyingMax(state.trouble, published, at));
  while (room < most && waitFor({ ...state, slots }, published, ask.kind, at).waitMs === 0) {
    slots = addSlot(slots, at, ask.kind);
    room += 1;
  }
  return room;
}

/**
 * Milliseconds until `calls` more calls of a kind will have been let go, if they are asked for at once and nothing else is:
 * what the windows and the rests allow, not what the machine can do.
 */
export function clearsInMs(state: PaceState, published: Published, ask: { kind: Kind; calls: number }, at: number): number {
  let now = at;
  let { slots } = state;
  // From the second window on, each is like the one before.
  const perWindow = Math.min(...minuteWindows(ask.kind).map((window) => limitNow(state.trouble, published, window, at)));
  const windowsLater = Math.max(0, Math.floor(ask.calls / Math.max(1, perWindow)) - 2);
  for (let left = ask.calls - windowsLater * Math.max(1, perWindow); left > 0; ) {
    const { waitMs } = waitFor({ ...state, slots }, published, ask.kind, now);
    if (waitMs > 0) {
      now += waitMs;
      continue;
    }
    slots = addSlot(slots, now, ask.kind);
    left -= 1;
  }
  return now - at + windowsLater * lengthOf("minute");
}

function minuteWindows(kind: Kind): readonly WindowName[] {
  return windowsOf(kind).filter((window) => window !== "second");
}
