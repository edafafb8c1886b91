/** What a call costs of a provider's limits. */
export type Kind = "single" | "batch" | "read";

/** A provider's published limits, in the words of a connector's capabilities. */
export interface Published {
  readonly requestsPerSecond: number;
  readonly requestsPerMinute: number;
  readonly batchesPerMinute: number;
  readonly inFlightMax: number;
  /** Documents in one batch; 1 where there are no batches. */
  readonly batchItemsMax: number;
}

/** The kind of call that documents are written by. */
export function writeKind({ batchItemsMax }: Pick<Published, "batchItemsMax">): Kind {
  return batchItemsMax > 1 ? "batch" : "single";
}

/** Calls that were let go together: when (milliseconds, the database's clock), how many, and how many of them were batches. */
export type Slot = readonly [at: number, calls: number, batches: number];

/** One sliding window a provider counts in. */
export type WindowName = "second" | "minute" | "batches";

/**
 * A window is kept a little longer than it is published: two calls that we let go a minute apart may arrive over there
 * closer together. The margin is time and not a number of calls, so that no limit is left unused.
 */
const lengthMs: Readonly<Record<WindowName, number>> = { second: 1_200, minute: 61_000, batches: 61_000 };
/** Calls that start within this time of one another are remembered as one; rounded up, so that they count too long, never too short. */
const grainMs = 50;

/** The windows a kind of call is counted in. */
export function windowsOf(kind: Kind): readonly WindowName[] {
  return kind === "batch" ? ["second", "minute", "batches"] : ["second", "minute"];
}

/** The limit of a window as published. */
export function publishedLimit(published: Published, window: WindowName): number {
  if (window === "second") return published.requestsPerSecond;
  return window === "minute" ? published.requestsPerMinute : published.batchesPerMinute;
}

/** What one call takes of a window. A batch is work of seconds over there: so that a burst of them arrives spread out, it takes two in the second. */
export function costIn(window: WindowName, kind: Kind): number {
  return window === "second" && kind === "batch" ? 2 : 1;
}

/** What is used of a window at `at`. With `before`, only what was let go earlier than that. */
export function usedIn(slots: readonly Slot[], window: WindowName, at: number, before = Number.POSITIVE_INFINITY): number {
  const from = at - lengthMs[window];
  let used = 0;
  for (let index = slots.length - 1; index >= 0 && slots[index]![0] > from; index--) {
    if (slots[index]![0] < before) used += weight(slots[index]!, window);
  }
  return used;
}

/** Milliseconds until `cost` more fit into a window; 0 when they do now. */
export function waitIn(slots: readonly Slot[], window: WindowName, at: number, need: { limit: number; cost: number }): number {
  let over = usedIn(slots, window, at) + need.cost - Math.max(need.limit, need.cost);
  if (over <= 0) return 0;
  const from = at - lengthMs[window];
  for (const slot of slots) {
    if (slot[0] <= from) continue;
    over -= weight(slot, window);
    if (over <= 0) return slot[0] - from;
  }
  return lengthMs[window];
}

function weight([, calls, batches]: Slot, window: WindowName): number {
  if (window === "batches") return batches;
  return window === "second" ? calls + batches : calls;
}

/** Remembers a call let go at `at`, and forgets what no window reaches any more. */
export function addSlot(slots: readonly Slot[], at: number, kind: Kind): Slot[] {
  const rounded = Math.ceil(at / grainMs) * grainMs;
  const kept = slots.filter(([time]) => time > at - lengthMs.minute);
  const last = kept.at(-1);
  const batches = kind === "batch" ? 1 : 0;
  // A clock that was set back writes behind the newest: those calls are remembered as later than they were.
  if (last !== undefined && last[0] >= rounded) return [...kept.slice(0, -1), [last[0], last[1] + 1, last[2] + batches]];
  return [...kept, [rounded, 1, batches]];
}

/** The length a window is kept, in milliseconds. */
export function lengthOf(window: WindowName): number {
  return lengthMs[window];
}
