import { expect, test } from "vitest";
import type { ReadyPosting } from "../store/postings.ts";
import { takeShare } from "./retry-share.ts";

const posting = (attempts: number) => ({ attempts }) as ReadyPosting;
/** A lane in which both kinds are always ready. */
const endless = async (most: { limit: number; again: number; againAtLeast: number }) => [
  ...Array.from({ length: most.again }, () => posting(1)),
  ...Array.from({ length: most.limit - most.again }, () => posting(0)),
];

test("while other documents wait, those that were sent before take a tenth of the calls at most", async () => {
  const account = { retryCredit: 1 };
  let [again, all] = [0, 0];
  for (let slice = 0; slice < 200; slice++) {
    const taken = await takeShare(account, { limit: 200, batch: 25 }, endless);
    again += taken.filter(({ attempts }) => attempts > 0).length;
    all += taken.length;
  }
  expect(again / all).toBeGreaterThan(0.05);
  expect(again / all).toBeLessThanOrEqual(0.1);
});

test("where nothing else is ready, one batch of them goes at a time, and that earns no credit", async () => {
  const account = { retryCredit: 0 };
  for (let slice = 0; slice < 5; slice++) {
    const taken = await takeShare(account, { limit: 200, batch: 25 }, async ({ again, againAtLeast }) =>
      Array.from({ length: Math.max(again, againAtLeast) }, () => posting(2)),
    );
    expect(taken).toHaveLength(25);
  }
  expect(account.retryCredit).toBe(0);
});
