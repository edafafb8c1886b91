import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { faultIn, journal, openBench, type TestBench } from "../raw-client.ts";

let folder: string;
let file: string;
let bench: TestBench;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-"));
  file = join(folder, "books.sqlite");
  bench = await openBench({ dataFile: file });
});
afterAll(async () => {
  await bench.close();
  rmSync(folder, { recursive: true });
});

const entry = (amount: number) =>
  journal([
    [bench.account("5210"), amount],
    [bench.account("2050"), -amount],
  ]);
const writes = async () => listOf((await bench.ledger())["entries"]).length;
const switches = (changes: JsonObject) =>
  bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: changes });

test("a repeated request id gets the first answer byte for byte, and nothing is written", async () => {
  const first = await bench.post("journalentry?requestid=once", entry(5));
  const count = await writes();
  const second = await bench.post("journalentry?requestid=once&minorversion=75", entry(5));
  expect(second.text).toBe(first.text);
  expect(second.headers["intuit_tid"]).not.toBe(first.headers["intuit_tid"]);
  expect(await writes()).toBe(count);
  expect((await bench.post("journalentry?requestid=twice", entry(5))).text).not.toBe(first.text);
});

test("another body under a known id gets the first answer, or 600 where the switch says so", async () => {
  const first = await bench.post("journalentry?requestid=changed", entry(5));
  expect((await bench.post("journalentry?requestid=changed", entry(6))).text).toBe(first.text);
  await switches({ requestIdConflict: "600" });
  expect(faultIn(await bench.post("journalentry?requestid=changed", entry(6)))).toMatchObject({ code: "600" });
  expect((await bench.post("journalentry?requestid=changed", entry(5))).text).toBe(first.text);
  await switches({ requestIdConflict: "replay" });
});

test("a refused first attempt is forgotten, unless the switch keeps it", async () => {
  const bad = journal([
    [bench.account("5210"), 1],
    [bench.account("2050"), -2],
  ]);
  expect(faultIn(await bench.post("journalentry?requestid=failed", bad))).toMatchObject({ code: "6000" });
  expect((await bench.post("journalentry?requestid=failed", entry(5))).status).toBe(200);
  await switches({ requestIdKeepsFailures: true });
  expect(faultIn(await bench.post("journalentry?requestid=kept", bad))).toMatchObject({ code: "6000" });
  expect(faultIn(await bench.post("journalentry?requestid=kept", entry(5)))).toMatchObject({ code: "6000" });
  await switches({ requestIdKeepsFailures: false });
});

test("a batch is the same request only with the same item ids", async () => {
  const batch = (ids: string[]) => ({ BatchItemRequest: ids.map((bId) => ({ bId, operation: "create", JournalEntry: entry(2) })) });
  const first = await bench.post("batch?requestid=batch", batch(["a", "b"]));
  const count = await writes();
  expect((await bench.post("batch?requestid=batch", batch(["a", "b"]))).text).toBe(first.text);
  expect(await writes()).toBe(count);
  expect((await bench.post("batch?requestid=batch", batch(["a", "c"]))).text).not.toBe(first.text);
  expect(await writes()).toBe(count + 2);
});

test("deletes and updates replay too", async () => {
  const made = await bench.make("JournalEntry", entry(3));
  const id = String(made["Id"]);
  const updated = await bench.post("journalentry?requestid=upd", { ...entry(4), Id: id, SyncToken: "0" });
  expect((await bench.post("journalentry?requestid=upd", { ...entry(4), Id: id, SyncToken: "0" })).text).toBe(updated.text);
  const deleted = await bench.post("journalentry?operation=delete&requestid=del", { Id: id, SyncToken: "1" });
  expect((await bench.post("journalentry?operation=delete&requestid=del", { Id: id, SyncToken: "1" })).text).toBe(deleted.text);
});

test("ids that are too long are refused", async () => {
  expect(faultIn(await bench.post(`journalentry?requestid=${"x".repeat(51)}`, entry(1)))).toMatchObject({ code: "2130" });
  expect((await bench.post(`journalentry?requestid=${"x".repeat(50)}`, entry(1))).status).toBe(200);
  const batch = (bId: string) => ({ BatchItemRequest: [{ bId, operation: "create", JournalEntry: entry(2) }] });
  expect(faultIn(await bench.post(`batch?requestid=${"y".repeat(37)}`, batch("b")))).toMatchObject({ code: "2130" });
  expect(faultIn(await bench.post("batch?requestid=short", batch("b".repeat(11))))).toMatchObject({ code: "2130" });
});

test("an id is forgotten after a day", async () => {
  const first = await bench.post("journalentry?requestid=old", entry(5));
  await bench.control("PUT", "clock", { advanceMs: 25 * 3_600_000 });
  const tokens = await bench.control("POST", "tokens", { system: "quickbooks-online", id: bench.realm });
  const again = await bench.raw({
    method: "POST",
    path: `/v3/company/${bench.realm}/journalentry?requestid=old`,
    headers: { authorization: `Bearer ${String(tokens.json["accessToken"])}` },
    body: entry(5),
  });
  expect(again.status).toBe(200);
  expect(again.text).not.toBe(first.text);
  await bench.control("PUT", "clock", { reset: true });
});

test("books, request ids, tokens and ids outlive a restart", async () => {
  const first = await bench.post("journalentry?requestid=restart", entry(9));
  const before = await bench.ledger();
  const { accessToken, realm } = bench;
  await bench.close();
  bench = await openBench({ dataFile: file });
  expect(bench.realm).toBe(realm);
  expect(await bench.ledger()).toEqual(before);
  const headers = { authorization: `Bearer ${accessToken}` };
  const again = await bench.raw({ method: "POST", path: `/v3/company/${realm}/journalentry?requestid=restart`, headers, body: entry(9) });
  expect(again.text).toBe(first.text);
  const next = await bench.make("JournalEntry", entry(1));
  expect(Number(next["Id"])).toBe(Number(objectOf(first.json["JournalEntry"])["Id"]) + 1);
});
