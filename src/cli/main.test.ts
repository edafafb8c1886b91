import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTenant, fuelEvent, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";
import { type Seeded, seedEvent, unmapped } from "../../tests/setup/seeded.ts";
import { amount, count, localTime } from "./format.ts";
import { main } from "./main.ts";
import { table } from "./table.ts";

let stage: Stage;
let carrier: Tenant;
let posted: Seeded;
const folder = mkdtempSync(join(tmpdir(), "ledgerlane-cli-"));

beforeAll(async () => {
  stage = await startStage();
  carrier = await createTenant(stage.database, "Ironwood");
  posted = await seedEvent(stage, carrier, { state: "posted", posting: "posted", over: { number: "F-1001" } });
  await seedEvent(stage, carrier, { state: "review", findings: [unmapped("DEF")] });
});
afterAll(() => stage.close());

async function run(...argv: string[]) {
  return runWith({ LEDGERLANE_DEMO_KEY: carrier.keys.admin, LEDGERLANE_DATA_DIR: folder }, [...argv, "--url", stage.url]);
}

async function runWith(env: Record<string, string>, argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(argv, { print: (line) => out.push(line), warn: (line) => err.push(line), progress: null }, env);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("wrong use ends with 2 and says what is meant", () => {
  test.each([
    [["stauts"], 'Did you mean "status"?'],
    [["status", "--jsn"], 'Did you mean "--json"?'],
    [["import", "x.csv"], "--source"],
    [["import"], "missing"],
    [["import", "no-such-file", "--source", "tms"], "There is no file"],
    [["event", "fuel_transaction"], "missing"],
    [["status", "extra"], "too many"],
    [["status", "--url"], "needs a URL"],
    [["review", "--retry"], "--cause"],
    [["retry"], "--all"],
    [["rules", "dif"], 'Did you mean "diff"?'],
    [["status", "--url", "ftp://x"], "http"],
  ])("%j", async (argv, words) => {
    const { code, err, out } = await runWith({ LEDGERLANE_DEMO_KEY: carrier.keys.admin, LEDGERLANE_DATA_DIR: folder }, argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(words);
    expect(err).not.toContain("    at ");
  });

  test("a wrong setting does too", async () => {
    expect(await runWith({ LEDGERLANE_PROT: "1" }, ["status"])).toMatchObject({ code: 2, err: expect.stringContaining("LEDGERLANE_PROT") });
  });
});

test("every command has help, and the overview names them all", async () => {
  const { out, code } = await runWith({}, ["--help"]);
  expect(code).toBe(0);
  const names = [...out.matchAll(/^ {2}([a-z-]+) {2,}[A-Z]/gm)].map(([, name]) => name!);
  expect(names).toEqual([
    "start",
    "import",
    "status",
    "review",
    "dry-run",
    "approvals",
    "retry",
    "event",
    "books",
    "budgets",
    "periods",
    "rules",
    "checks",
    "serve",
    "gateway",
    "worker",
    "sandbox",
  ]);
  for (const name of names) {
    const help = await runWith({}, [name, "--help"]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toContain(`ledgerlane ${name}`);
  }
  expect((await runWith({}, ["--version"])).out).toMatch(/^\d+\.\d+\.\d+$/);
});

test("without a server or a key it says what to do", async () => {
  const away = await runWith({ LEDGERLANE_DEMO_KEY: carrier.keys.admin, LEDGERLANE_DATA_DIR: folder }, [
    "status",
    "--url",
    "http://127.0.0.1:1",
  ]);
  expect(away).toMatchObject({ code: 1, err: expect.stringContaining("npm start") });
  const keyless = await runWith({ LEDGERLANE_DATA_DIR: folder }, ["status", "--url", stage.url]);
  expect(keyless).toMatchObject({ code: 1, err: expect.stringContaining("--key") });
  const refused = await runWith({ LEDGERLANE_DATA_DIR: folder }, ["status", "--url", stage.url, "--key", "nonsense"]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("The API key is unknown") });
});

test("finds the running demo by its file", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "ledgerlane-cli-"));
  writeFileSync(join(dataDir, "demo.json"), JSON.stringify({ url: stage.url, key: carrier.keys.admin }));
  expect(await runWith({ LEDGERLANE_DATA_DIR: dataDir }, ["status"])).toMatchObject({ code: 0, out: expect.stringContaining("Ironwood") });
});

