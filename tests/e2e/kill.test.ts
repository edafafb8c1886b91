import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DemoAccess } from "../../src/demo-organization.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const system = "quickbooks-online";

interface Status {
  readonly accepted: { readonly count: number };
  readonly stages: readonly { readonly stage: string; readonly count: number }[];
}

interface OracleEntry {
  readonly operation: string;
  readonly entity: string;
  readonly number: string | null;
  readonly lines: readonly { readonly account: string; readonly debit: string; readonly credit: string }[];
}

let dataDir: string;
let ports: { gateway: number; sandbox: number };
let child: ChildProcess | null = null;
let words = "";

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "ledgerlane-kill-"));
  ports = { gateway: await freePort(), sandbox: await freePort() };
});

afterAll(async () => {
  if (child !== null) await stop("SIGTERM").catch(() => undefined);
  await rm(dataDir, { recursive: true, force: true });
});

test("killed with -9 ten times while a month drains into books that lose 5 % of their answers: every document is there once", {
  timeout: 240_000,
}, async () => {
  let expected = 0;
  for (let kill = 0; kill < 10; kill++) {
    await start();
    // The answer of one call in twenty is lost after the commit, and calls are slow enough to be caught in the middle.
    await control("PUT", "faults", {
      seed: 100 + kill,
      rules: [
        { system, match: { method: "POST" }, kind: "commit_then_cut", probability: 0.05 },
        { system, match: { path: "/batch" }, kind: "delay", ms: 60, probability: 1 },
      ],
    });
    // A different moment each time: in the intake, among the first parties, and ever further into the month.
    await reached((status) => posted(status) >= Math.max(1, Math.floor(((kill + 1) / 12) * Math.max(expected, 600))));
    expected = Math.max(expected, accepted(await status()));
    await stop("SIGKILL");
  }
  await start();
  await control("PUT", "faults", { seed: 1, rules: [{ system, match: { method: "POST" }, kind: "commit_then_cut", probability: 0.05 }] });
  await reached((now) => open(now) === 0 && accepted(now) > 3_000);

  const postings = await listPostings();
  const { entries, totals } = await control<{ entries: OracleEntry[]; totals: { debit: string; credit: string } }>(
    "GET",
    `ledger?system=${system}&id=${access().company}`,
  );
  const created = entries.filter(({ operation, lines }) => operation === "create" && lines.length > 0);
  expect(created.length).toBeGreaterThan(3_000);
  expect(created.length).toBe(postings.length);
  const names = created.map(({ entity, number }) => `${entity} ${number}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(totals.debit).toBe(totals.credit);
  // The money in the books is the money we say was posted.
  const ours = postings.reduce((sum, { document }) => sum + cents(document.total), 0n);
  const theirs = created.reduce((sum, { lines }) => sum + lines.reduce((debit, line) => debit + cents(line.debit), 0n), 0n);
  expect(theirs).toBe(ours);
});

async function start(): Promise<void> {
  words = "";
  const env = {
    ...process.env,
    LEDGERLANE_DATA_DIR: dataDir,
    LEDGERLANE_PORT: String(ports.gateway),
    LEDGERLANE_SANDBOX_PORT: String(ports.sandbox),
    LEDGERLANE_LOG_LEVEL: "warn",
  };
  child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "start"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const hear = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-20_000);
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  const gone = new Promise<never>((_, reject) =>
    child!.once("exit", (code, signal) => signal === null && reject(new Error(`ended with ${code}:\n${words}`))),
  );
  gone.catch(() => undefined);
  const ready = expect
    .poll(async () => (await fetch(`http://127.0.0.1:${ports.gateway}/readyz`).catch(() => null))?.status, {
      timeout: 60_000,
      interval: 50,
    })
    .toBe(200);
  await Promise.race([ready, gone]);
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (child!.exitCode !== null) throw new Error(`it had ended by itself with ${child!.exitCode}:\n${words}`);
  const ended = new Promise<void>((resolve) => child!.once("exit", () => resolve()));
  child!.kill(signal);
  await ended;
  child = null;
}

function access(): DemoAccess {
  const file = join(dataDir, "demo.json");
  if (!existsSync(file)) throw new Error(`no access file yet:\n${words}`);
  return JSON.parse(readFileSync(file, "utf8")) as DemoAccess;
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${ports.gateway}${path}`, { headers: { authorization: `Bearer ${access().key}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function control<T>(method: "GET" | "PUT", path: string, body?: unknown): Promise<T> {
  const sent = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`http://127.0.0.1:${ports.sandbox}/_control/${path}`, { method, ...sent });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

function status(): Promise<Status> {
  return get<Status>("/v1/status");
}

function count(of: Status, ...stages: string[]): number {
  return of.stages.filter(({ stage }) => stages.includes(stage)).reduce((sum, row) => sum + row.count, 0);
}
const posted = (of: Status) => count(of, "posted");
const open = (of: Status) => count(of, "received", "ready", "sending", "uncertain");
const accepted = (of: Status) => of.accepted.count;

/** Waits for a moment of the month. A moment that is past already counts. */
async function reached(isThere: (now: Status) => boolean): Promise<void> {
  const look = () => status().then(isThere, (error: Error) => `${error.message}\n${words}`);
  await expect.poll(look, { timeout: 60_000, interval: 20 }).toBe(true);
}

interface PostingRow {
  readonly id: string;
  readonly document: { readonly kind: string; readonly total: string };
}

/** Everything that was ever posted: reversed postings stay in the books' history. */
async function listPostings(): Promise<PostingRow[]> {
  const rows: PostingRow[] = [];
  for (const state of ["posted", "voided"]) {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: { items: PostingRow[]; nextCursor: string | null } = await get(
        `/v1/postings?state=${state}&limit=200${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      rows.push(...page.items.filter(({ document }) => document.kind !== "vendor" && document.kind !== "customer"));
      cursor = page.nextCursor;
    }
  }
  return rows;
}

function cents(amount: string): bigint {
  return BigInt(amount.replace(".", ""));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
