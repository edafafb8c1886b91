import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { afterEach, describe, expect, test } from "vitest";
import { Fault } from "../core/errors.ts";
import { type EmbeddedDatabase, findRunning, startEmbedded } from "./embedded.ts";
import { processesIn } from "./embedded-processes.ts";

const isRoot = process.getuid?.() === 0;
/** An ordinary user, that is, one with a name. It cannot take part where the checkout is in somebody's private home. */
const ordinary = { uid: 1, gid: 1 };
const isOpen = isRoot && spawnSync(process.execPath, ["-e", ""], { ...ordinary, cwd: import.meta.dirname }).status === 0;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A folder that the server's user can walk to. */
function temporary(name = "ledgerlane-embedded-"): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), name)));
  chmodSync(folder, 0o755);
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(options: Parameters<typeof startEmbedded>[0]): Promise<EmbeddedDatabase> {
  const database = await startEmbedded(options);
  cleanups.push(() => database.stop());
  return database;
}

async function ask(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

async function until(isSo: () => boolean, limitMs = 5_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms in vain`);
    await wait(10);
  }
}

/** Another Node process with `startEmbedded`, `pg`, `say` and `dataDir` at hand; what it says is collected line by line. */
function startOther(
  dataDir: string,
  body: string,
  account: { uid?: number; gid?: number } = {},
): { child: ChildProcess; lines: string[]; heard: (text: string) => Promise<string> } {
  const program = `
    import pg from "pg";
    import { startEmbedded } from ${JSON.stringify(new URL("./embedded.ts", import.meta.url).href)};
    const dataDir = ${JSON.stringify(dataDir)};
    const say = (text) => process.stdout.write(text + "\\n");
    ${body}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    ...account,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    cwd: import.meta.dirname,
  });
  const lines: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  cleanups.push(() => child.kill("SIGKILL"));
  const heard = async (text: string): Promise<string> => {
    await until(() => lines.some((line) => line.startsWith(text)) || child.exitCode !== null || child.signalCode !== null, 30_000);
    return lines.find((line) => line.startsWith(text)) ?? "";
  };
  return { child, lines, heard };
}

const serverFolder = (dataDir: string): string => join(dataDir, "postgres", "data");

test("starts durable, keeps data over a restart in a path with spaces, and stops twice", async () => {
  const dataDir = join(temporary("ledgerlane with spaces "), "data dir");
  const first = await start({ dataDir });
  const [settings] = await ask(
    first.url,
    "select current_setting('fsync') fsync, current_setting('data_checksums') checksums, current_setting('server_encoding') encoding",
  );
  expect(settings).toEqual({ fsync: "on", checksums: "on", encoding: "UTF8" });
  await ask(first.url, "create table kept (id int)", "insert into kept values (7)");
  await Promise.all([first.stop(), first.stop()]);
  await first.stop();
  expect(processesIn(serverFolder(dataDir))).toEqual([]);

  const second = await start({ dataDir });
  expect(await ask(second.url, "select id from kept")).toEqual([{ id: 7 }]);
});

test("only the password of the data directory opens it, and only its owner can read that", async () => {
  const dataDir = join(temporary(), "data");
  const { url } = await start({ dataDir });
  const stranger = new URL(url);
  stranger.password = "postgres";
  await expect(ask(stranger.href, "select 1")).rejects.toThrow(/password authentication failed/);
  expect(statSync(join(serverFolder(dataDir), "ledgerlane.password")).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, "postgres")).mode & 0o777).toBe(0o700);
});

test("a stop with open connections ends within five seconds", async () => {
  const { url, stop } = await start({ dataDir: join(temporary(), "data") });
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  await client.query("begin");
  const began = Date.now();
  await stop();
  expect(Date.now() - began).toBeLessThan(5_000);
  await client.end().catch(() => {});
});

