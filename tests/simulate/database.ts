import { Fault } from "../../src/core/errors.ts";
import type { PostingState } from "../../src/core/posting.ts";
import { deliver, type Dice, type Process, type Time } from "./time.ts";

/** What one document says, under its natural number. */
export interface Paper {
  readonly documentId: string;
  readonly version: number;
  readonly number: string;
  readonly content: string;
}

export interface Attempt {
  readonly startedAt: number;
  deadlineAt: number;
  isOpen: boolean;
  readonly isLookUp: boolean;
}

export interface Row {
  readonly postingId: string;
  readonly key: string;
  readonly paper: Paper;
  /** The posting that must be in the books first. */
  readonly waitsFor: string | null;
  /** The document this one takes back. */
  readonly reverses: string | null;
  state: PostingState;
  attempts: number;
  readonly log: Attempt[];
  epoch: number;
  nextAt: number;
  openedAt: number;
  providerId: string | null;
  faultCode: string | null;
  postedLeaves: number;
}

export interface Lane {
  readonly laneId: string;
  holder: string | null;
  leaseUntil: number;
  epoch: number;
  pausedUntil: number;
  origin: number;
  restoredAt: number;
  doubtUntil: number;
  readonly rows: Map<string, Row>;
}

/**
 * A database that forgets what was not committed. A transaction is carried out at one moment, if the database is up and
 * the connection has lived since it was asked for; its answer may be lost on the way back.
 */
export interface SimulatedDatabase {
  readonly lanes: Map<string, Lane>;
  /** Another one after each restore. */
  readonly identity: () => number;
  readonly restores: () => number;
  readonly transact: <T>(process: Process, work: (lanes: Map<string, Lane>, now: number) => T) => Promise<T>;
  readonly crash: (downMs: number) => void;
  readonly takeCopy: () => void;
  readonly restoreCopy: () => void;
}

export function createDatabase(time: Time, dice: Dice, troubles: { areOn: boolean }): SimulatedDatabase {
  let lanes = new Map<string, Lane>();
  let copy: Map<string, Lane> | null = null;
  let [life, upAt, identity, restores] = [0, 0, 1, 0];
  function transact<T>(process: Process, work: (lanes: Map<string, Lane>, now: number) => T): Promise<T> {
    const asked = life;
    return new Promise((resolve, reject) => {
      const lose = () => deliver(time, process, () => reject(new Error("the connection to the database is lost")));
      const there = dice.between(0, troubles.areOn && dice.chance(0.05) ? 3_000 : 8);
      const isCut = troubles.areOn && dice.chance(0.02);
      time.at(there, () => {
        // A dead program's transaction is rolled back, but for one whose COMMIT was on its way.
        if (life !== asked || time.now() < upAt || (!process.isAlive && dice.chance(0.7))) return lose();
        let done: T;
        try {
          done = work(lanes, time.now());
        } catch (error) {
          time.at(dice.between(0, 8), () => deliver(time, process, () => reject(error as Error)));
          return;
        }
        time.at(dice.between(0, 8), () => (life !== asked || isCut ? lose() : deliver(time, process, () => resolve(done))));
      });
    });
  }
  const crash = (downMs: number) => {
    life += 1;
    upAt = time.now() + downMs;
  };
  return {
    get lanes() {
      return lanes;
    },
    identity: () => identity,
    restores: () => restores,
    transact,
    crash,
    takeCopy: () => {
      copy = structuredClone(lanes);
    },
    restoreCopy: () => {
      if (copy === null) return;
      crash(dice.between(1_000, 300_000));
      lanes = copy;
      copy = null;
      identity += 1;
      restores += 1;
    },
  };
}

export interface Lease {
  readonly laneId: string;
  readonly holder: string;
  readonly epoch: number;
}

/** The lane, if it is still held under this lease. */
export function fenced(lanes: Map<string, Lane>, lease: Lease): Lane {
  const lane = lanes.get(lease.laneId);
  if (lane === undefined || lane.holder !== lease.holder || lane.epoch !== lease.epoch) throw new Fault("lease_lost", "taken over");
  return lane;
}
