import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Database } from "../../src/store/database.ts";
import { inOrganization } from "../../src/store/database.ts";
import { searchCauses } from "../../src/store/search-review.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel, invoice } from "../setup/events.ts";
import { defaultRules, type Installation, install, startSandbox } from "../setup/installation.ts";

let server: TestServer;
let database: Database;
let sandbox: Sandbox;
beforeAll(async () => {
  server = await startTestServer("embedded");
  database = await server.database();
  sandbox = await startSandbox({ port: 0, dataFile: null });
});
afterAll(async () => {
  await sandbox.close();
  await server.stop();
});

const cards = async (at: Installation, filter: Parameters<typeof searchCauses>[2] = {}) =>
  (await inOrganization(database, at.organizationId, (tx) => searchCauses(tx, { limit: 50, cursor: null }, filter))).items;
const states = async (at: Installation) =>
  Object.fromEntries(
    (await at.rows<{ state: string; n: number }>("select state, count(*)::int as n from events group by state")).map(({ state, n }) => [
      state,
      n,
    ]),
  );
const eventOf = async (at: Installation, id: string) =>
  (
    await at.rows<{ eventId: string; state: string; revision: number }>(
      `select event_id as "eventId", state, revision from events where id = $1 order by revision desc limit 1`,
      id,
    )
  )[0]!;
const accountsOf = async (at: Installation) =>
  (await at.ledger()).entries.filter(({ entity }) => entity === "JournalEntry").flatMap(({ lines }) => lines.map(({ account }) => account));

/** Books in which parties are not created by the rules. */
async function strict(at: Installation): Promise<void> {
  const rules = defaultRules() as unknown as Record<string, unknown>;
  const parties = { vendor: { create: false }, customer: { create: false } };
  await at.engine.publishRules(at.actor, { ...rules, parties } as never);
}
const stuck = "code_unmapped:fuel_transaction:XDSL";

