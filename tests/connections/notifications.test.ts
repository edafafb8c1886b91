import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { fuel, invoice } from "../setup/events.ts";
import {
  type Carrier,
  type Company,
  connectCompany,
  createCarrier,
  createCompany,
  drainLane,
  inQuickBooks,
  startWorld,
  type World,
} from "../setup/connected.ts";
import { system } from "../setup/installation.ts";

let world: World;
let carrier: Carrier;
let company: Company;
let booksId: string;
const verifierToken = "c0ffee-verifier";
const hook = `/v1/hooks/${system}`;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  carrier = await createCarrier(world);
  company = await createCompany(world);
  booksId = await connectCompany(world, carrier, company);
});

const setVerifier = (of = carrier, token = verifierToken, more = {}) =>
  of.ask("PUT", `/v1/connect/${system}/notifications`, { verifierToken: token, ...more });
const sign = (body: string, token = verifierToken) => createHmac("sha256", token).update(body).digest("base64");
const deliver = async (body: string, signature: string | null = sign(body)) => {
  const headers = { "content-type": "application/json", ...(signature === null ? {} : { "intuit-signature": signature }) };
  const answer = await fetch(world.url + hook, { method: "POST", headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const classic = (id: string, more: { entity?: string; operation?: string; at?: string; realm?: string } = {}) =>
  JSON.stringify({
    eventNotifications: [
      {
        realmId: more.realm ?? company.id,
        dataChangeEvent: {
          entities: [
            { name: more.entity ?? "Estimate", id, operation: more.operation ?? "Update", lastUpdated: more.at ?? "2026-11-20T10:00:00Z" },
          ],
        },
      },
    ],
  });
const kept = () =>
  carrier.rows<{ entity: string; provider_id: string; operation: string; outcome: string | null }>(
    "select entity, provider_id, operation, outcome from book_notifications order by notification_id",
  );
const outcomes = async () => [...new Set((await kept()).map(({ outcome }) => outcome))].sort();
const told = async () =>
  (await carrier.rows<{ body: string }>("select body from outbox where topic = 'books.changed' order by outbox_id")).map(
    ({ body }) => JSON.parse(body) as Record<string, unknown>,
  );
const drifts = () =>
  carrier.rows<{ message: string; fix: string; severity: string; resolved_at: Date | null }>(
    "select message, fix, severity, resolved_at from findings where code = 'drift' order by finding_id",
  );
const postings = () =>
  carrier.rows<{ provider_id: string; state: string; kind: string }>(
    "select p.provider_id, p.state, d.kind from postings p join documents d using (organization_id, document_id) order by p.posting_id",
  );
const idOf = async (kind: string) => (await postings()).find((posting) => posting.kind === kind)!.provider_id;
const requests = async () =>
  (await world.control<{ requests: { method: string; path: string }[] }>("GET", `requests?system=${system}&id=${company.id}`)).requests;
const asked = async (pattern: RegExp) => (await requests()).filter(({ method, path }) => pattern.test(`${method} ${path}`)).length;

/** The emulator tells us of changes, and has told everything when `heard` answers. */
const listen = (form: "classic" | "cloudevents" = "cloudevents") =>
  world.control("PUT", "webhooks", { system, id: company.id, url: world.url + hook, verifierToken, form });
const heard = () =>
  vi.waitUntil(
    async () => {
      const { events } = await world.control<{ events: { state: string }[] }>("GET", `webhooks?system=${system}&id=${company.id}`);
      return events.every(({ state }) => state === "delivered");
    },
    { timeout: 5_000, interval: 20 },
  );
const settle = async () => {
  await heard();
  await drainLane(world, carrier, booksId);
};
const post = async (...events: unknown[]) => {
  await carrier.ask("POST", "/v1/events?source=tms", events);
  await drainLane(world, carrier, booksId);
};

type Rec = Record<string, unknown>;
const edit = (path: string, body?: Rec) => inQuickBooks(world, company, body === undefined ? { path } : { path, body });
const record = async (entity: string, id: string) => (await edit(`${entity.toLowerCase()}/${id}`))[entity] as Rec;
async function editJournal(id: string, change: (entry: Rec) => Rec): Promise<void> {
  await edit("journalentry", change(await record("JournalEntry", id)));
}
const withAmount = (amount: number) => (entry: Rec) => ({
  ...entry,
  Line: (entry.Line as Rec[]).map((line) => ({ ...line, Amount: amount })),
});

describe("the hook", () => {
  test("keeps signed hints of both forms before it answers, once each", async () => {
    await setVerifier();
    const event = {
      ...{ specversion: "1.0", id: "1", source: "intuit", type: "qbo.estimate.updated.v1", datacontenttype: "application/json" },
      ...{ time: "2026-11-20T10:00:00Z", intuitentityid: "78", intuitaccountid: company.id, data: {} },
    };
    for (const body of [classic("77"), JSON.stringify([event])]) {
      expect(await deliver(body)).toEqual({ status: 200, body: { taken: 1 } });
      expect(await deliver(body)).toEqual({ status: 200, body: { taken: 0 } });
    }
    expect(await kept()).toEqual([
      { entity: "Estimate", provider_id: "77", operation: "changed", outcome: null },
      { entity: "Estimate", provider_id: "78", operation: "changed", outcome: null },
    ]);
    expect(world.woken.filter((woken) => woken === booksId).length).toBeGreaterThanOrEqual(3);
    await drainLane(world, carrier, booksId);
    expect(await told()).toMatchObject([
      { books: booksId, entity: "Estimate", id: "77", operation: "changed", drift: false },
      { entity: "Estimate", id: "78" },
    ]);
  });

  test("refuses what is not signed with the app's token, and keeps nothing", async () => {
    const body = classic("77");
    expect((await deliver(body)).status).toBe(401); // No token was set yet.
    await setVerifier();
    for (const signature of [null, "", sign(body, "other"), sign(`${body} `), sign(body).slice(0, -2)])
      expect((await deliver(body, signature)).status).toBe(401);
    expect(await kept()).toEqual([]);
    expect((await deliver(body)).status).toBe(200);
  });

  test("an app's own token goes before the organization's", async () => {
    await setVerifier(carrier, "of all apps");
    await setVerifier(carrier, verifierToken, { clientId: company.clientId });
    expect((await deliver(classic("1"), sign(classic("1"), "of all apps"))).status).toBe(401);
    expect((await deliver(classic("1"))).status).toBe(200);
  });

  test("answers 200 for companies nobody is connected to, 400 for what is no notification, 413 for what is too large", async () => {
    await setVerifier();
    expect(await deliver(classic("1", { realm: "4711" }), null)).toEqual({ status: 200, body: { taken: 0 } });
    expect(await deliver(classic("1", { realm: "\u0000" }), null)).toEqual({ status: 200, body: { taken: 0 } });
    for (const body of ["", "{", "[]x", '{"hello":1}', '"text"', "<html>"]) expect((await deliver(body)).status, body).toBe(400);
    expect((await deliver(`[${" ".repeat(2 * 1024 * 1024)}]`)).status).toBe(413);
    expect(await kept()).toEqual([]);
  });

  test("answers a hundred at once inside three seconds, and keeps each", async () => {
    await setVerifier();
    const took = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const startedAt = performance.now();
        expect((await deliver(classic(String(index % 50), { at: `2026-11-20T10:00:0${index % 2}Z` }))).status).toBe(200);
        return performance.now() - startedAt;
      }),
    );
    expect(Math.max(...took)).toBeLessThan(3_000);
    expect(new Set((await kept()).map(({ provider_id }) => provider_id)).size).toBe(50);
  });

  test("tells each organization of its own books only, whoever shares the company or the app", async () => {
    const other = await createCarrier(world);
    const theirs = await connectCompany(world, other, company);
    const elsewhere = await createCompany(world);
    await connectCompany(world, carrier, elsewhere);
    await setVerifier(carrier, verifierToken);
    await setVerifier(other, "their token");
    const count = async (of: Carrier) =>
      (await of.rows<{ books_id: string }>("select books_id from book_notifications")).map((row) => row.books_id);

    expect((await deliver(classic("1"), sign(classic("1"), "their token"))).body).toEqual({ taken: 1 });
    expect([await count(carrier), await count(other)]).toEqual([[], [theirs]]);
    // Their token is good for their books alone: it says nothing about ours.
    const forged = classic("2", { realm: elsewhere.id });
    expect((await deliver(forged, sign(forged, "their token"))).status).toBe(401);
    expect((await deliver(classic("1"))).body).toEqual({ taken: 1 });
    expect([await count(carrier), await count(other)]).toEqual([[booksId], [theirs]]);
    await setVerifier(other, verifierToken);
    expect((await deliver(classic("3"))).body).toEqual({ taken: 2 });
  });
});

