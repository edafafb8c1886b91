import { randomBytes, randomUUID } from "node:crypto";
import { accountingProviders } from "../../src/connectors/accounting/index.ts";
import { tmsConnectors } from "../../src/connectors/tms/index.ts";
import { createEngine } from "../../src/engine/create.ts";
import { createLaneCache } from "../../src/engine/lane-context.ts";
import type { EngineParts } from "../../src/engine/parts.ts";
import { createLaneRunner, type LaneRunner } from "../../src/engine/run-lane.ts";
import { startWorker } from "../../src/engine/worker.ts";
import type { RunningGateway } from "../../src/gateway/gateway.ts";
import { createGateway } from "../../src/gateway/server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { createApiKey, createUser, type Role } from "../../src/store/access.ts";
import { type Database, inOrganization } from "../../src/store/database.ts";
import { type Jobs, startJobs } from "../../src/store/jobs.ts";
import { insertOrganization } from "../../src/store/organizations.ts";
import { hashPassword } from "../../src/store/passwords.ts";
import { startTestServer, type TestServer } from "./databases.ts";
import { defaultRules, system } from "./installation.ts";

/** A gateway with the real engine over a real database, a worker turned by hand or running, and the emulated books. */
export interface World {
  readonly url: string;
  readonly database: Database;
  readonly parts: EngineParts;
  readonly sandbox: Sandbox;
  readonly runner: LaneRunner;
  /** Lanes that were woken, newest last, by books id. */
  readonly woken: string[];
  /** How far our clock is ahead. */
  readonly clock: { aheadMs: number };
  readonly control: <T = Record<string, unknown>>(method: "GET" | "POST" | "PUT", path: string, body?: unknown) => Promise<T>;
  readonly close: () => Promise<void>;
}

