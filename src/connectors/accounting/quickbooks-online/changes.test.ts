import { describe, expect, test } from "vitest";
import { scriptedServer, type Seen } from "../../../../tests/contract/scripted-server.ts";
import type { Fault } from "../../../core/errors.ts";
import type { ConnectionSettings } from "../connector.ts";
import { apiOf } from "./api.ts";
import { readChanges } from "./changes.ts";

const now = Date.parse("2026-11-20T10:00:00Z");
const time = "2026-11-20T02:00:00.120-08:00";

interface Row {
  readonly Id: string;
  readonly SyncToken?: string;
  readonly status?: string;
  readonly MetaData: { readonly LastUpdatedTime: string };
}

function row(id: number, at = "2026-11-20T01:59:00-08:00"): Row {
  return { Id: String(id), SyncToken: "0", MetaData: { LastUpdatedTime: at } };
}

/** A company whose change data capture and queries give what the table holds. */
async function company(table: Record<string, Row[]>) {
  const { url, seen } = await scriptedServer((request) => ({
    body: request.path.endsWith("/cdc") ? captured(table, request) : queried(table, request),
  }));
  const settings = { company: "9130", apiUrl: url } as ConnectionSettings;
  return { source: { call: apiOf(settings, () => Promise.resolve("t")), unknown: new Set<string>() }, seen };
}

/** At most a thousand objects over all entities, cut without a sign. */
function captured(table: Record<string, Row[]>, { query }: Seen): object {
  let room = 1_000;
  const groups = (query.get("entities") ?? "").split(",").map((entity) => {
    const rows = (table[entity] ?? []).slice(0, room);
    room -= rows.length;
    return rows.length > 0 ? { [entity]: rows, startPosition: 1, maxResults: rows.length } : {};
  });
  return { CDCResponse: [{ QueryResponse: groups }], time };
}

function queried(table: Record<string, Row[]>, { body }: Seen): object {
  const entity = /from (\w+)/.exec(body)?.[1] ?? "";
  const from = /LastUpdatedTime >= '([^']+)'/.exec(body)?.[1];
  const start = Number(/startposition (\d+)/.exec(body)?.[1] ?? 1);
  const rows = (table[entity] ?? []).filter(
    (each) => each.status === undefined && (!from || Date.parse(each.MetaData.LastUpdatedTime) >= Date.parse(from)),
  );
  const page = rows.slice(start - 1, start + 999);
  return { QueryResponse: page.length > 0 ? { [entity]: page } : {}, time };
}

/** Reads until complete, as the engine does. */
async function readOn(source: Parameters<typeof readChanges>[0], cursor: string) {
  const ids = new Map<string, Set<string>>();
  let pages = 0;
  for (let next = cursor; ; ) {
    const page = await readChanges(source, next, now);
    for (const { entity, providerId } of page.changes) ids.set(entity, (ids.get(entity) ?? new Set()).add(providerId));
    next = page.cursor;
    if (++pages > 200) throw new Error("It never ends");
    if (page.complete) return { ids, pages, cursor: next };
  }
}

const since = JSON.stringify({ since: "2026-11-20T01:55:00-08:00" });

test("without a cursor it starts from their now", async () => {
  const { source } = await company({ Bill: [row(1)] });
  expect(await readChanges(source, null, now)).toEqual({ changes: [], cursor: JSON.stringify({ since: time }), complete: true });
});

test("changes and deletions of all entities, asked for with an overlap of ten minutes", async () => {
  const gone: Row = { Id: "979", status: "Deleted", MetaData: { LastUpdatedTime: "2026-11-20T01:58:00-08:00" } };
  const { source, seen } = await company({ Bill: [row(145), gone], Vendor: [row(41)] });
  const page = await readChanges(source, since, now);
  expect(page).toMatchObject({ cursor: JSON.stringify({ since: time }), complete: true });
  expect(page.changes).toMatchObject([
    { entity: "Bill", providerId: "145", version: "0", operation: "changed", at: "2026-11-20T01:59:00-08:00" },
    { entity: "Bill", providerId: "979", version: null, operation: "deleted" },
    { entity: "Vendor", providerId: "41", operation: "changed" },
  ]);
  expect(seen[0]!.query.get("changedSince")).toBe("2026-11-20T09:45:00.000Z");
});

