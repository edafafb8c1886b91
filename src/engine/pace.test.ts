import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { meetingPlace } from "../../tests/setup/pace.ts";

// Virtual time: every window is lived through, none is waited for.
beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-30T18:00:00Z") }));
afterEach(() => void vi.useRealTimers());

const roomy = { requestsPerMinute: 1_000, requestsPerSecond: 1_000, inFlightMax: 100, batchesPerMinute: 1_000, batchItemsMax: 25 };
const answered = { status: 200, headers: {} };
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("no window of a second ever holds more calls than the limit, whatever the number of processes", async () => {
  const place = meetingPlace({ ...roomy, requestsPerSecond: 5 }, Date.now);
  const paces = ["a", "b", "c"].map(place.join);
  const starts: number[] = [];
  const calls = Array.from({ length: 24 }, (_, index) => paces[index % 3]!.run("single", async () => (starts.push(Date.now()), answered)));
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  expect(starts).toHaveLength(24);
  for (const start of starts) expect(starts.filter((other) => other >= start && other < start + 1_000).length).toBeLessThanOrEqual(5);
  expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(7_000);
});

test("calls in flight stay within their bound over all processes, and a failed call gives its place back", async () => {
  const place = meetingPlace({ ...roomy, inFlightMax: 3 }, Date.now);
  const paces = ["a", "b"].map(place.join);
  let inFlight = 0;
  let most = 0;
  const call = async (fails: boolean) => {
    most = Math.max(most, ++inFlight);
    await after(70);
    inFlight -= 1;
    if (fails) throw new Error("failed");
    return answered;
  };
  const results = Promise.allSettled(Array.from({ length: 12 }, (_, index) => paces[index % 2]!.run("read", () => call(index % 4 === 0))));
  await vi.runAllTimersAsync();
  expect((await results).filter(({ status }) => status === "rejected")).toHaveLength(3);
  expect(most).toBe(3);
  expect(place.state().flying).toEqual({});
});

test("a full batch window does not hold up reads, and a batch that would wait long is turned away unsent", async () => {
  const place = meetingPlace({ ...roomy, batchesPerMinute: 2 }, Date.now);
  const pace = place.join("a");
  const sent: string[] = [];
  const run = (kind: "batch" | "read") => pace.run(kind, async () => (sent.push(kind), answered));
  const first = Promise.all([run("batch"), run("batch")]);
  await vi.runAllTimersAsync();
  await first;
  const third = run("batch").catch((error: unknown) => error);
  const read = run("read");
  await vi.runAllTimersAsync();
  await read;
  expect(sent).toEqual(["batch", "batch", "read"]);
  expect(await third).toMatchObject({ code: "upstream_busy", remedy: "retry" });
  expect(pace.room("batch").calls).toBe(0);
  expect(pace.room("read").calls).toBeGreaterThan(10);
  await vi.advanceTimersByTimeAsync(pace.room("batch").waitMs);
  expect(pace.room("batch").calls).toBe(2);
});

test("what was called before a process died still counts for the one that takes over", async () => {
  const place = meetingPlace({ ...roomy, requestsPerMinute: 4 }, Date.now);
  const dead = place.join("dead");
  const calls = Promise.all(Array.from({ length: 4 }, () => dead.run("single", async () => answered)));
  await vi.runAllTimersAsync();
  await calls;
  const began = Date.now();
  let at = 0;
  const next = place.join("next").run("single", async () => ((at = Date.now()), answered));
  await vi.runAllTimersAsync();
  await next;
  expect(at - began).toBeGreaterThan(55_000);
});

test("five failures open the breaker: one probe, then twice as many at a time with every answer", async () => {
  const place = meetingPlace({ ...roomy, inFlightMax: 8 }, Date.now);
  const pace = place.join("a");
  let up = false;
  let tried = 0;
  const call = async () => {
    tried += 1;
    await after(20);
    if (!up) throw new Error("away");
    return answered;
  };
  const burst = async (size: number) => {
    const results = Promise.allSettled(Array.from({ length: size }, () => pace.run("read", call)));
    await vi.advanceTimersByTimeAsync(30);
    return results;
  };
  await burst(5);
  expect(tried).toBe(5);
  expect(pace.room("read")).toMatchObject({ calls: 0 });
  await vi.advanceTimersByTimeAsync(5_000);
  // Half open: only one may see whether they are back. They are not, and the next look is later.
  const probes = Promise.allSettled([pace.run("read", call), pace.run("read", call)]);
  await vi.advanceTimersByTimeAsync(100);
  expect((await probes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(tried).toBe(6);
  expect(pace.room("read").waitMs).toBeGreaterThan(9_000);
  up = true;
  await vi.advanceTimersByTimeAsync(10_000);
  const seats: number[] = [];
  for (let round = 0; round < 4; round++) {
    seats.push(place.state().trouble.ramp ?? 8);
    await burst(1);
  }
  expect(seats).toEqual([1, 2, 4, 8]);
});

test("a worker that stops turns away what waits, unsent", async () => {
  const place = meetingPlace({ ...roomy, requestsPerMinute: 1 }, Date.now);
  const pace = place.join("a");
  await pace.run("single", async () => answered);
  const waiting = pace.run("single", async () => answered).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10);
  pace.stop();
  expect(await waiting).toMatchObject({ code: "upstream_busy" });
  await expect(pace.run("read", async () => answered)).rejects.toMatchObject({ code: "upstream_busy" });
});
