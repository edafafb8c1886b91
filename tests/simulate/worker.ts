import { Fault } from "../../src/core/errors.ts";
import type { Ports } from "../../src/core/posting/ports.ts";
import type { resolveNext, sendNext } from "../../src/core/posting/steps.ts";
import type { Company } from "./books.ts";
import { fenced, type Lease, type Paper, type SimulatedDatabase } from "./database.ts";
import { type StoreMistakes, storeOf, type Witness } from "./posting-store.ts";
import { type Dice, type Process, sleep, type Time } from "./time.ts";

/** The steps under test: those of the product, or a copy with a mistake planted in it. */
export interface Protocol {
  readonly sendNext: typeof sendNext;
  readonly resolveNext: typeof resolveNext;
}

export interface WorkerParts {
  readonly time: Time;
  readonly dice: Dice;
  readonly database: SimulatedDatabase;
  readonly companies: ReadonlyMap<string, Company>;
  readonly protocol: Protocol;
  readonly mistakes: StoreMistakes;
  readonly witness: Witness;
  /** Hears of what no program may throw. */
  readonly bug: (error: unknown) => void;
}

const leaseMs = 10_000;
const heartbeatMs = 3_000;
const turnMs = 5_000;

/** A worker as the product runs it: takes a lane by a lease, keeps it by a heartbeat, works a turn, gives it back. */
export async function work(parts: WorkerParts, process: Process): Promise<void> {
  const { time, dice, database } = parts;
  for (;;) {
    await sleep(time, process, dice.between(100, 12_000));
    for (const laneId of [...database.lanes.keys()]) await takeTurn(parts, process, laneId).catch(foreseen(parts));
  }
}

/** A lost database, a lost lease and what the books did end a turn; anything else is a mistake. */
function foreseen({ bug }: WorkerParts): (error: unknown) => void {
  return (error) => {
    if (error instanceof Fault || (error instanceof Error && error.message.includes("connection to the database"))) return;
    bug(error);
  };
}

async function takeTurn(parts: WorkerParts, process: Process, laneId: string): Promise<void> {
  const lease = await take(parts, process, laneId);
  if (lease === null) return;
  const heart = { isHeld: true, isOver: false };
  void beat(parts, process, lease, heart).catch(foreseen(parts));
  try {
    await workOn(parts, process, lease, () => heart.isHeld);
  } finally {
    heart.isOver = true;
    await parts.database.transact(process, (lanes) => {
      fenced(lanes, lease).holder = null;
    });
  }
}

function take({ database }: WorkerParts, process: Process, laneId: string): Promise<Lease | null> {
  return database.transact(process, (lanes, now) => {
    const lane = lanes.get(laneId)!;
    if ((lane.holder !== null && lane.leaseUntil >= now) || lane.pausedUntil > now) return null;
    const isOpen = [...lane.rows.values()].some(({ state }) => state === "ready" || state === "sending" || state === "uncertain");
    if (!isOpen && lane.origin === database.identity()) return null;
    lane.holder = process.name;
    lane.leaseUntil = now + leaseMs;
    lane.epoch += 1;
    return { laneId, holder: process.name, epoch: lane.epoch };
  });
}

async function beat(
  { time, database }: WorkerParts,
  process: Process,
  lease: Lease,
  heart: { isHeld: boolean; isOver: boolean },
): Promise<void> {
  for (;;) {
    await sleep(time, process, heartbeatMs);
    if (heart.isOver) return;
    await database
      .transact(process, (lanes, now) => {
        const lane = fenced(lanes, lease);
        if (lane.leaseUntil < now) throw new Fault("lease_lost", "too late");
        lane.leaseUntil = now + leaseMs;
      })
      .catch((error: unknown) => {
        if (error instanceof Fault) heart.isHeld = false;
      });
  }
}

async function workOn(parts: WorkerParts, process: Process, lease: Lease, isHeld: () => boolean): Promise<void> {
  const { time, dice, database, companies, protocol, mistakes, witness, bug } = parts;
  const store = storeOf({ database, process, lease, mistakes, witness });
  const books = companies.get(lease.laneId)!.booksFor(process);
  const ports: Ports<Paper> = { store, books, random: dice.roll, elapsedMs: time.now, report: (_, error) => bug(error) };
  await store.takeOver();
  const until = time.now() + turnMs;
  while (isHeld() && time.now() < until) {
    const resolved = await protocol.resolveNext(ports).catch((error: unknown) => {
      if (!(error instanceof Fault) || error.code === "lease_lost") throw error;
      return null;
    });
    if (resolved === null) return rest(parts, process, lease, 2_000);
    const posted = await protocol.sendNext(ports, dice.between(1, 3));
    const stop = posted.answers.find((answer) => "fault" in answer && answer.fault.code.startsWith("upstream_unreach"));
    if (stop !== undefined) return rest(parts, process, lease, 10_000);
    if (resolved.moved + posted.moved === 0) return;
  }
}

async function rest({ database }: WorkerParts, process: Process, lease: Lease, ms: number): Promise<void> {
  await database.transact(process, (lanes, now) => {
    fenced(lanes, lease).pausedUntil = now + ms;
  });
}
