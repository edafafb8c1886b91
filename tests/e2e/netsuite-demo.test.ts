import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectNetSuiteDemo, intercompanyTrip, type NetSuiteDemoBooks } from "../../src/demo-books-netsuite.ts";
import { createEngine } from "../../src/engine/create.ts";
import { type Carrier, createCarrier, startWorld, type World } from "../setup/connected.ts";

/* The demo's month in NetSuite: an account with two subsidiaries, each books of its own. */

const name = "Ironwood Freight Lines";
let world: World;
let carrier: Carrier;
let books: NetSuiteDemoBooks;

beforeAll(async () => {
  world = await startWorld();
  carrier = await createCarrier(world);
  const order = {
    sandboxUrl: world.sandbox.url,
    carrier: name,
    closedThrough: "2026-09-30",
    ruleSet: "trucking",
    sourceId: "tms",
    sourceOptions: {},
  };
  books = await connectNetSuiteDemo(world.parts, carrier.organizationId, order);
}, 120_000);
afterAll(() => world.close());

/** Sends events in and works on the books until nothing is left that could move. */
async function post(booksId: string, sourceId: string, events: readonly object[]): Promise<void> {
  const { organizationId } = carrier;
  const actor = { organizationId, type: "system", id: "test", role: "admin", sourceId: null } as const;
  const body = (async function* () {
    yield Buffer.from(JSON.stringify(events), "utf8");
  })();
  await createEngine(world.parts).ingest(actor, { format: "json", sourceId, body });
  const open = async () => {
    const [row] = await carrier.rows<{ n: number }>(
      `select ((select count(*) from events where organization_id = $1 and state = 'received')
         + (select count(*) from postings where organization_id = $1 and books_id = $2 and state in ('ready', 'sending', 'uncertain')))::int as n`,
      organizationId,
      booksId,
    );
    return row!.n;
  };
  for (let turn = 0; turn < 200; turn++) {
    await world.runner.run({ organizationId, booksId });
    if ((await open()) === 0) return;
  }
  throw new Error(`${await open()} events or postings did not settle`);
}

interface Ledger {
  readonly entries: readonly {
    readonly operation: string;
    readonly entity: string;
    readonly number: string | null;
    readonly lines: readonly { readonly account: string; readonly debit: string; readonly credit: string }[];
  }[];
  readonly totals: { readonly debit: string; readonly credit: string };
}
const ledger = () => world.control<Ledger>("GET", `ledger?system=netsuite&id=${books.company}`);
const states = (booksId: string) =>
  carrier.rows<{ state: string; n: number }>(
    "select state, count(*)::int as n from postings where organization_id = $1 and books_id = $2 group by state",
    carrier.organizationId,
    booksId,
  );

test("a part of the month is posted, each document once, in balance", async () => {
  const lines = readFileSync(new URL("../../examples/month-2026-10.ndjson", import.meta.url), "utf8")
    .trim()
    .split("\n");
  const events = lines
    .map((line) => JSON.parse(line) as { date: string })
    .filter(({ date }) => date >= "2026-10-01")
    .slice(0, 300);
  await post(books.carrierBooksId, "tms", events);
  const posted = (await states(books.carrierBooksId)).find(({ state }) => state === "posted")?.n ?? 0;
  expect(posted).toBeGreaterThan(300);
  const { entries, totals } = await ledger();
  const created = entries.filter(({ operation, lines: legs }) => operation === "create" && legs.length > 0);
  const names = created.map(({ entity, number }) => `${entity} ${number}`);
  expect(names.filter((each, index) => names.indexOf(each) !== index)).toEqual([]);
  expect(totals.debit).toBe(totals.credit);
}, 240_000);

test("a trip between the two companies stands in the books of both, and what they owe each other agrees", async () => {
  const trip = intercompanyTrip(name);
  await post(books.brokerageBooksId, books.brokerageSourceId, trip.brokerage);
  await post(books.carrierBooksId, "tms", trip.carrier);
  const { entries } = await ledger();
  const legs = (entity: string, number: string) =>
    entries
      .find((entry) => entry.operation === "create" && entry.entity === entity && entry.number === number)
      ?.lines.map(({ account, debit, credit }) => [account, debit, credit]);
  expect(legs("invoice", "IC1-SALE")).toContainEqual(["1100", "2400.00", "0.00"]);
  expect(legs("vendorBill", "IC1-DRIVEN")).toContainEqual(["2020", "0.00", "2000.00"]);
  expect(legs("invoice", "IC1-DRIVEN")).toContainEqual(["1100", "2000.00", "0.00"]);
}, 120_000);
