import { inOrganization } from "../src/store/database.ts";
import { companyOf, connectCompany, drained, percentile, startSandboxProcess, system, unlimited } from "./books.ts";
import { fuelEvents, report, type Rig, sendBatches, sizeAsked, startRig } from "./rig.ts";

/**
 * Milliseconds from the answer "accepted" to the provider's first sight of the document, one document at a time into a lane
 * that is idle. The yardstick is a durable transaction of the same database in the same run: what is between needs several.
 */
async function latency(size: "full" | "smoke"): Promise<Record<string, unknown>> {
  const events = size === "full" ? 200 : 30;
  const sandbox = await startSandboxProcess();
  let rig: Rig | null = null;
  try {
    rig = await startRig({ worker: true, books: (core, ids) => connectCompany(sandbox, core, { ...ids, overrides: unlimited }) });
    const accepted: number[] = [];
    const commits: number[] = [];
    for (const [index, event] of fuelEvents(events).entries()) {
      await sendBatches(rig, [JSON.stringify([event])], 1);
      accepted.push(Date.now());
      await drained(rig, index + 1);
      commits.push(await commitMs(rig));
    }
    const { requests } = await sandbox.control<{ requests: { path: string; time: string; durationMs: number }[] }>(
      "GET",
      `requests?system=${system}&id=${await companyOf(rig)}`,
    );
    const arrived = requests
      .filter(({ path }) => path.endsWith("/journalentry"))
      .map(({ time, durationMs }) => Date.parse(time) - durationMs)
      .sort((one, other) => one - other);
    if (arrived.length !== events) throw new Error(`${arrived.length} documents arrived of ${events}`);
    // The first one also has the lists read.
    const took = arrived.map((at, index) => at - accepted[index]!).slice(1);
    return {
      documents: events,
      p50Ms: percentile(took, 0.5),
      p95Ms: percentile(took, 0.95),
      maxMs: percentile(took, 1),
      yardstick: "one durable transaction",
      yardstickP50Ms: percentile(commits, 0.5),
      ratio: Number((percentile(took, 0.5) / percentile(commits, 0.5)).toFixed(1)),
    };
  } finally {
    await rig?.close();
    await sandbox.close();
  }
}

async function commitMs(rig: Rig): Promise<number> {
  const start = performance.now();
  await inOrganization(rig.core.database, rig.organizationId, (tx) =>
    tx.change({ name: "bench_commit", text: "update sources set name = name where source_id = 'tms'" }),
  );
  return performance.now() - start;
}

report("latency", await latency(sizeAsked()));
