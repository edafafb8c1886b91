import { Fault } from "../core/errors.ts";
import { type Asking, flyingMax, fresh, type PaceState, roomFor, waitFor } from "../core/pace/pace.ts";
import type { Report } from "../core/pace/trouble.ts";
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
/** Calls that writing leaves for looking things up. */
const keptForReads = 2;

/** One process' side of the pace of one books. `process` names it among the others. */
export function createPace(published: Published, process: string, exchange: Exchange, clock: Clock): Pace {
  const waiting: Waiting[] = [];
  const reports: (Report & { readonly startedAt: number })[] = [];
  let known: { readonly state: PaceState; readonly offset: number } = { state: fresh, offset: 0 };
  let flying = 0;
  let believed = 0;
  let idleSince = 0;
  let pumping = false;
  let stopped = false;
  let nudged = false;
  let nudge: () => void = () => undefined;

  async function ask(wanted: readonly Waiting[]): Promise<readonly boolean[]> {
    const askedAt = clock.nowMs();
    const told = reports.splice(0).map(({ startedAt, ...report }) => ({ ...report, agoMs: askedAt - startedAt }));
    const answer = await exchange({ process, wanted: wanted.map(({ kind }) => kind), flying, reports: told });
    known = { state: answer.state, offset: answer.at - clock.nowMs() };
    believed = flying + answer.granted.filter(Boolean).length;
    const tookMs = clock.nowMs() - askedAt;
    return wanted.map(({ kind, stale }, index) => answer.granted[index] === true && (tookMs <= staleMs[kind] || stale >= staleTimesMax));
  }

  async function pump(): Promise<void> {
    try {
      while (waiting.length > 0 || isNews()) await round();
    } catch (error) {
      for (const each of waiting.splice(0)) each.turnAway(unreachable(error));
    } finally {
      pumping = false; // In the same step as the last look at what waits: nothing comes between.
    }
  }

  async function round(): Promise<void> {
    nudged = false;
    const wanted = waiting.slice(0, askedAtOnceMax);
    const granted = await ask(wanted);
    for (const [index, each] of wanted.entries()) {
      if (granted[index] !== true) each.stale += 1;
      else if (take(each)) {
        flying += 1;
        each.go();
      }
    }
    turnAwayImpatient();
    if (waiting.length > 0 && !granted.includes(true)) await pause();
  }

  /** False when it was turned away while it was asked for. */
  function take(each: Waiting): boolean {
    const place = waiting.indexOf(each);
    if (place >= 0) waiting.splice(place, 1);
    return place >= 0;
  }

  /** Others must hear of trouble at once, and that nothing is under way here any more. */
  function isNews(): boolean {
    if (reports.some(({ end }) => end !== "answered")) return true;
    const { trouble } = known.state;
    if (reports.length > 0 && (trouble.failures > 0 || trouble.ramp !== null)) return true;
    return flying === 0 && believed > 0 && clock.nowMs() - idleSince >= idleMs;
  }

  function turnAwayImpatient(): void {
    const at = clock.nowMs() + known.offset;
    for (const each of [...waiting]) {
      const { waitMs, rests } = waitFor(known.state, published, each.kind, at);
      const patience = rests ? restPatienceMs : patienceMs[each.kind];
      if (waitMs + clock.nowMs() - each.since > patience && take(each)) each.turnAway(busy(waitMs));
    }
  }

  async function pause(): Promise<void> {
    const at = clock.nowMs() + known.offset;
    const waitMs = Math.min(...waiting.map(({ kind }) => waitFor(known.state, published, kind, at).waitMs));
    if (nudged) return; // While we asked, a call ended or came.
    const again = new Promise<void>((resolve) => {
      nudge = resolve;
    });
    // Where no window is full, a seat is missing: it is free when a call ends here, or, held elsewhere, some time later.
    await Promise.race([again, clock.sleep(waitMs > 0 ? waitMs : seatWaitMs)]);
  }

  function start(): void {
    nudged = true;
    nudge();
    if (pumping) return;
    pumping = true;
    void pump();
  }

  function enter(kind: Kind): Promise<void> {
    if (stopped) return Promise.reject(busy(0));
    return new Promise((resolve, reject) => {
      waiting.push({ kind, since: clock.nowMs(), stale: 0, go: resolve, turnAway: reject });
      start();
    });
  }

  function ended(kind: Kind, startedAt: number, end: Pick<Report, "end" | "retryAfterMs">): void {
    flying -= 1;
    reports.push({ kind, startedAt, agoMs: 0, ...end });
    if (isNews() || waiting.length > 0) return start();
    if (flying > 0) return;
    idleSince = clock.nowMs();
    void clock.sleep(idleMs).then(() => isNews() && start());
  }

  return {
    run: async (kind, call) => {
      await enter(kind);
      const startedAt = clock.nowMs();
      let end: Pick<Report, "end" | "retryAfterMs"> = { end: "failed", retryAfterMs: null };
      try {
        const answer = await call();
        end = endOf(answer);
        return answer;
      } finally {
        ended(kind, startedAt, end);
      }
    },
    room: (kind = writeKind(published)) => {
      const at = clock.nowMs() + known.offset;
      const { waitMs } = waitFor(known.state, published, kind, at);
      const seats = flyingMax(known.state.trouble, published);
      const most = Math.max(1, seats - keptForReads) - flying;
      return { calls: Math.max(0, roomFor(known.state, published, { kind, most }, at)), waitMs };
    },
    stop: () => {
      stopped = true;
      for (const each of waiting.splice(0)) each.turnAway(busy(0));
    },
  };
}

/** What an answer says about the pace, where it is a whole one with status and headers. */
function endOf(answer: unknown): Pick<Report, "end" | "retryAfterMs"> {
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
