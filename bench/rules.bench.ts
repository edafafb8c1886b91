import { hash } from "node:crypto";
import { performance } from "node:perf_hooks";
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { parse } from "yaml";
import { buildDocuments } from "../src/core/documents/build.ts";
import type { FuelTransaction } from "../src/core/events.ts";
import { compileRuleSet } from "../src/core/rules/compile.ts";
import type { RuleLine } from "../src/core/rules/paths.ts";
import { readRuleSet, type RuleSet } from "../src/core/rules/rule-set.ts";
import { insertEvents, moveEvents, type NewEvent } from "../src/store/events.ts";
import { inOrganization } from "../src/store/database.ts";
import { newId } from "../src/store/ids.ts";
import { canonicalJson } from "../src/core/canonical.ts";
import { fuelEvents, median, report, type Rig, sizeAsked, startRig } from "./rig.ts";

// How fast rules are compiled and asked, beside a switch written by hand over the same table, and a backtest over stored events.

const isSmoke = sizeAsked() === "smoke";
const rounds = isSmoke ? 3 : 9;
const linesPerRound = isSmoke ? 20_000 : 400_000;
const backtestEvents = isSmoke ? 5_000 : 1_000_000;

/** A table of `rows` account rows over 250 codes: one without conditions each, the others for a terminal or a terminal and a line of service. */
function tableOf(rows: number): { ruleSet: RuleSet; raw: Record<string, unknown> } {
  const codes = Array.from({ length: 250 }, (_, index) => `C${String(index).padStart(3, "0")}`);
  const accounts = Array.from({ length: rows }, (_, index) => {
    const code = codes[index % codes.length]!;
    const step = Math.floor(index / codes.length);
    const where = { "dims.terminal": `T${String(step).padStart(2, "0")}`, ...(step % 3 === 2 ? { "dims.serviceLine": "OTR" } : {}) };
    return { code, account: String(10_000 + index), ...(step === 0 ? {} : { where }) };
  });
  const raw = { name: "bench", codes: Object.fromEntries(codes.map((code) => [code, { name: code, kind: "FUEL" }])), accounts };
  return { ruleSet: readRuleSet(raw).ruleSet!, raw };
}

interface Subject {
  readonly event: FuelTransaction;
  readonly line: RuleLine;
}

/** Lines over all codes and `terminals` terminals, the first of which no row asks for. Texts are fresh, as they come from a message. */
function subjectsOf(terminals: number): Subject[] {
  const [event] = fuelEvents(1) as [FuelTransaction];
  return Array.from({ length: 5_000 }, (_, index) => {
    const terminal = `T${String(Math.floor(index / 250) % terminals).padStart(2, "0")}`;
    const dims = { ...event.dims, terminal, serviceLine: index % 3 === 0 ? "OTR" : "DEDICATED" };
    const line = { ...event.lines[0]!, part: "line", code: `C${String((index * 13) % 250).padStart(3, "0")}` };
    return JSON.parse(JSON.stringify({ event: { ...event, dims }, line })) as Subject;
  });
}

/**
 * The table as a programmer would write it: a switch over the code, conditions narrowest first. It answers what the rules answer: the
 * account, the row, and the values that matched; the line's dims go before the event's.
 */
function handWritten({ accounts }: RuleSet): (subject: Subject) => ByHand | null {
  const byCode = Map.groupBy(
    accounts.map((row, index) => ({ row, index })),
    ({ row }) => row.code![0]!,
  );
  const cases = [...byCode].map(([code, rows]) => {
    const sorted = rows.toSorted((a, b) => Object.keys(b.row.where ?? {}).length - Object.keys(a.row.where ?? {}).length);
    const tests = sorted.map(({ row, index }) => {
      const fields = Object.entries(row.where ?? {}).map(([path, value]) => ({ path, name: path.slice("dims.".length), value }));
      const matched = [`code: line.code`, ...fields.map(({ path, name }) => `${JSON.stringify(path)}: ${name}`)].join(", ");
      const result = `return { account: ${JSON.stringify(row.account)}, path: "accounts/${index}", matched: { ${matched} } };`;
      return fields.length === 0
        ? result
        : `if (${fields.map(({ name, value }) => `${name} === ${JSON.stringify(value)}`).join(" && ")}) ${result}`;
    });
    return `case ${JSON.stringify(code)}: ${tests.join("\n")}`;
  });
  const dims = ["terminal", "serviceLine"].map((name) => `const ${name} = line.dims?.${name} || event.dims.${name};`).join(" ");
  // oxlint-disable-next-line typescript/no-implied-eval -- a switch over a generated table cannot be written any other way
  return new Function(`return ({ event, line }) => { ${dims} switch (line.code) { ${cases.join("\n")} } return null; };`)() as (
    subject: Subject,
  ) => ByHand | null;
}