describe("an answer that was cut", () => {
  const many = (count: number, at: (index: number) => string) => Array.from({ length: count }, (_, index) => row(index + 1, at(index)));
  const spread = (index: number) => new Date(now - 240_000 + index * 20).toISOString();

  test("is read entity by entity, then goes on from the time of the cut answer", async () => {
    const { source } = await company({ Bill: many(600, spread), Invoice: many(600, spread), Vendor: many(3, spread) });
    const read = await readOn(source, since);
    expect([...read.ids].map(([entity, ids]) => [entity, ids.size]).sort()).toEqual([
      ["Bill", 600],
      ["Invoice", 600],
      ["Vendor", 3],
    ]);
    expect(read.cursor).toBe(JSON.stringify({ since: time }));
  });

  test("even alone is read by query, page by page", async () => {
    const { source } = await company({ Bill: many(3_456, spread), Vendor: many(2, spread) });
    const read = await readOn(source, since);
    expect(read.ids.get("Bill")?.size).toBe(3_456);
    expect(read.ids.get("Vendor")?.size).toBe(2);
    expect(read.cursor).toBe(JSON.stringify({ since: time }));
  });

  test("also when more rows than a page changed in one second", async () => {
    const { source } = await company({ Bill: many(2_500, () => "2026-11-20T01:59:00-08:00") });
    expect((await readOn(source, since)).ids.get("Bill")?.size).toBe(2_500);
  });

  test("of exactly a thousand is not taken for whole", async () => {
    const { source } = await company({ Bill: many(1_000, spread), Vendor: [row(41)] });
    expect((await readOn(source, since)).ids.get("Vendor")?.size).toBe(1);
  });
});

test("a cursor older than change data capture reaches is read by query", async () => {
  const old = JSON.stringify({ since: "2026-10-01T00:00:00Z" });
  const { source, seen } = await company({ Bill: [row(7, "2026-10-05T00:00:00Z")] });
  const read = await readOn(source, old);
  expect(read.ids.get("Bill")).toEqual(new Set(["7"]));
  expect(seen.some(({ path }) => path.endsWith("/cdc"))).toBe(false);
});

test("inactive rows of lists are changes too", async () => {
  const { source, seen } = await company({});
  await readOn(source, JSON.stringify({ since: "2026-10-01T00:00:00Z" }));
  const statements = seen.map(({ body }) => body);
  expect(statements.find((text) => text.includes("from Vendor "))).toContain("Active in (true, false)");
  expect(statements.find((text) => text.includes("from Bill "))).not.toContain("Active");
});

test("an entity that this edition lacks hides no other, and is asked for once", async () => {
  const { url, seen } = await scriptedServer((request) => {
    if (request.path.endsWith("/query")) return { body: queried({}, request) };
    const missing = ["Payment", "BillPayment"].find((name) => request.query.get("entities")?.split(",").includes(name));
    if (!missing) return { body: captured({ Bill: [row(1)] }, request) };
    const Error = [
      { Message: "Invalid or unsupported object name", Detail: `Invalid or unsupported object name : ${missing}`, code: "2000" },
    ];
    return { status: 400, body: { Fault: { type: "ValidationFault", Error } } };
  });
  const source = {
    call: apiOf({ company: "9130", apiUrl: url } as ConnectionSettings, () => Promise.resolve("t")),
    unknown: new Set<string>(),
  };
  expect((await readChanges(source, since, now)).changes).toHaveLength(1);
  expect(seen).toHaveLength(3);
  expect((await readChanges(source, since, now)).changes).toHaveLength(1);
  expect(seen).toHaveLength(4);
});

test("a cursor that is not ours is refused", async () => {
  const { source } = await company({});
  for (const cursor of ["", "null", "7", "{}", '{"since":"yesterday"}']) {
    await expect(readChanges(source, cursor, now)).rejects.toMatchObject({ code: "request_invalid" } satisfies Partial<Fault>);
  }
});
