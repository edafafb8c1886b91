import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Fault } from "../core/errors.ts";
import { dataOf, serverEnvironment } from "./embedded-cluster.ts";
import type { BoundedLog } from "./embedded-log.ts";
import type { Place } from "./embedded-place.ts";
import { processesIn, signal } from "./embedded-processes.ts";
import { startWatchdog } from "./embedded-watchdog.ts";

/** A PostgreSQL that takes connections. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  /** Settles when the server ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Stops it in at most five seconds. */
  readonly stop: () => Promise<void>;
}

/** Given on the command line, so that neither an edited postgresql.conf nor an older default weakens them. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "", // None: nothing outside the data directory, and no limit on the length of its path.
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "128MB",
  max_connections: "60",
  max_wal_size: "1GB",
  // Plans made for an empty table are kept until it is analyzed; the first rows come at once and by the thousand.
  autovacuum_naptime: "5s",
  wal_compression: "on",
  max_locks_per_transaction: "256", // Tables partitioned by month: one statement may lock many.
  jit: "off", // Costs more than it saves on short statements.
  timezone: "UTC",
  log_timezone: "UTC",
  log_destination: "stderr",
  logging_collector: "off", // We bound the log ourselves.
  log_line_prefix: "%m [%p] ",
  log_min_error_statement: "panic", // Statements carry other people's data.
  log_parameter_max_length_on_error: "0",
};

/** How long a start may take: after a crash the server first replays what the disk holds. */
const readyMs = 300_000;
const fastStopMs = 4_000;
const immediateStopMs = 700;

/** Starts the server on a free port of 127.0.0.1 and waits until it takes connections. Faults: `database_unavailable`. */
export async function startServer(place: Place, log: BoundedLog): Promise<Server> {
  for (let tries = 1; ; tries++) {
    const attempt = await launch(place, log, await freePort());
    if (typeof attempt !== "string") return attempt;
    // Somebody may have taken the port between our look and the server's.
    const isPortTaken = /could not bind|Address already in use/i.test(attempt);
    if (!isPortTaken || tries === 5) throw new Fault("database_unavailable", `PostgreSQL did not start; ${log.path} says:\n${attempt}`);
  }
}

/** Answers a running server, or the last lines that one which ended at once had to say. */
async function launch(place: Place, log: BoundedLog, port: number): Promise<Server | string> {
  const data = dataOf(place.folder);
  const options = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const watchdog = await startWatchdog(data, place.account); // First: from here on our death ends the server too.
  const child = spawn(join(place.binaries.folder, "bin", "postgres"), ["-D", data, ...options], {
    ...place.account,
    detached: true, // A terminal's Ctrl-C is for us: the server ends last, when we are done with it.
    stdio: ["ignore", "ignore", "pipe"],
    cwd: "/",
    env: serverEnvironment,
  });
  log.follow(child.stderr);
  let hasEnded = false;
  const ended = new Promise<void>((settle) => {
    const end = (): void => {
      hasEnded = true;
      watchdog.dismiss();
      settle();
    };
    child.once("error", end);
    child.once("close", end);
    // Children of a killed postmaster may hold the pipe open a little longer.
    child.once("exit", () => setTimeout(end, 300).unref());
  });
  const deadline = Date.now() + readyMs;
  while (!hasEnded && Date.now() < deadline) {
    if (isReady(data, child.pid)) {
      letGo(child);
      return { port, pid: child.pid!, ended, stop: () => stop(child, ended) };
    }
    await wait(5);
  }
  if (!hasEnded) await stop(child, ended);
  return log.tail();
}

/** The child alone does not keep our process alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
}

/** postmaster.pid holds, line by line: pid, data directory, start, port, socket folder, address, memory key, state. */
export function readPostmaster(data: string): { pid: number; port: number; isReady: boolean } | null {
  try {
    const lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === "ready" };
  } catch {
    return null;
  }
}

function isReady(data: string, pid: number | undefined): boolean {
  const postmaster = readPostmaster(data);
  return postmaster !== null && postmaster.pid === pid && postmaster.isReady;
}

/** Fast shutdown; then immediate, which the next start mends from the log; then whatever is left is killed. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const steps = [
    ["SIGINT", fastStopMs],
    ["SIGQUIT", immediateStopMs],
    ["SIGKILL", immediateStopMs],
  ] as const;
  for (const [name, limitMs] of steps) {
    if (child.exitCode === null && child.signalCode === null) child.kill(name);
    if (await endsWithin(ended, limitMs)) return;
  }
}

async function endsWithin(ended: Promise<void>, limitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const isLate = wait(limitMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([ended.then(() => true), isLate]);
  } finally {
    timer.abort();
  }
}

/**
 * Ends a server that outlived its ledgerlane, and only then lets go of its postmaster.pid: the data directory must
 * belong to nobody when we start. The caller holds the lock, so whoever works in there is an orphan.
 */
export async function stopOrphans(data: string, log: (line: string) => void): Promise<void> {
  const orphans = processesIn(data);
  if (orphans.length > 0) {
    log(`a database server that outlived its ledgerlane still runs (process ${orphans.join(", ")}); stopping it`);
    for (const [name, limitMs] of [
      ["SIGINT", 10_000],
      ["SIGQUIT", 5_000],
      ["SIGKILL", 2_000],
    ] as const) {
      if (await allEnd(data, name, limitMs)) break;
    }
    const left = processesIn(data);
    if (left.length > 0)
      throw new Fault(
        "database_unavailable",
        `Processes ${left.join(", ")} work in ${data} and cannot be stopped. End them, then start again.`,
      );
  }
  // Its pid may belong to a stranger by now, which PostgreSQL would take for a living server.
  rmSync(join(data, "postmaster.pid"), { force: true });
}

async function allEnd(data: string, name: NodeJS.Signals, limitMs: number): Promise<boolean> {
  const postmaster = readPostmaster(data)?.pid;
  const orphans = processesIn(data);
  // The postmaster ends its children in order. Where it is gone, they are told themselves.
  const told = postmaster !== undefined && orphans.includes(postmaster) && name !== "SIGKILL" ? [postmaster] : orphans;
  for (const pid of told) signal(pid, name);
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (processesIn(data).length === 0) return true;
    await wait(20);
  }
  return false;
}

function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((settle, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => settle(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
