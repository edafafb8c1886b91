import type { Static } from "typebox";
import type { DocumentLine } from "../core/document.ts";
import { formatMinor } from "../core/money.ts";
import type { Page } from "../store/search.ts";
import type { LeafRow } from "../store/search-audit.ts";
import type { EventRow } from "../store/search-events.ts";
import type { PostingRow } from "../store/search-postings.ts";
import type { AttemptRow, DocumentRow, FindingRow } from "../store/search-story.ts";
import type { Attempt, Document, Event, Leaf, Line, Posting, StoryFinding } from "./schemas.ts";

/** Rows of the store in the shapes of the contract: money as decimal strings, times as ISO instants. */
export function pageFrom({ limit, cursor }: { limit?: number; cursor?: string }): Page {
  return { limit: limit ?? 50, cursor: cursor ?? null };
}

export function showEvent(row: EventRow): Static<typeof Event> {
  const { sourceId, booksId, totalMinor, receivedAt, updatedAt, eventId, type, id, revision, number, state, date, currency } = row;
  return {
    eventId,
    source: sourceId,
    type,
    id,
    revision,
    number,
    state,
    books: booksId,
    date,
    currency,
    total: formatMinor(totalMinor, currency),
    receivedAt: receivedAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function showPosting(row: PostingRow): Static<typeof Posting> {
  const party =
    "lines" in row.postable ? (row.postable.party ?? null) : { type: row.postable.kind, id: row.postable.id, name: row.postable.name };
  return {
    id: row.postingId,
    state: row.state,
    books: row.booksId,
    booksName: row.booksName,
    documentId: row.documentId,
    document: {
      kind: row.kind as Static<typeof Posting>["document"]["kind"],
      number: row.number,
      date: row.date,
      currency: row.currency,
      total: formatMinor(row.totalMinor, row.currency),
      party,
    },
    event: row.event,
    providerId: row.providerId,
    url: row.url,
    adopted: row.adopted,
    fault: row.faultCode === null ? null : { code: row.faultCode, message: row.faultMessage ?? "" },
    attempts: row.attempts,
    createdAt: row.createdAt.toISOString(),
    postedAt: row.postedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** `accountNames` has the names of the books' chart by `books/number`. */
export function showDocument(row: DocumentRow, accountNames: ReadonlyMap<string, string>): Static<typeof Document> {
  const { postable } = row;
  const isDocument = "lines" in postable;
  return {
    id: row.documentId,
    eventId: row.eventId,
    books: row.booksId,
    version: row.version,
    kind: postable.kind,
    number: isDocument ? postable.number : postable.name,
    date: isDocument ? postable.date : null,
    dueDate: (isDocument ? postable.dueDate : undefined) ?? null,
    terms: (isDocument ? postable.terms : undefined) ?? null,
    currency: postable.currency,
    total: formatMinor(isDocument ? postable.totalMinor : 0n, postable.currency),
    memo: isDocument ? postable.memo : "",
    party: isDocument ? (postable.party ?? null) : { type: postable.kind, id: postable.id, name: postable.name },
    dimensions: isDocument ? postable.dimensions : {},
    ruleSet: row.ruleSet,
    ruleSetVersion: row.ruleSetVersion,
    reverses: row.reverses,
    createdAt: row.createdAt.toISOString(),
    lines: isDocument
      ? postable.lines.map((line) => showLine(line, postable.currency, accountNames.get(`${row.booksId}/${line.account}`) ?? null))
      : [],
  };
}

function showLine(line: DocumentLine, currency: string, accountName: string | null): Static<typeof Line> {
  const { amountMinor, ...rest } = line;
  return { ...rest, accountName, amount: formatMinor(amountMinor, currency) };
}

export function showFinding(row: FindingRow): Static<typeof StoryFinding> {
  const { findingId, createdAt, resolvedAt, severity, ...rest } = row;
  return {
    id: findingId,
    ...rest,
    severity: severity as "block" | "hold" | "warn",
    createdAt: createdAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  };
}

export function showAttempt(row: AttemptRow): Static<typeof Attempt> {
  const { attempt, key, number, startedAt, deadlineAt, endedAt, outcome, detail } = row;
  return {
    attempt,
    key,
    number,
    startedAt: startedAt.toISOString(),
    deadlineAt: deadlineAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    outcome,
    detail,
  };
}

export function showLeaf(row: LeafRow): Static<typeof Leaf> {
  return {
    index: String(row.leafId),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    object: { type: row.objectType, id: row.objectId },
    facts: JSON.parse(row.facts) as Record<string, unknown>,
    hash: row.leafHash.toString("hex"),
  };
}

/** Sums by currency, in the order of the currency's code. */
export function sumMoney(rows: Iterable<{ currency: string; minor: bigint }>): { currency: string; amount: string }[] {
  const sums = new Map<string, bigint>();
  for (const { currency, minor } of rows) sums.set(currency, (sums.get(currency) ?? 0n) + minor);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, minor]) => ({ currency, amount: formatMinor(minor, currency) }));
}
