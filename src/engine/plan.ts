import type { LedgerDocument, PartyRef } from "../core/document.ts";
import { buildDocuments, reverseDocument } from "../core/documents/build.ts";
import { fitToBooks, hasPlace } from "../core/documents/fit.ts";
import { withSuffix } from "../core/documents/number.ts";
import type { TransportEvent } from "../core/events.ts";
import type { Finding } from "../core/finding.ts";
import { asPolicySays, datedOn } from "../core/rules/closed-period.ts";
import type { CompiledRules } from "../core/rules/compile.ts";
import type { EventState } from "../core/posting.ts";
import type { Trace } from "../core/validation/trace.ts";
import { tracesOf } from "../core/validation/traces.ts";
import { validateDocument } from "../core/validation/validate.ts";
import { contentHashOf, type NewDocument, readPostable, type TakenNumber, writePostable } from "../store/documents.ts";
import type { EarlierRevision, WaitingEvent } from "../store/events.ts";
import { newId } from "../store/ids.ts";
import type { PartyLink } from "../store/parties.ts";
import { type EventPosting, type NewPosting, refusedInDoubt } from "../store/postings.ts";
import { duplicateNumbers } from "./duplicate-numbers.ts";
import { editHeld } from "./edit-held.ts";
import { type LaneContext, linkKey } from "./lane-context.ts";
import { findPartyRecord, newParty } from "./parties.ts";
import { keyIn } from "./posting-key.ts";

/** An event with the documents the rules make of it now. */
export interface Draft {
  readonly stored: WaitingEvent;
  readonly event: TransportEvent;
  readonly documents: readonly LedgerDocument[];
  readonly findings: readonly Finding[];
  /** The version the event was mapped by. */
  readonly rules: CompiledRules;
  /** Documents that do not keep their date, with the day they are given. */
  readonly days?: ReadonlyMap<LedgerDocument, string>;
  /** Causes somebody approved for this event and its content. */
  readonly released?: { readonly has: (cause: string) => boolean };
}

/** Everything that follows from one event, to be written at once. */
export interface EventPlan {
  readonly eventId: string;
  readonly type: string;
  readonly id: string;
  readonly state: EventState;
  readonly findings: readonly Finding[];
  readonly documents: readonly NewDocument[];
  readonly postings: readonly NewPosting[];
  readonly links: readonly PartyLink[];
  /** Postings that never reached the books and are not wanted any more. */
  readonly withdraw: readonly string[];
  /** Postings in the books that a reversal of this plan takes back. */
  readonly reverse: readonly string[];
  /** What is remembered of the event, for others to be compared with. */
  readonly traces: readonly Trace[];
  /** Earlier revisions that this event replaces. */
  readonly replaced: readonly { readonly eventId: string; readonly state: EventState }[];
}

/** What stands of an event before it is planned: earlier revisions, and postings of them and of itself. */
export interface Before {
  readonly earlier: readonly EarlierRevision[];
  readonly standing: readonly EventPosting[];
}

export interface Planner {
  readonly plan: (draft: Draft, before: Before) => EventPlan;
  /** A waiting revision that was replaced before anything came of it. */
  readonly outdated: (stored: WaitingEvent) => EventPlan;
  /** A revision whose turn comes later. */
  readonly later: (stored: WaitingEvent) => EventPlan;
}

/**
 * Builds and checks the documents of one event. A void makes none: what stood is reversed. Whatever an event makes the
 * rules or builders do, it goes to review by itself and stops nobody else.
 */
export function draftDocuments(
  context: Pick<LaneContext, "rulesFor" | "reference" | "parts">,
  stored: WaitingEvent,
  event: TransportEvent,
): Draft {
  const rules = context.rulesFor(event);
  if (event.status === "void") return { stored, event, documents: [], findings: [], rules };
  try {
    const { documents: built, findings } = buildDocuments(event, rules);
    const documents = built.filter((document) => hasPlace(document, context.reference));
    const checked = asPolicySays(
      documents.flatMap((document) => validateDocument(document, context.reference, rules)),
      rules.closedPeriod(event).policy,
    );
    const fitting = documents.map((document) => fitToBooks(document, context.reference));
    return { stored, event, documents: fitting, findings: [...findings, ...checked], rules };
  } catch (error) {
    context.parts.log("error", "an event could not be turned into documents", {
      eventId: stored.eventId,
      error: String((error as Error).stack),
    });
    return { stored, event, documents: [], findings: [unprocessable(stored, error as Error)], rules };
  }
}

