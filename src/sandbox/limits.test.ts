import { afterEach, beforeEach, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "./json.ts";
import { faultIn, journal, openBench, type TestBench } from "./raw-client.ts";

let bench: TestBench;
beforeEach(async () => {
  bench = await openBench();
  await bench.control("PUT", "clock", { now: "2026-11-22T12:00:00Z", frozen: true });
  const tokens = (await bench.control("POST", "tokens", { system: "quickbooks-online", id: bench.realm })).json;
  headers = { authorization: `Bearer ${String(tokens["accessToken"])}` };
});
afterEach(() => bench.close());
let headers: Record<string, string> = {};

const get = (path: string) => bench.raw({ method: "GET", path: `/v3/company/${bench.realm}/${path}`, headers });
const post = (path: string, body: JsonObject) => bench.raw({ method: "POST", path: `/v3/company/${bench.realm}/${path}`, headers, body });
const limit = (setting: JsonObject) => bench.control("PUT", "limits", { system: "quickbooks-online", ...setting });
const advance = (advanceMs: number) => bench.control("PUT", "clock", { advanceMs });
async function statuses(count: number, call: () => Promise<{ status: number }>): Promise<number[]> {
  const got: number[] = [];
  for (let index = 0; index < count; index += 1) got.push((await call()).status);
  return got;
}

test("limits are off until they are turned on", async () => {
  expect(await statuses(30, () => get("preferences"))).toEqual(Array(30).fill(200));
});

test("ten requests a second pass, the eleventh is throttled, a second later it passes", async () => {
  await limit({ enabled: true });
  expect(await statuses(11, () => get("preferences"))).toEqual([...Array(10).fill(200), 429]);
  expect(faultIn(await get("preferences"))).toMatchObject({ code: "3001" });
  await advance(1000);
  expect((await get("preferences")).status).toBe(200);
  const log = listOf((await bench.control("GET", `requests?system=quickbooks-online&id=${bench.realm}`)).json["requests"]).map(objectOf);
  expect(log.filter((entry) => entry["throttled"] === true)).toHaveLength(2);
});

test("five hundred requests a minute pass", async () => {
  await limit({ enabled: true });
  let passed = 0;
  for (let second = 0; second < 52; second += 1) {
    const got = await statuses(10, () => get("vendor/1"));
    passed += got.filter((status) => status !== 429).length;
    await advance(1000);
  }
  expect(passed).toBe(500);
  await advance(60_000);
  expect((await get("preferences")).status).toBe(200);
});

test("forty batches a minute pass", async () => {
  await limit({ enabled: true });
  const entry = journal([
    [bench.account("5210"), 1],
    [bench.account("2050"), -1],
  ]);
  let passed = 0;
  for (let index = 0; index < 45; index += 1) {
    const { status } = await post("batch", { BatchItemRequest: [{ bId: "1", operation: "create", JournalEntry: entry }] });
    if (status === 200) passed += 1;
    await advance(500);
  }
  expect(passed).toBe(40);
  expect((await get("preferences")).status).toBe(200);
});

test("more than ten at a time are throttled", async () => {
  await limit({ enabled: true, scale: 1 });
  await bench.control("PUT", "faults", { seed: 1, rules: [{ match: { path: "preferences" }, kind: "delay", ms: 300, count: 10 }] });
  const slow = Array.from({ length: 10 }, () => get("preferences"));
  await Promise.race([...slow, new Promise((resolve) => setTimeout(resolve, 100))]);
  expect((await get("vendor/1")).status).toBe(429);
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(Array(10).fill(200));
});

test("limits scale, hold for one company alone, and can be turned off", async () => {
  await limit({ enabled: true, scale: 0.2 });
  expect(await statuses(3, () => get("preferences"))).toEqual([200, 200, 429]);
  await limit({ id: bench.realm, enabled: false });
  expect(await statuses(5, () => get("preferences"))).toEqual(Array(5).fill(200));
  expect((await limit({ scale: 0 })).status).toBe(400);
  expect((await limit({ id: "nobody" })).status).toBe(404);
});
