import { cpus } from "node:os";
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { addBooks, connectCompany, drained, startSandboxProcess, system, unlimited } from "./books.ts";
import { fuelEvents, report, type Rig, sendBatches, sizeAsked, startRig } from "./rig.ts";

const lanes = 16;
/** One call at a time and lane, each as long as a provider's: what limits a worker is how many lanes it looks after, not this machine. */
const callMs = 400;
const overrides = { ...unlimited, inFlightMax: 3 };
const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

/**
 * Documents a second with one, two and four worker processes on one PostgreSQL. The yardstick is the run with one; the
 * share of this machine's processors that was busy tells whether there was anything left to scale into.
 */
async function scale(size: "full" | "smoke"): Promise<Record<string, unknown>> {
  const perLane = size === "full" ? 250 : 50;
  const runs = [];
  for (const workers of [1, 2, 4]) runs.push({ workers, ...(await run(workers, perLane)) });
  const one = runs[0]!.documentsPerSecond;
  return {
    lanes,
    documents: lanes * perLane,
    callMs,
    yardstick: "one worker process",
    yardstickPerSecond: one,
    runs: runs.map((each) => ({ ...each, linear: Number((each.documentsPerSecond / (one * each.workers)).toFixed(2)) })),
  };
}

async function run(workers: number, perLane: number): Promise<{ documentsPerSecond: number; busy: number }> {
  const sandbox = await startSandboxProcess();
  let rig: Rig | null = null;
  let processes: ChildProcess[] = [];
  try {
    rig = await startRig({ worker: false, books: (core, ids) => connectCompany(sandbox, core, { ...ids, overrides }) });
    for (let lane = 0; lane < lanes; lane++) {
      const { sender } = await addBooks(rig, sandbox, { name: `lane-${lane}`, overrides });
      const made = fuelEvents(perLane, `${lane}-`).map((event) => ({ ...event, id: `${lane}-${event.id}` }));
      await sendBatches(sender, [JSON.stringify(made)], 1);
    }
    const delay = { system, match: { path: "/batch" }, kind: "delay", ms: callMs, probability: 1 };
    await sandbox.control("PUT", "faults", { seed: 1, rules: [delay] });
    const { database, parts } = rig.core;
    const env = { ...process.env, DATABASE_URL: database.url, LEDGERLANE_MASTER_KEY: parts.masterKey.toString("base64") };
    processes = await Promise.all(Array.from({ length: workers }, () => startWorker(env)));
    const [before, start] = [processorTimes(), performance.now()];
    await drained(rig, lanes * perLane);
    const seconds = (performance.now() - start) / 1_000;
    const after = processorTimes();
    const busy = 1 - (after.idle - before.idle) / (after.all - before.all);
    return { documentsPerSecond: Math.round((lanes * perLane) / seconds), busy: Number(busy.toFixed(2)) };
  } finally {
    await Promise.all(processes.map(end));
    await rig?.close();
    await sandbox.close();
  }
}

/** Answers when the worker has been started, not when it has begun to work: all of them begin together. */
function startWorker(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "worker"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => text.toString().includes("works") && resolve(child));
    child.once("exit", (code) => reject(new Error(`A worker ended with ${code}`)));
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

function processorTimes(): { idle: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (of: (time: (typeof times)[number]) => number) => times.reduce((total, time) => total + of(time), 0);
  return { idle: sum(({ idle }) => idle), all: sum(({ idle, user, nice, sys, irq }) => idle + user + nice + sys + irq) };
}

report("scale", await scale(sizeAsked()));