interface ByHand {
  readonly account: string;
  readonly path: string;
  readonly matched: Readonly<Record<string, string>>;
}

type Ask = (subject: Subject) => ByHand | null;

/** Lines a second of each in turn, round by round, so that what else the machine does falls on all of them alike. */
function ratesOf(asked: readonly { subjects: readonly Subject[]; ask: Ask }[]): number[][] {
  const rates = asked.map((): number[] => []);
  for (let round = -1; round < rounds; round += 1) {
    asked.forEach(({ subjects, ask }, at) => {
      const rate = rateOf(subjects, ask);
      if (round >= 0) rates[at]!.push(rate); // The first round warms.
    });
  }
  return rates;
}

function rateOf(subjects: readonly Subject[], ask: Ask): number {
  const started = performance.now();
  let found = 0;
  // What comes out is used, or the compiler of the switch would leave it out.
  for (let index = 0; index < linesPerRound; index += 1) {
    const { account, matched } = ask(subjects[index % subjects.length]!)!;
    if (account !== matched["code"]) found += 1;
  }
  if (found !== linesPerRound) throw new Error(`Only ${found} of ${linesPerRound} lines found an account`);
  return (linesPerRound / (performance.now() - started)) * 1_000;
}

/** The median of the ratios of rounds that stood side by side. */
function ratioOf(over: readonly number[], under: readonly number[]): number {
  return Number(median(over.map((rate, index) => rate / under[index]!)).toFixed(2));
}

function evaluation(): Record<string, unknown> {
  const [small, large] = [tableOf(1_000), tableOf(10_000)];
  const [smallSubjects, largeSubjects] = [subjectsOf(4), subjectsOf(20)];
  const [ask, askLarge] = [compileRuleSet(small.ruleSet, 1).account, compileRuleSet(large.ruleSet, 1).account];
  const byHand = handWritten(small.ruleSet);
  for (const subject of smallSubjects) {
    const [found, expected] = [ask(subject), byHand(subject)];
    const isSame = found?.path === expected?.path && canonicalJson(found?.matched) === canonicalJson(expected?.matched);
    if (!isSame) throw new Error("The rules and the switch do not agree");
  }
  const compileMs = median(
    Array.from({ length: isSmoke ? 1 : 5 }, () => {
      const started = performance.now();
      compileRuleSet(large.ruleSet, 1);
      return performance.now() - started;
    }),
  );
  const readMs = median(
    Array.from({ length: isSmoke ? 1 : 5 }, () => {
      const started = performance.now();
      readRuleSet(large.raw);
      return performance.now() - started;
    }),
  );
  // The same lines find the same rows in both tables, so that the number of rows is all that differs. Lines that are spread over five
  // times as many rows hang on what the processor's cache holds rather than on how it is asked: so the switch is asked the same.
  const [rules = [], hand = [], sameLines = [], spreadLines = [], spreadHand = []] = ratesOf([
    { subjects: smallSubjects, ask },
    { subjects: smallSubjects, ask: byHand },
    { subjects: smallSubjects, ask: askLarge },
    { subjects: largeSubjects, ask: askLarge },
    { subjects: largeSubjects, ask: handWritten(large.ruleSet) },
  ]);
  return {
    linesPerSecond: Math.round(median(rules)),
    yardstickSwitchPerSecond: Math.round(median(hand)),
    shareOfSwitch: ratioOf(rules, hand),
    linesPerSecondWith10000Rows: Math.round(median(sameLines)),
    slowdown1000To10000: ratioOf(rules, sameLines),
    linesPerSecondSpreadOver10000Rows: Math.round(median(spreadLines)),
    shareOfSwitchSpreadOver10000Rows: ratioOf(spreadLines, spreadHand),
    compile10000RowsMs: Math.round(compileMs),
    read10000RowsMs: Math.round(readMs),
  };
}

