import { performance } from "node:perf_hooks";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { buildDocuments } from "../src/core/documents/build.ts";
import type { LedgerDocument } from "../src/core/document.ts";
import type { FuelTransaction, TransportEvent } from "../src/core/events.ts";
import { readEvent } from "../src/core/events/read.ts";
import type { BooksRecord } from "../src/core/reference.ts";
import { indexReference } from "../src/core/reference-index.ts";
import { compileRuleSet } from "../src/core/rules/compile.ts";
import { readRuleSet } from "../src/core/rules/rule-set.ts";
import { compilePolicy } from "../src/core/validation/policy.ts";
import { runEventChecks, runHistoryChecks } from "../src/core/validation/run-checks.ts";
import { tracesOf } from "../src/core/validation/traces.ts";
import { validateDocument } from "../src/core/validation/validate.ts";
import { catalogChecker } from "../src/engine/checks-catalog.ts";
import { findBooks } from "../src/store/books.ts";
import { inOrganization, type Statement } from "../src/store/database.ts";
import { newId } from "../src/store/ids.ts";
import { fuelEvents, median, report, type Rig, sizeAsked, startRig } from "./rig.ts";

// What the checks cost: in core with everything cached, and against a million stored events.

const isSmoke = sizeAsked() === "smoke";
const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const rules = compileRuleSet(readRuleSet(parse(read("rule-sets/trucking.yaml"))).ruleSet!, 1);
const chart = read("rule-sets/chart.csv").trim().split("\n").slice(1);
const accounts = chart.map((line): BooksRecord => {
  const [number = "", name = "", type = ""] = line.split(",");
  return { kind: "account", externalId: `a${number}`, name, number, active: true, facts: { type } };
});
const reference = indexReference({
  preferences: {
    companyName: "Bench",
    homeCurrency: "USD",
    multiCurrency: true,
    closedThrough: "2026-09-30",
    tracksClasses: false,
    tracksDepartments: false,
  },
  records: accounts,
});
const today = "2026-10-30";

interface Ready {
  readonly event: TransportEvent;
  readonly documents: readonly LedgerDocument[];
  readonly text: string;
}

function ready(event: TransportEvent): Ready {
  return { event, documents: buildDocuments(event, rules).documents, text: JSON.stringify(event) };
}

const policy = compilePolicy(
  [],
  [
    {
      name: "bench",
      types: [],
      sources: [],
      when: 'dims.terminal == "DAL" && dims.entity == "77"',
      severity: "hold",
      message: "{id}",
      fix: "Nothing.",
    },
  ],
);

/** Every check of one event: the catalog, one of the organization's own, traces with their neighbours, and the books' lists. */
function validate({ event, documents }: Ready): number {
  const active = policy("tms", event.type);
  const surroundings = { documents, reference, today };
  let count = runEventChecks(active, event, surroundings).length;
  const found = tracesOf(event).map((trace) => ({
    trace,
    source: "tms",
    neighbours: [{ at: trace.at, facts: trace.facts, source: "tms", type: event.type, id: "other", number: "other" }],
  }));
  count += runHistoryChecks(active, event, {
    surroundings,
    foundOf: ({ check }) => found.filter(({ trace }) => trace.kind === check.kind),
  }).length;
  for (const document of documents) count += validateDocument(document, reference, rules).length;
  return count;
}

/** Microseconds an event, the median over rounds, for `work` and for the yardstick in turns. */
function microseconds(events: readonly Ready[], perRound: number): { event: number; yardstick: number } {
  const [own, parsed]: [number[], number[]] = [[], []];
  let kept = 0;
  for (let round = -3; round < (isSmoke ? 3 : 15); round += 1) {
    let started = performance.now();
    for (let index = 0; index < perRound; index += 1) kept += validate(events[index % events.length]!);
    const took = performance.now() - started;
    started = performance.now();
    for (let index = 0; index < perRound; index += 1) kept += (JSON.parse(events[index % events.length]!.text) as { id: string }).id.length;
    if (round < 0) continue; // The first rounds warm.
    own.push((took * 1_000) / perRound);
    parsed.push(((performance.now() - started) * 1_000) / perRound);
  }
  if (kept === 0) throw new Error("Nothing was looked at");
  return { event: Number(median(own).toFixed(1)), yardstick: Number(median(parsed).toFixed(1)) };
}

function core(): Record<string, unknown> {
  const perRound = isSmoke ? 500 : 10_000;
  const examples = [...read("docs/events.md").matchAll(/```json\n([\s\S]*?)```/g)].map((match) => readEvent(JSON.parse(match[1]!)).event!);
  const fuel = microseconds(fuelEvents(2_000).map(ready), perRound);
  const all = microseconds(examples.map(ready), perRound);
  return {
    microsecondsPerFuelTicket: fuel.event,
    microsecondsPerEventOfAllTypes: all.event,
    yardstick: "JSON.parse of the same events",
    yardstickMicrosecondsFuel: fuel.yardstick,
    yardstickMicrosecondsAllTypes: all.yardstick,
  };
}

