import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pathMatches } from "./faults.ts";
import { listOf, objectOf, parseJson, type JsonObject } from "./json.ts";
import { faultIn, journal, openBench, type TestBench } from "./raw-client.ts";

let bench: TestBench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const entry = (number = "F-1") =>
  journal(
    [
      [bench.account("5210"), 10],
      [bench.account("2050"), -10],
    ],
    { DocNumber: number },
  );
const plan = (...rules: JsonObject[]) => bench.control("PUT", "faults", { seed: 7, rules });
const write = (key = "k1") => bench.post(`journalentry?requestid=${key}`, entry());
const committed = async () => listOf((await bench.ledger())["entries"]).length;

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 5000;
  while (!(await isSo())) if (performance.now() > endMs) throw new Error("It never came true");
}

describe("each kind of fault", () => {
  test("cut: nothing is done and nothing is answered", async () => {
    await plan({ match: { entity: "JournalEntry", operation: "create" }, kind: "cut", count: 1 });
    expect(await write()).toMatchObject({ status: 0, wasCut: true, text: "" });
    expect(await committed()).toBe(0);
    expect((await write()).status).toBe(200);
  });

  test("commit_then_cut: done, not answered; the request id brings the answer later", async () => {
    await plan({ match: { path: "*/journalentry" }, kind: "commit_then_cut", count: 1 });
    expect(await write()).toMatchObject({ status: 0, wasCut: true });
    expect(await committed()).toBe(1);
    expect((await write()).status).toBe(200);
    expect(await committed()).toBe(1);
  });

  test("late_commit: the line breaks at once, the write comes later, and its twin waits for it", async () => {
    await plan({ match: { method: "POST", path: "journalentry" }, kind: "late_commit", ms: 300, count: 1 });
    expect(await write()).toMatchObject({ status: 0, wasCut: true });
    expect(await committed()).toBe(0);
    const startMs = performance.now();
    const twin = await write();
    expect(twin.status).toBe(200);
    expect(performance.now() - startMs).toBeGreaterThan(100);
    expect(await committed()).toBe(1);
    expect(listOf((await bench.ledger())["entries"])).toMatchObject([{ key: "k1" }]);
  });

  test("late_commit without a request id lands on its own", async () => {
    await plan({ match: { entity: "journalentry" }, kind: "late_commit", ms: 50, count: 1 });
    expect(await bench.post("journalentry", entry())).toMatchObject({ status: 0 });
    await eventually(async () => (await committed()) === 1);
  });

  test("delay: the answer comes late, and before the commit unless told otherwise", async () => {
    await plan({ match: { entity: "journalentry" }, kind: "delay", ms: 150, count: 1 });
    const startMs = performance.now();
    const waiting = write();
    expect(await committed()).toBe(0);
    expect((await waiting).status).toBe(200);
    expect(performance.now() - startMs).toBeGreaterThan(140);
    await plan({ match: { entity: "journalentry" }, kind: "delay", ms: 300, commit: true, count: 1 });
    const late = write("k2");
    await eventually(async () => (await committed()) === 2);
    expect((await late).status).toBe(200);
  });

  test("status: an error before or after the commit", async () => {
    await plan({ match: { entity: "journalentry" }, kind: "status", status: 503, count: 1 });
    expect(await write()).toMatchObject({ status: 503, wasCut: false });
    expect(await committed()).toBe(0);
    await plan({ match: { entity: "journalentry" }, kind: "status", status: 504, commit: true, count: 1 });
    const broken = await write();
    expect([broken.status, broken.headers["content-type"]]).toEqual([504, "text/html;charset=UTF-8"]);
    expect(await committed()).toBe(1);
  });

  test("truncate: half of the answer, cut short or cleanly ended", async () => {
    await plan({ match: { entity: "journalentry" }, kind: "truncate", count: 1 });
    const short = await write();
    expect(short).toMatchObject({ status: 200, wasCut: true });
    expect(short.text.length).toBeLessThan(Number(short.headers["content-length"]));
    expect(short.text).toContain('{"JournalEntry"');
    expect(await committed()).toBe(1);
    await plan({ match: { entity: "journalentry" }, kind: "truncate", chunked: true, count: 1 });
    const clean = await write("k2");
    expect(clean).toMatchObject({ status: 200, wasCut: false });
    expect(parseJson(clean.text)).toBeUndefined();
    expect(await committed()).toBe(2);
  });

  test("html: a page instead of the answer, with or without the commit", async () => {
    await plan({ match: { entity: "journalentry" }, kind: "html", count: 1 });
    const page = await write();
    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toContain("text/html");
    expect(await committed()).toBe(0);
    await plan({ match: { entity: "journalentry" }, kind: "html", commit: true, count: 1 });
    expect((await write()).text).toContain("<html>");
    expect(await committed()).toBe(1);
  });

  test("throttle: 429 in the gateway's shape", async () => {
    await plan({ match: {}, kind: "throttle", count: 1, retryAfterSeconds: 3 });
    const answer = await write();
    expect(answer.status).toBe(429);
    expect(answer.headers["retry-after"]).toBe("3");
    expect(objectOf(answer.json["fault"])["type"]).toBe("SERVICE");
    expect(faultIn(answer)).toMatchObject({ code: "3001", message: "message=ThrottleExceeded; errorCode=003001; statusCode=429" });
    expect(await committed()).toBe(0);
  });

  test("expire_token: the bearer dies and stays dead", async () => {
    await plan({ match: { operation: "create" }, kind: "expire_token", count: 1 });
    expect([(await write()).status, (await write()).status]).toEqual([401, 401]);
    expect(await committed()).toBe(0);
  });

  test("ignore_key: the request id counts for nothing", async () => {
    await plan({ match: { entity: "journalentry" }, kind: "ignore_key" });
    const [first, second] = [await write(), await write()];
    expect(objectOf(first.json["JournalEntry"])["Id"]).not.toBe(objectOf(second.json["JournalEntry"])["Id"]);
    expect(await committed()).toBe(2);
  });
});

