import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { arrive, type Carrier, type Company, consent, createCarrier, createCompany, startWorld, type World } from "../setup/connected.ts";

let world: World;
let carrier: Carrier;
let company: Company;
const folder = mkdtempSync(join(tmpdir(), "ledgerlane-books-"));
const secretFile = join(folder, "secret");

beforeAll(async () => {
  world = await startWorld();
  carrier = await createCarrier(world);
  company = await createCompany(world);
  writeFileSync(secretFile, `${company.clientSecret}\n`);
});
afterAll(() => world.close());

async function run(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const env = { LEDGERLANE_DEMO_KEY: carrier.keys.admin, LEDGERLANE_DATA_DIR: folder };
  const io = { print: (line: string) => void out.push(line), warn: (line: string) => void err.push(line), progress: null };
  const code = await main(["books", ...argv, "--url", world.url], io, env);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

test("books are connected, shown, paused, resumed, disconnected and connected again from the command line", async () => {
  expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining("No books are connected") });
  const order = [
    "--name",
    "Main",
    "--client-id",
    company.clientId,
    "--client-secret-file",
    secretFile,
    "--sandbox",
    world.sandbox.url,
    "--source",
    "tms,fuel",
  ];
  const started = await run("connect", ...order);
  expect(started).toMatchObject({ code: 0, err: "" });
  await arrive(await consent(started.out.split("\n")[1]!, { realm: company.id }));
  const listed = await run();
  expect(listed.code).toBe(0);
  expect(listed.out).toMatch(new RegExp(`Main +connected +\\(quickbooks-online ${company.id}\\) +nothing +never +in 1(00|01) days`));
  expect(await carrier.rows("select source_id from sources order by source_id")).toEqual([{ source_id: "fuel" }, { source_id: "tms" }]);

  expect((await run("pause", "Main")).out).toContain("Main is paused");
  expect((await run()).out).toContain("Main (paused): Paused by a person.");
  expect((await run("resume", "Main")).out).toContain("goes on posting");
  expect((await run("disconnect", "Main")).out).toContain("the grant was ended at the provider");
  expect(await run("resume", "Main")).toMatchObject({ code: 1, err: expect.stringContaining("reconnect it") });
  expect((await run()).out).toContain("signed out");
  const again = await run("reconnect", "Main");
  expect((await arrive(await consent(again.out.split("\n")[1]!, { realm: company.id }))).status).toBe(303);
  expect((await run()).out).toMatch(/Main +connected/);
});

test("wrong use says what is meant", async () => {
  expect(await run("pasue", "Main")).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean "pause"?') });
  expect(await run("pause")).toMatchObject({ code: 2, err: expect.stringContaining("BOOKS") });
  expect(await run("pause", "Mian")).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "Main"?') });
  expect(await run("connect", "--name", "x")).toMatchObject({ code: 2, err: expect.stringContaining("--client-id") });
  expect(await run("connect", "--name", "x", "--client-id", "y", "--client-secret-file", join(folder, "none"))).toMatchObject({ code: 2 });
});
