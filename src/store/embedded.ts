import { mkdirSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { dataOf, prepareCluster, readPassword, superuser } from "./embedded-cluster.ts";
import { type DataDirLock, holderOf, lockDataDir } from "./embedded-lock.ts";
import { type BoundedLog, openLog } from "./embedded-log.ts";
import { choosePlace, knownFolder, rootPlaces } from "./embedded-place.ts";
import { readPostmaster, startServer, stopOrphans } from "./embedded-server.ts";

/** A real PostgreSQL of our own, for as long as this process lives. */
export interface EmbeddedDatabase {
  /** A postgres:// address with the superuser's password: never log it. */
  readonly url: string;
  /** Stops the server cleanly, within five seconds. A second call waits for the first. */
  readonly stop: () => Promise<void>;
}

/** `log` hears of what takes time or went wrong; `rootPlaces` is where root puts what its data directory cannot hold. */
export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log?: (line: string) => void;
  readonly rootPlaces?: readonly string[];
}

/**
 * Starts PostgreSQL in `dataDir`, and makes the database on first use. Durable (fsync on), on a free port of 127.0.0.1
 * with a random password. Should this process be killed, the server is stopped within seconds; one that is left over
 * all the same is stopped first.
 *
 * Faults: `configuration_invalid` when another ledgerlane has the directory, when its database is of another version,
 * or when the server cannot run here, each with what to do; `database_unavailable` when it does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const log = options.log ?? (() => {});
  const dataDir = makeDataDir(options.dataDir);
  const lock = await lockDataDir(dataDir);
  let serverLog: BoundedLog | null = null;
  try {
    const place = choosePlace(dataDir, options.rootPlaces ?? rootPlaces);
    if (!place.folder.startsWith(`${dataDir}/`)) log(`the database is kept in ${place.folder}, where its own user can reach it`);
    const data = dataOf(place.folder);
    await stopOrphans(data, log);
    await prepareCluster(place, log);
    serverLog = openLog(join(dataDir, "postgres.log"));
    const server = await startServer(place, serverLog);
    const end = { isWanted: false };
    const ended = server.ended.then(() => finish(lock, serverLog));
    void ended.then(() => end.isWanted || log(`PostgreSQL ended by itself; ${serverLog?.path} says why:\n${serverLog?.tail()}`));
    let stopping: Promise<void> | null = null;
    const stop = (): Promise<void> => {
      end.isWanted = true;
      stopping ??= server.stop().then(() => finish(lock, serverLog));
      return stopping;
    };
    return { url: urlOf(data, server.port), stop };
  } catch (error) {
    finish(lock, serverLog);
    throw error;
  }
}

/**
 * The address of the database that another process of this machine runs in `dataDir` now; null when none does.
 * For commands beside a running server.
 */
export function findRunning(dataDir: string): string | null {
  try {
    const folder = realpathSync(resolve(dataDir));
    if (holderOf(folder) === null) return null;
    const place = knownFolder(folder);
    const postmaster = place === null ? null : readPostmaster(dataOf(place));
    return place !== null && postmaster?.isReady ? urlOf(dataOf(place), postmaster.port) : null;
  } catch {
    return null; // Not there, or not ours to read: for us nobody runs it.
  }
}

function urlOf(data: string, port: number): string {
  return `postgres://${superuser}:${readPassword(data)}@127.0.0.1:${port}/postgres`;
}

function finish(lock: DataDirLock, log: BoundedLog | null): void {
  log?.close();
  lock.release();
}

function makeDataDir(path: string): string {
  mkdirSync(resolve(path), { recursive: true, mode: 0o700 });
  return realpathSync(resolve(path));
}
