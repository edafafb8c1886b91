import { PgBoss } from "pg-boss";
import { applicationRole } from "./database.ts";

/** A wake-up for one lane. The lane's own rows are the work; this only says "look". */
export interface LaneWake {
  readonly organizationId: string;
  readonly booksId: string;
}

/** Wake-ups, schedules and retries, carried by pg-boss in the same PostgreSQL. */
export interface Jobs {
  /** Asks for the lane to be looked at, now or at `at`. Wake-ups of one lane coalesce. */
  readonly wake: (lane: LaneWake, at?: Date) => Promise<void>;
  /** Starts handing wake-ups to `handler`, `concurrency` at a time. A handler that throws is called again. */
  readonly work: (concurrency: number, handler: (lane: LaneWake) => Promise<void>) => Promise<void>;
  readonly close: () => Promise<void>;
}

const laneQueue = "lane";

/** Starts pg-boss on the schema `pgboss`, which belongs to the application role. */
export async function startJobs(url: string, onError: (error: Error) => void): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: url,
    options: `-c role=${applicationRole}`,
    schema: "pgboss",
    createSchema: false,
    max: 4,
    application_name: "ledgerlane-jobs",
    useListenNotify: true,
  });
  boss.on("error", onError);
  await boss.start();
  await boss.createQueue(laneQueue, {
    policy: "short", // At most one waiting wake-up a lane; one that arrives while another runs is kept.
    notify: true,
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: 300,
    heartbeatSeconds: 10,
    retentionSeconds: 86_400,
    deleteAfterSeconds: 60,
  });
  const workers: string[] = [];
  const send = async (lane: LaneWake, at?: Date): Promise<void> => {
    await boss.send(laneQueue, lane, {
      // A wake-up for later must not stand in the way of one for now.
      singletonKey: `${lane.organizationId}/${lane.booksId}${at === undefined ? "" : "/later"}`,
      ...(at === undefined ? {} : { startAfter: at }),
    });
  };
  const wakeNow = oneAtATime(send);
  return {
    wake: (lane, at) => (at === undefined ? wakeNow(lane) : send(lane, at)),
    work: async (concurrency, handler) => {
      for (let slot = 0; slot < concurrency; slot++) {
        workers.push(
          await boss.work<LaneWake>(laneQueue, { batchSize: 1, pollingIntervalSeconds: 0.5 }, async ([job]) => {
            if (job !== undefined) await handler(job.data);
          }),
        );
      }
    },
    close: () => boss.stop({ graceful: true, timeout: 20_000 }),
  };
}

/**
 * Wake-ups of a lane that come while one of it is being written share the next one: while many messages come in at once, one
 * wake-up after another is enough. Whoever asks is answered when a wake-up that began after the question is written.
 */
function oneAtATime(send: (lane: LaneWake) => Promise<void>): (lane: LaneWake) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  const start = (lane: LaneWake): Promise<void> => {
    const sent = send(lane).finally(() => running.delete(lane.booksId));
    running.set(lane.booksId, sent);
    return sent;
  };
  return (lane) => {
    const before = running.get(lane.booksId);
    if (before === undefined) return start(lane);
    const waiting = next.get(lane.booksId);
    if (waiting !== undefined) return waiting;
    const mine = before
      .catch(() => undefined)
      .then(() => {
        next.delete(lane.booksId);
        return start(lane);
      });
    next.set(lane.booksId, mine);
    return mine;
  };
}
