import { execFile } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { count, createDemoProcess, type DemoProcess, open } from "../setup/demo-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const examples = ["fuel-card-2026-10.csv", "invoices-2026-10.edi", "settlements-2026-10.xml", "month-2026-10.ndjson"];

let demo: DemoProcess;
beforeAll(async () => {
  demo = await createDemoProcess();
});
afterAll(() => demo.remove());

test("the first start takes a month in and says what was posted, what is in review and why", { timeout: 90_000 }, async () => {
  await demo.start();
  await demo.reached((now) => open(now) === 0 && now.accepted.count > 3_500);
  await expect.poll(demo.words, { timeout: 10_000 }).toContain("Ctrl-C stops it");
  const status = await demo.status();
  expect(status.addsUp).toBe(true);
  expect(count(status, "posted")).toBeGreaterThan(3_400);
  expect(count(status, "review", "held")).toBeGreaterThan(10);
  for (const said of [
    "status page",
    "sign in",
    "in review, by cause",
    'The code "TRLW" has no account',
    "the books are closed through 2026-09-30",
  ]) {
    expect(demo.words()).toContain(said);
  }
});

test("the server stays below 300 MiB while it drains the month", () => {
  const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${demo.pid()}/status`, "utf8")) ?? [];
  expect(Number(kibibytes) / 1024).toBeLessThan(300);
});

test("importing the month's files again, by the command line, changes nothing", { timeout: 60_000 }, async () => {
  const before = await demo.status();
  for (const name of examples) {
    const command = ["bin/ledgerlane.mjs", "import", `examples/${name}`, "--source", "tms", "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root, env: demo.env });
    expect(JSON.parse(stdout)).toMatchObject({ known: true, counts: { accepted: 0, conflict: 0, rejected: 0 }, problems: [] });
  }
  expect((await demo.status()).stages).toEqual(before.stages);
});

test("an event sent with the printed key is in the books within seconds, and its story is whole", { timeout: 30_000 }, async () => {
  const event = readFileSync(`${root}/examples/event.json`, "utf8");
  const { type, id } = JSON.parse(event) as { type: string; id: string };
  const headers = { authorization: `Bearer ${demo.access().key}`, "content-type": "application/json" };
  const sent = await fetch(`http://127.0.0.1:${demo.env.LEDGERLANE_PORT}/v1/events`, { method: "POST", headers, body: event });
  expect(sent.status).toBe(202);
  expect(await sent.json()).toMatchObject({ receipts: [{ type, id, status: "accepted", findings: [] }] });
  const story = () => demo.get<{ event: { state: string } }>(`/v1/events/${type}/${id}`);
  await expect.poll(async () => JSON.stringify(await story()), { timeout: 20_000 }).toContain('"posting.posted"');
});

test("Ctrl-C ends it cleanly, with nothing left running", { timeout: 30_000 }, async () => {
  const pid = demo.pid();
  const family = descendants(pid);
  expect(family.length).toBeGreaterThan(2); // PostgreSQL with its processes, and the emulators.
  expect(await demo.stop("SIGINT")).toBe(0);
  await expect.poll(() => family.filter((one) => isAlive(one)), { timeout: 5_000 }).toEqual([]);
});

test("a second start goes on within three seconds, and posts nothing twice", { timeout: 30_000 }, async () => {
  expect(await demo.start()).toBeLessThan(3_000);
  const status = await demo.status();
  expect(open(status)).toBe(0);
  await expect.poll(demo.words, { timeout: 10_000 }).toContain("Ctrl-C stops it");
  expect((await demo.status()).stages).toEqual(status.stages);
});

function descendants(pid: number): number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function parentOf(pid: string): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[1]);
  } catch {
    return null; // It ended while we looked.
  }
}

function isAlive(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== "";
  } catch {
    return false;
  }
}
