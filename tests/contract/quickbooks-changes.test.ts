import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Change } from "../../src/connectors/accounting/connector.ts";
import { allChanges } from "./world.ts";
import { company, control, start, stop, system, write, type QuickBooksWorld } from "./quickbooks-world.ts";

/* Reading many changes from the emulator, whose clock stands still for as many records as a case wants. */

beforeAll(start);
afterAll(stop);

const tick = () => control("PUT", "clock", { advanceMs: 1_000 });

/** Every vendor's version now, told by another client. */
async function versions(world: QuickBooksWorld): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let from = 1; ; from += 1_000) {
    const Query = `select * from Vendor where Active in (true, false) startposition ${from} maxresults 1000`;
    const answer = (await write(world, "batch", { BatchItemRequest: [{ bId: "q", Query }] })) as {
      BatchItemResponse: { QueryResponse: { Vendor?: { Id: string; SyncToken: string }[] } }[];
    };
    const rows = answer.BatchItemResponse[0]!.QueryResponse.Vendor ?? [];
    for (const { Id, SyncToken } of rows) found.set(Id, Number(SyncToken));
    if (rows.length < 1_000) return found;
  }
}

/** People change some vendors, all in one second. */
async function meddle(world: QuickBooksWorld, known: Map<string, number>, places: readonly number[]): Promise<void> {
  const ids = [...new Set(places.map((place) => [...known.keys()][place % known.size]!))].slice(0, 30);
  if (ids.length === 0) return;
  await tick();
  const BatchItemRequest = ids.map((Id) => {
    const version = known.get(Id)!;
    known.set(Id, version + 1);
    const Vendor = { Id, SyncToken: String(version), sparse: true, CompanyName: `Changed ${version + 1}` };
    return { bId: Id, operation: "update", Vendor };
  });
  const answer = await write(world, "batch", { BatchItemRequest });
  if (JSON.stringify(answer).includes('"Fault"')) throw new Error(JSON.stringify(answer));
}

function note(seen: Map<string, number>, changes: readonly Change[]): void {
  for (const { entity, providerId, version } of changes) {
    if (entity === "Vendor") seen.set(providerId, Math.max(seen.get(providerId) ?? -1, Number(version)));
  }
}

const bursts = fc.array(fc.constantFrom(1, 30, 970, 1_000, 1_030, 2_100), { minLength: 1, maxLength: 4 });
const meddling = fc.array(fc.array(fc.nat(9_999), { maxLength: 30 }), { minLength: 2, maxLength: 12 });

test("no change is lost at a page's edge, within one second, or while people go on working", async () => {
  await control("PUT", "clock", { frozen: true });
  await fc.assert(
    fc.asyncProperty(bursts, meddling, fc.constantFrom("milliseconds", "seconds"), async (counts, edits, timePrecision) => {
      const world = await company({ timePrecision });
      await tick();
      let { cursor } = await world.connector.changesSince(null);
      for (const [index, count] of counts.entries()) {
        await tick();
        await world.person.createVendors(count, index * 10_000);
      }
      const known = await versions(world);
      const seen = new Map<string, number>();
      for (let pages = 0, isComplete = false; !isComplete || edits.length > pages; pages++) {
        const page = await world.connector.changesSince(cursor);
        note(seen, page.changes);
        ({ cursor } = page);
        isComplete = page.complete;
        if (pages > 200) throw new Error("It never ends");
        await meddle(world, known, edits[pages] ?? []);
      }
      note(seen, (await allChanges(world.connector, cursor)).changes);
      const now = await versions(world);
      expect(now).toEqual(known);
      for (const [id, version] of now) expect([id, seen.get(id)]).toEqual([id, version]);
    }),
    { numRuns: 8, seed: 20261122 },
  );
}, 120_000);

test("fifty thousand changed records are read without loss, many of them of one second", async () => {
  const world = await company({});
  await control("PUT", "limits", { system, id: world.settings.company, enabled: false });
  const start = (await world.connector.changesSince(null)).cursor;
  // The emulated clock stands still for thousands of records at a time.
  await control("PUT", "clock", { frozen: true });
  for (let made = 0; made < 50_000; made += 5_010) {
    await world.person.createVendors(Math.min(5_010, 50_000 - made), made);
    await control("PUT", "clock", { advanceMs: 1_000 });
  }
  const before = world.connector.usage().requests;
  const began = performance.now();
  const { changes } = await allChanges(world.connector, start);
  const seconds = (performance.now() - began) / 1_000;
  const seen = new Set(changes.filter(({ entity }) => entity === "Vendor").map(({ providerId }) => providerId));
  const requests = world.connector.usage().requests - before;
  console.info(`50,000 changed records: ${requests} requests, ${seconds.toFixed(1)} s`);
  expect(seen.size).toBe(50_000);
  expect(requests).toBeLessThan(150);
}, 300_000);