function unprocessable({ type, id }: WaitingEvent, error: Error): Finding {
  return {
    code: "event_unprocessable",
    severity: "block",
    field: null,
    message: `The rules could not be applied to ${type} ${id}: ${error.message}`,
    fix: "Correct the rule or the event it names and retry; if neither is wrong, report it with the log of this moment",
    cause: `event_unprocessable:${type}:${error.message.slice(0, 80)}`,
  };
}

/** Plans the events of one slice, in order: each sees the numbers and parties the ones before it took. */
export function createPlanner(context: LaneContext, taken: readonly TakenNumber[]): Planner {
  const numbers = new Map<string, TakenNumber[]>();
  for (const row of taken) remember(numbers, row);
  const parties = new Map<string, PartyLink>();
  return {
    outdated: ({ eventId, type, id }) => ({ ...nothing, eventId, type, id, state: "superseded" }),
    later: ({ eventId, type, id }) => ({ ...nothing, eventId, type, id, state: "received" }),
    plan: (draft, before) => planEvent({ context, numbers, parties }, draft, before),
  };
}

const nothing = { findings: [], documents: [], postings: [], links: [], withdraw: [], reverse: [], traces: [], replaced: [] };

interface Slice {
  readonly context: LaneContext;
  readonly numbers: Map<string, TakenNumber[]>;
  /** Links made in this slice, not yet in the context. */
  readonly parties: Map<string, PartyLink>;
}

function remember(numbers: Map<string, TakenNumber[]>, row: TakenNumber): void {
  const key = `${row.kind}/${row.number}`;
  numbers.set(key, [...(numbers.get(key) ?? []), row]);
}

function planEvent(slice: Slice, draft: Draft, before: Before): EventPlan {
  const { stored, event } = draft;
  const { eventId, type, id } = stored;
  // What could not be checked is not remembered either: it would fail the same way.
  const traces = draft.findings.some(({ code }) => code === "check_failed") ? [] : tracesOf(event);
  const base = { ...nothing, eventId, type, id, traces };
  const live = before.standing.filter(
    (posting) => posting.reverses === null && posting.state !== "superseded" && posting.state !== "voided",
  );
  // What is on its way must arrive, or be proved absent, before anything can replace it.
  const isOnItsWay = ({ state, inDoubt }: EventPosting) => state === "sending" || state === "uncertain" || inDoubt;
  if (live.some(isOnItsWay)) return { ...base, state: "received" };
  const findings = [...draft.findings, ...duplicateNumbers(slice.numbers, draft)];
  const blocked = findings.some(({ severity }) => severity === "block");
  const heldBack = blocked || findings.some(({ severity }) => severity === "hold");
  if (heldBack) {
    // Earlier revisions stay as they are until this one can take their place; what has not left yet waits with it.
    const withdraw = live.filter(({ state, eventId: of }) => state === "ready" && of !== eventId).map(({ postingId }) => postingId);
    return { ...base, state: blocked ? "review" : "held", findings, withdraw };
  }
  for (const { kind, number, party } of draft.documents)
    remember(slice.numbers, { kind, number, partyId: party?.id ?? null, eventId, type, id });
  const inBooks = live.filter(({ state }) => state === "posted");
  const { kept, fresh } = compare(draft.documents, inBooks);
  const reversed = inBooks.filter(({ postingId }) => !kept.has(postingId));
  const edit = editHeld(draft.rules.name, stored);
  const asksFirst = draft.rules.ruleSet.edits.posted === "hold" && !draft.released?.has(edit.cause);
  if (reversed.length > 0 && event.status !== "void" && asksFirst) return { ...base, state: "held", findings: [...findings, edit] };
  const made = [
    ...reversed.map((posting) => reversal(slice, draft, posting)),
    ...fresh.map((document) => newPosting(slice, draft, { document, before, renumber: reversed.length > 0 })),
  ];
  // Nothing to post, on purpose: the rules exclude it, or there is no money in it.
  const isExcluded = made.length === 0 && kept.size === 0 && event.status !== "void";
  return {
    ...base,
    state: isExcluded ? "excluded" : "prepared",
    findings,
    documents: made.flatMap((one) => one.documents),
    postings: made.flatMap((one) => one.postings),
    links: made.flatMap((one) => one.links),
    withdraw: live.filter(({ state }) => state === "ready" || state === "refused").map(({ postingId }) => postingId),
    reverse: reversed.map(({ postingId }) => postingId),
    replaced: before.earlier.map((row) => ({ eventId: row.eventId, state: event.status === "void" ? "voided" : "superseded" })),
  };
}

