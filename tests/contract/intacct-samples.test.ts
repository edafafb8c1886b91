import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StatisticLine } from "../../src/core/document.ts";
import { company, start, stop, type Founding } from "./intacct-world.ts";
import { documentOf, newKey, openBench, outcome, posted, type Bench } from "./world.ts";

/*
 * The bodies that Sage's pages show for each object, as documents of ours: posted, read back from the emulator's own ledger, and
 * found again.
 */
beforeAll(start);
afterAll(stop);

const because = { ruleSet: "contract", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;
const open = async (founding: Founding = {}): Promise<Bench> => openBench(await company(founding));
const driver = { type: "employee", id: "D-77", name: "Pat Rivers" } as const;

/** Posted once, the same when looked up, and whole in the ledger. */
async function roundTrip(books: Bench, postable: ReturnType<typeof documentOf>) {
  const item = { key: newKey(), postable };
  const record = posted(await books.postOne(item));
  expect(record).toMatchObject({ number: postable.number, sameContent: true, ours: true });
  expect((await books.connector.find([item], books.lookup)).get(item.key)).toEqual([record]);
  const [entry] = await books.created(postable.number);
  return { record, entry: entry!, item };
}

for (const founding of [{}, { multiEntity: true, options: { location: "100" } }] as const) {
  describe(`a document with all dimensions, ${"multiEntity" in founding ? "at the top of several entities" : "in one company"}`, () => {
    test("a journal entry keeps location, department, class, project, driver, unit and load on its lines", async () => {
      const books = await open(founding);
      const whole = documentOf(books, "journal_entry", { dimensions: { location: "DAL", department: "OPS" } });
      const dimensions = { class: "REEFER", project: "L-90210", employee: "D-77", "segment:unit": "T-1042" };
      const lines = whole.lines.map((line) => ({ ...line, dimensions: line.role === "detail" ? dimensions : {} }));
      const { entry } = await roundTrip(books, { ...whole, lines });
      const detail = entry.lines.find(({ account }) => account === books.names.expense);
      expect(detail?.dimensions).toMatchObject({
        location: "DAL",
        department: "OPS",
        class: "REEFER",
        project: "L-90210",
        employee: "D-77",
      });
      expect(Object.values(detail?.dimensions ?? {})).toContain(books.lookup("segment", "unit/T-1042"));
    });

    test("a bill, an invoice and both adjustments keep them too", async () => {
      const books = await open(founding);
      for (const kind of ["bill", "invoice", "vendor_credit", "credit_memo"] as const) {
        const whole = documentOf(books, kind, { dimensions: { location: "CHI", department: "OPS" } });
        const lines = whole.lines.map((line) =>
          line.role === "detail" ? { ...line, dimensions: { class: "OTR-VAN", "segment:unit": "T-1043" } } : line,
        );
        const { entry } = await roundTrip(books, { ...whole, lines });
        const detail = entry.lines.find(({ dimensions }) => dimensions["class"] === "OTR-VAN");
        expect([kind, detail?.dimensions]).toEqual([kind, expect.objectContaining({ location: "CHI", department: "OPS" })]);
        expect(Object.values(detail?.dimensions ?? {})).toContain(books.lookup("segment", "unit/T-1043"));
      }
    });
  });
}

describe("what only larger books have", () => {
  test("miles, loads and gallons go to a statistical journal, rounded to the hundredth", async () => {
    const books = await open();
    const quantity = (account: string, amount: string): StatisticLine => ({
      account,
      quantity: amount,
      unit: "mi",
      description: "Load 50211",
      dimensions: { class: "OTR-VAN" },
      because,
    });
    const entry = documentOf(books, "journal_entry");
    const { party: _none, ...rest } = entry;
    const document = {
      ...rest,
      kind: "statistical_entry" as const,
      lines: [],
      totalMinor: 0n,
      statistics: [quantity("S-MILES", "812.4"), quantity("S-GALLONS", "112.418"), quantity("S-LOADS", "-1")],
    };
    const { record } = await roundTrip(books, document);
    const read = await books.connector.read("GLBATCH", record.providerId);
    const lines = (read?.record["LINES"] ?? []) as readonly Record<string, string>[];
    expect(lines.map((line) => [line["ACCOUNTNO"], line["TR_TYPE"], Number(line["TRX_AMOUNT"])])).toEqual([
      ["S-MILES", "1", 812.4],
      ["S-GALLONS", "1", 112.42],
      ["S-LOADS", "-1", 1],
    ]);
    // It is in no balance of money.
    expect([...(await books.balances()).values()].every((balance) => balance === 0n)).toBe(true);
  });

  test("a driver's expense report is posted for the employee", async () => {
    const books = await open();
    const whole = documentOf(books, "bill", { party: driver });
    const document = { ...whole, kind: "expense_report" as const };
    const { entry } = await roundTrip(books, document);
    expect(entry.lines.some(({ account }) => account === books.names.expense)).toBe(true);
  });

  test("a journal entry undoes itself on its day, which must be later", async () => {
    const world = await company();
    const books = await openBench(world);
    const { record } = await roundTrip(books, documentOf(books, "journal_entry", { reversesOn: "2026-12-01" }));
    const read = await world.run(`<read><object>GLBATCH</object><keys>${record.providerId}</keys><fields>REVERSEDATE</fields></read>`);
    expect(read).toContain("<REVERSEDATE>12/01/2026</REVERSEDATE>");
    const wrong = { key: newKey(), postable: documentOf(books, "journal_entry", { reversesOn: "2026-11-18" }) };
    expect(outcome(await books.postOne(wrong))).toBe("books_refused");
  });

  test("an entry that takes ours back is not taken for ours, though it repeats number and title", async () => {
    const books = await open({ switches: { reversalRepeatsReference: true } });
    const item = { key: newKey(), postable: documentOf(books, "journal_entry", { reversesOn: "2026-12-01", memo: "Accrual" }) };
    const first = posted(await books.postOne(item));
    const found = (await books.connector.find([item], books.lookup)).get(item.key) ?? [];
    expect(found).toMatchObject([{ providerId: first.providerId, ours: true, sameContent: true }]);
    // The same again: the record is the one that was written first.
    expect(posted(await books.postOne(item)).providerId).toBe(first.providerId);
    const written = (await books.ledger()).filter(({ entity, operation }) => entity === "GLBATCH" && operation === "create");
    expect(written.map(({ number }) => number)).toEqual([item.postable.number, item.postable.number]);
  });

  test("custom fields are sent by their name in the books", async () => {
    const books = await open();
    for (const kind of ["journal_entry", "bill", "invoice"] as const) {
      const { record } = await roundTrip(books, documentOf(books, kind, { customFields: { TMS_KEY: "FT-918273" } }));
      expect(record.ours).toBe(true);
    }
    const unknown = { key: newKey(), postable: documentOf(books, "bill", { customFields: { NO_SUCH: "1" } }) };
    expect(outcome(await books.postOne(unknown))).toBe("books_refused");
  });

  test("a fuel card's purchase is a card transaction, its refund a negative one", async () => {
    const books = await open();
    await roundTrip(books, documentOf(books, "expense"));
    const whole = documentOf(books, "expense");
    const lines = whole.lines.map((line) => ({ ...line, side: line.side === "debit" ? ("credit" as const) : ("debit" as const) }));
    const { entry } = await roundTrip(books, { ...whole, lines });
    const card = entry.lines.filter(({ account }) => account === books.names.card);
    expect(card.every(({ credit }) => credit === "0.00")).toBe(true);
  });

  test("inside one entity documents are that entity's own", async () => {
    const books = await open({ multiEntity: true, options: { entity: "100" } });
    const { record } = await roundTrip(books, documentOf(books, "bill", { dimensions: { location: "DAL" } }));
    const read = await books.connector.read("APBILL", record.providerId);
    expect(read?.record["MEGAENTITYID"]).toBe("100");
  });

  test("lists name the entities, the statistical accounts, and the values of the company's own dimension", async () => {
    const { reference } = await open({ multiEntity: true, options: { location: "100" } });
    const names = (kind: string) => reference.records.filter((record) => record.kind === kind).map(({ externalId }) => externalId);
    expect(names("entity").sort()).toEqual(["100", "200"]);
    expect(names("statistical_account")).toContain("S-MILES");
    const unit = reference.records.find(({ kind, name }) => kind === "segment" && name === "unit/T-1042");
    expect(unit?.externalId).toMatch(/^\d+$/);
    expect(unit?.facts).toMatchObject({ dimension: "unit", title: "T-1042" });
  });
});
