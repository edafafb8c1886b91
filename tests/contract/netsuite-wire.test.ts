import { describe, expect, test } from "vitest";
import { netSuite } from "../../src/connectors/accounting/netsuite/connector.ts";
import type { AccountingConnector, PostItem } from "../../src/connectors/accounting/connector.ts";
import type { LedgerDocument } from "../../src/core/document.ts";
import { scriptedServer, type ScriptedAnswer, type Seen } from "./scripted-server.ts";
import { outcome } from "./world.ts";

/* What goes over the wire, and answers that no emulator gives by itself. */

const rows: Readonly<Record<string, readonly object[]>> = {
  subsidiary: [{ id: "1", name: "Carrier", currency: "1", isinactive: "F", iselimination: "F" }],
  currency: [{ id: "1", symbol: "USD", isbasecurrency: "T", isinactive: "F" }],
  accountingperiod: [
    {
      id: "203",
      periodname: "Mar",
      startdate: "2026-03-01",
      enddate: "2026-03-31",
      closed: "F",
      isquarter: "F",
      isyear: "F",
      isadjust: "F",
    },
  ],
};
const refusal = (status: number, code: string, detail: string): ScriptedAnswer => ({
  status,
  body: { title: "t", status, "o:errorDetails": [{ detail, "o:errorCode": code }] },
});

/** An account whose writes play a script; of its tables only those above have rows. */
async function account(write: (seen: Seen, writes: number) => ScriptedAnswer, query?: (q: string) => readonly object[] | undefined) {
  let writes = 0;
  const { url, seen } = await scriptedServer((one) => {
    if (!one.path.endsWith("/suiteql")) return write(one, ++writes);
    const { q } = JSON.parse(one.body) as { q: string };
    const table = /FROM (\w+)/.exec(q)?.[1] ?? "";
    return { body: { links: [], items: query?.(q) ?? rows[table] ?? [], hasMore: false } };
  });
  const settings = {
    company: "1234567_SB1",
    apiUrl: url,
    tokenUrl: url,
    authorizeUrl: url,
    appUrl: "https://{account}.app.netsuite.com",
    clientId: "c",
    clientSecret: "s",
    overrides: {},
  };
  const tokens: string[] = [];
  const token = (refused?: boolean): Promise<string> => {
    if (refused || tokens.length === 0) tokens.push(`token-${tokens.length + 1}`);
    return Promise.resolve(tokens.at(-1)!);
  };
  return { connector: netSuite.connect(settings, token), seen, records: () => seen.filter(({ path }) => path.includes("/record/")) };
}

