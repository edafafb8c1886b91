import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clearsInMs, fresh, type PaceState, shareOut } from "./pace.ts";
import { afterCall, calm, flyingMax, limitNow, type Report, type Trouble } from "./trouble.ts";
import type { Kind, Published } from "./windows.ts";

const published: Published = { requestsPerSecond: 10, requestsPerMinute: 500, batchesPerMinute: 40, inFlightMax: 10, batchItemsMax: 25 };
const kinds: readonly Kind[] = ["single", "batch", "read"];
const ask = (wanted: readonly Kind[], over: { process?: string; flying?: number; reports?: readonly Report[] } = {}) => ({
  process: over.process ?? "a",
  wanted,
  flying: over.flying ?? 0,
  reports: over.reports ?? [],
});

describe("leave to call", () => {
  const limits = fc.record({
    requestsPerSecond: fc.integer({ min: 1, max: 20 }),
    requestsPerMinute: fc.integer({ min: 1, max: 60 }),
    batchesPerMinute: fc.integer({ min: 1, max: 20 }),
    inFlightMax: fc.constant(1_000),
    batchItemsMax: fc.constant(25),
  });
  const askings = fc.array(fc.record({ afterMs: fc.nat(20_000), wanted: fc.array(fc.constantFrom(...kinds), { maxLength: 12 }) }), {
    maxLength: 40,
  });

  test("never puts more into a published window than its limit, whenever and whatever is asked", () => {
    fc.assert(
      fc.property(limits, askings, (given, asked) => {
        let state: PaceState = fresh;
        let at = 1_000_000;
        const went: { at: number; kind: Kind }[] = [];
        for (const { afterMs, wanted } of asked) {
          at += afterMs;
          const answer = shareOut(state, given, ask(wanted), at);
          state = answer.state;
          for (const [index, kind] of wanted.entries()) if (answer.granted[index] === true) went.push({ at, kind });
        }
        for (const { at: from } of went) {
          const within = (ms: number) => went.filter((call) => call.at >= from && call.at < from + ms);
          expect(within(1_000).length).toBeLessThanOrEqual(Math.max(1, given.requestsPerSecond));
          expect(within(60_000).length).toBeLessThanOrEqual(given.requestsPerMinute);
          expect(within(60_000).filter(({ kind }) => kind === "batch").length).toBeLessThanOrEqual(given.batchesPerMinute);
        }
      }),
    );
  });

  test("clears when a client that asks for all at once would have cleared", () => {
    for (const calls of [1, 40, 41, 90, 400, 4_000]) {
      let state: PaceState = fresh;
      let at = 1_000_000;
      for (let left = calls; left > 0; ) {
        const { state: after, granted } = shareOut(state, published, ask(["batch"]), at);
        state = after;
        if (granted[0] === true) left -= 1;
        else at += 10;
      }
      const told = clearsInMs(fresh, published, { kind: "batch", calls }, 1_000_000);
      expect(Math.abs(told - (at - 1_000_000))).toBeLessThanOrEqual(Math.max(1_500, told * 0.02));
    }
  });

  test("calls of a process that is not heard of any more give their places back after a while", () => {
    const first = shareOut(fresh, { ...published, inFlightMax: 2 }, ask(["read", "read"]), 1_000);
    expect(first.granted).toEqual([true, true]);
    const soon = shareOut(first.state, { ...published, inFlightMax: 2 }, ask(["read"], { process: "b" }), 2_000);
    expect(soon.granted).toEqual([false]);
    const later = shareOut(soon.state, { ...published, inFlightMax: 2 }, ask(["read"], { process: "b" }), 17_000);
    expect(later.granted).toEqual([true]);
  });
});