describe("a card", () => {
  test("says what is wrong, of which class, how much money, since when, in which periods, and whose it is", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00", { code: "XDSL" }), fuel("t-2", "5.50", { code: "XDSL", date: "2026-11-02" }));
    await at.drain();
    await at.engine.review.assign(at.actor, stuck, "ann@example.com");
    const { findingClass } = await import("../../src/core/finding-class.ts");
    const [card, ...more] = await cards(at);
    expect(more).toEqual([]);
    expect(findingClass(card!.code)).toBe("mapping");
    expect(card).toMatchObject({
      cause: stuck,
      events: 2,
      money: [{ currency: "USD", minor: 1550n }],
      periods: ["2026-10", "2026-11"],
      owner: "ann@example.com",
      severity: "block",
    });
    expect(await cards(at, { classes: ["mapping"] })).toHaveLength(1);
    expect(await cards(at, { classes: ["period"] })).toEqual([]);
    expect(await cards(at, { owner: "bob@example.com" })).toEqual([]);
  });

  test("is put aside until a moment, taken up again by undo, and keeps its history with who and why", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00", { code: "XDSL" }));
    await at.drain();
    const { review } = at.engine;
    await review.snooze(at.actor, stuck, new Date(Date.now() + 3_600_000));
    expect(await cards(at)).toEqual([]);
    expect(await cards(at, { snoozed: "only" })).toHaveLength(1);
    await review.comment(at.actor, stuck, "Asked the card provider");
    expect(await review.undo(at.actor, stuck)).toMatchObject({ kind: "comment" });
    expect(await review.undo(at.actor, stuck)).toMatchObject({ kind: "snooze" });
    expect(await cards(at)).toHaveLength(1);
    const { items } = await review.history(at.actor, stuck, { limit: 10, cursor: null });
    expect(items.map(({ kind, reason, actor, undoneBy }) => [kind, reason, actor, undoneBy])).toEqual([
      ["comment", "Asked the card provider", "system:test", "system:test"],
      ["snooze", null, "system:test", "system:test"],
    ]);
    await expect(review.undo(at.actor, stuck)).rejects.toMatchObject({ code: "not_found" });
    await expect(review.comment(at.actor, "no such cause", "?")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("mended in place", () => {
  test("a row is added to the rules, what waits is posted by it, and undo brings the rules back", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00", { code: "XDSL" }));
    await at.drain();
    expect(await at.engine.review.addRow(at.actor, { cause: stuck, row: { account: "5220" } })).toEqual({
      ruleSet: "trucking",
      versions: [2],
    });
    await at.drain();
    expect(await states(at)).toEqual({ posted: 1 });
    expect(await accountsOf(at)).toContain("5220");
    expect(await at.engine.review.undo(at.actor, stuck)).toMatchObject({ kind: "add_row" });
    await at.send(fuel("t-2", "12.00", { code: "XDSL" }));
    await at.drain();
    expect(await states(at)).toEqual({ posted: 1, review: 1 });
  });

  test("a row holds for every version that is in force, and leaves their dates as they are", async () => {
    const at = await install(database, sandbox);
    const raw = defaultRules() as unknown as Record<string, unknown>;
    await at.engine.rules.saveDraft(at.actor, "trucking", { raw, effectiveFrom: "2027-01-01", note: "", ifRevision: null });
    await at.engine.rules.publishDraft(at.actor, "trucking", null);
    await at.send(fuel("t-1", "10.00", { code: "XDSL" }));
    await at.drain();
    await at.engine.review.addRow(at.actor, { cause: stuck, row: { account: "5220" } });
    await at.drain();
    expect(await states(at)).toEqual({ posted: 1 });
    expect(await at.rows(`select version, effective_from::text as "from" from rule_sets order by version`)).toEqual([
      { version: 1, from: null },
      { version: 2, from: "2027-01-01" },
      { version: 3, from: null },
      { version: 4, from: "2027-01-01" },
    ]);
  });

  test("where another person must approve, a row becomes a draft", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00", { code: "XDSL" }));
    await at.drain();
    await at.engine.rules.setFourEyes(at.actor, true);
    expect(await at.engine.review.addRow(at.actor, { cause: stuck, row: { account: "5220" } })).toEqual({
      ruleSet: "trucking",
      draftRevision: 1,
    });
    const other = { ...at.actor, id: "other" };
    await at.engine.rules.approve(other, "trucking", 1);
    await at.engine.rules.publishDraft(other, "trucking", 1);
    await at.drain();
    expect(await states(at)).toEqual({ posted: 1 });
  });

  test("a code of the TMS is taught as one of ours", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00", { code: "XDSL" }));
    await at.drain();
    await at.engine.review.addAlias(at.actor, { cause: stuck, value: "FULSD" });
    await at.drain();
    expect(await states(at)).toEqual({ posted: 1 });
    expect(await accountsOf(at)).toContain("5210");
    await expect(at.engine.review.addAlias(at.actor, { cause: "net_negative:1", value: "x" })).rejects.toMatchObject({
      code: "request_invalid",
    });
  });

  test("a missing customer is linked to a record of the books, and the next invoice finds it too", async () => {
    const at = await install(database, sandbox);
    await at.send(invoice("i-0", { number: "A-0" }));
    await at.drain();
    await at.rows("update books set reference_at = null"); // So that the lists are read once more, with the new customer.
    await strict(at);
    await at.send(invoice("i-1", { number: "A-1", customer: { id: "NEW-1", name: "Never Heard Of Inc" } }));
    await at.drain();
    const cause = "party_unknown:customer:NEW-1";
    expect((await cards(at)).map((card) => card.cause)).toEqual([cause]);
    await expect(at.engine.review.link(at.actor, { cause, record: "Nobody Either" })).rejects.toMatchObject({ code: "not_found" });
    const [record] = await at.rows<{ name: string; id: string }>(
      "select name, external_id as id from books_records where kind = 'customer' and active order by name limit 1",
    );
    expect(await at.engine.review.link(at.actor, { cause, record: record!.name })).toMatchObject({
      retried: 1,
      record: { externalId: record!.id },
    });
    await at.drain();
    await at.send(invoice("i-2", { number: "A-2", customer: { id: "NEW-1", name: "Never Heard Of Inc" } }));
    await at.drain();
    expect(await at.rows("select distinct kind, count(*)::int as n from documents group by kind")).toContainEqual({
      kind: "invoice",
      n: 3,
    });
    expect(await at.rows("select party_id as party, external_id as id from party_links where party_id = 'NEW-1'")).toEqual([
      { party: "NEW-1", id: record!.id },
    ]);
    await at.engine.review.undo(at.actor, cause);
    expect(await at.rows("select 1 as n from party_links where party_id = 'NEW-1'")).toEqual([]);
  });

  test("a missing customer may be created once, although the rules create none", async () => {
    const at = await install(database, sandbox);
    await strict(at);
    await at.send(invoice("i-1", { number: "A-1", customer: { id: "NEW-2", name: "Brand New Shipper" } }));
    await at.drain();
    const cause = "party_unknown:customer:NEW-2";
    expect(await at.engine.review.createParty(at.actor, { cause })).toEqual({ name: "Brand New Shipper", retried: 1 });
    await at.drain();
    expect(await states(at)).toEqual({ posted: 1 });
    const made = (await at.ledger()).entries.filter(({ entity, operation }) => entity === "Customer" && operation === "create");
    expect(made.length).toBeGreaterThan(0);
    await expect(at.engine.review.undo(at.actor, cause)).rejects.toMatchObject({ code: "request_invalid" });
  });

  test("an event is corrected as a new revision; what the TMS sent stays, and its repetition does not undo the correction", async () => {
    const at = await install(database, sandbox);
    const { revision: _, ...sent } = fuel("t-1", "10.00", { code: "XDSL" });
    await at.send(sent);
    await at.drain();
    const { eventId } = await eventOf(at, "t-1");
    const edit = { eventId, changes: { "/lines/0/code": "FULSD", "/memo": "Corrected" }, reason: "Typing mistake at the pump" };
    expect(await at.engine.review.edit(at.actor, edit)).toMatchObject({ revision: 2 });
    await at.drain();
    expect(await states(at)).toEqual({ posted: 1, superseded: 1 });
    expect(await cards(at)).toEqual([]);
    const [again] = await at.send(sent);
    expect(again).toMatchObject({ status: "duplicate" });
    const leaves = await at.rows<{ action: string; actor: string; facts: string }>(
      "select action, actor, facts from audit_leaves where action = 'event.edited'",
    );
    expect(leaves).toMatchObject([{ actor: "system:test", facts: expect.stringContaining("Typing mistake at the pump") }]);
    const [original] = await at.rows<{ body: string }>("select body from events where revision = 1");
    expect(original!.body).toContain("XDSL");
    await expect(at.engine.review.edit(at.actor, edit)).rejects.toMatchObject({ code: "request_invalid" });
  });

  test("a correction that makes no readable event changes nothing and says where it is wrong", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00", { code: "XDSL" }));
    await at.drain();
    const { eventId } = await eventOf(at, "t-1");
    const edit = (changes: Record<string, unknown>) => at.engine.review.edit(at.actor, { eventId, changes, reason: "try" });
    await expect(edit({ "/lines/0/amount": "lots" })).rejects.toMatchObject({
      code: "event_invalid",
      details: { "/lines/0/amount": expect.any(String) },
    });
    await expect(edit({ "/lines/7/code": "FULSD" })).rejects.toMatchObject({ code: "request_invalid" });
    await expect(edit({ "/id": "t-9" })).rejects.toMatchObject({ code: "request_invalid" });
    expect(await states(at)).toEqual({ review: 1 });
  });

  test("excluded with a reason, an event is out of the work and of the queue until that is undone", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00", { code: "XDSL" }), fuel("t-2", "11.00", { code: "XDSL" }));
    await at.drain();
    await expect(at.engine.review.exclude(at.actor, { cause: stuck, reason: " " })).rejects.toMatchObject({ code: "request_invalid" });
    expect(await at.engine.review.exclude(at.actor, { cause: stuck, reason: "Private fill, paid by the driver" })).toEqual({
      excluded: 2,
      left: 0,
    });
    await at.drain();
    expect(await states(at)).toEqual({ excluded: 2 });
    expect(await cards(at)).toEqual([]);
    expect(await at.engine.review.undo(at.actor, stuck)).toEqual({ kind: "exclude", events: 2 });
    await at.drain();
    expect(await states(at)).toEqual({ review: 2 });
  });
});

