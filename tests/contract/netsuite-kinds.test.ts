import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LedgerDocument } from "../../src/core/document.ts";
import { indexReference } from "../../src/core/reference-index.ts";
import { checkAgainstBooks } from "../../src/core/rules/check-books.ts";
import { readRuleSet } from "../../src/core/rules/rule-set.ts";
import { netSuite } from "../../src/connectors/accounting/netsuite/connector.ts";
import { company, start, stop, type NetSuiteWorld } from "./netsuite-world.ts";
import { documentOf, newKey, openBench, outcome, posted, type Bench } from "./world.ts";

/* Jobs and the kinds that not every system has, over the emulator. */

beforeAll(start);
afterAll(stop);

type NetSuiteBench = Bench & NetSuiteWorld;
const open = async (order: Parameters<typeof company>[0] = {}): Promise<NetSuiteBench> => {
  const world = await company(order);
  return { ...world, ...(await openBench(world)) };
};
const item = (books: Bench, kind: Parameters<typeof documentOf>[1], change: Partial<LedgerDocument> = {}) => ({
  key: newKey(),
  postable: documentOf(books, kind, change),
});

describe("jobs", () => {
  test("a document of many lines is created by a job, once, and what refuses it is the record's own answer", async () => {
    const books = await open({ switches: { jobPolls: 1 } });
    const entry = item(books, "journal_entry");
    const [debit, , credit] = entry.postable.lines;
    const lines = [...Array.from({ length: 240 }, () => ({ ...debit!, amountMinor: 100n })), { ...credit!, amountMinor: 24000n }];
    const large = { ...entry, postable: { ...entry.postable, lines, totalMinor: 24000n } };
    expect(posted(await books.postOne(large))).toMatchObject({ totalMinor: 24000n, sameContent: true });
    expect((await books.requests()).some(({ path }) => /async\/v1\/job\/\d+\/task\/\d+\/result/.test(path))).toBe(true);
    expect(await books.created(large.postable.number)).toHaveLength(1);
    const stale: typeof books.lookup = (kind, name) => (kind === "class" ? "999999" : books.lookup(kind, name));
    const refused = { ...large, key: newKey(), postable: { ...large.postable, number: "J-2" } };
    expect((await books.connector.post([refused], stale)).map(outcome)).toEqual(["reference_unknown"]);
  }, 60_000);

  test("a batch job that succeeded does not mean that its records did: each has its own outcome", async () => {
    const books = await open({ options: { writing: "batch" } });
    const items = [1, 2, 3, 4].map(() => item(books, "bill"));
    const lookup: typeof books.lookup = books.lookup;
    const bad = { ...items[1]!, postable: { ...items[1]!.postable, terms: "Net 999" } };
    const odd: typeof lookup = (kind, name) => (name === "Net 999" ? "999999" : lookup(kind, name));
    const results = new Map(
      (await books.connector.post([items[0]!, bad, items[2]!, items[3]!], odd)).map((result) => [result.key, outcome(result)]),
    );
    expect(items.map(({ key }) => results.get(key))).toEqual(["posted", "reference_unknown", "posted", "posted"]);
    for (const { postable } of [items[0]!, items[2]!]) expect(await books.created(postable.number)).toHaveLength(1);
  });

  test("an account without batches gets single requests", async () => {
    const books = await open({ options: { writing: "batch" }, switches: { batch: false } });
    const items = [1, 2, 3].map(() => item(books, "bill"));
    expect((await books.connector.post(items, books.lookup)).map(outcome)).toEqual(["posted", "posted", "posted"]);
  });
});

