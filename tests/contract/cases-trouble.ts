import { describe, expect, test } from "vitest";
import { documentOf, newKey, outcome, posted, type Bench, type Trouble } from "./world.ts";

/** Answers that never came, or cannot be read. */
export function silenceCases(bench: () => Promise<Bench>): void {
  describe("an answer that never came leaves the outcome open", () => {
    const cases: [Trouble, boolean][] = [
      ["commit_then_cut", true],
      ["truncate", true],
      ["html", true],
      ["status_after_commit", true],
      ["cut", false],
    ];
    for (const [trouble, committed] of cases) {
      test(`${trouble}, one document: ${committed ? "found" : "not found"} afterwards, then posted once`, async () => {
        const books = await bench();
        const item = { key: newKey(), postable: documentOf(books, "bill") };
        await books.trouble(trouble);
        expect(outcome(await books.postOne(item))).toBe("upstream_silent");
        const found = (await books.connector.find([item], books.lookup)).get(item.key);
        if (committed) expect(found).toMatchObject([{ sameContent: true, ours: true }]);
        else expect(found).toBeUndefined();
        // The same key again: the first record, or the first one now.
        const record = posted(await books.postOne(item));
        if (found) expect(record.providerId).toBe(found[0]?.providerId);
        expect(await books.created(item.postable.number)).toHaveLength(1);
      });

      test(`${trouble}, a batch: every item of the request is open`, async () => {
        const books = await bench();
        const items = [1, 2, 3].map(() => ({ key: newKey(), postable: documentOf(books, "expense") }));
        await books.trouble(trouble);
        const outcomes = (await books.connector.post(items, books.lookup)).map(outcome).sort();
        const isOne = books.connector.features.batchIsOneRequest !== false;
        expect(outcomes).toEqual(isOne ? items.map(() => "upstream_silent") : ["posted", "posted", "upstream_silent"]);
        expect((await books.connector.find(items, books.lookup)).size).toBe(committed ? 3 : isOne ? 0 : 2);
        for (const result of await books.connector.post(items, books.lookup)) posted(result);
        for (const { postable } of items) expect(await books.created(postable.number)).toHaveLength(1);
      });
    }
  });
}

/** Pauses, sign-in and numbers. */
export function waitCases(bench: () => Promise<Bench>): void {
  test("being too fast is told with a pause, and changes nothing", async () => {
    const books = await bench();
    const item = { key: newKey(), postable: documentOf(books, "bill") };
    await books.trouble("throttle");
    const result = await books.postOne(item);
    expect(result).toMatchObject({ fault: { code: "upstream_busy", remedy: "retry" } });
    expect("retryAfterMs" in result && result.retryAfterMs).toBeGreaterThan(0);
    expect(await books.created(item.postable.number)).toHaveLength(0);
    posted(await books.postOne(item));
  });

  test("an expired token is renewed once, and the document posted once", async () => {
    const books = await bench();
    await books.expireToken();
    const before = books.renewals();
    const item = { key: newKey(), postable: documentOf(books, "bill") };
    posted(await books.postOne(item));
    expect(books.renewals()).toBe(before + 1);
    expect(await books.created(item.postable.number)).toHaveLength(1);
  });

  test("a number that is taken is told as such, and the holder is found", async () => {
    const books = await bench();
    const first = posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill", { number: "DUP-1" }) }));
    const item = { key: newKey(), postable: documentOf(books, "bill", { number: "DUP-1" }) };
    expect(outcome(await books.postOne(item))).toBe("number_taken");
    expect((await books.connector.find([item], books.lookup)).get(item.key)).toMatchObject([{ providerId: first.providerId, ours: false }]);
  });
}

/** Refusals that a person must settle in the books. */
export function refusalCases(bench: () => Promise<Bench>): void {
  test("a closed period is told as such, alone and in a batch, and posts after it was reopened", async () => {
    const books = await bench();
    await books.closeBooks("2026-10-31");
    const closed = () => ({ key: newKey(), postable: documentOf(books, "bill", { date: "2026-10-31" }) });
    const open = { key: newKey(), postable: documentOf(books, "bill", { date: "2026-11-01" }) };
    const alone = closed();
    expect(outcome(await books.postOne(alone))).toBe("period_closed");
    const batch = [closed(), closed()];
    expect((await books.connector.post([...batch, open], books.lookup)).map(outcome).sort()).toEqual([
      "period_closed",
      "period_closed",
      "posted",
    ]);
    expect((await books.connector.post(batch, books.lookup)).map(outcome)).toEqual(["period_closed", "period_closed"]);
    const told = books.connector.features.tellsClosedDay === false ? null : "2026-10-31";
    expect((await books.connector.reference()).preferences.closedThrough).toBe(told);

    await books.closeBooks("2026-09-30");
    expect(outcome(await books.postOne(alone))).toBe("posted");
    expect((await books.connector.post(batch, books.lookup)).map(outcome)).toEqual(["posted", "posted"]);
  });

  test("what the company does not have, or no longer uses, is told as such", async () => {
    const books = await bench();
    const item = { key: newKey(), postable: documentOf(books, "bill") };
    const without = (kind: string) => (asked: Parameters<Bench["lookup"]>[0], name: string) =>
      asked === kind ? undefined : books.lookup(asked, name);
    expect((await books.connector.post([item], without("account"))).map(outcome)).toEqual(["reference_unknown"]);
    const stale = (asked: Parameters<Bench["lookup"]>[0], name: string) => (asked === "class" ? "999999" : books.lookup(asked, name));
    expect((await books.connector.post([item], stale)).map(outcome)).toEqual(["reference_unknown"]);
    await books.person.deactivate("vendor", books.lookup("vendor", books.vendor.id)!);
    expect(outcome(await books.postOne(item))).toBe("reference_unknown");
    expect(await books.created(item.postable.number)).toHaveLength(0);
  });
}
