import fc from "fast-check";
import { expect, test } from "vitest";
import { answerQueries, type TableRow } from "../../../../tests/contract/intacct-table.ts";
import { scriptedBooks } from "../../../../tests/contract/scripted-intacct.ts";
import type { AccountingConnector, Change } from "../connector.ts";

const base = Date.parse("2026-04-01T00:00:00Z");
const stamp = (seconds: number): string => new Date(base + seconds * 1_000).toISOString().slice(0, 19);

async function drain(
  connector: AccountingConnector,
  cursor: string,
  between: () => void = () => {},
): Promise<{ changes: Change[]; cursor: string }> {
  const changes: Change[] = [];
  for (let next = cursor, pages = 0; pages < 500; pages += 1) {
    const page = await connector.changesSince(next);
    changes.push(...page.changes);
    if (page.complete) return { changes, cursor: page.cursor };
    between();
    next = page.cursor;
  }
  throw new Error("The changes never come to an end");
}

/** Many rows share a second, and some were never changed. */
const someRows = fc.record({
  count: fc.integer({ min: 0, max: 6_000 }),
  perSecond: fc.integer({ min: 1, max: 5_000 }),
  nullEvery: fc.integer({ min: 2, max: 50 }),
  movedPerPage: fc.integer({ min: 0, max: 40 }),
});

test("no row is lost and none told twice, whatever shares a second, has no time, or changes between two pages", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(someRows, async ({ count, perSecond, nullEvery, movedPerPage }) => {
      let rows: TableRow[] = [{ recordNo: 1, modified: stamp(0), created: stamp(0) }];
      const { connector } = await scriptedBooks((seen) => answerQueries(seen, "APBILL", rows));
      const start = await connector.changesSince(null);
      rows = rows.concat(
        Array.from({ length: count }, (_, index) => {
          const at = stamp(10_000 + Math.floor(index / perSecond));
          return { recordNo: index + 2, modified: index % nullEvery === 0 ? null : at, created: at };
        }),
      );
      let clock = 20_000;
      // Somebody works on while we read: rows move to the end of the order.
      const work = (): void => {
        clock += 1;
        for (let moved = 0; moved < movedPerPage; moved += 1) {
          const index = (clock * 31 + moved * 97) % rows.length;
          rows[index] = { ...rows[index]!, modified: stamp(clock) };
        }
      };
      const { changes, cursor } = await drain(connector, start.cursor, work);
      // What changed behind us while we read comes with the next sweep.
      const after = await drain(connector, cursor);
      const told = new Set([...changes, ...after.changes].map(({ providerId }) => providerId));
      for (const { recordNo } of rows) expect(recordNo === 1 || told.has(String(recordNo))).toBe(true);
      // The same record may come again only because it changed again.
      const seen = changes.map(({ providerId, at }) => `${providerId} ${at}`);
      expect(new Set(seen).size).toBe(seen.length);
      // What happened since is told next time.
      rows[0] = { ...rows[0]!, modified: stamp(90_000) };
      expect((await drain(connector, after.cursor)).changes.map(({ providerId }) => providerId)).toContain("1");
    }),
    { numRuns: 12 },
  );
});

test("ten thousand changed records come in few pages, each once", { timeout: 60_000 }, async () => {
  let rows: TableRow[] = [{ recordNo: 1, modified: stamp(0), created: stamp(0) }];
  const { connector, seen } = await scriptedBooks((request) => answerQueries(request, "APBILL", rows));
  const { cursor } = await connector.changesSince(null);
  rows = Array.from({ length: 10_000 }, (_, index) => ({
    recordNo: index + 1,
    modified: stamp(10_000 + Math.floor(index / 3_000)),
    created: stamp(1),
  }));
  const before = seen.length;
  const { changes } = await drain(connector, cursor);
  expect(changes).toHaveLength(10_000);
  expect(new Set(changes.map(({ providerId }) => providerId)).size).toBe(10_000);
  // One sweep, eleven pages of changed rows, one of rows without a time.
  expect(seen.length - before).toBeLessThanOrEqual(13);
});

test("an hour that the clock repeats in autumn is not skipped", async () => {
  let rows: TableRow[] = [{ recordNo: 1, modified: stamp(7_000), created: stamp(0) }];
  const { connector } = await scriptedBooks((request) => answerQueries(request, "APBILL", rows));
  const { cursor } = await connector.changesSince(null);
  // Changed 20 minutes later, and written an hour earlier.
  rows = [...rows, { recordNo: 2, modified: stamp(7_000 - 3_600 + 1_200), created: stamp(0) }];
  expect((await drain(connector, cursor)).changes.map(({ providerId }) => providerId)).toContain("2");
});
