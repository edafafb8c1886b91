import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { type Database, inOrganization } from "../../src/store/database.ts";
import { declareRestored } from "../../src/store/origins.ts";
import { serverNames, startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { type Installation, install, startSandbox } from "../setup/installation.ts";

describe.each(serverNames)("a database that was put back from an older copy, on %s PostgreSQL", (serverName) => {
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

  /** Forgets what became of everything, as a copy of an hour ago has: `keep` decides whether the events are forgotten too. */
  const forget = async (at: Installation, keep: "postings" | "nothing") => {
    await at.rows("delete from attempts");
    if (keep === "postings") {
      await at.rows("update postings set state = 'ready', attempts = 0, provider_id = null, next_at = now()");
      await at.rows("update events set state = 'prepared'");
    } else {
      for (const table of ["postings", "documents", "events"]) await at.rows(`delete from ${table}`);
    }
    // A recovered copy has another timeline: to it this one's address is a stranger's.
    await at.rows("update lane_origins set database = 'another'");
  };
  const creations = async (at: Installation) => (await at.ledger()).entries.filter(({ operation }) => operation === "create");
  const states = (at: Installation) => at.rows("select state, adopted from postings order by posting_id");

  test("sends nothing that the books have: what it still knows is looked up and taken over", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00"), fuel("t-2", "11.00"));
    await at.drain();
    await forget(at, "postings");
    await at.drain();
    expect(await creations(at)).toHaveLength(2);
    expect(await states(at)).toEqual([
      { state: "posted", adopted: true },
      { state: "posted", adopted: true },
    ]);
    const leaves = await at.rows<{ n: number }>("select count(*)::int as n from audit_leaves where action = 'books.restore_noticed'");
    expect(leaves).toEqual([{ n: 1 }]);
  });

  test("sends nothing twice that the source sends again, in all its revisions at once", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00"));
    await at.drain();
    await at.send(fuel("t-1", "12.00", { revision: 2 }));
    await at.drain();
    const before = await creations(at);
    expect(before).toHaveLength(3); // The entry, its reversal, the new entry.
    await forget(at, "nothing");
    await at.send(fuel("t-1", "10.00"), fuel("t-1", "12.00", { revision: 2 }));
    await at.drain();
    expect(await creations(at)).toEqual(before);
    expect(await at.rows("select count(*)::int as n from postings where adopted")).toEqual([{ n: 3 }]);
  });

  test("still posts what is new, and a person can say that a copy was put back that cannot be noticed", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-1", "10.00"));
    await at.drain();
    await inOrganization(database, at.organizationId, declareRestored);
    await at.send(fuel("t-2", "11.00"));
    await at.drain();
    expect(await creations(at)).toHaveLength(2);
    const attempts = await at.rows("select outcome from attempts order by started_at, attempt");
    expect(attempts).toEqual([{ outcome: "posted" }, { outcome: "look-up" }, { outcome: "posted" }]);
  });
});
