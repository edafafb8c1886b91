import { expect, test } from "vitest";
import { createPace } from "./pace.ts";

const roomy = {
  system: "x",
  numberLengthMax: 21,
  batchItemsMax: 25,
  requestsPerMinute: 1_000,
  requestsPerSecond: 1_000,
  inFlightMax: 100,
  batchesPerMinute: 1_000,
  executionLimitMs: 0,
};

test("no window of a second ever holds more calls than the limit", async () => {
  const pace = createPace({ ...roomy, requestsPerSecond: 5 }, () => performance.now());
  const starts: number[] = [];
  await Promise.all(Array.from({ length: 12 }, () => pace.run("single", async () => void starts.push(performance.now()))));
  expect(starts).toHaveLength(12);
  for (const start of starts) expect(starts.filter((other) => other >= start && other < start + 1_000).length).toBeLessThanOrEqual(5);
});

test("calls in flight stay within their bound, and a failed call gives its place back", async () => {
  const pace = createPace({ ...roomy, inFlightMax: 2 }, () => performance.now());
  let inFlight = 0;
  let most = 0;
  const call = (fails: boolean) =>
    pace.run("read", async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      if (fails) throw new Error("failed");
    });
  const results = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => call(index % 3 === 0)));
  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(4);
});

test("batches have a limit of their own", async () => {
  let clock = 0;
  const pace = createPace({ ...roomy, batchesPerMinute: 2 }, () => clock);
  let done = 0;
  const batches = Array.from({ length: 2 }, () => pace.run("batch", async () => void done++));
  await Promise.all(batches);
  await pace.run("single", async () => void done++);
  expect(done).toBe(3);
  clock = 60_001;
  await pace.run("batch", async () => void done++);
  expect(done).toBe(4);
});
