import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { type Carrier, connectCompany, createCarrier, createCompany, startWorld, type World } from "../setup/connected.ts";
import { fuel } from "../setup/events.ts";

let world: World;
let carrier: Carrier;
let booksId: string;
beforeAll(async () => {
  world = await startWorld();
  carrier = await createCarrier(world);
  booksId = await connectCompany(world, carrier, await createCompany(world));
});
afterAll(() => world.close());

interface Outlook {
  readonly waiting: number;
  readonly clearsAt: string | null;
  readonly pausedUntil: string | null;
}
const outlook = async (): Promise<Outlook> => {
  const { items } = (await carrier.ask("GET", "/v1/books")).body as unknown as { items: Outlook[] };
  return items[0]!;
};
const turn = () => world.runner.run({ organizationId: carrier.organizationId, booksId });
const inSeconds = (at: string | null) => (Date.parse(at!) - Date.now()) / 1_000;
async function say(command: string): Promise<string> {
  const out: string[] = [];
  const env = { LEDGERLANE_DEMO_KEY: carrier.keys.admin, LEDGERLANE_DATA_DIR: mkdtempSync(join(tmpdir(), "ledgerlane-outlook-")) };
  await main([command, "--url", world.url], { print: (line) => void out.push(line), warn: () => undefined, progress: null }, env);
  return out.join("\n");
}

test("books say how much waits and when it clears by their limits, in the API and on the command line", async () => {
  const overrides = { batchesPerMinute: 2, batchItemsMax: 25 };
  await carrier.rows("update books set settings = jsonb_set(settings, '{overrides}', $1::jsonb)", JSON.stringify(overrides));
  expect(await outlook()).toMatchObject({ waiting: 0, clearsAt: null, pausedUntil: null });
  const events = Array.from({ length: 200 }, (_, index) => fuel(`t-${index}`, "20.00"));
  expect((await carrier.ask("POST", "/v1/events?source=tms", events)).status).toBe(202);
  expect((await outlook()).waiting).toBe(200);
  for (let round = 0; round < 3; round++) await turn();
  // Two batches went at once; six are left: two a minute, from one minute after the first.
  const now = await outlook();
  expect(now.waiting).toBe(150);
  expect(inSeconds(now.clearsAt)).toBeGreaterThan(120);
  expect(inSeconds(now.clearsAt)).toBeLessThan(200);
  expect(await say("status")).toMatch(/: 150 documents on the way, clears (\d{4}-\d\d-\d\d )?\d\d:\d\d/);
  expect(await say("books")).toMatch(/150, clears (\d{4}-\d\d-\d\d )?\d\d:\d\d/);
  // A full window is no rest: nothing is wrong.
  expect(now.pausedUntil).toBeNull();
  await carrier.ask("POST", `/v1/books/${booksId}/pause`, {});
  expect(await outlook()).toMatchObject({ waiting: 150, clearsAt: null });
});