describe("import", () => {
  function file(name: string, events: readonly unknown[]): string {
    const path = join(folder, name);
    writeFileSync(path, events.map((event) => JSON.stringify(event)).join("\n"));
    return path;
  }

  test("counts, tells each problem by line with its fix, and ends with 1 when there were any", async () => {
    const good = file("good.ndjson", [fuelEvent(), fuelEvent()]);
    const done = await run("import", good, "--source", "tms");
    expect(done.code, done.err).toBe(0);
    expect(done.out).toMatch(/good\.ndjson: ndjson[\s\S]*accepted +2/);
    expect((await run("import", good, "--source", "tms")).out).toContain("taken before");
    const bad = await run("import", file("bad.ndjson", [fuelEvent(), fuelEvent({ netTotal: "1.00" })]), "--source", "tms");
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/rejected +1/);
    expect(bad.out).toMatch(/^line 2: fuel_transaction .*\. .*\.$/m);
  });

  test("--json prints the receipt alone", async () => {
    const { out } = await run("import", file("json.ndjson", [fuelEvent()]), "--source", "tms", "--json");
    expect(JSON.parse(out)).toMatchObject({ format: "ndjson", counts: { accepted: 1 } });
  });

  test("a server that refuses is told with its fix", async () => {
    const { code, err } = await run("import", file("other.ndjson", [fuelEvent()]), "--source", "nobody");
    expect(code).toBe(1);
    expect(err).toContain('There is no source "nobody"');
  });
});

test("status adds up, with amounts aligned to the right", async () => {
  const { code, out } = await run("status");
  expect(code).toBe(0);
  expect(out).toMatch(/^Posted +1 +413\.34 {2}USD$/m);
  expect(out).toContain("The states add up to everything that was accepted.");
  expect(out).toContain("F-1001");
  expect(JSON.parse((await run("status", "--json")).out)).toMatchObject({ addsUp: true });
});

test("event tells the story with the reason of every line", async () => {
  const { code, out } = await run("event", posted.type, posted.id);
  expect(code).toBe(0);
  expect(out).toMatch(/5010 +413\.34 +ULSD +accounts\/0 \(row\) from \/lines\/0/);
  expect(out).toContain("attempt 1");
  expect(await run("event", posted.type, "nothing")).toMatchObject({
    code: 1,
    err: expect.stringContaining("There is no fuel_transaction"),
  });
});

test("rules are published from a file, shown again, and given a row", async () => {
  const path = join(folder, "rules.yaml");
  writeFileSync(
    path,
    'name: small\ndescription: Two rows\ncodes:\n  DEF: { name: Diesel exhaust fluid, kind: FUEL }\naccounts:\n  - code: [DEF]\n    account: "5015"\n',
  );
  expect(await run("rules", "publish", path)).toMatchObject({ code: 0, out: expect.stringContaining("small version 1") });
  expect(
    await run(
      "rules",
      "add-account",
      "small",
      "--account",
      "5016",
      "--code",
      "DEF",
      "--event",
      "fuel_transaction",
      "--note",
      "asked by AP",
    ),
  ).toMatchObject({ code: 0, out: expect.stringContaining("version 2") });
  const { out } = await run("rules", "get", "small");
  expect(out).toContain('account: "5016"');
  expect(out.indexOf("accounts:")).toBeLessThan(out.indexOf("codes:"));
  expect((await run("rules", "get", "small", "--version", "1")).out).not.toContain("5016");
  writeFileSync(path, "name: small\nacounts: []\n");
  expect(await run("rules", "publish", path)).toMatchObject({ code: 1, err: expect.stringContaining("acounts") });
  expect((await run("rules", "list")).out).toMatch(/small +2/);
});

test("review lists causes and what stands behind them, and retry puts them back to work", async () => {
  const list = await run("review");
  expect(list.out).toContain("cause: code_unmapped:fuel_transaction:DEF");
  expect((await run("review", "--cause", "code_unmapped:fuel_transaction:DEF")).out).toMatch(/Fuel transaction/);
  expect((await run("retry", "--all")).out).toBe("1 item back in line.");
  expect((await run("review")).out).toBe("Nothing waits for a person.");
});

test("figures are exact and aligned", () => {
  expect(amount("-1234567.80")).toBe("-1,234,567.80");
  expect(amount("999")).toBe("999");
  expect(amount("12345678901234567890.12")).toBe("12,345,678,901,234,567,890.12");
  expect(count(1_234_567)).toBe("1,234,567");
  expect(localTime("2026-11-20T04:22:00Z")).toMatch(/^2026-11-(19|20) \d\d:\d\d:00$/);
  expect(
    table(
      ["a", "n"],
      [
        ["x", "1"],
        ["yy", "22"],
      ],
      [1],
    ),
  ).toEqual(["a    n", "──────", "x    1", "yy  22"]);
});