describe("more kinds", () => {
  test("custom fields of a rule set are checked against what the account's catalog shows", async () => {
    const { reference } = await open();
    const customFields = { "TMS Event": "{id}", custbody_load: "{dims.load}", load: "{dims.load}", "TMS Evnt": "{id}" };
    const { ruleSet } = readRuleSet({ name: "r", customFields });
    const findings = checkAgainstBooks(ruleSet!, indexReference(reference), (section, key) => `${section}/${key}`);
    const about = findings.filter(({ code }) => code === "custom_field_unknown");
    expect(about.map(({ field, message }) => [field, message])).toEqual([
      ["/customFields/TMS Evnt", 'These books show no custom field "TMS Evnt" to us. Did you mean "TMS Event"?'],
    ]);
  });

  test("an accrual is taken back by NetSuite on its day", async () => {
    const books = await open();
    const accrual = item(books, "journal_entry", { reversesOn: "2026-12-01" });
    const record = posted(await books.postOne(accrual));
    expect(record).toMatchObject({ sameContent: true, ours: true });
    expect((await books.connector.find([accrual], books.lookup)).get(accrual.key)).toMatchObject([{ providerId: record.providerId }]);
    const journals = (await books.ledger()).filter(({ entity }) => entity === "journalEntry");
    expect(journals.map(({ date }) => date)).toEqual([accrual.postable.date, "2026-12-01"]);
    expect([...(await books.balances()).values()].every((balance) => balance === 0n)).toBe(true);
  });

  test("an expense report of a driver, by the category that books to the account", async () => {
    const books = await open();
    const made = await books.ask("POST", "record/v1/employee", {
      firstName: "Dana",
      lastName: "Driver",
      entityId: "D-77",
      subsidiary: { id: "1" },
    });
    expect(made.status).toBeLessThan(300);
    const { records } = await books.connector.reference();
    const employee = records.find(({ kind }) => kind === "employee");
    expect(employee).toMatchObject({ name: "Dana Driver", facts: { partyId: "D-77" } });
    const bill = documentOf(books, "bill");
    const lines = bill.lines
      .filter((_, index) => index !== 1)
      .map((line) => ({ ...line, account: line.role === "detail" ? "7065" : line.account, amountMinor: 1875n }));
    const report: LedgerDocument = {
      ...bill,
      kind: "expense_report",
      party: { type: "employee", id: "D-77", name: "Dana Driver" },
      lines,
      totalMinor: 1875n,
    };
    const lookup: typeof books.lookup = (kind, name) => (kind === "employee" ? employee?.externalId : books.lookup(kind, name));
    const [result] = await books.connector.post([{ key: newKey(), postable: report }], lookup);
    expect(posted(result!)).toMatchObject({ totalMinor: 1875n, ours: true });
  });

  test("miles on a statistical account", async () => {
    const books = await open();
    const because = documentOf(books, "bill").lines[0]!.because;
    const statistics = [
      { account: "9010", quantity: "1250.5", unit: "mi", description: "Loaded", dimensions: { class: books.names.class }, because },
    ];
    const entry: LedgerDocument = {
      kind: "statistical_entry",
      number: "S-1",
      date: "2026-11-18",
      currency: "USD",
      memo: "",
      dimensions: {},
      totalMinor: 0n,
      lines: [],
      statistics,
    };
    const key = newKey();
    expect(posted(await books.postOne({ key, postable: entry }))).toMatchObject({ ours: true });
    expect((await books.connector.find([{ key, postable: entry }], books.lookup)).get(key)).toHaveLength(1);
    // They move no money.
    const { rows } = await books.connector.report("trial_balance", { from: "2026-11-01", through: "2026-11-30", basis: "accrual" });
    expect(rows).toEqual([]);
  });

  test("an intercompany journal stands in both subsidiaries' books", async () => {
    const books = await open({ options: { intercompany: "advanced" } });
    const entry = item(books, "journal_entry");
    const [first] = entry.postable.lines;
    const { party: _none, ...plain } = first!;
    const leg = (account: string, side: "debit" | "credit", entity: string) => ({
      ...plain,
      account,
      side,
      amountMinor: 50000n,
      dimensions: { entity },
    });
    const lines = [
      leg(books.names.expense, "debit", "1"),
      leg(books.names.bank, "credit", "1"),
      leg(books.names.otherBank, "debit", "2"),
      leg(books.names.otherExpense, "credit", "2"),
    ];
    const journal = { ...entry, postable: { ...entry.postable, lines, totalMinor: 100000n, dimensions: { entity: "1" } } };
    expect(posted(await books.postOne(journal))).toMatchObject({ sameContent: true, totalMinor: 100000n });
    const other = netSuite.connect({ ...books.settings, options: { ...books.settings.options, subsidiary: "2" } }, books.token);
    const { rows } = await other.report("trial_balance", { from: "2026-11-01", through: "2026-11-30", basis: "accrual" });
    expect(rows.map(({ debitMinor, creditMinor }) => debitMinor - creditMinor).sort((a, b) => Number(a - b))).toEqual([-50000n, 50000n]);
  });
});