const because = { ruleSet: "r", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;
const leg = { amountMinor: 25000n, description: "", dimensions: {}, because };
const entry: LedgerDocument = {
  kind: "journal_entry",
  number: "J-1",
  date: "2026-03-31",
  currency: "USD",
  memo: "",
  dimensions: {},
  totalMinor: 25000n,
  lines: [
    { ...leg, role: "detail", account: "612", side: "debit" },
    { ...leg, role: "balance", account: "210", side: "credit" },
  ],
};
const item: PostItem = { key: "k1", postable: entry };
const lookup = (_kind: string, name: string) => name;
const created: ScriptedAnswer = { status: 204, body: "", headers: { location: "/services/rest/record/v1/journalentry/6447" } };
const post = async (connector: AccountingConnector) => (await connector.post([item], lookup))[0]!;

/** The journal as it is read back, one of its amounts changed where told. */
const readBack =
  (debit = "250") =>
  (q: string) => {
    if (q.includes("t.id IN (6447)")) {
      const head = {
        id: "6447",
        type: "Journal",
        recordtype: "journalentry",
        tranid: "J-1",
        externalid: "LL-JE-k1",
        trandate: "2026-03-31",
        currency: "1",
        posting: "T",
        status: "B",
        modified: "2026-03-31T10:00:00",
      };
      return [head];
    }
    if (!q.includes("FROM transactionline tl")) return undefined;
    return [
      { transaction: "6447", id: "0", mainline: "F", taxline: "F", account: "612", debitforeignamount: debit },
      { transaction: "6447", id: "1", mainline: "F", taxline: "F", account: "210", creditforeignamount: debit },
    ];
  };

describe("a plain creation", () => {
  test("turns validation of names on, sends numbers as numbers and no key that would be ignored", async () => {
    const { connector, records } = await account(() => created, readBack());
    expect(outcome(await post(connector))).toBe("posted");
    const [request] = records();
    expect(request).toMatchObject({ method: "POST", path: "/services/rest/record/v1/journalEntry" });
    expect(request!.headers).toMatchObject({ "x-netsuite-propertynamevalidation": "Error", "content-type": "application/json" });
    expect(Object.keys(request!.headers)).not.toContain("x-netsuite-idempotency-key");
    expect(request!.headers["prefer"]).toBeUndefined();
    expect(request!.body).toContain('"line":{"items":[{"account":{"id":"612"},"debit":250.00}');
    expect(request!.body).not.toMatch(/null|undefined/);
  });

  test("queries ask for transient answers, in lower case, without LIMIT or WITH", async () => {
    const { connector, seen } = await account(() => created, readBack());
    await post(connector);
    const queries = seen.filter(({ path }) => path.endsWith("/suiteql"));
    expect(queries.length).toBeGreaterThan(3);
    for (const { headers, body } of queries) {
      expect(headers["prefer"]).toBe("transient");
      expect((JSON.parse(body) as { q: string }).q).not.toMatch(/\bLIMIT\b|\bWITH\b|\bOFFSET\b|DATE '/);
    }
  });

  test("a script of the account that changes the amount is told, with the record's id", async () => {
    const { connector } = await account(() => created, readBack("250.01"));
    expect(await post(connector)).toMatchObject({
      fault: { code: "books_refused", details: { providerId: "6447" }, message: expect.stringContaining("250.01") as string },
    });
  });

  test("a success that cannot be read back, or names no record, leaves the outcome open", async () => {
    const unread = await account(() => created);
    expect(outcome(await post(unread.connector))).toBe("upstream_silent");
    const nameless = await account(() => ({ status: 204, body: "" }), readBack());
    expect(outcome(await post(nameless.connector))).toBe("upstream_silent");
    // 201 is as good as 204.
    const other = await account(() => ({ ...created, status: 201 }), readBack());
    expect(outcome(await post(other.connector))).toBe("posted");
  });
});

describe("answers", () => {
  const cases: readonly (readonly [string, ScriptedAnswer, string])[] = [
    ["a web page of maintenance", { status: 503, body: "<html>away</html>" }, "upstream_silent"],
    ["half a JSON", { status: 200, body: '{"id":' }, "upstream_silent"],
    [
      "a failure after which nobody knows",
      refusal(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: x"),
      "upstream_silent",
    ],
    [
      "too many at once",
      refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked."),
      "upstream_busy",
    ],
    ["a permission that is missing", refusal(403, "INSUFFICIENT_PERMISSION", "Permission Violation"), "books_readonly"],
    [
      "a document that does not balance",
      refusal(400, "USER_ERROR", "Error while accessing a resource. The amounts in a journal entry must balance."),
      "books_refused",
    ],
  ];
  for (const [name, answer, code] of cases) {
    test(`${name} → ${code}`, async () => {
      const { connector } = await account(() => answer, readBack());
      expect(outcome(await post(connector))).toBe(code);
    });
  }

  test("a pause doubles from one refusal to the next, unless the answer names one", async () => {
    const { connector } = await account(
      (_seen, writes) => ({
        ...refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", "x"),
        ...(writes === 3 ? { headers: { "retry-after": "7" } } : {}),
      }),
      readBack(),
    );
    const waits: (number | undefined)[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const result = await post(connector);
      waits.push("fault" in result ? result.retryAfterMs : undefined);
    }
    expect(waits).toEqual([1_000, 2_000, 7_000]);
  });

  test("a refused token is replaced once", async () => {
    const { connector, records } = await account(
      (seen) => (seen.authorization === "Bearer token-1" ? refusal(401, "INVALID_LOGIN", "Invalid login attempt.") : created),
      readBack(),
    );
    expect(outcome(await post(connector))).toBe("posted");
    expect(records().map(({ authorization }) => authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  test("an external id that exists is our own earlier try: it is looked up, not sent again", async () => {
    let isThere = false;
    const { connector, records } = await account(
      () => {
        isThere = true;
        return refusal(400, "USER_ERROR", "Error while accessing a resource. This record already exists");
      },
      (q) => (isThere && q.includes("t.externalid IN ('LL-JE-k1')") ? readBack()("t.id IN (6447)") : readBack()(q.replace("t.id IN", ""))),
    );
    expect(await post(connector)).toMatchObject({ posted: { providerId: "6447", ours: true, sameContent: true } });
    expect(records()).toHaveLength(1);
  });
});

test("a link opens the record in the account it is of", async () => {
  const { connector } = await account(() => created);
  expect(connector.openUrl("bill", "77")).toBe(
    "https://1234567-sb1.app.netsuite.com/app/accounting/transactions/transaction.nl?id=77&compid=1234567_SB1",
  );
  expect(connector.openUrl("vendor", "55")).toContain("/app/common/entity/vendor.nl?id=55");
});
