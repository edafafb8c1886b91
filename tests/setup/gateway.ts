import { randomBytes, randomUUID } from "node:crypto";
import { accountingProviders } from "../../src/connectors/accounting/index.ts";
import { tmsConnectors } from "../../src/connectors/tms/index.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { EngineParts } from "../../src/engine/parts.ts";
import type { GatewayOptions, RunningGateway } from "../../src/gateway/gateway.ts";
import { createGateway } from "../../src/gateway/server.ts";
import { createApiKey, createUser, type Role } from "../../src/store/access.ts";
import { insertBooks, putSource } from "../../src/store/books.ts";
import { type Database, inOrganization } from "../../src/store/database.ts";
import { createLane } from "../../src/store/lanes.ts";
import { insertOrganization } from "../../src/store/organizations.ts";
import { hashPassword } from "../../src/store/passwords.ts";
import { startTestServer, type TestServer } from "./databases.ts";

/** A gateway on a real database with the real engine, and no worker: what comes in stays where intake leaves it. */
export interface Stage {
  readonly url: string;
  readonly database: Database;
  readonly server: TestServer;
  readonly parts: EngineParts;
  /** Another gateway on the same database. */
  readonly open: (over: Partial<GatewayOptions>) => Promise<{ url: string; close: () => Promise<void> }>;
  readonly close: () => Promise<void>;
}

/** One organization with books, a source and a key of each role. */
export interface Tenant {
  readonly organizationId: string;
  readonly booksId: string;
  readonly keys: Readonly<Record<Role, string>>;
  readonly email: string;
  readonly password: string;
}

export async function startStage(): Promise<Stage> {
  const server = await startTestServer("embedded");
  const database = await server.database();
  const wake = async () => {};
  const parts: EngineParts = {
    database,
    masterKey: randomBytes(32),
    tmsConnectors,
    providers: accountingProviders,
    now: () => new Date(),
    random: Math.random,
    wake,
    log: () => {},
  };
  const opened: RunningGateway[] = [];
  const open = async (over: Partial<GatewayOptions>) => {
    const gateway = createGateway({
      database,
      engine: createEngine(parts),
      version: "0.0.0-test",
      publicUrl: null,
      logLevel: "silent",
      ...over,
    });
    opened.push(gateway);
    return { url: await gateway.listen("127.0.0.1", 0), close: gateway.close };
  };
  const { url } = await open({});
  const close = async () => {
    for (const gateway of opened) await gateway.close();
    await server.stop();
  };
  return { url, database, server, parts, open, close };
}

const roles: readonly Role[] = ["admin", "controller", "clerk", "auditor", "machine"];

export async function createTenant(database: Database, name = "Carrier"): Promise<Tenant> {
  const organizationId = randomUUID();
  const booksId = randomUUID();
  const email = `controller-${organizationId.slice(0, 8)}@example.com`;
  const password = "correct horse battery staple";
  const passwordHash = await hashPassword(password);
  const keys = await inOrganization(database, organizationId, async (tx) => {
    await insertOrganization(tx, name);
    await insertBooks(tx, { booksId, name: "Main company", system: "quickbooks-online", company: "1", settings: {}, ruleSet: "trucking" });
    await createLane(tx, booksId);
    await putSource(tx, { sourceId: "tms", name: "TMS", booksId, options: { currency: "USD" } });
    await createUser(tx, { email, name: "Controller", role: "controller", passwordHash });
    const made: [Role, string][] = [];
    for (const role of roles)
      made.push([role, (await createApiKey(tx, { name: role, role, sourceId: role === "machine" ? "tms" : null })).token]);
    return Object.fromEntries(made) as Record<Role, string>;
  });
  return { organizationId, booksId, keys, email, password };
}

/** A fuel ticket as a TMS sends it. */
export function fuelEvent(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: "fuel_transaction",
    id: randomUUID(),
    revision: 1,
    number: "0044821",
    date: "2026-11-20",
    currency: "USD",
    dims: { entity: "01", terminal: "DAL", tractor: "T-1042", driver: "D-77" },
    vendor: { id: "LOVES", name: "Love's Travel Stops" },
    provider: "EFS",
    fundedBy: "company",
    location: { region: "TX", country: "US" },
    lines: [
      { lineNo: 1, code: "FULSD", product: "ULSD", quantity: { value: "112.418", uom: "gal" }, unitPrice: "3.6590", amount: "411.34" },
    ],
    fees: "2.00",
    discount: "0.00",
    invoiceTotal: "411.34",
    netTotal: "413.34",
    ...over,
  };
}
