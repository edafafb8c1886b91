import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Change } from "../../src/connectors/accounting/connector.ts";
import { netSuite } from "../../src/connectors/accounting/netsuite/connector.ts";
import { company, control, start, stop, type NetSuiteWorld } from "./netsuite-world.ts";
import { scriptedServer } from "./scripted-server.ts";
import { allChanges, documentOf, newKey, openBench, posted } from "./world.ts";

/* Reading many changes, over an emulator whose clock stands still for as many records as a case wants. */

beforeAll(start);
afterAll(stop);

const tick = () => control("PUT", "clock", { advanceMs: 1_000 });
const collection = { "content-type": "application/vnd.oracle.resource+json; type=collection", prefer: "respond-async" };

/** People rename some vendors, all in one second. */
async function meddle(world: NetSuiteWorld, names: Map<string, string>, places: readonly number[], round: number): Promise<void> {
  const ids = [...new Set(places.map((place) => [...names.keys()][place % names.size]!))];
  if (ids.length === 0) return;
  await tick();
  const items = ids.map((id) => ({ id, companyName: `Renamed ${round} ${id}` }));
  for (const { id, companyName } of items) names.set(id, companyName);
  const { status } = await world.ask("PATCH", "record/v1/vendor", { items }, collection);
  if (status >= 300) throw new Error(`PATCH: ${status}`);
}

function note(seen: Map<string, string>, changes: readonly Change[]): void {
  for (const { entity, providerId, record } of changes) if (entity === "vendor") seen.set(providerId, String(record["companyname"]));
}

const bursts = fc.array(fc.constantFrom(1, 30, 970, 1_000, 1_030, 2_100), { minLength: 1, maxLength: 3 });
const meddling = fc.array(fc.array(fc.nat(9_999), { maxLength: 30 }), { minLength: 2, maxLength: 8 });

test("no change is lost at a page's edge, within one second, or while people go on working", async () => {
  await control("PUT", "clock", { frozen: true });
  await fc.assert(
    fc.asyncProperty(bursts, meddling, async (counts, edits) => {
      const world = await company();
      await tick();
      let { cursor } = await world.connector.changesSince(null);
      for (const [index, count] of counts.entries()) {
        await tick();
        await world.person.createVendors(count, index * 10_000);
      }
      const { records } = await world.connector.reference();
      const names = new Map(records.filter(({ kind }) => kind === "vendor").map(({ externalId, name }) => [externalId, name]));
      const seen = new Map<string, string>();
      for (let pages = 0, isComplete = false; !isComplete || edits.length > pages; pages++) {
        const page = await world.connector.changesSince(cursor);
        note(seen, page.changes);
        ({ cursor } = page);
        isComplete = page.complete;
        if (pages > 200) throw new Error("It never ends");
        await meddle(world, names, edits[pages] ?? [], pages);
      }
      note(seen, (await allChanges(world.connector, cursor)).changes);
      for (const [id, name] of names) expect([id, seen.get(id)]).toEqual([id, name]);
    }),
    { numRuns: 6, seed: 20261122 },
  );
}, 180_000);

test("times are the account's own; what comes out is an instant", async () => {
  await control("PUT", "clock", { frozen: false });
  const world = await company();
  const books = await openBench(world);
  const start = (await books.connector.changesSince(null)).cursor;
  const { providerId } = posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill") }));
  const change = (await allChanges(books.connector, start)).changes.find(
    (each) => each.entity === "vendorBill" && each.providerId === providerId,
  )!;
  // The emulator's account lives in Chicago; its clock was moved forward by the case before.
  expect(change.at).toMatch(/Z$/);
  expect(Math.abs(Date.parse(change.at) - Date.now())).toBeLessThan(3_600_000);
});

test("an account whose deletions name no record tells everything else", async () => {
  const world = await company({ switches: { deletedRecordId: false } });
  const books = await openBench(world);
  const start = (await books.connector.changesSince(null)).cursor;
  const { providerId } = posted(await books.postOne({ key: newKey(), postable: documentOf(books, "bill") }));
  const { changes } = await allChanges(books.connector, start);
  expect(changes.some((each) => each.entity === "vendorBill" && each.providerId === providerId)).toBe(true);
  expect(changes.filter(({ operation }) => operation === "deleted")).toEqual([]);
});

/** A query service with so many changed vendors, ten to a second, that answers from the question alone. */
function manyVendors(count: number) {
  const timeOf = (id: number) => new Date(Date.UTC(2026, 2, 1) + Math.floor(id / 10) * 1_000).toISOString().slice(0, 19);
  const rowsOf = (q: string): object[] => {
    if (q.includes("SYSDATE")) return [{ now: "2026-04-01T00:00:00" }];
    if (q.includes("FROM accountingperiod")) return [];
    if (!q.includes("FROM vendor ")) return [];
    const after = Number(/AND id > (\d+)\)/.exec(q)?.[1] ?? "0");
    const length = Math.max(0, Math.min(1_000, count - after));
    return Array.from({ length }, (_, index) => {
      const id = after + index + 1;
      return { links: [], id: String(id), entityid: `V${id}`, companyname: `Vendor ${id}`, isinactive: "F", modified: timeOf(id) };
    });
  };
  return scriptedServer(({ body }) => {
    const { q } = JSON.parse(body === "" ? "{}" : body) as { q?: string };
    return { body: { links: [], items: rowsOf(q ?? ""), hasMore: false } };
  });
}

/** `LEDGERLANE_LARGE_READ=100000` reads the whole of it. */
const rows = Number(process.env["LEDGERLANE_LARGE_READ"] ?? "20000");
test(`${rows} changed rows are read a page at a time, in a memory that does not grow with them`, async () => {
  const { url, seen } = await manyVendors(rows);
  const settings = {
    company: "1",
    apiUrl: url,
    tokenUrl: url,
    authorizeUrl: url,
    appUrl: url,
    clientId: "c",
    clientSecret: "s",
    overrides: {},
  };
  const connector = netSuite.connect(settings, () => Promise.resolve("token"));
  let cursor = JSON.stringify({ since: "2026-02-01T00:00:00" });
  let count = 0;
  let last = "";
  let peak = 0;
  for (let isComplete = false; !isComplete; ) {
    const page = await connector.changesSince(cursor);
    expect(page.changes.length).toBeLessThanOrEqual(2_000);
    count += page.changes.length;
    last = page.changes.at(-1)?.providerId ?? last;
    ({ cursor } = page);
    isComplete = page.complete;
    peak = Math.max(peak, process.memoryUsage().heapUsed);
    seen.splice(0);
  }
  console.info(
    `${rows} changed rows: heap at most ${Math.round(peak / 1_048_576)} MiB, resident ${Math.round(process.memoryUsage().rss / 1_048_576)} MiB`,
  );
  expect([count, last]).toEqual([rows, String(rows)]);
  expect(peak).toBeLessThan(300 * 1_048_576);
}, 300_000);
