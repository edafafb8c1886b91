import { expect, test } from "vitest";
import { Fault } from "../errors.ts";
import type { Answer, Candidate, Item, Ports, Verdict } from "./ports.ts";
import { sendNext, sendWindowMs } from "./steps.ts";

const posting = (postingId: string): Candidate<string> => ({
  postingId,
  key: `key of ${postingId}`,
  postable: postingId,
  attempts: 0,
  openForMs: 0,
  settledInMs: 0,
  firstSentAgoMs: null,
  inDoubt: false,
});
const bounds = { batchItemsMax: 3, executionLimitMs: 150_000 };
const record = { providerId: "1", version: "0", number: "1", sameContent: true, ours: true, active: true };

/** One step over three postings, with books that do as they are told. */
async function send(post: (items: readonly Item<string>[], leave: () => void) => Promise<Answer[]>, elapsedMs = () => 0) {
  const written: Verdict[] = [];
  const told: unknown[] = [];
  const never = () => Promise.reject(new Error("not asked for"));
  const ports: Ports<string> = {
    store: {
      takeOver: never,
      begin: async () => ["a", "b", "c"].map(posting),
      beginAgain: never,
      readUncertain: never,
      record: async (verdicts) => void written.push(...verdicts),
    },
    books: { bounds, post, find: never },
    random: () => 0.5,
    elapsedMs,
    report: (_, error) => void told.push(error),
  };
  await sendNext(ports, 1);
  return { states: Object.fromEntries(written.map(({ outcome }) => [outcome.postingId, outcome.state])), written, told };
}

const allPosted = (items: readonly Item<string>[]): Answer[] => items.map(({ key }) => ({ key, posted: record }));

test("a document that the program cannot write goes to review and does not hold up the others", async () => {
  const { states, written, told } = await send(async (items, leave) => {
    if (items.some(({ postable }) => postable === "b")) throw new TypeError("no account");
    leave();
    return allPosted(items);
  });
  expect(states).toEqual({ a: "posted", b: "refused", c: "posted" });
  expect(written.find(({ finding }) => finding !== null)!.finding!.message).toContain("no account");
  expect(told.length).toBeGreaterThan(0);
});

test("a program that fails after bytes left leaves the whole batch uncertain", async () => {
  const { states } = await send(async (_, leave) => {
    leave();
    throw new TypeError("surprise");
  });
  expect(states).toEqual({ a: "uncertain", b: "uncertain", c: "uncertain" });
});

test("answers are matched by key; an item without one, or with two, is uncertain", async () => {
  const { states } = await send(async ([a, b], leave) => {
    leave();
    const refused = { key: b!.key, fault: new Fault("books_refused", "no") };
    return [refused, { key: a!.key, posted: record }, { key: a!.key, posted: record }];
  });
  expect(states).toEqual({ a: "uncertain", b: "refused", c: "uncertain" });
});

test("what gets its turn after the send window is kept back and is ready again", async () => {
  let now = 0;
  const { states } = await send(
    async (items, leave) => {
      now = sendWindowMs(bounds) + 1;
      leave();
      return allPosted(items);
    },
    () => now,
  );
  expect(states).toEqual({ a: "ready", b: "ready", c: "ready" });
});
