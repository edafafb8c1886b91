import { randomUUID } from "node:crypto";
import { Fault } from "../core/errors.ts";
import { eventTotal } from "../core/events/read.ts";
import type { TransportEvent } from "../core/events.ts";
import type { Source } from "../store/books.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import type { WaitingEvent } from "../store/events.ts";
import { findJobBatch, type JobSelection, measureJob } from "../store/review-jobs.ts";
import { countTrial, readTrialEvents, readTrialPage, type TrialSelection } from "../store/review-trial.ts";
import type { Actor } from "./actor.ts";
import { type BudgetEffect, createBudgetEffects } from "./dry-run-budgets.ts";
import { readTrialFile, type TrialFile } from "./dry-run-file.ts";
import {
  addEffort,
  addPlan,
  amountsOf,
  causesOf,
  emptyTrial,
  type SampleEntry,
  type TrialTally,
  type TriedCause,
  type TriedCount,
  type TriedEffort,
} from "./dry-run-tally.ts";
import type { Receipt } from "./receipts.ts";
import type { FindSource } from "./ingest.ts";
import { createLaneCache, type LaneContext, linkKey, openLane } from "./lane-context.ts";
import type { EngineParts } from "./parts.ts";
import { planAll } from "./prepare.ts";
import { requireDate } from "./publish-rules.ts";

/** What would become of events if they were posted now. Nothing was written, and nothing left the house. */
export interface DryRunReport {
  /** Events that were tried. */
  readonly events: number;
  readonly wouldPost: TriedCount & { readonly documents: number };
  readonly wouldStay: TriedCount;
  /** The rules leave them out, or there is no money in them. */
  readonly wouldSkip: number;
  /** In the books, or on the way there: not tried. */
  readonly done: number;
  /** A person excluded them: not tried. */
  readonly excluded: number;
  /** Of a file: known already, in conflict with what is known, or not readable. */
  readonly duplicates: number;
  readonly conflicts: number;
  readonly rejected: number;
  readonly causes: readonly TriedCause[];
  readonly causesLeftOut: number;
  readonly warnings: readonly TriedCause[];
  readonly samples: readonly SampleEntry[];
  readonly budgets: readonly BudgetEffect[];
  readonly effort: TriedEffort;
  /** When the books' lists, against which all was checked, were read; the oldest of them. */
  readonly referenceAt: string | null;
}

/** A period of stored events, or a file. */
export type DryRunOrder = TrialSelection | TrialFile;

const sliceSize = 200;
const eventsMax = 500_000;

/** Tries a period of stored events, or a file, by the rules and lists of now. Faults: `request_invalid`, `not_found`, `format_unknown`. */
export function dryRun(parts: EngineParts, actor: Actor, findSource: FindSource, order: DryRunOrder): Promise<DryRunReport> {
  return "body" in order ? tryFile(parts, actor, findSource, order) : tryStored(parts, actor.organizationId, order);
}

async function tryStored(parts: EngineParts, organizationId: string, selection: TrialSelection): Promise<DryRunReport> {
  requireDate(selection.from);
  requireDate(selection.to);
  const counts = await inOrganization(parts.database, organizationId, (tx) => countTrial(tx, selection));
  const open = counts.reduce((sum, one) => sum + one.open, 0);
  if (open > eventsMax)
    throw new Fault("request_invalid", `${open} events are too many for one dry run; name a shorter period or fewer types`);
  const trial = createTrial(parts, organizationId);
  for (const { booksId, open: some } of counts) {
    let afterId = "00000000-0000-0000-0000-000000000000";
    for (let tried = 0; some > 0 && tried <= some; tried += sliceSize) {
      const slice = await inOrganization(parts.database, organizationId, (tx) =>
        readTrialPage(tx, selection, { booksId, afterId, limit: sliceSize }),
      );
      if (slice.length === 0) break;
      await trial.add(booksId, slice);
      afterId = slice.at(-1)!.eventId;
    }
  }
  const sum = (of: "done" | "excluded") => counts.reduce((total, one) => total + one[of], 0);
  return { ...trial.report(), done: sum("done"), excluded: sum("excluded") };
}

async function tryFile(parts: EngineParts, actor: Actor, findSource: FindSource, file: TrialFile): Promise<DryRunReport> {
  const source: Source = await findSource(actor, file.sourceId);
  const trial = createTrial(parts, actor.organizationId);
  const counts = { duplicates: 0, conflicts: 0, rejected: 0 };
  for await (const { events, receipts } of readTrialFile(parts, actor, { ...file, source })) {
    for (const { status } of receipts) {
      if (status === "duplicate") counts.duplicates += 1;
      else if (status === "conflict") counts.conflicts += 1;
      else if (status === "rejected") counts.rejected += 1;
    }
    trial.reject(receipts);
    if (events.length > 0) await trial.add(source.booksId, events);
  }
  return { ...trial.report(), ...counts };
}

