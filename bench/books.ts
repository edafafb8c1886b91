import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Core } from "../src/app.ts";
import { ownerOf } from "../src/engine/connections.ts";
import { createApiKey } from "../src/store/access.ts";
import { insertBooks, putSource } from "../src/store/books.ts";
import { inOrganization } from "../src/store/database.ts";
import { createLane } from "../src/store/lanes.ts";
import { countEvents } from "../src/store/search-status.ts";
import { putSecret } from "../src/store/secrets.ts";
import type { Rig } from "./rig.ts";

export const system = "quickbooks-online";
/** Limits that hold nothing back. */
export const unlimited = { requestsPerMinute: 600_000, requestsPerSecond: 10_000, batchesPerMinute: 600_000, executionLimitMs: 3_000 };

export interface Company {
  readonly id: string;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
}

/** The emulated accounting systems as a process of their own. */
export interface SandboxProcess {
  readonly url: string;
  readonly control: <T>(method: "GET" | "POST" | "PUT", path: string, body?: unknown) => Promise<T>;
  readonly close: () => Promise<void>;
}

export async function startSandboxProcess(): Promise<SandboxProcess> {
  // Options of this process are not the emulator's: a profile is asked of one of them.
  const child = fork(fileURLToPath(new URL("../src/sandbox/child.ts", import.meta.url)), ["0"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const url = await new Promise<string>((resolve) => child.once("message", (message) => resolve((message as { url: string }).url)));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url,
    control: async <T>(method: "GET" | "POST" | "PUT", path: string, body?: unknown) => {
      const sent = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const response = await fetch(`${url}/_control/${path}`, { method, ...sent });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    close: async () => {
      child.disconnect();
      await ended;
    },
  };
}

/** Makes a company file in the emulator and signs in to it; answers what books need to reach it. */
export async function connectCompany(
  sandbox: SandboxProcess,
  core: Core,
  books: { readonly organizationId: string; readonly booksId: string; readonly overrides: Record<string, number> },
): Promise<{ company: string; settings: Record<string, unknown> }> {
  const company = await sandbox.control<Company>("POST", "companies", { system, template: "trucking" });
  const pair = await sandbox.control<object>("POST", "tokens", { system, id: company.id });
  const tokens = { ...pair, accessExpiresAt: Date.now() + 3_600_000, refreshExpiresAt: Date.now() + 8_640_000_000 };
  const owner = ownerOf(books.booksId);
  // Secrets need no books row: they are filed under its id.
  await inOrganization(core.database, books.organizationId, async (tx) => {
    await putSecret(tx, core.parts.masterKey, { owner, field: "client_secret" }, company.credentials.clientSecret);
    await putSecret(tx, core.parts.masterKey, { owner, field: "tokens" }, JSON.stringify(tokens));
  });
  const base = `${sandbox.url}/${system}`;
  const addresses = { apiUrl: base, tokenUrl: `${base}/oauth2/v1/tokens/bearer`, authorizeUrl: `${base}/connect/oauth2`, appUrl: base };
  return { company: company.id, settings: { ...addresses, clientId: company.credentials.clientId, overrides: books.overrides } };
}

/** Further books of the rig's organization, with a source and a key of their own. */
export async function addBooks(
  rig: Rig,
  sandbox: SandboxProcess,
  { name, overrides }: { readonly name: string; readonly overrides: Record<string, number> },
): Promise<{ readonly booksId: string; readonly company: string; readonly sender: Pick<Rig, "url" | "key"> }> {
  const booksId = randomUUID();
  const connection = await connectCompany(sandbox, rig.core, { organizationId: rig.organizationId, booksId, overrides });
  const key = await inOrganization(rig.core.database, rig.organizationId, async (tx) => {
    await insertBooks(tx, { booksId, name, system, ruleSet: "trucking", ...connection });
    await createLane(tx, booksId);
    await putSource(tx, { sourceId: name, name, booksId, options: {} });
    return (await createApiKey(tx, { name, role: "machine", sourceId: name })).token;
  });
  return { booksId, company: connection.company, sender: { url: rig.url, key } };
}

/** A share of sorted figures: 0.5 is the median. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((one, other) => one - other);
  return Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(2));
}

/** The company file the rig's books are. */
export async function companyOf(rig: Rig): Promise<string> {
  const [row] = await inOrganization(rig.core.database, rig.organizationId, (tx) =>
    tx.rows<{ company: string }>({ name: "bench_company", text: "select company from books" }),
  );
  return row!.company;
}

const isOpen = `select exists (select 1 from events where organization_id = $1 and state = 'received')
  or exists (select 1 from postings where organization_id = $1 and state in ('ready', 'sending', 'uncertain')) as open`;

/** Waits until nothing is on its way any more; then that many events must be posted. Looking costs next to nothing. */
export async function drained(rig: Rig, events: number): Promise<void> {
  for (let open = true; open; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const rows = await inOrganization(rig.core.database, rig.organizationId, (tx) =>
      tx.rows<{ open: boolean }>({ name: "bench_open", text: isOpen }, [rig.organizationId]),
    );
    open = rows[0]!.open;
  }
  const { counts } = await inOrganization(rig.core.database, rig.organizationId, countEvents);
  const posted = counts.filter(({ stage }) => stage === "posted").reduce((sum, row) => sum + row.count, 0);
  if (posted !== events)
    throw new Error(`${posted} of ${events} events were posted: ${counts.map(({ stage, count }) => `${count} ${stage}`).join(", ")}`);
}
