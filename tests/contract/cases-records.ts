import { describe, expect, test } from "vitest";
import type { PostItem } from "../../src/connectors/accounting/connector.ts";
import type { LedgerDocument } from "../../src/core/document.ts";
import { parseMoney } from "../../src/core/money.ts";
import { type CommonKind, documentOf, everyKind, newKey, outcome, posted, type Bench } from "./world.ts";

/** Posts one document and gives what later calls need of it. */
export async function postedTarget(books: Bench, kind: CommonKind) {
  const item: PostItem = { key: newKey(), postable: documentOf(books, kind) };
  const { providerId, version } = posted(await books.postOne(item));
  return { item, document: documentOf(books, kind), target: { kind, providerId, version } };
}

/** Single records as they stand in the books. */
export function readCases(bench: () => Promise<Bench>): void {
  test("every kind is read back whole, amounts exact", async () => {
    const books = await bench();
    for (const kind of everyKind) {
      const { item, target } = await postedTarget(books, kind);
      const record = await books.connector.read(books.entityOf(kind), target.providerId);
      expect(record).toMatchObject({
        entity: books.entityOf(kind),
        providerId: target.providerId,
        version: target.version,
        state: "active",
      });
      expect(record).toMatchObject({ number: "number" in item.postable ? item.postable.number : "", date: "2026-11-18", currency: "USD" });
      if (kind === "bill" || kind === "invoice") expect(record).toMatchObject({ totalMinor: 180055n, openMinor: 180055n, links: [] });
    }
  });

  test("what was deleted, or never was, is null", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "bill");
    await books.person.remove("bill", target.providerId);
    expect(await books.connector.read(books.entityOf("bill"), target.providerId)).toBeNull();
    expect(await books.connector.read(books.entityOf("bill"), "999999999")).toBeNull();
  });

  test("deleted, hidden and voided are three different things", async () => {
    const books = await bench();
    const customer = books.lookup("customer", books.customer.id)!;
    const { target } = await postedTarget(books, "invoice");
    const { how } = await books.connector.remove(target, { key: newKey() });
    const left = await books.connector.read(books.entityOf("invoice"), target.providerId);
    if (how === "void") expect(left).toMatchObject({ state: "voided", totalMinor: 0n });
    else expect(left).toBeNull();
    await books.person.deactivate("customer", customer);
    expect(await books.connector.read(books.entityOf("customer"), customer)).toMatchObject({ state: "inactive" });
  });
}

/** Changes in place. */
export function updateCases(bench: () => Promise<Bench>): void {
  for (const kind of everyKind) {
    test(`a ${kind} becomes what the item says, lines and dimensions too`, async () => {
      const books = await bench();
      const { target } = await postedTarget(books, kind);
      const whole = documentOf(books, kind, { date: "2026-11-19" });
      if (books.connector.features.updates?.includes(kind) === false) {
        const before = (await books.requests()).length;
        expect(outcome(await books.connector.update({ key: newKey(), postable: whole }, target, books.lookup))).toBe("books_refused");
        expect((await books.requests()).length).toBe(before);
        return;
      }
      const lines = whole.lines.filter((_, index) => index !== 1).map((line) => ({ ...line, amountMinor: 170010n }));
      const item = { key: newKey(), postable: { ...whole, lines, totalMinor: 170010n } };
      const changed = posted(await books.connector.update(item, target, books.lookup));
      expect(changed).toMatchObject({
        providerId: target.providerId,
        sameContent: true,
        ours: true,
        totalMinor: 170010n,
        date: "2026-11-19",
      });
      expect(changed.version).not.toBe(target.version);
      // What is left of it in the ledger: one leg a side, the class where it was put.
      const entries = (await books.ledger()).filter(({ id, entity }) => id === target.providerId && entity === books.entityOf(kind));
      const net = new Map<string, bigint>();
      for (const { account, debit, credit } of entries.flatMap((entry) => entry.lines)) {
        net.set(account, (net.get(account) ?? 0n) + parseMoney(debit, "USD").minor - parseMoney(credit, "USD").minor);
      }
      expect([...net.values()].filter((amount) => amount !== 0n).sort()).toEqual([-170010n, 170010n]);
      expect(entries.at(-1)?.lines.some(({ dimensions }) => dimensions["class"] === books.names.class)).toBe(true);
    });
  }
}

