import { describe, expect, test } from "vitest";
import { quickBooksOnline } from "../../src/connectors/accounting/quickbooks-online/connector.ts";
import { codes, fault, item, lookup, saved, scriptedBooks, vendor } from "./scripted-quickbooks.ts";
import type { ScriptedAnswer, Seen } from "./scripted-server.ts";

/* The same for what QuickBooks Online answers: one test for each thing it is known to do to its clients. */

const rows = (list: object) => ({ body: { QueryResponse: list, time: "2026-02-03T08:15:30.123-08:00" } });
const entryOf = ({ body }: Seen, id = "1") => ({ body: saved({ JournalEntry: JSON.parse(body) as object }, id) });

describe("what comes back", () => {
  test("a 200 can hold a fault", async () => {
    const { connector } = await scriptedBooks(() => ({ status: 200, body: fault("6190", "trial or subscription period ended") }));
    expect(codes(await connector.post([item("k1")], lookup))).toEqual({ k1: "books_readonly" });
  });

  test("a refusal can be XML though JSON was asked for", async () => {
    const body =
      '<IntuitResponse><Fault type="AuthenticationFault"><Error code="100"><Message>General Authentication Error</Message></Error></Fault></IntuitResponse>';
    const { connector } = await scriptedBooks(() => ({ status: 401, body, headers: { "content-type": "text/xml" } }));
    expect(codes(await connector.post([item("k1")], lookup))).toEqual({ k1: "credentials_expired" });
  });

  test("an empty result is {} without the list", async () => {
    const { connector } = await scriptedBooks(() => rows({}));
    expect(await connector.find([item("k1"), vendor("k2", "Acme")], lookup)).toEqual(new Map());
  });

  test("ids longer than a number can hold stay whole", async () => {
    const { connector } = await scriptedBooks((one) => entryOf(one, "5000000000000007281"));
    const [result] = await connector.post([item("k1")], lookup);
    expect(result).toMatchObject({ posted: { providerId: "5000000000000007281" } });
    const numeric = await scriptedBooks(() => ({ body: '{"Bill":{"Id":9007199254740993,"SyncToken":0,"TotalAmt":1800.00}}' }));
    expect(await numeric.connector.read("Bill", "9007199254740993")).toMatchObject({ providerId: "9007199254740993", totalMinor: 180000n });
  });

  test("one company takes a number twice, another refuses it: we look ourselves, and tell ours from a namesake", async () => {
    const namesake = { Id: "1", SyncToken: "0", DocNumber: "N-k1", TxnDate: "2026-01-20", Line: [], PrivateNote: "somebody else" };
    const { connector } = await scriptedBooks(() =>
      rows({ JournalEntry: [namesake, { ...namesake, Id: "2", PrivateNote: "x\nledgerlane:k1" }] }),
    );
    const found = (await connector.find([item("k1")], lookup)).get("k1");
    expect(found?.map(({ providerId, ours }) => [providerId, ours])).toEqual([
      ["1", false],
      ["2", true],
    ]);
  });

  for (const code of ["610", "2500"]) {
    test(`an inactive vendor or account is ${code}: the lists are to be refreshed`, async () => {
      const { connector } = await scriptedBooks(() => ({
        status: 400,
        body: fault(code, "Something you're trying to use has been made inactive."),
      }));
      expect(codes(await connector.post([item("k1")], lookup))).toEqual({ k1: "reference_unknown" });
    });
  }

  test("a vendor and a customer cannot share a name: ours gets a suffix", async () => {
    const { connector, seen } = await scriptedBooks(({ path, body }, count) => {
      if (path.endsWith("/query")) return rows({});
      return count === 1
        ? { status: 400, body: fault("6240", "Another customer, vendor or employee is already using this name.") }
        : { body: { Vendor: { ...(JSON.parse(body) as object), Id: "41", SyncToken: "0" } } };
    });
    expect(codes(await connector.post([vendor("k1", "Acme")], lookup))).toEqual({ k1: "posted" });
    expect(JSON.parse(seen.at(-1)!.body)).toMatchObject({ DisplayName: "Acme (V)" });
  });

  test("paying what somebody paid a moment before drops the line and voids the payment: that is no success", async () => {
    const { connector } = await scriptedBooks(({ path, body }) => {
      if (path.endsWith("/query")) return rows({ Invoice: [{ Id: "130", SyncToken: "0", Balance: 5, CurrencyRef: { value: "USD" } }] });
      return {
        body: { Payment: { ...(JSON.parse(body) as object), Id: "188", SyncToken: "0", TotalAmt: 0, Line: [], PrivateNote: "Voided" } },
      };
    });
    const applied = [{ kind: "invoice", providerId: "130", amountMinor: 500n }] as const;
    const head = { number: "P-1", date: "2026-02-22", currency: "USD", memo: "" };
    const movement = { ...head, kind: "customer_payment", customer: "24", totalMinor: 500n, applied } as const;
    const [result] = await connector.payments.post([{ key: "p1", movement }], lookup);
    expect(result).toMatchObject({ fault: { code: "books_refused", details: { providerId: "188" } } });
  });

  test("a credit that was applied by itself shows in the open balance", async () => {
    const { connector } = await scriptedBooks(() => ({
      body: { Invoice: { Id: "130", SyncToken: "1", TotalAmt: 2400.0, Balance: 2300.0, CurrencyRef: { value: "USD" } } },
    }));
    expect(await connector.read("Invoice", "130")).toMatchObject({ totalMinor: 240000n, openMinor: 230000n });
  });
});

