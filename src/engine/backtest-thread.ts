import { parentPort, workerData } from "node:worker_threads";
import { emptyTally } from "../core/rules/tally.ts";
import { type EventSelection, readRange } from "../store/backtests.ts";
import { inOrganization, openDatabase } from "../store/database.ts";
import { type BacktestSides, createComparison } from "./backtest-map.ts";

/** What a thread of a backtest is started with. */
export interface ThreadOrder {
  readonly databaseUrl: string;
  readonly organizationId: string;
  readonly events: EventSelection;
  readonly sides: BacktestSides;
}

/** A range of events to map; null: there are no more, hand in the tally. */
export type ThreadTask = { readonly firstId: string; readonly beforeId: string | null } | null;

const { databaseUrl, organizationId, events, sides } = workerData as ThreadOrder;
const database = openDatabase(databaseUrl, { max: 2 });
const compare = createComparison(sides);
const tally = emptyTally();
const port = parentPort!;

/** The next range is read while the one before it is mapped. */
let work: Promise<void> = Promise.resolve();
port.on("message", (task: ThreadTask) => {
  const page = task === null ? null : inOrganization(database, organizationId, (tx) => readRange(tx, events, task));
  page?.catch(() => undefined); // Told where it is awaited.
  work = work.then(async () => {
    if (page === null) {
      await database.close();
      port.postMessage({ tally });
      port.close();
      return;
    }
    const stored = await page;
    for (const event of stored) compare(tally, event);
    port.postMessage({ done: stored.length });
  });
  // An error nobody caught ends the thread, and whoever started it hears why.
  work.catch((error: unknown) =>
    setImmediate(() => {
      throw error;
    }),
  );
});
