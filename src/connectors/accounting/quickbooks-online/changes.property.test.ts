import fc from "fast-check";
import { expect, test } from "vitest";
import type { ApiRequest, Call } from "./api.ts";
import { readChanges } from "./changes.ts";
import type { JsonObject } from "./wire.ts";

/*
 * A company as its answers show it: times in whole seconds, ties in the order of ids, at most a thousand objects an answer.
 * While we read, people go on changing records, which moves them to the end of every order by time.
 */

interface Row {
  version: number;
  /** Seconds since 1970. */
  at: number;
}

interface Model {
  readonly rows: Map<number, Row>;
  now: number;
  /** What people do between two of our calls. */
  readonly edits: (() => void)[];
  calls: number;
}

const stamp = (seconds: number) => new Date(seconds * 1_000).toISOString().replace(".000Z", "+00:00");
const shown = ([id, { version, at }]: [number, Row]): JsonObject => ({
  Id: String(id),
  SyncToken: String(version),
  MetaData: { LastUpdatedTime: stamp(at) },
});

function company(model: Model): Call {
  return (request: ApiRequest) => {
    model.calls += 1;
    model.edits.shift()?.();
    model.now += 1;
    const from = (text: string | undefined) => Math.floor(Date.parse(text ?? "") / 1_000);
    const since = (seconds: number) =>
      [...model.rows].filter(([, { at }]) => at >= seconds).sort(([a, one], [b, other]) => one.at - other.at || a - b);
    const time = stamp(model.now);
    if (request.path === "cdc") {
      const rows = since(from(request.query?.["changedSince"])).slice(0, 1_000).map(shown);
      const asks = request.query?.["entities"]?.split(",").includes("Bill");
      return Promise.resolve({ CDCResponse: [{ QueryResponse: [asks && rows.length > 0 ? { Bill: rows } : {}] }], time });
    }
    const statement = request.body ?? "";
    if (!/from Bill/.test(statement)) return Promise.resolve({ QueryResponse: {}, time });
    const start = Number(/startposition (\d+)/.exec(statement)?.[1]);
    const rows = since(from(/>= '([^']+)'/.exec(statement)?.[1])).slice(start - 1, start + 999);
    return Promise.resolve({ QueryResponse: rows.length > 0 ? { Bill: rows.map(shown) } : {}, time });
  };
}

/** Reads until complete, as the engine does; the highest version seen of each record is kept. */
async function read(call: Call, cursor: string, nowMs: number, seen: Map<string, number>): Promise<string> {
  const source = { call, unknown: new Set<string>() };
  for (let next = cursor, pages = 0; pages < 2_000; pages++) {
    const page = await readChanges(source, next, nowMs);
    for (const { providerId, version } of page.changes) seen.set(providerId, Math.max(seen.get(providerId) ?? -1, Number(version)));
    next = page.cursor;
    if (page.complete) return next;
  }
  throw new Error("It never ends");
}

const begin = Date.parse("2026-11-20T10:00:00Z") / 1_000;

/** Bursts of records that changed in one second each, at page edges and far beyond them. */
const bursts = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom(1, 10, 900, 999, 1_000, 1_001, 2_050, 2_600)), {
  minLength: 1,
  maxLength: 6,
});
/** How many records, at which places, people change before each of our calls. */
const meddling = fc.array(fc.array(fc.nat(9_999), { maxLength: 60 }), { maxLength: 30 });

test("no record is lost at a page's edge, in one second or while others are being changed", async () => {
  await fc.assert(
    fc.asyncProperty(bursts, meddling, fc.boolean(), async (groups, edits, isOld) => {
      const model: Model = { rows: new Map(), now: begin, edits: [], calls: 0 };
      let at = begin;
      for (const [gap, count] of groups) {
        at += gap;
        for (let index = 0; index < count; index++) model.rows.set(model.rows.size + 1, { version: 0, at });
      }
      model.now = at + 1;
      for (const places of edits) {
        model.edits.push(() => {
          for (const place of places) {
            const row = model.rows.get((place % model.rows.size) + 1)!;
            row.version += 1;
            row.at = model.now;
          }
        });
      }
      const call = company(model);
      const seen = new Map<string, number>();
      // An old cursor is read by query alone.
      const nowMs = isOld ? (begin + 40 * 86_400) * 1_000 : model.now * 1_000;
      const cursor = await read(call, JSON.stringify({ since: stamp(begin - 60) }), nowMs, seen);
      expect(seen.size).toBe(model.rows.size);
      // Changes made while we read come with the next reading at the latest.
      await read(call, cursor, model.now * 1_000, seen);
      for (const [id, { version }] of model.rows) expect([id, seen.get(String(id))]).toEqual([id, version]);
    }),
    { numRuns: 60, seed: 20261120 },
  );
}, 60_000);

test("fifty thousand changed records cost few answers", async () => {
  const model: Model = { rows: new Map(), now: begin + 600, edits: [], calls: 0 };
  for (let id = 1; id <= 50_000; id++) model.rows.set(id, { version: 0, at: begin + Math.floor(id / 200) });
  const seen = new Map<string, number>();
  await read(company(model), JSON.stringify({ since: stamp(begin) }), model.now * 1_000, seen);
  expect(seen.size).toBe(50_000);
  expect(model.calls).toBeLessThan(100);
}, 60_000);
