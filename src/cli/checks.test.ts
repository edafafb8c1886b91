import { afterAll, beforeAll, expect, test } from "vitest";
import { createTenant, type Stage, startStage } from "../../tests/setup/gateway.ts";
import { main } from "./main.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

async function run(key: string, ...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { print: (line: string) => void out.push(line), warn: (line: string) => void err.push(line), progress: null };
  const code = await main(["checks", ...argv, "--url", stage.url], io, { LEDGERLANE_DEMO_KEY: key });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

test("a check is shown, set for one type, shown as set, and reset", async () => {
  const key = (await createTenant(stage.database)).keys.controller;
  expect((await run(key, "list")).out).toMatch(/^fuel_over_tank +hold +More was fuelled/m);
  const set = await run(
    key,
    "set",
    "fuel_over_tank",
    "--severity",
    "warn",
    "--threshold",
    "tractor=320,def=50",
    "--type",
    "fuel_transaction",
  );
  expect([set.code, set.out]).toEqual([0, "fuel_over_tank is set."]);
  const shown = (await run(key, "show", "fuel_over_tank", "--type", "fuel_transaction")).out;
  expect(shown).toContain("fuel_over_tank: warn (by default hold)");
  expect(shown).toContain("tractor = 320 gal (by default 300)");
  expect(shown).toContain("for fuel_transaction");
  expect((await run(key, "reset", "fuel_over_tank", "--type", "fuel_transaction")).code).toBe(0);
  expect((await run(key, "show", "fuel_over_tank", "--type", "fuel_transaction")).out).toContain("hold, as by default");
});

test("a check of one's own is written, listed and removed; what is wrong is said in a sentence", async () => {
  const key = (await createTenant(stage.database)).keys.controller;
  const words = ["--types", "fuel_transaction", "--message", "{netTotal}", "--fix", "Ask."];
  const wrong = await run(key, "write", "large", "--when", "event.netTotl > dec('900.00')", ...words);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('Did you mean "event.netTotal"?')]);
  expect((await run(key, "write", "large", "--when", 'event.netTotal > dec("900.00")', ...words)).out).toBe(
    "own_large is asked from now on.",
  );
  expect((await run(key, "list")).out).toMatch(/^own_large +hold +own/m);
  expect((await run(key, "remove", "own_large")).code).toBe(0);
  expect((await run(key, "set", "fuel_over_tank")).code).toBe(2);
  expect((await run(key, "set", "fuel_over_tnk", "--severity", "off")).err).toContain('Did you mean "fuel_over_tank"?');
});
