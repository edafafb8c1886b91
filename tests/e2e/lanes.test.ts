import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { type Database, inOrganization } from "../../src/store/database.ts";
import { wakeLane } from "../../src/store/lane-turns.ts";
import { serverNames, startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { type Installation, install, startSandbox, system } from "../setup/installation.ts";
import { startWorkerProcess, type WorkerProcess } from "../setup/worker-process.ts";

describe.each(serverNames)("lanes of worker processes on %s PostgreSQL", (serverName) => {
  let server: TestServer;
  let database: Database;
  let sandbox: Sandbox;
  let folder: string;
  let workers: WorkerProcess[] = [];
  beforeAll(async () => {
    server = await startTestServer(serverName);
    database = await server.database();
    sandbox = await startSandbox({ port: 0, dataFile: null });
    folder = await mkdtemp(join(tmpdir(), "ledgerlane-lanes-"));
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop("SIGKILL")));
    workers = [];
  });
  afterAll(async () => {
    await sandbox.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const startWorker = async (at: Installation): Promise<WorkerProcess> => {
    const worker = await startWorkerProcess(database.url, at.parts.masterKey, folder);
    workers.push(worker);
    return worker;
  };
  const wake = (at: Installation) => inOrganization(database, at.organizationId, (tx) => wakeLane(tx, at.booksId, 0));
  const slowBatches = (at: Installation, ms: number) =>
    at.control("PUT", "faults", { seed: 1, rules: [{ system, match: { path: "/batch" }, kind: "delay", ms, probability: 1 }] });
  const states = async (at: Installation) =>
    Object.fromEntries(
      (await at.rows<{ state: string; n: number }>("select state, count(*)::int as n from postings group by state")).map((row) => [
        row.state,
        row.n,
      ]),
    );
  const until = (condition: () => Promise<boolean>) => vi.waitUntil(condition, { timeout: 60_000, interval: 50 });
  const created = async (at: Installation) =>
    (await at.ledger()).entries.filter(({ entity, operation }) => entity === "JournalEntry" && operation === "create").length;
  const tickets = (count: number, date = "2026-10-03") =>
    Array.from({ length: count }, (_, index) => fuel(`${date}-${index}`, "20.00", { date }));

  test("a worker that is killed in the middle of a call loses its lane within 15 seconds, and everything is there once", async () => {
    // One call at a time: there is work left when the second worker is up, however slow this machine is.
    const at = await install(database, sandbox, { overrides: { batchItemsMax: 5, inFlightMax: 3 } });
    await slowBatches(at, 1_500);
    await at.send(...tickets(400));
    const first = await startWorker(at);
    await wake(at);
    await until(async () => ((await states(at)).sending ?? 0) > 0);
    const lane = async () => (await at.rows<{ holder: string | null; epoch: bigint }>("select holder, epoch from lanes"))[0]!;
    const { holder } = await lane();
    await startWorker(at);
    await until(async () => (await lane()).holder === holder && ((await states(at)).sending ?? 0) > 0);
    const before = await lane();
    await first.stop("SIGKILL");
    const killed = performance.now();
    await until(async () => (await lane()).epoch > before.epoch);
    expect(performance.now() - killed).toBeLessThan(15_000);
    await at.control("PUT", "faults", { seed: 1, rules: [] });
    await until(async () => (await states(at)).posted === 400);
    expect(await created(at)).toBe(400);
  }, 120_000);

  test("a worker that is told to stop ends within half a minute and leaves nothing in doubt", async () => {
    const at = await install(database, sandbox, { overrides: { batchItemsMax: 5 } });
    await slowBatches(at, 1_500);
    await at.send(...tickets(150));
    const worker = await startWorker(at);
    await wake(at);
    await until(async () => ((await states(at)).sending ?? 0) > 0);
    const { code, tookMs } = await worker.stop("SIGTERM");
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(30_000);
    const left = await states(at);
    expect(left.sending ?? 0).toBe(0);
    expect(left.uncertain ?? 0).toBe(0);
    expect(left.ready).toBeGreaterThan(0);
    expect(await at.rows("select 1 from lanes where holder is not null")).toEqual([]);
    expect(await created(at)).toBe(left.posted ?? 0);
  }, 120_000);

  test("two workers share one books' limits, hand it over, and none of their calls is refused for being too fast", async () => {
    const overrides = { requestsPerSecond: 10, requestsPerMinute: 500, batchesPerMinute: 40, batchItemsMax: 5 };
    const at = await install(database, sandbox, { overrides });
    await at.control("PUT", "faults", { seed: 1, rules: [] });
    await at.control("PUT", "limits", { system, id: at.company, enabled: true, scale: 1 });
    await at.send(...tickets(150));
    const first = await startWorker(at);
    await wake(at);
    await until(async () => ((await states(at)).posted ?? 0) >= 20);
    await startWorker(at);
    await first.stop("SIGKILL");
    await until(async () => (await states(at)).posted === 150);
    const { requests } = await at.control<{ requests: { throttled: boolean }[] }>("GET", `requests?system=${system}&id=${at.company}`);
    expect(requests.filter(({ throttled }) => throttled)).toEqual([]);
    expect(await created(at)).toBe(150);
  }, 120_000);
});

describe.each(serverNames)("the order of work on %s PostgreSQL", (serverName) => {
  let server: TestServer;
  let database: Database;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startTestServer(serverName);
    database = await server.database();
    sandbox = await startSandbox({ port: 0, dataFile: null });
  });
  afterAll(async () => {
    await sandbox.close();
    await server.stop();
  });

  test("documents of the month that closes first go first, whenever they came", async () => {
    // One batch at a time: what goes first is seen.
    const at = await install(database, sandbox, { overrides: { batchItemsMax: 5, inFlightMax: 3 } });
    const on = (date: string, count: number) => Array.from({ length: count }, (_, index) => fuel(`${date}-${index}`, "20.00", { date }));
    await at.send(...on("2026-11-02", 20), ...on("2026-10-30", 10), ...on("2026-09-30", 5));
    await at.drain();
    const { entries } = await at.ledger();
    const months = entries.filter(({ entity }) => entity === "JournalEntry").map(({ date }) => date.slice(0, 7));
    expect(months).toEqual([...months].sort());
    expect(months).toHaveLength(35);
  });

  test("a refusal for being too fast stops batches for as long as it says, and reads go on", async () => {
    const at = await install(database, sandbox);
    await at.send(fuel("t-0", "1.00"));
    await at.drain();
    const rule = { system, match: { path: "/batch" }, kind: "throttle", count: 1, retryAfterSeconds: 3 };
    await at.control("PUT", "faults", { seed: 1, rules: [rule] });
    await at.send(...Array.from({ length: 30 }, (_, index) => fuel(`t-${index + 1}`, "20.00")));
    await at.drain();
    const { requests } = await at.control<{ requests: { path: string; time: string; throttled: boolean }[] }>(
      "GET",
      `requests?system=${system}&id=${at.company}`,
    );
    const batches = requests.filter(({ path }) => path.endsWith("/batch"));
    const refused = batches.findIndex(({ throttled }) => throttled);
    const refusedAt = Date.parse(batches[refused]!.time);
    // What was under way with it had left before.
    const later = batches.filter(({ time }) => Date.parse(time) > refusedAt + 1_000).map(({ time }) => Date.parse(time) - refusedAt);
    expect(later.length).toBeGreaterThan(0);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(2_900);
    expect(await at.rows("select 1 from lanes where paused_until > now()")).toEqual([]);
    expect((await at.ledger()).entries.filter(({ operation }) => operation === "create").length).toBe(31);
  });
});
