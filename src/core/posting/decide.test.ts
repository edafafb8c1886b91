import { describe, expect, test } from "vitest";
import { Fault, type FaultCode } from "../errors.ts";
import { attemptsMax, decideAnswer, decideSearch } from "./decide.ts";
import type { Bounds, Candidate, FoundRecord } from "./ports.ts";

const bounds: Bounds = { batchItemsMax: 25, executionLimitMs: 150_000 };
const hour = 3_600_000;
const posting: Candidate = {
  postingId: "p",
  key: "k",
  postable: {},
  attempts: 0,
  openForMs: 60_000,
  settledInMs: 0,
  firstSentAgoMs: null,
  inDoubt: false,
};
const record: FoundRecord = { providerId: "7", version: "0", number: "F-1", sameContent: true, ours: true, active: true };
const sent = { leftAgoMs: 10_000, random: 0.5 };
const failed = (code: FaultCode, retryAfterMs?: number) => ({
  key: "k",
  fault: new Fault(code, "words"),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const answered = (code: FaultCode, over: Partial<Candidate> = {}) => decideAnswer({ ...posting, ...over }, failed(code), sent, bounds);

describe("an answer of the books", () => {
  test("with a record is posted", () => {
    const { outcome, finding } = decideAnswer(posting, { key: "k", posted: record }, sent, bounds);
    expect(outcome).toMatchObject({ from: "sending", state: "posted", record, adopted: false });
    expect(finding).toBeNull();
  });

  test.each([["upstream_unreachable"], ["upstream_busy"], ["credentials_expired"], ["overloaded"]] as const)(
    "%s: surely not sent, ready again later",
    (code) => {
      expect(answered(code).outcome).toMatchObject({ state: "ready", waitMs: 500 });
    },
  );

  test("that names a waiting time is obeyed", () => {
    expect(decideAnswer(posting, failed("upstream_busy", 42_000), sent, bounds).outcome.waitMs).toBe(42_000);
  });

  test.each([["books_refused"], ["period_closed"], ["reference_unknown"]] as const)("%s: refused, with a finding for people", (code) => {
    const { outcome, finding } = answered(code);
    expect(outcome.state).toBe("refused");
    expect(finding).toMatchObject({ code, severity: "block" });
  });

  test("that did not come: uncertain, looked up at once, settled when the request can no longer be running over there", () => {
    const { outcome, finding } = answered("upstream_silent");
    expect(outcome).toMatchObject({ state: "uncertain", waitMs: 0, settlesInMs: 140_000 });
    expect(finding).toBeNull();
  });

  test("that did not come, where records are found late: settled that much later", () => {
    const { outcome } = decideAnswer(posting, failed("upstream_silent"), sent, { ...bounds, lookUpLagMs: 60_000 });
    expect(outcome.settlesInMs).toBe(200_000);
  });

  test("that the number is taken ends the request: the look-up may decide at once", () => {
    expect(answered("number_taken").outcome).toMatchObject({ state: "uncertain", waitMs: 0, settlesInMs: 0 });
  });

  test("to a repetition that was surely not sent leaves the first attempt as uncertain as it was", () => {
    const { outcome } = answered("upstream_busy", { settledInMs: 90_000 });
    expect(outcome).toMatchObject({ state: "uncertain", settlesInMs: 90_000 });
    expect(answered("number_taken", { settledInMs: 90_000 }).outcome.settlesInMs).toBe(90_000);
  });

  test("after the last try, or a day, goes to review instead of being tried for ever", () => {
    for (const tired of [{ attempts: attemptsMax - 1 }, { openForMs: 25 * hour }]) {
      const { outcome, finding } = answered("upstream_unreachable", tired);
      expect(outcome.state).toBe("refused");
      expect(finding?.code).toBe("retries_exhausted");
    }
  });
});

describe("a look-up", () => {
  const search = (found: FoundRecord[], over: Partial<Candidate> = {}, more: Partial<Bounds> = {}) =>
    decideSearch({ ...posting, attempts: 1, ...over }, found, 0.5, { ...bounds, ...more });
  const stranger: FoundRecord = { ...record, providerId: "8", sameContent: false, ours: false };
  const namesake: FoundRecord = { ...record, providerId: "3", ours: false };
  const running = { settledInMs: 90_000, firstSentAgoMs: 60_000 };

  test("that finds our document once adopts it, also while the request may still be running", () => {
    expect(search([record])!.outcome).toMatchObject({ state: "posted", adopted: true, record });
    expect(search([record], running)!.outcome.state).toBe("posted");
  });

  test("prefers the record with our mark over a namesake with equal content", () => {
    expect(search([namesake, record])!.outcome).toMatchObject({ state: "posted", record });
  });

  test("takes over an equal record without our mark, but only when ours can no longer appear beside it", () => {
    expect(search([namesake])!.outcome).toMatchObject({ state: "posted", record: namesake });
    expect(search([namesake], running)!.outcome.state).toBe("uncertain");
  });

  test("that finds it several times raises the alarm and posts nothing", () => {
    const { outcome, finding } = search([record, { ...record, providerId: "8" }])!;
    expect(outcome.state).toBe("refused");
    expect(finding?.code).toBe("books_hold_several");
  });

  test("that finds other content under the number leaves it to a person, once ours can no longer appear", () => {
    const { outcome, finding } = search([stranger])!;
    expect(outcome.state).toBe("refused");
    expect(finding?.code).toBe("number_taken");
    expect(search([stranger], running)!.outcome).toMatchObject({ state: "uncertain", settlesInMs: 90_000 });
  });

  test("that finds nothing proves absence only when the request can no longer be running over there", () => {
    const early = search([], { settledInMs: 1 })!;
    expect(early.outcome).toMatchObject({ state: "uncertain", waitMs: 1 });
    expect(search([], running)!.outcome.waitMs).toBeLessThanOrEqual(2_000);
    expect(search([])!.outcome).toMatchObject({ state: "ready", waitMs: 0 });
  });

  test("that finds nothing has it sent again at once only where and while the provider guarantees one effect for one key", () => {
    expect(search([], running, { replayMs: hour })).toBeNull();
    expect(search([], { ...running, firstSentAgoMs: 2 * hour }, { replayMs: hour })!.outcome.state).toBe("uncertain");
    expect(search([], { ...running, firstSentAgoMs: null }, { replayMs: hour })!.outcome.state).toBe("uncertain");
    expect(search([stranger], running, { replayMs: hour })!.outcome.state).toBe("uncertain");
  });

  test("that proves absence again and again goes to review in the end", () => {
    const { outcome, finding } = search([], { openForMs: 25 * hour })!;
    expect(outcome.state).toBe("refused");
    expect(finding?.code).toBe("retries_exhausted");
  });
});
