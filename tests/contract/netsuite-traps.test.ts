import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LedgerDocument } from "../../src/core/document.ts";
import { company, start, stop, type NetSuiteWorld } from "./netsuite-world.ts";
import { allChanges, documentOf, newKey, openBench, outcome, posted, type Bench } from "./world.ts";

/* What NetSuite is known to trip programs over, each by its name, over the emulator. */

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

describe("keys", () => {
  test("the namespace of external ids is shared: one key on two kinds is two records", async () => {
    const books = await open();
    const key = newKey();
    const both = [documentOf(books, "bill"), documentOf(books, "invoice")].map((postable) => ({ key, postable }));
    for (const one of both) expect(outcome(await books.postOne(one))).toBe("posted");
    const party = (kind: "vendor" | "customer") =>
      ({ key: newKey(), postable: { kind, id: "SAME", name: `Same ${kind}`, currency: "USD" } }) as const;
    expect(outcome(await books.postOne(party("vendor")))).toBe("posted");
    expect(outcome(await books.postOne(party("customer")))).toBe("posted");
  });

  test("NetSuite numbers by itself: ours stands in the memo, and the document is found by its key", async () => {
    const books = await open({ preferences: { allowNumberOverride: false }, options: { numbering: "netsuite" } });
    const invoice = item(books, "invoice");
    const record = posted(await books.postOne(invoice));
    expect(record).toMatchObject({ sameContent: true, ours: true });
    expect(record.number).not.toBe(invoice.postable.number);
    expect((await books.connector.find([invoice], books.lookup)).get(invoice.key)).toEqual([record]);
    expect((await books.connector.read("invoice", record.providerId))?.record["memo"]).toContain(invoice.postable.number);
    expect(posted(await books.postOne(invoice)).providerId).toBe(record.providerId);
  });

  test("somebody else's external id on a vendor is not overwritten", async () => {
    const books = await open();
    const made = await books.ask("POST", "record/v1/vendor", {
      companyName: "Other Link LLC",
      subsidiary: { id: "1" },
      externalId: "CRM-17",
    });
    const id = made.location.split("/").at(-1)!;
    const { version } = (await books.connector.read("vendor", id))!;
    const change = { key: newKey(), postable: { kind: "vendor", id: "V-1", name: "Other Link Two", currency: "USD" } } as const;
    expect(posted(await books.connector.update(change, { kind: "vendor", providerId: id, version }, books.lookup))).toMatchObject({
      sameContent: true,
      ours: false,
    });
    expect((await books.connector.read("vendor", id))?.record["externalid"]).toBe("CRM-17");
  });
});

describe("fields", () => {
  test("a misspelled field is refused, never dropped", async () => {
    const books = await open();
    const refused = item(books, "bill", { customFields: { custbody_laod: "L-1" } });
    expect(await books.postOne(refused)).toMatchObject({
      fault: { code: "books_refused", message: expect.stringContaining("custbody_laod") as string },
    });
    const good = item(books, "bill", { customFields: { "Load #": "L-1", Tractor: "T-7" } });
    expect(outcome(await books.postOne(good))).toBe("posted");
  });

  test("a segment's value stands on the line", async () => {
    const books = await open();
    const lookup: typeof books.lookup = (kind, name) => (kind === "segment" && name === "Lane/Southeast" ? "2" : books.lookup(kind, name));
    const entry = item(books, "journal_entry");
    const lines = entry.postable.lines.map((line, index) =>
      index === 0 ? { ...line, dimensions: { ...line.dimensions, "segment:Lane": "Southeast" } } : line,
    );
    const [result] = await books.connector.post([{ ...entry, postable: { ...entry.postable, lines } }], lookup);
    const { providerId } = posted(result!);
    const { json } = await books.ask("GET", `record/v1/journalEntry/${providerId}?expandSubResources=true`);
    expect(JSON.stringify(json)).toContain('"cseg_lane":{');
  });

  test("a field that the form hides is told with what to do", async () => {
    const books = await open();
    await books.prefer({ hiddenFields: { vendorBill: ["tranId"] } });
    expect(await books.postOne(item(books, "bill"))).toMatchObject({
      fault: { remedy: "review", message: expect.stringMatching(/form/) as string },
    });
  });

  test("a location the account made mandatory is told by its label", async () => {
    const books = await open();
    await books.prefer({ mandatory: ["location"] });
    expect(await books.postOne(item(books, "bill"))).toMatchObject({
      fault: { code: "books_refused", message: expect.stringContaining("Location") as string },
    });
  });

  test("a location of another subsidiary is not offered", async () => {
    const world = await company();
    await world.ask("POST", "record/v1/location", { name: "ELSEWHERE", subsidiary: { items: [{ id: "2" }] } });
    const { records } = await world.connector.reference();
    expect(records.find(({ kind, name }) => kind === "location" && name === "ELSEWHERE")).toMatchObject({ active: false });
    expect(records.find(({ kind, name }) => kind === "location" && name === "DAL")).toMatchObject({ active: true });
  });

  test("a vendor of another subsidiary is told as such", async () => {
    const books = await open();
    const made = await books.ask("POST", "record/v1/vendor", { companyName: "Brokerage Only", subsidiary: { id: "2" } });
    const lookup: typeof books.lookup = (kind, name) => (kind === "vendor" ? made.location.split("/").at(-1) : books.lookup(kind, name));
    const [result] = await books.connector.post([item(books, "bill")], lookup);
    expect(result).toMatchObject({ fault: { code: "reference_unknown", message: expect.stringContaining("subsidiary") as string } });
  });
});

