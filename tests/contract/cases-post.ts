import { expect, test } from "vitest";
import { formatMinor, parseMoney } from "../../src/core/money.ts";
import { type CommonKind, documentOf, everyKind, newKey, outcome, posted, shapes, type Bench } from "./world.ts";

/** Each kind of document, read back from the emulator's own ledger. */
export function postCases(bench: () => Promise<Bench>): void {
  for (const kind of everyKind) {
    test(`a ${kind.replace("_", " ")} stands in the ledger with every leg`, async () => {
      const books = await bench();
      const document = documentOf(books, kind);
      const record = posted(await books.postOne({ key: newKey(), postable: document }));
      expect(record).toMatchObject({
        number: document.number,
        date: document.date,
        currency: "USD",
        totalMinor: 180055n,
        sameContent: true,
        ours: true,
        active: true,
      });

      const [entry, ...others] = await books.created(document.number);
      expect(others).toEqual([]);
      expect(entry).toMatchObject({ id: record.providerId, date: document.date });
      expectLegs(entry!.lines, books, kind);
      if (books.connector.features.linksToRecords === false) return;
      const page = await fetch(books.connector.openUrl(kind, record.providerId));
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(document.number)]);
    });
  }
}

/** Batches, and the same key sent twice. */
export function batchCases(bench: () => Promise<Bench>): void {
  test("a batch with one refused item posts all others, once each", async () => {
    const books = await bench();
    const documents = Array.from({ length: 12 }, (_, index) => documentOf(books, everyKind[index % everyKind.length]!));
    await books.person.deactivate("customer", books.lookup("customer", books.customer.id)!);
    const items = documents.map((document) => ({ key: newKey(), postable: document }));
    const results = new Map((await books.connector.post(items, books.lookup)).map((result) => [result.key, result]));
    for (const { key, postable } of items) {
      const refused = shapes[postable.kind as CommonKind].party === "customer";
      expect([postable.kind, outcome(results.get(key))]).toEqual([postable.kind, refused ? "reference_unknown" : "posted"]);
      expect(await books.created(postable.number)).toHaveLength(refused ? 0 : 1);
    }
    expect(results.size).toBe(12);
  });

  test("a whole batch of the size it promises is posted", async () => {
    const books = await bench();
    const items = Array.from({ length: books.connector.capabilities.batchItemsMax }, () => ({
      key: newKey(),
      postable: documentOf(books, "bill"),
    }));
    const results = await books.connector.post(items, books.lookup);
    expect(new Set(results.map((result) => posted(result).providerId)).size).toBe(items.length);
    const bills = (await books.ledger()).filter(({ entity, operation }) => entity === books.entityOf("bill") && operation === "create");
    expect(bills).toHaveLength(items.length);
  });

  test("the same key twice is one record, alone and in a batch", async () => {
    const books = await bench();
    const alone = { key: newKey(), postable: documentOf(books, "journal_entry") };
    const first = posted(await books.postOne(alone));
    expect(posted(await books.postOne(alone))).toEqual(first);
    expect(await books.created(alone.postable.number)).toHaveLength(1);

    const batch = [1, 2, 3].map(() => ({ key: newKey(), postable: documentOf(books, "expense") }));
    const ids = async () =>
      new Map((await books.connector.post(batch, books.lookup)).map((result) => [result.key, posted(result).providerId]));
    expect(await ids()).toEqual(await ids());
    for (const { postable } of batch) expect(await books.created(postable.number)).toHaveLength(1);
  });
}

/** What posting costs. */
export function costCases(bench: () => Promise<Bench>): void {
  test("documents of all kinds in one batch cost one request", async () => {
    const books = await bench();
    const items = Array.from({ length: books.connector.capabilities.batchItemsMax }, (_, index) => ({
      key: newKey(),
      postable: documentOf(books, everyKind[index % everyKind.length]!),
    }));
    const before = (await books.requests()).length;
    const counted = books.connector.usage();
    expect((await books.connector.post(items, books.lookup)).map(outcome)).toEqual(items.map(() => "posted"));
    const sent = (await books.requests()).slice(before);
    const after = books.connector.usage();
    if (books.connector.features.batchIsOneRequest === false) {
      // One write for each; looking before and reading back cost some questions for all of them together.
      expect(after.writes - counted.writes).toBe(items.length);
      expect(sent.length - items.length).toBeLessThan(10);
      return;
    }
    const { readsBackWrites } = books.connector.features;
    const requests = readsBackWrites === "next_request" ? 2 : 1;
    expect(sent).toHaveLength(requests);
    expect(after).toEqual({
      requests: counted.requests + requests,
      batches: counted.batches + 1,
      // Each item of a batch is metered by itself; what is read back, by kind.
      writes: counted.writes + items.length,
      meteredReads: counted.meteredReads + (readsBackWrites === undefined ? 0 : everyKind.length),
    });
  });
}