/** Changes that must not happen, or only once. */
export function staleCases(bench: () => Promise<Bench>): void {
  test("what somebody changed meanwhile is not overwritten", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "bill");
    await books.person.edit("bill", target.providerId);
    const item = { key: newKey(), postable: documentOf(books, "bill") };
    expect(outcome(await books.connector.update(item, target, books.lookup))).toBe("record_stale");
    expect(await books.connector.read(books.entityOf("bill"), target.providerId)).toMatchObject({
      date: "2026-11-10",
      totalMinor: 180055n,
    });
  });

  test("what was deleted meanwhile is not made anew", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "bill");
    await books.person.remove("bill", target.providerId);
    const item = { key: newKey(), postable: documentOf(books, "bill") };
    expect(outcome(await books.connector.update(item, target, books.lookup))).toBe("record_stale");
    expect(await books.created(item.postable.number)).toHaveLength(0);
  });

  test("the same change twice is one change", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "bill");
    const item = { key: newKey(), postable: documentOf(books, "bill", { date: "2026-11-19" }) };
    const first = posted(await books.connector.update(item, target, books.lookup));
    expect(posted(await books.connector.update(item, target, books.lookup))).toEqual(first);
    expect((await books.connector.read(books.entityOf("bill"), target.providerId))?.version).toBe(first.version);
  });

  test("a closed period is told, and nothing changes; a kind does not become another", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "bill");
    await books.closeBooks("2026-11-30");
    const item = { key: newKey(), postable: documentOf(books, "bill", { date: "2026-12-01" }) };
    expect(outcome(await books.connector.update(item, target, books.lookup))).toBe("period_closed");
    const other = { key: newKey(), postable: documentOf(books, "invoice") };
    expect(outcome(await books.connector.update(other, target, books.lookup))).toBe("request_invalid");
  });

  test("a party gets another name", async () => {
    const books = await bench();
    const providerId = books.lookup("vendor", books.vendor.id)!;
    const record = await books.connector.read(books.entityOf("vendor"), providerId);
    const item = { key: newKey(), postable: { kind: "vendor", id: books.vendor.id, name: "Acme Carriers Two", currency: "USD" } } as const;
    const target = { kind: "vendor", providerId, version: record!.version } as const;
    expect(posted(await books.connector.update(item, target, books.lookup))).toMatchObject({ providerId, sameContent: true, ours: true });
  });
}

/** Taking records out again. */
export function removeCases(bench: () => Promise<Bench>): void {
  describe("by the way that each kind has", () => {
    for (const kind of everyKind) {
      test(kind, async () => {
        const books = await bench();
        const { target } = await postedTarget(books, kind);
        const before = await books.balances();
        const ways = books.connector.features.removal[kind];
        expect(ways.length).toBeGreaterThan(0);
        const removed = await books.connector.remove(target, { key: newKey() });
        expect(removed.how).toBe(ways[0]);
        const record = await books.connector.read(books.entityOf(kind), target.providerId);
        expect(record?.state ?? "gone").toBe(removed.how === "void" ? "voided" : "gone");
        expect(removed.version).toBe(record?.version ?? null);
        // The ledger is where it was before the document.
        const after = await books.balances();
        expect([...after.values()].reduce((sum, balance) => sum + (balance < 0n ? -balance : balance), 0n)).toBeLessThan(
          [...before.values()].reduce((sum, balance) => sum + (balance < 0n ? -balance : balance), 0n),
        );
      });
    }
  });

  test("every other way that is promised works too, and what is not promised is refused unsent", async () => {
    const books = await bench();
    for (const kind of everyKind) {
      const { target } = await postedTarget(books, kind);
      const ways = books.connector.features.removal[kind];
      const before = (await books.requests()).length;
      for (const how of (["void", "delete", "deactivate"] as const).filter((each) => !ways.includes(each))) {
        await expect(books.connector.remove(target, { key: newKey(), how })).rejects.toMatchObject({ code: "books_refused" });
      }
      expect((await books.requests()).length).toBe(before);
      expect((await books.connector.remove(target, { key: newKey(), how: ways.at(-1)! })).how).toBe(ways.at(-1));
    }
  });
}

