import { buildDocuments } from "../core/documents/build.ts";
import type { TransportEvent } from "../core/events.ts";
import type { CompiledRules } from "../core/rules/compile.ts";
import { compileSource, type RuleSetSource } from "../core/rules/compose.ts";
import { serviceDate } from "../core/rules/paths.ts";
import { compareOutcomes, type Outcome, type Tally } from "../core/rules/tally.ts";
import { indexReference, type ReferenceIndex } from "../core/reference-index.ts";
import type { BooksReference } from "../core/reference.ts";
import { validateDocument } from "../core/validation/validate.ts";
import type { StoredEvent } from "../store/backtests.ts";

/** A rule set in force from a service date on; "" is from ever. Latest first. */
export interface RuleSpan {
  readonly from: string;
  readonly source: RuleSetSource;
}

/** What both sides of a backtest are, and for which books. Plain data: it crosses threads. */
export interface BacktestSides {
  readonly before: readonly RuleSpan[];
  readonly after: readonly RuleSpan[];
  readonly books: Readonly<Record<string, { readonly name: string; readonly reference: BooksReference | null }>>;
  readonly changesMax: number;
}

interface Side {
  readonly at: (event: TransportEvent) => CompiledRules;
}

interface OfBooks {
  readonly before: Side;
  readonly after: Side;
  readonly reference: ReferenceIndex | null;
}

/** Maps events by both sides and adds what differs to the tally. Rules are compiled once for each books. */
export function createComparison(sides: BacktestSides): (tally: Tally, stored: StoredEvent) => void {
  const known = new Map<string, OfBooks>();
  const ofBooks = (booksId: string): OfBooks => {
    const ready = known.get(booksId);
    if (ready !== undefined) return ready;
    const { name = null, reference = null } = sides.books[booksId] ?? {};
    const made = {
      before: compileSide(sides.before, name),
      after: compileSide(sides.after, name),
      reference: reference === null ? null : indexReference(reference),
    };
    known.set(booksId, made);
    return made;
  };
  return (tally, stored) => {
    const { eventId, type, id, revision } = stored;
    const event = { ...(JSON.parse(stored.body) as object), revision } as TransportEvent;
    const { before, after, reference } = ofBooks(stored.booksId);
    const [old, fresh] = [outcomeOf(event, before.at(event), reference), outcomeOf(event, after.at(event), reference)];
    compareOutcomes(tally, { eventId, type, id, date: event.date }, { before: old, after: fresh, changesMax: sides.changesMax });
  };
}

function compileSide(spans: readonly RuleSpan[], booksName: string | null): Side {
  const compiled = spans.map(({ from, source }) => ({ from, rules: compileSource(source, booksName) }));
  const earliest = compiled.at(-1)!.rules;
  return {
    at: (event) => {
      const date = serviceDate(event);
      return compiled.find(({ from }) => from <= date)?.rules ?? earliest;
    },
  };
}

function outcomeOf(event: TransportEvent, rules: CompiledRules, reference: ReferenceIndex | null): Outcome {
  try {
    const { documents, findings } = buildDocuments(event, rules);
    if (reference === null || documents.length === 0) return { documents, findings };
    const checked = documents.flatMap((document) => validateDocument(document, reference, rules));
    return { documents, findings: checked.length === 0 ? findings : [...findings, ...checked] };
  } catch (error) {
    const message = `The rules could not be applied to ${event.type} ${event.id}: ${(error as Error).message}`;
    const fix = "Correct the rule or the event it names.";
    const cause = `event_unprocessable:${event.type}:${(error as Error).message.slice(0, 80)}`;
    return { documents: [], findings: [{ code: "event_unprocessable", severity: "block", field: null, message, fix, cause }] };
  }
}
