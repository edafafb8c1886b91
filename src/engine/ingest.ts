import { hash as hashOf } from "node:crypto";
import { appendAudit, type AuditEntry } from "../audit/log.ts";
import type { ReadPart, TmsConnector } from "../connectors/tms/connector.ts";
import { canonicalJson } from "../core/canonical.ts";
import { Fault } from "../core/errors.ts";
import { eventTotal, readEvent } from "../core/events/read.ts";
import type { TransportEvent } from "../core/events.ts";
import type { Finding } from "../core/finding.ts";
import { findSource, type Source } from "../store/books.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findKnownRevisions, insertEvents, KeyTaken, type KnownRevision, type NewEvent } from "../store/events.ts";
import { newId } from "../store/ids.ts";
import type { Actor } from "./actor.ts";
import type { MessageBody, Receipt, Remark } from "./receipts.ts";
import type { EngineParts } from "./parts.ts";

/** Parts that are taken in by one transaction. Near 100 is fastest; a larger message is several transactions. */
const batchSize = 200;

/** The connector that reads `format`. Faults: `format_unknown`, naming the known ones. */
export function connectorFor(parts: EngineParts, format: string): TmsConnector {
  const connector = parts.tmsConnectors.find((one) => one.format === format);
  if (connector !== undefined) return connector;
  const known = parts.tmsConnectors.map((one) => one.format).join(", ");
  throw new Fault("format_unknown", `There is no format "${format}"; the known ones are ${known}`);
}

/** A source is read from the database at most this often, since every message needs it. */
const sourceAgeMaxMs = 2_000;
const sourcesMax = 10_000;

/** Finds the source a message comes from. Faults: `not_found`, or `request_invalid` when none was named, with what to do. */
export type FindSource = (actor: Actor, sourceId: string | undefined) => Promise<Source>;

/** Reads sources and remembers them for a moment. */
export function createSources(parts: EngineParts): FindSource {
  const known = new Map<string, { source: Source; readAt: number }>();
  return async (actor, sourceId) => {
    // A machine speaks for its own source only; a person's key has one it speaks for unless another is named.
    const wanted = actor.role === "machine" ? (actor.sourceId ?? sourceId) : (sourceId ?? actor.sourceId ?? undefined);
    if (wanted === undefined) {
      throw new Fault("request_invalid", "Say which source this comes from: use a key of the source, or name it with ?source=");
    }
    const key = `${actor.organizationId}/${wanted}`;
    const held = known.get(key);
    const now = parts.now().getTime();
    if (held !== undefined && now - held.readAt < sourceAgeMaxMs) return held.source;
    const source = await inOrganization(parts.database, actor.organizationId, (tx) => findSource(tx, wanted));
    if (source === undefined) throw new Fault("not_found", `There is no source "${wanted}" in this organization`);
    if (known.size >= sourcesMax) known.clear();
    known.set(key, { source, readAt: now });
    return source;
  };
}

/** What one batch of a message came to. */
export interface Taken {
  readonly receipts: readonly Receipt[];
  readonly remarks: readonly Remark[];
}

/**
 * Reads a message and takes its events in, batch by batch, each durable before the next is read. Yields receipts in
 * the order of the message. A fault in the middle becomes the last receipt: what came before it is already taken.
 */
export async function* takeIn(
  parts: EngineParts,
  actor: Actor,
  source: Source,
  message: { format: string; body: MessageBody },
): AsyncGenerator<Taken> {
  const connector = connectorFor(parts, message.format);
  let taken = false;
  let batch: ReadPart[] = [];
  let remarks: Remark[] = [];
  const flush = async (): Promise<Taken> => {
    const receipts = await takeBatch(parts, actor, source, batch);
    taken ||= receipts.some((receipt) => receipt.status === "accepted");
    const done = { receipts, remarks };
    [batch, remarks] = [[], []];
    return done;
  };
  try {
    for await (const part of connector.read(message.body, readOptions(source))) {
      if ("unreadable" in part && part.unreadable.finding.severity !== "block") remarks.push(part.unreadable);
      else batch.push(part);
      if (batch.length >= batchSize) yield await flush();
    }
  } catch (error) {
    if (!(error instanceof Fault) || (!taken && batch.length === 0)) throw error;
    yield await flush();
    yield { receipts: [brokenOff(error)], remarks: [] };
  }
  if (batch.length + remarks.length > 0) yield await flush();
  if (taken) await parts.wake({ organizationId: actor.organizationId, booksId: source.booksId });
}

