// What `npm test`, `npm run check` and `npm run bench` run, on Node 20 or newer with nothing installed.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureInstalled, nodeBinary, root } from "./install.mjs";
import { endLike, orExplain, runNode } from "./launch.mjs";
import { addCounts, closingLine, countsOf } from "./counts.mjs";

const modules = join(root, "node_modules");

/** name -> what Node 24 is given. All of them must be silent about a tree that is in order. */
const checks = {
  types: [join(modules, "typescript", "bin", "tsc"), "--noEmit", "--pretty", "false"],
  lint: [join(modules, "oxlint", "bin", "oxlint"), "--type-aware", "--deny-warnings", "--format=unix"],
  format: [join(modules, "@biomejs", "biome", "bin", "biome"), "ci", "--colors=off", "--log-level=error", "--max-diagnostics=200", "."],
  rooms: [
    "--import",
    pathToFileURL(join(root, "scripts", "typescript-6.mjs")).href,
    join(modules, "dependency-cruiser", "bin", "dependency-cruise.mjs"),
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "err",
    ...["src", "console", "tests", "bench"].filter((folder) => existsSync(join(root, folder))),
  ],
  unused: [join(modules, "knip", "bin", "knip.js"), "--no-progress"],
};

/** Runs vitest and prints, or adds to the `--tally FILE` of a longer run, how many tests passed and failed. */
async function test(args, config) {
  const folder = mkdtempSync(join(tmpdir(), "ledgerlane-test-"));
  const report = join(folder, "report.json");
  const at = args.indexOf("--tally");
  const tally = at < 0 ? null : args.splice(at, 2)[1];
  const vitest = [join(modules, "vitest", "vitest.mjs"), "run", "--root", root, ...config];
  try {
    const ended = await runNode([...vitest, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args], {
      cwd: root,
    });
    const counts = countsOf(existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : null, ended.code === 0);
    if (tally) appendFileSync(tally, `${JSON.stringify(counts)}\n`);
    else console.log(closingLine(counts));
    endLike(ended);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs every check and prints what the failed ones said; nothing when all is well. */
async function check(names) {
  const unknown = names.filter((name) => !(name in checks));
  if (unknown.length > 0)
    throw new Error(`There is no check named ${unknown.join(", ")}; the checks are ${Object.keys(checks).join(", ")}.`);
  const wanted = names.length > 0 ? names : Object.keys(checks);
  await Promise.all(
    wanted.map(async (name) => {
      const { code, output } = await capture(checks[name]);
      if (code === 0) return;
      console.log(`\n── ${name} ──\n${output.trim() || `ended with exit code ${code} and said nothing`}`);
      process.exitCode = 1;
    }),
  );
}

function capture(args) {
  return new Promise((settle, reject) => {
    const child = spawn(nodeBinary(root), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", reject);
    child.once("close", (code) => settle({ code, output }));
  });
}

/** Runs bench/NAME.bench.ts, or all of them, one after the other. Options such as --smoke are passed on. */
async function bench(args) {
  const names = args.filter((arg) => !arg.startsWith("-"));
  const folder = join(root, "bench");
  const known = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(".bench.ts"))
        .map((file) => file.slice(0, -".bench.ts".length))
        .sort()
    : [];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`There is no benchmark named ${unknown.join(", ")}; there are: ${known.join(", ") || "none"}.`);
  for (const name of names.length > 0 ? names : known) {
    const options = args.filter((arg) => arg.startsWith("-"));
    const ended = await runNode(["--disable-warning=ExperimentalWarning", join(folder, `${name}.bench.ts`), ...options], { cwd: root });
    if (ended.code !== 0) return endLike(ended);
  }
}

/** Runs a program of tests/ that is no test file: the simulator, the chaos run. */
async function program(path, args) {
  endLike(await runNode(["--disable-warning=ExperimentalWarning", join(root, path), ...args], { cwd: root }));
}

/** Prints the closing line of several test runs together. */
function tally([file]) {
  const runs = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  console.log(closingLine(runs.reduce(addCounts, { passed: 0, failed: 0, skipped: 0 })));
}

const commands = {
  test: (args) => test(args, []),
  browser: (args) => test(args, ["--config", "vitest.browser.config.ts"]),
  check,
  bench,
  simulate: (args) => program("tests/simulate/main.ts", args),
  chaos: (args) => program("tests/chaos/main.ts", args),
  tally,
};

const [command, ...rest] = process.argv.slice(2);
await orExplain(async () => {
  if (!(command in commands)) throw new Error(`usage: node scripts/run.mjs ${Object.keys(commands).join("|")} [arguments]`);
  await ensureInstalled(root, { dev: true });
  await commands[command](rest);
});