describe.each(["classic", "cloudevents"] as const)("changes told by the books (%s)", (form) => {
  beforeEach(async () => {
    await setVerifier();
    await listen(form);
  });

  test("our own writes come back as echoes, without a look at the records", async () => {
    await post(fuel("t-1", "10.00"), fuel("t-2", "20.00"), invoice("i-1", { number: "I-1" }));
    await settle();
    expect((await kept()).length).toBeGreaterThanOrEqual(4); // Two entries, an invoice, a customer.
    expect(await outcomes()).toEqual(["echo"]);
    expect(await asked(/GET .*\/(journalentry|invoice|customer)\/\d+/)).toBe(0);
    expect(await told()).toEqual([]);
    expect(await drifts()).toEqual([]);
  });

  test("an edit is a finding that says what differs; undoing it ends the finding; the posting stays posted", async () => {
    await post(fuel("t-1", "10.00"));
    await settle();
    const id = await idOf("journal_entry");
    await editJournal(id, withAmount(12));
    await settle();
    expect(await drifts()).toMatchObject([
      {
        severity: "warn",
        message: expect.stringMatching(
          /^The journal entry .* was changed in Main company after it was posted: total 10\.00 USD → 12\.00 USD$/,
        ),
        resolved_at: null,
      },
    ]);
    expect(await told()).toMatchObject([{ entity: "JournalEntry", id, operation: "changed", drift: true }]);
    expect(await postings()).toMatchObject([{ state: "posted" }]);
    const story = await carrier.ask("GET", "/v1/events/fuel_transaction/t-1");
    expect(story.text).toContain("total 10.00 USD → 12.00 USD");
    await editJournal(id, withAmount(10));
    await settle();
    expect((await drifts()).map(({ resolved_at }) => resolved_at !== null)).toEqual([true]);
    expect(await told()).toMatchObject([{ drift: true }, { drift: false }]);
  });

  test("a deleted entry and a voided invoice are findings", async () => {
    await post(fuel("t-1", "10.00"), invoice("i-1", { number: "I-1" }));
    await settle();
    const [journal, sale] = [await idOf("journal_entry"), await idOf("invoice")];
    const { SyncToken } = await record("JournalEntry", journal);
    await edit("journalentry?operation=delete", { Id: journal, SyncToken });
    await edit("invoice?operation=void", { Id: sale, SyncToken: (await record("Invoice", sale)).SyncToken });
    await settle();
    const messages = (await drifts()).map(({ message }) => message).sort();
    expect(messages).toEqual([
      expect.stringMatching(/^The invoice I-1 .* was voided/),
      expect.stringMatching(/^The journal entry .* was deleted/),
    ]);
    expect((await told()).map(({ entity, operation, drift }) => [entity, operation, drift]).sort()).toEqual([
      ["Invoice", "voided", true],
      ["JournalEntry", "deleted", true],
    ]);
    expect((await postings()).every(({ state }) => state === "posted")).toBe(true);
  });

  test("a payment received against our invoice is passed on and is no drift", async () => {
    await post(invoice("i-1", { number: "I-1" }));
    await settle();
    const id = await idOf("invoice");
    const { CustomerRef } = await record("Invoice", id);
    await edit("payment", { CustomerRef, TotalAmt: 100, Line: [{ Amount: 100, LinkedTxn: [{ TxnId: id, TxnType: "Invoice" }] }] });
    await settle();
    expect(await drifts()).toEqual([]);
    expect((await told()).map(({ entity, operation }) => [entity, operation]).sort()).toEqual([
      ["Invoice", "changed"],
      ["Payment", "created"],
    ]);
  });

  test("a new account is known at once: the lists are read again, once for all that changed", async () => {
    await drainLane(world, carrier, booksId);
    const read = () => carrier.rows<{ n: string }>("select reference_version::text as n from books");
    const [before] = await read();
    for (const number of ["7771", "7772", "7773"])
      await edit("account", {
        Name: `Toll ${number}`,
        AcctNum: number,
        AccountType: "Expense",
        AccountSubType: "OtherMiscellaneousServiceCost",
      });
    await settle();
    const [after] = await read();
    expect(Number(after!.n)).toBe(Number(before!.n) + 1);
    const [known] = await carrier.rows<{ n: number }>(
      "select count(*)::int as n from books_records where kind = 'account' and number in ('7771', '7772', '7773')",
    );
    expect(known!.n).toBe(3);
    expect(await outcomes()).toEqual(["reference"]);
    expect(await told()).toEqual([]);
  });
});

