import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";

const project = dirname(import.meta.dirname);
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A Node older than 22.15 cannot replace itself; the launcher then stays between the caller and the program. */
const older = ["--import", "data:text/javascript,delete process.execve"];

const lockfile = JSON.stringify({
  packages: { "": {}, "node_modules/one": { version: "1.0.0" }, "node_modules/tool": { version: "2.0.0", dev: true } },
});
const nodePackage = `node-linux-${process.arch}`;

/** A checkout with our launcher, a program of the test's own, and the packages `one` and `tool`. */
function checkout(program: string, { installed = true, name = "check out " } = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), name)));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ["bin", "scripts"]) cpSync(join(project, part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, "src", "cli"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "src", "cli", "main.ts"), program);
  writeFileSync(join(folder, "package-lock.json"), lockfile);
  writeNpm(folder);
  if (installed) spawnSync(join(folder, "fake", "npm"), ["ci"], { cwd: folder });
  return folder;
}

/** An npm that installs what the lockfile names and notes that it ran; `before` is what it does first. */
function writeNpm(folder: string, before = ""): void {
  mkdirSync(join(folder, "fake"), { recursive: true });
  const script = `#!/bin/sh
    echo "$@" >> npm-runs
    rm -rf node_modules
    ${before}
    for name in one tool; do mkdir -p node_modules/$name; echo '{}' > node_modules/$name/package.json; done
    mkdir -p node_modules/${nodePackage}/bin
    ln -s '${process.execPath}' node_modules/${nodePackage}/bin/node
    cp package-lock.json node_modules/.package-lock.json`;
  writeFileSync(join(folder, "fake", "npm"), script);
  chmodSync(join(folder, "fake", "npm"), 0o755);
}

const npmRuns = (folder: string): number =>
  existsSync(join(folder, "npm-runs")) ? readFileSync(join(folder, "npm-runs"), "utf8").trim().split("\n").length : 0;
