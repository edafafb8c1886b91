import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { createGateway } from "../../src/gateway/server.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { createApiKey, type Role } from "../../src/store/access.ts";
import { type Database, inOrganization } from "../../src/store/database.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { type Installation, install, startSandbox } from "../setup/installation.ts";

let server: TestServer;
let database: Database;
let sandbox: Sandbox;
let at: Installation;
let url: string;
let close: () => Promise<void>;
const keys = new Map<Role, string>();
const folder = mkdtempSync(join(tmpdir(), "ledgerlane-review-"));
const stuck = "code_unmapped:fuel_transaction:XDSL";

beforeAll(async () => {
  server = await startTestServer("embedded");
  database = await server.database();
  sandbox = await startSandbox({ port: 0, dataFile: null });
  at = await install(database, sandbox);
  for (const role of ["controller", "clerk", "auditor"] as const) {
    const made = await inOrganization(database, at.organizationId, (tx) => createApiKey(tx, { name: role, role, sourceId: null }));
    keys.set(role, made.token);
  }
  const gateway = createGateway({ database, engine: at.engine, version: "0.0.0-test", publicUrl: null, logLevel: "silent" });
  url = await gateway.listen("127.0.0.1", 0);
  close = gateway.close;
  await at.send(fuel("ok", "9.00"), fuel("t-1", "10.00", { code: "XDSL" }), fuel("t-2", "11.00", { code: "XDSL" }));
  await at.drain();
});
afterAll(async () => {
  await close();
  await sandbox.close();
  await server.stop();
});

/** Whatever came back; its shape is checked where it matters. */
// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

async function ask(role: Role, method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const headers = { ...sent.headers, authorization: `Bearer ${keys.get(role)}` };
  const response = await fetch(url + path, { method, ...sent, headers });
  return { status: response.status, body: (await response.json()) as Answer };
}

async function run(role: Role, ...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { print: (line: string) => out.push(line), warn: (line: string) => err.push(line), progress: null };
  const code = await main([...argv, "--url", url], io, { LEDGERLANE_DEMO_KEY: keys.get(role)!, LEDGERLANE_DATA_DIR: folder });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("over HTTP", () => {
  test("a card says what may mend it, and whoever may not change rules is refused", async () => {
    const { body } = await ask("auditor", "GET", "/v1/review?class=mapping");
    expect(body.items).toMatchObject([
      { cause: stuck, class: "mapping", events: 2, periods: ["2026-10"], owner: null, mends: ["add-row", "alias", "edit"] },
    ]);
    expect(await ask("clerk", "POST", "/v1/review/add-row", { cause: stuck, row: { account: "5220" } })).toMatchObject({ status: 403 });
    expect(await ask("auditor", "POST", "/v1/review/comment", { cause: stuck, text: "hm" })).toMatchObject({ status: 403 });
    expect(await ask("clerk", "POST", "/v1/review/exclude", { cause: stuck })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/reason" }] },
    });
    expect((await ask("clerk", "POST", "/v1/review/assign", { cause: stuck, owner: "ann" })).body).toEqual({
      owner: "ann",
      snoozedUntil: null,
    });
    expect((await ask("auditor", "GET", "/v1/review?owner=ann")).body.items).toHaveLength(1);
    expect((await ask("auditor", "GET", `/v1/review/history?cause=${encodeURIComponent(stuck)}`)).body.items).toMatchObject([
      { kind: "assign" },
    ]);
  });

  test("drift of posted documents has its place and stops nothing", async () => {
    const [posting] = await at.rows<{ id: string; event: string }>(
      "select posting_id as id, event_id as event from postings where state = 'posted' limit 1",
    );
    const { insertFindings } = await import("../../src/store/findings.ts");
    const finding = {
      code: "drift",
      severity: "warn",
      field: null,
      message: "It was changed",
      fix: "Compare.",
      cause: `drift:${posting!.id}`,
    } as const;
    await inOrganization(database, at.organizationId, (tx) =>
      insertFindings(tx, [{ eventId: posting!.event, postingId: posting!.id, finding }]),
    );
    expect((await ask("auditor", "GET", "/v1/review?class=drift")).body.items).toMatchObject([
      { severity: "warn", class: "drift", events: 1 },
    ]);
    const { body } = await ask("auditor", "GET", "/v1/status");
    expect(body).toMatchObject({ drift: 1, reviewCauses: 1, addsUp: true });
    expect(body.sources).toMatchObject([
      {
        source: "tms",
        count: 3,
        states: [
          { state: "posted", count: 1 },
          { state: "review", count: 2 },
        ],
      },
    ]);
    expect(body.periods).toMatchObject([{ period: "2026-10", count: 3, money: [{ currency: "USD", amount: "30.00" }] }]);
  });

  test("a job is planned, and a period is tried, with the calls and the time they take", async () => {
    const planned = await ask("auditor", "POST", "/v1/review/plan", { kind: "retry", classes: ["mapping"] });
    expect(planned.body).toMatchObject({ events: 2, money: [{ currency: "USD", amount: "21.00" }], outcome: { wouldStay: { events: 2 } } });
    const tried = await ask("auditor", "POST", "/v1/dry-run", { from: "2026-10-01", to: "2026-10-31" });
    expect(tried).toMatchObject({ status: 200, body: { events: 2, done: 1, effort: { calls: 0 }, causes: [{ cause: stuck, events: 2 }] } });
    expect(await ask("auditor", "POST", "/v1/dry-run", { from: "2026-11-01", to: "2026-10-31" })).toMatchObject({ status: 400 });
  });
});

describe("on the command line", () => {
  test("cards, their history, dry runs and status by period are told; what was mended there is posted", async () => {
    expect((await run("auditor", "review")).out).toContain("mapping · 2026-10 · ann");
    expect((await run("auditor", "status", "--by", "period")).out).toMatch(/2026-10 +3 +30\.00 USD/);
    expect(await run("auditor", "status", "--by", "moon")).toMatchObject({ code: 2 });
    const file = join(folder, "fuel.ndjson");
    writeFileSync(file, [fuel("f-1", "70.00"), fuel("f-2", "80.00", { code: "XDSL" })].map((one) => JSON.stringify(one)).join("\n"));
    const tried = await run("auditor", "dry-run", file, "--source", "tms");
    expect(tried).toMatchObject({ code: 1, out: expect.stringContaining("Would post     1 event as 1 document, 70.00 USD") });
    expect(tried.out).toContain(`cause: ${stuck}`);
    expect((await run("auditor", "dry-run", "--period", "2026-10")).out).toContain("Would wait     2 events, 21.00 USD");
    expect(await run("auditor", "dry-run", "--period", "October")).toMatchObject({ code: 2 });
    expect(await run("clerk", "review", "exclude", stuck)).toMatchObject({ code: 2 });
    expect(await run("clerk", "review", "exlude", stuck)).toMatchObject({ code: 2, err: expect.stringContaining("exclude") });
    expect((await run("controller", "review", "add-row", stuck, "5220")).out).toContain("Published trucking version 2.");
    await at.drain();
    expect((await run("auditor", "review")).out).toBe("Nothing waits for a person.");
    expect((await run("auditor", "review", "history", stuck)).out).toMatch(/add_row/);
    expect((await run("controller", "review", "undo", stuck)).out).toContain("Undone: add row");
  });
});
