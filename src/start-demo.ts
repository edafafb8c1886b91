import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Core, type Io, type Running, startCore, startRoles, version } from "./app.ts";
import type { Config } from "./config.ts";
import { Fault } from "./core/errors.ts";
import { demoBooks } from "./demo-books.ts";
import { type DemoAccess, ensureDemo, loadMonth } from "./demo-organization.ts";
import { reportProgress } from "./demo-report.ts";
import { inOrganization } from "./store/database.ts";
import { freeLanes } from "./store/lanes.ts";

/** What the command line needs to talk to the running demo: written into the data directory for its owner only. */
interface DemoFile extends DemoAccess {
  readonly url: string;
}

/**
 * The main job on one machine: embedded database, emulated books, the demo organization with a month of a carrier,
 * gateway and worker. A second start goes on where the first one ended.
 */
export async function startDemo(config: Config, io: Io): Promise<Running> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  io.print(`Ledgerlane ${version}`);
  const core = await startCore(config, config.masterKey ?? keptKey(config.dataDir), (line) => io.print(`  ${line}`));
  let sandbox: { url: string; close: () => Promise<void> } | null = null;
  let running: Running | null = null;
  try {
    sandbox = await forkSandbox(config);
    const { access, isNew, organizationId, knownKeys, system } = await ensureDemo(core, {
      sandboxUrl: sandbox.url,
      system: config.demoBooks,
      kept: readDemoFile(config),
      demoKey: config.demoKey,
    });
    // Only this process tree can have had a lane of an embedded database.
    if (core.isEmbedded) await inOrganization(core.database, organizationId, (tx) => freeLanes(tx));
    running = await startRoles(core, { gateway: true, worker: true, knownKeys });
    writeDemoFile(config, { ...access, url: running.url });
    const { title, page } = demoBooks[system];
    printAccess(io, { access, url: running.url, books: `${page(sandbox.url, access.company)}   (emulated ${title})`, isNew });
    const stopReport = reportProgress(core, organizationId, { io, load: () => loadMonth(core, organizationId, system) });
    return { url: running.url, close: closeAll(core, [stopReport, running.close, sandbox.close]) };
  } catch (error) {
    await closeAll(core, [running?.close, sandbox?.close])();
    throw error;
  }
}

function closeAll(core: Core, closers: readonly (undefined | (() => Promise<void>))[]): () => Promise<void> {
  return async () => {
    for (const close of closers) await close?.();
    await core.close();
  };
}

/** The demo's master key: made once, kept beside its database. */
function keptKey(dataDir: string): Buffer {
  const file = join(dataDir, "master-key");
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  return Buffer.from(readFileSync(file, "utf8"), "base64");
}

function demoFile(config: Config): string {
  return join(config.dataDir, "demo.json");
}

function readDemoFile(config: Config): DemoAccess | null {
  return existsSync(demoFile(config)) ? (JSON.parse(readFileSync(demoFile(config), "utf8")) as DemoFile) : null;
}

function writeDemoFile(config: Config, file: DemoFile): void {
  writeFileSync(demoFile(config), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
}

function printAccess(io: Io, shown: { access: DemoAccess; url: string; books: string; isNew: boolean }): void {
  const { access, url, books, isNew } = shown;
  io.print("");
  io.print(`  status page   ${url}`);
  io.print(`  sign in       ${access.login.email}   ${access.login.password}`);
  io.print(`  API key       ${access.key}`);
  io.print(`  the books     ${books}`);
  io.print("");
  io.print(
    isNew ? "  First start: the demo carrier is set up; a month of its work is being taken in." : "  Going on where the last run ended.",
  );
  io.print("");
}

/** The emulators run beside us: their work must not count as ours, and their end follows from ours. */
async function forkSandbox(config: Config): Promise<{ url: string; close: () => Promise<void> }> {
  const file = fileURLToPath(new URL("./sandbox/child.ts", import.meta.url));
  const child = fork(file, [String(config.sandboxPort), join(config.dataDir, "sandbox.sqlite")], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2_000);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once("message", (message) => resolve((message as { url: string }).url));
    child.once("exit", () => {
      const taken = words.includes("EADDRINUSE")
        ? `: port ${config.sandboxPort} is in use; set LEDGERLANE_SANDBOX_PORT to another one`
        : `:\n${words}`;
      reject(new Fault("configuration_invalid", `The emulated books did not start${taken}`));
    });
  });
  return {
    url,
    close: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
