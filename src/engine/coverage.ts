import { Fault } from "../core/errors.ts";
import type { TransportEvent } from "../core/events.ts";
import type { BooksReference } from "../core/reference.ts";
import { indexReference } from "../core/reference-index.ts";
import type { CompiledRules } from "../core/rules/compile.ts";
import { compileSource, type RuleSetSource } from "../core/rules/compose.ts";
import { type CoverageRow, createTally } from "../core/suggest/coverage.ts";
import { gapsOf } from "../core/suggest/gaps.ts";
import { type Books, findReference, listBooks } from "../store/books.ts";
import { type CoverageSelection, readSourcedEvents } from "../store/coverage.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findPartyLinks } from "../store/parties.ts";
import type { Actor } from "./actor.ts";
import { findBooksNamed } from "./books-named.ts";
import { linkKey } from "./lane-context.ts";
import type { EngineParts } from "./parts.ts";
import { pickSource, type RuleChoice } from "./pick-rules.ts";
import { requireDate } from "./publish-rules.ts";

/** Document dates, both included; null: the last ninety days. */
export interface Period {
  readonly from: string | null;
  readonly to: string | null;
}

/** What stored events of one books have no mapping for, under one rule set. */
export interface BooksCoverage {
  readonly books: string;
  /** False: the books' lists were not read yet, so only the rules were looked at. */
  readonly isCompared: boolean;
  readonly events: number;
  /** Events with nothing missing. */
  readonly covered: number;
  readonly rows: readonly CoverageRow[];
}

export interface Coverage {
  readonly from: string;
  readonly to: string;
  readonly books: readonly BooksCoverage[];
}

const daysBack = 90;
const dayMs = 86_400_000;
const eventsPerPage = 1_000;
const beforeAll = "00000000-0000-0000-0000-000000000000";

/** What is looked at: books with their lists and rules, and a period. */
export interface Subject {
  readonly books: Books;
  readonly reference: BooksReference | null;
  readonly linked: ReadonlySet<string>;
  readonly rules: CompiledRules;
}

/** Counts what stored events have no mapping for. Without a name all books that are mapped by the rule set. Faults: `not_found`. */
export async function findCoverage(
  parts: EngineParts,
  actor: Actor,
  name: string,
  of: { choice: RuleChoice; booksName: string | null; period: Period },
): Promise<Coverage> {
  const { from, to } = periodOf(parts, of.period);
  const subjects = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const { source } = await pickSource(tx, name, of.choice);
    const found: Subject[] = [];
    for (const books of await booksOf(tx, name, of.booksName)) found.push(await readSubject(tx, source, books));
    return found;
  });
  const books: BooksCoverage[] = [];
  for (const subject of subjects) books.push(await tallyEvents(parts, actor, subject, { from, to }));
  return { from, to, books };
}

/** Books that a rule set is for: those of the name, or all that are mapped by it. */
export async function booksOf(tx: Tx, name: string, booksName: string | null): Promise<Books[]> {
  if (booksName !== null) return [await findBooksNamed(tx, booksName)];
  return (await listBooks(tx)).filter(({ ruleSet }) => ruleSet === name);
}

/** Books with all that their events are looked at with. */
export async function readSubject(tx: Tx, source: RuleSetSource, books: Books): Promise<Subject> {
  const [reference, links] = await Promise.all([findReference(tx, books), findPartyLinks(tx, books.booksId)]);
  const linked = new Set(links.map(({ kind, partyId }) => linkKey(kind, partyId)));
  return { books, reference, linked, rules: compileSource(source, books.name) };
}

/** Faults: `request_invalid` for days that do not exist or come in the wrong order. */
export function periodOf(parts: EngineParts, { from, to }: Period): { from: string; to: string } {
  const last = requireDate(to) ?? parts.now().toISOString().slice(0, 10);
  const first = requireDate(from) ?? new Date(Date.parse(last) - daysBack * dayMs).toISOString().slice(0, 10);
  if (first > last) throw new Fault("request_invalid", `The first date ${first} is after the last, ${last}`);
  return { from: first, to: last };
}

/** Reads the events of the period page by page, each in a transaction of its own, and counts what they lack. */
export async function tallyEvents(
  parts: EngineParts,
  actor: Actor,
  { books, reference, linked, rules }: Subject,
  period: { from: string; to: string },
): Promise<BooksCoverage> {
  const tally = createTally();
  const index = reference === null ? null : indexReference(reference);
  const context = { rules, reference: index, isLinked: ({ type, id }: { type: string; id: string }) => linked.has(linkKey(type, id)) };
  const selection: CoverageSelection = { booksId: books.booksId, ...period };
  for (let afterId = beforeAll; ; ) {
    const page = { afterId, limit: eventsPerPage };
    const events = await inOrganization(parts.database, actor.organizationId, (tx) => readSourcedEvents(tx, selection, page));
    for (const { eventId, sourceId: source, type, revision, currency, totalMinor, body } of events) {
      const event = { ...(JSON.parse(body) as object), revision } as TransportEvent;
      tally.add({ eventId, type, source, currency, totalMinor }, gapsOf(event, context));
    }
    if (events.length < eventsPerPage) break;
    afterId = events.at(-1)!.eventId;
  }
  const { seen, covered } = tally.events();
  return { books: books.name, isCompared: reference !== null, events: seen, covered, rows: tally.rows() };
}
