import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Fault } from "../core/errors.ts";
import type { Place } from "./embedded-place.ts";

/** The superuser of every embedded database. */
export const superuser = "postgres";

/** PostgreSQL's own data directory. */
export const dataOf = (folder: string): string => join(folder, "data");

const passwordFile = (data: string): string => join(data, "ledgerlane.password");

/** The superuser's password, made with the database and kept in it, for its owner's eyes only. */
export function readPassword(data: string): string {
  return readFileSync(passwordFile(data), "utf8").trim();
}

/**
 * Makes the database where there is none, and checks that this PostgreSQL can read the one that is there.
 * It is made under another name and renamed when it is whole, so one that was cut short is never taken for a database.
 *
 * Faults: `configuration_invalid` for another major version, `database_unavailable` when initdb fails.
 */
export async function prepareCluster(place: Place, log: (line: string) => void): Promise<void> {
  const data = dataOf(place.folder);
  removeUnfinished(place.folder);
  if (!existsSync(data)) {
    log("making the database (once, a few seconds)");
    await makeCluster(place, data);
  }
  const found = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
  if (found === String(place.binaries.major)) return;
  throw new Fault(
    "configuration_invalid",
    `The database in ${data} is of PostgreSQL ${found}; this ledgerlane brings PostgreSQL ${place.binaries.major} and cannot read it. ` +
      "Start the release of ledgerlane that made it and take a backup there, then restore that with this release into an empty LEDGERLANE_DATA_DIR.",
    { found, expected: String(place.binaries.major) },
  );
}

/** What a start that was killed during initdb left behind. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry.includes(".new-"))) {
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // An initdb that outlived its parent may still write there. It does no harm, and the next start tries again.
    }
  }
}

async function makeCluster(place: Place, data: string): Promise<void> {
  const suffix = `.new-${randomBytes(6).toString("hex")}`;
  const [unfinished, passwords] = [`${data}${suffix}`, join(place.folder, `password${suffix}`)];
  const password = randomBytes(24).toString("hex");
  writeFileSync(passwords, `${password}\n`, { mode: 0o600 });
  if (place.account !== null) chownSync(passwords, place.account.uid, place.account.gid);
  try {
    await initdb(place, unfinished, passwords);
    writeFileSync(passwordFile(unfinished), `${password}\n`, { mode: 0o600, flush: true });
    syncFolder(unfinished);
    renameSync(unfinished, data);
    syncFolder(place.folder);
  } finally {
    rmSync(passwords, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function initdb(place: Place, data: string, passwords: string): Promise<void> {
  const args = ["-D", data, "-U", superuser, `--pwfile=${passwords}`, "--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"];
  args.push("--locale-provider=builtin", "--locale=C.UTF-8");
  const child = spawn(join(place.binaries.folder, "bin", "initdb"), args, {
    ...place.account,
    detached: true, // A terminal's Ctrl-C is for us; we end and the next start makes the database anew.
    stdio: ["ignore", "pipe", "pipe"],
    cwd: "/",
    env: serverEnvironment,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = await new Promise<string | null>((settle) => {
    child.once("error", (error) => settle(error.message));
    child.once("close", (code, signal) => settle(code === 0 ? null : `ended with ${signal ?? `exit code ${code}`}`));
  });
  if (ended === null) return;
  const nameless = /could not look up effective user ID (\d+)/.exec(output)?.[1];
  if (nameless !== undefined) {
    const message = `User ${nameless} has no name on this machine, which PostgreSQL needs to make a database. Add a line for it to /etc/passwd (ledgerlane:x:${nameless}:${nameless}::/:/bin/false), run as another user, or set DATABASE_URL.`;
    throw new Fault("configuration_invalid", message);
  }
  throw new Fault("database_unavailable", `The database could not be made in ${place.folder}: initdb ${ended}.\n${output.trim()}`);
}

/** Nothing of our own environment: it holds secrets, and a stray PG* variable would change the server. */
export const serverEnvironment: Readonly<Record<string, string>> = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" };

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
