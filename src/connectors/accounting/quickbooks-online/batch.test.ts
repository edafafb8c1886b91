import { describe, expect, test } from "vitest";
import { codes, fault, item, lookup, saved, scripted, token } from "../../../../tests/contract/scripted-quickbooks.ts";
import type { Seen } from "../../../../tests/contract/scripted-server.ts";
import { quickBooksOnline } from "./connector.ts";

interface Request {
  BatchItemRequest: { bId: string; operation: string; JournalEntry?: { DocNumber: string } }[];
}

function batchIn(seen: Seen): Request["BatchItemRequest"] {
  return (JSON.parse(seen.body) as Request).BatchItemRequest;
}

describe("a batch", () => {
  test("is matched by id, in whatever order it is answered", async () => {
    const { settings, seen } = await scripted((request) => {
      const answers = batchIn(request).map((each) =>
        each.JournalEntry?.DocNumber === "N-b"
          ? { bId: each.bId, ...fault("6210") }
          : { bId: each.bId, ...saved(each, `id-${each.JournalEntry?.DocNumber}`) },
      );
      return { body: { BatchItemResponse: answers.reverse(), time: "t" } };
    });
    const results = await quickBooksOnline.connect(settings, token).post([item("a"), item("b"), item("c")], lookup);
    expect(codes(results)).toEqual({ a: "posted", b: "period_closed", c: "posted" });
    expect(results.find(({ key }) => key === "c")).toMatchObject({ posted: { providerId: "id-N-c", number: "N-c" } });
    expect(seen).toHaveLength(1);
  });

  test("leaves an item open that is missing, comes twice, or has neither record nor fault", async () => {
    const { settings } = await scripted((request) => {
      const [, b, c, d] = batchIn(request).map((each) => ({ bId: each.bId, ...saved(each, "9") }));
      return { body: { BatchItemResponse: [b, b, { bId: c!.bId }, d, { bId: "other", ...fault("2010") }] } };
    });
    const results = await quickBooksOnline.connect(settings, token).post(["a", "b", "c", "d"].map(item), lookup);
    expect(codes(results)).toEqual({ a: "upstream_silent", b: "upstream_silent", c: "upstream_silent", d: "posted" });
  });

  test("is byte for byte the same when the same items are sent again, and within their limits", async () => {
    const { settings, seen } = await scripted(() => ({ status: 504, body: "" }));
    const items = Array.from({ length: 25 }, (_, index) => item(`0123456789abcdef0123456789abcdef-${index}`));
    expect(codes(await quickBooksOnline.connect(settings, token).post(items, lookup))).toEqual(
      Object.fromEntries(items.map(({ key }) => [key, "upstream_silent"])),
    );
    await quickBooksOnline.connect(settings, token).post(items.toReversed(), lookup);
    expect(seen[0]!.query.get("requestid")).toBe(seen[1]!.query.get("requestid"));
    expect(seen[0]!.body).toBe(seen[1]!.body);
    expect(seen[0]!.query.get("requestid")).toMatch(/^[0-9a-f]{36}$/);
    const ids = batchIn(seen[0]!).map(({ bId }) => bId);
    expect(new Set(ids).size).toBe(25);
    for (const id of ids) expect(id).toMatch(/^[0-9a-z]{1,10}$/);
  });

  test("that was refused whole goes item by item, so that one bad item stops no other", async () => {
    const { settings, seen } = await scripted((request) => {
      if (request.path.endsWith("/batch")) return { status: 400, body: fault("2010") };
      return request.body.includes("N-bad")
        ? { status: 400, body: fault("2010") }
        : { body: saved({ JournalEntry: JSON.parse(request.body) as object }, "7") };
    });
    const results = await quickBooksOnline.connect(settings, token).post([item("a"), item("bad"), item("c")], lookup);
    expect(codes(results)).toEqual({ a: "posted", bad: "books_refused", c: "posted" });
    expect(seen).toHaveLength(4);
  });

  test("one throttled item waits alone", async () => {
    const { settings } = await scripted((request) => {
      const [a, b] = batchIn(request);
      return {
        body: {
          BatchItemResponse: [
            { bId: a!.bId, ...saved(a!, "1") },
            { bId: b!.bId, ...fault("3001") },
          ],
        },
      };
    });
    const results = await quickBooksOnline.connect(settings, token).post([item("a"), item("b")], lookup);
    expect(codes(results)).toEqual({ a: "posted", b: "upstream_busy" });
    expect(results.find(({ key }) => key === "b")).toMatchObject({ retryAfterMs: 60_000 });
  });

  test("gets a new id only when all of it was refused", async () => {
    let refuseAll = false;
    const { settings, seen } = await scripted((request) => ({
      body: {
        BatchItemResponse: batchIn(request).map((each) =>
          refuseAll || each.JournalEntry?.DocNumber === "N-b"
            ? { bId: each.bId, ...fault("6210") }
            : { bId: each.bId, ...saved(each, "1") },
        ),
      },
    }));
    const connector = quickBooksOnline.connect(settings, token);
    await connector.post([item("a"), item("b")], lookup);
    refuseAll = true;
    await connector.post([item("a"), item("b")], lookup);
    await connector.post([item("a"), item("b")], lookup);
    const ids = seen.map(({ query }) => query.get("requestid"));
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(ids[2]).toHaveLength(36);
  });
});
