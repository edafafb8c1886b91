import { readFileSync } from "node:fs";
import { accountingProviders } from "./connectors/accounting/index.ts";
import { tmsConnectors } from "./connectors/tms/index.ts";
import type { Config } from "./config.ts";
import { Fault } from "./core/errors.ts";
import { createEngine } from "./engine/create.ts";
import type { Engine } from "./engine/engine.ts";
import type { EngineParts } from "./engine/parts.ts";
import { startWorker, type Worker } from "./engine/worker.ts";
import type { RunningGateway } from "./gateway/gateway.ts";
import { createGateway } from "./gateway/server.ts";
import { createLog } from "./log.ts";
import { type Database, openDatabase } from "./store/database.ts";
import { startEmbedded } from "./store/embedded.ts";
import { type Jobs, startJobs } from "./store/jobs.ts";
import { migrate } from "./store/migrate.ts";

/** A started installation. */
export interface Running {
  readonly url: string;
  /** Lets work under way finish, gives the lanes back, stops everything. */
  readonly close: () => Promise<void>;
}

/** Where a start tells people what it does. */
export interface Io {
  readonly print: (line: string) => void;
}

/** The rooms, wired: database, engine, job queue; gateway and worker are started on top of it. */
export interface Core {
  readonly config: Config;
  readonly parts: EngineParts;
  readonly database: Database;
  readonly engine: Engine;
  readonly jobs: Jobs;
  /** The database is our own and was just started: no worker of an earlier life can be alive. */
  readonly isEmbedded: boolean;
  readonly close: () => Promise<void>;
}

/** The product's version. */
export const version = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;

/** Starts the database (embedded where no URL is set), brings it up to date, and wires the rooms. `announce` hears what takes time. */
export async function startCore(config: Config, masterKey: Buffer, announce?: (line: string) => void): Promise<Core> {
  const log = createLog(config.logLevel);
  const embedded =
    config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir, log: announce ?? ((line) => log("info", line)) }) : null;
  const closers: (() => Promise<unknown>)[] = embedded === null ? [] : [embedded.stop];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
    closers.length = 0;
  };
  try {
    const url = embedded?.url ?? config.databaseUrl!;
    await migrate(url);
    const database = openDatabase(url, {
      max: 16,
      onError: (error) => log("warn", "a database connection broke", { error: error.message }),
    });
    closers.push(database.close);
    const jobs = startJobs(database, (error) => log("warn", "wake-ups are not heard", { error: error.message }));
    closers.push(jobs.close);
    const wake = jobs.wake;
    const parts: EngineParts = {
      database,
      masterKey,
      tmsConnectors,
      providers: accountingProviders,
      now: () => new Date(),
      random: Math.random,
      wake,
      log,
    };
    return { config, parts, database, engine: createEngine(parts), jobs, isEmbedded: embedded !== null, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts the gateway, and the worker unless `worker` is false, on a wired core. */
export async function startRoles(
  core: Core,
  options: { gateway: boolean; worker: boolean; knownKeys?: ReadonlyMap<string, string> },
): Promise<Running> {
  const { config, database, engine } = core;
  let gateway: RunningGateway | null = null;
  let worker: Worker | null = null;
  const close = async () => {
    await gateway?.close();
    await worker?.stop();
    await core.close();
  };
  try {
    let url = "";
    if (options.gateway) {
      const { publicUrl } = config;
      gateway = createGateway({
        database,
        engine,
        version,
        publicUrl,
        logLevel: config.logLevel,
        knownKeys: options.knownKeys ?? new Map(),
      });
      const address = await gateway.listen(config.host, config.port);
      url = publicUrl ?? address;
    }
    if (options.worker) worker = await startWorker(core.parts, core.jobs);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Production: gateway and worker, no demo, no emulators. Faults: `configuration_invalid` without a master key. */
export async function startServer(config: Config, io: Io, roles = { gateway: true, worker: true }): Promise<Running> {
  if (config.masterKey === null) {
    throw new Fault(
      "configuration_invalid",
      "LEDGERLANE_MASTER_KEY is not set: make one with `openssl rand -base64 32`, keep it safe, and start again",
    );
  }
  const core = await startCore(config, config.masterKey);
  const running = await startRoles(core, roles);
  io.print(roles.gateway ? `Ledgerlane ${version} listens on ${running.url}` : `Ledgerlane ${version} works`);
  return running;
}
