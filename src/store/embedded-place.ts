import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Fault } from "../core/errors.ts";
import { type Account, type Binaries, findBinaries, runnableBinaries } from "./embedded-binaries.ts";

/** Where a data directory's database is, who runs it, and with which programs. */
export interface Place {
  /** PostgreSQL's data directory is `folder`/data; unfinished ones stand beside it. A real path. */
  readonly folder: string;
  readonly account: Account;
  readonly binaries: Binaries;
}

/** Where root keeps what the server's account must reach but cannot under a private home. */
export const rootPlaces: readonly string[] = ["/var/lib/ledgerlane", "/srv/ledgerlane", "/opt/ledgerlane"];

/** Nobody: has no files, no password and no name that must exist. */
const nobody = { uid: 65_534, gid: 65_534 };

const pointerFile = (dataDir: string): string => join(dataDir, "postgres.place");

/**
 * Decides where and as whom PostgreSQL runs. Ordinary users run it as they are, in the data directory. PostgreSQL
 * refuses root, so root runs it as the account that owns the database, at first nobody's; where that account cannot
 * walk to the data directory, the database lives in one of `places` and a pointer file in the data directory says so.
 *
 * Faults: `configuration_invalid`, with what to do.
 */
export function choosePlace(dataDir: string, places: readonly string[] = rootPlaces): Place {
  const installed = findBinaries();
  if (process.getuid?.() !== 0) return ordinaryPlace(dataDir, installed);
  const folder = knownFolder(dataDir);
  const owner = folder === null ? nobody : statSync(folder);
  const account = owner.uid === 0 ? nobody : { uid: owner.uid, gid: owner.gid };
  if (!canEnter("/", account)) throw cannotSwitch();
  const reachable = places.filter(isOurs);
  const binaries = runnableBinaries(installed, account, reachable);
  if (binaries === null) throw unreachable(installed.folder, places);
  if (folder === null) return { folder: newFolder(dataDir, account, reachable), account, binaries };
  if (!canWrite(folder, account)) throw lostFolder(folder, account);
  return { folder, account, binaries };
}

/** The folder of an existing database; null when there is none yet. Faults: a pointer to nowhere. */
export function knownFolder(dataDir: string): string | null {
  const pointer = pointerFile(dataDir);
  if (existsSync(pointer)) {
    const folder = readFileSync(pointer, "utf8").trim();
    if (existsSync(folder)) return realpathSync(folder);
    throw new Fault(
      "configuration_invalid",
      `The database of ${dataDir} was kept in ${folder}, which is gone. Put it back, or delete ${pointer} to begin with an empty database.`,
    );
  }
  const folder = join(dataDir, "postgres");
  return existsSync(folder) ? realpathSync(folder) : null;
}

function ordinaryPlace(dataDir: string, installed: Binaries): Place {
  const folder = knownFolder(dataDir) ?? makeFolder(join(dataDir, "postgres"), null);
  if (statSync(folder).uid !== process.getuid?.()) {
    throw new Fault(
      "configuration_invalid",
      `The database in ${folder} belongs to user ${statSync(folder).uid}: it was first started by root or somebody else. ` +
        `Start it as that user or as root, or hand it over: chown -R ${process.getuid?.()} "${folder}"`,
    );
  }
  const binaries = runnableBinaries(installed, null, [dataDir]);
  if (binaries === null) throw unreachable(installed.folder, [dataDir]);
  return { folder, account: null, binaries };
}

function newFolder(dataDir: string, account: NonNullable<Account>, places: readonly string[]): string {
  const near = makeFolder(join(dataDir, "postgres"), account);
  if (canWrite(near, account) || letThrough(dataDir, near, account)) return near;
  rmdirSync(near);
  for (const place of places) {
    const far = makeFolder(join(place, randomBytes(8).toString("hex")), account);
    if (canWrite(far, account)) {
      writeFileSync(join(far, "data-directory"), `${dataDir}\n`); // For the person who finds it one day.
      writeFileSync(pointerFile(dataDir), `${far}\n`, { flush: true });
      return far;
    }
    rmdirSync(far);
  }
  throw unreachable(dataDir, places);
}

/**
 * Lets the server's user, and nobody else, walk through a data directory that is root's alone: it becomes the
 * directory's group. False when that does not help, because a folder above is closed; then nothing has changed.
 */
function letThrough(dataDir: string, near: string, account: NonNullable<Account>): boolean {
  const { uid, gid, mode } = statSync(dataDir);
  if (uid !== 0 || gid !== 0) return false; // Somebody arranged it on purpose.
  chownSync(dataDir, uid, account.gid);
  chmodSync(dataDir, 0o710);
  if (canWrite(near, account)) return true;
  chownSync(dataDir, uid, gid);
  chmodSync(dataDir, mode & 0o7777);
  return false;
}

function makeFolder(path: string, account: Account): string {
  mkdirSync(path, { mode: 0o700 });
  if (account !== null) chownSync(path, account.uid, account.gid);
  return realpathSync(path);
}

/** Makes a place where there is none. One that somebody else could write to does not count. */
function isOurs(place: string): boolean {
  try {
    mkdirSync(place, { recursive: true, mode: 0o755 });
    const { uid, mode } = lstatSync(place);
    return uid === 0 && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

const canEnter = (folder: string, account: NonNullable<Account>): boolean => asks('cd "$1"', folder, account);
const canWrite = (folder: string, account: NonNullable<Account>): boolean => asks('cd "$1" && test -w .', folder, account);

/** Asks the kernel, by trying it as that account: modes, access lists and mount options all have their say. */
function asks(question: string, folder: string, account: NonNullable<Account>): boolean {
  return spawnSync("/bin/sh", ["-c", question, "sh", folder], { ...account, stdio: "ignore", cwd: "/", env: {} }).status === 0;
}

const ways = "run ledgerlane as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own";

function cannotSwitch(): Fault {
  return new Fault(
    "configuration_invalid",
    `PostgreSQL refuses to run as root, and this root may not start a process as user ${nobody.uid} (a container without that right?). Instead, ${ways}.`,
  );
}

function unreachable(folder: string, places: readonly string[]): Fault {
  return new Fault(
    "configuration_invalid",
    `PostgreSQL does not run as root, its own user cannot reach ${folder}, and none of ${places.join(", ")} could be used instead. ` +
      `Open the way (chmod o+x on each folder above it), make ${places[0]} writable to root, or ${ways}.`,
  );
}

function lostFolder(folder: string, account: NonNullable<Account>): Fault {
  return new Fault(
    "configuration_invalid",
    `User ${account.uid}, which runs the database, can no longer reach ${folder}. Open the way (chmod o+x on each folder above it) or move the data directory back.`,
  );
}
