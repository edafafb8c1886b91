import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Core } from "./app.ts";
import type { RuleSet } from "./core/rules/rule-set.ts";
import { demoBooks } from "./demo-books.ts";
import type { DemoSystem } from "./demo-company.ts";
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
const baseRules = "trucking";

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
  const all = await inOrganization(core.database, organizationId, listBooks);
  const [books] = all;
  // Books that are there stay what they are: another system begins with another data directory.
  const system = (books?.system as DemoSystem | undefined) ?? options.system;
  const shipped = readRules(baseRules);
  await publishDemoRules(core, organizationId, { shipped, profile: demoBooks[system].profile });
  const company = books?.company ?? (await connectDemoBooks(core, organizationId, { sandboxUrl, system, rules: shipped }));
  for (const each of all) await moveBooks(core, organizationId, { books: each, sandboxUrl });
  const access = await ensureAccess(core, organizationId, { kept, demoKey, company });
  const knownKeys = new Map([[createHash("sha256").update(access.key).digest("hex"), organizationId]]);
  return { organizationId, access, isNew: books === undefined, knownKeys, system };
}

function readRules(path: string): RuleSet {
  return parse(readFileSync(new URL(`../rule-sets/${path}.yaml`, import.meta.url), "utf8")) as RuleSet;
}

/** The shipped rules, and those that grow from them where the books want others. What is there already stays. */
async function publishDemoRules(
  core: Core,
  organizationId: string,
  { shipped, profile }: { shipped: RuleSet; profile: string | null },
): Promise<void> {
  const known = new Set((await inOrganization(core.database, organizationId, listRuleSets)).map(({ name }) => name));
  const wanted = profile === null ? [shipped] : [shipped, readRules(`profiles/${profile}`)];
  for (const rules of wanted) if (!known.has(rules.name)) await core.engine.publishRules(systemActor(organizationId), rules);
}

async function connectDemoBooks(
  core: Core,
  organizationId: string,
  { sandboxUrl, system, rules }: { sandboxUrl: string; system: DemoSystem; rules: RuleSet },
): Promise<string> {
  const { profile, create } = demoBooks[system];
  const { name, closedThrough, seed, trucks, month } = demoCarrier;
  const company = await create(sandboxUrl, { name, closedThrough, month: { seed, trucks, month } }, rules);
  const ownerOperators = [...ownerOperatorUnits(seed, trucks)];
  const options = { dims: { entity: "01" }, currency: "USD", timeZone: "America/Chicago", ownerOperatorUnits: ownerOperators };
  await inOrganization(core.database, organizationId, async (tx) => {
    for (const { name: booksName, settings, sourceSuffix } of company.connections) {
      const booksId = randomUUID();
      const ruleSet = profile ?? baseRules;
      await insertBooks(tx, { booksId, name: booksName, system, company: company.id, settings: { ...settings }, ruleSet });
      await createLane(tx, booksId);
      for (const [field, secret] of Object.entries(company.secrets)) {
        await putSecret(tx, core.parts.masterKey, { owner: ownerOf(booksId), field }, secret);
      }
      const sourceName = `Transportation management system${sourceSuffix === "" ? "" : `, ${booksName}`}`;
      await putSource(tx, { sourceId: `${sourceId}${sourceSuffix}`, name: sourceName, booksId, options });
    }
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

/** Takes the month's files in, as `ledgerlane import` would, and what this system's demo has beside them. What is known already changes nothing. */
export async function loadMonth(core: Core, organizationId: string, system: DemoSystem): Promise<FileReceipt[]> {
  const receipts: FileReceipt[] = [];
  const actor = systemActor(organizationId);
  for (const [suffix, events] of Object.entries(demoBooks[system].events(demoCarrier.name))) {
    const body = Readable.from([Buffer.from(JSON.stringify(events), "utf8")]) as AsyncIterable<Uint8Array>;
    await core.engine.ingest(actor, { format: "json", body, sourceId: `${sourceId}${suffix}` });
  }
  for (const name of monthFiles) {
    const file = fileURLToPath(new URL(`../examples/${name}`, import.meta.url));
    const body = createReadStream(file) as AsyncIterable<Uint8Array>;
    receipts.push(await core.engine.ingestFile(actor, { format: null, name: basename(file), body, sourceId }));
  }
  return receipts;
}