test("a customer that is merged away leads to the one that took it in, and its next invoice goes there", async () => {
  await setVerifier();
  await listen();
  await post(invoice("i-1", { number: "I-1" }));
  await settle();
  const gone = await idOf("customer");
  const made = (await edit("customer", { DisplayName: "Survivor Shippers" })).Customer as Rec;
  await world.control("POST", "merge", { system, id: company.id, entity: "Customer", from: gone, into: made.Id });
  await settle();
  expect(await carrier.rows("select external_id from party_links where kind = 'customer'")).toEqual([{ external_id: made.Id }]);
  await post(invoice("i-2", { number: "I-2" }));
  const second = (await postings()).filter(({ kind }) => kind === "invoice")[1]!;
  expect(second.state).toBe("posted");
  expect((await record("Invoice", second.provider_id)).CustomerRef).toMatchObject({ value: made.Id });
});

describe("hints that come twice, late and in disorder", () => {
  beforeEach(() => setVerifier());

  test("one message tells of a record, and what was told is not told again", async () => {
    for (const [operation, at] of [
      ["Delete", "2026-11-20T10:00:09Z"],
      ["Update", "2026-11-20T10:00:05Z"],
      ["Create", "2026-11-20T10:00:01Z"],
    ] as const)
      await deliver(classic("99", { entity: "Payment", operation, at }));
    await drainLane(world, carrier, booksId);
    expect(await told()).toMatchObject([{ entity: "Payment", id: "99", operation: "deleted", at: "2026-11-20T10:00:09.000Z" }]);
    await deliver(classic("99", { entity: "Payment", operation: "Update", at: "2026-11-20T10:00:05Z" }));
    await drainLane(world, carrier, booksId);
    expect(await told()).toHaveLength(1);
  });

  test("an edit that is told twice under other times is one finding", async () => {
    await post(fuel("t-1", "10.00"));
    const id = await idOf("journal_entry");
    await editJournal(id, withAmount(12));
    for (const at of ["2026-11-20T10:00:00Z", "2026-11-20T10:00:01Z"]) {
      await deliver(classic(id, { entity: "JournalEntry", at }));
      await drainLane(world, carrier, booksId);
    }
    expect(await drifts()).toHaveLength(1);
    expect((await kept()).map(({ outcome }) => outcome)).toEqual(["drift", "known"]);
  });

  test("a late hint of our own first version is an echo after all", async () => {
    await post(fuel("t-1", "10.00"));
    await deliver(classic(await idOf("journal_entry"), { entity: "JournalEntry", operation: "Update" }));
    await drainLane(world, carrier, booksId);
    expect(await outcomes()).toEqual(["echo"]);
  });

  test("a record that may be our own, of which no answer came, waits for the answer and is an echo then", async () => {
    await post(fuel("t-1", "10.00"));
    const id = await idOf("journal_entry");
    const forget =
      "update postings set state = 'uncertain', provider_id = null, provider_version = null, next_at = now() + interval '1 hour' where books_id = $1";
    await carrier.rows(forget, booksId);
    await deliver(classic(id, { entity: "JournalEntry", operation: "Create" }));
    await world.runner.run({ organizationId: carrier.organizationId, booksId });
    expect(await outcomes()).toEqual([null]);
    await carrier.rows("update postings set next_at = now() where books_id = $1", booksId);
    await drainLane(world, carrier, booksId);
    expect(await postings()).toMatchObject([{ provider_id: id, state: "posted" }]);
    expect(await outcomes()).toEqual(["echo"]);
    expect(await told()).toEqual([]);
  });
});

