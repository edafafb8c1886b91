import { describe, expect, test } from "vitest";
import { codes, fault, item, lookup, saved, scripted, token, vendor } from "../../../../tests/contract/scripted-quickbooks.ts";
import type { ScriptedAnswer } from "../../../../tests/contract/scripted-server.ts";
import { Fault } from "../../../core/errors.ts";
import { quickBooksOnline } from "./connector.ts";

/*
 * What no emulator does by itself: answers out of order, missing or doubled items, replays of refusals, tokens that come and
 * go. The server here plays a script; what QuickBooks does with good requests is tests/contract's matter.
 */

describe("one item", () => {
  test("goes by the plain call with its key as requestid", async () => {
    const { settings, seen } = await scripted(({ body }) => ({
      body: saved({ JournalEntry: JSON.parse(body) as object }, "5000000000000007281"),
    }));
    const results = await quickBooksOnline.connect(settings, token).post([item("k1")], lookup);
    expect(results).toEqual([
      {
        key: "k1",
        posted: {
          providerId: "5000000000000007281",
          version: "0",
          number: "N-k1",
          date: "2026-01-20",
          currency: "USD",
          totalMinor: 1000n,
          sameContent: true,
          ours: true,
          active: true,
        },
      },
    ]);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: "POST",
      path: "/quickbooks-online/v3/company/9130/journalentry",
      authorization: "Bearer access-1",
      contentType: "application/json",
    });
    expect(Object.fromEntries(seen[0]!.query)).toEqual({ requestid: "k1", minorversion: "75" });
  });

  const answers: [string, ScriptedAnswer, string][] = [
    ["a fault inside 200", { body: { ...fault("6190"), time: "t" } }, "books_readonly"],
    ["a success without the record", { body: { time: "2026-01-01T00:00:00Z" } }, "upstream_silent"],
    ["a success without an id", { body: { JournalEntry: { SyncToken: "0" } } }, "upstream_silent"],
    ["another entity's record", { body: { Bill: { Id: "1" } } }, "upstream_silent"],
    ["an empty body", { body: "" }, "upstream_silent"],
    ["half a body", { body: '{"JournalEntry":{"Id":"22' }, "upstream_silent"],
    ["a web page", { body: "<html>maintenance</html>" }, "upstream_silent"],
    ["JSON nested without end", { body: `{"JournalEntry":${'{"a":'.repeat(200_000)}` }, "upstream_silent"],
    ["502", { status: 502, body: "" }, "upstream_silent"],
    ["404 as a web page", { status: 404, body: "<html>" }, "upstream_silent"],
    ["429 without a body", { status: 429, body: "" }, "upstream_busy"],
    [
      "403 in the gateway's shape",
      { status: 403, body: { fault: { error: [{ message: "errorCode=003100", code: "3100" }], type: "SERVICE" } } },
      "credentials_refused",
    ],
  ];
  for (const [name, answer, code] of answers) {
    test(name, async () => {
      const { settings, seen } = await scripted(() => answer);
      expect(codes(await quickBooksOnline.connect(settings, token).post([item("k1")], lookup))).toEqual({ k1: code });
      expect(seen).toHaveLength(1);
    });
  }

  test("a pause that is asked for is passed on", async () => {
    const { settings } = await scripted(() => ({ status: 429, body: "", headers: { "retry-after": "17" } }));
    const [result] = await quickBooksOnline.connect(settings, token).post([item("k1")], lookup);
    expect(result).toMatchObject({ retryAfterMs: 17_000 });
  });

  test("what the company lacks is not sent", async () => {
    const { settings, seen } = await scripted(() => ({ body: "" }));
    const results = await quickBooksOnline.connect(settings, token).post([item("k1")], () => undefined);
    expect(codes(results)).toEqual({ k1: "reference_unknown" });
    expect(seen).toHaveLength(0);
  });

  test("after a refusal the next try carries a new request id, after silence the same", async () => {
    const { settings, seen } = await scripted((_seen, count) =>
      count === 1 ? { status: 503, body: "" } : { status: 400, body: fault("6210") },
    );
    const connector = quickBooksOnline.connect(settings, token);
    for (let count = 0; count < 4; count++) await connector.post([item("k1")], lookup);
    expect(seen.map(({ query }) => query.get("requestid"))).toEqual(["k1", "k1", "k1.1", "k1.2"]);
  });
});

