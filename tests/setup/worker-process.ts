import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** `ledgerlane worker` as a process of its own, on a database that is there already. */
export interface WorkerProcess {
  /** Sends a signal and waits for the end. Answers the exit code, null for a signal, and how many milliseconds it took. */
  readonly stop: (signal: NodeJS.Signals) => Promise<{ code: number | null; tookMs: number }>;
  readonly words: () => string;
}

/** Starts one and waits until it works. */
export async function startWorkerProcess(databaseUrl: string, masterKey: Buffer, dataDir: string): Promise<WorkerProcess> {
  const settings = { DATABASE_URL: databaseUrl, LEDGERLANE_MASTER_KEY: masterKey.toString("base64"), LEDGERLANE_DATA_DIR: dataDir };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "worker"], {
    env: { ...process.env, ...settings, LEDGERLANE_LOG_LEVEL: "warn" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  const works = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        words = (words + chunk.toString()).slice(-50_000);
        if (words.includes(" works")) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`The worker ended with ${code}:\n${words}`)));
  });
  await works;
  return { stop: (signal) => stop(child, signal), words: () => words };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }> {
  const start = performance.now();
  if (child.exitCode !== null || child.signalCode !== null) return { code: child.exitCode, tookMs: 0 };
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill(signal);
  return { code: await ended, tookMs: performance.now() - start };
}