/** Terms, quantities and large amounts. */
export function detailCases(bench: () => Promise<Bench>): void {
  test("a bill keeps terms and due date, an invoice quantity and price", async () => {
    const books = await bench();
    const bill = documentOf(books, "bill", { terms: books.names.term, dueDate: "2026-12-24" });
    expect(outcome(await books.postOne({ key: newKey(), postable: bill }))).toBe("posted");
    const invoice = documentOf(books, "invoice", { terms: books.names.term });
    const lines = invoice.lines.map((line) => (line.amountMinor === 170010n ? { ...line, quantity: "1000.05", unitPrice: "1.70" } : line));
    // 1,000.05 × 1.70 is 1,700.085: told as an amount alone. The next one is exact.
    expect(outcome(await books.postOne({ key: newKey(), postable: { ...invoice, lines } }))).toBe("posted");
    const exact = documentOf(books, "invoice");
    const exactLines = exact.lines.map((line) => (line.amountMinor === 170010n ? { ...line, quantity: "10", unitPrice: "170.01" } : line));
    expect(outcome(await books.postOne({ key: newKey(), postable: { ...exact, lines: exactLines } }))).toBe("posted");
  });

  test("the largest amounts are kept to the cent", async () => {
    const books = await bench();
    const amountMinor = 12345678901299n;
    const entry = documentOf(books, "journal_entry", { totalMinor: amountMinor });
    const lines = entry.lines.filter((_, index) => index !== 1).map((line) => ({ ...line, amountMinor }));
    const record = posted(await books.postOne({ key: newKey(), postable: { ...entry, lines } }));
    expect(record).toMatchObject({ totalMinor: amountMinor, sameContent: true });
    expect((await books.created(entry.number))[0]?.lines.map(({ debit, credit }) => [debit, credit])).toEqual([
      ["123456789012.99", "0.00"],
      ["0.00", "123456789012.99"],
    ]);
  });
}

function sumOf(lines: readonly { readonly debit: string; readonly credit: string }[], side: "debit" | "credit"): string {
  return formatMinor(
    lines.reduce((sum, line) => sum + parseMoney(line[side], "USD").minor, 0n),
    "USD",
  );
}

/** Every leg on its account and side, the party on the balancing leg, class and location where they were put. */
function expectLegs(lines: Awaited<ReturnType<Bench["created"]>>[number]["lines"], books: Bench, kind: CommonKind): void {
  const { names } = books;
  const shape = shapes[kind];
  const amount = (side: "debit" | "credit", value: string) =>
    side === "debit" ? { debit: value, credit: "0.00" } : { debit: "0.00", credit: value };
  const opposite = shape.side === "debit" ? "credit" : "debit";
  // Some books keep the other side a line at a time: what counts is what stands on each account.
  const sideOf = (line: (typeof lines)[number]): string => (line.debit === "0.00" ? "credit" : "debit");
  const groups = Map.groupBy(
    lines,
    (line) => `${line.account} ${line.account === names[shape.balance] ? sideOf(line) : line.debit + line.credit}`,
  );
  const legs = [...groups.values()].map((group) => ({
    account: group[0]!.account,
    debit: sumOf(group, "debit"),
    credit: sumOf(group, "credit"),
  }));
  expect(legs).toHaveLength(3);
  expect(legs).toEqual(
    expect.arrayContaining([
      { account: names[shape.detail], ...amount(shape.side, "1700.10") },
      { account: shape.detail === "income" ? names.income : names.otherExpense, ...amount(shape.side, "100.45") },
      { account: names[shape.balance], ...amount(opposite, "1800.55") },
    ]),
  );
  const balance = lines.find(({ account }) => account === names[shape.balance]);
  // A card's statement knows no vendor: its lines do.
  expect(balance?.party?.id ?? lines[0]?.dimensions[shape.party]).toBe(books.lookup(shape.party, books[shape.party].id));
  const first = lines.find(
    ({ account, debit, credit }) => account === names[shape.detail] && (debit === "1700.10" || credit === "1700.10"),
  );
  expect(first?.dimensions["class"]).toBe(names.class);
  if (kind !== "journal_entry") expect(first?.dimensions["department"]).toBe(names.department);
}