describe("a process that is killed", () => {
  const writer = `
    const { url } = await startEmbedded({ dataDir });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("create table if not exists acknowledged (id int primary key)");
    for (let id = 1; ; id++) { await client.query("insert into acknowledged values ($1)", [id]); say("row " + id); }`;

  test("leaves no server behind, and every acknowledged row", async () => {
    const dataDir = join(temporary(), "data");
    const other = startOther(dataDir, writer);
    await other.heard("row 50");
    other.child.kill("SIGKILL");
    await once(other.child, "exit");
    await until(() => processesIn(serverFolder(dataDir)).length === 0);

    const { url } = await start({ dataDir });
    const acknowledged = other.lines.filter((line) => line.startsWith("row ")).length;
    const [row] = await ask(url, "select count(*)::int as count from acknowledged");
    expect(row?.count).toBeGreaterThanOrEqual(acknowledged);
  });

  test("together with its watchdog leaves a server that the next start stops", async () => {
    const dataDir = join(temporary(), "data");
    const other = startOther(dataDir, writer);
    await other.heard("row 50");
    for (const pid of watchdogsOf(serverFolder(dataDir))) process.kill(pid, "SIGKILL");
    other.child.kill("SIGKILL");
    await once(other.child, "exit");
    await wait(300);
    const orphans = processesIn(serverFolder(dataDir));
    expect(orphans.length).toBeGreaterThan(0);

    const said: string[] = [];
    const { url } = await start({ dataDir, log: (line) => said.push(line) });
    expect(said.join("\n")).toContain("outlived its ledgerlane");
    expect(processesIn(serverFolder(dataDir)).some((pid) => orphans.includes(pid))).toBe(false);
    const acknowledged = other.lines.filter((line) => line.startsWith("row ")).length;
    const [row] = await ask(url, "select count(*)::int as count from acknowledged");
    expect(row?.count).toBeGreaterThanOrEqual(acknowledged);
  });

  test("in the middle of making the database starts anew", async () => {
    const dataDir = join(temporary(), "data");
    const other = startOther(dataDir, "await startEmbedded({ dataDir });");
    const folder = join(dataDir, "postgres");
    await until(() => existsSync(folder) && readdirSync(folder).some((name) => name.startsWith("data.new-")), 20_000);
    other.child.kill("SIGKILL");
    await once(other.child, "exit");
    expect(existsSync(serverFolder(dataDir))).toBe(false);

    const { url } = await start({ dataDir });
    expect(await ask(url, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

test("a terminal's Ctrl-C leaves the server up until its owner stops it", async () => {
  const dataDir = join(temporary(), "data");
  const other = startOther(
    dataDir,
    `const database = await startEmbedded({ dataDir });
    const client = new pg.Client({ connectionString: database.url });
    process.once("SIGINT", async () => {
      await client.connect();
      say("alive " + (await client.query("select 1 as one")).rows[0].one);
      await client.end();
      await database.stop();
    });
    setInterval(() => {}, 1000).unref();
    say("ready");
    const keep = setTimeout(() => {}, 60000); process.once("SIGINT", () => clearTimeout(keep));`,
  );
  await other.heard("ready");
  process.kill(-other.child.pid!, "SIGINT");
  expect(await other.heard("alive")).toBe("alive 1");
  if (other.child.exitCode === null) await once(other.child, "exit");
  expect(other.child.exitCode).toBe(0);
  expect(processesIn(serverFolder(dataDir))).toEqual([]);
});

describe("the lock", () => {
  test("a second ledgerlane is refused and told who has the directory, and can find the database", async () => {
    const dataDir = join(temporary(), "data");
    const other = startOther(dataDir, `const { url } = await startEmbedded({ dataDir }); say("url " + url); setInterval(() => {}, 1000);`);
    const url = (await other.heard("url")).slice(4);
    await expect(startEmbedded({ dataDir })).rejects.toThrow(`Another ledgerlane (process ${other.child.pid})`);
    expect(findRunning(dataDir)).toBe(url);
    expect(await ask(url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("of several that start at once exactly one wins", async () => {
    const dataDir = join(temporary(), "data");
    const body = `try { await startEmbedded({ dataDir }); say("won"); } catch (error) { say("lost " + error.code + " " + error.message); } setInterval(() => {}, 1000);`;
    const all = [1, 2, 3].map(() => startOther(dataDir, body));
    const outcomes = await Promise.all(
      all.map(async ({ lines }) => {
        await until(() => lines.length > 0, 30_000);
        return lines[0]!;
      }),
    );
    expect(outcomes.filter((line) => line === "won")).toHaveLength(1);
    expect(outcomes.filter((line) => line.startsWith("lost configuration_invalid"))).toHaveLength(2);
  });

  test("a number that belongs to another process by now does not hold it", async () => {
    const dataDir = join(temporary(), "data");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "postgres.lock"), JSON.stringify({ pid: process.pid, started: "1 another-boot" }));
    expect(findRunning(dataDir)).toBeNull();
    const { url } = await start({ dataDir });
    expect(await ask(url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("a postmaster.pid that names a stranger does not stop the start", async () => {
    const dataDir = join(temporary(), "data");
    await (await start({ dataDir })).stop();
    writeFileSync(join(serverFolder(dataDir), "postmaster.pid"), `${process.pid}\n${serverFolder(dataDir)}\n1\n5432\n\n\n\n`);
    const { url } = await start({ dataDir });
    expect(await ask(url, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

test("a database of another version is refused with a way out", async () => {
  const dataDir = join(temporary(), "data");
  await (await start({ dataDir })).stop();
  writeFileSync(join(serverFolder(dataDir), "PG_VERSION"), "17\n");
  const fault = await startEmbedded({ dataDir }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Fault);
  expect(fault).toMatchObject({
    code: "configuration_invalid",
    message: expect.stringMatching(/PostgreSQL 17.*brings PostgreSQL 18.*restore/s),
  });
});

describe.runIf(isRoot)("as root", () => {
  test("below a private folder the database lives where its user can reach it, until the pointer is gone", async () => {
    const home = temporary();
    const places = [join(temporary(), "lib")];
    chmodSync(home, 0o700);
    const dataDir = join(home, "data");
    const first = await start({ dataDir, rootPlaces: places });
    await ask(first.url, "create table kept (id int)");
    await first.stop();
    const folder = readFileSync(join(dataDir, "postgres.place"), "utf8").trim();
    expect(statSync(dataDir)).toMatchObject({ gid: 0, mode: 0o40700 });
    expect(folder.startsWith(`${places[0]}/`)).toBe(true);
    expect(statSync(folder)).toMatchObject({ uid: 65_534, mode: 0o40700 });

    const second = await start({ dataDir, rootPlaces: places });
    expect(await ask(second.url, "select * from kept")).toEqual([]);
    await second.stop();

    rmSync(dataDir, { recursive: true });
    const anew = await start({ dataDir, rootPlaces: places });
    await expect(ask(anew.url, "select * from kept")).rejects.toThrow(/does not exist/);
  });

  test("a private data directory of its own lets the server's user through, and nobody else", async () => {
    const dataDir = join(temporary(), "data");
    mkdirSync(dataDir, { mode: 0o700 });
    writeFileSync(join(dataDir, "master.key"), "secret");
    await start({ dataDir, rootPlaces: [] });
    expect(statSync(dataDir)).toMatchObject({ uid: 0, gid: 65_534, mode: 0o40710 });
    expect(existsSync(join(dataDir, "postgres.place"))).toBe(false);
  });

  test("a pointer to nowhere is refused: an empty database in its place would look like lost data", async () => {
    const dataDir = join(temporary(), "data");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "postgres.place"), "/nowhere/at/all\n");
    await expect(startEmbedded({ dataDir })).rejects.toThrow(/was kept in \/nowhere\/at\/all, which is gone/);
  });

  test("with nowhere to go it says what to do", async () => {
    const home = temporary();
    chmodSync(home, 0o700);
    const writable = temporary();
    chmodSync(writable, 0o777); // Anybody could put a program there.
    const start = startEmbedded({ dataDir: join(home, "data"), rootPlaces: [writable, "/dev/null/nowhere"] });
    await expect(start).rejects.toThrow(/cannot reach .*chmod o\+x.*ordinary user.*DATABASE_URL/s);
  });

  test.runIf(isOpen)("an ordinary user runs it as it is, and root goes on with that user's database", async () => {
    const home = temporary();
    const dataDir = join(home, "data");
    chmodSync(home, 0o777);
    const other = startOther(
      dataDir,
      `const database = await startEmbedded({ dataDir }); say("up"); await database.stop(); say("down");`,
      ordinary,
    );
    expect(await other.heard("down")).toBe("down");
    expect(statSync(join(dataDir, "postgres")).uid).toBe(1);
    const { url } = await start({ dataDir });
    expect(await ask(url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(statSync(join(serverFolder(dataDir), "postmaster.pid")).uid).toBe(1);
  });

  test.runIf(isOpen)("a user without a name is told what it lacks", async () => {
    const home = temporary();
    chmodSync(home, 0o777);
    const body = `await startEmbedded({ dataDir }).catch((error) => say("no: " + error.message));`;
    const other = startOther(join(home, "data"), body, { uid: 54_321, gid: 54_321 });
    expect(await other.heard("no:")).toMatch(/User 54321 has no name.*passwd/);
  });

  test.runIf(isOpen)("an ordinary user is told whose database it is", async () => {
    const home = temporary();
    const dataDir = join(home, "data");
    await (await start({ dataDir })).stop();
    chmodSync(dataDir, 0o777);
    const other = startOther(dataDir, `await startEmbedded({ dataDir }).catch((error) => say("no: " + error.message));`, ordinary);
    expect(await other.heard("no:")).toMatch(/belongs to user 65534.*chown -R 1 /);
  });
});

/** The processes that would stop the server of `data` if its owner died. */
function watchdogsOf(data: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words[0] === "/bin/sh" && words.includes(data);
    } catch {
      return false;
    }
  });
}
