import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTenant, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";
import { type Seeded, seedEvent } from "../../tests/setup/seeded.ts";
import { findBudgetLines, lockBudgets, lockBudgetsAlone, saveBudget, takeFromBudgets } from "./budgets.ts";
import { inOrganization, type Tx } from "./database.ts";
import { supersedePostings } from "./postings.ts";

let stage: Stage;
let tenant: Tenant;
beforeAll(async () => {
  stage = await startStage();
  tenant = await createTenant(stage.database);
}, 120_000);
afterAll(() => stage.close());

const as = <T>(work: (tx: Tx) => Promise<T>) => inOrganization(stage.database, tenant.organizationId, work);
const span = { accountIds: ["62"], from: "2026-11-01", through: "2026-11-30" };
const plan = (amountMinor: bigint) => ({
  ...{ booksId: tenant.booksId, name: "FY26", providerId: null, currency: "USD", active: true, madeBy: "user:ann" },
  policy: { warnPercent: 90, limitPercent: 100, over: "hold" } as const,
  lines: [
    {
      ...{ accountId: "62", account: "6100", dimensions: {}, starts: "2026-11-01", ends: "2026-11-30" },
      ...{ side: "debit" as const, amountMinor },
    },
  ],
});
const taken = async () => (await as((tx) => findBudgetLines(tx, tenant.booksId, span)))[0]!.takenMinor;

test("workers that prepare at once never take more together than there is, and what is withdrawn comes back", async () => {
  await as(async (tx) => {
    await lockBudgetsAlone(tx, tenant.booksId);
    await saveBudget(tx, plan(100_000n));
  });
  const seeded: Seeded[] = [];
  for (let at = 0; at < 16; at += 1)
    seeded.push(await seedEvent(stage, tenant, { state: "prepared", posting: "ready", over: { number: `N-${at}` } }));
  // Each does what preparing does: lock, look what is left, take it if it is enough.
  const takes = await Promise.all(
    seeded.map(({ eventId, postingId }) =>
      as(async (tx) => {
        await lockBudgets(tx, tenant.booksId);
        const [line] = await findBudgetLines(tx, tenant.booksId, span);
        if (line!.takenMinor + 15_000n > line!.amountMinor) return null;
        await takeFromBudgets(tx, [{ postingId: postingId!, eventId, lineId: line!.lineId, amountMinor: 15_000n }]);
        return postingId!;
      }),
    ),
  );
  const took = takes.filter((id) => id !== null);
  expect(took).toHaveLength(6);
  expect(await taken()).toBe(90_000n);
  await as((tx) => supersedePostings(tx, took.slice(0, 2)));
  expect(await taken()).toBe(60_000n);
});

test("a budget that is handed in again keeps what was taken of lines that stay, and another way's name is not taken over", async () => {
  const before = await taken();
  expect(await as((tx) => saveBudget(tx, plan(100_000n)))).toMatchObject({ changed: false });
  expect(await as((tx) => saveBudget(tx, plan(250_000n)))).toMatchObject({ changed: true });
  expect(await taken()).toBe(before);
  expect(await as((tx) => saveBudget(tx, { ...plan(1n), providerId: "9" }))).toBeNull();
});

test("another organization sees nothing of it", async () => {
  const other = await createTenant(stage.database, "Other");
  const found = await inOrganization(stage.database, other.organizationId, (tx) => findBudgetLines(tx, tenant.booksId, span));
  expect(found).toEqual([]);
  expect(await inOrganization(stage.database, randomUUID(), (tx) => lockBudgets(tx, tenant.booksId))).toBe(false);
});
