import { Fault } from "../core/errors.ts";
import { type Asking, fresh, type PaceState, roomFor, type Wait, waitFor } from "../core/pace/pace.ts";
import { flyingMax, type Report } from "../core/pace/trouble.ts";
import { type Kind, type Published, writeKind } from "../core/pace/windows.ts";
import type { Gate } from "../connectors/accounting/connector.ts";

/** Keeps the calls to one books inside the provider's limits, together with every other process that calls them. */
export interface Pace {
  /** Lets a call go as soon as the limits allow. Faults: `upstream_busy` when that is too long to wait for; nothing was sent. */
  readonly run: Gate;
  /**
   * How many calls of a kind could go now, leaving some for reads, and how long until the first could; from what was last
   * heard. Without a kind: of that which documents are written by.
   */
  readonly room: (kind?: Kind) => { readonly calls: number; readonly waitMs: number };
  /** Turns away what waits and whatever comes: a worker that ends must not leave anything half begun. */
  readonly stop: () => void;
}

/** Takes one asking to where the pace is shared and brings the answer. `at`: now, by the clock of the state's times. */
export type Exchange = (
  asking: Asking,
) => Promise<{ readonly granted: readonly boolean[]; readonly state: PaceState; readonly at: number }>;

/** Time as one process measures it: never set back. */
export interface Clock {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** This process' own. */
export const processClock: Clock = {
  nowMs: () => performance.now(),
  // A process that ends does not wait for it.
  sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms).unref()),
};

interface Waiting {
  readonly kind: Kind;
  readonly since: number;
  /** How often its leave came too late. */
  stale: number;
  readonly go: () => void;
  readonly turnAway: (fault: Fault) => void;
}

/** A call that must wait longer is turned away unsent: its lane can do other things, and its documents stay ready. */
const patienceMs: Readonly<Record<Kind, number>> = { batch: 10_000, single: 65_000, read: 65_000 };
/** Leave that comes later than this after it was asked for is asked for again: the windows count from when it was given. */
const staleMs: Readonly<Record<Kind, number>> = { batch: 800, single: 150, read: 150 };
const staleTimesMax = 2;
/** A rest is not waited for longer than this: the lane has better things to do. */
const restPatienceMs = 5_000;
/** That nothing is under way any more is told this much later: mostly the next call comes at once. */
const idleMs = 200;
const askedAtOnceMax = 32;
const seatWaitMs = 250;
/** Calls that writing leaves for looking things up. Of few it leaves none: two at once are used by two, and a question waits its turn. */
function keptForReads(flyingMost: number): number {
  return Math.min(2, Math.floor(flyingMost / 4));
}

/** One process' side of the pace of one books, between two askings. */
interface Side {
  readonly published: Published;
  readonly process: string;
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly waiting: Waiting[];
  readonly reports: (Report & { readonly startedAt: number })[];
  /** What was last heard; `offset` leads from our clock to that of its times. */
  known: { readonly state: PaceState; readonly offset: number };
  /** Calls under way here, and how many of them the others believe in. */
  flying: number;
  believed: number;
  idleSince: number;
  pumping: boolean;
  stopped: boolean;
  /** Something changed since the last asking began. */
  nudged: boolean;
  nudge: () => void;
}

/** Opens the pace of one books for one process. `process` names it among the others. */
export function createPace(published: Published, process: string, exchange: Exchange, clock: Clock): Pace {
  const side: Side = {
    ...{ published, process, exchange, clock, waiting: [], reports: [] },
    known: { state: fresh, offset: 0 },
    ...{ flying: 0, believed: 0, idleSince: 0, pumping: false, stopped: false, nudged: false },
    nudge: () => undefined,
  };
  return {
    run: async (kind, call) => {
      await enter(side, kind);
      const startedAt = clock.nowMs();
      let end: CallEnd = { end: "failed", retryAfterMs: null };
      try {
        const answer = await call();
        end = endOf(answer);
        return answer;
      } finally {
        leave(side, { kind, startedAt, ...end });
      }
    },
    room: (kind = writeKind(published)) => {
      const { waitMs } = waitNow(side, kind);
      const flyingMost = flyingMax(side.known.state.trouble, published, theirNow(side));
      const most = Math.max(1, flyingMost - keptForReads(flyingMost)) - side.flying;
      return { calls: Math.max(0, roomFor(side.known.state, published, { kind, most }, theirNow(side))), waitMs };
    },
    stop: () => {
      side.stopped = true;
      for (const each of side.waiting.splice(0)) each.turnAway(busy(0));
    },
  };
}

function enter(side: Side, kind: Kind): Promise<void> {
  if (side.stopped) return Promise.reject(busy(0));
  return new Promise((resolve, reject) => {
    side.waiting.push({ kind, since: side.clock.nowMs(), stale: 0, go: resolve, turnAway: reject });
    start(side);
  });
}

