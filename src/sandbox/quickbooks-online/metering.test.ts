import { afterAll, beforeAll, expect, test } from "vitest";
import { listOf, objectOf } from "../json.ts";
import { faultIn, openBench, type TestBench } from "../raw-client.ts";

let bench: TestBench;
beforeAll(async () => {
  const startMs = Date.parse("2026-11-30T23:40:00Z");
  bench = await openBench({ now: () => startMs });
});
afterAll(() => bench.close());

const usage = async (month: string) => {
  const rows = listOf((await bench.control("GET", `usage?id=${bench.realm}`)).json["usage"]).map(objectOf);
  const { core = 0, corePlus = 0 } = rows.find((row) => row["month"] === month) ?? {};
  return { core: Number(core), corePlus: Number(corePlus) };
};

test("writes are core, reads are metered, each item of a batch is a call, and what is refused costs nothing", async () => {
  const before = await usage("2026-11");
  await bench.make("Vendor", { DisplayName: "One" });
  await bench.post("vendor", { DisplayName: "One" });
  await bench.get("companyinfo/1");
  await bench.query("select * from Term");
  await bench.get("reports/TrialBalance");
  await bench.post("batch", {
    BatchItemRequest: [
      { bId: "1", operation: "create", Vendor: { DisplayName: "Two" } },
      { bId: "2", operation: "create", Vendor: { DisplayName: "Three" } },
      { bId: "3", Query: "select * from Term" },
    ],
  });
  expect(await usage("2026-11")).toEqual({ core: before.core + 3, corePlus: before.corePlus + 4 });
});

test("over the monthly quota reads are blocked until the next month; writes go on", async () => {
  await bench.control("PUT", "limits", {
    system: "quickbooks-online",
    id: bench.realm,
    scale: 100,
    meteredPerMonth: (await usage("2026-11")).corePlus + 1,
  });
  expect((await bench.get("companyinfo/1")).status).toBe(200);
  const blocked = await bench.get("companyinfo/1");
  expect([blocked.status, faultIn(blocked).code]).toEqual([429, "3001"]);
  expect((await bench.post("vendor", { DisplayName: "Four" })).status).toBe(200);
  await bench.control("PUT", "clock", { advanceMs: 21 * 60_000 });
  expect((await bench.get("companyinfo/1")).status).toBe(200);
  expect(await usage("2026-12")).toEqual({ core: 0, corePlus: 1 });
});
