import pg from "pg";
import { applicationRole, type Database, inOrganization } from "./database.ts";
import { type LaneWake, wakeChannel, wakeLane } from "./lane-turns.ts";

export type { LaneWake } from "./lane-turns.ts";

/** Wake-ups of lanes. The lanes' own rows are the work, and when each wants a turn stands in its row; this only says "look". */
export interface Jobs {
  /** Asks for the lane to be looked at, now or at `at`. Wake-ups of one lane coalesce. */
  readonly wake: (lane: LaneWake, at?: Date) => Promise<void>;
  /**
   * Hands on what is woken anywhere, milliseconds later. `missed` is called whenever some may have been missed: at the start,
   * and after the connection was lost. Without it nothing is lost: whoever listens also looks from time to time.
   */
  readonly listen: (woken: (lane: LaneWake) => void, missed: () => void) => Promise<void>;
  readonly close: () => Promise<void>;
}

const reconnectMs = 1_000;

/** Wake-ups over PostgreSQL's own notifications. */
export function startJobs(database: Database, onError: (error: Error) => void): Jobs {
  let listener: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function connect(woken: (lane: LaneWake) => void, missed: () => void): Promise<void> {
    if (closed) return;
    const client = new pg.Client({
      connectionString: database.url,
      options: `-c role=${applicationRole}`,
      application_name: "ledgerlane-wakes",
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    const again = (error: Error): void => {
      if (closed || listener !== client) return;
      listener = null;
      onError(error);
      void end(client);
      retry = setTimeout(() => void connect(woken, missed), reconnectMs);
    };
    listener = client;
    client.on("error", again);
    client.on("end", () => again(new Error("The connection that hears of wake-ups was closed")));
    client.on("notification", ({ payload }) => {
      const [organizationId, booksId] = (payload ?? "").split("/");
      if (organizationId !== undefined && booksId !== undefined) woken({ organizationId, booksId });
    });
    try {
      await client.connect();
      await client.query(`listen ${wakeChannel}`);
      missed();
    } catch (error) {
      again(error as Error);
    }
  }

  const send = (lane: LaneWake, at?: Date): Promise<void> =>
    inOrganization(database, lane.organizationId, (tx) => wakeLane(tx, lane.booksId, at === undefined ? 0 : at.getTime() - Date.now()));
  const wakeNow = oneAtATime(send);
  return {
    wake: (lane, at) => (at === undefined ? wakeNow(lane) : send(lane, at)),
    listen: connect,
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await listener?.end();
    },
  };
}

/** Lets go of a connection that broke: how it ends does not matter any more. */
async function end(client: pg.Client): Promise<void> {
  await client.end().catch(() => undefined);
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
