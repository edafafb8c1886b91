import { afterAll, beforeAll, expect, test } from "vitest";
import { createTenant, type Stage, startStage } from "../../tests/setup/gateway.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;
async function ask(key: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }> {
  const response = await fetch(`${stage.url}/v1/checks${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}

test("checks are listed, set by whoever may publish, and shown as in force", async () => {
  const { keys } = await createTenant(stage.database);
  const find = async (query = "") =>
    (await ask(keys.controller, "GET", query)).body.items.find(({ code }: { code: string }) => code === "fuel_over_tank");
  expect(await find()).toMatchObject({ severity: "hold", defaultSeverity: "hold", isFixed: false, settings: [] });
  const change = { code: "fuel_over_tank", type: "fuel_transaction", severity: "warn", thresholds: { tractor: "250" } };
  expect((await ask(keys.clerk, "PUT", "", { changes: [change] })).status).toBe(403);
  expect(await ask(keys.controller, "PUT", "", { changes: [change] })).toEqual({ status: 200, body: { rechecked: 0 } });
  expect(await find()).toMatchObject({
    severity: "hold",
    settings: [{ type: "fuel_transaction", severity: "warn", thresholds: { tractor: "250" } }],
  });
  const inForce = await find("?type=fuel_transaction");
  expect([inForce.severity, inForce.thresholds[0].value]).toEqual(["warn", "250"]);
  const other = await createTenant(stage.database);
  expect(
    (await ask(other.keys.controller, "GET", "?type=fuel_transaction")).body.items.find(
      ({ code }: { code: string }) => code === "fuel_over_tank",
    ).severity,
  ).toBe("hold");
  await ask(keys.controller, "PUT", "", { changes: [{ code: "fuel_over_tank", type: "fuel_transaction", reset: true }] });
  expect((await find()).settings).toEqual([]);
});

test("all changes or none, and every mistake has its place", async () => {
  const { keys } = await createTenant(stage.database);
  const changes = [
    { code: "date_future", thresholds: { days: "5" } },
    { code: "date_futur" },
    { code: "date_stale", thresholds: { days: "many" } },
  ];
  const { status, body } = await ask(keys.controller, "PUT", "", { changes });
  expect(status).toBe(400);
  expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(["/changes/1", "/changes/2"]);
  const { items } = (await ask(keys.controller, "GET", "")).body;
  expect(items.find(({ code }: { code: string }) => code === "date_future").settings).toEqual([]);
});

test("own checks are written, listed and taken away", async () => {
  const { keys } = await createTenant(stage.database);
  const own = { when: 'event.netTotal > dec("900.00")', severity: "hold", message: "{netTotal}", fix: "Ask.", types: ["fuel_transaction"] };
  expect((await ask(keys.controller, "PUT", "/own/large", { ...own, when: "event.nettotal" })).status).toBe(400);
  expect((await ask(keys.controller, "PUT", "/own/large", own)).status).toBe(200);
  expect((await ask(keys.controller, "GET", "")).body.own).toMatchObject([{ name: "large", sources: [], ...own }]);
  expect((await ask(keys.controller, "POST", "/own/larg/remove")).body.detail).toContain('Did you mean "large"?');
  expect((await ask(keys.controller, "POST", "/own/large/remove")).status).toBe(200);
  expect((await ask(keys.controller, "GET", "")).body.own).toEqual([]);
});
