import { inOrganization } from "../store/database.ts";
import type { Jobs, LaneWake } from "../store/jobs.ts";
import { findDueLanes, findQuietLanes } from "../store/lane-turns.ts";
import { laneHasWork } from "../store/lanes.ts";
import { createLaneCache } from "./lane-context.ts";
import type { EngineParts } from "./parts.ts";
import { resumeJobs } from "./review-jobs.ts";
import { createLaneRunner } from "./run-lane.ts";

/** Lanes one process works on at once. A turn that takes long waits for its provider and no longer counts. */
const lanesAtOnce = 4;
const longTurnMs = 6_000;
const lanesAtMost = 64;
/** How often lanes are looked for that nobody told us of: what was woken while we could not hear, or whose holder died. */
const lookMs = 1_000;
/** Lanes whose wake-up was lost with the process that should have sent it are found this way, some at a time. */
const sweepMs = 5_000;
const sweptAtOnce = 50;
/** A worker that is told to stop ends within this: calls under way may end, nothing new begins. */
const stopMs = 25_000;
const start: LaneWake = { organizationId: "00000000-0000-0000-0000-000000000000", booksId: "00000000-0000-0000-0000-000000000000" };

export interface Worker {
  /** Ends after the calls under way, within half a minute, and gives the lanes back. */
  readonly stop: () => Promise<void>;
}

/**
 * Gives lanes their turns. A lane that is woken while there is a free place gets it at once; where there are more lanes than
 * places, the one that has had fewest provider calls goes first.
 */
export async function startWorker(parts: EngineParts, jobs: Jobs): Promise<Worker> {
  const runner = createLaneRunner(parts, createLaneCache());
  const running = new Map<string, { readonly turn: Promise<void>; readonly since: number }>();
  let stopping = false;
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let soon: NodeJS.Timeout | undefined;

  const freePlaces = (): number => {
    const young = [...running.values()].filter(({ since }) => performance.now() - since < longTurnMs).length;
    return Math.min(lanesAtOnce - young, lanesAtMost - running.size);
  };
  const begin = (lane: LaneWake): void => {
    if (stopping || running.has(lane.booksId)) return;
    const turn = runner
      .run(lane)
      .catch((error: Error) =>
        parts.log("error", "a turn over a lane failed", { booksId: lane.booksId, error: error.stack ?? error.message }),
      )
      .finally(() => {
        running.delete(lane.booksId);
        look();
      });
    running.set(lane.booksId, { turn, since: performance.now() });
  };
  const lookOnce = async (): Promise<void> => {
    const { due, nextInMs } = await findDueLanes(parts.database, lanesAtOnce + running.size);
    for (const lane of due) if (freePlaces() > 0) begin(lane);
    clearTimeout(soon);
    if (nextInMs !== null && nextInMs < lookMs && !stopping) soon = setTimeout(look, nextInMs + 1);
  };
  /** One look at a time; what happens meanwhile asks for one more. */
  function look(): void {
    lookAgain = true;
    if (looking !== null || stopping || freePlaces() <= 0) return;
    lookAgain = false;
    looking = lookOnce()
      .catch((error: Error) => parts.log("warn", "the look for lanes failed", { error: error.message }))
      .finally(() => {
        looking = null;
        if (lookAgain && !stopping) look();
      });
  }

  const lookTimer = setInterval(look, lookMs);
  const sweepTimer = setInterval(sweeper(parts), sweepMs);
  await jobs.listen((lane) => (freePlaces() > 0 ? begin(lane) : undefined), look);
  return {
    stop: async () => {
      stopping = true;
      for (const timer of [lookTimer, sweepTimer, soon]) clearTimeout(timer);
      runner.stop();
      const ended = Promise.allSettled([...running.values()].map(({ turn }) => turn));
      let late: NodeJS.Timeout | undefined;
      await Promise.race([Promise.all([ended, looking]), new Promise((resolve) => (late = setTimeout(resolve, stopMs)))]);
      clearTimeout(late);
    },
  };
}

function sweeper(parts: EngineParts): () => void {
  let after = start;
  const sweep = async (): Promise<void> => {
    const lanes = await findQuietLanes(parts.database, after, sweptAtOnce);
    after = lanes.length < sweptAtOnce ? start : lanes.at(-1)!;
    for (const organizationId of new Set(lanes.map((lane) => lane.organizationId))) await resumeJobs(parts, organizationId);
    for (const lane of lanes) {
      const busy = await inOrganization(parts.database, lane.organizationId, (tx) => laneHasWork(tx, lane.booksId));
      if (busy) await parts.wake(lane);
    }
  };
  let running = false;
  return () => {
    if (running) return;
    running = true;
    sweep()
      .catch((error: Error) => parts.log("warn", "the sweep for waiting lanes failed", { error: error.message }))
      .finally(() => {
        running = false;
      });
  };
}