describe("trouble", () => {
  const throttled = (kind: Kind, over: Partial<Report> = {}): Report => ({
    kind,
    end: "throttled",
    agoMs: 100,
    retryAfterMs: null,
    ...over,
  });
  const facts = (used: number, at: number) => ({
    slots: [[at - 30_000, used, used] as const],
    published,
    at,
  });

  test("a refusal teaches what the fullest window held, once for all calls that were under way together", () => {
    const at = 1_000_000;
    const once = afterCall(calm, throttled("batch"), facts(30, at));
    expect(limitNow(once, published, "batches", at)).toBe(30);
    expect(limitNow(once, published, "minute", at)).toBe(500);
    const twice = afterCall(once, throttled("batch", { agoMs: 200 }), facts(30, at + 50));
    expect(twice.learned).toEqual(once.learned);
    expect(twice.allPausedUntil).toBe(0);
    expect(twice.batchesPausedUntil).toBe(at + 50 + 60_000);
  });

  test("it is never taken for less than half, is believed for ten minutes, and grows back to what is published", () => {
    const at = 1_000_000;
    const trouble = afterCall(calm, throttled("batch"), facts(1, at));
    expect(limitNow(trouble, published, "batches", at + 9 * 60_000)).toBe(20);
    expect(limitNow(trouble, published, "batches", at + 12 * 60_000)).toBe(24);
    expect(limitNow(trouble, published, "batches", at + 60 * 60_000)).toBe(40);
  });

  test("a refused read pauses everything, for as long as it says", () => {
    const trouble = afterCall(calm, throttled("read", { retryAfterMs: 7_000 }), facts(30, 1_000_000));
    expect(trouble).toMatchObject({ allPausedUntil: 1_007_000, batchesPausedUntil: 0 });
  });

  test("places that others hold are left to them for a minute, then asked for again one by one", () => {
    const at = 1_000_000;
    const lanes = { ...published, inFlightMax: 15, requestsPerSecond: 100, requestsPerMinute: 6_000, batchesPerMinute: 600 };
    const facts15 = { slots: [[at - 200, 15, 0] as const], published: lanes };
    let trouble: Trouble = calm;
    // Fifteen were sent, five found no place.
    for (let left = 14; left >= 10; left--) trouble = afterCall(trouble, throttled("single"), { ...facts15, at, flying: left });
    expect(flyingMax(trouble, lanes, at)).toBe(10);
    expect(trouble.allPausedUntil - at).toBe(1_000);
    expect(trouble.learned).toEqual({});
    expect(flyingMax(trouble, lanes, at + 59_000)).toBe(10);
    expect(flyingMax(trouble, lanes, at + 3 * 60_000)).toBe(12);
    expect(flyingMax(trouble, lanes, at + 60 * 60_000)).toBe(15);
    // With no place at all it asks for one, and not in a hurry.
    trouble = afterCall({ ...trouble, fewer: { limit: 1, at, holdMs: 60_000 } }, throttled("single"), { ...facts15, at, flying: 7 });
    expect([flyingMax(trouble, lanes, at), trouble.allPausedUntil - at]).toEqual([1, 5_000]);
  });

  test("the breaker opens for longer each time a probe fails, five minutes at most, and forgets it when the ramp is done", () => {
    const report = (end: Report["end"]): Report => ({ kind: "read", end, agoMs: 10, retryAfterMs: null });
    let trouble: Trouble = calm;
    let at = 1_000_000;
    for (let failure = 0; failure < 5; failure++) trouble = afterCall(trouble, report("failed"), facts(0, at));
    const opened: number[] = [];
    for (let probe = 0; probe < 8; probe++) {
      opened.push(trouble.openUntil - at);
      at = trouble.openUntil + 1_000;
      trouble = afterCall(trouble, report("failed"), facts(0, at));
    }
    expect(opened).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    for (const seats of [2, 4, 8, null]) {
      trouble = afterCall(trouble, report("answered"), facts(0, at));
      expect(trouble.ramp).toBe(seats);
    }
    expect(trouble).toMatchObject({ failures: 0, openings: 0, openUntil: 0 });
  });
});
