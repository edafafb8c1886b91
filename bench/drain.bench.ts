import { companyOf, connectCompany, drained, startSandboxProcess, system } from "./books.ts";
import { fuelEvents, report, type Rig, sendBatches, sizeAsked, startRig } from "./rig.ts";

/** How many times faster than published the emulator's limits run, and ours with them: real time, only a shorter wait. */
const scale = 4;
const published = { requestsPerSecond: 10, requestsPerMinute: 500, batchesPerMinute: 40 };
const batchItems = 25;

/**
 * A month end in real time: everything is taken in and drained into an emulator that keeps QuickBooks Online's published
 * limits, four times as high. The yardstick is arithmetic: so many batches at so many a minute. A refusal for being too
 * fast that we brought upon ourselves fails the run, and so does one that takes longer than it may.
 */
async function drain(size: "full" | "smoke"): Promise<Record<string, unknown>> {
  const events = size === "full" ? 10_000 : 1_000;
  const sandbox = await startSandboxProcess();
  let rig: Rig | null = null;
  try {
    const limits = Object.fromEntries(Object.entries(published).map(([name, limit]) => [name, limit * scale]));
    const overrides = { ...limits, batchItemsMax: batchItems, executionLimitMs: 3_000 };
    rig = await startRig({ worker: true, books: (core, ids) => connectCompany(sandbox, core, { ...ids, overrides }) });
    const company = await companyOf(rig);
    await sandbox.control("PUT", "limits", { system, id: company, enabled: true, scale });
    const made = fuelEvents(events);
    const bodies = Array.from({ length: events / 100 }, (_, index) => JSON.stringify(made.slice(index * 100, (index + 1) * 100)));
    const start = performance.now();
    await sendBatches(rig, bodies, 2);
    await drained(rig, events);
    const seconds = (performance.now() - start) / 1_000;
    const { requests } = await sandbox.control<{ requests: { path: string; throttled: boolean }[] }>(
      "GET",
      `requests?system=${system}&id=${company}`,
    );
    const throttled = requests.filter((request) => request.throttled).length;
    const batches = Math.ceil(events / batchItems);
    const boundSeconds = (batches / (published.batchesPerMinute * scale)) * 60;
    // A window may be used up at once: the last one's batches need no minute of their own.
    const windowsSeconds = (Math.ceil(batches / (published.batchesPerMinute * scale)) - 1) * 60;
    const ratioMax = size === "full" ? 1.05 : 1.15;
    if (seconds / boundSeconds > ratioMax) throw new Error(`${seconds} s are more than ${ratioMax} times ${boundSeconds} s`);
    if (throttled > 0) throw new Error(`${throttled} calls were refused for being too fast`);
    return {
      documents: events,
      limitsScale: scale,
      seconds: Number(seconds.toFixed(2)),
      yardstick: "the published batches a minute, evenly spread",
      yardstickSeconds: boundSeconds,
      ratio: Number((seconds / boundSeconds).toFixed(3)),
      full60sWindowsBefore: windowsSeconds,
      batches: requests.filter(({ path }) => path.endsWith("/batch")).length,
      batchesAtLeast: batches,
      requests: requests.length,
      reads: requests.filter(({ path }) => path.endsWith("/query")).length,
      throttled,
    };
  } finally {
    await rig?.close();
    await sandbox.close();
  }
}

report("drain", await drain(sizeAsked()));