const seedEvents: Statement = {
  name: "bench_seed_events",
  text: `insert into events (organization_id, event_id, source_id, type, id, revision, content_hash, body, state, books_id, number, date, currency, total_minor, is_void)
    select $1, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'tms', 'fuel_transaction', 'seed-' || n, 1, '\\x00', '{}', 'posted', $2,
      (10000000 + n)::text, date '2026-01-01' + (n / 4000 % 300), 'USD', 41134, false
    from generate_series($3::int, $4::int) n`,
};
/** 2,000 units and cards, a ticket of each every half day: the traces that tickets leave. */
const seedTraces: Statement = {
  name: "bench_seed_traces",
  text: `insert into event_traces (organization_id, trace, at, event_id, facts)
    select $1, encode(substr(sha256(convert_to(kind || chr(30) || key, 'UTF8')), 1, 16), 'hex')::uuid, at, event_id,
      '["' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '",{"gallons":"' || 50 + n % 200 || '","burned":"' || 50 + n % 200 || '","odometer":"' || n || '"}]'
    from (
      select n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as event_id, timestamptz '2026-01-01 00:00Z' + (n / 2000) * interval '12 hours' as at
      from generate_series($2::int, $3::int) n
    ) e cross join lateral (values ('fuel_unit', 'T-' || n % 2000), ('fuel_card', n % 2000 || chr(31) || 'S' || n % 400 || chr(31) || 50 + n % 200)) as t(kind, key)`,
};

async function seed(rig: Rig, count: number): Promise<void> {
  const size = 20_000;
  for (let from = 1; from <= count; from += size) {
    const to = Math.min(count, from + size - 1);
    await inOrganization(rig.core.database, rig.organizationId, async (tx) => {
      await tx.change(seedEvents, [rig.organizationId, rig.booksId, from, to]);
      await tx.change(seedTraces, [rig.organizationId, from, to]);
    });
  }
}

/** One event at a time, each in a transaction of its own: settings, near-duplicates, patterns. */
async function stored(): Promise<Record<string, unknown>> {
  const count = isSmoke ? 20_000 : 1_000_000;
  const rig = await startRig({ worker: false });
  try {
    await seed(rig, count);
    const { database, parts } = rig.core;
    const { organizationId } = rig;
    const books = (await inOrganization(database, organizationId, (tx) => findBooks(tx, rig.booksId)))!;
    const context = { parts, organizationId, books, reference };
    const [took, idle]: [number[], number[]] = [[], []];
    let findings = 0;
    const rounds = isSmoke ? 200 : 3_000;
    for (const [index, template] of fuelEvents(rounds).entries()) {
      const unit = (index * 7919) % 2_000;
      // Events come as they happen: of the last two weeks of what is stored.
      const day = new Date(Date.UTC(2026, 0, Math.max(1, Math.floor(count / 4_000) - (index % 14)), 12, 5)).toISOString();
      const event: FuelTransaction = {
        ...template,
        occurredAt: day,
        date: day.slice(0, 10),
        dims: { ...template.dims, tractor: `T-${unit}` },
      };
      const eventId = newId();
      const waiting = { eventId, sourceId: "tms", type: event.type, id: `new-${index}`, revision: 1, body: "" };
      const draft = { stored: waiting, event, documents: [], findings: [], rules };
      const started = performance.now();
      const found = await inOrganization(database, organizationId, (tx) => catalogChecker.run(tx, context, [draft]));
      const between = performance.now();
      await inOrganization(database, organizationId, (tx) => tx.rows({ name: "bench_one", text: "select 1" }));
      if (index >= rounds / 10) {
        took.push(between - started); // The first ones warm.
        idle.push(performance.now() - between);
      }
      findings += found.get(eventId)!.length;
    }
    return {
      storedEvents: count,
      checks: took.length,
      findings,
      ...quantiles(took, ""),
      yardstick: "select 1 in a transaction of its own",
      ...quantiles(idle, "yardstick"),
    };
  } finally {
    await rig.close();
  }
}

function quantiles(figures: readonly number[], name: string): Record<string, number> {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number): number => Number(sorted[Math.floor(sorted.length * share)]!.toFixed(2));
  return name === "" ? { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) } : { [`${name}P50Ms`]: at(0.5), [`${name}P95Ms`]: at(0.95) };
}

report("validation", core());
report("near-duplicates", await stored());