describe("which requests a fault strikes", () => {
  test("a batch is struck for itself and for what is in it", async () => {
    const batch = { BatchItemRequest: [{ bId: "1", operation: "create", JournalEntry: entry() }] };
    for (const entity of ["batch", "JournalEntry"]) {
      await plan({ match: { entity }, kind: "commit_then_cut", count: 1 });
      expect(await bench.post(`batch?requestid=${entity}`, batch)).toMatchObject({ status: 0 });
    }
    expect(await committed()).toBe(2);
    expect((await bench.post("batch?requestid=batch", batch)).status).toBe(200);
    expect(await committed()).toBe(2);
  });

  test("skip lets some pass first, count ends it, other companies and systems are left alone", async () => {
    await plan({ match: { entity: "journalentry" }, kind: "status", skip: 1, count: 1 });
    const [first, second, third] = [await write("a"), await write("b"), await write("c")];
    expect([first.status, second.status, third.status]).toEqual([200, 500, 200]);
    expect(objectOf(second.json["Fault"])["type"]).toBe("SystemFault");
    await plan({ system: "netsuite", match: {}, kind: "cut" }, { match: { company: "1" }, kind: "cut" });
    expect((await write("d")).status).toBe(200);
  });

  test("the token endpoint can be struck too", async () => {
    await plan({ match: { operation: "token" }, kind: "status", status: 503, count: 1 });
    const answer = await bench.raw({ method: "POST", path: "/quickbooks-online/oauth2/v1/tokens/bearer", body: "" });
    expect(answer.status).toBe(503);
  });

  test("the same seed gives the same run", async () => {
    const run = async (seed: number) => {
      await bench.control("PUT", "faults", { seed, rules: [{ match: { operation: "read" }, kind: "status", probability: 0.5 }] });
      const statuses: number[] = [];
      for (let index = 0; index < 24; index += 1) statuses.push((await bench.get("vendor/1")).status);
      return statuses.join(" ");
    };
    const first = await run(11);
    expect(await run(11)).toBe(first);
    expect(await run(12)).not.toBe(first);
    expect(first).toContain("500");
    expect(first).toContain("400");
  });

  test("a rule that makes no sense is refused and the old ones stay", async () => {
    await plan({ match: {}, kind: "throttle" });
    expect((await plan({ match: {}, kind: "earthquake" })).status).toBe(400);
    expect((await plan({ match: { colour: "red" }, kind: "cut" })).status).toBe(400);
    expect((await write()).status).toBe(429);
  });

  test("a path matches by substring, or as a whole where it has stars", () => {
    expect(pathMatches("batch", "/v3/company/1/batch")).toBe(true);
    expect(pathMatches("*/batch", "/v3/company/1/batch")).toBe(true);
    expect(pathMatches("/v3/*/1/*", "/v3/company/1/batch")).toBe(true);
    expect(pathMatches("*/batch", "/v3/company/1/batch/2")).toBe(false);
    expect(pathMatches("v3*", "/v3/company")).toBe(false);
    expect(pathMatches("/a*a", "/a")).toBe(false);
  });
});

test("closing the sandbox drops what was still to come", async () => {
  await plan({ match: { entity: "journalentry" }, kind: "late_commit", ms: 60_000, count: 1 });
  expect(await bench.post("journalentry", entry())).toMatchObject({ status: 0 });
  const startMs = performance.now();
  await bench.close();
  expect(performance.now() - startMs).toBeLessThan(5000);
  bench = await openBench();
});
