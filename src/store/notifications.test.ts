import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverNames, startTestServer, type TestServer } from "../../tests/setup/databases.ts";
import { findBooks, insertBooks, orderBooksState, setBooksState, updateBooksSettings } from "./books.ts";
import { findConsent, insertConsent, useConsent } from "./consents.ts";
import { type Database, inDirectory, inOrganization, openDatabase, type Tx } from "./database.ts";
import { migrate } from "./migrate.ts";
import { findCompanies, findWaitingNotifications, insertNotifications, leaveOutKnown, type NewNotification } from "./notifications.ts";
import { insertOrganization } from "./organizations.ts";

const books = (booksId: string, company: string) => ({
  booksId,
  name: "B",
  system: "quickbooks-online",
  company,
  settings: {},
  ruleSet: "r",
});
const hint = (more: Partial<NewNotification> = {}): NewNotification => ({
  ...{ entity: "Bill", providerId: "1", operation: "changed", mergedId: null, version: null, at: "2026-11-20T10:00:00Z" },
  ...more,
});

describe.each(serverNames)("connections on %s PostgreSQL", (name) => {
  let server: TestServer;
  let database: Database;
  beforeAll(async () => {
    server = await startTestServer(name);
    database = await server.database();
  });
  afterAll(() => server.stop());

  const organization = async (company: string) => {
    const [organizationId, booksId] = [randomUUID(), randomUUID()];
    const run = <T>(work: (tx: Tx) => Promise<T>) => inOrganization(database, organizationId, work);
    await run(async (tx) => {
      await insertOrganization(tx, "Carrier");
      await insertBooks(tx, books(booksId, company));
    });
    return { organizationId, booksId, run };
  };

  test("books of a release before connections are found by their company after the upgrade", async () => {
    const url = await server.empty();
    await migrate(url, "0001_init");
    const old = openDatabase(url);
    const [organizationId, booksId] = [randomUUID(), randomUUID()];
    await inOrganization(old, organizationId, async (tx) => {
      await insertOrganization(tx, "Carrier");
      await insertBooks(tx, books(booksId, "9341"));
    });
    await old.close();
    await migrate(url);
    await migrate(url);
    const upgraded = openDatabase(url);
    expect(await findCompanies(upgraded, "quickbooks-online", ["9341", "1"])).toEqual([{ organizationId, booksId, company: "9341" }]);
    await upgraded.close();
  });

  test("a company is found in every organization that has it, and under its new id after a move", async () => {
    const one = await organization("777");
    const two = await organization("777");
    const found = async (company: string) =>
      (await findCompanies(database, "quickbooks-online", [company])).map(({ booksId }) => booksId).sort();
    expect(await found("777")).toEqual([one.booksId, two.booksId].sort());
    await one.run((tx) => updateBooksSettings(tx, { booksId: one.booksId, settings: {}, company: "778" }));
    expect([await found("777"), await found("778")]).toEqual([[two.booksId], [one.booksId]]);
    expect(await findCompanies(database, "netsuite", ["777"])).toEqual([]);
  });

  test("the directory shows companies and consents, and neither settings nor notifications", async () => {
    const one = await organization("900");
    await one.run((tx) => insertNotifications(tx, one.booksId, [hint()]));
    const count = async (table: string) =>
      (
        await inDirectory(database, (tx) =>
          tx.rows<{ n: number }>({ name: `test_dir_${table}`, text: `select count(*)::int as n from ${table}` }),
        )
      )[0]!.n;
    expect(await count("companies")).toBeGreaterThan(0);
    expect([await count("books"), await count("book_notifications"), await count("secrets")]).toEqual([0, 0, 0]);
    const other = await organization("901");
    expect(await other.run((tx) => findWaitingNotifications(tx, one.booksId, 10))).toEqual([]);
  });

  test("what a person paused stays paused, whatever the worker finds; a person's word counts always", async () => {
    const { booksId, run } = await organization("3");
    const state = async () => (await run((tx) => findBooks(tx, booksId)))?.state;
    expect(await run((tx) => orderBooksState(tx, booksId, "paused", "why"))).toBe("connected");
    expect(await run((tx) => setBooksState(tx, booksId, "reconnect", "gone"))).toBe(false);
    expect(await state()).toBe("paused");
    expect(await run((tx) => orderBooksState(tx, booksId, "connected", null))).toBe("paused");
    expect(await run((tx) => setBooksState(tx, booksId, "reconnect", "gone"))).toBe(true);
    expect(await run((tx) => orderBooksState(tx, randomUUID(), "paused", null))).toBeUndefined();
  });

  test("a consent is used once, in its time", async () => {
    const one = await organization("1");
    const consentId = randomUUID();
    const expiresAt = new Date("2026-11-22T10:10:00Z");
    const consent = { consentId, system: "quickbooks-online", startedBy: "user:1", booksId: null, expiresAt, state: "s-1" };
    await one.run((tx) => insertConsent(tx, consent));
    expect(await findConsent(database, "s-1")).toMatchObject({ organizationId: one.organizationId, consentId, usedAt: null });
    expect(await findConsent(database, "s-2")).toBeUndefined();
    expect(await one.run((tx) => useConsent(tx, consentId, new Date("2026-11-22T10:10:00Z")))).toBe(false);
    const inTime = new Date("2026-11-22T10:09:59Z");
    const tries = await Promise.all([1, 2, 3].map(() => one.run((tx) => useConsent(tx, consentId, inTime))));
    expect(tries.filter((won) => won)).toHaveLength(1);
  });

  test("a hint is kept once, also without a time, and a change that is no news is left out", async () => {
    const { booksId, run } = await organization("2");
    const add = (...hints: NewNotification[]) => run((tx) => insertNotifications(tx, booksId, hints));
    expect(await add(hint(), hint(), hint({ at: "2026-11-20T10:00:01Z" }))).toBe(2);
    expect(await add(hint({ at: null, providerId: "2" }), hint({ at: null, providerId: "2" }))).toBe(1);
    expect(await add(hint({ operation: "merged", mergedId: "8" }), hint({ operation: "merged", mergedId: "9" }))).toBe(2);
    const news = (...hints: NewNotification[]) => run((tx) => leaveOutKnown(tx, booksId, hints));
    const later = hint({ at: "2026-11-20T10:00:02Z", version: "3" });
    const gone = hint({ operation: "deleted" });
    expect(await news(hint({ version: "2" }), later, gone)).toEqual([later, gone]);
  });
});
