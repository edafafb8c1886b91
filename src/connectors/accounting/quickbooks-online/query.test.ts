import { expect, test } from "vitest";
import { scriptedServer } from "../../../../tests/contract/scripted-server.ts";
import type { ConnectionSettings } from "../connector.ts";
import { apiOf } from "./api.ts";
import { isIn, queryAll, quote } from "./query.ts";

test("quotes and backslashes are escaped by a backslash", () => {
  expect(quote('Love\'s \\ "Travel" 100%')).toBe(`'Love\\'s \\\\ "Travel" 100%'`);
  expect(isIn("DocNumber", ["a", "b'c"])).toBe("DocNumber in ('a', 'b\\'c')");
});

async function list(rowsAt: (start: number) => { Id: string }[]) {
  const { url, seen } = await scriptedServer(({ body }) => {
    const rows = rowsAt(Number(/startposition (\d+)/.exec(body)?.[1]));
    return { body: { QueryResponse: rows.length > 0 ? { Vendor: rows, totalCount: 3 } : {}, time: "t" } };
  });
  return { call: apiOf({ company: "1", apiUrl: url } as ConnectionSettings, () => Promise.resolve("t")), seen };
}

test("pages are read to the first that is not full, and each row counts once", async () => {
  const all = Array.from({ length: 2_345 }, (_, index) => ({ Id: String(index) }));
  const { call, seen } = await list((start) => all.slice(start - 1, start + 999));
  expect((await queryAll(call, "Vendor", "Active in (true, false)")).map(({ Id }) => Id)).toEqual(all.map(({ Id }) => Id));
  expect(seen.map(({ body }) => body)).toEqual(
    [1, 991, 1981].map((start) => `select * from Vendor where Active in (true, false) orderby Id startposition ${start} maxresults 1000`),
  );
});

test("a row that vanishes between two pages takes no other with it", async () => {
  const all = Array.from({ length: 1_500 }, (_, index) => ({ Id: String(index) }));
  const { call } = await list((start) => (start === 1 ? all.slice(0, 1_000) : all.slice(5).slice(start - 1, start + 999)));
  expect(await queryAll(call, "Vendor")).toHaveLength(1_500);
});

test("a server that sends the same page for ever is not read for ever", async () => {
  const page = Array.from({ length: 1_000 }, (_, index) => ({ Id: String(index) }));
  const { call, seen } = await list(() => page);
  await expect(queryAll(call, "Vendor")).rejects.toMatchObject({ code: "upstream_silent" });
  expect(seen).toHaveLength(2);
});

test("an empty list is an empty object over there", async () => {
  const { call } = await list(() => []);
  expect(await queryAll(call, "Vendor")).toEqual([]);
});
