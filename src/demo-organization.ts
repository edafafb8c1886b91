import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Core } from "./app.ts";
import type { RuleSet } from "./core/rules/rule-set.ts";
import { demoBooks, type DemoSystem } from "./demo-books.ts";
import { ownerOperatorUnits } from "./demo/month.ts";
import { ownerOf, type StoredSettings } from "./engine/connections.ts";
import type { Actor, FileReceipt } from "./engine/engine.ts";
import { createApiKey, createUser, findApiKey, listApiKeys, newApiToken, revokeApiKey } from "./store/access.ts";
import { type Books, insertBooks, listBooks, putSource, updateBooksSettings } from "./store/books.ts";
import { inDirectory, inOrganization } from "./store/database.ts";
import { createLane } from "./store/lanes.ts";
import { findOrganizations, insertOrganization } from "./store/organizations.ts";
import { hashPassword } from "./store/passwords.ts";
import { listRuleSets } from "./store/rules.ts";
import { putSecret } from "./store/secrets.ts";

/** How people and programs get into the demo organization. */
export interface DemoAccess {
  readonly key: string;
  readonly login: { readonly email: string; readonly password: string };
  readonly company: string;
}

/** The carrier of the demo, and the month that ships under `examples/`. */
const demoCarrier = {
  name: "Ironwood Freight Lines",
  email: "controller@ironwood.example",
  seed: 20261001,
  trucks: 50,
  month: "2026-10",
  closedThrough: "2026-09-30",
} as const;
const sourceId = "tms";
const ruleSetFile = new URL("../rule-sets/trucking.yaml", import.meta.url);

/** The files of the month, in the formats people have. */
const monthFiles = ["fuel-card-2026-10.csv", "invoices-2026-10.edi", "settlements-2026-10.xml", "month-2026-10.ndjson"] as const;

interface Demo {
  readonly organizationId: string;
  readonly access: DemoAccess;
  readonly isNew: boolean;
  readonly system: DemoSystem;
  /** Keys of any shape that belong to it, by SHA-256. */
  readonly knownKeys: ReadonlyMap<string, string>;
}

/** Finds the demo organization, or sets it up, step by step: a start that was cut off is finished by the next one. */
export async function ensureDemo(
  core: Core,
  options: { sandboxUrl: string; system: DemoSystem; kept: DemoAccess | null; demoKey: string | null },
): Promise<Demo> {
  const { sandboxUrl, kept, demoKey } = options;
  const [existing] = await inDirectory(core.database, (tx) => findOrganizations(tx, demoCarrier.name));
  const organizationId = existing ?? randomUUID();
  if (existing === undefined) await inOrganization(core.database, organizationId, (tx) => insertOrganization(tx, demoCarrier.name));
  const [books] = await inOrganization(core.database, organizationId, listBooks);
  // Books that are there stay what they are: another system begins with another data directory.
  const system = (books?.system as DemoSystem | undefined) ?? options.system;
  const shipped = parse(readFileSync(ruleSetFile, "utf8")) as RuleSet;
  const rules = await inOrganization(core.database, organizationId, listRuleSets);
  if (rules.length === 0) await core.engine.publishRules(systemActor(organizationId), demoBooks[system].fit(shipped));
  const company = books?.company ?? (await connectDemoBooks(core, organizationId, { sandboxUrl, system, rules: shipped }));
  if (books !== undefined) await moveBooks(core, organizationId, { books, sandboxUrl });
  const access = await ensureAccess(core, organizationId, { kept, demoKey, company });
  const knownKeys = new Map([[createHash("sha256").update(access.key).digest("hex"), organizationId]]);
  return { organizationId, access, isNew: books === undefined, knownKeys, system };
}

async function connectDemoBooks(
  core: Core,
  organizationId: string,
  { sandboxUrl, system, rules }: { sandboxUrl: string; system: DemoSystem; rules: RuleSet },
): Promise<string> {
  const { title, create } = demoBooks[system];
  const company = await create(sandboxUrl, { name: demoCarrier.name, closedThrough: demoCarrier.closedThrough }, rules);
  const booksId = randomUUID();
  await inOrganization(core.database, organizationId, async (tx) => {
    const settings = { ...company.settings };
    await insertBooks(tx, { booksId, name: `${title} (emulated)`, system, company: company.id, settings, ruleSet: "trucking" });
    await createLane(tx, booksId);
    for (const [field, secret] of Object.entries(company.secrets)) {
      await putSecret(tx, core.parts.masterKey, { owner: ownerOf(booksId), field }, secret);
    }
    const ownerOperators = [...ownerOperatorUnits(demoCarrier.seed, demoCarrier.trucks)];
    const options = { dims: { entity: "01" }, currency: "USD", timeZone: "America/Chicago", ownerOperatorUnits: ownerOperators };
    await putSource(tx, { sourceId, name: "Transportation management system", booksId, options });
  });
  return company.id;
}

/** The emulator may have another port than last time. */
async function moveBooks(core: Core, organizationId: string, { books, sandboxUrl }: { books: Books; sandboxUrl: string }): Promise<void> {
  const settings = { ...demoBooks[books.system as DemoSystem].move(sandboxUrl, books.settings as unknown as StoredSettings) };
  await inOrganization(core.database, organizationId, (tx) =>
    updateBooksSettings(tx, { booksId: books.booksId, company: books.company, settings }),
  );
}

/** The access that was handed out before; where it was lost, a new one takes its place. */
async function ensureAccess(
  core: Core,
  organizationId: string,
  options: { kept: DemoAccess | null; demoKey: string | null; company: string },
): Promise<DemoAccess> {
  const { kept, demoKey, company } = options;
  const key = demoKey ?? kept?.key ?? newApiToken(organizationId);
  const password = kept?.login.password ?? randomBytes(9).toString("base64url");
  const passwordHash = kept === null ? await hashPassword(password) : null;
  await inOrganization(core.database, organizationId, async (tx) => {
    if (passwordHash !== null) {
      await tx.change({ name: "demo_forget_sign_ins", text: "delete from user_sessions where organization_id = $1" }, [tx.organizationId]);
      await tx.change({ name: "demo_forget_users", text: "delete from users where organization_id = $1" }, [tx.organizationId]);
      await createUser(tx, { email: demoCarrier.email, name: "Controller", role: "admin", passwordHash });
    }
    if ((await findApiKey(tx, key)) !== null) return;
    for (const { keyId } of await listApiKeys(tx)) await revokeApiKey(tx, keyId);
    await createApiKey(tx, { name: "demo", role: "admin", sourceId, token: key });
  });
  return { key, login: { email: demoCarrier.email, password }, company };
}

function systemActor(organizationId: string): Actor {
  return { organizationId, type: "system", id: "demo", role: "admin", sourceId: null };
}

/** Takes the month's files in, as `ledgerlane import` would. What is known already changes nothing. */
export async function loadMonth(core: Core, organizationId: string): Promise<FileReceipt[]> {
  const receipts: FileReceipt[] = [];
  for (const name of monthFiles) {
    const file = fileURLToPath(new URL(`../examples/${name}`, import.meta.url));
    const body = createReadStream(file) as AsyncIterable<Uint8Array>;
    receipts.push(await core.engine.ingestFile(systemActor(organizationId), { format: null, name: basename(file), body, sourceId }));
  }
  return receipts;
}
