import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Database } from "../../src/store/database.ts";
import { serverNames, startTestServer, type TestServer } from "../setup/databases.ts";
import { creditOf, fuel, invoice } from "../setup/events.ts";
import { defaultRules, type Installation, install, startSandbox, system } from "../setup/installation.ts";

interface PostingRow {
  state: string;
  attempts: number;
  adopted: boolean;
}

describe.each(serverNames)("the posting protocol on %s PostgreSQL", (serverName) => {
  let server: TestServer;
  let database: Database;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startTestServer(serverName);
    database = await server.database();
    sandbox = await startSandbox({ port: 0, dataFile: null });
  });
  afterAll(async () => {
    await sandbox.close();
    await server.stop();
  });

  const setFaults = (at: Installation, ...rules: object[]) =>
    at.control("PUT", "faults", { seed: 7, rules: rules.map((rule) => ({ system, ...rule })) });
  const postingsOf = (at: Installation) => at.rows<PostingRow>("select state, attempts, adopted from postings order by posting_id");
  const creations = async (at: Installation, entity: string) =>
    (await at.ledger()).entries.filter((entry) => entry.entity === entity && entry.operation === "create");
  const statesOf = (at: Installation) =>
    at.rows<{ state: string; n: number }>("select state, count(*)::int as n from events group by state order by state");

  test("a fuel ticket becomes one journal entry, and every step left its leaf", async () => {
    const at = await install(database, sandbox);
    const [receipt] = await at.send(fuel("t-1", "411.34", { fees: "2.00" }));
    expect(receipt).toMatchObject({ status: "accepted", findings: [] });
    await at.drain();
    const [entry, ...others] = await creations(at, "JournalEntry");
    expect(others).toEqual([]);
    const legs = entry!.lines.map(({ account, debit, credit }) => [account, Number(debit) - Number(credit)]);
    expect(legs.sort()).toEqual([
      ["2050", -413.34],
      ["5210", 411.34],
      ["5245", 2],
    ]);
    const leaves = await at.rows<{ action: string }>("select action from audit_leaves order by leaf_id");
    expect(leaves.map(({ action }) => action).filter((action) => /^(event|posting)/.test(action))).toEqual([
      "event.accepted",
      "event.prepared",
      "posting.sending",
      "posting.posted",
    ]);
    const [posting] = await at.rows<{ url: string; provider_id: string }>("select url, provider_id from postings");
    expect(posting!.provider_id).toBe(entry!.id);
    expect((await fetch(posting!.url)).status).toBe(200);
  });

  test("the same event again is a duplicate, other content a conflict, an older revision refused: the books do not change", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00", { revision: 2 }));
    await at.drain();
    const again = await at.send(
      fuel("t-1", "10.00", { revision: 2 }),
      fuel("t-1", "11.00", { revision: 2 }),
      fuel("t-1", "12.00", { revision: 1 }),
    );
    expect(again.map(({ status }) => status)).toEqual(["duplicate", "conflict", "conflict"]);
    expect(again.map(({ findings }) => findings[0]?.code)).toEqual([undefined, "revision_conflict", "revision_behind"]);
    await at.drain();
    expect(await creations(at, "JournalEntry")).toHaveLength(1);
  });

  test.each([
    ["the answer is cut off after the commit", { kind: "commit_then_cut" }],
    ["the connection is cut before the commit", { kind: "cut" }],
    ["the answer is cut in half", { kind: "truncate" }],
    ["an HTML page comes instead of the answer", { kind: "html", commit: true }],
    ["a 503 comes after the commit", { kind: "status", status: 503, commit: true }],
    ["a 504 comes without a commit", { kind: "status", status: 504, commit: false }],
    ["the write is committed after we stopped listening", { kind: "late_commit", ms: 300 }],
  ])("one effect when %s", async (_, fault) => {
    const at = await install(database, sandbox, { overrides: { executionLimitMs: 1_000 } });
    await setFaults(at, { match: { path: "/journalentry" }, count: 1, ...fault });
    await at.send(fuel("t-1", "99.10"));
    await at.drain();
    expect(await creations(at, "JournalEntry")).toHaveLength(1);
    expect(await postingsOf(at)).toMatchObject([{ state: "posted" }]);
    expect(await statesOf(at)).toEqual([{ state: "posted", n: 1 }]);
    await setFaults(at);
  });

  test("one effect even when the provider ignores our key and loses the answer", async () => {
    const at = await install(database, sandbox);
    await setFaults(
      at,
      { match: { path: "/journalentry" }, count: 1, kind: "commit_then_cut" },
      { match: { path: "/journalentry" }, count: 10, kind: "ignore_key" },
    );
    await at.send(fuel("t-1", "55.00"));
    await at.drain();
    expect(await creations(at, "JournalEntry")).toHaveLength(1);
    expect(await postingsOf(at)).toEqual([{ state: "posted", attempts: 1, adopted: true }]);
    await setFaults(at);
  });

  test("a batch that was cut off is resolved item by item", async () => {
    const at = await install(database, sandbox);
    await setFaults(
      at,
      { match: { path: "/batch" }, count: 1, kind: "commit_then_cut" },
      { match: { path: "/batch" }, count: 1, kind: "cut" },
    );
    await at.send(...Array.from({ length: 60 }, (_, index) => fuel(`t-${index}`, `${index + 1}.25`)));
    await at.drain();
    const numbers = (await creations(at, "JournalEntry")).map(({ number }) => number);
    expect(numbers).toHaveLength(60);
    expect(new Set(numbers).size).toBe(60);
    expect((await postingsOf(at)).filter(({ state }) => state !== "posted")).toEqual([]);
    await setFaults(at);
  });

  test("a throttled lane rests for as long as it is told and loses nothing", async () => {
    const at = await install(database, sandbox);
    await setFaults(at, { match: { path: "/journalentry" }, count: 1, kind: "throttle", retryAfterSeconds: 1 });
    await at.send(fuel("t-1", "20.00"));
    await at.drain();
    expect(await creations(at, "JournalEntry")).toHaveLength(1);
    await setFaults(at);
  });

  test("an expired access token is refreshed once and nothing is lost", async () => {
    const at = await install(database, sandbox);
    await setFaults(at, { match: { path: "/journalentry" }, count: 1, kind: "expire_token" });
    await at.send(fuel("t-1", "21.00"));
    await at.drain();
    expect(await creations(at, "JournalEntry")).toHaveLength(1);
    await setFaults(at);
  });

  test("many workers at once on one lane send nothing twice", async () => {
    const at = await install(database, sandbox);
    await at.send(...Array.from({ length: 40 }, (_, index) => fuel(`t-${index}`, "30.00")));
    await Promise.all([at.drain(), at.drain(), at.drain()]);
    expect(await creations(at, "JournalEntry")).toHaveLength(40);
  });

  test("a worker that loses its lane in the middle of a call writes nothing, and the next one finds what it did", async () => {
    const at = await install(database, sandbox);
    await setFaults(at, { match: { path: "/journalentry" }, count: 1, kind: "delay", ms: 3_000 });
    await at.send(fuel("t-1", "31.00"));
    const first = at.drain();
    await expect.poll(async () => (await postingsOf(at))[0]?.state, { timeout: 5_000 }).toBe("sending");
    await at.rows("update lanes set holder = gen_random_uuid(), epoch = epoch + 1, lease_until = now() + interval '1 second'");
    await first;
    await at.drain();
    expect(await creations(at, "JournalEntry")).toHaveLength(1);
    expect(await postingsOf(at)).toEqual([{ state: "posted", attempts: 1, adopted: true }]);
    await setFaults(at);
  });

  test("an unmapped code waits in review under one cause and posts after the row was added, without a retry", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "40.00", { code: "ODDFUEL" }), fuel("t-2", "41.00", { code: "ODDFUEL" }), fuel("t-3", "42.00"));
    await at.drain();
    expect(await statesOf(at)).toEqual([
      { state: "posted", n: 1 },
      { state: "review", n: 2 },
    ]);
    const causes = await at.rows<{ cause: string }>("select distinct cause from findings where resolved_at is null and severity = 'block'");
    expect(causes).toHaveLength(1);
    const rules = defaultRules();
    await at.engine.publishRules(at.actor, { ...rules, accounts: [...rules.accounts, { code: ["ODDFUEL"], account: "5210" }] });
    expect(await at.engine.retry(at.actor, { cause: causes[0]!.cause })).toEqual({ retried: 0 });
    await at.drain();
    expect(await statesOf(at)).toEqual([{ state: "posted", n: 3 }]);
    expect(await creations(at, "JournalEntry")).toHaveLength(3);
    const versions = await at.rows<{ v: number }>("select rule_set_version as v from documents order by 1");
    expect(versions.map(({ v }) => v)).toEqual([1, 2, 2]);
  });

  test("a closed period is known before the call, and posts after it was opened and retried", async () => {
    const at = await install(database, sandbox, { companyOptions: { closedThrough: "2026-09-30" } });
    await at.send(fuel("t-1", "50.00", { date: "2026-09-30" }));
    await at.drain();
    expect(await statesOf(at)).toEqual([{ state: "held", n: 1 }]); // The shipped rule set holds late documents for the controller.
    expect(await at.rows("select code from findings where resolved_at is null")).toEqual([{ code: "period_closed" }]);
    expect((await postingsOf(at)).length).toBe(0);
    await at.control("POST", "preferences", { system, id: at.company, preferences: { AccountingInfoPrefs: { BookCloseDate: null } } });
    await at.rows("update books set reference_at = null");
    await at.engine.retry(at.actor, { cause: (await at.rows<{ cause: string }>("select cause from findings"))[0]!.cause });
    await at.drain();
    expect(await statesOf(at)).toEqual([{ state: "posted", n: 1 }]);
  });

  test("a newer revision takes the older entry back and posts the new one; a void takes everything back", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "60.00"));
    await at.drain();
    await at.send(fuel("t-1", "65.00", { revision: 2 }));
    await at.drain();
    const balance = async (account: string) => {
      const { entries } = await at.ledger();
      return entries
        .flatMap(({ lines }) => lines)
        .filter((line) => line.account === account)
        .reduce((sum, line) => sum + Number(line.debit) - Number(line.credit), 0);
    };
    expect(await balance("5210")).toBeCloseTo(65, 2);
    await at.send({ type: "fuel_transaction", id: "t-1", revision: 3, date: "2026-10-03", currency: "USD", status: "void", dims: {} });
    await at.drain();
    expect(await balance("5210")).toBeCloseTo(0, 2);
    expect(await balance("2050")).toBeCloseTo(0, 2);
    expect(await statesOf(at)).toEqual([
      { state: "superseded", n: 1 },
      { state: "voided", n: 2 },
    ]);
  });

  test("a revision that changes nothing of the documents leaves the books alone", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "70.00"));
    await at.drain();
    await at.send(fuel("t-1", "70.00", { revision: 2, odometer: "418223" }));
    await at.drain();
    expect(await creations(at, "JournalEntry")).toHaveLength(1);
    expect(await statesOf(at)).toEqual([
      { state: "posted", n: 1 },
      { state: "superseded", n: 1 },
    ]);
  });

  test("two events with one invoice number: the second waits in review and names the first", async () => {
    const at = await install(database, sandbox);
    await at.send(invoice("i-1", { number: "104233" }), invoice("i-2", { number: "104233" }));
    await at.drain();
    expect(await creations(at, "Invoice")).toHaveLength(1);
    const [finding] = await at.rows<{ code: string; message: string }>(
      "select code, message from findings where resolved_at is null and severity = 'block'",
    );
    expect(finding).toMatchObject({ code: "number_duplicate", message: expect.stringContaining("customer_invoice i-1") });
  });

  test("customers and vendors are created once, before the documents that need them", async () => {
    const at = await install(database, sandbox);
    await setFaults(at, { match: { path: "/customer" }, count: 1, kind: "commit_then_cut" });
    await at.send(
      ...Array.from({ length: 5 }, (_, index) => invoice(`i-${index}`, { number: `10${index}` })),
      creditOf("c-1", { number: "CM-1", original: "100" }),
    );
    await at.drain();
    expect(await at.rows("select kind, count(*)::int as n from documents group by kind order by kind")).toEqual([
      { kind: "credit_memo", n: 1 },
      { kind: "customer", n: 1 },
      { kind: "invoice", n: 5 },
    ]);
    expect(await creations(at, "Invoice")).toHaveLength(5);
    expect(await creations(at, "CreditMemo")).toHaveLength(1);
    await setFaults(at);
  });

  test("an account that was made inactive in the books stops only what needs it, and a retry after it is active again posts", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-0", "1.00"));
    await at.drain(); // The lists are read now, with the account active.
    const base = `${sandbox.url}/quickbooks-online/v3/company/${at.company}`;
    const setActive = async (isActive: boolean) => {
      const { accessToken } = await at.control<{ accessToken: string }>("POST", "tokens", { system, id: at.company });
      const headers = { authorization: `Bearer ${accessToken}`, accept: "application/json", "content-type": "application/json" };
      // A row that is made inactive is renamed "… (deleted)", so both spellings are looked for.
      const query =
        "select * from Account where Name in ('Diesel Exhaust Fluid', 'Diesel Exhaust Fluid (deleted)') and Active in (true, false)";
      const found = await fetch(`${base}/query?query=${encodeURIComponent(query)}`, { headers });
      const [account] = ((await found.json()) as { QueryResponse: { Account: { Id: string; SyncToken: string }[] } }).QueryResponse.Account;
      const body = JSON.stringify({
        Id: account!.Id,
        SyncToken: account!.SyncToken,
        sparse: true,
        Name: "Diesel Exhaust Fluid",
        Active: isActive,
      });
      expect((await fetch(`${base}/account`, { method: "POST", headers, body })).status).toBe(200);
    };
    await setActive(false);
    await at.send(fuel("t-1", "80.00", { code: "FDEF" }), fuel("t-2", "81.00"));
    await at.drain();
    expect(await statesOf(at)).toEqual([
      { state: "posted", n: 2 },
      { state: "review", n: 1 },
    ]);
    await setActive(true);
    await at.rows("update books set reference_at = null");
    const [{ cause } = { cause: "" }] = await at.rows<{ cause: string }>(
      "select cause from findings where resolved_at is null and severity = 'block'",
    );
    await at.engine.retry(at.actor, { cause });
    await at.drain();
    expect(await statesOf(at)).toEqual([{ state: "posted", n: 3 }]);
  });
});
