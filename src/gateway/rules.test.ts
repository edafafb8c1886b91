import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTenant, fuelEvent, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";
import { seedEvent } from "../../tests/setup/seeded.ts";
import { ruleSetSchema } from "../core/rules/json-schema.ts";
import { putReference } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import { insertRuleSet } from "../store/rules.ts";

type Body = Record<string, unknown>;
/** Whatever came back; its shape is checked where it matters. */
// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const rules = (over: Body = {}): Body => ({
  name: "trucking",
  documents: [{ event: "fuel_transaction", kind: "journal_entry", balance: 2050, number: "F-{id}" }],
  lineCodes: [{ event: "fuel_transaction", code: "FFEE", where: { "line.part": "fees" } }],
  codes: { FULSD: { name: "Diesel", kind: "FUEL", account: 5210 }, FFEE: { name: "Card fee", kind: "FUEL", account: 5245 } },
  ...over,
});
const moved = rules({ accounts: [{ code: "FULSD", where: { "dims.terminal": "DAL" }, account: 5215 }] });

async function ask(key: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }> {
  const response = await fetch(`${stage.url}/v1/rule-sets${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}

async function carrier(): Promise<Tenant> {
  const tenant = await createTenant(stage.database);
  expect((await ask(tenant.keys.controller, "PUT", "/trucking", rules())).body).toMatchObject({ version: 1 });
  return tenant;
}

/** Waits until a backtest ended. */
function ended(key: string, id: string): Promise<Answer> {
  return vi.waitFor(
    async () => {
      const { body } = await ask(key, "GET", `/backtests/${id}`);
      expect(body.state).not.toBe("running");
      return body;
    },
    { timeout: 60_000, interval: 50 },
  );
}

describe("a draft", () => {
  test("is saved, compared in words, published with its effective date, and gone", async () => {
    const { keys } = await carrier();
    const saved = await ask(keys.controller, "PUT", "/trucking/draft", {
      ruleSet: moved,
      effectiveFrom: "2027-01-01",
      note: "Dallas yard",
    });
    expect(saved).toMatchObject({ status: 200, body: { draft: { revision: 1, basedOn: 1, effectiveFrom: "2027-01-01" } } });
    const { body: diff } = await ask(keys.auditor, "POST", "/trucking/diff", {});
    expect(diff.changes.map(({ words }: { words: string }) => words)).toEqual([
      "accounts: code FULSD, where dims.terminal is DAL is new: account 5215.",
    ]);
    expect((await ask(keys.controller, "POST", "/trucking/draft/publish", {})).body).toMatchObject({ version: 2 });
    expect((await ask(keys.controller, "GET", "/trucking/draft")).status).toBe(404);
    const { body } = await ask(keys.auditor, "GET", "/trucking/versions");
    expect(body.items).toMatchObject([{ version: 2, effectiveFrom: "2027-01-01", note: "Dallas yard" }, { version: 1 }]);
  });

  test("with a wrong field, type or option is refused with place and suggestion, and nothing is kept", async () => {
    const { keys } = await carrier();
    const wrong = rules({
      accounts: [
        { code: "FULSD", event: "fuel_transaction", where: { "dims.termnal": "DAL" }, account: 1 },
        { code: "FULSD", event: "fuel_transaction", when: 'event.jurisdiction == "TX"', account: 1 },
        { code: "FULSD", event: "fuel_transaction", when: "line.amount > 5", account: 1 },
      ],
      dimensions: { class: { from: "terminal", unknown: "default" } },
    });
    const { status, body } = await ask(keys.controller, "PUT", "/trucking/draft", { ruleSet: wrong });
    expect({ status, code: body.code }).toEqual({ status: 422, code: "rule_set_invalid" });
    const details = Object.fromEntries(Object.entries(body.details ?? {}).map(([place, words]) => [place, String(words)]));
    const errors = body.errors ?? Object.entries(details).map(([pointer, detail]) => ({ pointer, detail }));
    const at = (pointer: string): string => errors.find((one: { pointer: string }) => one.pointer === pointer)?.detail ?? "";
    expect(at("/accounts/0/where/dims.termnal")).toContain('Did you mean "dims.terminal"?');
    expect(at("/accounts/1/when")).toContain("no single field of fuel_transaction");
    expect(at("/accounts/2/when")).toContain("no such overload");
    expect((await ask(keys.controller, "GET", "/trucking/draft")).status).toBe(404);
    const { body: conflict } = await ask(keys.controller, "PUT", "/trucking/draft", {
      ruleSet: rules({ dimensions: { class: { from: "terminal", unknown: "default" } } }),
    });
    expect(JSON.stringify(conflict)).toContain("replaces unknown values by the default, and there is none");
  });

  test("of two people at once: the second save says so", async () => {
    const { keys } = await carrier();
    await ask(keys.controller, "PUT", "/trucking/draft", { ruleSet: moved, ifRevision: 0 });
    expect((await ask(keys.admin, "PUT", "/trucking/draft", { ruleSet: rules(), ifRevision: 0 })).body.code).toBe("version_behind");
    expect((await ask(keys.admin, "PUT", "/trucking/draft", { ruleSet: rules(), ifRevision: 1 })).body.draft).toMatchObject({
      revision: 2,
      authors: [expect.any(String), expect.any(String)],
    });
  });

  test("that was written before somebody published another version is not published over it", async () => {
    const { keys } = await carrier();
    await ask(keys.controller, "PUT", "/trucking/draft", { ruleSet: moved });
    await ask(keys.admin, "PUT", "/trucking", rules({ master: 7900 }));
    expect((await ask(keys.controller, "POST", "/trucking/draft/publish", {})).body.code).toBe("version_behind");
  });
});

describe("four eyes", () => {
  test("nobody publishes alone, nobody approves what he wrote, and a change takes the approval away", async () => {
    const { keys } = await carrier();
    expect((await ask(keys.controller, "PUT", "/policy", { fourEyes: true })).status).toBe(403);
    expect((await ask(keys.admin, "PUT", "/policy", { fourEyes: true })).body).toEqual({ fourEyes: true });
    expect((await ask(keys.controller, "PUT", "/trucking", moved)).status).toBe(403);
    await ask(keys.controller, "PUT", "/trucking/draft", { ruleSet: moved });
    expect((await ask(keys.controller, "POST", "/trucking/draft/publish", {})).status).toBe(403);
    expect((await ask(keys.controller, "POST", "/trucking/draft/approve", { revision: 1 })).status).toBe(403);
    expect((await ask(keys.admin, "POST", "/trucking/draft/approve", { revision: 2 })).body.code).toBe("version_behind");
    expect((await ask(keys.admin, "POST", "/trucking/draft/approve", { revision: 1 })).body.approvedBy).toMatch(/^key:/);
    await ask(keys.controller, "PUT", "/trucking/draft", { ruleSet: rules({ master: 7900 }) });
    expect((await ask(keys.controller, "GET", "/trucking/draft")).body.draft).toMatchObject({ revision: 2, approvedBy: null });
    expect((await ask(keys.controller, "POST", "/trucking/draft/publish", {})).status).toBe(403);
    await ask(keys.admin, "POST", "/trucking/draft/approve", { revision: 2 });
    const { body } = await ask(keys.controller, "POST", "/trucking/draft/publish", { revision: 2 });
    expect(body).toMatchObject({ version: 2 });
    expect((await ask(keys.auditor, "GET", "/trucking/versions")).body.items[0].approvedBy).toMatch(/^key:/);
    expect((await ask(keys.controller, "POST", "/trucking/rollback", { version: 1 })).body).toMatchObject({
      published: null,
      draft: { restoredFrom: 1, approvedBy: null },
    });
  });

  test("hold in the database: a program that forgets to ask changes nothing", async () => {
    const { keys, organizationId } = await carrier();
    await ask(keys.admin, "PUT", "/policy", { fourEyes: true });
    const within = <T>(work: Parameters<typeof inOrganization<T>>[2]) => inOrganization(stage.database, organizationId, work);
    const added = { name: "trucking", body: rules(), createdBy: "key:a" };
    await expect(within((tx) => insertRuleSet(tx, added))).rejects.toThrow(/needs the approval/);
    await expect(within((tx) => insertRuleSet(tx, { ...added, approvedBy: "key:b" }))).rejects.toThrow(/needs the approval/);
    await ask(keys.controller, "PUT", "/trucking/draft", { ruleSet: moved });
    const [author] = (await ask(keys.controller, "GET", "/trucking/draft")).body.draft.authors;
    const approveOwn = { name: "test_approve_own", text: "update rule_set_drafts set approved_by = authors[1] where organization_id = $1" };
    await expect(within((tx) => tx.change(approveOwn, [organizationId]))).rejects.toThrow(/rule_set_drafts_other_person/);
    const forget = { name: "test_forget_author", text: "update rule_set_drafts set authors = array['key:x'] where organization_id = $1" };
    await expect(within((tx) => tx.change(forget, [organizationId]))).rejects.toThrow(/stays one of its authors/);
    const rewrite = { name: "test_rewrite_version", text: "update rule_sets set body = '{}' where organization_id = $1" };
    await expect(within((tx) => tx.change(rewrite, [organizationId]))).rejects.toThrow(/never changed/);
    expect(author).toMatch(/^key:/);
  });
});

describe("versions", () => {
  test("roll back brings an older version back as the newest, for the same service dates", async () => {
    const { keys } = await carrier();
    await ask(keys.controller, "PUT", "/trucking/draft", { ruleSet: moved, effectiveFrom: "2027-01-01" });
    await ask(keys.controller, "POST", "/trucking/draft/publish", {});
    expect((await ask(keys.controller, "POST", "/trucking/rollback", { version: 1 })).body.published).toMatchObject({ version: 3 });
    const { body } = await ask(keys.auditor, "GET", "/trucking/versions");
    expect(body.items[0]).toMatchObject({ version: 3, restoredFrom: 1, effectiveFrom: "2027-01-01" });
    expect((await ask(keys.auditor, "POST", "/trucking/diff", { from: 1, to: 3 })).body.changes).toEqual([]);
    expect((await ask(keys.controller, "POST", "/trucking/rollback", { version: 3 })).status).toBe(400);
    expect((await ask(keys.controller, "POST", "/trucking/rollback", { version: 9 })).status).toBe(404);
  });

  test("the service date of an event picks among them", async () => {
    const { keys } = await carrier();
    await ask(keys.controller, "PUT", "/trucking/draft", { ruleSet: moved, effectiveFrom: "2027-01-01" });
    await ask(keys.controller, "POST", "/trucking/draft/publish", {});
    const explain = async (over: Body) => (await ask(keys.auditor, "POST", "/trucking/explain", { event: fuelEvent(over) })).body;
    const before = await explain({ date: "2027-01-02", serviceDate: "2026-12-31" });
    expect([before.version, before.documents[0].lines[0].account]).toEqual([1, "5210"]);
    const after = await explain({ date: "2027-01-02" });
    expect([after.version, after.documents[0].lines[0].account]).toEqual([2, "5215"]);
    expect(after.documents[0].lines[0].because).toMatchObject({
      row: "accounts/0",
      fallback: "row",
      matched: { code: "FULSD", "dims.terminal": "DAL" },
    });
    expect(after.rows["accounts/0"]).toBe("code FULSD, where dims.terminal is DAL: account 5215");
  });

  test("a rule set that grows from another shows what it overrides, and stays with the version it was published with", async () => {
    const { keys } = await carrier();
    const own = { name: "north", extends: "trucking", codes: { FULSD: { account: 5212 } }, books: { "Main company": { master: 7900 } } };
    expect((await ask(keys.controller, "PUT", "/north", own)).body).toMatchObject({ version: 1 });
    expect((await ask(keys.auditor, "GET", "/north")).body.ruleSet.extends).toEqual({ name: "trucking", version: 1 });
    await ask(keys.controller, "PUT", "/trucking", rules({ codes: { FULSD: { name: "Diesel", kind: "FUEL", account: 9999 } } }));
    const { body } = await ask(keys.auditor, "POST", "/north/check", {});
    expect(body.overrides.map(({ words }: { words: string }) => words)).toEqual(["codes.FULSD.account is now 5212 instead of 5210."]);
    const explained = await ask(keys.auditor, "POST", "/north/explain", { event: fuelEvent() });
    expect(explained.body.documents[0].lines[0]).toMatchObject({ account: "5212", because: { ruleSet: "north", row: "codes/FULSD" } });
    expect(explained.body.documents[0].lines[1]).toMatchObject({ account: "5245", because: { row: "trucking@1/codes/FFEE" } });
    const itself = await ask(keys.controller, "PUT", "/north", { name: "north", extends: "north" });
    expect(JSON.stringify(itself.body)).toContain("cannot grow from itself");
  });
});

describe("a check", () => {
  test("finds names the books do not have or have switched off, and says what was meant", async () => {
    const { keys, organizationId, booksId } = await carrier();
    const account = (number: string, active = true) =>
      ({ kind: "account", externalId: number, name: `Account ${number}`, number, active, facts: {} }) as const;
    await inOrganization(stage.database, organizationId, (tx) =>
      putReference(tx, booksId, {
        preferences: {
          companyName: "C",
          homeCurrency: "USD",
          multiCurrency: false,
          closedThrough: null,
          tracksClasses: true,
          tracksDepartments: false,
        },
        records: [account("5210"), account("5245", false), account("5246"), account("2050")],
      }),
    );
    const { body } = await ask(keys.auditor, "POST", "/trucking/check", { ruleSet: moved });
    expect(body.books).toEqual(["Main company"]);
    expect(body.findings).toMatchObject([
      {
        code: "account_unknown",
        field: "/accounts/0/account",
        books: "Main company",
        message: expect.stringContaining('Did you mean "5210"?'),
      },
      {
        code: "account_inactive",
        field: "/codes/FFEE/account",
        message: expect.stringContaining('inactive in these books. Did you mean "5246"?'),
      },
    ]);
  });

  test("the language is published as the schema in the docs", async () => {
    const { keys } = await carrier();
    expect((await ask(keys.auditor, "GET", "/schema")).body).toEqual(JSON.parse(JSON.stringify(ruleSetSchema)));
  });
});

describe("a backtest", () => {
  test("counts documents, lines, money and findings that differ, and posts nothing", async () => {
    const tenant = await carrier();
    const { keys } = tenant;
    for (const [date, terminal] of [
      ["2026-11-01", "DAL"],
      ["2026-11-02", "DAL"],
      ["2026-11-03", "CHI"],
      ["2026-12-01", "DAL"],
    ] as const) {
      await seedEvent(stage, tenant, { state: "posted", over: { date, dims: { terminal } } });
    }
    await seedEvent(stage, tenant, { state: "superseded", over: { date: "2026-11-04" } });
    const candidate = rules({ accounts: [{ code: "FULSD", where: { "dims.terminal": "DAL" }, account: 5215 }], lineCodes: [] });
    const started = await ask(keys.controller, "POST", "/trucking/backtests", { ruleSet: candidate, from: "2026-11-01", to: "2026-11-30" });
    expect(started.status).toBe(202);
    const { state, report, total, done } = await ended(keys.auditor, started.body.id);
    expect([state, total, done]).toEqual(["done", 3, 3]);
    // Without a code for the fee no document can be made at all.
    expect(report).toMatchObject({ events: 3, changedEvents: 3, changedDocuments: 3, lines: { before: 9, after: 0 } });
    expect(report.findings.gained).toMatchObject([{ code: "code_unmapped", events: 3 }]);
    const again = await ask(keys.controller, "POST", "/trucking/backtests", { ruleSet: moved, from: "2026-11-01", to: "2026-11-30" });
    const second = await ended(keys.auditor, again.body.id);
    expect(second.report).toMatchObject({ events: 3, changedEvents: 2, changedDocuments: 2, lines: { before: 9, after: 9, moved: 2 } });
    expect(second.report.money).toEqual([
      {
        account: "5210",
        dimensions: {},
        currency: "USD",
        before: "822.68",
        after: "0.00",
        change: "-822.68",
        linesBefore: 2,
        linesAfter: 0,
      },
      {
        account: "5215",
        dimensions: {},
        currency: "USD",
        before: "0.00",
        after: "822.68",
        change: "822.68",
        linesBefore: 0,
        linesAfter: 2,
      },
    ]);
    expect(second.report.documents[0].words).toEqual(["line /lines/0: account 5215 instead of account 5210 (accounts/0 of version 0)"]);
    expect(second.report.findings).toEqual({ gained: [], lost: [] });
  });

  test("of a draft with an effective date leaves earlier service dates as they are", async () => {
    const tenant = await carrier();
    for (const date of ["2026-12-31", "2027-01-01"]) await seedEvent(stage, tenant, { state: "posted", over: { date } });
    await ask(tenant.keys.controller, "PUT", "/trucking/draft", { ruleSet: moved, effectiveFrom: "2027-01-01" });
    const { body } = await ask(tenant.keys.controller, "POST", "/trucking/backtests", { from: "2026-12-01", to: "2027-01-31" });
    const { report } = await ended(tenant.keys.auditor, body.id);
    expect(report).toMatchObject({ events: 2, changedEvents: 1, documents: [{ event: { date: "2027-01-01" } }] });
  });

  test("of nothing is done at once; one that is not there, and dates the wrong way round, say so", async () => {
    const { keys } = await carrier();
    const { body } = await ask(keys.controller, "POST", "/trucking/backtests", { ruleSet: moved, from: "2026-01-01", to: "2026-01-02" });
    expect((await ended(keys.auditor, body.id)).report).toMatchObject({ events: 0, changedDocuments: 0 });
    expect((await ask(keys.auditor, "GET", "/backtests/00000000-0000-7000-8000-000000000000")).status).toBe(404);
    expect(
      (await ask(keys.controller, "POST", "/trucking/backtests", { ruleSet: moved, from: "2026-02-01", to: "2026-01-01" })).status,
    ).toBe(400);
    expect((await ask(keys.controller, "POST", "/trucking/backtests", { from: "2026-01-01", to: "2026-01-02" })).status).toBe(404);
  });
});

test("mapping anew is asked for: what stands in the books goes back in line, and nothing else", async () => {
  const tenant = await carrier();
  const [inside] = [
    await seedEvent(stage, tenant, { state: "posted", over: { date: "2026-11-05" } }),
    await seedEvent(stage, tenant, { state: "posted", over: { date: "2026-12-05" } }),
    await seedEvent(stage, tenant, { state: "superseded", over: { date: "2026-11-06" } }),
  ];
  const { keys, organizationId } = tenant;
  expect((await ask(keys.controller, "POST", "/trucking/remap", { types: ["fuel_transaction"] })).status).toBe(400);
  expect((await ask(keys.controller, "POST", "/trucking/remap", { from: "2026-11-01", to: "2026-11-30" })).body).toEqual({ events: 1 });
  const waiting = { name: "test_waiting", text: "select event_id as id from events where organization_id = $1 and state = 'received'" };
  const rows = await inOrganization(stage.database, organizationId, (tx) => tx.rows<{ id: string }>(waiting, [organizationId]));
  expect(rows).toEqual([{ id: inside!.eventId }]);
});
