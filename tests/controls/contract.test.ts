import { afterAll, beforeAll, expect, test } from "vitest";
import {
  connectCompany,
  createCarrier,
  createCompany,
  drainLane,
  inQuickBooks,
  startWorld,
  type Carrier,
  type Company,
  type World,
} from "../setup/connected.ts";
import { fuel } from "../setup/events.ts";
import { main } from "../../src/cli/main.ts";

let world: World;
let carrier: Carrier;
let company: Company;
let booksId: string;
beforeAll(async () => {
  world = await startWorld();
  carrier = await createCarrier(world);
  company = await createCompany(world);
  booksId = await connectCompany(world, carrier, company);
  await send(fuel("first", "1.00"));
  await drain();
}, 120_000);
afterAll(() => world.close());

const send = (...events: unknown[]) => carrier.ask("POST", "/v1/events?source=tms", events, "admin");
const drain = () => drainLane(world, carrier, booksId);

async function command(role: "admin" | "controller" | "auditor", ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { print: (line: string) => void out.push(line), warn: (line: string) => void err.push(line), progress: null };
  const code = await main([...argv, "--url", world.url, "--key", carrier.keys[role]], io, { LEDGERLANE_DATA_DIR: "/nonexistent" });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

test("the books' own budgets are read, count what is posted, and only tell until somebody decides otherwise", async () => {
  const [account] = await carrier.rows<{ id: string }>(
    "select external_id as id from books_records where kind = 'account' and number = '5210'",
  );
  const detail = { BudgetDate: "2026-10-01", Amount: 50, AccountRef: { value: account!.id } };
  const body = {
    Name: "FY26 Ops",
    StartDate: "2026-01-01",
    EndDate: "2026-12-31",
    BudgetType: "ProfitAndLoss",
    BudgetEntryType: "Monthly",
  };
  await inQuickBooks(world, company, { path: "budget", body: { ...body, BudgetDetail: [detail] } });
  expect((await carrier.ask("POST", "/v1/budgets/refresh", {}, "controller")).body).toEqual({ asked: true });
  await drain();
  const { items } = (await carrier.ask("GET", "/v1/budgets", undefined, "auditor")).body as { items: { id: string }[] };
  expect(items).toMatchObject([{ name: "FY26 Ops", origin: "books", over: "warn", lines: 1 }]);
  await send(fuel("over", "75.00"));
  await drain();
  const lines = await carrier.ask("GET", `/v1/budgets/${items[0]!.id}/lines?on=2026-10-15`);
  expect(lines.body["items"]).toMatchObject([{ account: "5210", amount: "50.00", used: "76.00", reserved: "0.00", left: "-26.00" }]);
  expect((await carrier.ask("POST", `/v1/budgets/${items[0]!.id}/delete`, {}, "controller")).body).toMatchObject({
    code: "request_invalid",
  });
});

test("a held event is found, refused to who sent it, and approved from the command line", async () => {
  const csv = "account,period,amount\n5210,2026-10,100.00\n";
  expect((await carrier.ask("POST", "/v1/budgets", { name: "Tight", csv }, "auditor")).status).toBe(403);
  expect((await carrier.ask("POST", "/v1/budgets", { name: "Tight", csv }, "controller")).body).toMatchObject({ lines: 1 });
  await send(fuel("held", "60.00"));
  await drain();
  const list = (await carrier.ask("GET", "/v1/approvals?state=open")).body as { items: { id: string; cause: string }[] };
  expect(list.items).toMatchObject([
    { kind: "hold", code: "budget_exceeded", event: { id: "held" }, money: { currency: "USD", amount: "60.00" } },
  ]);
  const { id, cause } = list.items[0]!;
  expect((await carrier.ask("POST", `/v1/approvals/${id}/approve`, {})).body).toMatchObject({ code: "forbidden" });
  const shown = await command("controller", "approvals");
  expect(shown.out).toContain(cause);
  expect((await command("auditor", "approvals", "approve", id)).code).toBe(1);
  const approved = await command("controller", "approvals", "approve", "--cause", cause, "--note", "Once");
  expect(approved).toMatchObject({ code: 0, out: "1 request approved, 1 event back at work." });
  await drain();
  expect((await carrier.ask("GET", "/v1/approvals?state=approved")).body["items"]).toMatchObject([{ id, note: "Once" }]);
  const budget = await command("auditor", "budgets", "show", "Tight");
  expect(budget.out).toMatch(/5210 .*100\.00 +136\.00 +0\.00 +-36\.00/);
  expect((await command("controller", "budgets", "policy", "Tight", "--over", "warn")).out).toContain("then: warn");
  expect((await command("controller", "budgets", "delete", "Tight")).out).toContain("is gone");
});

test("a rejection needs a reason, leaves the event held, and a retry asks anew", async () => {
  await carrier.ask("PUT", "/v1/periods/2026-10", { state: "closed", modules: ["GL"] }, "controller");
  await send(fuel("late", "20.00"));
  await drain();
  const open = async () =>
    ((await carrier.ask("GET", "/v1/approvals?state=open")).body as { items: { id: string; event: { eventId: string } }[] }).items;
  const [asked] = await open();
  expect((await command("controller", "approvals", "reject", asked!.id)).code).toBe(2);
  expect((await command("controller", "approvals", "reject", asked!.id, "--note", "October is done")).code).toBe(0);
  expect(await open()).toEqual([]);
  await carrier.ask("POST", "/v1/review/retry", { eventIds: [asked!.event.eventId] });
  await drain();
  expect(await open()).toHaveLength(1);
  const late = await command("auditor", "periods", "late", "2026-10");
  expect(late.out).toContain("held");
  expect((await command("controller", "periods", "open", "2026-10")).code).toBe(1);
  expect((await command("admin", "periods", "open", "2026-10", "--module", "GL")).out).toContain("1 event back at work");
  await drain();
  expect((await command("auditor", "periods")).out).toContain("open");
});

test("a draft of rules waits among the approvals where four eyes are asked for, and publishing it goes by that", async () => {
  await carrier.ask("PUT", "/v1/rule-sets/policy", { fourEyes: true });
  const stored = (await carrier.ask("GET", "/v1/rule-sets/trucking")).body;
  const saved = await carrier.ask(
    "PUT",
    "/v1/rule-sets/trucking/draft",
    { ruleSet: stored["ruleSet"] ?? stored, note: "Same again" },
    "controller",
  );
  expect(saved.status).toBe(200);
  const rules = async (state: string) =>
    ((await carrier.ask("GET", `/v1/approvals?kind=rules&state=${state}`)).body as { items: { id: string; revision: number }[] }).items;
  const [asked] = await rules("open");
  expect((await carrier.ask("POST", `/v1/approvals/${asked!.id}/approve`, {}, "controller")).body).toMatchObject({ code: "forbidden" });
  expect((await carrier.ask("POST", "/v1/rule-sets/trucking/draft/publish", {}, "controller")).status).toBe(403);
  expect((await carrier.ask("POST", `/v1/approvals/${asked!.id}/approve`, { note: "Read" })).body).toMatchObject({ decided: 1 });
  expect(await rules("approved")).toMatchObject([{ id: asked!.id, note: "Read" }]);
  expect((await carrier.ask("POST", "/v1/rule-sets/trucking/draft/publish", {}, "controller")).status).toBe(200);
});

test("who may approve is set by an administrator, and lent to another for a while", async () => {
  const policy = { expiryDays: 7, limits: [{ role: "admin", upTo: null }] };
  expect((await carrier.ask("PUT", "/v1/approvals/policy", policy, "controller")).status).toBe(403);
  expect((await carrier.ask("PUT", "/v1/approvals/policy", policy)).body).toEqual(policy);
  await carrier.ask("PUT", "/v1/periods/2026-09", { state: "closed", modules: ["GL"] }, "controller");
  const asked = await carrier.ask(
    "POST",
    "/v1/periods/2026-09/exceptions",
    { module: "GL", until: new Date(Date.now() + 3_600_000).toISOString(), note: "One more" },
    "admin",
  );
  const id = asked.body["approvalId"] as string;
  expect((await carrier.ask("POST", `/v1/approvals/${id}/approve`, {}, "controller")).body).toMatchObject({ code: "forbidden" });
  const [controller] = await carrier.rows<{ id: string }>("select key_id as id from api_keys where role = 'controller'");
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const lent = await carrier.ask("POST", "/v1/approvals/delegations", { to: `key:${controller!.id}`, until });
  expect(lent.body).toMatchObject({ to: `key:${controller!.id}` });
  // The administrator asked for it himself: nobody approves it on his behalf.
  expect((await carrier.ask("POST", `/v1/approvals/${id}/approve`, {}, "controller")).body).toMatchObject({ code: "forbidden" });
  expect((await command("controller", "approvals", "undelegate", lent.body["id"] as string)).code).toBe(1);
  expect((await command("admin", "approvals", "undelegate", lent.body["id"] as string)).code).toBe(0);
  expect((await command("auditor", "approvals", "delegations")).out).toContain(`key:${controller!.id}`);
});
