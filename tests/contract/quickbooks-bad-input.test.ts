import { describe, expect, test } from "vitest";
import type { LedgerDocument } from "../../src/core/document.ts";
import type { PostItem } from "../../src/connectors/accounting/connector.ts";
import { quickBooksOnline } from "../../src/connectors/accounting/quickbooks-online/connector.ts";
import { codes, fault, item, lookup, saved, scripted, token } from "./scripted-quickbooks.ts";
import type { ScriptedAnswer, Seen } from "./scripted-server.ts";

/* Input and answers that are legal, odd or hostile. Each ends in a record or in a clear finding, never in a crash. */

async function posting(items: readonly PostItem[], answer: (seen: Seen) => ScriptedAnswer) {
  const { settings, seen } = await scripted(answer);
  const results = await quickBooksOnline.connect(settings, token).post(items, lookup);
  return { results, seen, message: results.map((result) => ("fault" in result ? result.fault.message : "")).join() };
}

const saves = ({ body }: Seen): ScriptedAnswer => ({ body: saved({ JournalEntry: JSON.parse(body) as object }, "1") });

function changed(change: Partial<LedgerDocument>): PostItem {
  const { postable } = item("k1");
  return { key: "k1", postable: { ...(postable as LedgerDocument), ...change } };
}

describe("numbers", () => {
  test("21 characters are taken as they are, 22 are refused unsent rather than cut", async () => {
    const whole = await posting([changed({ number: "STL-2026-11-18-000077" })], saves);
    expect(whole.results).toMatchObject([{ posted: { number: "STL-2026-11-18-000077" } }]);
    const long = await posting([changed({ number: "STL-2026-11-18-0000778" })], saves);
    expect(long.message).toContain("22 characters");
    expect(long.seen).toHaveLength(0);
  });
});

describe("texts", () => {
  test("emoji, quotes, backslashes and control characters", async () => {
    const { seen, results } = await posting([changed({ memo: 'Fuel ⛽🚚 "Señor" \\ O\'Neil \u0000\u001b[31m' })], saves);
    expect(results).toMatchObject([{ posted: { sameContent: true, ours: true } }]);
    const { PrivateNote } = JSON.parse(seen[0]!.body) as { PrivateNote: string };
    expect(PrivateNote).toContain('"Señor" \\ O\'Neil');
    expect(PrivateNote).not.toMatch(/[\u{10000}-\u{10FFFF}\u0000\u001b]/u);
  });

  test("a memo without end is cut, our mark never", async () => {
    const { seen } = await posting([changed({ memo: "x".repeat(100_000) })], saves);
    const { PrivateNote } = JSON.parse(seen[0]!.body) as { PrivateNote: string };
    expect(PrivateNote.length).toBeLessThanOrEqual(4_000);
    expect(PrivateNote).toMatch(/\nledgerlane:k1$/);
  });
});

describe("lines", () => {
  const leg = {
    description: "",
    dimensions: {},
    because: { ruleSet: "r", version: 1, row: "a/1", fallback: "row", matched: {}, from: "/" },
  } as const;
  const party = { type: "vendor", id: "41", name: "Acme" } as const;
  const bill = changed({
    kind: "bill",
    party,
    totalMinor: 700n,
    lines: [
      { ...leg, role: "detail", account: "62", side: "debit", amountMinor: 1000n },
      { ...leg, role: "detail", account: "63", side: "credit", amountMinor: 300n },
      { ...leg, role: "detail", account: "64", side: "debit", amountMinor: 0n },
      { ...leg, role: "balance", account: "33", side: "credit", amountMinor: 700n },
    ],
  });

  test("a deduction is a negative line, a line of zero stays a line, and the total is kept", async () => {
    const { seen, results } = await posting([bill], ({ body }) => ({
      body: { Bill: { ...(JSON.parse(body) as object), TotalAmt: 7, Id: "1", SyncToken: "0" } },
    }));
    expect(results).toMatchObject([{ posted: { sameContent: true, totalMinor: 700n } }]);
    expect(seen[0]!.body).toContain('"Amount":-3.00');
    expect(seen[0]!.body).toContain('"Amount":0.00');
  });

  test("a company that takes no negative line says where to map the deduction", async () => {
    const { results, message } = await posting([bill], () => ({ status: 400, body: fault("2290", "Negative amount") }));
    expect(codes(results)).toEqual({ k1: "books_refused" });
    expect(message).toContain("vendor credit");
  });
});

test("more lines than a document may have are refused unsent", async () => {
  const { postable } = item("k1");
  const lines = Array.from({ length: 10_001 }, () => (postable as LedgerDocument).lines[0]!);
  const { message, seen } = await posting([changed({ lines })], saves);
  expect(message).toContain("10001 lines");
  expect(seen).toHaveLength(0);
});

describe("parties", () => {
  test("one that was merged away is no longer there: the link is to be mended", async () => {
    const { results } = await posting([item("k1")], () => ({
      status: 400,
      body: fault("2500", "Invalid Reference Id : Names element id 52 not found"),
    }));
    expect(codes(results)).toEqual({ k1: "reference_unknown" });
  });
});

describe("answers", () => {
  const padding = "x".repeat(10 * 1024 * 1024);

  test("of 10 MB are read", async () => {
    const { results } = await posting([item("k1")], ({ body }) => ({
      body: { ...saved({ JournalEntry: JSON.parse(body) as object }, "1"), Padding: padding },
    }));
    expect(codes(results)).toEqual({ k1: "posted" });
  });

  test("of 40 MB are not, and the outcome is open", async () => {
    const { results } = await posting([item("k1")], () => ({ body: `{"Padding":"${padding.repeat(4)}"}` }));
    expect(codes(results)).toEqual({ k1: "upstream_silent" });
  });

  test("of 10 MB of web page are told in one line", async () => {
    const { results, message } = await posting([item("k1")], () => ({ status: 502, body: `<html>${padding}</html>` }));
    expect(codes(results)).toEqual({ k1: "upstream_silent" });
    expect(message.length).toBeLessThan(300);
  });

  test("with a fault of 10 MB are told shortly", async () => {
    const { results, message } = await posting([item("k1")], () => ({ status: 400, body: fault("2050", padding) }));
    expect(codes(results)).toEqual({ k1: "books_refused" });
    expect(message.length).toBeLessThan(1_000);
  });

  const odd: [string, unknown][] = [
    ["empty", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["a list where a record should be", { JournalEntry: [] }],
    ["a fault without an error in it", { Fault: { type: "ValidationFault", Error: [] } }],
    ["a fault that is text", { Fault: "no" }],
    ["bytes that are no text", "\ufffd\ufffd\ufffd"],
    [
      "an amount that is none",
      { JournalEntry: { Id: "1", SyncToken: "0", Line: [{ Amount: "NaN", DetailType: "JournalEntryLineDetail" }] } },
    ],
  ];
  for (const [name, body] of odd) {
    test(`that are ${name} leave the outcome open or show other content`, async () => {
      const { results } = await posting([item("k1")], () => ({ body }));
      const [result] = results;
      expect("fault" in result! ? result.fault.code : result!.posted.sameContent).toBe(
        name === "an amount that is none" ? false : "upstream_silent",
      );
    });
  }
});