describe("changes", () => {
  const since = JSON.stringify({ since: new Date(Date.now() - 60_000).toISOString() });
  const at = new Date().toISOString();

  test("deleted, inactive and voided have three different signs", async () => {
    const answers: Record<string, ScriptedAnswer> = {
      bill: { status: 400, body: fault("610", "Object Not Found : Another user has deleted this transaction.") },
      vendor: { body: { Vendor: { Id: "41", SyncToken: "2", Active: false } } },
      payment: { body: { Payment: { Id: "188", SyncToken: "1", TotalAmt: 0, PrivateNote: "Voided" } } },
    };
    const live = { MetaData: { LastUpdatedTime: at } };
    const changed = [
      { Bill: [{ ...live, Id: "979", status: "Deleted" }] },
      { Vendor: [{ ...live, Id: "41", SyncToken: "2", Active: false }] },
      { Payment: [{ ...live, Id: "188", SyncToken: "1", TotalAmt: 0, PrivateNote: "Voided" }] },
    ];
    const { connector } = await scriptedBooks(
      ({ path }) => answers[path.split("/").at(-2)!] ?? { body: { CDCResponse: [{ QueryResponse: changed }], time: at } },
    );
    expect(await connector.read("Bill", "979")).toBeNull();
    expect(await connector.read("Vendor", "41")).toMatchObject({ state: "inactive" });
    expect(await connector.read("Payment", "188")).toMatchObject({ state: "voided" });
    const { changes } = await connector.changesSince(since);
    expect(changes.map(({ providerId, operation }) => [providerId, operation])).toEqual([
      ["979", "deleted"],
      ["41", "changed"],
      ["188", "changed"],
    ]);
  });

  test("an answer of a thousand objects was cut without a sign, and is not the end", async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({ Id: String(index), SyncToken: "0", MetaData: { LastUpdatedTime: at } }));
    const { connector } = await scriptedBooks(() => ({ body: { CDCResponse: [{ QueryResponse: [{ Bill: many }] }], time: at } }));
    expect((await connector.changesSince(since)).complete).toBe(false);
  });

  test("a message can come before its record can be read, and our own writes come back as messages", async () => {
    const { connector } = await scriptedBooks(() => ({ status: 400, body: fault("610", "Object Not Found") }));
    expect(await connector.read("Bill", "145")).toBeNull();
    const { isEcho } = quickBooksOnline.notifications;
    expect(isEcho({ operation: "changed", version: "0" }, "0")).toBe(true);
    expect(isEcho({ operation: "changed", version: "1" }, "0")).toBe(false);
  });
});

test("books that are closed in the middle of a run stop each item with the same words, and nothing is sent again", async () => {
  const { connector, seen } = await scriptedBooks(({ body }) => {
    const { BatchItemRequest } = JSON.parse(body) as { BatchItemRequest: { bId: string; JournalEntry: object }[] };
    const items = BatchItemRequest.map(({ bId, JournalEntry }, index) =>
      index === 0 ? { bId, ...saved({ JournalEntry }, "1") } : { bId, ...fault("6210", "The account period has closed") },
    );
    return { body: { BatchItemResponse: items } };
  });
  const outcomes = Object.values(codes(await connector.post([item("k1"), item("k2"), item("k3")], lookup))).sort();
  expect(outcomes).toEqual(["period_closed", "period_closed", "posted"]);
  expect(seen).toHaveLength(1);
});
