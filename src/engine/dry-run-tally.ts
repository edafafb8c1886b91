import type { Capabilities } from "../connectors/accounting/connector.ts";
import type { LedgerDocument } from "../core/document.ts";
import { findingClass, type FindingClass } from "../core/finding-class.ts";
import type { Finding, Severity } from "../core/finding.ts";
import { formatMinor } from "../core/money.ts";
import type { EventPlan } from "./plan.ts";

/** An amount as people and programs read it. */
export interface Amount {
  readonly currency: string;
  readonly amount: string;
}

/** Events that would become something, with their documents' or their own money by currency. */
export interface TriedCount {
  readonly events: number;
  readonly money: readonly Amount[];
}

/** Why events would not be posted. An event with several causes is counted with each. */
export interface TriedCause extends TriedCount {
  readonly cause: string;
  readonly code: string;
  readonly class: FindingClass;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
}

/** One document as it would be posted. */
export interface SampleEntry {
  readonly type: string;
  readonly id: string;
  readonly kind: string;
  readonly number: string;
  readonly date: string;
  readonly currency: string;
  readonly total: string;
  readonly party: string | null;
  readonly lines: readonly {
    readonly account: string;
    readonly side: "debit" | "credit";
    readonly amount: string;
    readonly description: string;
  }[];
}

/** What posting would cost: calls to the provider and, at its pace, seconds. */
export interface TriedEffort {
  readonly documents: number;
  readonly parties: number;
  readonly calls: number;
  readonly seconds: number;
}

/** What a slice of the dry run came to is added here. Amounts in minor units. */
export interface TrialTally {
  readonly post: { events: number; documents: number; money: Map<string, bigint> };
  readonly stay: { events: number; money: Map<string, bigint> };
  readonly skip: { events: number };
  readonly causes: Map<string, { finding: Finding; events: number; money: Map<string, bigint> }>;
  readonly warnings: Map<string, { finding: Finding; events: number; money: Map<string, bigint> }>;
  readonly samples: Map<string, SampleEntry>;
  readonly effort: { documents: number; parties: number; calls: number; seconds: number };
}

/** Nothing tried yet. */
export function emptyTrial(): TrialTally {
  return {
    post: { events: 0, documents: 0, money: new Map() },
    stay: { events: 0, money: new Map() },
    skip: { events: 0 },
    causes: new Map(),
    warnings: new Map(),
    samples: new Map(),
    effort: { documents: 0, parties: 0, calls: 0, seconds: 0 },
  };
}

const samplesMax = 12;
const causesMax = 200;

/** Adds what would follow from one event. `money` is the event's own total. */
export function addPlan(tally: TrialTally, plan: EventPlan, money: { currency: string; minor: bigint }): void {
  const isStopped = plan.state === "review" || plan.state === "held";
  const counted = new Set<string>();
  for (const finding of plan.findings) {
    if (counted.has(finding.cause)) continue;
    counted.add(finding.cause);
    addCause(finding.severity === "warn" ? tally.warnings : tally.causes, finding, money);
  }
  if (isStopped) {
    tally.stay.events += 1;
    addMoney(tally.stay.money, money);
    return;
  }
  const documents = plan.documents.filter(({ postable }) => "lines" in postable);
  if (documents.length === 0) {
    tally.skip.events += 1;
    return;
  }
  tally.post.events += 1;
  tally.post.documents += documents.length;
  tally.effort.documents += documents.length;
  tally.effort.parties += plan.documents.length - documents.length;
  addMoney(tally.post.money, money);
  for (const { postable } of documents) addSample(tally, plan, postable as LedgerDocument);
}

function addCause(causes: TrialTally["causes"], finding: Finding, money: { currency: string; minor: bigint }): void {
  const known = causes.get(finding.cause) ?? { finding, events: 0, money: new Map<string, bigint>() };
  known.events += 1;
  addMoney(known.money, money);
  causes.set(finding.cause, known);
}

function addMoney(sums: Map<string, bigint>, { currency, minor }: { currency: string; minor: bigint }): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + minor);
}

/** The first document of each event type and kind stands for the others. */
function addSample(tally: TrialTally, { type, id }: EventPlan, document: LedgerDocument): void {
  const { kind, number, date, currency, totalMinor, party, lines } = document;
  const key = `${type}/${kind}`;
  if (tally.samples.has(key) || tally.samples.size >= samplesMax) return;
  tally.samples.set(key, {
    ...{ type, id, kind, number, date, currency },
    total: formatMinor(totalMinor, currency),
    party: party?.name ?? null,
    lines: lines.map(({ account, side, amountMinor, description }) => ({
      account,
      side,
      amount: formatMinor(amountMinor, currency),
      description,
    })),
  });
}

/** What the documents of one books would take, sent in its batches at its pace. */
export function addEffort(tally: TrialTally, capabilities: Capabilities, postables: number): void {
  const { batchItemsMax, batchesPerMinute, requestsPerMinute } = capabilities;
  const calls = Math.ceil(postables / batchItemsMax);
  const perMinute = Math.min(batchItemsMax > 1 ? batchesPerMinute : requestsPerMinute, requestsPerMinute);
  tally.effort.calls += calls;
  // Lanes work beside each other: the slowest one says how long it takes.
  tally.effort.seconds = Math.max(tally.effort.seconds, Math.ceil((calls * 60) / perMinute));
}

/** Money by currency, as decimal strings. */
export function amountsOf(sums: ReadonlyMap<string, bigint>): Amount[] {
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, minor]) => ({ currency, amount: formatMinor(minor, currency) }));
}

/** Causes, the most frequent first; the rest is counted by their number. */
export function causesOf(causes: TrialTally["causes"]): { causes: TriedCause[]; causesLeftOut: number } {
  const all = [...causes.values()].sort((a, b) => b.events - a.events || (a.finding.cause < b.finding.cause ? -1 : 1));
  return {
    causes: all.slice(0, causesMax).map(({ finding: { cause, code, severity, message, fix }, events, money }) => ({
      ...{ cause, code, class: findingClass(code), severity, message, fix, events },
      money: amountsOf(money),
    })),
    causesLeftOut: Math.max(0, all.length - causesMax),
  };
}
