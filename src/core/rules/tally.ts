import type { DocumentLine, LedgerDocument } from "../document.ts";
import type { Finding } from "../finding.ts";

/** What one rule set makes of one event. */
export interface Outcome {
  readonly documents: readonly LedgerDocument[];
  readonly findings: readonly Finding[];
}

/** Money of changed documents on one account with the same dimensions, in signed minor units: above zero is a debit. */
export interface Movement {
  readonly account: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly currency: string;
  beforeMinor: bigint;
  afterMinor: bigint;
  beforeLines: number;
  afterLines: number;
}

/** Findings of one cause. */
export interface FindingCount {
  readonly code: string;
  readonly severity: Finding["severity"];
  readonly cause: string;
  readonly message: string;
  events: number;
  readonly samples: EventName[];
}

export interface EventName {
  readonly eventId: string;
  readonly type: string;
  readonly id: string;
  readonly date: string;
}

/** One document that changes. */
export interface DocumentChange {
  readonly event: EventName;
  readonly change: "added" | "removed" | "changed";
  readonly kind: string;
  readonly number: string;
  readonly currency: string;
  readonly beforeMinor: bigint;
  readonly afterMinor: bigint;
  /** `line /lines/0: account 5215 instead of 5210 (accounts/3 of version 4)` */
  readonly words: readonly string[];
}

/** What a draft would change, added up over events. Plain data: it crosses threads. */
export interface Tally {
  events: number;
  changedEvents: number;
  changedDocuments: number;
  /** Ledger lines of all documents before and after, and those that end on another account or dimension. */
  linesBefore: number;
  linesAfter: number;
  linesMoved: number;
  readonly movements: Map<string, Movement>;
  readonly gained: Map<string, FindingCount>;
  readonly lost: Map<string, FindingCount>;
  /** The first changed documents; `changedDocuments` counts all. */
  readonly changes: DocumentChange[];
}

const samplesMax = 5;

/** A tally of nothing. */
export function emptyTally(): Tally {
  const counts = { events: 0, changedEvents: 0, changedDocuments: 0, linesBefore: 0, linesAfter: 0, linesMoved: 0 };
  return { ...counts, movements: new Map(), gained: new Map(), lost: new Map(), changes: [] };
}

/** Adds one event's outcomes before and after. `changesMax`: documents that are kept one by one. */
export function compareOutcomes(tally: Tally, event: EventName, outcome: { before: Outcome; after: Outcome; changesMax: number }): void {
  const { before, after, changesMax } = outcome;
  tally.events += 1;
  tally.linesBefore += countLines(before.documents);
  tally.linesAfter += countLines(after.documents);
  const pairs = pairDocuments(before.documents, after.documents).filter(([old, fresh]) => !isSame(old, fresh));
  const hasMoved = compareFindings(tally, event, before.findings, after.findings);
  if (pairs.length === 0 && !hasMoved) return;
  tally.changedEvents += 1;
  for (const [old, fresh] of pairs) {
    tally.changedDocuments += 1;
    for (const line of old?.lines ?? []) move(tally, { line, currency: old!.currency, side: "before" });
    for (const line of fresh?.lines ?? []) move(tally, { line, currency: fresh!.currency, side: "after" });
    const lines = movedLines(old, fresh);
    tally.linesMoved += lines.length;
    if (tally.changes.length < changesMax) tally.changes.push(describe(event, [old, fresh], lines));
  }
}

/** Adds what another thread counted. */
export function mergeTally(into: Tally, from: Tally, changesMax: number): void {
  for (const name of ["events", "changedEvents", "changedDocuments", "linesBefore", "linesAfter", "linesMoved"] as const)
    into[name] += from[name];
  for (const [key, movement] of from.movements) {
    const known = into.movements.get(key);
    if (known === undefined) into.movements.set(key, movement);
    else {
      known.beforeMinor += movement.beforeMinor;
      known.afterMinor += movement.afterMinor;
      known.beforeLines += movement.beforeLines;
      known.afterLines += movement.afterLines;
    }
  }
  for (const side of ["gained", "lost"] as const) {
    for (const [cause, count] of from[side]) {
      const known = into[side].get(cause);
      if (known === undefined) into[side].set(cause, count);
      else {
        known.events += count.events;
        known.samples.push(...count.samples.slice(0, samplesMax - known.samples.length));
      }
    }
  }
  into.changes.push(...from.changes.slice(0, changesMax - into.changes.length));
}

type Pair = readonly [old: LedgerDocument | undefined, fresh: LedgerDocument | undefined];

function countLines(documents: readonly LedgerDocument[]): number {
  let count = 0;
  for (const { lines } of documents) count += lines.length;
  return count;
}

/** Documents of one event are paired by kind and number, then by their place. */
function pairDocuments(before: readonly LedgerDocument[], after: readonly LedgerDocument[]): Pair[] {
  if (before.length === 1 && after.length === 1) return [[before[0], after[0]]];
  const rest = [...after];
  const take = (at: number) => (at < 0 ? undefined : rest.splice(at, 1)[0]);
  const exact = before.map((old) => take(rest.findIndex(({ kind, number }) => kind === old.kind && number === old.number)));
  const pairs: Pair[] = before.map((old, index) => [old, exact[index] ?? take(rest.findIndex(({ kind }) => kind === old.kind))]);
  return [...pairs, ...rest.map((fresh): Pair => [undefined, fresh])];
}