describe("a name that is taken", () => {
  const taken = { status: 400, body: fault("6240", "Another customer, vendor or employee is already using this name.") };

  test("by another kind: the record is created with a suffix, under a request id of its own", async () => {
    const { settings, seen } = await scripted((request) => {
      if (request.path.endsWith("/query")) return { body: { QueryResponse: {}, time: "t" } };
      return request.body.includes('"Acme (V)"')
        ? { body: { Vendor: { Id: "41", SyncToken: "0", DisplayName: "Acme (V)", Active: true, AcctNum: "id-k1" } } }
        : taken;
    });
    const [result] = await quickBooksOnline.connect(settings, token).post([vendor("k1", "Acme")], lookup);
    expect(result).toMatchObject({ posted: { providerId: "41", ours: true, sameContent: true } });
    expect(seen.map(({ path }) => path.split("/").at(-1))).toEqual(["vendor", "query", "vendor"]);
    expect(seen[1]!.body).toBe("select * from Vendor where DisplayName in ('Acme') and Active in (true, false)");
    expect(seen[2]!.query.get("requestid")).toBe("k1-s");
  });

  test("by the same kind: the fault stays, and find shows the holder", async () => {
    const holder = { Id: "41", SyncToken: "3", DisplayName: "ACME", Active: true };
    const { settings } = await scripted((request) =>
      request.path.endsWith("/query") ? { body: { QueryResponse: { Vendor: [holder], maxResults: 1 }, time: "t" } } : taken,
    );
    const connector = quickBooksOnline.connect(settings, token);
    expect(codes(await connector.post([vendor("k1", "Acme")], lookup))).toEqual({ k1: "number_taken" });
    expect(await connector.find([vendor("k1", "Acme")], lookup)).toEqual(
      new Map([["k1", [expect.objectContaining({ providerId: "41", sameContent: true, ours: false })]]]),
    );
  });
});

describe("tokens", () => {
  test("a refused one is renewed once and the call repeated, with the same request id", async () => {
    const { settings, seen } = await scripted((request) =>
      request.authorization === "Bearer fresh"
        ? { body: saved({ JournalEntry: JSON.parse(request.body) as object }, "1") }
        : { status: 401, body: '<IntuitResponse><Fault type="AUTHENTICATION"><Error code="3200"></Error></Fault></IntuitResponse>' },
    );
    const asked: (boolean | undefined)[] = [];
    const source = (refused?: boolean) => Promise.resolve(asked.push(refused) && refused ? "fresh" : "stale");
    expect(codes(await quickBooksOnline.connect(settings, source).post([item("k1")], lookup))).toEqual({ k1: "posted" });
    expect(asked).toEqual([undefined, true]);
    expect(seen.map(({ query }) => query.get("requestid"))).toEqual(["k1", "k1"]);
  });

  test("a second refusal means: reconnect", async () => {
    const { settings, seen } = await scripted(() => ({ status: 401, body: "" }));
    expect(codes(await quickBooksOnline.connect(settings, token).post([item("k1")], lookup))).toEqual({ k1: "credentials_expired" });
    expect(seen).toHaveLength(2);
  });

  test("silence of the sign-in service is not silence about the entry", async () => {
    const { settings, seen } = await scripted(() => ({ body: "" }));
    const connector = quickBooksOnline.connect(settings, () => Promise.reject(new Fault("upstream_silent", "no answer")));
    expect(codes(await connector.post([item("k1")], lookup))).toEqual({ k1: "upstream_unreachable" });
    expect(seen).toHaveLength(0);
  });
});

test("limits are data, and can be overridden for one company", async () => {
  const { settings } = await scripted(() => ({ body: "" }));
  const connector = quickBooksOnline.connect({ ...settings, overrides: { batchItemsMax: 5 } }, token);
  expect(connector.capabilities).toEqual({
    system: "quickbooks-online",
    numberLengthMax: 21,
    batchItemsMax: 5,
    requestsPerMinute: 500,
    requestsPerSecond: 10,
    inFlightMax: 10,
    batchesPerMinute: 40,
    executionLimitMs: 150_000,
  });
});

test("links open the record in QuickBooks", async () => {
  const { settings } = await scripted(() => ({ body: "" }));
  const { openUrl } = quickBooksOnline.connect(settings, token);
  expect(openUrl("journal_entry", "228")).toBe("https://qbo.intuit.com/app/journal?txnId=228&realm=9130");
  expect(openUrl("vendor_credit", "5000000000000007281")).toBe(
    "https://qbo.intuit.com/app/vendorcredit?txnId=5000000000000007281&realm=9130",
  );
  expect(openUrl("customer", "24")).toBe("https://qbo.intuit.com/app/customerdetail?nameId=24&realm=9130");
});
