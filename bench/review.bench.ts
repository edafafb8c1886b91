import { inOrganization, type Tx } from "../src/store/database.ts";
import { connectCompany, startSandboxProcess, unlimited } from "./books.ts";
import { fuelEvents, report, type Rig, sendBatches, sizeAsked, startRig } from "./rig.ts";

/**
 * Mending one mapping that blocks many events: seconds from asking for the row to the first posting and to the last, beside the
 * same number of events that were never blocked, from the first byte to the last posting. And a dry run over all of them.
 */
async function mending(size: "full" | "smoke"): Promise<Record<string, unknown>> {
  const count = size === "full" ? 10_000 : 300;
  const sandbox = await startSandboxProcess();
  let rig: Rig | null = null;
  try {
    rig = await startRig({ worker: true, books: (core, ids) => connectCompany(sandbox, core, { ...ids, overrides: unlimited }) });
    const { engine } = rig.core;
    const actor = { organizationId: rig.organizationId, type: "system", id: "bench", role: "admin", sourceId: null } as const;
    const clean = fuelEvents(count);
    const blocked = clean.map((event) => ({
      ...event,
      id: `${event.id}-x`,
      number: `${event.number}X`,
      lines: event.lines.map((line) => ({ ...line, code: "XDSL" })),
    }));

    let start = performance.now();
    await sendBatches(rig, batches(clean), 2);
    await until(rig, "posted", count);
    const yardstickSeconds = (performance.now() - start) / 1_000;

    await sendBatches(rig, batches(blocked), 2);
    await until(rig, "review", count);
    start = performance.now();
    const tried = await engine.dryRun(actor, { from: "2026-10-01", to: "2026-10-31", types: [] });
    const dryRunSeconds = (performance.now() - start) / 1_000;

    start = performance.now();
    const mended = engine.review.addRow(actor, { cause: "code_unmapped:fuel_transaction:XDSL", row: { account: "5210" } });
    const published = mended.then(() => performance.now() - start);
    await until(rig, "posted", count + 1);
    const firstSeconds = (performance.now() - start) / 1_000;
    await until(rig, "posted", 2 * count);
    const allSeconds = (performance.now() - start) / 1_000;
    return {
      events: count,
      publishedSeconds: Number(((await published) / 1_000).toFixed(2)),
      firstPostedSeconds: Number(firstSeconds.toFixed(2)),
      allPostedSeconds: Number(allSeconds.toFixed(2)),
      documentsPerSecond: Math.round(count / allSeconds),
      yardstick: "the same number of events that nothing was wrong with, from the first byte to the last posting",
      yardstickPerSecond: Math.round(count / yardstickSeconds),
      dryRunEvents: tried.events,
      dryRunSeconds: Number(dryRunSeconds.toFixed(2)),
      dryRunSecondsFor100000: Number(((dryRunSeconds / tried.events) * 100_000).toFixed(1)),
    };
  } finally {
    await rig?.close();
    await sandbox.close();
  }
}

function batches(events: readonly unknown[]): string[] {
  return Array.from({ length: Math.ceil(events.length / 100) }, (_, index) => JSON.stringify(events.slice(index * 100, (index + 1) * 100)));
}

const counting = { name: "bench_review_count", text: "select count(*)::int as n from events where state = $1" };

async function until(rig: Rig, state: string, count: number): Promise<void> {
  const read = (tx: Tx) => tx.rows<{ n: number }>(counting, [state]);
  for (;;) {
    const [row] = await inOrganization(rig.core.database, rig.organizationId, read);
    if (row!.n >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

report("review", await mending(sizeAsked()));
