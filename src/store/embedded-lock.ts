import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Fault } from "../core/errors.ts";
import { identify, isAlive, type ProcessIdentity } from "./embedded-processes.ts";

/** One process at a time uses a data directory. The kernel gives the lock back, however its holder ends. */
export interface DataDirLock {
  readonly release: () => void;
}

const lockFile = (dataDir: string): string => join(dataDir, "postgres.lock");

/**
 * Takes the data directory (a real path). Faults: `configuration_invalid` with the pid of who has it.
 *
 * Two locks in one: an abstract socket, which is atomic and ends with its process, decides among the processes of one
 * network namespace; the file says who it is, and holds between containers that share a process namespace only.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const server = await listen(nameOf(dataDir));
  const holder = server === null ? await waitForHolder(dataDir) : holderOf(dataDir);
  if (server === null || holder !== null) {
    server?.close();
    throw taken(dataDir, holder);
  }
  const self = identify(process.pid);
  const file = lockFile(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(self)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  const release = (): void => {
    if (!server.listening) return;
    rmSync(file, { force: true });
    server.close();
  };
  return { release };
}

/** The living process that has the data directory; null when nobody has. A reused pid does not count. */
export function holderOf(dataDir: string): ProcessIdentity | null {
  try {
    const holder = JSON.parse(readFileSync(lockFile(dataDir), "utf8")) as ProcessIdentity;
    return isAlive(holder) ? holder : null;
  } catch {
    return null; // None, or cut short by a crash: nobody's.
  }
}

/** Who holds the socket writes the file a moment later. */
async function waitForHolder(dataDir: string): Promise<ProcessIdentity | null> {
  for (let asked = 0; asked < 20; asked++) {
    const holder = holderOf(dataDir);
    if (holder !== null) return holder;
    await wait(10);
  }
  return null;
}

function taken(dataDir: string, holder: ProcessIdentity | null): Fault {
  const who =
    holder === null ? "Another ledgerlane" : holder.pid === process.pid ? "This process" : `Another ledgerlane (process ${holder.pid})`;
  const message = `${who} already runs the database in ${dataDir}. Stop it first, or give this one a LEDGERLANE_DATA_DIR of its own.`;
  return new Fault("configuration_invalid", message, holder === null ? {} : { pid: String(holder.pid) });
}

function nameOf(dataDir: string): string {
  const { dev, ino } = statSync(dataDir);
  return `\0ledgerlane-data-${createHash("sha256").update(`${dev} ${ino} ${dataDir}`).digest("hex").slice(0, 32)}`;
}

function listen(name: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((settle, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? settle(null) : reject(error)));
    server.listen(name, () => {
      server.unref();
      settle(server);
    });
  });
}