/** What a source says about itself and its messages do not. */
export function readOptions(source: Source) {
  const { dims, currency, timeZone, ownerOperatorUnits } = source.options;
  return {
    dims: dims ?? {},
    currency: currency ?? "USD",
    timeZone: timeZone ?? "America/Chicago",
    ownerOperatorUnits: new Set(ownerOperatorUnits ?? []),
  };
}

function brokenOff(fault: Fault): Receipt {
  const place = fault.details.line === undefined ? "after the last event" : `line ${fault.details.line}`;
  const fix = "Mend the message from there on and send it again: what was taken already is recognized and changes nothing";
  const finding: Finding = { code: fault.code, severity: "block", field: null, message: fault.message, fix, cause: fault.code };
  return { place, type: null, id: null, revision: null, status: "rejected", findings: [finding] };
}

/** An event of a message that can be read, before it is known whether it is new. */
export interface Candidate {
  readonly index: number;
  readonly place: string;
  readonly event: TransportEvent;
  readonly revisionGiven: boolean;
  readonly body: string;
  /** SHA-256 of the body, hex. */
  readonly hash: string;
  readonly warnings: readonly Finding[];
}

/** Takes one batch in. Everything in it is decided and committed together. */
async function takeBatch(parts: EngineParts, actor: Actor, source: Source, batch: readonly ReadPart[]): Promise<Receipt[]> {
  const receipts: (Receipt | undefined)[] = new Array(batch.length);
  const candidates: Candidate[] = [];
  batch.forEach((part, index) => {
    const read = candidateOf(part, index);
    if ("receipt" in read) receipts[index] = read.receipt;
    else candidates.push(read.candidate);
  });
  if (candidates.length > 0) {
    for (const { candidate, receipt } of await decideUntilSettled(parts, actor, { source, candidates }))
      receipts[candidate.index] = receipt;
  }
  return receipts as Receipt[];
}

async function decideUntilSettled(
  parts: EngineParts,
  actor: Actor,
  work: { source: Source; candidates: readonly Candidate[] },
): Promise<Decision[]> {
  for (let round = 0; round < 5; round++) {
    try {
      return await inOrganization(parts.database, actor.organizationId, (tx) => decideAll(tx, parts, actor, work));
    } catch (error) {
      if (!(error instanceof KeyTaken)) throw error; // Nothing of the round is kept.
    }
  }
  throw new Fault("overloaded", "The same events are being sent by several senders at once; send the message again");
}

/** Reads one part of a message: a candidate, or a receipt that says why it is none. */
export function candidateOf(part: ReadPart, index: number): { receipt: Receipt } | { candidate: Candidate } {
  if ("unreadable" in part) {
    const { place, finding } = part.unreadable;
    return { receipt: { place, type: null, id: null, revision: null, status: "rejected", findings: [finding] } };
  }
  const { place, raw, isPlain } = part.event;
  const { event, findings } = readEvent(raw, isPlain);
  if (event === null || findings.some(({ severity }) => severity !== "warn")) {
    const given = raw as Partial<Record<"type" | "id" | "revision", unknown>> | null;
    const text = (value: unknown) => (typeof value === "string" ? value.slice(0, 200) : null);
    const revision = typeof given?.revision === "number" ? given.revision : null;
    return { receipt: { place, type: text(given?.type), id: text(given?.id), revision, status: "rejected", findings } };
  }
  const { revision, ...content } = raw as Record<string, unknown>;
  const body = canonicalJson(content);
  const hash = hashOf("sha256", body, "hex");
  return { candidate: { index, place, event, revisionGiven: revision !== undefined, body, hash, warnings: findings } };
}

/** What becomes of a candidate. */
export type Decision = { readonly candidate: Candidate; readonly receipt: Receipt };

async function decideAll(
  tx: Tx,
  parts: EngineParts,
  actor: Actor,
  work: { source: Source; candidates: readonly Candidate[] },
): Promise<Decision[]> {
  const { source } = work;
  const decisions = await decideCandidates(tx, work);
  const stored: NewEvent[] = [];
  const leaves: AuditEntry[] = [];
  for (const { candidate, receipt } of decisions) {
    const { type, id } = candidate.event;
    const revision = receipt.revision!;
    // Type and id are in the content that the hash covers, and in the event's row.
    const facts = { source: source.sourceId, revision, sha256: candidate.hash };
    if (receipt.status === "accepted") {
      const event = newEvent(candidate, revision);
      stored.push(event);
      leaves.push(leaf(actor, "event.accepted", event.eventId, facts));
    } else if (receipt.status === "conflict") {
      leaves.push(leaf(actor, "event.conflict", `${type}/${id}`, facts));
    }
  }
  await Promise.all([insertEvents(tx, source, stored), appendAudit(tx, parts.now(), leaves)]);
  return decisions;
}