describe("how it is asked", () => {
  test("no list, no offset, no record opened for reading, no key on a plain request", async () => {
    const books = await open();
    for (const kind of ["bill", "invoice"] as const) posted(await books.postOne(item(books, kind)));
    await books.connector.report("general_ledger", { from: "2026-01-01", through: "2026-12-31", basis: "accrual" });
    await allChanges(books.connector, (await books.connector.changesSince(null)).cursor);
    const requests = await books.requests();
    expect(requests.some(({ query }) => /offset/.test(query))).toBe(false);
    const gets = requests.filter(({ method, path }) => method === "GET" && !/metadata-catalog|governanceLimits/.test(path));
    expect(gets).toEqual([]);
  });

  test("a change replaces the lines: a bill is not doubled", async () => {
    const books = await open();
    const bill = item(books, "bill");
    const { providerId, version } = posted(await books.postOne(bill));
    const before = (await books.requests()).length;
    const changed = posted(
      await books.connector.update(
        { ...bill, postable: { ...bill.postable, date: "2026-11-19" } },
        { kind: "bill", providerId, version },
        books.lookup,
      ),
    );
    expect(changed.totalMinor).toBe(180055n);
    const patch = (await books.requests()).slice(before).find(({ method }) => method === "PATCH");
    expect(decodeURIComponent(patch?.query ?? "")).toContain("replace=expense,item");
  });
});

describe("created is not posted", () => {
  test("a bill that awaits approval is not in the general ledger, and shows so until somebody approves it", async () => {
    const books = await open({ preferences: { approvalRouting: ["vendorBill"] } });
    const bill = item(books, "bill");
    const record = posted(await books.postOne(bill));
    expect(record).toMatchObject({ inLedger: false, sameContent: true, active: true });
    const period = { from: "2026-11-01", through: "2026-11-30", basis: "accrual" } as const;
    expect((await books.connector.report("trial_balance", period)).rows).toEqual([]);
    expect(await books.connector.read("vendorBill", record.providerId)).toMatchObject({ inLedger: false });
    await books.prefer({ mayApprove: true });
    await books.ask("PATCH", `record/v1/vendorBill/${record.providerId}`, { approvalStatus: { id: "2" } });
    expect((await books.connector.find([bill], books.lookup)).get(bill.key)).toMatchObject([{ inLedger: true, sameContent: true }]);
    expect((await books.connector.report("trial_balance", period)).rows.length).toBeGreaterThan(0);
  });

  test("a bill that awaits approval is not paid", async () => {
    const books = await open({ preferences: { approvalRouting: ["vendorBill"] } });
    const { providerId } = posted(await books.postOne(item(books, "bill")));
    const movement = {
      kind: "bill_payment",
      number: "P-1",
      date: "2026-11-20",
      currency: "USD",
      memo: "",
      vendor: books.vendor.id,
      totalMinor: 180055n,
      paidFrom: books.names.bank,
    } as const;
    const applied = [{ kind: "bill", providerId, amountMinor: 180055n }] as const;
    const [result] = await books.connector.payments.post([{ key: newKey(), movement: { ...movement, applied } }], books.lookup);
    expect(result).toMatchObject({ fault: { code: "books_refused", message: expect.stringContaining("awaits its approval") as string } });
  });
});

