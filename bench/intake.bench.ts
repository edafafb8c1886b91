import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { fuelEvents, median, report, sizeAsked, startRig } from "./rig.ts";

const batch = 100;
const inFlight = 8;

/**
 * Events a second over HTTP in batches of 100, durable before each answer, against PostgreSQL's own batched insert of
 * the same bytes into a plain keyed table in the same run: by as many connections as there are requests in flight,
 * and by one. The sender is a process of its own, on the same machine.
 */
async function intake(size: "full" | "smoke"): Promise<Record<string, unknown>> {
  const [events, rounds] = size === "full" ? [10_000, 3] : [1_000, 1];
  const rig = await startRig({ worker: false });
  try {
    const plain: number[] = [];
    const parallel: number[] = [];
    const http: number[] = [];
    for (let round = 0; round < rounds + 1; round++) {
      const made = fuelEvents(events).map((event) => ({ ...event, id: `${round}-${event.id}` }));
      const bodies = Array.from({ length: events / batch }, (_, index) =>
        made.slice(index * batch, (index + 1) * batch).map((event) => JSON.stringify(event)),
      );
      const requests = bodies.map((texts) => `[${texts.join(",")}]`);
      const one = await insertPlainly(rig.core.database.url, bodies, 1);
      const measured = await sendFromOutside(rig, requests);
      const several = await insertPlainly(rig.core.database.url, bodies, inFlight);
      if (round === 0 && size === "full") continue; // The first round warms everything up.
      plain.push(events / one);
      parallel.push(events / several);
      http.push(events / measured);
    }
    const [eventsPerSecond, yardstickPerSecond, oneConnectionPerSecond] = [http, parallel, plain].map((figures) =>
      Math.round(median(figures)),
    ) as [number, number, number];
    return {
      events,
      rounds,
      batch,
      inFlight,
      eventsPerSecond,
      yardstick: `PostgreSQL batched insert of the same bytes over ${inFlight} connections`,
      yardstickPerSecond,
      ratio: Number((eventsPerSecond / yardstickPerSecond).toFixed(3)),
      oneConnectionPerSecond,
      oneConnectionRatio: Number((eventsPerSecond / oneConnectionPerSecond).toFixed(3)),
      rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    };
  } finally {
    await rig.close();
  }
}

async function insertPlainly(url: string, bodies: readonly string[][], connections: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  await pool.query(
    "create table if not exists yardstick (id bigint generated always as identity primary key, key text not null unique, body text not null)",
  );
  let next = 0;
  const start = performance.now();
  const inserter = async () => {
    while (next < bodies.length) {
      const index = next++;
      const keys = bodies[index]!.map((_, line) => `${start}-${index}-${line}`);
      await pool.query({
        name: "plain",
        text: "insert into yardstick (key, body) select * from unnest($1::text[], $2::text[])",
        values: [keys, bodies[index]],
      });
    }
  };
  await Promise.all(Array.from({ length: connections }, inserter));
  const seconds = (performance.now() - start) / 1_000;
  await pool.end();
  return seconds;
}

async function sendFromOutside(rig: { url: string; key: string }, bodies: readonly string[]): Promise<number> {
  const child = fork(fileURLToPath(new URL("./sender.ts", import.meta.url)), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const answer = new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve((message as { seconds: number }).seconds));
    child.once("exit", (code) => reject(new Error(`The sender ended with ${code}`)));
  });
  child.send({ url: rig.url, key: rig.key, bodies, inFlight });
  return answer;
}

report("intake", await intake(sizeAsked()));
