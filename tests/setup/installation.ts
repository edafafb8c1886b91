import { hash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { accountingProviders } from "../../src/connectors/accounting/index.ts";
import { tmsConnectors } from "../../src/connectors/tms/index.ts";
import type { RuleSet } from "../../src/core/rules/rule-set.ts";
import { ownerOf } from "../../src/engine/connections.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Actor, Engine, Receipt } from "../../src/engine/engine.ts";
import { createLaneCache } from "../../src/engine/lane-context.ts";
import type { EngineParts } from "../../src/engine/parts.ts";
import { createLaneRunner } from "../../src/engine/run-lane.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { insertBooks, putSource } from "../../src/store/books.ts";
import { type Database, inOrganization } from "../../src/store/database.ts";
import { createLane } from "../../src/store/lanes.ts";
import { insertOrganization } from "../../src/store/organizations.ts";
import { putSecret } from "../../src/store/secrets.ts";

/** An organization connected to an emulated company, with an engine over a real database and a worker that is turned by hand. */
export interface Installation {
  readonly parts: EngineParts;
  readonly engine: Engine;
  readonly organizationId: string;
  readonly booksId: string;
  readonly actor: Actor;
  readonly company: string;
  readonly sandbox: Pick<Sandbox, "url">;
  /** Sends events in as JSON. */
  readonly send: (...events: unknown[]) => Promise<Receipt[]>;
  /** Works on the lane until nothing is left that could move now. */
  readonly drain: () => Promise<void>;
  readonly control: <T>(method: "GET" | "POST" | "PUT", path: string, body?: unknown) => Promise<T>;
  readonly ledger: () => Promise<Ledger>;
  readonly rows: <Row>(sql: string, ...values: unknown[]) => Promise<Row[]>;
}

/** The emulator's oracle: every write that was ever committed. */
export interface Ledger {
  readonly entries: readonly {
    readonly operation: string;
    readonly entity: string;
    readonly id: string;
    readonly key: string | null;
    readonly number: string | null;
    readonly date: string;
    readonly lines: readonly { readonly account: string; readonly debit: string; readonly credit: string }[];
  }[];
  readonly totals: { readonly debit: string; readonly credit: string };
}

export const system = "quickbooks-online";

/** Sets one up. `overrides` change what we believe about the provider: its longest execution time above all. */
export async function install(
  database: Database,
  sandbox: Pick<Sandbox, "url">,
  options: { overrides?: Record<string, number>; companyOptions?: object } = {},
): Promise<Installation> {
  const ids = { organizationId: randomUUID(), booksId: randomUUID() };
  const { organizationId, booksId } = ids;
  const parts: EngineParts = {
    database,
    masterKey: randomBytes(32),
    tmsConnectors,
    providers: accountingProviders,
    now: () => new Date(),
    random: Math.random,
    wake: async () => undefined,
    log: () => undefined,
  };
  const engine = createEngine(parts);
  const control = controlOf(sandbox.url);
  const actor: Actor = { organizationId, type: "system", id: "test", role: "admin", sourceId: null };
  const company = await connect(parts, ids, {
    url: sandbox.url,
    overrides: options.overrides ?? {},
    companyOptions: options.companyOptions ?? {},
  });
  await engine.publishRules(actor, defaultRules());
  const runner = createLaneRunner(parts, createLaneCache());
  const rows = <Row>(sql: string, ...values: unknown[]) =>
    inOrganization(database, organizationId, (tx) => tx.rows<Row>({ name: `test_${hash("sha1", sql)}`, text: sql }, values));
  return {
    parts,
    engine,
    organizationId,
    booksId,
    actor,
    company,
    sandbox,
    control,
    rows,
    send: (...events) => engine.ingest(actor, { format: "json", sourceId: "tms", body: bytesOf(JSON.stringify(events)) }),
    ledger: () => control<Ledger>("GET", `ledger?system=${system}&id=${company}`),
    drain: () => drain({ database, organizationId, booksId }, () => runner.run({ organizationId, booksId })),
  };
}

/** A company file in the emulator, signed in to, with a source that feeds it. */
async function connect(
  parts: EngineParts,
  { organizationId, booksId }: { organizationId: string; booksId: string },
  { url, overrides, companyOptions }: { url: string; overrides: Record<string, number>; companyOptions: object },
): Promise<string> {
  const control = controlOf(url);
  const made = { system, template: "trucking", options: companyOptions };
  const company = await control<{ id: string; credentials: { clientId: string; clientSecret: string } }>("POST", "companies", made);
  const pair = await control<{ accessToken: string; refreshToken: string }>("POST", "tokens", { system, id: company.id });
  const tokens = { ...pair, accessExpiresAt: Date.now() + 3_600_000, refreshExpiresAt: Date.now() + 8_640_000_000 };
  const quick = { executionLimitMs: 500, requestsPerSecond: 1_000, requestsPerMinute: 60_000, batchesPerMinute: 60_000, ...overrides };
  const settings = { ...settingsOf(url, company.credentials.clientId), overrides: quick };
  const secret = { owner: ownerOf(booksId), field: "client_secret" };
  await inOrganization(parts.database, organizationId, async (tx) => {
    await insertOrganization(tx, `Carrier ${organizationId}`);
    await insertBooks(tx, { booksId, name: "Books", system, company: company.id, settings, ruleSet: "trucking" });
    await createLane(tx, booksId);
    await putSource(tx, { sourceId: "tms", name: "TMS", booksId, options: {} });
    await putSecret(tx, parts.masterKey, secret, company.credentials.clientSecret);
    await putSecret(tx, parts.masterKey, { ...secret, field: "tokens" }, JSON.stringify(tokens));
  });
  return company.id;
}

/** The rule set that ships. */
export function defaultRules(): RuleSet {
  return parse(readFileSync(new URL("../../rule-sets/trucking.yaml", import.meta.url), "utf8")) as RuleSet;
}

export { startSandbox };

function settingsOf(url: string, clientId: string) {
  const base = `${url}/quickbooks-online`;
  return { apiUrl: base, tokenUrl: `${base}/oauth2/v1/tokens/bearer`, authorizeUrl: `${base}/connect/oauth2`, appUrl: base, clientId };
}

function controlOf(url: string) {
  return async <T>(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<T> => {
    const sent = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${url}/_control/${path}`, { method, ...sent });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
}

/** A body in one chunk. */
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, "utf8");
}

/** Turns the lane until nothing is open but what waits for something refused. */
async function drain(lane: { database: Database; organizationId: string; booksId: string }, turn: () => Promise<void>): Promise<void> {
  const open = `select (select count(*)::int from events where organization_id = $1 and state = 'received')
    + (select count(*)::int from postings p where p.organization_id = $1 and p.state in ('ready', 'sending', 'uncertain')
       and not exists (select 1 from postings w where w.organization_id = $1 and w.posting_id = p.waits_for and w.state = 'refused')) as n`;
  for (const start = Date.now(); ; ) {
    await turn();
    const [row] = await inOrganization(lane.database, lane.organizationId, (tx) =>
      tx.rows<{ n: number }>({ name: "test_open", text: open }, [lane.organizationId]),
    );
    if (row!.n === 0) return;
    if (Date.now() - start > 12_000) throw new Error(`${row!.n} events or postings did not settle`);
    await new Promise((resolve) => setTimeout(resolve, 50)); // Retries are spaced out by design; nothing else could be awaited here.
  }
}
