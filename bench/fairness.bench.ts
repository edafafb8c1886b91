import { inOrganization } from "../src/store/database.ts";
import { addBooks, connectCompany, percentile, startSandboxProcess, unlimited } from "./books.ts";
import { fuelEvents, median, report, type Rig, sendBatches, sizeAsked, startRig } from "./rig.ts";

const quietLanes = 4;
/** Published limits: the crowded lane cannot clear while we look. */
const published = { requestsPerSecond: 10, requestsPerMinute: 500, batchesPerMinute: 40 };

/**
 * Milliseconds from accepted to posted in quiet lanes, alone and while another lane of the same worker has a backlog; and
 * the time of one claim then.
 */
async function fairness(size: "full" | "smoke"): Promise<Record<string, unknown>> {
  const [backlog, rounds] = size === "full" ? [200_000, 50] : [3_000, 8];
  const sandbox = await startSandboxProcess();
  let rig: Rig | null = null;
  try {
    rig = await startRig({ worker: true, books: (core, ids) => connectCompany(sandbox, core, { ...ids, overrides: published }) });
    const lanes = await Promise.all(
      Array.from({ length: quietLanes }, (_, index) => addBooks(rig!, sandbox, { name: `quiet-${index}`, overrides: unlimited })),
    );
    const of = rig;
    const measure = async (name: string): Promise<number[]> => {
      const took: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const sent = lanes.map(async ({ sender, booksId }, index) => {
          const id = `${name}-${round}-${index}`;
          const [event] = fuelEvents(1, id);
          await sendBatches(sender, [JSON.stringify([{ ...event, id, number: id }])], 1);
          took.push(await postedMs(of, booksId, id));
        });
        await Promise.all(sent);
      }
      return took;
    };
    await measure("warm");
    const alone = await measure("alone");
    const made = fuelEvents(backlog);
    const bodies = Array.from({ length: backlog / 100 }, (_, index) => JSON.stringify(made.slice(index * 100, (index + 1) * 100)));
    await sendBatches(rig, bodies, 4);
    const crowded = await measure("crowded");
    const left = await count(rig, "select count(*)::int as n from events where books_id = $1 and state in ('received', 'prepared')", [
      rig.booksId,
    ]);
    const [baseline, besides] = [percentile(alone, 0.95), percentile(crowded, 0.95)];
    return {
      backlog,
      backlogAtTheEnd: left,
      quietLanes,
      documents: alone.length,
      p50Ms: percentile(crowded, 0.5),
      p95Ms: besides,
      yardstick: "the same lanes alone",
      yardstickP50Ms: percentile(alone, 0.5),
      yardstickP95Ms: baseline,
      ratio: Number((besides / baseline).toFixed(2)),
      medianRatio: Number((median(crowded) / median(alone)).toFixed(2)),
    };
  } finally {
    await rig?.close();
    await sandbox.close();
  }
}

async function postedMs(rig: Rig, booksId: string, id: string): Promise<number> {
  const start = performance.now();
  const text =
    "select count(*)::int as n from events where source_id = (select source_id from sources where books_id = $1) and id = $2 and state = 'posted'";
  while ((await count(rig, text, [booksId, id])) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return performance.now() - start;
}

async function count(rig: Rig, text: string, values: readonly unknown[]): Promise<number> {
  const [row] = await inOrganization(rig.core.database, rig.organizationId, (tx) =>
    tx.rows<{ n: number }>({ name: `bench_${text.length}`, text }, values),
  );
  return row!.n;
}

report("fairness", await fairness(sizeAsked()));