const environment = (folder: string): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${join(folder, "fake")}:${process.env["PATH"]}` });

function run(folder: string, args: string[], options: { node?: string[]; entry?: string; cwd?: string; input?: string } = {}) {
  const entry = options.entry ?? join(folder, "bin", "ledgerlane.mjs");
  return spawnSync(process.execPath, [...(options.node ?? []), entry, ...args], {
    cwd: options.cwd ?? tmpdir(),
    input: options.input ?? "",
    encoding: "utf8",
    env: environment(folder),
  });
}

function begin(
  folder: string,
  options: { node?: string[] } = {},
): { child: ChildProcess; heard: (text: string) => Promise<void>; said: () => string } {
  const child = spawn(process.execPath, [...(options.node ?? []), join(folder, "bin", "ledgerlane.mjs")], {
    cwd: tmpdir(),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(folder),
  });
  cleanups.push(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const heard = async (text: string): Promise<void> => {
    const deadline = Date.now() + 20_000;
    while (!output.includes(text)) {
      if (Date.now() > deadline) throw new Error(`waited in vain for "${text}"; heard: ${output}`);
      await wait(10);
    }
  };
  return { child, heard, said: () => output };
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error("waited ten seconds in vain");
    await wait(10);
  }
}

describe.each([
  ["a Node that can replace itself", []],
  ["an older Node", older],
])("under %s", (_, node) => {
  test("arguments, input, working directory and exit code pass through, in a path with spaces, over a symlink", () => {
    const folder = checkout(`
      process.stdin.setEncoding("utf8").on("data", (text) => console.log(JSON.stringify([process.argv.slice(2), text, process.cwd()])));
      process.stdin.on("end", () => process.exit(7));`);
    const link = join(folder, "a link");
    symlinkSync(join(folder, "bin", "ledgerlane.mjs"), link);
    const { status, stdout, stderr } = run(folder, ["import", "--x", "a b"], { node, entry: link, cwd: folder, input: "typed" });
    expect({ status, stderr }).toEqual({ status: 7, stderr: "" });
    expect(JSON.parse(stdout)).toEqual([["import", "--x", "a b"], "typed", folder]);
  });

  test("a signal that ends the program ends the command the same way", () => {
    const { signal } = run(checkout(`process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);`), [], { node });
    expect(signal).toBe("SIGTERM");
  });

  test("a signal that nobody handles ends both", async () => {
    const { child, heard, said } = begin(checkout(`console.log("up", process.pid, "."); setInterval(() => {}, 1000);`), { node });
    await heard(".");
    child.kill("SIGINT");
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGINT");
    const pid = Number(/up (\d+)/.exec(said())?.[1]);
    await until(() => !isAlive(pid));
  });
});

describe("signals under an older Node", () => {
  const counting = `
    const counts = { SIGINT: 0, SIGTERM: 0, SIGHUP: 0 };
    for (const name of Object.keys(counts)) process.on(name, () => { counts[name]++; console.log("got", name); });
    process.on("SIGUSR2", () => { console.log("counts", JSON.stringify(counts)); process.exit(0); });
    console.log("up", process.pid, ".");
    setInterval(() => {}, 1000);`;
  const countsAfter = async (send: (launcher: number, program: number) => void): Promise<unknown> => {
    const { child, heard, said } = begin(checkout(counting), { node: older });
    await heard(".");
    const program = Number(/up (\d+)/.exec(said())?.[1]);
    expect(program).not.toBe(child.pid);
    send(child.pid!, program);
    await heard("got");
    await wait(700); // Longer than any copy may be under way.
    process.kill(program, "SIGUSR2");
    await heard("counts");
    return JSON.parse(/counts (.*)/.exec(said())?.[1] ?? "null");
  };

  test("sent to the launcher alone reach the program once", async () => {
    expect(await countsAfter((launcher) => process.kill(launcher, "SIGTERM"))).toEqual({ SIGINT: 0, SIGTERM: 1, SIGHUP: 0 });
  });

  test("of a terminal, sent to the whole group and again by npm, reach the program once", async () => {
    const ctrlC = (launcher: number): void => {
      process.kill(-launcher, "SIGINT");
      setTimeout(() => process.kill(launcher, "SIGINT"), 20);
    };
    expect(await countsAfter(ctrlC)).toEqual({ SIGINT: 1, SIGTERM: 0, SIGHUP: 0 });
  });

  test("a launcher that is killed takes the program with it", async () => {
    const body = `process.on("SIGTERM", () => { console.log("told"); process.exit(0); }); console.log("up", process.pid, "."); setInterval(() => {}, 1000);`;
    const { child, heard, said } = begin(checkout(body), { node: older });
    await heard(".");
    child.kill("SIGKILL");
    await heard("told");
    const program = Number(/up (\d+)/.exec(said())?.[1]);
    await until(() => !isAlive(program));
  });

  test("a program that is done ends though the launcher waits for it", () => {
    expect(run(checkout(`console.log("done");`), [], { node: older })).toMatchObject({ status: 0, stdout: "done\n" });
  });
});

describe("missing dependencies", () => {
  const program = `console.log("program", process.version);`;

  test("are installed once, however many commands ask at the same time", async () => {
    const folder = checkout(program, { installed: false });
    writeNpm(folder, "sleep 1");
    const all = [begin(folder), begin(folder), begin(folder)];
    await Promise.all(all.map(({ heard }) => heard("program v24")));
    expect(npmRuns(folder)).toBe(1);
    expect(all.filter(({ said }) => said().includes("npm ci, once"))).toHaveLength(1);
    expect(existsSync(join(folder, "install.log"))).toBe(false);
  });

  test("are mended after an install that was cut short", () => {
    const folder = checkout(program);
    rmSync(join(folder, "node_modules", ".package-lock.json"));
    rmSync(join(folder, "node_modules", "one"), { recursive: true });
    expect(run(folder, []).stdout).toContain("program");
    expect(npmRuns(folder)).toBe(2);
  });

  test("are installed again when the lockfile changed, and when a package was deleted", () => {
    const folder = checkout(program);
    writeFileSync(join(folder, "package-lock.json"), lockfile.replace("1.0.0", "1.0.1"));
    run(folder, []);
    expect(npmRuns(folder)).toBe(2);
    rmSync(join(folder, "node_modules", "one"), { recursive: true });
    run(folder, []);
    expect(npmRuns(folder)).toBe(3);
    run(folder, []);
    expect(npmRuns(folder)).toBe(3);
  });

  test("that only development needs do not matter to the program", () => {
    const folder = checkout(program);
    rmSync(join(folder, "node_modules", "tool"), { recursive: true });
    run(folder, []);
    expect(npmRuns(folder)).toBe(1);
  });

  test("wait for an npm whose launcher was killed", async () => {
    const folder = checkout(program, { installed: false });
    writeNpm(folder, "sleep 2");
    const first = begin(folder);
    await until(() => npmRuns(folder) === 1);
    first.child.kill("SIGKILL");
    const second = begin(folder);
    await second.heard("program v24");
    expect(second.said()).toContain("waiting for it");
    expect(npmRuns(folder)).toBe(1);
  });

  test("that cannot be installed are said with npm's own words, and nothing runs", () => {
    const folder = checkout(program, { installed: false });
    writeNpm(folder, "echo no space left on device >&2; exit 3");
    const { status, stdout, stderr } = run(folder, []);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/no space left on device[^]*npm ci ended with exit code 3[^]*install\.log[^]*same command again/);
  });
});
