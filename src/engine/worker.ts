import { inOrganization } from "../store/database.ts";
import type { Jobs, LaneWake } from "../store/jobs.ts";
import { findFreeLanes, laneHasWork } from "../store/lanes.ts";
import { createLaneCache } from "./lane-context.ts";
import type { EngineParts } from "./parts.ts";
import { resumeJobs } from "./review-jobs.ts";
import { createLaneRunner } from "./run-lane.ts";

/** Lanes one process works on at once. */
const lanesAtOnce = 4;
/** Finds lanes whose wake-up was lost with the process that should have sent it. */
const sweepMs = 5_000;

export interface Worker {
  /** Ends after the slices under way, releases the lanes. */
  readonly stop: () => Promise<void>;
}

/** Starts working on wake-ups, and sweeps for lanes that have work and were not woken. */
export async function startWorker(parts: EngineParts, jobs: Jobs): Promise<Worker> {
  const runner = createLaneRunner(parts, createLaneCache());
  const running = new Set<Promise<void>>();
  const run = (lane: LaneWake): Promise<void> => {
    const turn = runner
      .run(lane)
      .catch((error: Error) => {
        parts.log("error", "a turn over a lane failed", { booksId: lane.booksId, error: error.stack ?? error.message });
        throw error; // The queue calls again, later.
      })
      .finally(() => running.delete(turn));
    running.add(turn);
    return turn;
  };
  await jobs.work(lanesAtOnce, run);
  const sweepOnce = () =>
    sweep(parts).catch((error: Error) => parts.log("warn", "the sweep for waiting lanes failed", { error: error.message }));
  const timer = setInterval(() => void sweepOnce(), sweepMs);
  await sweepOnce();
  return {
    stop: async () => {
      clearInterval(timer);
      runner.stop();
      await Promise.allSettled([...running]);
    },
  };
}

async function sweep(parts: EngineParts): Promise<void> {
  const lanes = await findFreeLanes(parts.database);
  for (const organizationId of new Set(lanes.map((lane) => lane.organizationId))) await resumeJobs(parts, organizationId);
  for (const lane of lanes) {
    const busy = await inOrganization(parts.database, lane.organizationId, (tx) => laneHasWork(tx, lane.booksId));
    if (busy) await parts.wake(lane);
  }
}
