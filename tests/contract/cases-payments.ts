import { describe, expect, test } from "vitest";
import type { BillPayment, CustomerPayment, Deposit, EntryKind, Movement, Transfer } from "../../src/connectors/accounting/connector.ts";
import { postedTarget } from "./cases-records.ts";
import { allChanges, newKey, outcome, posted, type Bench } from "./world.ts";

let numbers = 0;
const number = () => `P-${(++numbers).toString().padStart(5, "0")}`;
const head = () => ({ number: number(), date: "2026-11-20", currency: "USD", memo: "Paid" });

/** 1,800.55 for one invoice. */
function received(books: Bench, invoice: string, change: Partial<CustomerPayment> = {}): CustomerPayment {
  const applied = [{ kind: "invoice", providerId: invoice, amountMinor: 180055n }] as const;
  return { ...head(), kind: "customer_payment", customer: books.customer.id, totalMinor: 180055n, applied, ...change };
}

function paid(books: Bench, bill: string, change: Partial<BillPayment> = {}): BillPayment {
  const applied = [{ kind: "bill", providerId: bill, amountMinor: 180055n }] as const;
  return { ...head(), kind: "bill_payment", vendor: books.vendor.id, totalMinor: 180055n, paidFrom: books.names.bank, applied, ...change };
}

async function pay(books: Bench, movement: Movement, key = newKey()) {
  const [result] = await books.connector.payments.post([{ key, movement }], books.lookup);
  return result!;
}

async function openOf(books: Bench, kind: "invoice" | "bill" | "credit_memo" | "vendor_credit", id: string) {
  return (await books.connector.read(books.entityOf(kind), id))?.openMinor;
}

/** Payments and what they settle. */
export function settleCases(bench: () => Promise<Bench>): void {
  test("a customer's payment settles an invoice, and can be voided again", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "invoice");
    const record = posted(await pay(books, received(books, target.providerId)));
    expect(record).toMatchObject({ sameContent: true, ours: true, totalMinor: 180055n, active: true });
    expect(await openOf(books, "invoice", target.providerId)).toBe(0n);
    const removed = await books.connector.remove({ kind: "customer_payment", ...record }, { key: newKey() });
    expect(removed.how).toBe(books.connector.features.removal.customer_payment[0]);
    expect(await openOf(books, "invoice", target.providerId)).toBe(180055n);
  });

  test("a credit memo is used up without new money", async () => {
    const books = await bench();
    const invoice = (await postedTarget(books, "invoice")).target.providerId;
    const credit = (await postedTarget(books, "credit_memo")).target.providerId;
    const applied = [
      { kind: "invoice", providerId: invoice, amountMinor: 180055n },
      { kind: "credit_memo", providerId: credit, amountMinor: 180055n },
    ] as const;
    posted(await pay(books, received(books, invoice, { totalMinor: 0n, applied })));
    expect([await openOf(books, "invoice", invoice), await openOf(books, "credit_memo", credit)]).toEqual([0n, 0n]);
  });

  test("bills are paid by check and by card, less a vendor's credit", async () => {
    const books = await bench();
    for (const paidFrom of [books.names.bank, books.names.card]) {
      const bills = [(await postedTarget(books, "bill")).target.providerId, (await postedTarget(books, "bill")).target.providerId];
      const credit = (await postedTarget(books, "vendor_credit")).target.providerId;
      const applied = [
        ...bills.map((providerId) => ({ kind: "bill", providerId, amountMinor: 180055n }) as const),
        { kind: "vendor_credit", providerId: credit, amountMinor: 180055n } as const,
      ];
      const record = posted(await pay(books, paid(books, "", { paidFrom, applied })));
      expect(record).toMatchObject({ sameContent: true, totalMinor: 180055n });
      for (const bill of bills) expect(await openOf(books, "bill", bill)).toBe(0n);
      expect(await openOf(books, "vendor_credit", credit)).toBe(0n);
      const bill = await books.connector.read(books.entityOf("bill"), bills[0]!);
      expect(bill?.links.map(({ providerId }) => providerId)).toContain(record.providerId);
    }
  });

  test("part of an invoice leaves the rest open, and what is over stays a credit", async () => {
    const books = await bench();
    const invoice = (await postedTarget(books, "invoice")).target.providerId;
    const applied = [{ kind: "invoice", providerId: invoice, amountMinor: 100000n }] as const;
    const record = posted(await pay(books, received(books, invoice, { applied })));
    expect(await openOf(books, "invoice", invoice)).toBe(80055n);
    expect(await books.connector.read(books.entityOf("customer_payment"), record.providerId)).toMatchObject({ openMinor: 80055n });
  });
}

/** What others see of a payment. */
export function shownCases(bench: () => Promise<Bench>): void {
  test("a payment and what it settled show as changes; it can be opened in the books", async () => {
    const books = await bench();
    const invoice = (await postedTarget(books, "invoice")).target;
    const start = (await books.connector.changesSince(null)).cursor;
    const record = posted(await pay(books, received(books, invoice.providerId)));
    const { changes } = await allChanges(books.connector, start);
    const seen = (kind: EntryKind, id: string) =>
      changes.find(({ entity, providerId }) => entity === books.connector.entityOf(kind) && providerId === id);
    expect(seen("customer_payment", record.providerId)).toMatchObject({ operation: "changed", version: record.version });
    // Settling changes the invoice too: it is no echo of our posting it.
    const settled = seen("invoice", invoice.providerId)!;
    expect(books.provider.notifications.isEcho(settled, invoice.version)).toBe(false);
    if (books.connector.features.linksToRecords === false) return;
    expect((await fetch(books.connector.openUrl("customer_payment", record.providerId))).status).toBe(200);
  });
}