describe("jobs over many events", () => {
  const selection = { causes: [], classes: ["mapping" as const], types: [], from: null, to: null };

  test("say beforehand what they would do, report where they are, and end", async () => {
    const at = await install(database, sandbox);
    await at.send(...Array.from({ length: 620 }, (_, index) => fuel(`t-${index}`, "10.00", { code: "XDSL" })));
    await at.drain();
    const plan = await at.engine.review.planJob(at.actor, { kind: "retry", selection, reason: null });
    expect(plan).toMatchObject({
      size: { events: 620, money: [{ currency: "USD", minor: 620_000n }] },
      outcome: { events: 620, wouldStay: { events: 620 } },
    });
    const { jobId } = await at.engine.review.startJob(at.actor, { kind: "exclude", selection, reason: "Test data" });
    await expect
      .poll(() => at.engine.review.job(at.actor, jobId), { timeout: 30_000 })
      .toMatchObject({ state: "done", done: 620n, total: 620n, left: 0n });
    expect(await states(at)).toEqual({ excluded: 620 });
  });

  test("go on after a restart, and stop when they are cancelled", async () => {
    const at = await install(database, sandbox);
    await at.send(...Array.from({ length: 20 }, (_, index) => fuel(`t-${index}`, "10.00", { code: "XDSL" })));
    await at.drain();
    const { resumeJobs } = await import("../../src/engine/review-jobs.ts");
    // Left behind by a process that was killed after its first batch: the row is there, nobody holds it.
    const leave = async (state: string) => {
      const jobId = crypto.randomUUID();
      await at.rows(
        `insert into review_jobs (organization_id, job_id, kind, selection, reason, state, total_events, through_id, started_by)
         select organization_id, $1, 'exclude', $2, 'left behind', $3, 20, max(event_id::text)::uuid, 'user:ann' from events group by organization_id`,
        jobId,
        JSON.stringify(selection),
        state,
      );
      return jobId;
    };
    const cancelled = await leave("running");
    expect(await at.engine.review.cancelJob(at.actor, cancelled)).toMatchObject({ state: "cancelled", done: 0n });
    await resumeJobs(at.parts, at.organizationId);
    expect(await states(at)).toEqual({ review: 20 });
    const jobId = await leave("running");
    await resumeJobs(at.parts, at.organizationId);
    expect(await at.engine.review.job(at.actor, jobId)).toMatchObject({ state: "done", done: 20n });
    expect(await at.rows("select distinct actor from audit_leaves where action = 'event.excluded'")).toEqual([{ actor: "user:ann" }]);
  });
});
