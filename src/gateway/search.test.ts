import { Compile } from "typebox/compile";
import type { TSchema } from "typebox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTenant, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";
import { type Seeded, seedEvent, unmapped } from "../../tests/setup/seeded.ts";
import { inOrganization } from "../store/database.ts";
import { Cause, CauseItem } from "./routes/review.ts";
import { Story } from "./routes/events.ts";
import { Status } from "./routes/status.ts";
import { Event, Leaf, listOf, Posting } from "./schemas.ts";

let stage: Stage;
let carrier: Tenant;
let other: Tenant;
let posted: Seeded;
let stuck: Seeded[];

const sum = (total: string) => ({
  lines: [{ lineNo: 1, code: "FULSD", amount: total }],
  fees: "0.00",
  invoiceTotal: total,
  netTotal: total,
});

beforeAll(async () => {
  stage = await startStage();
  [carrier, other] = [await createTenant(stage.database, "Ironwood"), await createTenant(stage.database, "Other")];
  posted = await seedEvent(stage, carrier, {
    state: "posted",
    posting: "posted",
    over: { number: "F-1001", date: "2026-10-05", ...sum("100.10") },
  });
  await seedEvent(stage, carrier, { state: "prepared", posting: "ready", over: sum("20.00") });
  await seedEvent(stage, carrier, { state: "prepared", posting: "sending", over: sum("30.00") });
  await seedEvent(stage, carrier, { state: "prepared", posting: "uncertain", over: sum("40.00") });
  await seedEvent(stage, carrier, { state: "received", over: { ...sum("50.00"), currency: "CAD" } });
  stuck = [
    await seedEvent(stage, carrier, {
      state: "review",
      findings: [unmapped("DEF"), unmapped("DEF"), unmapped("CASH")],
      over: { number: "100%_X", ...sum("7.00") },
    }),
    await seedEvent(stage, carrier, { state: "review", findings: [unmapped("DEF")], over: sum("8.00") }),
    await seedEvent(stage, carrier, {
      state: "held",
      findings: [{ ...unmapped("DEF"), severity: "warn", cause: "told_only" }],
      over: sum("9.00"),
    }),
  ];
});
afterAll(() => stage.close());

/** Whatever came back; its shape is checked by schema where it matters. */
// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

async function get(path: string, tenant = carrier) {
  const response = await fetch(stage.url + path, { headers: { authorization: `Bearer ${tenant.keys.auditor}` } });
  return { status: response.status, body: (await response.json()) as Answer };
}

/** The answer, after it was checked against the schema that the contract shows. */
async function read(path: string, schema: TSchema, tenant = carrier) {
  const { status, body } = await get(path, tenant);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(Compile(schema).Errors(body)).toEqual([]);
  return body;
}

describe("GET /v1/events", () => {
  const events = (query: string) => read(`/v1/events?${query}`, listOf(Event));

  test("pages through everything once, newest first", async () => {
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await events(`limit=3${cursor}`);
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map((item: { eventId: string }) => item.eventId));
      cursor = page.nextCursor === null ? "" : `&cursor=${page.nextCursor}`;
    } while (cursor !== "");
    expect(seen).toHaveLength(8);
    expect(new Set(seen).size).toBe(8);
    expect(seen.at(-1)).toBe(posted.eventId);
  });

  test("filters by state, date, number and part of a number, taken literally", async () => {
    expect((await events("state=prepared")).items).toHaveLength(3);
    expect((await events("from=2026-10-01&to=2026-10-31")).items).toMatchObject([
      { id: posted.id, total: "100.10", currency: "USD", books: carrier.booksId },
    ]);
    expect((await events("number=F-1001")).items).toHaveLength(1);
    expect((await events("q=%25_")).items).toMatchObject([{ number: "100%_X" }]);
    expect((await events("type=toll_transaction")).items).toEqual([]);
  });

  test("says which parameter is wrong and what it may be", async () => {
    expect(await get("/v1/events?state=lost&limit=0")).toMatchObject({
      status: 400,
      body: {
        code: "request_invalid",
        errors: [{ pointer: "/state", detail: expect.stringContaining("received, prepared") }, { pointer: "/limit" }],
      },
    });
    expect(await get("/v1/events?cursor=zzz")).toMatchObject({ status: 400, body: { code: "request_invalid" } });
    expect(await get("/v1/events?from=2026-02-31")).toMatchObject({ status: 400, body: { code: "request_invalid" } });
  });
});

