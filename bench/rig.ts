import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { type Core, startCore, startRoles } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import type { FuelTransaction } from "../src/core/events.ts";
import type { RuleSet } from "../src/core/rules/rule-set.ts";
import { createApiKey } from "../src/store/access.ts";
import { insertBooks, putSource } from "../src/store/books.ts";
import { inOrganization } from "../src/store/database.ts";
import { createLane } from "../src/store/lanes.ts";
import { insertOrganization } from "../src/store/organizations.ts";

/** A whole installation in a temporary folder, with one organization and its key. */
export interface Rig {
  readonly core: Core;
  readonly url: string;
  readonly key: string;
  readonly organizationId: string;
  readonly booksId: string;
  readonly close: () => Promise<void>;
}

/** What the rig's books are connected to; QuickBooks Online and the shipped rules unless told otherwise. */
export interface RigBooks {
  readonly company: string;
  readonly settings: Record<string, unknown>;
  readonly system?: string;
  readonly ruleSet?: string;
}

/** Starts database, gateway and, when asked, the worker. */
export async function startRig(options: {
  worker: boolean;
  books?: (core: Core, rig: { organizationId: string; booksId: string }) => Promise<RigBooks>;
}): Promise<Rig> {
  const dataDir = await mkdtemp(join(tmpdir(), "ledgerlane-bench-"));
  const config = readConfig({ LEDGERLANE_DATA_DIR: dataDir, LEDGERLANE_PORT: "0", LEDGERLANE_LOG_LEVEL: "warn" });
  const core = await startCore(config, randomBytes(32));
  const [organizationId, booksId] = [randomUUID(), randomUUID()];
  await inOrganization(core.database, organizationId, (tx) => insertOrganization(tx, "Benchmark Freight"));
  const actor = { organizationId, type: "system", id: "bench", role: "admin", sourceId: null } as const;
  await core.engine.publishRules(actor, parse(await readFile(new URL("../rule-sets/trucking.yaml", import.meta.url), "utf8")) as RuleSet);
  const connection: RigBooks = (await options.books?.(core, { organizationId, booksId })) ?? { company: "none", settings: {} };
  const key = await inOrganization(core.database, organizationId, async (tx) => {
    await insertBooks(tx, { booksId, name: "Books", system: "quickbooks-online", ruleSet: "trucking", ...connection });
    await createLane(tx, booksId);
    await putSource(tx, { sourceId: "tms", name: "TMS", booksId, options: {} });
    return (await createApiKey(tx, { name: "bench", role: "machine", sourceId: "tms" })).token;
  });
  const running = await startRoles(core, { gateway: true, worker: options.worker });
  const close = async () => {
    await running.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { core, url: running.url, key, organizationId, booksId, close };
}

/**
 * Fuel tickets as a card provider's feed sends them, about 1 KB each. Those of different carriers have units and numbers of their
 * own: the same ticket from two sources is held as a possible duplicate.
 */
export function fuelEvents(count: number, carrier = ""): FuelTransaction[] {
  return Array.from({ length: count }, (_, index) => {
    const gallons = 60 + (index % 90);
    const cents = gallons * 366;
    const amount = `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
    return {
      type: "fuel_transaction",
      id: `bench-${index}`,
      revision: 1,
      number: `${carrier}${10_000_000 + index}`,
      date: `2026-10-${String(1 + (index % 28)).padStart(2, "0")}`,
      occurredAt: "2026-10-01T04:22:00-05:00",
      currency: "USD",
      provider: "EFS",
      fundedBy: "company",
      dims: {
        entity: "01",
        terminal: "DAL",
        division: "OTR-VAN",
        tractor: `T-${carrier}${1000 + (index % 50)}`,
        driver: `D-${carrier}${index % 55}`,
      },
      vendor: { id: "EFS", name: "EFS Fuel Cards" },
      location: { name: `Travel stop ${index % 400}`, city: "Joplin", region: "MO", country: "US" },
      refs: [
        { qualifier: "AUTH", value: `A${index}` },
        { qualifier: "CARD", value: "7731" },
      ],
      memo: "Nightly fuel card feed, ticket as printed at the pump; odometer and prompts as entered by the driver at the time of the purchase".padEnd(
        360,
        ".",
      ),
      lines: [
        {
          lineNo: 1,
          code: "FULSD",
          product: "ULSD",
          description: "Diesel",
          quantity: { value: `${gallons}.000`, uom: "gal" },
          unitPrice: "3.6600",
          amount,
        },
      ],
      fees: "0.00",
      discount: "0.00",
      invoiceTotal: amount,
      netTotal: amount,
    };
  });
}

/** Sends batches over HTTP with a few requests in flight; every one must be accepted. */
export async function sendBatches(rig: Pick<Rig, "url" | "key">, bodies: readonly string[], inFlight: number): Promise<void> {
  let next = 0;
  const sender = async () => {
    while (next < bodies.length) {
      const body = bodies[next++]!;
      const response = await fetch(`${rig.url}/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${rig.key}`, "content-type": "application/json" },
        body,
      });
      const text = await response.text();
      if (response.status !== 202 || text.includes('"rejected"'))
        throw new Error(`Intake answered ${response.status}: ${text.slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
}

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}

/** `--smoke` asks for a run that only shows that the benchmark works. */
export function sizeAsked(): "full" | "smoke" {
  return process.argv.includes("--smoke") ? "smoke" : "full";
}

/** Prints the figures of one benchmark as one line of JSON. */
export function report(bench: string, figures: Record<string, unknown>): void {
  console.log(JSON.stringify({ bench, size: sizeAsked(), ...figures }));
}