describe("when no notification comes", () => {
  const longAgo = () =>
    carrier.rows(
      "update books set changes_at = now() - interval '61 seconds', notified_at = now() - interval '6 minutes' where books_id = $1",
      booksId,
    );
  const turn = () => world.runner.run({ organizationId: carrier.organizationId, booksId });

  test("the books are asked, at most once a minute, and what was missed is repaired once", async () => {
    await post(fuel("t-1", "10.00"));
    const id = await idOf("journal_entry");
    await editJournal(id, withAmount(12));
    await edit("vendor", { DisplayName: "Somebody's own vendor" });
    await longAgo();
    for (let turns = 0; turns < 10; turns++) await turn();
    expect(await asked(/\/cdc$/)).toBe(1);
    expect(await drifts()).toMatchObject([{ message: expect.stringContaining("total 10.00 USD → 12.00 USD") }]);
    expect(await told()).toMatchObject([{ entity: "JournalEntry", id, drift: true }]);
    await longAgo();
    await turn();
    expect(await asked(/\/cdc$/)).toBe(2);
    expect(await told()).toHaveLength(1);
    expect(await outcomes()).toEqual(["drift", "reference"]);
  });

  test("what a notification told already is not told again by asking", async () => {
    await setVerifier();
    await post(fuel("t-1", "10.00"));
    await listen();
    const id = await idOf("journal_entry");
    await editJournal(id, withAmount(12));
    const { Line } = await record("JournalEntry", id);
    await edit("journalentry", { DocNumber: "BY-HAND", TxnDate: "2026-10-05", Line });
    await settle();
    expect((await told()).map(({ operation }) => operation)).toEqual(["changed", "created"]);
    await longAgo();
    await turn();
    expect(await asked(/\/cdc$/)).toBe(1);
    expect(await told()).toHaveLength(2);
    expect(await drifts()).toHaveLength(1);
  });

  test("notifications that arrive keep the question from being asked", async () => {
    await setVerifier();
    await turn();
    await carrier.rows("update books set changes_at = now() - interval '10 minutes' where books_id = $1", booksId);
    await deliver(classic("1"));
    await turn();
    expect(await asked(/\/cdc$/)).toBe(0);
  });

  test("an idle lane costs one read a minute and no more, and a question that fails holds up no posting", async () => {
    await turn();
    await longAgo();
    await turn(); // The company is so new that its lists show among the changes once.
    await carrier.rows("update books set reference_at = now() - interval '1 hour' where books_id = $1", booksId);
    await longAgo();
    const before = (await requests()).length;
    for (let turns = 0; turns < 5; turns++) await turn();
    expect((await requests()).length - before).toBe(1);
    await longAgo();
    await world.control("PUT", "faults", { seed: 1, rules: [{ system, match: { path: "/cdc" }, kind: "status", status: 503 }] });
    await post(fuel("t-1", "10.00"));
    await world.control("PUT", "faults", { seed: 1, rules: [] });
    expect(await postings()).toMatchObject([{ state: "posted" }]);
  });

  test("paused books are asked nothing", async () => {
    await turn();
    await longAgo();
    await carrier.ask("POST", `/v1/books/${booksId}/pause`);
    await turn();
    expect(await asked(/\/cdc$/)).toBe(0);
  });
});
