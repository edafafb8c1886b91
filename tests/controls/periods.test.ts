import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../src/engine/engine.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { createUser } from "../../src/store/access.ts";
import { inOrganization, type Database } from "../../src/store/database.ts";
import { searchLateArrivals } from "../../src/store/periods.ts";
import { serverNames, startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { defaultRules, type Installation, install, startSandbox } from "../setup/installation.ts";

describe.each(serverNames)("periods on %s PostgreSQL", (serverName) => {
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

  const person = (at: Installation, id: string, role: Actor["role"]): Actor => ({ ...at.actor, type: "user", id, role });
  const month = "2026-10"; // Of the fuel tickets.
  const close = (at: Installation, modules: readonly ("AP" | "AR" | "GL")[]) =>
    at.engine.periods.set(person(at, "ann", "controller"), {
      books: null,
      period: month,
      modules,
      state: "closed",
      note: "October is done",
    });
  const statesOf = (at: Installation) => at.rows<{ id: string; state: string }>("select id, state from events order by id, revision");
  const documentsOf = (at: Installation) =>
    at.rows<{ kind: string; number: string; date: string }>(
      "select kind, number, date from documents where event_id is not null order by number",
    );
  const publish = (at: Installation, more: Record<string, unknown>) => at.engine.publishRules(at.actor, { ...defaultRules(), ...more });
  const ask = async (at: Installation) =>
    (await at.rows<{ id: string; code: string }>("select approval_id as id, code from approvals where state = 'open'"))[0]!;

  test("what is dated in a month closed by hand waits until a person says where it goes, and its own date is kept", async () => {
    const at = await install(database, sandbox);
    await close(at, ["GL"]);
    await at.send(fuel("a", "100.00"), fuel("b", "120.00"));
    await at.drain();
    expect(await statesOf(at)).toEqual(["a", "b"].map((id) => ({ id, state: "held" })));
    const ann = person(at, "ann", "controller");
    const decision = { state: "approved", note: "", choice: null } as const;
    const cause = `period_closed:GL:${month}`;
    await expect(at.engine.approvals.decide(ann, { cause }, decision)).rejects.toThrow(/as_dated or next_open/);
    const ofA = await at.rows<{ id: string }>(
      "select a.approval_id as id from approvals a join events e using (event_id) where e.id = 'a'",
    );
    await at.engine.approvals.decide(ann, { ids: [ofA[0]!.id] }, { ...decision, choice: "next_open" });
    await at.engine.approvals.decide(ann, { cause }, { ...decision, choice: "as_dated" });
    await at.drain();
    expect(await statesOf(at)).toEqual(["a", "b"].map((id) => ({ id, state: "posted" })));
    expect((await documentsOf(at)).map(({ date }) => date).sort()).toEqual(["2026-10-03", "2026-11-01"]);
    const [moved] = await at.rows<{ body: string }>("select body from documents where date = '2026-11-01'");
    expect(moved!.body).toContain("of 2026-10-03");
    const late = await inOrganization(database, at.organizationId, (tx) =>
      searchLateArrivals(tx, { period: month, booksId: undefined }, { limit: 10, cursor: null }),
    );
    expect(late.items.map(({ event, documents }) => [event.id, documents[0]!.date])).toEqual([
      ["b", "2026-10-03"],
      ["a", "2026-11-01"],
    ]);
  });

  test("the policy of the rules moves by event type and amount; opening the month releases the rest", async () => {
    const at = await install(database, sandbox);
    await publish(at, {
      closedPeriod: "hold",
      closedPeriods: [{ event: "fuel_transaction", where: { netTotal: { max: "500.00" } }, policy: "next_open" }],
    });
    await close(at, ["AP", "AR", "GL"]);
    await at.send(fuel("small", "100.00"), fuel("large", "900.00"));
    await at.drain();
    expect(await statesOf(at)).toEqual([
      { id: "large", state: "held" },
      { id: "small", state: "posted" },
    ]);
    const order = { books: null, period: month, modules: ["AP", "AR", "GL"], state: "open", note: "" } as const;
    await expect(at.engine.periods.set(person(at, "ann", "controller"), order)).rejects.toMatchObject({ code: "forbidden" });
    expect(await at.engine.periods.set(person(at, "root", "admin"), order)).toEqual({ changed: 3, released: 1 });
    await at.drain();
    expect(await statesOf(at)).toContainEqual({ id: "large", state: "posted" });
    expect((await documentsOf(at)).map(({ date }) => date).sort()).toEqual(["2026-10-03", "2026-11-01"]);
  });

  test("an exception is asked for by one and approved by another, opens the month for a while, and what waited runs", async () => {
    const at = await install(database, sandbox);
    await close(at, ["GL"]);
    await at.send(fuel("a", "100.00"));
    await at.drain();
    const ann = person(at, "ann", "controller");
    const until = new Date(Date.now() + 86_400_000);
    const { approvalId } = await at.engine.periods.askException(ann, {
      books: null,
      period: month,
      module: "GL",
      until,
      note: "Late fuel",
    });
    const decision = { state: "approved", note: "Once", choice: null } as const;
    await expect(at.engine.approvals.decide(ann, { ids: [approvalId] }, decision)).rejects.toMatchObject({ code: "forbidden" });
    const done = await at.engine.approvals.decide(person(at, "bob", "controller"), { ids: [approvalId] }, decision);
    expect(done).toEqual({ decided: 1, released: 1, refused: [] });
    await at.drain();
    expect(await documentsOf(at)).toMatchObject([{ date: "2026-10-03" }]);
    expect(await statesOf(at)).toEqual([{ id: "a", state: "posted" }]);
  });

  test("where only payables are closed, a late bill is accrued on its own date and taken back on the first open day", async () => {
    const at = await install(database, sandbox);
    await publish(at, { closedPeriods: [{ event: "maintenance_order", policy: "accrue", account: "2065" }] });
    await close(at, ["AP"]);
    await at.send(repair);
    await at.drain();
    expect(await statesOf(at)).toEqual([{ id: "ro-1", state: "posted" }]);
    const documents = await documentsOf(at);
    expect(documents.map(({ kind, date }) => [kind, date])).toEqual([
      ["bill", "2026-11-01"],
      ["journal_entry", "2026-10-12"],
      ["journal_entry", "2026-11-01"],
    ]);
    const { totals } = await at.ledger();
    expect(totals.debit).toBe(totals.credit);
  });

  test("a role approves up to its limit, and a code may have limits of its own", async () => {
    const at = await install(database, sandbox);
    await close(at, ["GL"]);
    const root = person(at, "root", "admin");
    await at.engine.approvals.setPolicy(root, { expiryDays: 5, limits: [{ role: "controller", upTo: "99.99" }] });
    await at.send(fuel("a", "100.00"));
    await at.drain();
    const { id } = await ask(at);
    const decision = { state: "approved", note: "", choice: "as_dated" } as const;
    await expect(at.engine.approvals.decide(person(at, "ann", "controller"), { ids: [id] }, decision)).rejects.toThrow(/up to 99.99/);
    await expect(at.engine.approvals.decide(person(at, "cleo", "clerk"), { ids: [id] }, decision)).rejects.toThrow(/clerk may not/);
    await at.engine.approvals.setPolicy(root, { expiryDays: 5, limits: [{ role: "controller", code: "period_closed", upTo: null }] });
    expect((await at.engine.approvals.decide(person(at, "ann", "controller"), { ids: [id] }, decision)).released).toBe(1);
  });

  test("what is lent can be used until it is taken back, and the log names both", async () => {
    const at = await install(database, sandbox);
    await close(at, ["GL"]);
    const user = async (name: string, role: "controller" | "clerk") => {
      const email = `${name}-${at.organizationId}@example.com`;
      const made = { email, name, role, passwordHash: "none" };
      return { email, actor: person(at, await inOrganization(database, at.organizationId, (tx) => createUser(tx, made)), role) };
    };
    const [dora, ed] = [await user("dora", "controller"), await user("ed", "clerk")];
    await at.send(fuel("a", "100.00"));
    await at.drain();
    const decision = { state: "approved", note: "On holiday", choice: "next_open" } as const;
    const approve = async () => at.engine.approvals.decide(ed.actor, { ids: [(await ask(at)).id] }, decision);
    await expect(approve()).rejects.toMatchObject({ code: "forbidden" });
    const lent = await at.engine.approvals.delegate(dora.actor, { to: ed.email, startsAt: null, endsAt: new Date(Date.now() + 3_600_000) });
    expect(await approve()).toMatchObject({ decided: 1, released: 1 });
    const [decided] = await at.rows<{ by: string; for: string }>(
      "select decided_by as by, decided_for as for from approvals where state = 'approved'",
    );
    expect(decided).toEqual({ by: `user:${ed.actor.id}`, for: `user:${dora.actor.id}` });
    await at.engine.approvals.endDelegation(dora.actor, lent.delegationId);
    await at.send(fuel("b", "110.00"));
    await at.drain();
    await expect(approve()).rejects.toMatchObject({ code: "forbidden" });
  });
});

const repair = {
  type: "maintenance_order",
  id: "ro-1",
  revision: 1,
  number: "58201",
  date: "2026-10-12",
  currency: "USD",
  dims: { entity: "01", terminal: "DAL", division: "OTR-VAN", tractor: "T-1042" },
  vendor: { id: "SHOP-1", name: "Corner Diesel Repair" },
  vendorInvoiceNumber: "CD100200",
  shop: { kind: "vendor", name: "Corner Diesel Repair" },
  asset: { kind: "tractor", unitNo: "T-1042" },
  repairType: "unscheduled",
  lines: [{ lineNo: 1, kind: "part", vmrs: "013-001-001", description: "Brake drum", amount: "310.00" }],
  total: "310.00",
};
