import { expect, test } from "vitest";
import type { LedgerDocument } from "../../src/core/document.ts";
import { documentOf, everyKind, newKey, posted, type Bench } from "./world.ts";

/** Looking records up by natural number, and telling ours from namesakes. */
export function findCases(bench: () => Promise<Bench>): void {
  test("every kind is found by its number, and what was never posted is missing", async () => {
    const books = await bench();
    const items = everyKind.map((kind) => ({ key: newKey(), postable: documentOf(books, kind) }));
    const results = await books.connector.post(items, books.lookup);
    const absent = everyKind.map((kind) => ({ key: newKey(), postable: documentOf(books, kind) }));
    const found = await books.connector.find([...items, ...absent], books.lookup);
    expect(new Set(found.keys())).toEqual(new Set(items.map(({ key }) => key)));
    for (const result of results) {
      expect(found.get(result.key)).toEqual([posted(result)]);
    }
  });

  test("a hundred at once are told apart", async () => {
    const books = await bench();
    const items = Array.from({ length: 100 }, () => ({ key: newKey(), postable: documentOf(books, "bill") }));
    const size = books.connector.capabilities.batchItemsMax;
    for (let start = 0; start < items.length; start += size) {
      for (const result of await books.connector.post(items.slice(start, start + size), books.lookup)) posted(result);
    }
    const found = await books.connector.find(items, books.lookup);
    expect(
      items.filter(({ key }) => found.get(key)?.length === 1 && found.get(key)?.[0]?.sameContent && found.get(key)?.[0]?.ours),
    ).toHaveLength(100);
  });

  const edits: [string, (document: LedgerDocument, books: Bench) => Partial<LedgerDocument>][] = [
    ["date", () => ({ date: "2026-11-17" })],
    [
      "amount",
      (document) => ({
        totalMinor: 180056n,
        lines: document.lines.map((line, index) => (index === 1 ? line : { ...line, amountMinor: line.amountMinor + 1n })),
      }),
    ],
    [
      "account",
      (document, books) => ({
        lines: document.lines.map((line, index) => (index === 0 ? { ...line, account: books.names.otherExpense } : line)),
      }),
    ],
  ];
  for (const [fact, edit] of edits) {
    test(`the same number with another ${fact} is found as other content`, async () => {
      const books = await bench();
      const key = newKey();
      const document = documentOf(books, "bill");
      posted(await books.postOne({ key, postable: document }));
      const found = await books.connector.find([{ key, postable: { ...document, ...edit(document, books) } }], books.lookup);
      expect(found.get(key)).toMatchObject([{ sameContent: false, ours: true, number: document.number }]);
    });
  }
}

/** Namesakes, and what people did to ours. */
export function strangerCases(bench: () => Promise<Bench>): void {
  test("a stranger's document with our number is not ours", async () => {
    const books = await bench();
    const document = documentOf(books, "invoice");
    posted(await books.postOne({ key: newKey(), postable: document }));
    const key = newKey();
    const found = await books.connector.find([{ key, postable: document }], books.lookup);
    expect(found.get(key)).toMatchObject([{ sameContent: true, ours: false }]);
  });

  test("an edit by a person shows as other content and a new version", async () => {
    const books = await bench();
    const item = { key: newKey(), postable: documentOf(books, "bill") };
    const record = posted(await books.postOne(item));
    await books.person.edit("bill", record.providerId);
    const [found] = (await books.connector.find([item], books.lookup)).get(item.key) ?? [];
    expect(found).toMatchObject({ providerId: record.providerId, sameContent: false, ours: true });
    expect(found?.version).not.toBe(record.version);
  });

  test("what a person removed is not found", async () => {
    const books = await bench();
    const item = { key: newKey(), postable: documentOf(books, "journal_entry") };
    await books.person.remove("journal_entry", posted(await books.postOne(item)).providerId);
    expect(await books.connector.find([item], books.lookup)).toEqual(new Map());
  });

  test("numbers with quotes, backslashes and blanks are found", async () => {
    const books = await bench();
    const items = ["O'NEIL-1", 'A"B\\C', "50% + 1 & #2", "\\'"].map((number) => ({
      key: newKey(),
      postable: documentOf(books, "bill", { number }),
    }));
    const results = await books.connector.post(items, books.lookup);
    const found = await books.connector.find(items, books.lookup);
    for (const result of results) expect(found.get(result.key)).toEqual([posted(result)]);
  });
}