/** Documents that stand in the books unchanged are kept; the others are new. */
function compare(documents: readonly LedgerDocument[], inBooks: readonly EventPosting[]) {
  const kept = new Set<string>();
  const fresh = documents.filter((document) => {
    const same = inBooks.find(({ postingId, body }) => {
      if (kept.has(postingId)) return false;
      const posted = readPostable(body) as LedgerDocument;
      const hash = factsHash(posted);
      // One that was moved out of a closed period is the same document, also when that period is another one by now.
      return factsHash(document) === hash || factsHash(datedOn(document, posted.date)) === hash;
    });
    if (same !== undefined) kept.add(same.postingId);
    return same === undefined;
  });
  return { kept, fresh };
}

/** What a document says, without why it says so and under which number. */
function factsHash(document: LedgerDocument): string {
  const lines = document.lines.map(({ because: _, ...line }) => line);
  return contentHashOf(writePostable({ ...document, number: "", lines } as unknown as LedgerDocument)).toString("hex");
}

interface Made {
  readonly documents: NewDocument[];
  readonly postings: NewPosting[];
  readonly links: PartyLink[];
}

function reversal(slice: Slice, draft: Draft, posting: EventPosting): Made {
  const document = reverseDocument(readPostable(posting.body) as LedgerDocument, { date: draft.event.date });
  return posted(slice, draft, { document, version: 1, reverses: posting.documentId, lookUpFirst: false });
}

function newPosting(slice: Slice, draft: Draft, one: { document: LedgerDocument; before: Before; renumber: boolean }): Made {
  const { document, before, renumber } = one;
  // A number that was reversed stays taken in the books: the new document says which revision it is.
  const number = renumber
    ? withSuffix(document.number, `-R${draft.stored.revision}`, slice.context.connector.capabilities.numberLengthMax)
    : document.number;
  const version = 1 + before.standing.filter(({ eventId, reverses }) => eventId === draft.stored.eventId && reverses === null).length;
  // An earlier one was refused because of what stands in the books: it may be the document itself.
  const lookUpFirst = before.standing.some(({ state, faultCode }) => state === "refused" && refusedInDoubt.includes(faultCode ?? ""));
  const dated = datedOn({ ...document, number }, draft.days?.get(document) ?? document.date);
  return posted(slice, draft, { document: dated, version, reverses: null, lookUpFirst });
}

interface Posting {
  readonly document: LedgerDocument;
  readonly version: number;
  readonly reverses: string | null;
  readonly lookUpFirst: boolean;
}

function posted(slice: Slice, { stored, rules }: Draft, { document, version, reverses, lookUpFirst }: Posting): Made {
  const { context } = slice;
  const { booksId } = context.books;
  const party = waitFor(slice, document);
  const documentId = newId();
  const identity = [stored.sourceId, stored.type, stored.id, stored.revision, document.kind, document.number].join("/");
  const key = keyIn(context, identity, version);
  const { name: ruleSet, version: ruleSetVersion } = rules;
  return {
    documents: [
      ...party.documents,
      { documentId, eventId: stored.eventId, booksId, version, postable: document, ruleSet, ruleSetVersion, reverses },
    ],
    postings: [
      ...party.postings,
      { postingId: newId(), documentId, eventId: stored.eventId, booksId, key, waitsFor: party.waitsFor, lookUpFirst },
    ],
    links: party.links,
  };
}

/** The posting that must be in the books first: the record of the document's party, created here when nobody did yet. */
function waitFor(slice: Slice, document: LedgerDocument): Made & { waitsFor: string | null } {
  const made: Made = { documents: [], postings: [], links: [] };
  let waitsFor: string | null = null;
  for (const party of partiesOf(document)) {
    const key = linkKey(party.type, party.id);
    let link = slice.parties.get(key) ?? slice.context.links.get(key);
    if (link === undefined) {
      const record = findPartyRecord(slice.context.reference, party);
      const created = record === undefined ? newParty(slice.context, party, document.currency) : null;
      link = created?.link ?? { kind: party.type, partyId: party.id, postingId: null, externalId: record!.externalId };
      slice.parties.set(key, link);
      made.links.push(link);
      if (created !== null) {
        made.documents.push(created.document);
        made.postings.push(created.posting);
      }
    }
    if (link.externalId === null) waitsFor ??= link.postingId;
  }
  return { ...made, waitsFor };
}

function partiesOf(document: LedgerDocument): PartyRef[] {
  const parties = [document.party, ...document.lines.map(({ party }) => party)].filter((party) => party !== undefined);
  return parties.filter(
    (party, index) => party.type !== "employee" && parties.findIndex(({ type, id }) => type === party.type && id === party.id) === index,
  );
}
