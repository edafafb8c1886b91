import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { emptyTally, mergeTally, type Tally } from "../core/rules/tally.ts";
import {
  askToCancel,
  cutRanges,
  endBacktest,
  endSilentBacktests,
  type EventSelection,
  findBacktest,
  insertBacktest,
  noteProgress,
} from "../store/backtests.ts";
import { findReference, listBooks } from "../store/books.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { newId } from "../store/ids.ts";
import { listVersions } from "../store/rules.ts";
import type { BacktestSides, RuleSpan } from "./backtest-map.ts";
import { type BacktestReport, reportOf } from "./backtest-report.ts";
import type { ThreadOrder, ThreadTask } from "./backtest-thread.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { type RuleChoice, pickSource } from "./pick-rules.ts";
import { loadSource, versionsInForce } from "./rule-versions.ts";

/** What to run a backtest over. */
export interface BacktestOrder {
  readonly name: string;
  /** The rule set to try: its draft, a version, or one handed in. */
  readonly candidate: RuleChoice;
  /** The version it is compared with; null: what is in force. */
  readonly against: number | null;
  readonly events: EventSelection;
}

/** A backtest as it stands. */
export interface BacktestState {
  readonly id: string;
  readonly name: string;
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly done: number;
  readonly total: number | null;
  readonly problem: string | null;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly report: BacktestReport | null;
}

const rangeSize = 1_000;
const changesMax = 10_000;
/** A thread that needs more memory than this is stopped, and the run says so. Small young space: what is mapped is forgotten at once. */
const threadLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** Starts a backtest and answers its id; it runs on in threads of its own. Faults: `not_found`, `rule_set_invalid`. */
export async function startBacktest(parts: EngineParts, actor: Actor, order: BacktestOrder): Promise<{ id: string }> {
  const id = newId();
  const sides = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    await endSilentBacktests(tx);
    const read = await readSides(tx, order);
    const startedBy = `${actor.type}:${actor.id}`;
    const { name, events, against } = order;
    await insertBacktest(tx, { backtestId: id, name, request: { events, against, candidate: spokenChoice(order.candidate) }, startedBy });
    await appendAudit(tx, parts.now(), [
      { actor: startedBy, action: "rules.backtested", objectType: "rule_set", objectId: name, facts: { backtestId: id, ...events } },
    ]);
    return read;
  });
  void run(parts, { id, organizationId: actor.organizationId, order, sides });
  return { id };
}

function spokenChoice(choice: RuleChoice): unknown {
  return choice.kind === "given" ? { kind: "given" } : choice;
}

async function readSides(tx: Tx, order: BacktestOrder): Promise<BacktestSides> {
  const { source, effectiveFrom } = await pickSource(tx, order.name, order.candidate);
  const before: RuleSpan[] = [];
  if (order.against !== null) before.push({ from: "", source: await loadSource(tx, order.name, order.against) });
  else {
    // Rules that were never published are compared with those they grow from, which books are mapped by until then.
    const own = versionsInForce(await listVersions(tx, order.name));
    const name = own.length === 0 && source.base !== null ? source.base.name : order.name;
    for (const { version, effectiveFrom: from } of own.length === 0 ? versionsInForce(await listVersions(tx, name)) : own) {
      before.push({ from: from ?? "", source: await loadSource(tx, name, version) });
    }
  }
  if (before.length === 0) throw new Fault("not_found", `There is no published version of "${order.name}" to compare with`);
  // Service dates before the candidate's own stay with what is in force for them.
  const earlier = effectiveFrom === null ? [] : before.filter(({ from }) => from < effectiveFrom);
  const after = [{ from: earlier.length === 0 ? "" : (effectiveFrom ?? ""), source }, ...earlier];
  const books: Record<string, BacktestSides["books"][string]> = {};
  for (const one of await listBooks(tx)) books[one.booksId] = { name: one.name, reference: await findReference(tx, one) };
  return { before, after, books, changesMax };
}

interface Run {
  readonly id: string;
  readonly organizationId: string;
  readonly order: BacktestOrder;
  readonly sides: BacktestSides;
}

