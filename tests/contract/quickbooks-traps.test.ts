import { describe, expect, test } from "vitest";
import type { LedgerDocument } from "../../src/core/document.ts";
import type { MovementItem, PostItem } from "../../src/connectors/accounting/connector.ts";
import { quickBooksOnline } from "../../src/connectors/accounting/quickbooks-online/connector.ts";
import { codes, item, lookup, saved, scripted, scriptedBooks, vendor } from "./scripted-quickbooks.ts";
import type { Seen } from "./scripted-server.ts";

/*
 * What QuickBooks Online is known to do to its clients, collected from public issue trackers and Intuit's own pages. One test
 * each, in the words of the trap; the server plays the part that hurt somebody.
 */

const rows = (list: object) => ({ body: { QueryResponse: list, time: "2026-02-03T08:15:30.123-08:00" } });
const entryOf = ({ body }: Seen, id = "1") => ({ body: saved({ JournalEntry: JSON.parse(body) as object }, id) });
const because = { ruleSet: "r", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;

function bill(key: string, change: Partial<LedgerDocument> = {}): PostItem {
  const leg = { description: "", dimensions: { class: "9" }, because, amountMinor: 1000n };
  const lines: LedgerDocument["lines"] = [
    { ...leg, role: "detail", account: "62", side: "debit" },
    { ...leg, role: "balance", account: "33", side: "credit", dimensions: {} },
  ];
  const party = { type: "vendor", id: "41", name: "Acme" } as const;
  const document = {
    kind: "bill",
    number: `B-${key}`,
    date: "2026-01-20",
    currency: "USD",
    memo: "",
    dimensions: {},
    party,
    totalMinor: 1000n,
    lines,
    ...change,
  };
  return { key, postable: document as LedgerDocument };
}

const transfer: MovementItem = {
  key: "t1",
  movement: {
    kind: "transfer",
    number: "TR-1",
    date: "2026-02-22",
    currency: "USD",
    memo: "",
    from: "36",
    into: "35",
    totalMinor: 500000n,
  },
};

describe("saved, but the answer is lost", () => {
  test("the retry carries the same requestid, so that no second payment is made", async () => {
    const { connector, seen } = await scriptedBooks(({ body }, count) =>
      count === 1 ? { status: 504, body: "" } : { body: { Transfer: { ...(JSON.parse(body) as object), Id: "191", SyncToken: "0" } } },
    );
    expect(codes(await connector.payments.post([transfer], lookup))).toEqual({ t1: "upstream_silent" });
    expect(codes(await connector.payments.post([transfer], lookup))).toEqual({ t1: "posted" });
    expect(seen.map(({ query }) => query.get("requestid"))).toEqual(["t1", "t1"]);
    expect(seen[0]!.body).toBe(seen[1]!.body);
  });

  for (const status of [500, 504]) {
    test(`a ${status} after the commit is an open outcome, not a failure`, async () => {
      const { connector } = await scriptedBooks(() => ({ status, body: "" }));
      expect(codes(await connector.post([item("k1")], lookup))).toEqual({ k1: "upstream_silent" });
    });
  }

  test("the requestid really goes over the wire, in the address and not in a header", async () => {
    const { connector, seen } = await scriptedBooks((one) => entryOf(one));
    await connector.post([item("k1")], lookup);
    expect(seen[0]!.query.get("requestid")).toBe("k1");
  });

  test("a POST is never answered from a cache: the same item goes out again", async () => {
    const { connector, seen } = await scriptedBooks((one) => entryOf(one));
    await connector.post([item("k1")], lookup);
    await connector.post([item("k1")], lookup);
    expect(seen).toHaveLength(2);
  });
});

describe("tokens", () => {
  const pair = { token_type: "bearer", access_token: "A2", expires_in: 3600, refresh_token: "R2", x_refresh_token_expires_in: 8726400 };

  test("each refresh hands out a refresh token, and it is the one to keep", async () => {
    const { settings } = await scripted(() => ({ body: pair }));
    expect(await quickBooksOnline.refresh(settings, "R1")).toMatchObject({ accessToken: "A2", refreshToken: "R2" });
  });

  test("a 400 answer of the token service is not taken for tokens", async () => {
    const { settings } = await scripted(() => ({ status: 400, body: { error: "invalid_grant", ...pair } }));
    await expect(quickBooksOnline.refresh(settings, "R1")).rejects.toMatchObject({ code: "credentials_expired" });
  });

  test("a sandbox token on the production host is 3100, not 401: no refresh would help", async () => {
    const gateway = {
      fault: {
        error: [{ message: "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403", code: "3100" }],
        type: "SERVICE",
      },
    };
    const { settings, seen } = await scripted(() => ({ status: 403, body: gateway }));
    let renewals = 0;
    const counting = (refused?: boolean) => Promise.resolve(refused ? `${++renewals}` : "access-1");
    expect(codes(await quickBooksOnline.connect(settings, counting).post([item("k1")], lookup))).toEqual({ k1: "credentials_refused" });
    expect([renewals, seen.length]).toEqual([0, 1]);
  });
});

describe("what is sent", () => {
  test("a create carries neither Id nor SyncToken: with an Id it would be an update", async () => {
    const { connector, seen } = await scriptedBooks((one) => entryOf(one));
    await connector.post([item("k1")], lookup);
    expect(Object.keys(JSON.parse(seen[0]!.body) as object)).not.toEqual(expect.arrayContaining(["Id"]));
    expect(seen[0]!.body).not.toContain("SyncToken");
  });

  test("an update is sparse and sends every line with its class: a full one would wipe what it leaves out", async () => {
    const { connector, seen } = await scriptedBooks(({ body }) => ({ body: { Bill: JSON.parse(body) as object } }));
    await connector.update(bill("k2"), { kind: "bill", providerId: "145", version: "3" }, lookup);
    const sent = JSON.parse(seen[0]!.body) as Record<string, unknown>;
    expect(sent).toMatchObject({ Id: "145", SyncToken: "3", sparse: true, VendorRef: { value: "41" } });
    expect(JSON.stringify(sent["Line"])).toContain('"ClassRef":{"value":"9"}');
  });

  test("nothing is null, empty or the word None", async () => {
    const { connector, seen } = await scriptedBooks(({ body }) => ({
      body: { Bill: { ...(JSON.parse(body) as object), Id: "1", SyncToken: "0" } },
    }));
    await connector.post([bill("k1")], lookup);
    await connector.post([item("k2")], lookup);
    await connector.post([vendor("k3", "Acme")], lookup);
    await connector.payments.post([transfer], lookup);
    expect(seen).toHaveLength(4);
    for (const { body } of seen) expect(body).not.toMatch(/:null|:""|None|undefined/);
  });

  test("minor version 75 is asked for on every call", async () => {
    const { connector, seen } = await scriptedBooks(() => rows({}));
    await connector.find([item("k1"), vendor("k2", "Acme")], lookup);
    await connector.read("Bill", "1").catch(() => null);
    await connector.report("trial_balance", { from: "2026-01-01", through: "2026-01-31", basis: "accrual" }).catch(() => null);
    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(seen.map(({ query }) => query.get("minorversion")))).toEqual(new Set(["75"]));
  });

  test("an apostrophe in a name is escaped by a backslash, and a plus sign in an offset never reaches the address", async () => {
    const { connector, seen } = await scriptedBooks(({ path }) =>
      path.endsWith("/cdc") ? { body: { CDCResponse: [], time: "2026-02-03T08:15:30+01:00" } } : rows({}),
    );
    await connector.find([vendor("k1", "Love's \\ Co")], lookup);
    expect(seen[0]!.body).toContain("'Love\\'s \\\\ Co'");
    await connector.changesSince(JSON.stringify({ since: new Date(Date.now() - 60_000).toISOString().replace("Z", "+00:00") }));
    expect(seen.at(-1)!.query.get("changedSince")).toMatch(/Z$/);
  });

  test("money is deposited where it was mapped, not left in Undeposited Funds by omission", async () => {
    const { connector, seen } = await scriptedBooks(({ body }) => ({
      body: { Payment: { ...(JSON.parse(body) as object), Id: "188", SyncToken: "0" } },
    }));
    const movement = {
      ...transfer.movement,
      kind: "customer_payment",
      customer: "24",
      totalMinor: 5n,
      depositTo: "35",
      applied: [],
    } as const;
    await connector.payments.post([{ key: "p1", movement }], lookup);
    expect(JSON.parse(seen[0]!.body)).toMatchObject({ DepositToAccountRef: { value: "35" } });
  });

  test("web pages are no attachments", async () => {
    const { connector, seen } = await scriptedBooks(() => rows({}));
    const page = { key: "f1", fileName: "x.html", contentType: "text/html", bytes: new Uint8Array(1) };
    await expect(connector.attach(page, { kind: "bill", providerId: "1" })).rejects.toMatchObject({ code: "books_refused" });
    expect(seen).toHaveLength(0);
  });
});
