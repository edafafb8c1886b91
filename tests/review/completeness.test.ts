import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { type Database, inOrganization } from "../../src/store/database.ts";
import { countEvents } from "../../src/store/search-status.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
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

/** Numbers that look random and are the same on every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const known = ["received", "prepared", "posted", "review", "held", "excluded", "superseded", "voided"];

/** What was accepted here, by our own book-keeping: the store must say the same, and every event once. */
async function expectComplete(at: Installation, accepted: { count: number; minor: bigint }, after: string): Promise<void> {
  const { counts, accepted: counted } = await inOrganization(database, at.organizationId, countEvents);
  const inStates = counts.filter(({ state }) => known.includes(state));
  expect(
    inStates.reduce((sum, { count }) => sum + count, 0),
    after,
  ).toBe(accepted.count);
  expect(
    inStates.reduce((sum, { minor }) => sum + minor, 0n),
    after,
  ).toBe(accepted.minor);
  expect(
    counted.reduce((sum, { count }) => sum + count, 0),
    after,
  ).toBe(accepted.count);
  expect(
    counts.every(({ source, period }) => source === "tms" && /^2026-1[0-2]$/.test(period)),
    after,
  ).toBe(true);
  // Whatever is stopped has an open reason, and nothing that is not stopped has one.
  const lost = await at.rows(
    `select e.event_id from events e where (e.state in ('review', 'held')) <> exists (select 1 from findings f
       where f.organization_id = e.organization_id and f.event_id = e.event_id and f.resolved_at is null and f.severity <> 'warn')`,
  );
  expect(lost, after).toEqual([]);
}

test.each([1, 2, 3])("whatever people and programs do, every accepted event is in one counted state (sequence %i)", async (seed) => {
  const random = generator(seed * 7919);
  const at = await install(database, sandbox);
  const accepted = { count: 0, minor: 0n };
  const sent: { id: string; revision: number }[] = [];
  const send = async (id: string, revision: number, over: { code?: string; void?: boolean } = {}) => {
    const cents = 1_000 + random(9_000);
    const event = fuel(id, (cents / 100).toFixed(2), {
      revision,
      code: over.code ?? ["FULSD", "XDSL", "YDSL"][random(3)]!,
      date: `2026-1${random(2)}-0${1 + random(9)}`,
    });
    const [receipt] = await at.send(over.void === true ? { ...event, status: "void" } : event);
    if (receipt!.status !== "accepted") return;
    accepted.count += 1;
    accepted.minor += over.void === true ? 0n : BigInt(cents);
  };
  const pick = async (states: string) =>
    (await at.rows<{ id: string }>(`select event_id as id from events where state in (${states}) order by event_id limit 20`)).map(
      ({ id }) => id,
    );
  const causes = ["code_unmapped:fuel_transaction:XDSL", "code_unmapped:fuel_transaction:YDSL"];
  const tolerant = (work: Promise<unknown>) =>
    work.catch((error: { code?: string }) => {
      expect(error.code).toMatch(/^(not_found|request_invalid)$/);
    });
  const actions: Record<string, () => Promise<unknown>> = {
    send: async () => {
      for (let n = 0; n < 3; n++) {
        const id = `t-${sent.length}`;
        sent.push({ id, revision: 1 });
        await send(id, 1);
      }
    },
    revise: async () => {
      const one = sent[random(sent.length)];
      if (one !== undefined) await send(one.id, (one.revision += 1));
    },
    void: async () => {
      const one = sent[random(sent.length)];
      if (one !== undefined) await send(one.id, (one.revision += 1), { void: true });
    },
    drain: () => at.drain(),
    retry: () => at.engine.retry(at.actor, { cause: causes[random(2)]! }),
    exclude: () => at.engine.review.exclude(at.actor, { cause: causes[random(2)]!, reason: "sequence" }),
    undo: () => tolerant(at.engine.review.undo(at.actor, causes[random(2)]!)),
    edit: async () => {
      const [eventId] = await pick("'review', 'held', 'excluded'");
      if (eventId === undefined) return;
      const before = await at.rows<{ minor: bigint }>("select total_minor as minor from events where event_id = $1", eventId);
      const edited = await tolerant(
        at.engine.review.edit(at.actor, { eventId, changes: { "/lines/0/code": "FULSD" }, reason: "sequence" }),
      );
      if (edited === undefined) return;
      accepted.count += 1;
      accepted.minor += before[0]!.minor;
    },
    publish: async () => {
      const rules = defaultRules();
      const row = { code: ["XDSL"], account: "5210" };
      await at.engine.publishRules(at.actor, { ...rules, accounts: random(2) === 0 ? rules.accounts : [...rules.accounts, row] } as never);
    },
  };
  const names = Object.keys(actions);
  const done: string[] = [];
  for (let step = 0; step < 30; step++) {
    const name = step === 0 ? "send" : names[random(names.length)]!;
    await actions[name]!();
    done.push(name);
    await expectComplete(at, accepted, done.join(" → "));
  }
  await at.drain();
  await expectComplete(at, accepted, [...done, "drain"].join(" → "));
});
