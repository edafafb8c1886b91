import { expect, test } from "vitest";
import { Fault } from "../core/errors.ts";
import { restMs } from "./outcome.ts";

test("a lane rests as long as the books ask for, and a minute where they do not say", () => {
  expect(restMs(new Fault("upstream_busy", "slow down", { retryAfterMs: "7000" }), 5)).toBe(7_000);
  expect(restMs(new Fault("upstream_busy", "slow down"), 5)).toBe(60_000);
  expect(restMs(new Fault("upstream_silent", "no answer"), 5)).toBe(5);
});