export async function startWorld(options: { worker?: boolean } = {}): Promise<World> {
  const server: TestServer = await startTestServer("embedded");
  const database = await server.database();
  const sandbox = await startSandbox({ port: 0, dataFile: null });
  const woken: string[] = [];
  const clock = { aheadMs: 0 };
  const parts: EngineParts = {
    database,
    masterKey: randomBytes(32),
    tmsConnectors,
    providers: accountingProviders,
    now: () => new Date(Date.now() + clock.aheadMs),
    random: Math.random,
    wake: async (lane, at) => {
      woken.push(lane.booksId);
      await jobs?.wake(lane, at);
    },
    log: () => undefined,
  };
  const jobs: Jobs | null = options.worker === true ? startJobs(database, () => undefined) : null;
  const worker = jobs === null ? null : await startWorker(parts, jobs);
  const gateway: RunningGateway = createGateway({
    database,
    engine: createEngine(parts),
    version: "0.0.0-test",
    publicUrl: null,
    logLevel: "silent",
  });
  const url = await gateway.listen("127.0.0.1", 0);
  const control = async <T>(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<T> => {
    const sent = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${sandbox.url}/_control/${path}`, { method, ...sent });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const runner = createLaneRunner(parts, createLaneCache());
  const close = async () => {
    await gateway.close();
    await worker?.stop();
    await jobs?.close();
    await sandbox.close();
    await server.stop();
  };
  return { url, database, parts, sandbox, runner, woken, clock, control, close };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** One organization with keys, a person, and the rules that ship; no books yet. */
export interface Carrier {
  readonly organizationId: string;
  readonly keys: Readonly<Record<"admin" | "controller" | "auditor", string>>;
  readonly email: string;
  readonly ask: (method: string, path: string, body?: unknown, role?: "admin" | "controller" | "auditor") => Promise<Answer>;
  readonly rows: <Row>(sql: string, ...values: unknown[]) => Promise<Row[]>;
  /** Signs the administrator in with a browser; answers the cookie. */
  readonly signIn: () => Promise<string>;
}

const password = "correct horse battery staple";

export async function createCarrier(world: World): Promise<Carrier> {
  const organizationId = randomUUID();
  const email = `admin-${organizationId.slice(0, 8)}@example.com`;
  const passwordHash = await hashPassword(password);
  const roles = ["admin", "controller", "auditor"] as const satisfies Role[];
  const keys = await inOrganization(world.database, organizationId, async (tx) => {
    await insertOrganization(tx, "Carrier");
    await createUser(tx, { email, name: "Admin", role: "admin", passwordHash });
    const made: [string, string][] = [];
    for (const role of roles) made.push([role, (await createApiKey(tx, { name: role, role, sourceId: null })).token]);
    return Object.fromEntries(made) as Carrier["keys"];
  });
  const actor = { organizationId, type: "system", id: "test", role: "admin", sourceId: null } as const;
  await createEngine(world.parts).publishRules(actor, defaultRules());
  return {
    organizationId,
    keys,
    email,
    ask: async (method, path, body, role = "admin") => {
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { authorization: `Bearer ${keys[role]}`, ...type };
      return read(await fetch(world.url + path, { method, headers, redirect: "manual", ...sent }));
    },
    rows: (sql, ...values) =>
      inOrganization(world.database, organizationId, (tx) =>
        tx.rows({ name: `test_${Buffer.from(sql).toString("base64url").slice(-50)}_${sql.length}`, text: sql }, values),
      ),
    signIn: async () => {
      const body = new URLSearchParams({ email, password });
      const answer = await fetch(`${world.url}/login`, { method: "POST", body, redirect: "manual" });
      return answer.headers.getSetCookie()[0]!.split(";")[0]!;
    },
  };
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, text, body, headers: response.headers };
}

/** An emulated company and the app that may connect it. */
export interface Company {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export async function createCompany(world: World): Promise<Company> {
  const made = await world.control<{ id: string; credentials: Omit<Company, "id"> }>("POST", "companies", { system, template: "trucking" });
  return { id: made.id, clientId: made.credentials.clientId, clientSecret: made.credentials.clientSecret };
}

/** What an administrator sends to connect an emulated company. */
export function orderFor(world: World, company: Company, more: Record<string, unknown> = {}): Record<string, unknown> {
  const base = `${world.sandbox.url}/quickbooks-online`;
  const addresses = {
    apiUrl: base,
    appUrl: base,
    authorizeUrl: `${base}/connect/oauth2`,
    tokenUrl: `${base}/oauth2/v1/tokens/bearer`,
    revokeUrl: `${base}/oauth2/v1/tokens/revoke`,
  };
  return { name: "Main company", addresses, clientId: company.clientId, clientSecret: company.clientSecret, sourceIds: ["tms"], ...more };
}

/** Opens the consent page as a browser does, fills its form in, and answers where the provider sends the browser. */
export async function consent(url: string, choice: { realm: string; decision?: "approve" | "deny" }): Promise<string> {
  const page = await (await fetch(url)).text();
  const form = new URLSearchParams(
    [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]): [string, string] => [
      name!,
      value!.replaceAll("&amp;", "&"),
    ]),
  );
  form.set("realm", choice.realm);
  form.set("decision", choice.decision ?? "approve");
  const answer = await fetch(new URL(url).origin + new URL(url).pathname, { method: "POST", body: form, redirect: "manual" });
  const to = answer.headers.get("location");
  if (answer.status !== 302 || to === null) throw new Error(`The consent page answered ${answer.status}: ${await answer.text()}`);
  return to;
}

/** The browser arriving at the callback. */
export async function arrive(url: string, cookie?: string): Promise<Answer> {
  return read(await fetch(url, { redirect: "manual", headers: cookie === undefined ? {} : { cookie } }));
}

/** The whole dance with an API key. Answers the id of the books. */
export async function connectCompany(
  world: World,
  carrier: Carrier,
  company: Company,
  more: Record<string, unknown> = {},
): Promise<string> {
  const started = await carrier.ask("POST", `/v1/connect/${system}`, orderFor(world, company, more));
  const back = await arrive(await consent(started.body.url as string, { realm: company.id }));
  const booksId = new URL(back.headers.get("location") ?? "", world.url).searchParams.get("connected");
  if (booksId === null) throw new Error(`Not connected: ${back.status} ${back.text}`);
  return booksId;
}

/** Turns a lane until nothing of it is open; waits for tries that are spaced out. */
export async function drainLane(world: World, carrier: Carrier, booksId: string): Promise<void> {
  const open = `select (select count(*)::int from events where organization_id = $1 and state = 'received')
    + (select count(*)::int from postings where organization_id = $1 and state in ('ready', 'sending', 'uncertain'))
    + (select count(*)::int from book_notifications where organization_id = $1 and books_id = $2 and handled_at is null) as n`;
  for (const start = Date.now(); ; ) {
    await world.runner.run({ organizationId: carrier.organizationId, booksId });
    const [row] = await carrier.rows<{ n: number }>(open, carrier.organizationId, booksId);
    if (row!.n === 0) return;
    if (Date.now() - start > 12_000) throw new Error(`${row!.n} events, postings or notifications did not settle`);
    await new Promise((resolve) => setTimeout(resolve, 50)); // Tries are spaced out by design; nothing else could be awaited here.
  }
}

/** Somebody works in QuickBooks: a call as a browser of theirs would cause it. */
export async function inQuickBooks(
  world: World,
  company: Company,
  call: { path: string; body?: object },
): Promise<Record<string, unknown>> {
  const { accessToken } = await world.control<{ accessToken: string }>("POST", "tokens", { system, id: company.id });
  const headers = { authorization: `Bearer ${accessToken}`, accept: "application/json", "content-type": "application/json" };
  const url = `${world.sandbox.url}/quickbooks-online/v3/company/${company.id}/${call.path}`;
  const sent = call.body === undefined ? {} : { method: "POST", body: JSON.stringify(call.body) };
  const answer = await fetch(url, { headers, ...sent });
  const body = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(JSON.stringify(body));
  return body;
}
