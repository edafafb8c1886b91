import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fuel } from "../setup/events.ts";
import {
  type Carrier,
  type Company,
  connectCompany,
  createCarrier,
  createCompany,
  inQuickBooks,
  startWorld,
  type World,
} from "../setup/connected.ts";
import { system } from "../setup/installation.ts";

let world: World;
let carrier: Carrier;
let company: Company;
let booksId: string;
beforeAll(async () => {
  world = await startWorld({ worker: true });
  carrier = await createCarrier(world);
  company = await createCompany(world);
  booksId = await connectCompany(world, carrier, company);
});
afterAll(() => world.close());

const until = (condition: () => Promise<boolean>) => vi.waitUntil(condition, { timeout: 20_000, interval: 50 });
const posted = async () =>
  await carrier.rows<{ provider_id: string }>("select provider_id from postings where state = 'posted' order by posting_id");
const drifts = async () => (await carrier.rows("select 1 from findings where code = 'drift'")).length;
async function edit(id: string): Promise<void> {
  const entry = (await inQuickBooks(world, company, { path: `journalentry/${id}` })).JournalEntry as { Line: object[] };
  const Line = entry.Line.map((line) => ({ ...line, Amount: 99 }));
  await inQuickBooks(world, company, { path: "journalentry", body: { ...entry, Line } });
}

test("a running worker posts after the connect, hears of an edit, and by itself asks an idle lane's books for what was missed", async () => {
  for (const id of ["t-1", "t-2"]) await carrier.ask("POST", "/v1/events?source=tms", fuel(id, "10.00"));
  await until(async () => (await posted()).length === 2);
  const [first, second] = await posted();

  await carrier.ask("PUT", `/v1/connect/${system}/notifications`, { verifierToken: "v" });
  await edit(first!.provider_id);
  const body = JSON.stringify({
    eventNotifications: [
      {
        realmId: company.id,
        dataChangeEvent: {
          entities: [{ name: "JournalEntry", id: first!.provider_id, operation: "Update", lastUpdated: new Date().toISOString() }],
        },
      },
    ],
  });
  const signature = createHmac("sha256", "v").update(body).digest("base64");
  const answer = await fetch(`${world.url}/v1/hooks/${system}`, { method: "POST", headers: { "intuit-signature": signature }, body });
  expect(answer.status).toBe(200);
  await until(async () => (await drifts()) === 1);

  await edit(second!.provider_id);
  await carrier.rows(
    "update books set changes_at = now() - interval '61 seconds', notified_at = now() - interval '6 minutes' where books_id = $1",
    booksId,
  );
  await until(async () => (await drifts()) === 2);
}, 60_000);