describe("the ledger", () => {
  test("a second accounting book does not double the sums", async () => {
    const books = await open({ preferences: { multiBook: true } });
    posted(await books.postOne(item(books, "invoice")));
    const { rows, netIncomeMinor } = await books.connector.report("profit_and_loss", {
      from: "2026-11-01",
      through: "2026-11-30",
      basis: "accrual",
    });
    expect([rows.length, netIncomeMinor]).toEqual([1, 180055n]);
  });

  test("payables locked: a bill waits, a journal of other accounts does not", async () => {
    const books = await open();
    await books.prefer({ periods: [{ month: "2026-11", apLocked: true }] });
    expect(outcome(await books.postOne(item(books, "bill")))).toBe("period_closed");
    expect(outcome(await books.postOne(item(books, "invoice")))).toBe("posted");
  });

  test("a date without a period is not moved into the open one", async () => {
    const books = await open();
    const before = (await books.requests()).length;
    expect(outcome(await books.postOne(item(books, "bill", { date: "2031-05-01" })))).toBe("period_closed");
    expect((await books.requests()).slice(before)).toEqual([]);
  });

  test("income and cost begin anew with the fiscal year; what they were stands in retained earnings", async () => {
    const books = await open();
    posted(await books.postOne(item(books, "invoice", { date: "2025-12-15" })));
    const { rows } = await books.connector.report("trial_balance", { from: "2026-01-01", through: "2026-01-31", basis: "accrual" });
    const income = books.lookup("account", books.names.income);
    expect(rows.some(({ accountId }) => accountId === income)).toBe(false);
    expect(rows.find(({ account }) => /retained/i.test(account))).toMatchObject({ creditMinor: 180055n });
  });
});

describe("the account", () => {
  test("several subsidiaries and none chosen is told with their names", async () => {
    const world = await company({ options: { subsidiary: "" } });
    await expect(world.connector.reference()).rejects.toThrow(/several subsidiaries.*Cedar Ridge Brokerage/);
    const named = await company({ options: { subsidiary: "Cedar Ridge Brokerage" } });
    expect((await named.connector.reference()).preferences.companyName).toBe("Cedar Ridge Brokerage");
  });

  test("an account without subsidiaries is written to without them", async () => {
    const books = await open({ preferences: { oneWorld: false }, options: { subsidiary: "" } });
    expect(posted(await books.postOne(item(books, "bill")))).toMatchObject({ sameContent: true });
  });

  test("a role that may not query is told so, and nothing is sent", async () => {
    const world = await company();
    await world.prefer({ suiteAnalytics: false });
    await expect(world.connector.reference()).rejects.toMatchObject({ remedy: "reconnect" });
  });

  test("an administrator's role is told how many requests the account takes at once", async () => {
    const world = await company({ preferences: { isAdministrator: true, tier: "standard" } });
    expect((await world.connector.reference()).policies.lanes).toMatchObject({ account: 5 });
    expect((await (await company()).connector.reference()).policies.lanes).toBeUndefined();
  });

  test("other integrations that hold lanes cost no document", async () => {
    const books = await open({ preferences: { tier: "standard" }, overrides: { inFlightMax: 5 } });
    await books.prefer({ heldByOthers: 2 });
    const items = Array.from({ length: 30 }, () => item(books, "bill"));
    let waiting = items;
    for (let turn = 0; turn < 60 && waiting.length > 0; turn++) {
      const results = await books.connector.post(waiting, books.lookup);
      for (const result of results) {
        if (!("fault" in result)) continue;
        expect(result.fault.code).toBe("upstream_busy");
        expect(result.retryAfterMs).toBeGreaterThan(0);
      }
      const busy = new Set(results.filter((result) => "fault" in result).map(({ key }) => key));
      waiting = waiting.filter(({ key }) => busy.has(key));
    }
    expect(waiting).toEqual([]);
    for (const { postable } of items) expect(await books.created(postable.number)).toHaveLength(1);
  });
});
