import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../src/engine/engine.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Database } from "../../src/store/database.ts";
import { serverNames, startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { type Installation, install, startSandbox } from "../setup/installation.ts";

describe.each(serverNames)("budgets on %s PostgreSQL", (serverName) => {
  let server: TestServer;
  let database: Database;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startTestServer(serverName);
    database = await server.database();
    sandbox = await startSandbox({ port: 0, dataFile: null });
  }, 120_000);
  afterAll(async () => {
    await sandbox.close();
    await server.stop();
  });

  const controller = (at: Installation): Actor => ({ ...at.actor, type: "user", id: "ann", role: "controller" });
  const policy = { warnPercent: 80, limitPercent: 100, over: "hold" } as const;
  const withBudget = async (csv: string, over: Partial<typeof policy | { over: "block" | "warn" }> = {}) => {
    const at = await install(database, sandbox);
    await at.send(fuel("first", "1.00"));
    await at.drain(); // The accounts of the books are known from here on.
    const { budgetId } = await at.engine.budgets.import(controller(at), { name: "FY26", books: null, csv, policy: { ...policy, ...over } });
    return { at, budgetId };
  };
  const lineOf = async (at: Installation) =>
    (await at.rows<{ taken: bigint; amount: bigint }>("select taken_minor as taken, amount_minor as amount from budget_lines"))[0]!;
  const statesOf = (at: Installation) => at.rows<{ id: string; state: string }>("select id, state from events order by id, revision");
  const found = (at: Installation, code: string) =>
    at.rows<{ severity: string; message: string }>("select severity, message from findings where code = $1 order by finding_id", code);
  const csv = "account,period,amount\n5210,2026-10,1000.00\n";

  test("what is posted already counts at once; one is told at the threshold and held beyond the limit", async () => {
    const { at } = await withBudget(csv);
    expect((await lineOf(at)).taken).toBe(100n);
    await at.send(fuel("a", "849.00"), fuel("b", "200.00"));
    await at.drain();
    expect(await statesOf(at)).toEqual([
      { id: "a", state: "posted" },
      { id: "b", state: "held" },
      { id: "first", state: "posted" },
    ]);
    expect((await lineOf(at)).taken).toBe(85_000n);
    expect(await found(at, "budget_near")).toHaveLength(1);
    const [over] = await found(at, "budget_exceeded");
    expect(over!.message).toContain('takes 200.00 USD of budget "FY26", account 5210');
    expect(over!.message).toContain("150.00 USD of 1000.00 USD are left");
  });

  test("an approved hold passes for that content only; a changed revision is held again; all of it is in the audit log", async () => {
    const { at } = await withBudget(csv);
    await at.send(fuel("a", "1500.00"));
    await at.drain();
    const [ask] = await at.rows<{ id: string; cause: string }>(
      "select approval_id as id, subject as cause from approvals where state = 'open'",
    );
    const decision = { state: "approved", note: "Price of diesel", choice: null } as const;
    // Who sent the event cannot approve it, whatever his role.
    await expect(at.engine.approvals.decide(at.actor, { ids: [ask!.id] }, decision)).rejects.toMatchObject({ code: "forbidden" });
    expect(await at.engine.approvals.decide(controller(at), { cause: ask!.cause }, decision)).toEqual({
      decided: 1,
      released: 1,
      refused: [],
    });
    await at.drain();
    expect(await statesOf(at)).toContainEqual({ id: "a", state: "posted" });
    expect((await lineOf(at)).taken).toBe(150_100n);
    await expect(at.engine.approvals.decide(controller(at), { ids: [ask!.id] }, decision)).rejects.toMatchObject({
      code: "version_behind",
    });
    const leaves = await at.rows<{ actor: string }>("select actor from audit_leaves where action = 'approval.approved'");
    expect(leaves).toEqual([{ actor: "user:ann" }]);

    await at.send(fuel("a", "1600.00", { revision: 2 }));
    await at.drain();
    expect(await statesOf(at)).toEqual([
      { id: "a", state: "posted" },
      { id: "a", state: "held" },
      { id: "first", state: "posted" },
    ]);
  });

  test("what is voided or replaced gives back what it took", async () => {
    const { at } = await withBudget(csv);
    await at.send(fuel("a", "500.00"));
    await at.drain();
    await at.send(fuel("a", "300.00", { revision: 2 }));
    await at.drain();
    expect((await lineOf(at)).taken).toBe(30_100n);
    await at.send({ ...fuel("a", "300.00", { revision: 3 }), status: "void" });
    await at.drain();
    expect((await lineOf(at)).taken).toBe(100n);
  });

  test("over a blocking budget nothing posts until it is raised; one that only warns stops nothing", async () => {
    const { at, budgetId } = await withBudget(csv, { over: "block" });
    await at.send(fuel("a", "1500.00"));
    await at.drain();
    expect(await statesOf(at)).toContainEqual({ id: "a", state: "review" });
    await at.engine.budgets.setPolicy(controller(at), budgetId, { ...policy, over: "warn" });
    await at.engine.retry(at.actor, {
      eventIds: (await at.rows<{ id: string }>("select event_id as id from events where id = 'a'")).map(({ id }) => id),
    });
    await at.drain();
    expect(await statesOf(at)).toContainEqual({ id: "a", state: "posted" });
  });

  test("a file with mistakes names every line and takes nothing", async () => {
    const { at } = await withBudget(csv);
    const wrong = "account,period,amount,class\n9x,2026-10,1.00,\n5210,2026-13,1.00,\n5210,2026-10,1e3,\n5210,2026-10,5.00,No such class\n";
    const given = { name: "Other", books: null, csv: wrong, policy };
    await expect(at.engine.budgets.import(controller(at), given)).rejects.toMatchObject({
      code: "file_malformed",
      details: {
        "line 2": expect.stringContaining("no account"),
        "line 3": expect.stringContaining("no period"),
        "line 4": expect.stringContaining("not a decimal"),
        "line 5": expect.stringContaining("no class"),
      },
    });
    expect(await at.rows("select 1 from budgets where name = 'Other'")).toEqual([]);
  });
});
