import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTenant, fuelEvent, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";
import { seedEvent, unmapped } from "../../tests/setup/seeded.ts";
import type { BooksRecord, RecordKind } from "../core/reference.ts";
import { putReference } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import { findPartyLinks } from "../store/parties.ts";
import { main } from "./main.ts";

let stage: Stage;
let carrier: Tenant;
const folder = mkdtempSync(join(tmpdir(), "ledgerlane-suggest-"));
beforeAll(async () => {
  stage = await startStage();
});
beforeEach(async () => {
  carrier = await createTenant(stage.database);
});
afterAll(() => stage.close());

function run(key: string, ...argv: string[]) {
  return runAnswering(null, key, ...argv);
}

/** `answers`: what the person at the terminal says, by the id that is asked for; Enter otherwise. */
async function runAnswering(answers: Readonly<Record<string, string>> | null, key: string, ...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const asked = () => out.findLast((line) => /^[a-z]+\//.test(line))!.split("  ")[0]!;
  const io = {
    ...{ print: (line: string) => void out.push(line), warn: (line: string) => void err.push(line), progress: null },
    ...(answers === null ? {} : { ask: async () => answers[asked()] ?? "" }),
  };
  const code = await main(["rules", ...argv, "--url", stage.url], io, { LEDGERLANE_DEMO_KEY: key, LEDGERLANE_DATA_DIR: folder });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const libraryFile = new URL("../../rule-sets/trucking.yaml", import.meta.url).pathname;
const month = ["--from", "2026-11-01", "--to", "2026-11-30"];

function record(kind: RecordKind, name: string, facts: Record<string, string> = {}, number: string | null = null): BooksRecord {
  return { kind, externalId: `${kind}:${name}`, name, number, active: true, facts };
}

/** A company with a chart of its own: other numbers, other names. */
async function putLists(records: readonly BooksRecord[]): Promise<void> {
  const preferences = {
    ...{ companyName: "Main", homeCurrency: "USD", multiCurrency: false, closedThrough: null },
    ...{ tracksClasses: true, tracksDepartments: true },
  };
  await inOrganization(stage.database, carrier.organizationId, (tx) => putReference(tx, carrier.booksId, { preferences, records }));
}

const partnerTicket = (over: Record<string, unknown> = {}) => {
  const { lines } = fuelEvent();
  const [line] = lines as Record<string, unknown>[];
  return { date: "2026-11-05", lines: [{ ...line, code: "DSL #2", product: undefined, description: "Diesel tractor", ...over }] };
};

test("a new partner's codes: seen, written into one table, checked, tried, published and in use", async () => {
  const { keys } = carrier;
  expect((await run(keys.admin, "publish", libraryFile)).out).toContain("Published trucking version 1.");
  await seedEvent(stage, carrier, { state: "review", findings: [unmapped("DSL #2")], over: { id: "N-1", ...partnerTicket() } });
  await seedEvent(stage, carrier, { state: "review", findings: [unmapped("DSL #2")], over: { id: "N-2", ...partnerTicket() } });

  const seen = await run(keys.auditor, "coverage", "trucking", ...month);
  expect(seen.code).toBe(1);
  expect(seen.out).toMatch(/Main company: 0 of 2 events/);
  expect(seen.out).toMatch(/code +DSL #2 +Diesel tractor +fuel_transaction +tms +2 +822\.68 +USD +waits in review/);

  const north = file("north.yaml", 'name: north\nextends: trucking\naliases:\n  code: { "DSL #2": FULSDX }\n');
  const slip = await run(keys.auditor, "check", north);
  expect(slip.out).toContain('leads to the code "FULSDX", which is not in the catalogue. Did you mean "FULSD"?');
  file("north.yaml", 'name: north\nextends: trucking\naliases:\n  code: { "DSL #2": FULSD }\n');
  expect(await run(keys.auditor, "check", north)).toMatchObject({ code: 0 });
  const tried = await run(keys.controller, "backtest", north, ...month);
  expect(tried.out, tried.err).toContain("2 events mapped both ways: 2 events");
  expect(tried.out).toMatch(/5210 +class|5210/);
  expect(tried.out).toMatch(/code_unmapped/);

  expect((await run(keys.controller, "publish", north)).out).toContain("Published north version 1.");
  expect((await run(keys.controller, "use", "north", "--books", "Main company")).out).toContain(
    "uses north from now on, and no longer trucking",
  );
  expect((await run(keys.controller, "use", "north")).out).toBe("Main company uses north already.");
  expect(await run(keys.auditor, "coverage", "north", ...month)).toMatchObject({ code: 0, out: expect.stringContaining("2 of 2 events") });
  const states = "select distinct state from events where organization_id = $1";
  const rows = await inOrganization(stage.database, carrier.organizationId, (tx) =>
    tx.rows<{ state: string }>({ name: "states", text: states }, [tx.organizationId]),
  );
  expect(rows).toEqual([{ state: "received" }]); // Back in line by itself.
});

test("accounts, dimensions, vendors and codes of the books: the sure ones in one step into the draft, single ones by hand", async () => {
  const { keys } = carrier;
  await run(keys.admin, "publish", libraryFile);
  await seedEvent(stage, carrier, {
    state: "review",
    over: { id: "S-1", ...partnerTicket(), billing: "direct", vendor: { id: "MC784512", name: "Loves Travel Stops" } },
  });
  await putLists([
    record("account", "Fuel - Diesel", { type: "Cost of Goods Sold" }, "6100"),
    record("account", "Fuel Card Payable", { type: "Other Current Liability" }, "2155"),
    record("account", "Trade Payables", { type: "Accounts Payable" }, "2000"),
    record("account", "Office Rent", { type: "Expense" }, "5210"),
    record("department", "DAL Terminal"),
    record("vendor", "Love's Travel Stops, Inc.", { mcNumber: "784512" }),
  ]);
  const listed = await run(keys.auditor, "suggest", "trucking", ...month);
  expect(listed.out).toMatch(
    /account\/5210 {2}Diesel - Tractor \(Card\) .*\n +\d+ {2}6100 Fuel - Diesel: name: Diesel Fuel ≈ Fuel - Diesel, type Cost of Goods Sold/,
  );
  expect(listed.out).toMatch(/vendor\/MC784512 .*\n +100 {2}Love's Travel Stops, Inc\.: same MC number/);
  expect(listed.out).toMatch(/department\/DAL /);
  expect(listed.out).toMatch(/code\/DSL #2 .*\n +\d+ {2}FULSD Diesel tractor: same name "Diesel tractor"/);

  const accepted = await run(keys.controller, "suggest", "trucking", "--accept", "85", "--take", "department/DAL=DAL Terminal", ...month);
  expect(accepted.err).toBe("");
  expect(accepted.out).toMatch(/account\/2010 +2000 +\d+/);
  expect(accepted.out).toMatch(/department\/DAL +DAL Terminal/);
  const draft = (await run(keys.auditor, "get", "trucking", "--draft", "--json")).out;
  const { ruleSet } = JSON.parse(draft) as { ruleSet: { aliases: { code: object }; books: Record<string, Record<string, unknown>> } };
  expect(ruleSet.aliases.code).toMatchObject({ "DSL #2": "FULSD" });
  expect(ruleSet.books["Main company"]).toMatchObject({
    chart: { 2010: "2000", 2050: "2155" },
    dimensions: { department: { values: { DAL: "DAL Terminal" } } },
  });
  const links = await inOrganization(stage.database, carrier.organizationId, (tx) => findPartyLinks(tx, carrier.booksId));
  expect(links).toEqual([{ kind: "vendor", partyId: "MC784512", postingId: null, externalId: "vendor:Love's Travel Stops, Inc." }]);
  // What was settled is not asked again, and nothing was published.
  const again = await run(keys.auditor, "suggest", "trucking", ...month);
  expect(again.out).not.toMatch(/account\/2010 |vendor\/MC784512|code\/DSL|department\/DAL/);
  expect((await run(keys.auditor, "get", "trucking")).out).not.toContain("Main company");

  expect((await run(keys.controller, "publish", "trucking")).out).toContain("version 2");
  const why = await run(keys.auditor, "explain", "trucking", "--event", "fuel_transaction", "--id", "S-1");
  expect(why.out).toMatch(/\/lines\/0 +6100 +411\.34 .*codes\/FULSD .*chart=5210/);
  expect(why.out).toContain("books/Main company/chart/5210: 5210 of the rules is account 6100 in these books");
});

test("a choice that is not there is refused with the nearest one, and nothing is written", async () => {
  const { keys } = carrier;
  await run(keys.admin, "publish", libraryFile);
  expect(await run(keys.auditor, "suggest", "trucking")).toMatchObject({ code: 1, err: expect.stringContaining("were not read yet") });
  await putLists([record("account", "Fuel - Diesel", { type: "Cost of Goods Sold" }, "6100")]);
  for (const [take, words] of [
    ["account/5210=6101", 'no active account "6101" for account/5210. Did you mean "6100"?'],
    ["account/9999=6100", "1 of the chosen suggestions are not there"],
  ] as const) {
    expect(await run(keys.controller, "suggest", "trucking", "--take", take), take).toMatchObject({
      code: 1,
      err: expect.stringContaining(words),
    });
  }
  expect(await run(keys.controller, "suggest", "trucking", "--take", "account/5210")).toMatchObject({ code: 2 });
  expect(await run(keys.auditor, "suggest", "trucking", "--accept", "85")).toMatchObject({ code: 1 });
  expect(await run(keys.auditor, "get", "trucking", "--draft")).toMatchObject({ code: 1, err: expect.stringContaining("has no draft") });
  expect(readFileSync(libraryFile, "utf8")).toContain("name: trucking");
});

test("what is left is asked one by one, and answers that do not fit are not lost", async () => {
  const { keys } = carrier;
  await run(keys.admin, "publish", libraryFile);
  await putLists([
    record("account", "Fuel - Diesel", { type: "Cost of Goods Sold" }, "6100"),
    record("account", "Trucks, Tractors and Cars", { type: "Fixed Asset" }),
    record("vendor", "Loves Country Stores"),
  ]);
  await seedEvent(stage, carrier, {
    state: "review",
    over: { id: "A-1", billing: "direct", vendor: { id: "V-9", name: "Loves Travel Stops" } },
  });
  const ask = (answers: Record<string, string>) => runAnswering(answers, keys.controller, "suggest", "trucking", "--ask", ...month);
  const slip = await ask({ "account/5210": "1", "account/1510": "Trucks" });
  expect(slip.code).toBe(1);
  expect(slip.err).toMatch(/--take "account\/\d+=[^"]+,account\/\d+=[^"]+"/);
  expect((await run(keys.auditor, "get", "trucking", "--draft")).code).toBe(1);

  const done = await ask({ "account/5210": "1", "account/1510": "Trucks, Tractors and Cars", "vendor/V-9": "Loves Country Stores" });
  expect(done.out, done.err).toContain("3 suggestions accepted, in the draft of trucking, revision 1.");
  const links = await inOrganization(stage.database, carrier.organizationId, (tx) => findPartyLinks(tx, carrier.booksId));
  expect(links).toMatchObject([{ partyId: "V-9", externalId: "vendor:Loves Country Stores" }]);
  const taken = await run(keys.controller, "suggest", "trucking", "--take", "account/1520=Trucks, Tractors and Cars,account/2050=6100");
  expect(taken.out, taken.err).toContain("2 suggestions accepted");
  expect((await run(keys.auditor, "suggest", "trucking", "--ask")).err).toContain("needs a terminal");
});
