import { describe, expect, test } from "vitest";
import type { FoundRecord } from "../connectors/accounting/connector.ts";
import { Fault, type FaultCode } from "../core/errors.ts";
import type { OpenPosting } from "../store/postings.ts";
import { attemptsMax, restMs, verdictOf, verdictOfSearch } from "./outcome.ts";

const now = new Date("2026-10-31T12:00:00Z");
const moment = { now, random: 0.5 };
const openUrl = (id: string) => `https://books.example/${id}`;
const posting: OpenPosting = {
  postingId: "p",
  documentId: "d",
  eventId: "e",
  key: "k",
  state: "sending",
  attempts: 0,
  sentAt: new Date(now.getTime() - 1_000),
  openedAt: new Date(now.getTime() - 60_000),
  body: "{}",
};
const record: FoundRecord = {
  providerId: "7",
  version: "0",
  number: "F-1",
  date: "2026-10-01",
  currency: "USD",
  totalMinor: 100n,
  sameContent: true,
  ours: true,
  active: true,
};
const failed = (code: FaultCode, retryAfterMs?: number) => ({
  key: "k",
  fault: new Fault(code, "words"),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe("an answer of the books", () => {
  test("with a record is posted, with its id, version and link", () => {
    const { outcome, finding } = verdictOf(posting, { key: "k", posted: record }, moment, openUrl);
    expect(outcome).toMatchObject({
      state: "posted",
      providerId: "7",
      providerVersion: "0",
      url: "https://books.example/7",
      adopted: false,
    });
    expect(finding).toBeNull();
  });

  test.each([["upstream_unreachable"], ["upstream_busy"], ["credentials_expired"]] as const)(
    "%s: surely not sent, ready again later",
    (code) => {
      const { outcome } = verdictOf(posting, failed(code), moment, openUrl);
      expect(outcome.state).toBe("ready");
      expect(outcome.nextAt!.getTime()).toBeGreaterThan(now.getTime());
    },
  );

  test("that names a waiting time is obeyed", () => {
    expect(verdictOf(posting, failed("upstream_busy", 42_000), moment, openUrl).outcome.nextAt).toEqual(new Date(now.getTime() + 42_000));
  });

  test.each([["books_refused"], ["period_closed"], ["reference_unknown"]] as const)("%s: refused, with a finding for people", (code) => {
    const { outcome, finding } = verdictOf(posting, failed(code), moment, openUrl);
    expect(outcome.state).toBe("refused");
    expect(finding).toMatchObject({ code, severity: "block" });
  });

  test.each([["upstream_silent"], ["number_taken"]] as const)("%s: uncertain, looked up at once, never sent again blindly", (code) => {
    const { outcome, finding } = verdictOf(posting, failed(code), moment, openUrl);
    expect(outcome).toMatchObject({ state: "uncertain", nextAt: now });
    expect(finding).toBeNull();
  });

  test("after the last try, or a day, goes to review instead of being tried for ever", () => {
    const often = { ...posting, attempts: attemptsMax - 1 };
    const long = { ...posting, openedAt: new Date(now.getTime() - 25 * 3_600_000) };
    for (const tired of [often, long]) {
      const { outcome, finding } = verdictOf(tired, failed("upstream_unreachable"), moment, openUrl);
      expect(outcome.state).toBe("refused");
      expect(finding?.code).toBe("retries_exhausted");
    }
  });
});

describe("a look-up", () => {
  const provider = { executionLimitMs: 150_000, openUrl };
  const search = (found: FoundRecord[], sentAgoMs = 1_000) =>
    verdictOfSearch({ ...posting, state: "uncertain", sentAt: new Date(now.getTime() - sentAgoMs) }, found, moment, provider);

  test("that finds our document once adopts it", () => {
    expect(search([record]).outcome).toMatchObject({ state: "posted", adopted: true, providerId: "7" });
  });

  test("prefers the record with our mark over a namesake with equal content", () => {
    expect(search([{ ...record, providerId: "3", ours: false }, record]).outcome).toMatchObject({ state: "posted", providerId: "7" });
  });

  test("that finds it several times raises the alarm and posts nothing", () => {
    const { outcome, finding } = search([record, { ...record, providerId: "8" }]);
    expect(outcome.state).toBe("refused");
    expect(finding?.code).toBe("books_hold_several");
  });

  test("that finds other content under the number leaves it to a person", () => {
    const { outcome, finding } = search([{ ...record, sameContent: false, ours: false }]);
    expect(outcome.state).toBe("refused");
    expect(finding?.code).toBe("number_taken");
  });

  test("that finds nothing proves absence only when the request can no longer be running over there", () => {
    const early = search([], 149_000);
    expect(early.outcome.state).toBe("uncertain");
    expect(early.outcome.nextAt!.getTime()).toBeGreaterThan(now.getTime());
    expect(early.outcome.nextAt!.getTime()).toBeLessThanOrEqual(now.getTime() + 1_000);
    expect(search([], 150_000).outcome).toMatchObject({ state: "ready", nextAt: now });
  });
});

test("a lane rests as long as the books ask for, and a minute where they do not say", () => {
  expect(restMs(new Fault("upstream_busy", "slow down", { retryAfterMs: "7000" }), 5)).toBe(7_000);
  expect(restMs(new Fault("upstream_busy", "slow down"), 5)).toBe(60_000);
  expect(restMs(new Fault("upstream_silent", "no answer"), 5)).toBe(5);
});