describe("one event", () => {
  test("tells its whole story", async () => {
    const story = await read(`/v1/events/${posted.type}/${posted.id}`, Story);
    expect(story).toMatchObject({
      state: "posted",
      revisions: [{ revision: 1, body: { vendor: { name: "Love's Travel Stops" }, revision: 1 } }],
      documents: [
        {
          kind: "expense",
          total: "100.10",
          lines: [
            { account: "5010", side: "debit", amount: "100.10", because: { row: "accounts/0", from: "/lines/0" } },
            { side: "credit" },
          ],
        },
      ],
      postings: [{ posting: { state: "posted", providerId: "145", attempts: 1 }, attempts: [{ attempt: 1, outcome: "posted" }] }],
    });
    expect(story.audit.map((leaf: { action: string }) => leaf.action)).toEqual(expect.arrayContaining(["event.accepted", "posting.ready"]));
    expect((await read(`/v1/events/${stuck[0]!.type}/${stuck[0]!.id}`, Story)).findings).toHaveLength(3);
  });

  test("names accounts as the books' chart does", async () => {
    await inOrganization(stage.database, carrier.organizationId, (tx) =>
      tx.change({ name: "test_chart", text: "insert into books_records values ($1, $2, 'account', '7', 'Fuel', '5010', true, '{}')" }, [
        carrier.organizationId,
        carrier.booksId,
      ]),
    );
    const { body } = await get(`/v1/documents/${posted.documentId}`);
    expect(body.document.lines.map((line: { accountName: string }) => line.accountName)).toEqual(["Fuel", null]);
  });

  test("that is not there is a 404 that says so", async () => {
    expect(await get("/v1/events/fuel_transaction/nothing")).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(await get(`/v1/documents/${crypto.randomUUID()}`)).toMatchObject({ status: 404 });
  });
});

test("GET /v1/postings filters by state, kind, books and date", async () => {
  const postings = (query: string) => read(`/v1/postings?${query}`, listOf(Posting));
  expect((await postings("")).items).toHaveLength(4);
  expect((await postings("state=posted")).items).toMatchObject([
    {
      document: {
        kind: "expense",
        number: "F-1001",
        date: "2026-10-05",
        currency: "USD",
        total: "100.10",
        party: { name: "Love's Travel Stops" },
      },
      url: expect.stringContaining("145"),
      event: { id: posted.id },
    },
  ]);
  expect((await postings(`books=${carrier.booksId}&kind=expense&to=2026-10-31`)).items).toHaveLength(1);
  expect((await postings("kind=bill")).items).toEqual([]);
  const first = await postings("limit=1");
  expect((await postings(`limit=10&cursor=${first.nextCursor}`)).items).toHaveLength(3);
});

test("GET /v1/review groups by cause, counts an event once, and lists what stands behind", async () => {
  const { items } = await read("/v1/review", listOf(Cause));
  expect(items).toMatchObject([
    {
      cause: "code_unmapped:fuel_transaction:DEF",
      events: 2,
      money: [{ currency: "USD", amount: "15.00" }],
      types: ["fuel_transaction"],
      samples: [{ id: stuck[0]!.id }, { id: stuck[1]!.id }],
    },
    { cause: "code_unmapped:fuel_transaction:CASH", events: 1, money: [{ amount: "7.00" }] },
  ]);
  const first = await read("/v1/review?limit=1", listOf(Cause));
  expect((await read(`/v1/review?cursor=${first.nextCursor}`, listOf(Cause))).items).toMatchObject([
    { cause: "code_unmapped:fuel_transaction:CASH" },
  ]);
  const behind = await read("/v1/review?cause=code_unmapped:fuel_transaction:DEF", listOf(CauseItem));
  expect(new Set(behind.items.map((item: { event: { id: string } }) => item.event.id))).toEqual(new Set([stuck[0]!.id, stuck[1]!.id]));
});