/** What is settled already, or was sent already. */
export function onceCases(bench: () => Promise<Bench>): void {
  describe("is refused unsent", () => {
    test("when it was settled already", async () => {
      const books = await bench();
      const invoice = (await postedTarget(books, "invoice")).target.providerId;
      posted(await pay(books, received(books, invoice)));
      const second = received(books, invoice);
      expect(outcome(await pay(books, second))).toBe("books_refused");
      expect(await books.created(second.number)).toHaveLength(0);
    });
    test("when another payment of the same call settles it", async () => {
      const books = await bench();
      const invoice = (await postedTarget(books, "invoice")).target.providerId;
      const items = [1, 2].map(() => ({ key: newKey(), movement: received(books, invoice) }));
      expect((await books.connector.payments.post(items, books.lookup)).map(outcome).sort()).toEqual(["books_refused", "posted"]);
      expect(await openOf(books, "invoice", invoice)).toBe(0n);
    });
    test("when it is gone", async () => {
      const books = await bench();
      const bill = (await postedTarget(books, "bill")).target.providerId;
      await books.person.remove("bill", bill);
      expect(outcome(await pay(books, paid(books, bill)))).toBe("reference_unknown");
    });
  });

  test("the same key twice is one payment, also after an answer that never came", async () => {
    const books = await bench();
    const bill = (await postedTarget(books, "bill")).target.providerId;
    const item = { key: newKey(), movement: paid(books, bill) };
    await books.trouble("commit_then_cut");
    expect((await books.connector.payments.post([item], books.lookup)).map(outcome)).toEqual(["upstream_silent"]);
    const [found] = (await books.connector.payments.find([item], books.lookup)).get(item.key) ?? [];
    expect(found).toMatchObject({ sameContent: true, ours: true });
    // The bill is paid by now: ours is recognised, not refused.
    expect((await books.connector.payments.post([item], books.lookup)).map((result) => posted(result).providerId)).toEqual([
      found!.providerId,
    ]);
  });

  test("payments of several kinds go in one batch", async () => {
    const books = await bench();
    const invoice = (await postedTarget(books, "invoice")).target.providerId;
    const bill = (await postedTarget(books, "bill")).target.providerId;
    const items = [received(books, invoice), paid(books, bill)].map((movement) => ({ key: newKey(), movement }));
    const before = books.connector.usage();
    expect((await books.connector.payments.post(items, books.lookup)).map(outcome)).toEqual(["posted", "posted"]);
    const batches = books.connector.features.batchIsOneRequest === false ? 0 : 1;
    expect(books.connector.usage()).toMatchObject({ batches: before.batches + batches, writes: before.writes + 2 });
  });
}

/** Money on its way to the bank. */
export function moneyCases(bench: () => Promise<Bench>): void {
  test("a deposit takes payments to the bank, less a fee", async () => {
    const books = await bench();
    const invoice = (await postedTarget(books, "invoice")).target.providerId;
    const payment = posted(await pay(books, received(books, invoice)));
    const bank = books.lookup("account", books.names.bank)!;
    const before = (await books.balances()).get(bank) ?? 0n;
    const deposit: Deposit = {
      ...head(),
      kind: "deposit",
      into: books.names.bank,
      payments: [{ providerId: payment.providerId, amountMinor: 180055n }],
      lines: [{ account: books.names.otherExpense, amountMinor: -1250n, description: "Factoring fee" }],
    };
    const item = { key: newKey(), movement: deposit };
    if (books.connector.features.movements?.includes("deposit") === false) {
      const before = (await books.requests()).length;
      expect((await books.connector.payments.post([item], books.lookup)).map(outcome)).toEqual(["books_refused"]);
      expect((await books.requests()).length).toBe(before);
      return;
    }
    const [record] = (await books.connector.payments.post([item], books.lookup)).map(posted);
    expect(record).toMatchObject({ sameContent: true, ours: true, totalMinor: 178805n });
    expect(((await books.balances()).get(bank) ?? 0n) - before).toBe(178805n);
    expect((await books.connector.payments.find([item], books.lookup)).get(item.key)).toEqual([record]);
    // A payment that stands in a deposit is fixed.
    await expect(
      books.connector.remove(
        { kind: "customer_payment", ...payment, version: await versionOf(books, payment.providerId) },
        { key: newKey() },
      ),
    ).rejects.toMatchObject({
      code: "books_refused",
    });
  });

  test("a transfer moves money between accounts and is found by its mark", async () => {
    const books = await bench();
    const transfer: Transfer = { ...head(), kind: "transfer", from: books.names.bank, into: books.names.otherBank, totalMinor: 500000n };
    const items = [transfer, { ...transfer, number: number() }].map((movement) => ({ key: newKey(), movement }));
    for (const result of await books.connector.payments.post(items, books.lookup))
      expect(posted(result)).toMatchObject({ sameContent: true });
    const found = await books.connector.payments.find(items, books.lookup);
    // Alike but for the mark: each key finds its own.
    expect(
      new Set(
        items.map(({ key }) =>
          found
            .get(key)
            ?.map(({ providerId }) => providerId)
            .join(),
        ),
      ).size,
    ).toBe(2);
  });
}

async function versionOf(books: Bench, payment: string): Promise<string> {
  return (await books.connector.read(books.entityOf("customer_payment"), payment))!.version;
}
