import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Which life of which process: a number that is given out again later has another start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, and the boot they belong to. */
  readonly started: string;
}

/** Who runs under `pid` now; null when nobody does, or only a zombie that waits for its parent. */
export function identify(pid: number): ProcessIdentity | null {
  try {
    // The name in parentheses may hold spaces; the fields after it do not. Third: state; twenty-second: start time.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return fields[0] === "Z" ? null : { pid, started: `${fields[19]} ${boot}` };
  } catch {
    return null;
  }
}

/** True while the very process of `identity` lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/**
 * The processes that work in `folder` (a real path). Every process of a PostgreSQL server has its data directory as
 * working directory, so this finds a server whose postmaster.pid is gone, and its children when it is dead itself.
 */
export function processesIn(folder: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => worksIn(pid, folder)).map(Number);
}

function worksIn(pid: string, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false; // Ended meanwhile, or another user's.
  }
}

/** Sends a signal to a process that may have ended meanwhile. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