function isSame(old: LedgerDocument | undefined, fresh: LedgerDocument | undefined): boolean {
  if (old === undefined || fresh === undefined || old.lines.length !== fresh.lines.length) return false;
  if (old.kind !== fresh.kind || old.number !== fresh.number || old.date !== fresh.date || old.memo !== fresh.memo) return false;
  if (old.totalMinor !== fresh.totalMinor || old.dueDate !== fresh.dueDate || old.terms !== fresh.terms) return false;
  if (old.party?.id !== fresh.party?.id || old.party?.type !== fresh.party?.type) return false;
  if (!isSameTable(old.dimensions, fresh.dimensions) || !isSameTable(old.customFields, fresh.customFields)) return false;
  if (!isSameStatistics(old, fresh)) return false;
  return old.lines.every((line, index) => isSameLine(line, fresh.lines[index]!));
}

function isSameLine(a: DocumentLine, b: DocumentLine): boolean {
  const sameMoney = a.amountMinor === b.amountMinor && a.side === b.side && a.account === b.account;
  return (
    sameMoney &&
    a.item === b.item &&
    a.description === b.description &&
    a.party?.id === b.party?.id &&
    isSameTable(a.dimensions, b.dimensions)
  );
}

function isSameStatistics({ statistics: a = [] }: LedgerDocument, { statistics: b = [] }: LedgerDocument): boolean {
  if (a.length !== b.length) return false;
  return a.every((line, index) => {
    const other = b[index]!;
    return line.account === other.account && line.quantity === other.quantity && isSameTable(line.dimensions, other.dimensions);
  });
}

function isSameTable(a: Readonly<Record<string, string>> | undefined, b: Readonly<Record<string, string>> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function move(tally: Tally, of: { line: DocumentLine; currency: string; side: "before" | "after" }): void {
  const { line, currency, side } = of;
  const key = placeOf(line, currency);
  let movement = tally.movements.get(key);
  if (movement === undefined) {
    const { account, dimensions } = line;
    movement = { account, dimensions, currency, beforeMinor: 0n, afterMinor: 0n, beforeLines: 0, afterLines: 0 };
    tally.movements.set(key, movement);
  }
  const minor = line.side === "debit" ? line.amountMinor : -line.amountMinor;
  if (side === "before") {
    movement.beforeMinor += minor;
    movement.beforeLines += 1;
  } else {
    movement.afterMinor += minor;
    movement.afterLines += 1;
  }
}

function placeOf({ account, dimensions }: DocumentLine, currency: string): string {
  let key = `${currency}\n${account}`;
  for (const name of Object.keys(dimensions).sort()) key += `\n${name}=${dimensions[name]}`;
  return key;
}

/** Lines from the same part of the event that end somewhere else, in words. */
function movedLines(old: LedgerDocument | undefined, fresh: LedgerDocument | undefined): string[] {
  const before = byOrigin(old);
  const after = byOrigin(fresh);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((origin) => {
    const [was, is] = [before.get(origin) ?? [], after.get(origin) ?? []];
    const places = (lines: readonly DocumentLine[]) =>
      lines
        .map((line) => spokenPlace(line))
        .sort()
        .join(" and ");
    const [wasAt, isAt] = [places(was), places(is)];
    if (wasAt === isAt) return [];
    const because = is[0]?.because;
    const why = because === undefined ? "" : ` (${because.row} of version ${because.version})`;
    return [`${origin === "" ? "other side" : `line ${origin}`}: ${isAt || "nothing"} instead of ${wasAt || "nothing"}${why}`];
  });
}

function byOrigin(document: LedgerDocument | undefined): Map<string, DocumentLine[]> {
  return Map.groupBy(document?.lines ?? [], ({ because }) => because.from);
}

function spokenPlace({ account, dimensions }: DocumentLine): string {
  const names = Object.entries(dimensions).map(([name, value]) => `${name} ${value}`);
  return names.length === 0 ? `account ${account}` : `account ${account} (${names.join(", ")})`;
}

function describe(event: EventName, [old, fresh]: Pair, lines: readonly string[]): DocumentChange {
  const one = (fresh ?? old)!;
  const words = [...(old === undefined || fresh === undefined ? [] : headWords(old, fresh)), ...lines];
  return {
    event,
    change: old === undefined ? "added" : fresh === undefined ? "removed" : "changed",
    ...{ kind: one.kind, number: one.number, currency: one.currency },
    beforeMinor: old?.totalMinor ?? 0n,
    afterMinor: fresh?.totalMinor ?? 0n,
    words,
  };
}

function headWords(old: LedgerDocument, fresh: LedgerDocument): string[] {
  const named = ["kind", "number", "date", "dueDate", "terms", "memo"] as const;
  const words = named.flatMap((name) =>
    old[name] === fresh[name] ? [] : [`${name} ${fresh[name] ?? "none"} instead of ${old[name] ?? "none"}`],
  );
  if (old.party?.id !== fresh.party?.id) words.push(`party ${fresh.party?.name ?? "none"} instead of ${old.party?.name ?? "none"}`);
  return words;
}

function compareFindings(tally: Tally, event: EventName, before: readonly Finding[], after: readonly Finding[]): boolean {
  if (before.length === 0 && after.length === 0) return false;
  const had = new Set(before.map(({ cause }) => cause));
  const has = new Set(after.map(({ cause }) => cause));
  let isChanged = false;
  const count = (into: Map<string, FindingCount>, finding: Finding): void => {
    isChanged = true;
    const { code, severity, cause, message } = finding;
    const known = into.get(cause) ?? { code, severity, cause, message, events: 0, samples: [] };
    into.set(cause, known);
    known.events += 1;
    if (known.samples.length < samplesMax) known.samples.push(event);
  };
  for (const finding of new Map(after.map((one) => [one.cause, one])).values()) if (!had.has(finding.cause)) count(tally.gained, finding);
  for (const finding of new Map(before.map((one) => [one.cause, one])).values()) if (!has.has(finding.cause)) count(tally.lost, finding);
  return isChanged;
}
