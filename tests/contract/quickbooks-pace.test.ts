import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { quickBooksOnlineLimits } from "../../src/connectors/accounting/quickbooks-online/limits.ts";
import type { Kind } from "../../src/core/pace/windows.ts";
import type { Pace } from "../../src/engine/pace.ts";
import { createClock } from "../../src/sandbox/clock.ts";
import { createLimits, type Limits } from "../../src/sandbox/limits.ts";
import { openStorage, settingsTable } from "../../src/sandbox/storage.ts";
import { meetingPlace } from "../setup/pace.ts";

/** Intuit's own figures, counted on the other side by the emulator's counter. */
const published = { perSecond: 10, perMinute: 500, batchesPerMinute: 40, inFlight: 10 };
const company = { system: "quickbooks-online", company: "9130" };

let limits: Limits;
let close: () => void;
let refused: number;
beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-30T18:00:00Z") });
  const storage = openStorage(null, [settingsTable]);
  limits = createLimits(createClock(Date.now, storage), storage);
  limits.set({ system: company.system, id: company.company, enabled: true, scale: 1 });
  close = () => storage.close();
  refused = 0;
});
afterEach(() => {
  close();
  vi.useRealTimers();
});

/** One call over there, counted when it arrives: a little after it left, sometimes later than the one that left after it. */
async function call(kind: Kind, ms: number): Promise<{ status: number; headers: Record<string, string> }> {
  await new Promise((resolve) => setTimeout(resolve, (arrivals++ * 37) % 90));
  const leave = limits.enter(company.system, company.company);
  const taken = limits.admit({ ...company, isBatch: kind === "batch", published });
  if (!taken) refused += 1;
  else await new Promise((resolve) => setTimeout(resolve, ms));
  leave();
  return { status: taken ? 200 : 429, headers: {} };
}
let arrivals = 0;

/** Sends `count` calls like a lane does: as many as have room, and a look at the room when it is told to. */
async function send(pace: Pace, of: { kind: Kind; count: number; ms: number }): Promise<number> {
  const began = Date.now();
  for (let sent = 0; sent < of.count; ) {
    const room = pace.room(of.kind);
    const answers = await Promise.all(
      Array.from({ length: Math.min(room.calls, of.count - sent) }, () =>
        // Turned away unsent: the room was taken by somebody else meanwhile.
        pace.run(of.kind, () => call(of.kind, of.ms)).catch(() => ({ status: 0 })),
      ),
    );
    sent += answers.filter(({ status }) => status === 200).length;
    if (room.calls === 0) await new Promise((resolve) => setTimeout(resolve, Math.max(50, room.waitMs)));
  }
  return Date.now() - began;
}

async function lived<T>(work: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync();
  return work;
}

test.each([
  [1_000, 1.15],
  [10_000, 1.05],
  [100_000, 1.03],
])("%i documents drain within %f times what the published batches a minute allow, and none is turned away", async (documents, most) => {
  const pace = meetingPlace(quickBooksOnlineLimits, Date.now).join("a");
  const batches = documents / quickBooksOnlineLimits.batchItemsMax;
  const took = await lived(send(pace, { kind: "batch", count: batches, ms: 4_000 }));
  expect(refused).toBe(0);
  expect(took / ((batches / published.batchesPerMinute) * 60_000)).toBeLessThanOrEqual(most);
});

test("two processes together keep to what one may, one by one and in batches", async () => {
  const place = meetingPlace(quickBooksOnlineLimits, Date.now);
  const [one, other] = [place.join("one"), place.join("other")];
  const work = [one, other].flatMap((pace) => [
    send(pace, { kind: "single", count: 400, ms: 500 }),
    send(pace, { kind: "batch", count: 60, ms: 2_000 }),
  ]);
  await lived(Promise.all(work));
  expect(refused).toBe(0);
});

test("a limit that was halved unannounced is found with few refusals, used to the full, and tried again later", async () => {
  const place = meetingPlace(quickBooksOnlineLimits, Date.now);
  const pace = place.join("a");
  limits.set({ system: company.system, id: company.company, enabled: true, scale: 0.5 });
  await lived(send(pace, { kind: "batch", count: 40, ms: 1_000 }));
  const first = refused;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThanOrEqual(8); // Those that were under way together.
  const took = await lived(send(pace, { kind: "batch", count: 160, ms: 1_000 }));
  expect(refused).toBeLessThanOrEqual(first + 5);
  expect(took / ((160 / 20) * 60_000)).toBeLessThanOrEqual(1 / 0.9);

  limits.set({ system: company.system, id: company.company, enabled: true, scale: 1 });
  await vi.advanceTimersByTimeAsync(45 * 60_000);
  const after = await lived(send(pace, { kind: "batch", count: 80, ms: 1_000 }));
  expect(after).toBeLessThanOrEqual(1.05 * 120_000);
});

test("a refused batch stops batches only", async () => {
  const pace = meetingPlace(quickBooksOnlineLimits, Date.now).join("a");
  const refusal = { status: 429, headers: { "retry-after": "30" } };
  await pace.run("batch", async () => refusal);
  await vi.advanceTimersByTimeAsync(20);
  expect(pace.room("batch")).toMatchObject({ calls: 0 });
  expect(pace.room("batch").waitMs).toBeGreaterThan(29_000);
  expect(pace.room("read").calls).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(pace.room("batch").calls).toBeGreaterThan(0);
});
