import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { quickBooksOnlineLimits } from "../../src/connectors/accounting/quickbooks-online/limits.ts";
import { createPace } from "../../src/engine/pace.ts";
import { createClock } from "../../src/sandbox/clock.ts";
import { createLimits } from "../../src/sandbox/limits.ts";
import { openStorage, settingsTable } from "../../src/sandbox/storage.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-30T18:00:00Z") }));
afterEach(() => void vi.useRealTimers());

/** Intuit's own figures, counted on the other side by the emulator's counter. */
const published = { perSecond: 10, perMinute: 500, batchesPerMinute: 40, inFlight: 10 };
const company = { system: "quickbooks-online", company: "9130" };

test("a month of 10,000 documents drains within 1.05 times what the published limits allow, and is never turned away", async () => {
  const storage = openStorage(null, [settingsTable]);
  const limits = createLimits(createClock(Date.now, storage), storage);
  limits.set({ system: company.system, id: company.company, enabled: true, scale: 1 });
  const pace = createPace(quickBooksOnlineLimits, Date.now);
  let refused = 0;
  const call = async (isBatch: boolean): Promise<void> => {
    const leave = limits.enter(company.system, company.company);
    if (!limits.admit({ ...company, isBatch, published })) refused += 1;
    // Ten in flight must not be what limits a single call.
    await new Promise((resolve) => setTimeout(resolve, isBatch ? 1_500 : 900));
    leave();
  };

  const documents = 10_000;
  const batches = documents / quickBooksOnlineLimits.batchItemsMax;
  const began = Date.now();
  const drained = Promise.all(Array.from({ length: batches }, () => pace.run("batch", () => call(true)))).then(() => Date.now() - began);
  await vi.runAllTimersAsync();
  const bound = (batches / published.batchesPerMinute) * 60_000;
  expect(refused).toBe(0);
  expect(await drained).toBeLessThanOrEqual(1.05 * bound);

  // One by one, the limit of the minute is what counts.
  const singles = Promise.all(Array.from({ length: 2_000 }, () => pace.run("single", () => call(false))));
  const start = Date.now();
  const single = singles.then(() => Date.now() - start);
  await vi.runAllTimersAsync();
  expect(refused).toBe(0);
  expect(await single).toBeLessThanOrEqual(1.05 * (2_000 / published.perMinute) * 60_000);
  storage.close();
});
