import { createHash, randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverNames, startTestServer, type TestServer } from "../../tests/setup/databases.ts";
import { appendAudit, leafText } from "../audit/log.ts";
import { canonicalJson } from "../core/canonical.ts";
import { insertBooks } from "./books.ts";
import { type Database, inDirectory, inOrganization, openDatabase, type Tx } from "./database.ts";
import { findKnownRevisions, insertEvents, KeyTaken, type NewEvent } from "./events.ts";
import { newId } from "./ids.ts";
import { findDueLanes, wakeLane } from "./lane-turns.ts";
import { createLane, fenceLane, releaseLane, renewLane, takeLane } from "./lanes.ts";
import { migrate } from "./migrate.ts";
import { findOrganizations, insertOrganization } from "./organizations.ts";
import { claimSecret, getSecret, putSecret } from "./secrets.ts";

describe.each(serverNames)("store on %s PostgreSQL", (serverName) => {
  let server: TestServer;
  let database: Database;
  beforeAll(async () => {
    server = await startTestServer(serverName);
    database = await server.database();
  });
  afterAll(() => server.stop());

  async function organization(): Promise<string> {
    const id = randomUUID();
    await inOrganization(database, id, (tx) => insertOrganization(tx, `org ${id}`));
    return id;
  }

  async function lane(): Promise<{ organizationId: string; booksId: string }> {
    const organizationId = await organization();
    const booksId = randomUUID();
    await inOrganization(database, organizationId, async (tx) => {
      await insertBooks(tx, { booksId, name: "Books", system: "quickbooks-online", company: "1", settings: {}, ruleSet: "trucking" });
      await createLane(tx, booksId);
    });
    return { organizationId, booksId };
  }

  const event = (over: Partial<NewEvent> = {}): NewEvent => {
    const base = { eventId: newId(), type: "fuel_transaction", id: randomUUID(), revision: 1, body: "{}", number: null };
    const made = { ...base, date: "2026-10-01", currency: "USD", totalMinor: 100n, isVoid: false, ...over };
    return { contentHash: createHash("sha256").update(made.body).digest("hex"), ...made };
  };
  const insert = (tx: Tx, booksId: string, events: NewEvent[]) => insertEvents(tx, { sourceId: "tms", booksId }, events);

  test("every table with an organization is under forced row-level security, and the application cannot bypass it", async () => {
    const { rows } = await database.pool.query(`
      select c.relname, c.relrowsecurity and c.relforcerowsecurity as guarded from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'kysely_%'`);
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((row) => !row.guarded)).toEqual([]);
    const role = await database.pool.query(
      "select current_user as name, rolsuper, rolbypassrls from pg_roles where rolname = current_user",
    );
    expect(role.rows[0]).toEqual({ name: "ledgerlane_app", rolsuper: false, rolbypassrls: false });
    await database.pool.query("reset role");
    expect((await database.pool.query("select current_user as name")).rows[0].name).toBe("ledgerlane_app");
  });

  test("one organization cannot see or write another's rows, and a forgotten scope sees none", async () => {
    const a = await lane();
    const b = await lane();
    const mine = event();
    await inOrganization(database, a.organizationId, (tx) => insert(tx, a.booksId, [mine]));
    const seenByB = await inOrganization(database, b.organizationId, (tx) => findKnownRevisions(tx, "tms", [mine]));
    expect(seenByB).toEqual([]);
    expect((await database.pool.query("select count(*)::int as n from events")).rows[0].n).toBe(0);
    const forged = inOrganization(database, b.organizationId, (tx) =>
      tx.change({ name: "forged", text: "insert into organizations values ($1, 'x')" }, [a.organizationId]),
    );
    await expect(forged).rejects.toThrow(/row-level security/);
    const crossed = inOrganization(database, b.organizationId, (tx) =>
      insert({ ...tx, organizationId: a.organizationId }, a.booksId, [event()]),
    );
    await expect(crossed).rejects.toThrow(/row-level security/);
  });

  test("the directory shows lanes of everybody and no events", async () => {
    const a = await lane();
    await inOrganization(database, a.organizationId, (tx) => insert(tx, a.booksId, [event()]));
    await inOrganization(database, a.organizationId, (tx) => wakeLane(tx, a.booksId, 0));
    expect((await findDueLanes(database, 1_000)).due.some(({ booksId }) => booksId === a.booksId)).toBe(true);
    expect(await inDirectory(database, (tx) => tx.rows({ name: "peek", text: "select 1 from events" }))).toEqual([]);
  });

  test("audit leaves can be added and read, never changed or deleted", async () => {
    await expect(database.pool.query("delete from audit_leaves")).rejects.toThrow(/permission denied/);
    await expect(database.pool.query("update audit_leaves set actor = 'x'")).rejects.toThrow(/permission denied/);
    await expect(database.pool.query("truncate audit_leaves")).rejects.toThrow(/permission denied/);
  });

  test("an event keeps what was sent to the letter, with the SHA-256 of it; a leaf has the leaf hash of RFC 9162", async () => {
    const { organizationId, booksId } = await lane();
    const body = `{"memo":"O'Hare \\"quoted\\", {braces}, back\\\\slash, é, \\u001f, 🚚"}`;
    const events = [event({ body, number: "INV,1" }), event({ body: "{}" }), event({ totalMinor: -5n, isVoid: true })];
    const objects = [events[0]!.eventId, `fuel_transaction/"a\\b" é 🚚`];
    const at = new Date("2026-10-01T00:00:00Z");
    const entry = { actor: "system:test", action: "event.accepted", objectType: "event", facts: { text: `a "b" {c}` } } as const;
    await inOrganization(database, organizationId, async (tx) => {
      await insert(tx, booksId, events);
      await appendAudit(
        tx,
        at,
        objects.map((objectId) => ({ ...entry, objectId })),
      );
    });
    const read = <Row>(text: string) => inOrganization(database, organizationId, (tx) => tx.rows<Row>({ name: text, text }));
    const rows = await read<{ body: string; number: string | null; content_hash: Buffer; total_minor: bigint }>(
      "select * from events order by event_id",
    );
    expect(rows.map((row) => [row.body, row.number, row.total_minor])).toEqual([
      [body, "INV,1", 100n],
      ["{}", null, 100n],
      ["{}", null, -5n],
    ]);
    for (const row of rows) expect(row.content_hash).toEqual(createHash("sha256").update(row.body).digest());
    const leaves = await read<{ facts: string; object_id: string; leaf_hash: Buffer }>("select * from audit_leaves order by leaf_id");
    expect(leaves.map(({ object_id }) => object_id)).toEqual(objects);
    for (const leaf of leaves) {
      const text = leafText(organizationId, at, { ...entry, objectId: leaf.object_id, facts: leaf.facts });
      expect(leaf.leaf_hash).toEqual(createHash("sha256").update("\0").update(text).digest());
      const { actor, action, objectType, facts } = entry;
      const object = { type: objectType, id: leaf.object_id };
      expect(text).toBe(canonicalJson({ v: 1, organization: organizationId, at: at.toISOString(), actor, action, object, facts }));
    }
  });

  test("an event key is inserted once however many try at the same time", async () => {
    const { organizationId, booksId } = await lane();
    const one = event();
    const tries = Array.from({ length: 8 }, () =>
      inOrganization(database, organizationId, (tx) => insert(tx, booksId, [{ ...one, eventId: newId() }])),
    );
    const ended = await Promise.allSettled(tries);
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of ended) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(KeyTaken);
    const [row] = await inOrganization(database, organizationId, (tx) =>
      tx.rows<{ n: number }>({ name: "of_key", text: "select count(*)::int as n from events" }),
    );
    expect(row).toEqual({ n: 1 });
  });

  test("a lane has one holder; a lease that ran out is taken over and the old holder is fenced off", async () => {
    const { organizationId, booksId } = await lane();
    const [first, second] = [randomUUID(), randomUUID()];
    const take = (holder: string, seconds: number) =>
      inOrganization(database, organizationId, (tx) => takeLane(tx, booksId, holder, seconds));
    const held = await take(first, 0.3);
    expect(held?.epoch).toBe(1n);
    expect(await take(second, 10)).toBeNull();
    const taken = await pollUntil(() => take(second, 10));
    expect(taken.epoch).toBe(2n);
    await expect(inOrganization(database, organizationId, (tx) => fenceLane(tx, held!))).rejects.toMatchObject({ code: "lease_lost" });
    expect(await inOrganization(database, organizationId, (tx) => renewLane(tx, held!, 10))).toBe(false);
    await inOrganization(database, organizationId, (tx) => releaseLane(tx, held!)); // Releases nothing: it is not his any more.
    await inOrganization(database, organizationId, (tx) => fenceLane(tx, taken));
  });

  test("a secret opens only in its own place and with its own master key, and one claimant refreshes it", async () => {
    const [a, b] = [await organization(), await organization()];
    const masterKey = randomBytes(32);
    const name = { owner: "books:1", field: "tokens" };
    await inOrganization(database, a, (tx) => putSecret(tx, masterKey, name, "refresh-token"));
    expect(await inOrganization(database, a, (tx) => getSecret(tx, masterKey, name))).toBe("refresh-token");
    await expect(inOrganization(database, a, (tx) => getSecret(tx, randomBytes(32), name))).rejects.toMatchObject({
      code: "credentials_refused",
    });
    const [row] = await inOrganization(database, a, (tx) =>
      tx.rows<{ wrapped_key: Buffer; sealed: Buffer }>({ name: "steal", text: "select wrapped_key, sealed from secrets" }),
    );
    expect(row!.sealed.includes("refresh-token")).toBe(false);
    await inOrganization(database, b, (tx) =>
      tx.change({ name: "plant", text: "insert into secrets values ($1, 'books:1', 'tokens', 1, $2, $3)" }, [
        b,
        row!.wrapped_key,
        row!.sealed,
      ]),
    );
    await expect(inOrganization(database, b, (tx) => getSecret(tx, masterKey, name))).rejects.toMatchObject({
      code: "credentials_refused",
    });
    const claims = await Promise.all(Array.from({ length: 6 }, () => inOrganization(database, a, (tx) => claimSecret(tx, name))));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test("several starters bring an empty database up at the same time", async () => {
    const url = await server.empty();
    await Promise.all([migrate(url), migrate(url), migrate(url)]);
    const fresh = openDatabase(url);
    const id = randomUUID();
    await inOrganization(fresh, id, (tx) => insertOrganization(tx, "First"));
    expect(await inDirectory(fresh, (tx) => findOrganizations(tx, "First"))).toEqual([id]);
    await fresh.close();
  });
});

async function pollUntil<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