/** Whole documents from events of three lines by the default rules: mapping, balancing, explaining. */
async function building(): Promise<Record<string, unknown>> {
  const raw = parse(await readFile(new URL("../rule-sets/trucking.yaml", import.meta.url), "utf8")) as Record<string, unknown>;
  const rules = compileRuleSet(readRuleSet(raw).ruleSet!, 1);
  const events = fuelEvents(2_000).map((event) => ({ ...event, fees: "2.00", netTotal: "1.00" }));
  const count = isSmoke ? 4_000 : 100_000;
  let lines = 0;
  const started = performance.now();
  for (let index = 0; index < count; index += 1) {
    for (const document of buildDocuments(events[index % events.length]!, rules).documents) lines += document.lines.length;
  }
  return { builtLinesPerSecond: Math.round((lines / (performance.now() - started)) * 1_000) };
}

async function seed(rig: Rig, count: number): Promise<void> {
  const size = 5_000;
  const templates = fuelEvents(size);
  for (let start = 0; start < count; start += size) {
    const batch = templates.slice(0, Math.min(size, count - start)).map((template, index): NewEvent => {
      const { revision, ...content } = template;
      const id = `bench-${start + index}`;
      const { date, currency, number = null } = template;
      const body = canonicalJson({ ...content, id });
      return {
        eventId: newId(),
        type: template.type,
        id,
        revision,
        body,
        contentHash: hash("sha256", body, "hex"),
        number,
        date,
        currency,
        totalMinor: 1n,
        isVoid: false,
      };
    });
    await inOrganization(rig.core.database, rig.organizationId, async (tx) => {
      await insertEvents(tx, { sourceId: "tms", booksId: rig.booksId }, batch);
      await moveEvents(
        tx,
        batch.map(({ eventId }) => ({ eventId, state: "posted" })),
      );
    });
  }
}

async function backtest(): Promise<Record<string, unknown>> {
  const rig = await startRig({ worker: false });
  try {
    await seed(rig, backtestEvents);
    const actor = { organizationId: rig.organizationId, type: "system", id: "bench", role: "admin", sourceId: null } as const;
    const published = parse(await readFile(new URL("../rule-sets/trucking.yaml", import.meta.url), "utf8")) as Record<string, unknown>;
    const accounts = [{ code: "FULSD", where: { "dims.tractor": "T-1001" }, account: 5215 }, ...(published["accounts"] as unknown[])];
    const candidate = { kind: "given", raw: { ...published, accounts }, effectiveFrom: null } as const;
    const events = { from: "2026-01-01", to: "2026-12-31", types: [], booksIds: [] };
    const before = process.memoryUsage.rss(); // Of this process as a whole, with gateway, what seeding left, and later the threads.
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100);
    const started = performance.now();
    const { id } = await rig.core.engine.rules.startBacktest(actor, { name: "trucking", candidate, against: null, events });
    for (;;) {
      const { state, report: found, problem } = await rig.core.engine.rules.backtest(actor, id);
      if (state === "running") {
        await wait(50);
        continue;
      }
      const seconds = (performance.now() - started) / 1_000;
      clearInterval(watch);
      if (found === null || found.events !== backtestEvents)
        throw new Error(`The backtest ended ${state}: ${problem}, ${found?.events} events`);
      return {
        events: found.events,
        changedDocuments: found.changedDocuments,
        seconds: Number(seconds.toFixed(1)),
        eventsPerSecond: Math.round(found.events / seconds),
        mebibytesBefore: Math.round(before / 1024 / 1024),
        mebibytesPeak: Math.round(peak / 1024 / 1024),
      };
    }
  } finally {
    await rig.close();
  }
}

report("rules", { ...evaluation(), ...(await building()) });
report("rules-backtest", await backtest());