function leave(side: Side, { kind, startedAt, end, retryAfterMs }: CallEnd & { kind: Kind; startedAt: number }): void {
  side.flying -= 1;
  side.reports.push({ kind, startedAt, agoMs: 0, end, retryAfterMs });
  if (isNews(side) || side.waiting.length > 0) return start(side);
  if (side.flying > 0) return;
  side.idleSince = side.clock.nowMs();
  void side.clock.sleep(idleMs).then(() => isNews(side) && start(side));
}

function start(side: Side): void {
  side.nudged = true;
  side.nudge();
  if (side.pumping) return;
  side.pumping = true;
  void pump(side);
}

async function pump(side: Side): Promise<void> {
  try {
    while (side.waiting.length > 0 || isNews(side)) await round(side);
  } catch (error) {
    for (const each of side.waiting.splice(0)) each.turnAway(unreachable(error));
  } finally {
    side.pumping = false; // In the same step as the last look at what waits: nothing comes between.
  }
}

async function round(side: Side): Promise<void> {
  side.nudged = false;
  const wanted = side.waiting.slice(0, askedAtOnceMax);
  const granted = await ask(side, wanted);
  for (const [index, each] of wanted.entries()) {
    if (granted[index] !== true) each.stale += 1;
    else if (take(side, each)) {
      side.flying += 1;
      each.go();
    }
  }
  turnAwayImpatient(side);
  if (side.waiting.length > 0 && !granted.includes(true)) await pause(side);
}

async function ask(side: Side, wanted: readonly Waiting[]): Promise<readonly boolean[]> {
  const { clock, flying, process } = side;
  const askedAt = clock.nowMs();
  const reports = side.reports.map(({ startedAt, ...report }) => ({ ...report, agoMs: askedAt - startedAt }));
  const answer = await side.exchange({ process, wanted: wanted.map(({ kind }) => kind), flying, reports });
  side.reports.splice(0, reports.length); // Only now are they told.
  side.known = { state: answer.state, offset: answer.at - clock.nowMs() };
  side.believed = flying + answer.granted.filter(Boolean).length;
  const tookMs = clock.nowMs() - askedAt;
  return wanted.map(({ kind, stale }, index) => answer.granted[index] === true && (tookMs <= staleMs[kind] || stale >= staleTimesMax));
}

/** False when it was turned away while it was asked for. */
function take({ waiting }: Side, each: Waiting): boolean {
  const place = waiting.indexOf(each);
  if (place >= 0) waiting.splice(place, 1);
  return place >= 0;
}

/** Others must hear of trouble at once, and after a while that nothing is under way here any more. */
function isNews({ reports, known, flying, believed, clock, idleSince }: Side): boolean {
  if (reports.some(({ end }) => end !== "answered")) return true;
  const { trouble } = known.state;
  if (reports.length > 0 && (trouble.failures > 0 || trouble.ramp !== null)) return true;
  return flying === 0 && believed > 0 && clock.nowMs() - idleSince >= idleMs;
}

function turnAwayImpatient(side: Side): void {
  for (const each of [...side.waiting]) {
    const { waitMs, rests } = waitNow(side, each.kind);
    const patience = rests ? restPatienceMs : patienceMs[each.kind];
    if (waitMs + side.clock.nowMs() - each.since > patience && take(side, each)) each.turnAway(busy(waitMs));
  }
}

async function pause(side: Side): Promise<void> {
  const waitMs = Math.min(...side.waiting.map(({ kind }) => waitNow(side, kind).waitMs));
  if (side.nudged) return; // While we asked, a call ended or came.
  const again = new Promise<void>((resolve) => {
    side.nudge = resolve;
  });
  // Where no window is full, a seat is missing: it is free when a call ends here, or, held elsewhere, some time later.
  await Promise.race([again, side.clock.sleep(waitMs > 0 ? waitMs : seatWaitMs)]);
}

function waitNow(side: Side, kind: Kind): Wait {
  return waitFor(side.known.state, side.published, kind, theirNow(side));
}

function theirNow({ clock, known }: Side): number {
  return clock.nowMs() + known.offset;
}

type CallEnd = Pick<Report, "end" | "retryAfterMs">;

/** What an answer says about the pace, where it is a whole one with status and headers. */
function endOf(answer: unknown): CallEnd {
  const { status, headers } = (answer ?? {}) as { status?: unknown; headers?: Record<string, string> };
  if (status === 429) {
    const asked = Number(headers?.["retry-after"] ?? "NaN") * 1_000;
    return { end: "throttled", retryAfterMs: asked > 0 && asked <= 900_000 ? asked : null };
  }
  return { end: typeof status === "number" && status >= 502 && status <= 504 ? "failed" : "answered", retryAfterMs: null };
}

function busy(waitMs: number): Fault {
  const seconds = Math.ceil(waitMs / 1_000);
  return new Fault("upstream_busy", `The books' limits are used up or they asked for a rest; nothing was sent. Next try in ${seconds} s`, {
    retryAfterMs: String(Math.max(1, Math.ceil(waitMs))),
  });
}

function unreachable(cause: unknown): Fault {
  return new Fault("database_unavailable", "The pace of these books could not be read; nothing was sent", {}, { cause });
}
