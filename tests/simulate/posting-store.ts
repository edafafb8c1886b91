import { canBecome } from "../../src/core/posting.ts";
import type { Candidate, Outcome, PostingStore } from "../../src/core/posting/ports.ts";
import { fenced, type Lane, type Lease, type Paper, type Row, type SimulatedDatabase } from "./database.ts";
import type { Process } from "./time.ts";

/** Mistakes that can be planted in the store; the steps have theirs planted in their text. */
export interface StoreMistakes {
  readonly dropIntent?: boolean;
  readonly noFence?: boolean;
  readonly keyOfAttempt?: boolean;
  readonly abandonedIsReady?: boolean;
  readonly workersClock?: boolean;
  readonly chainIgnored?: boolean;
  readonly restoreUnnoticed?: boolean;
}

export interface Witness {
  /** Hears of every change of a posting, in the moment it is committed. */
  readonly changed: (lane: Lane, row: Row) => void;
}

const doubtMs = 7 * 86_400_000;

interface Parts {
  readonly database: SimulatedDatabase;
  readonly process: Process;
  readonly lease: Lease;
  readonly mistakes: StoreMistakes;
  readonly witness: Witness;
}

/** A change of one lane, in the moment it is committed. */
interface Moment extends Parts {
  readonly lane: Lane;
  readonly now: number;
}

function move({ mistakes, witness, lane }: Moment, row: Row, state: Row["state"]): void {
  const isGuarded = mistakes.dropIntent !== true && mistakes.abandonedIsReady !== true && row.state !== state;
  if (isGuarded && !canBecome(state).includes(row.state)) throw new Error(`${row.state} cannot become ${state}`);
  row.state = state;
  witness.changed(lane, row);
}

function candidate({ mistakes, process, lane, now }: Moment, row: Row): Candidate<Paper> {
  const clock = mistakes.workersClock === true ? now + process.skewMs : now;
  const first = row.log.find(({ isLookUp }) => !isLookUp);
  return {
    postingId: row.postingId,
    key: mistakes.keyOfAttempt === true ? `${row.key}/${row.attempts}` : row.key,
    postable: row.paper,
    attempts: row.attempts,
    openForMs: now - row.openedAt,
    settledInMs: row.state === "uncertain" ? Math.max(0, ...row.log.map(({ deadlineAt }) => deadlineAt)) - clock : 0,
    firstSentAgoMs: first === undefined ? null : now - first.startedAt,
    inDoubt: isInDoubt(lane, row, now),
  };
}

function send(moment: Moment, row: Row, runsForMs: number): void {
  const { mistakes, lease, now } = moment;
  if (mistakes.dropIntent === true) return;
  row.attempts += 1;
  row.epoch = lease.epoch;
  row.log.push({ startedAt: now, deadlineAt: now + runsForMs, isOpen: true, isLookUp: false });
  move(moment, row, "sending");
}

function lookUpInstead(moment: Moment, row: Row, runsForMs: number): void {
  const { lane, now } = moment;
  row.attempts += 1;
  row.log.push({ startedAt: now, deadlineAt: Math.max(now, lane.restoredAt + runsForMs), isOpen: false, isLookUp: true });
  row.nextAt = now;
  move(moment, row, "uncertain");
}

function takeOver(moment: Moment): void {
  const { lane, lease, now, mistakes, database } = moment;
  for (const row of lane.rows.values()) {
    if (row.state !== "sending" || row.epoch >= lease.epoch) continue;
    row.nextAt = now;
    move(moment, row, mistakes.abandonedIsReady === true ? "ready" : "uncertain");
  }
  if (lane.origin !== database.identity() && mistakes.restoreUnnoticed !== true) {
    lane.restoredAt = now;
    lane.doubtUntil = now + doubtMs;
  }
  lane.origin = database.identity();
}

/** The same rules that the SQL of the store keeps, over the simulated database. */
export function storeOf(parts: Parts): PostingStore<Paper> {
  const { database, process, lease, mistakes } = parts;
  const held = (lanes: Map<string, Lane>) => (mistakes.noFence === true ? lanes.get(lease.laneId)! : fenced(lanes, lease));
  const inLane = <T>(work: (moment: Moment) => T) => database.transact(process, (lanes, now) => work({ ...parts, lane: held(lanes), now }));
  return {
    takeOver: () => inLane(takeOver),
    begin: (limit, runsForMs, intentOf) =>
      inLane((moment) => {
        const { lane, now } = moment;
        const due = [...lane.rows.values()].filter((row) => row.state === "ready" && row.nextAt <= now && mayGo(lane, row, mistakes));
        const chosen = due.slice(0, limit).map((row) => ({ row, one: candidate(moment, row) }));
        for (const { row, one } of chosen) (intentOf(one) === "send" ? send : lookUpInstead)(moment, row, runsForMs);
        return chosen.filter(({ one }) => intentOf(one) === "send").map(({ one }) => one);
      }),
    beginAgain: (uncertain, runsForMs) =>
      inLane((moment) => {
        const rows = uncertain.map(({ postingId }) => moment.lane.rows.get(postingId)!);
        if (rows.some(({ state }) => state !== "uncertain")) throw new Error("some were no longer uncertain");
        for (const row of rows) send(moment, row, runsForMs);
        return [...uncertain];
      }),
    readUncertain: (limit) =>
      database.transact(process, (lanes, now) => {
        const lane = lanes.get(lease.laneId)!;
        const due = [...lane.rows.values()].filter((row) => row.state === "uncertain" && row.nextAt <= now);
        return due.slice(0, limit).map((row) => candidate({ ...parts, lane, now }, row));
      }),
    record: (verdicts) =>
      inLane((moment) => {
        for (const { outcome } of verdicts) {
          const row = moment.lane.rows.get(outcome.postingId);
          if (row === undefined || (row.state !== outcome.from && mistakes.dropIntent !== true)) continue;
          write(row, outcome, moment.now);
          move(moment, row, outcome.state);
        }
      }),
  };
}

function write(row: Row, outcome: Outcome, now: number): void {
  row.nextAt = now + outcome.waitMs;
  row.providerId = outcome.record?.providerId ?? row.providerId;
  row.faultCode = outcome.faultCode;
  if (outcome.state === "posted") row.postedLeaves += 1;
  for (const attempt of row.log.filter(({ isOpen }) => isOpen)) {
    attempt.isOpen = false;
    attempt.deadlineAt = now + outcome.settlesInMs;
  }
}

/** This database was restored, and nothing of it was sent or looked up since. */
export function isInDoubt(lane: Lane, row: Row, now: number): boolean {
  return now < lane.doubtUntil && !row.log.some(({ startedAt }) => startedAt >= lane.restoredAt);
}

function mayGo(lane: Lane, row: Row, { chainIgnored }: StoreMistakes): boolean {
  if (row.waitsFor === null || chainIgnored === true) return true;
  const first = lane.rows.get(row.waitsFor);
  return first !== undefined && ["posted", "voided", "superseded"].includes(first.state);
}
