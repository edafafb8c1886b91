import { type Kind, type Published, publishedLimit, type Slot, usedIn, type WindowName, windowsOf } from "./windows.ts";

/** What a provider's refusal taught about one window. */
export interface Learned {
  readonly limit: number;
  readonly at: number;
  /** How long it is believed before the limit is tried higher again. */
  readonly holdMs: number;
}

/** How one call ended. `agoMs`: how long before the report it started. */
export interface Report {
  readonly kind: Kind;
  readonly end: "answered" | "throttled" | "failed";
  readonly agoMs: number;
  /** What a refusal asked for; null where it did not say. */
  readonly retryAfterMs: number | null;
}

/** The state of trouble with one books. Times are milliseconds of the database's clock; 0: none. */
export interface Trouble {
  readonly learned: Readonly<Partial<Record<WindowName, Learned>>>;
  /** How many calls may be under way at once, where a refusal taught that it is fewer: others use the same account. */
  readonly fewer?: Learned;
  readonly batchesPausedUntil: number;
  readonly allPausedUntil: number;
  /** Failures one after the other. */
  readonly failures: number;
  /** How often the breaker opened without a success between. */
  readonly openings: number;
  readonly openUntil: number;
  /** Calls at once after the breaker was open: one probe, then twice as many with each answer. Null: as many as published. */
  readonly ramp: number | null;
}

/** No trouble. */
export const calm: Trouble = {
  learned: {},
  batchesPausedUntil: 0,
  allPausedUntil: 0,
  failures: 0,
  openings: 0,
  openUntil: 0,
  ramp: null,
};

const throttleWaitMs = 60_000;
/** Places among calls under way come free in moments, and others come and go. */
const crowdedFirstMs = 1_000;
const crowdedAgainMs = 5_000;
const crowdedHoldMs = 60_000;
const failuresMax = 5;
const openFirstMs = 5_000;
const openMaxMs = 300_000;
const holdFirstMs = 600_000;
const holdMaxMs = 7_200_000;
/** A window that was learned is tried this much higher for each minute after its hold. */
const growth = 1.1;

/** The limit of a window now: what is published, or less where a refusal taught so and that is not long ago. */
export function limitNow(trouble: Trouble, published: Published, window: WindowName, at: number): number {
  const most = publishedLimit(published, window);
  const learned = trouble.learned[window];
  if (learned === undefined) return most;
  const minutes = Math.max(0, Math.floor((at - learned.at - learned.holdMs) / 60_000));
  return Math.min(most, Math.floor(learned.limit * growth ** minutes + 1e-9));
}

/** Calls that may be under way at once now: what is published, or fewer while the breaker closes again or others hold places. */
export function flyingMax(trouble: Trouble, published: Published, at: number): number {
  const { fewer, ramp } = trouble;
  const minutes = fewer === undefined ? 0 : Math.max(0, Math.floor((at - fewer.at - fewer.holdMs) / 60_000));
  const learned = fewer === undefined ? published.inFlightMax : fewer.limit + minutes;
  return Math.min(ramp ?? published.inFlightMax, learned, published.inFlightMax);
}

interface Facts {
  readonly slots: readonly Slot[];
  readonly published: Published;
  readonly at: number;
  /** Calls still under way, of all processes; left out where that is not known. */
  readonly flying?: number;
}

/** What the end of one call changes. */
export function afterCall(trouble: Trouble, report: Report, facts: Facts): Trouble {
  if (report.end === "throttled") return afterThrottle(trouble, report, facts);
  if (report.end === "failed") return afterFailure(trouble, report, facts.at);
  if (trouble.failures === 0 && trouble.ramp === null) return trouble;
  const ramp = trouble.ramp === null || trouble.ramp * 2 >= facts.published.inFlightMax ? null : trouble.ramp * 2;
  return { ...trouble, failures: 0, openings: ramp === null ? 0 : trouble.openings, openUntil: 0, ramp };
}

/**
 * A refusal for being too fast. The fullest window is taken for its reason: its limit is what it held when the call came,
 * but never less than half of what was believed. Only the calls that are counted in that window rest.
 */
function afterThrottle(trouble: Trouble, report: Report, { slots, published, at, flying }: Facts): Trouble {
  const started = at - report.agoMs;
  const until = at + (report.retryAfterMs ?? throttleWaitMs);
  const filled = windowsOf(report.kind).map((window) => {
    const limit = limitNow(trouble, published, window, started);
    const used = usedIn(slots, window, started, started - 50);
    return { window, limit, used, share: used / limit };
  });
  const fullest = filled.reduce((one, other) => (other.share >= one.share ? other : one));
  const isCrowded = flying !== undefined && (flying + 1) * 2 >= published.inFlightMax;
  if (report.retryAfterMs === null && fullest.share < 0.5 && isCrowded) return afterCrowding(trouble, { published, at, flying });
  const onlyBatches = report.kind === "batch" && (fullest.window === "batches" || fullest.share < 0.5);
  const paused = onlyBatches
    ? { batchesPausedUntil: Math.max(trouble.batchesPausedUntil, until) }
    : { allPausedUntil: Math.max(trouble.allPausedUntil, until) };
  const before = trouble.learned[fullest.window];
  // Calls that were under way together are refused together: that teaches once.
  if (before !== undefined && before.at >= started) return { ...trouble, ...paused };
  const limit = Math.max(1, Math.ceil(fullest.limit / 2), Math.min(fullest.limit - 1, fullest.used));
  const holdMs = before === undefined ? holdFirstMs : Math.min(holdMaxMs, before.holdMs * 2);
  const learned = { ...trouble.learned, [fullest.window]: { limit, at, holdMs } };
  return { ...trouble, ...paused, learned };
}

/**
 * A refusal while no window was half full and many calls were under way: there are fewer places than published, because others hold
 * some. As many as are still under way did find one.
 */
function afterCrowding(trouble: Trouble, { published, at, flying }: { published: Published; at: number; flying: number }): Trouble {
  const now = flyingMax(trouble, published, at);
  const limit = Math.max(1, Math.min(now - 1, flying));
  const waitMs = limit < now ? crowdedFirstMs : crowdedAgainMs;
  return { ...trouble, fewer: { limit, at, holdMs: crowdedHoldMs }, allPausedUntil: Math.max(trouble.allPausedUntil, at + waitMs) };
}

/** Failures one after the other open the breaker; a probe that fails opens it for longer. */
function afterFailure(trouble: Trouble, report: Report, at: number): Trouble {
  if (at - report.agoMs < trouble.openUntil && trouble.openUntil > at) return trouble; // Sent before it opened.
  const failures = trouble.failures + 1;
  if (trouble.ramp === null && failures < failuresMax) return { ...trouble, failures };
  const openUntil = at + Math.min(openMaxMs, openFirstMs * 2 ** trouble.openings);
  return { ...trouble, failures, openings: trouble.openings + 1, openUntil, ramp: 1 };
}