/** Tries the stopped events that a job would put back to work. */
export async function tryStopped(parts: EngineParts, organizationId: string, selection: JobSelection): Promise<DryRunReport> {
  const trial = createTrial(parts, organizationId);
  const { throughId } = await inOrganization(parts.database, organizationId, (tx) => measureJob(tx, selection));
  let afterId = "00000000-0000-0000-0000-000000000000";
  while (throughId !== null) {
    const slice = await inOrganization(parts.database, organizationId, async (tx) =>
      readTrialEvents(tx, await findJobBatch(tx, { selection, afterId, throughId }, sliceSize)),
    );
    if (slice.length === 0) break;
    for (const [booksId, events] of Map.groupBy(slice, (event) => event.booksId)) await trial.add(booksId, events);
    afterId = slice.at(-1)!.eventId;
  }
  return trial.report();
}

/** One dry run: the lanes it opened, kept to itself, and what it came to so far. */
function createTrial(parts: EngineParts, organizationId: string) {
  const tally = emptyTrial();
  const budgets = createBudgetEffects();
  const cache = createLaneCache();
  const lanes = new Map<string, { context: LaneContext; postables: number }>();
  let events = 0;
  const laneOf = async (booksId: string) => {
    const known = lanes.get(booksId);
    if (known !== undefined) return known;
    const context = await openLane(parts, cache, organizationId, { booksId, holder: randomUUID(), epoch: 0n });
    if (context.referenceAt === null)
      throw new Fault("request_invalid", `The lists of ${context.books.name} were never read; start a worker and try again in a minute`);
    const made = { context, postables: 0 };
    lanes.set(booksId, made);
    return made;
  };
  return {
    add: async (booksId: string, slice: readonly WaitingEvent[]): Promise<void> => {
      const lane = await laneOf(booksId);
      const plans = await rolledBack(parts, organizationId, async (tx) => {
        const planned = await planAll(tx, lane.context, slice);
        await budgets.add(tx, lane.context, planned);
        return planned;
      });
      events += slice.length;
      plans.forEach((plan, index) => {
        addPlan(tally, plan, totalOf(slice[index]!));
        lane.postables += plan.documents.length;
        // What would be created once is not counted twice.
        for (const link of plan.links) lane.context.links.set(linkKey(link.kind, link.partyId), link);
      });
    },
    reject: (receipts: readonly Receipt[]): void => addRejected(tally, receipts),
    report: (): DryRunReport => {
      for (const { context, postables } of lanes.values()) addEffort(tally, context.connector.capabilities, postables);
      const { post, stay, skip, effort } = tally;
      const read = [...lanes.values()].map(({ context }) => context.referenceAt!.toISOString()).sort();
      return {
        events,
        wouldPost: { events: post.events, documents: post.documents, money: amountsOf(post.money) },
        wouldStay: { events: stay.events, money: amountsOf(stay.money) },
        wouldSkip: skip.events,
        ...{ done: 0, excluded: 0, duplicates: 0, conflicts: 0, rejected: 0 },
        ...causesOf(tally.causes),
        warnings: causesOf(tally.warnings).causes,
        samples: [...tally.samples.values()],
        budgets: budgets.report(),
        effort: { ...effort },
        referenceAt: read[0] ?? null,
      };
    },
  };
}

/** Why events of a file would not even be taken. */
function addRejected(tally: TrialTally, receipts: readonly Receipt[]): void {
  for (const finding of receipts
    .filter(({ status }) => status === "rejected" || status === "conflict")
    .flatMap(({ findings }) => findings)) {
    const known = tally.causes.get(finding.cause) ?? { finding, events: 0, money: new Map<string, bigint>() };
    known.events += 1;
    tally.causes.set(finding.cause, known);
  }
}

function totalOf(stored: WaitingEvent): { currency: string; minor: bigint } {
  const event = JSON.parse(stored.body) as TransportEvent;
  return { currency: event.currency, minor: event.status === "void" ? 0n : eventTotal(event) };
}

class RolledBack extends Error {}

/** Runs `work` and takes back whatever it wrote: checks may keep notes of what they saw, a dry run must not. */
async function rolledBack<T>(parts: EngineParts, organizationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  let result: { value: T } | null = null;
  try {
    await inOrganization(parts.database, organizationId, async (tx) => {
      result = { value: await work(tx) };
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return result!.value;
}
