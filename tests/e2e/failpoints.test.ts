import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PartyRecord, Postable } from "../../src/connectors/accounting/connector.ts";
import { createLaneCache, openLane } from "../../src/engine/lane-context.ts";
import { postSlice, resolveSlice, takeOverSending } from "../../src/engine/post.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { type Database, inOrganization, openDatabase } from "../../src/store/database.ts";
import { insertDocuments } from "../../src/store/documents.ts";
import { newId } from "../../src/store/ids.ts";
import { releaseLane, takeLane } from "../../src/store/lanes.ts";
import { putPartyLinks } from "../../src/store/parties.ts";
import { insertPostings } from "../../src/store/postings.ts";
import { names } from "../contract/quickbooks-world.ts";
import { documentOf, everyKind } from "../contract/world.ts";
import { startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { createFate, type Fate, mortalDatabase, mortalProvider } from "../setup/failpoints.ts";
import { type Installation, install, startSandbox, system } from "../setup/installation.ts";

let server: TestServer;
let database: Database;
beforeAll(async () => {
  server = await startTestServer("embedded");
  database = await server.database();
});
afterAll(async () => {
  await server.stop();
});

interface Fault extends Record<string, unknown> {
  readonly kind: string;
}

/** What the provider does with the first call that writes. */
const outcomes: readonly { readonly name: string; readonly faults: readonly Fault[] }[] = [
  { name: "answers", faults: [] },
  { name: "commits and the answer is lost", faults: [{ kind: "commit_then_cut" }] },
  { name: "never gets it", faults: [{ kind: "cut" }] },
  { name: "commits late, after the line broke", faults: [{ kind: "late_commit", ms: 20 }] },
  { name: "commits and half an answer comes", faults: [{ kind: "truncate" }] },
  { name: "commits and answers with a web page", faults: [{ kind: "html", commit: true }] },
  { name: "commits and says 503", faults: [{ kind: "status", status: 503, commit: true }] },
  { name: "says 504 and does not commit", faults: [{ kind: "status", status: 504, commit: false }] },
  { name: "turns it away as too much", faults: [{ kind: "throttle", retryAfterSeconds: 1 }] },
  { name: "does not know the token any more", faults: [{ kind: "expire_token" }] },
  { name: "ignores the key and loses the answer", faults: [{ kind: "commit_then_cut" }, { kind: "ignore_key" }] },
];
const kinds = [...everyKind, "vendor", "customer"] as const;

const party = (kind: PartyRecord["kind"], id: string): PartyRecord => ({ kind, id, name: `${kind} ${id}`, currency: "USD" });
const bench = {
  names,
  vendor: { type: "vendor", id: "base", name: "vendor base" },
  customer: { type: "customer", id: "base", name: "customer base" },
} as const;

const carriersAtOnce = 5;
let told = 0;
const tally = { outcomes: 0, places: new Set<string>(), deaths: 0 };

test.each(outcomes)(
  "killed at every step, where the provider $name: each kind of document is there once",
  {
    timeout: 600_000,
  },
  async ({ faults }) => {
    // Several carriers with emulators of their own, because a fault is planned for a whole emulator.
    const carriers = await Promise.all(Array.from({ length: carriersAtOnce }, open));
    const life = await runOnce(carriers[0]!, faults, createFate(null, "before"));
    const deaths = life.passed.flatMap((place, index) => {
      // Before a statement is after the one before it; calls take their time, so there both sides are of their own.
      const sides = /call$|^books/.test(place) ? (["before", "after"] as const) : (["after"] as const);
      return sides.map((side) => ({ index, side }));
    });
    const work = async (carrier: Carrier): Promise<void> => {
      for (let death = deaths.pop(); death !== undefined; death = deaths.pop()) {
        const fate = await runOnce(carrier, faults, createFate(death.index, death.side));
        tally.deaths += fate.isDead ? 1 : 0;
      }
      await expectOnce(carrier.at);
      await carrier.sandbox.close();
    };
    await Promise.all(carriers.map(work));
    tally.outcomes += 1;
    for (const place of life.passed) tally.places.add(place);
  },
);

test("the matrix is complete", () => {
  console.log(
    `${tally.places.size} kinds of places, ${tally.deaths} deaths under ${tally.outcomes} outcomes, ${kinds.length} kinds of documents each: ${tally.deaths * kinds.length} combinations\n${[...tally.places].join(", ")}`,
  );
  expect(tally.outcomes).toBe(outcomes.length);
  for (const place of [
    "commit after outbox_add",
    "postings_sending",
    "attempts_insert",
    "batch call",
    "books.post",
    "books.find",
    "postings_record",
  ])
    expect([...tally.places]).toContain(place);
});

interface Carrier {
  readonly at: Installation;
  readonly sandbox: Sandbox;
  /** Requests that were to be committed late. */
  late: number;
}

/** A company with its lists read, and the parties that the documents name. */
async function open(): Promise<Carrier> {
  const sandbox = await startSandbox({ port: 0, dataFile: null });
  const at = await install(database, sandbox);
  await at.send(fuel("first", "1.00"));
  await at.drain();
  await put(at, [party("vendor", "base"), party("customer", "base")]);
  await at.drain();
  return { at, sandbox, late: 0 };
}

/** Puts postings of these into the lane, ready to go. */
async function put(at: Installation, postables: readonly Postable[]): Promise<string[]> {
  const rows = postables.map((postable) => ({ postable, documentId: newId(), postingId: newId(), booksId: at.booksId, eventId: null }));
  await inOrganization(database, at.organizationId, async (tx) => {
    const rules = { version: 1, ruleSet: null, ruleSetVersion: null, reverses: null };
    await insertDocuments(
      tx,
      rows.map((row) => ({ ...row, ...rules })),
    );
    await insertPostings(
      tx,
      rows.map((row) => ({ ...row, key: randomUUID(), waitsFor: null })),
    );
    const parties = rows.flatMap(({ postable, postingId }) =>
      "lines" in postable ? [] : [{ kind: postable.kind, partyId: postable.id, postingId, externalId: null }],
    );
    await putPartyLinks(tx, at.booksId, parties as never);
  });
  return rows.map(({ postingId }) => postingId);
}

/** One of each kind, from ready to posted, through programs of which the first may die. */
async function runOnce(carrier: Carrier, faults: readonly Fault[], fate: Fate): Promise<Fate> {
  const { at } = carrier;
  const run = ++told;
  const parties = [party("vendor", `v${run}`), party("customer", `c${run}`)];
  const postings = await put(at, [...everyKind.map((kind) => documentOf(bench, kind)), ...parties]);
  const rules = faults.map((fault) => ({ system, match: { path: "/batch" }, count: 1, ...fault }));
  await at.control("PUT", "faults", { seed: run, rules });
  const open = "select count(*)::int as n from postings where posting_id = any($1::uuid[]) and state <> 'posted'";
  let life = fate;
  let program = begin(at, life);
  const until = Date.now() + 60_000;
  for (let turn = 0; (await at.rows<{ n: number }>(open, postings))[0]!.n > 0; turn++) {
    if (Date.now() > until) throw new Error(`not posted within a minute; died ${fate.side} ${fate.passed[fate.dieAt ?? -1]}`);
    // The pace of a living program keeps the rest that the provider asked for, by a clock that is not ours to turn.
    if (turn > 3) await new Promise((resolve) => setTimeout(resolve, 50));
    await passTime(at);
    await Promise.race([program.turn(), life.died]);
    if (life.isDead) {
      await program.end();
      life = createFate(null, "before");
      program = begin(at, life);
    }
    await lateCommits(carrier, rules);
  }
  await program.end();
  if (rules.some(({ kind }) => kind === "late_commit")) carrier.late += 1;
  return fate;
}

/** A program that works on the lane by itself. */
function begin(at: Installation, fate: Fate) {
  const own = openDatabase(database.url, { max: 4 });
  const providers = at.parts.providers.map((provider) => mortalProvider(provider, fate));
  const parts = { ...at.parts, database: mortalDatabase(own, fate), providers };
  const cache = createLaneCache();
  return {
    turn: async () => {
      fate.isArmed = false;
      const lease = await inOrganization(database, at.organizationId, (tx) => takeLane(tx, at.booksId, cache.holder, 60));
      const context = await openLane(parts, cache, at.organizationId, lease!);
      fate.isArmed = true;
      await takeOverSending(context);
      await resolveSlice(context);
      await postSlice(context);
      fate.isArmed = false;
      await inOrganization(database, at.organizationId, (tx) => releaseLane(tx, lease!));
    },
    end: async () => {
      for (const { pace } of cache.connectors.values()) pace.stop();
      await own.close();
    },
  };
}

/** Leases run out, waits end, and no request can be running over there any more. */
async function passTime(at: Installation): Promise<void> {
  await at.rows("update lanes set holder = null, lease_until = null, paused_until = null");
  await at.rows("update attempts set deadline_at = now() - interval '1 second' where deadline_at > now()");
  await at.rows("update postings set next_at = now() where state in ('ready', 'uncertain') and next_at > now()");
  await at.rows("delete from paces");
}

/** Waits until what was to be committed late is. */
async function lateCommits(carrier: Carrier, rules: readonly Fault[]): Promise<void> {
  if (!rules.some(({ kind }) => kind === "late_commit")) return;
  const { at } = carrier;
  const plan = await at.control<{ rules: { struck: number }[] }>("GET", "faults");
  const struck = carrier.late + plan.rules[0]!.struck;
  const committed = async () => {
    const { requests } = await at.control<{ requests: { fault: string | null }[] }>("GET", `requests?system=${system}&id=${at.company}`);
    return requests.filter(({ fault }) => fault === "late_commit").length;
  };
  await expect.poll(committed, { timeout: 20_000, interval: 10 }).toBeGreaterThanOrEqual(struck);
}

/** The books hold each document once, and we say the same. */
async function expectOnce(at: Installation): Promise<void> {
  const created = (await at.ledger()).entries.filter(({ operation }) => operation === "create");
  const postings = await at.rows<{ kind: string; number: string; id: string; leaves: number }>(
    `select d.kind, d.number, p.provider_id as id,
       (select count(*)::int from audit_leaves a where a.object_id = p.posting_id::text and a.action = 'posting.posted') as leaves
     from postings p join documents d on d.document_id = p.document_id`,
  );
  const ours = postings.map(({ kind, id }) => `${entities[kind]!} ${id}`).sort();
  const theirs = created.filter(({ entity }) => Object.values(entities).includes(entity)).map(({ entity, id }) => `${entity} ${id}`);
  expect(theirs.sort()).toEqual(ours);
  expect(postings.filter(({ leaves }) => leaves !== 1)).toEqual([]);
}

const entities: Readonly<Record<string, string>> = {
  journal_entry: "JournalEntry",
  bill: "Bill",
  vendor_credit: "VendorCredit",
  expense: "Purchase",
  invoice: "Invoice",
  credit_memo: "CreditMemo",
  vendor: "Vendor",
  customer: "Customer",
};
