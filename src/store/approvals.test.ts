import { afterAll, beforeAll, expect, test } from "vitest";
import { createTenant, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";
import { seedEvent } from "../../tests/setup/seeded.ts";
import type { Finding } from "../core/finding.ts";
import { releasedCauses } from "./approvals.ts";
import { inOrganization, type Tx } from "./database.ts";
import { resolveFindingsOfEvents } from "./findings.ts";

let stage: Stage;
let tenant: Tenant;
beforeAll(async () => {
  stage = await startStage();
  tenant = await createTenant(stage.database);
}, 120_000);
afterAll(() => stage.close());

const hold = (cause: string): Finding => ({
  code: "budget_exceeded",
  severity: "hold",
  field: null,
  message: "Over budget",
  fix: "Ask for an approval",
  cause,
});

interface Row {
  readonly state: string;
  readonly makers: string[];
  readonly amount: bigint;
}

function as<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return inOrganization(stage.database, tenant.organizationId, work);
}

function ofEvent(eventId: string): Promise<Row[]> {
  const text = "select state, makers, amount_minor as amount from approvals where event_id = $1 order by asked_at";
  return as((tx) => tx.rows<Row>({ name: "test_of_event", text }, [eventId]));
}

const decide = (eventId: string, by: string, state = "approved") =>
  as((tx) =>
    tx.change(
      {
        name: "test_decide",
        text: "update approvals set state = $3, decided_by = $2, decided_at = now() where event_id = $1 and state = 'open'",
      },
      [eventId, by, state],
    ),
  );

test("whatever holds an event asks for an approval once, and knows who sent the event", async () => {
  const { eventId } = await seedEvent(stage, tenant, { state: "held", findings: [hold("budget:a"), hold("budget:a")] });
  expect(await ofEvent(eventId)).toEqual([{ state: "open", makers: ["system:seed"], amount: 41334n }]);
});

test("who made it cannot approve it, whatever a program says; another person can, once", async () => {
  const { eventId } = await seedEvent(stage, tenant, { state: "held", findings: [hold("budget:b")] });
  await expect(decide(eventId, "system:seed")).rejects.toMatchObject({ constraint: "approvals_other_person" });
  await expect(
    as((tx) => tx.change({ name: "test_makers", text: "update approvals set makers = '{}' where event_id = $1" }, [eventId])),
  ).rejects.toMatchObject({ constraint: "approvals_stay" });
  expect(await decide(eventId, "user:ann")).toBe(1);
  const undo = { name: "test_undo", text: "update approvals set state = 'open', decided_by = null, decided_at = null where event_id = $1" };
  await expect(as((tx) => tx.change(undo, [eventId]))).rejects.toMatchObject({ constraint: "approvals_stay" });
});

test("a request made by hand names its makers too", async () => {
  const { eventId } = await seedEvent(stage, tenant, { state: "held" });
  const text = `insert into approvals (organization_id, approval_id, kind, code, subject, event_id, message, makers, state, decided_by, decided_at, expires_at)
    values ($1, gen_random_uuid(), 'hold', 'c', 's', $2, 'm', '{}', 'approved', 'system:seed', now(), now() + interval '1 day')`;
  await expect(as((tx) => tx.change({ name: "test_insert", text }, [tenant.organizationId, eventId]))).rejects.toMatchObject({
    constraint: "approvals_other_person",
  });
});

test("an approval is for its cause and content; one whose time is over is given no more", async () => {
  const { eventId } = await seedEvent(stage, tenant, { state: "held", findings: [hold("budget:c"), hold("budget:d")] });
  await as((tx) =>
    tx.change({ name: "test_expire", text: "update approvals set expires_at = now() where event_id = $1 and subject = 'budget:d'" }, [
      eventId,
    ]),
  );
  await expect(decide(eventId, "user:ann")).rejects.toMatchObject({ constraint: "approvals_in_time" });
  await as((tx) =>
    tx.change(
      {
        name: "test_one",
        text: "update approvals set state = 'approved', decided_by = 'user:ann', decided_at = now() where event_id = $1 and subject = 'budget:c'",
      },
      [eventId],
    ),
  );
  const released = await as((tx) => releasedCauses(tx, [eventId]));
  expect([...released.get(eventId)!.keys()]).toEqual(["budget:c"]);
});

test("what is looked at afresh withdraws the request that was not decided", async () => {
  const { eventId } = await seedEvent(stage, tenant, { state: "held", findings: [hold("budget:e")] });
  await as((tx) => resolveFindingsOfEvents(tx, [eventId]));
  expect((await ofEvent(eventId)).map(({ state }) => state)).toEqual(["withdrawn"]);
});