/** Decides what is new, without writing anything. `before`: revisions that batches before this one came to. */
export async function decideCandidates(
  tx: Tx,
  work: { source: Source; candidates: readonly Candidate[] },
  before: readonly KnownRevision[] = [],
): Promise<Decision[]> {
  const { source, candidates } = work;
  const known = new Map<string, KnownRevision[]>();
  const stored = await findKnownRevisions(
    tx,
    source.sourceId,
    candidates.map(({ event }) => event),
  );
  for (const row of [...stored, ...before]) remember(known, row);
  return candidates.map((candidate) => {
    const { status, revision, findings } = decide(candidate, known.get(keyOf(candidate.event)) ?? []);
    const { type, id } = candidate.event;
    if (status === "accepted") remember(known, { type, id, revision, contentHash: candidate.hash, edited: false });
    return { candidate, receipt: { place: candidate.place, type, id, revision, status, findings } };
  });
}

function leaf(actor: Actor, action: string, objectId: string, facts: Record<string, unknown>): AuditEntry {
  return { actor: `${actor.type}:${actor.id}`, action, objectType: "event", objectId, facts };
}

function remember(known: Map<string, KnownRevision[]>, row: KnownRevision): void {
  const key = keyOf(row);
  const rows = known.get(key);
  if (rows === undefined) known.set(key, [row]);
  else rows.push(row);
}

function keyOf({ type, id }: { type: string; id: string }): string {
  return `${type}\u0000${id}`;
}

/** Same content: duplicate. Newer revision: accepted. Same revision, other content, or an older one: conflict, never an overwrite. */
function decide(
  candidate: Candidate,
  known: readonly KnownRevision[],
): { status: Receipt["status"]; revision: number; findings: readonly Finding[] } {
  const { event, revisionGiven, hash, warnings } = candidate;
  const newest = known.reduce<KnownRevision | null>((last, row) => (last === null || row.revision > last.revision ? row : last), null);
  if (newest === null) return { status: "accepted", revision: event.revision, findings: warnings };
  if (newest.contentHash === hash) return { status: "duplicate", revision: newest.revision, findings: [] };
  if (!revisionGiven) {
    // Corrected here by a person; a source that does not count revisions sends what it knows again and again.
    const isOldNews = newest.edited && known.some((row) => !row.edited && row.contentHash === hash);
    if (isOldNews) return { status: "duplicate", revision: newest.revision, findings: [] };
    return { status: "accepted", revision: newest.revision + 1, findings: warnings };
  }
  const same = known.find((row) => row.revision === event.revision);
  if (same?.contentHash === hash) return { status: "duplicate", revision: event.revision, findings: [] };
  if (same === undefined && event.revision > newest.revision) return { status: "accepted", revision: event.revision, findings: warnings };
  return { status: "conflict", revision: event.revision, findings: [conflict(event, newest.revision, same !== undefined)] };
}

function conflict(event: TransportEvent, newest: number, sameRevision: boolean): Finding {
  const what = `${event.type} ${event.id}`;
  return {
    code: sameRevision ? "revision_conflict" : "revision_behind",
    severity: "block",
    field: "/revision",
    message: sameRevision
      ? `${what} revision ${event.revision} is known with other content`
      : `${what} revision ${event.revision} comes after revision ${newest} was taken`,
    fix: `If this is the newer truth, send it as revision ${newest + 1}; otherwise nothing is to be done`,
    cause: `revision:${event.type}:${event.id}`,
  };
}

function newEvent(candidate: Candidate, revision: number): NewEvent {
  const { event, body, hash } = candidate;
  const { type, id, date, currency } = event;
  const isVoid = event.status === "void";
  return {
    eventId: newId(),
    type,
    id,
    revision,
    body,
    contentHash: hash,
    number: event.number ?? null,
    date,
    currency,
    totalMinor: isVoid ? 0n : eventTotal(event),
    isVoid,
  };
}