test("GET /v1/status counts every event once and adds up, in number and money", async () => {
  const status = await read("/v1/status", Status);
  expect(status.accepted).toEqual({
    count: 8,
    money: [
      { currency: "CAD", amount: "50.00" },
      { currency: "USD", amount: "214.10" },
    ],
  });
  expect(status.addsUp).toBe(true);
  const of = (stage: string) => status.stages.find((row: { stage: string }) => row.stage === stage);
  expect(of("sending")).toMatchObject({ count: 1, money: [{ amount: "30.00" }] });
  expect(of("uncertain")).toMatchObject({ count: 1, money: [{ amount: "40.00" }] });
  expect(of("ready")).toMatchObject({ count: 1 });
  expect(status.states.find((row: { state: string }) => row.state === "prepared")).toMatchObject({
    count: 3,
    money: [{ amount: "90.00" }],
  });
  expect(status.newestPostings).toHaveLength(1);
  expect(status.review).toHaveLength(2);
  expect(status.postings.find((row: { state: string }) => row.state === "posted")).toMatchObject({
    count: 1,
    money: [{ amount: "100.10" }],
  });
});

test("GET /v1/audit finds what happened to an object, newest first", async () => {
  const found = await read(`/v1/audit?object=${posted.eventId}`, listOf(Leaf));
  expect(found.items).toMatchObject([
    {
      action: "event.accepted",
      object: { type: "event", id: posted.eventId },
      facts: { source: "tms", revision: 1 },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
  const first = await read("/v1/audit?limit=2", listOf(Leaf));
  const second = await read(`/v1/audit?limit=2&cursor=${first.nextCursor}`, listOf(Leaf));
  expect(Number(second.items[0].index)).toBeLessThan(Number(first.items[1].index));
});

describe("another organization", () => {
  test("sees none of it, by any route", async () => {
    for (const path of ["/v1/events", "/v1/postings", "/v1/review", "/v1/audit", "/v1/review?cause=code_unmapped:fuel_transaction:DEF"]) {
      expect((await get(path, other)).body.items, path).toEqual([]);
    }
    expect((await get(`/v1/events/${posted.type}/${posted.id}`, other)).status).toBe(404);
    expect((await get(`/v1/documents/${posted.documentId}`, other)).status).toBe(404);
    expect((await get("/v1/status", other)).body).toMatchObject({ organization: "Other", accepted: { count: 0, money: [] }, addsUp: true });
    expect((await get("/v1/books", other)).body.items).toMatchObject([{ id: other.booksId }]);
  });

  test("cannot put it back to work", async () => {
    const response = await fetch(`${stage.url}/v1/review/retry`, {
      method: "POST",
      headers: { authorization: `Bearer ${other.keys.admin}`, "content-type": "application/json" },
      body: JSON.stringify({ cause: "code_unmapped:fuel_transaction:DEF", eventIds: [stuck[0]!.eventId] }),
    });
    expect(await response.json()).toEqual({ retried: 0 });
    expect((await get("/v1/review")).body.items).toHaveLength(2);
  });

  test("a query that forgot its organization sees nothing", async () => {
    for (const table of ["events", "documents", "postings", "findings", "audit_leaves", "api_keys", "user_sessions", "idempotency_keys"]) {
      expect((await stage.database.pool.query(`select count(*)::int as count from ${table}`)).rows, table).toEqual([{ count: 0 }]);
    }
  });
});