async function run(parts: EngineParts, of: Run): Promise<void> {
  const { id, organizationId } = of;
  const write = <T>(work: (tx: Tx) => Promise<T>) => inOrganization(parts.database, organizationId, work);
  try {
    const tally = await mapAll(parts, of);
    if (tally === null) await write((tx) => endBacktest(tx, { backtestId: id, state: "cancelled" }));
    else await write((tx) => endBacktest(tx, { backtestId: id, state: "done", result: reportOf(tally, changesMax), done: tally.events }));
  } catch (error) {
    parts.log("error", "a backtest failed", { backtestId: id, error: String((error as Error).stack) });
    const problem = `${(error as Error).message}. Mend it and start the backtest again`;
    await write((tx) => endBacktest(tx, { backtestId: id, state: "failed", problem })).catch((failed: Error) =>
      parts.log("error", "the end of a backtest could not be written", { backtestId: id, error: failed.message }),
    );
  }
}

/** Maps every event by both sides; null when it was cancelled. */
async function mapAll(parts: EngineParts, { id, organizationId, order, sides }: Run): Promise<Tally | null> {
  const { firstIds, total } = await inOrganization(parts.database, organizationId, (tx) => cutRanges(tx, order.events, rangeSize));
  const tasks: ThreadTask[] = firstIds.map((firstId, index) => ({ firstId, beforeId: firstIds[index + 1] ?? null }));
  let done = 0;
  let isCancelled = false;
  const note = async (): Promise<void> => {
    const stop = await inOrganization(parts.database, organizationId, (tx) => noteProgress(tx, { backtestId: id, done, total }));
    if (stop) isCancelled = true;
  };
  await note();
  const thread: ThreadOrder = { databaseUrl: parts.database.url, organizationId, events: order.events, sides };
  const count = Math.max(1, Math.min(tasks.length, availableParallelism(), 8));
  const timer = setInterval(() => void note().catch(() => undefined), 500); // A missed one is made up for by the next.
  try {
    const next = (): ThreadTask => (isCancelled ? null : (tasks.shift() ?? null));
    const tallies = await Promise.all(
      Array.from({ length: count }, () => runThread(thread, { next, told: (events) => (done += events), isOver: () => isCancelled })),
    );
    if (!isCancelled) await note(); // Who asked to stop before the end gets no report after it.
    if (isCancelled) return null;
    const tally = emptyTally();
    for (const one of tallies) if (one !== null) mergeTally(tally, one, changesMax);
    return tally;
  } finally {
    clearInterval(timer);
  }
}

/** One thread, with two ranges in its hands at a time. Null: it was stopped. */
function runThread(
  order: ThreadOrder,
  work: { next: () => ThreadTask; told: (events: number) => void; isOver: () => boolean },
): Promise<Tally | null> {
  const worker = new Worker(new URL("./backtest-thread.ts", import.meta.url), {
    workerData: order,
    resourceLimits: threadLimits,
  });
  worker.unref(); // A server that is told to stop does not wait for it.
  return new Promise((resolve, reject) => {
    let inHand = 0;
    let isAsked = false;
    const give = (): void => {
      const task = isAsked ? null : work.next();
      if (task !== null) {
        inHand += 1;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(task);
      } else if (!isAsked) {
        isAsked = true;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(null);
      }
    };
    const watch = setInterval(() => {
      if (!work.isOver()) return;
      void worker.terminate();
      resolve(null);
    }, 250);
    worker.on("message", (message: { done: number } | { tally: Tally }) => {
      if ("tally" in message) return resolve(message.tally);
      inHand -= 1;
      work.told(message.done);
      give();
    });
    worker.once("error", reject);
    worker.once("exit", () => {
      clearInterval(watch);
      reject(new Error("A thread of the backtest ended before its work was done")); // Nothing, where it had answered.
    });
    give();
    give();
  });
}

/** Where a backtest stands, with its report when it is done. Faults: `not_found`. */
export async function readBacktest(parts: EngineParts, actor: Actor, id: string): Promise<BacktestState> {
  const found = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    await endSilentBacktests(tx);
    return findBacktest(tx, id);
  });
  if (found === undefined) throw new Fault("not_found", `There is no backtest ${id}`);
  const { backtestId, name, state, doneEvents, totalEvents, problem, startedBy, startedAt, endedAt, result } = found;
  return {
    id: backtestId,
    ...{ name, state, problem, startedBy },
    done: Number(doneEvents),
    total: totalEvents === null ? null : Number(totalEvents),
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    report: result as BacktestReport | null,
  };
}

/** Asks a backtest to stop. Nothing of it is kept. Faults: `not_found`. */
export async function cancelBacktest(parts: EngineParts, actor: Actor, id: string): Promise<BacktestState> {
  await inOrganization(parts.database, actor.organizationId, (tx) => askToCancel(tx, id));
  return readBacktest(parts, actor, id);
}
