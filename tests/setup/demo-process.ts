import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { DemoAccess } from "../../src/demo-organization.ts";

const launcher = fileURLToPath(new URL("../../bin/ledgerlane.mjs", import.meta.url));

/** The main job as a person starts it, on free ports and in a folder of its own. */
export interface DemoProcess {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Starts it and waits until it is ready. Answers how many milliseconds that took. */
  readonly start: () => Promise<number>;
  /** Ends it and waits for that. Answers the exit code; null for a signal. */
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
  readonly pid: () => number;
  readonly access: () => DemoAccess;
  /** Everything it said since the last start. */
  readonly words: () => string;
  readonly get: <T>(path: string) => Promise<T>;
  readonly control: <T>(method: "GET" | "PUT", path: string, body?: unknown) => Promise<T>;
  readonly status: () => Promise<Status>;
  /** Waits for a moment of the month. A moment that is past already counts. */
  readonly reached: (isThere: (now: Status) => boolean) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export interface Status {
  readonly addsUp: boolean;
  readonly accepted: { readonly count: number };
  readonly stages: readonly { readonly stage: string; readonly count: number }[];
}

/** Events that stand in any of these stages. */
export function count(of: Status, ...stages: string[]): number {
  return of.stages.filter(({ stage }) => stages.includes(stage)).reduce((sum, row) => sum + row.count, 0);
}

/** Events that are on their way. */
export function open(of: Status): number {
  return count(of, "received", "ready", "sending", "uncertain");
}

/** Prepares one, with settings of its own; nothing is started yet. */
export async function createDemoProcess(more: NodeJS.ProcessEnv = {}): Promise<DemoProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "ledgerlane-demo-"));
  const [gateway, sandbox] = [await freePort(), await freePort()];
  const settings = { LEDGERLANE_DATA_DIR: dataDir, LEDGERLANE_PORT: String(gateway), LEDGERLANE_SANDBOX_PORT: String(sandbox) };
  const env = { ...process.env, ...settings, LEDGERLANE_LOG_LEVEL: "warn", ...more };
  const life = liveOnce({ env, readyUrl: `http://127.0.0.1:${gateway}/readyz` });
  const access = () => {
    const file = join(dataDir, "demo.json");
    if (!existsSync(file)) throw new Error(`no access file yet:\n${life.words()}`);
    return JSON.parse(readFileSync(file, "utf8")) as DemoAccess;
  };
  const get = async <T>(path: string) => {
    const headers = { authorization: `Bearer ${access().key}` };
    return answerOf<T>(path, await fetch(`http://127.0.0.1:${gateway}${path}`, { headers }));
  };
  const status = () => get<Status>("/v1/status");
  return {
    ...life,
    dataDir,
    env,
    access,
    get,
    status,
    control: async <T>(method: "GET" | "PUT", path: string, body?: unknown) => {
      const sent = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      return answerOf<T>(path, await fetch(`http://127.0.0.1:${sandbox}/_control/${path}`, { method, ...sent }));
    },
    reached: async (isThere) => {
      const look = () => status().then(isThere, (error: Error) => `${error.message}\n${life.words()}`);
      await expect.poll(look, { timeout: 60_000, interval: 20 }).toBe(true);
    },
    remove: async () => {
      await life.end();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One process at a time, started and ended as often as wanted. */
function liveOnce({ env, readyUrl }: { env: NodeJS.ProcessEnv; readyUrl: string }) {
  let child: ChildProcess | null = null;
  let words = "";
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child!.exitCode !== null) throw new Error(`it had ended by itself with ${child!.exitCode}:\n${words}`);
    const ended = new Promise<number | null>((resolve) => child!.once("exit", resolve));
    child!.kill(signal);
    return ended;
  };
  return {
    words: () => words,
    pid: () => child!.pid!,
    stop,
    end: async () => {
      if (child !== null && child.exitCode === null && child.signalCode === null) await stop("SIGTERM");
    },
    start: async () => {
      words = "";
      const begun = performance.now();
      const started = spawn(process.execPath, [launcher, "start"], { env, stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      const hear = (chunk: Buffer) => {
        words = (words + chunk.toString()).slice(-50_000);
      };
      for (const stream of [started.stdout, started.stderr]) stream.on("data", hear);
      const gone = new Promise<never>((_, reject) => {
        started.once("exit", (code, signal) => signal === null && reject(new Error(`ended with ${code}:\n${words}`)));
      });
      gone.catch(() => undefined);
      const ready = () =>
        fetch(readyUrl).then(
          (answer) => answer.status,
          () => 0,
        );
      await Promise.race([expect.poll(ready, { timeout: 60_000, interval: 20 }).toBe(200), gone]);
      return performance.now() - begun;
    },
  };
}

async function answerOf<T>(path: string, response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