/** Removals that must not happen, or only once. */
export function goneCases(bench: () => Promise<Bench>): void {
  test("a party is hidden, never deleted", async () => {
    const books = await bench();
    const item = { key: newKey(), postable: { kind: "vendor", id: "V-9", name: "Short Lived LLC", currency: "USD" } } as const;
    const { providerId, version } = posted(await books.postOne(item));
    expect((await books.connector.remove({ kind: "vendor", providerId, version }, { key: newKey() })).how).toBe("deactivate");
    expect(await books.connector.read(books.entityOf("vendor"), providerId)).toMatchObject({ state: "inactive" });
  });

  test("what somebody changed or removed meanwhile stays as they left it", async () => {
    const books = await bench();
    const edited = await postedTarget(books, "bill");
    await books.person.edit("bill", edited.target.providerId);
    await expect(books.connector.remove(edited.target, { key: newKey() })).rejects.toMatchObject({ code: "record_stale" });
    expect(await books.connector.read(books.entityOf("bill"), edited.target.providerId)).not.toBeNull();
    const gone = await postedTarget(books, "bill");
    await books.person.remove("bill", gone.target.providerId);
    await expect(books.connector.remove(gone.target, { key: newKey() })).rejects.toMatchObject({ code: "record_stale" });
  });

  test("the same removal twice is one, and its echo is known", async () => {
    const books = await bench();
    const start = (await books.connector.changesSince(null)).cursor;
    const { target } = await postedTarget(books, "journal_entry");
    const key = newKey();
    const first = await books.connector.remove(target, { key });
    expect(await books.connector.remove(target, { key })).toEqual(first);
    const { changes } = await books.connector.changesSince(start);
    const entry = books.entityOf("journal_entry");
    expect(changes.find(({ entity, providerId }) => entity === entry && providerId === target.providerId)).toMatchObject({
      operation: "deleted",
    });
  });
}

/** Answers that never came. */
export function lostCases(bench: () => Promise<Bench>): void {
  test("a change whose answer was lost is found by its own mark, and sent again it stays one change", async () => {
    const books = await bench();
    const { item: first, target } = await postedTarget(books, "bill");
    const item = { key: newKey(), postable: { ...(first.postable as LedgerDocument), date: "2026-11-19" } };
    await books.trouble("commit_then_cut", "update");
    expect(outcome(await books.connector.update(item, target, books.lookup))).toBe("upstream_silent");
    const [found] = (await books.connector.find([item], books.lookup)).get(item.key) ?? [];
    expect(found).toMatchObject({ providerId: target.providerId, ours: true, sameContent: true, date: "2026-11-19" });
    expect(posted(await books.connector.update(item, target, books.lookup)).version).toBe(found!.version);
  });

  test("a removal whose answer was lost can be seen, and sent again it stays one", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "bill");
    const key = newKey();
    await books.trouble("commit_then_cut", "delete");
    await expect(books.connector.remove(target, { key, how: "delete" })).rejects.toMatchObject({ code: "upstream_silent" });
    expect(await books.connector.read(books.entityOf("bill"), target.providerId)).toBeNull();
    expect((await books.connector.remove(target, { key, how: "delete" })).version).toBeNull();
  });
}
