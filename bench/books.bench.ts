import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { Core } from "../src/app.ts";
import type { RuleSet } from "../src/core/rules/rule-set.ts";
import { demoBooks } from "../src/demo-books.ts";
import type { DemoSystem } from "../src/demo-company.ts";
import { ownerOf } from "../src/engine/connections.ts";
import { inOrganization } from "../src/store/database.ts";
import { putSecret } from "../src/store/secrets.ts";
import { companyOf, drained, type SandboxProcess, startSandboxProcess } from "./books.ts";
import { fuelEvents, report, type Rig, type RigBooks, sendBatches, sizeAsked, startRig } from "./rig.ts";

const given = process.argv.find((arg) => arg.startsWith("--seconds="));
const yardstickSeconds = given === undefined ? null : Number(given.slice("--seconds=".length));

/** One way in which books are slow: requests of so many records, so many of them at once, each record taking its time. */
interface Course {
  readonly name: string;
  readonly system: Exclude<DemoSystem, "quickbooks-online">;
  readonly lanes: number;
  readonly secondsPerRecord: number;
  readonly recordsPerRequest: number;
  readonly overrides: Readonly<Record<string, number>>;
  /** Lanes that other integrations take, where the account counts them. */
  readonly heldByOthers: number;
}

const intacct: Course = {
  name: "Sage Intacct, two requests at once",
  system: "sage-intacct",
  lanes: 2,
  secondsPerRecord: 0.25,
  recordsPerRequest: 50,
  overrides: { inFlightMax: 2, batchItemsMax: 50, executionLimitMs: 30_000 },
  heldByOthers: 0,
};
const netSuite: Course = {
  name: "NetSuite, fifteen lanes",
  system: "netsuite",
  lanes: 15,
  secondsPerRecord: 1,
  recordsPerRequest: 1,
  overrides: { inFlightMax: 15, executionLimitMs: 30_000 },
  heldByOthers: 0,
};
const courses: readonly Course[] = [
  intacct,
  netSuite,
  { ...netSuite, name: "NetSuite, a third of fifteen lanes held by others", heldByOthers: 5 },
];

/**
 * Drains documents in real time into an emulator that takes its time for each record. The yardstick is arithmetic: all lanes
 * busy all the time. What the emulator itself computes is part of our time, not of the yardstick. At full size more than 1.05
 * times the yardstick fails the run; a document that is refused, doubled or left behind fails it at any size.
 */
async function drain(course: Course, documents: number): Promise<Record<string, unknown>> {
  const sandbox = await startSandboxProcess();
  let rig: Rig | null = null;
  try {
    rig = await startRig({ worker: true, books: (core, ids) => connect(sandbox, core, { ...ids, course }) });
    const company = await companyOf(rig);
    const { system, secondsPerRecord, lanes, heldByOthers } = course;
    await sandbox.control("PUT", "limits", { system, id: company, enabled: true, scale: 1 });
    if (heldByOthers > 0) await sandbox.control("POST", "preferences", { system, id: company, preferences: { heldByOthers } });
    // Only what writes: NetSuite's questions go to another address, Intacct's have no records in them.
    const match = system === "netsuite" ? { path: "/record/v1/", method: "POST" } : {};
    const slow = { system, match, kind: "delay", msPerRecord: secondsPerRecord * 1_000 };
    await sandbox.control("PUT", "faults", { seed: 1, rules: [slow] });
    const dims = { entity: "01", terminal: "DAL", division: "OTR-VAN", trailer: "V-5301" };
    const made = fuelEvents(documents).map((event) => ({ ...event, dims }));
    const bodies = Array.from({ length: Math.ceil(documents / 100) }, (_, at) => JSON.stringify(made.slice(at * 100, (at + 1) * 100)));
    const start = performance.now();
    await sendBatches(rig, bodies, 2);
    await drained(rig, documents);
    const seconds = (performance.now() - start) / 1_000;
    const free = lanes - heldByOthers;
    const boundSeconds = (documents * secondsPerRecord) / free;
    const ratio = seconds / boundSeconds;
    if (sizeAsked() === "full" && yardstickSeconds === null && ratio > 1.05)
      throw new Error(`${course.name}: ${seconds} s are more than 1.05 times ${boundSeconds} s`);
    await expectOnce(sandbox, { system, company, documents });
    const { requests } = await sandbox.control<{ requests: { throttled: boolean; durationMs: number }[] }>(
      "GET",
      `requests?system=${system}&id=${company}`,
    );
    const busySeconds = requests.reduce((sum, { durationMs, throttled }) => sum + (throttled ? 0 : durationMs), 0) / 1_000;
    return {
      books: course.name,
      documents,
      seconds: Number(seconds.toFixed(2)),
      yardstick: `${secondsPerRecord} s a record in ${free} lanes`,
      yardstickSeconds: boundSeconds,
      ratio: Number(ratio.toFixed(3)),
      lanesBusy: Number((busySeconds / (seconds * free)).toFixed(3)),
      requests: requests.length,
      throttled: requests.filter(({ throttled }) => throttled).length,
    };
  } finally {
    await rig?.close();
    await sandbox.close();
  }
}

/** A company of the demo, with the rules that fit it and limits of its own. */
async function connect(
  sandbox: SandboxProcess,
  core: Core,
  { organizationId, booksId, course }: { organizationId: string; booksId: string; course: Course },
): Promise<RigBooks> {
  const { system, overrides } = course;
  const { create, profile } = demoBooks[system];
  const rules = async (path: string) => parse(await readFile(new URL(`../rule-sets/${path}.yaml`, import.meta.url), "utf8")) as RuleSet;
  const actor = { organizationId, type: "system", id: "bench", role: "admin", sourceId: null } as const;
  if (profile !== null) await core.engine.publishRules(actor, await rules(`profiles/${profile}`));
  const month = { seed: 1, trucks: 1, month: "2026-10" };
  const carrier = { name: "Benchmark Freight", closedThrough: "2026-09-30", month };
  const { id, secrets, connections } = await create(sandbox.url, carrier, await rules("trucking"));
  await inOrganization(core.database, organizationId, async (tx) => {
    for (const [field, secret] of Object.entries(secrets))
      await putSecret(tx, core.parts.masterKey, { owner: ownerOf(booksId), field }, secret);
  });
  return { company: id, settings: { ...connections[0].settings, overrides }, system, ...(profile === null ? {} : { ruleSet: profile }) };
}

/** The emulator's own ledger holds each ticket once. */
async function expectOnce(
  sandbox: SandboxProcess,
  { system, company, documents }: { system: string; company: string; documents: number },
): Promise<void> {
  const { entries } = await sandbox.control<{ entries: { number: string | null; lines: readonly unknown[] }[] }>(
    "GET",
    `ledger?system=${system}&id=${company}`,
  );
  const numbers = entries.flatMap(({ number, lines }) => (lines.length > 0 ? (number ?? "") : []));
  if (numbers.length !== documents || new Set(numbers).size !== documents) {
    throw new Error(`The books hold ${numbers.length} entries, ${new Set(numbers).size} of them different, for ${documents} documents`);
  }
}

/** `--seconds=60` asks for a run in between: as many documents as the yardstick takes that long for. */
function documentsOf({ lanes, heldByOthers, secondsPerRecord, recordsPerRequest }: Course): number {
  if (sizeAsked() === "smoke") return recordsPerRequest * (lanes - heldByOthers);
  return yardstickSeconds === null ? 10_000 : Math.ceil((yardstickSeconds * (lanes - heldByOthers)) / secondsPerRecord);
}

for (const course of courses) report("books", await drain(course, documentsOf(course)));
