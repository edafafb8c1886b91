import { hash } from "node:crypto";
import { minutesOf, type Neighbour, type Trace } from "../core/validation/trace.ts";
import { packTexts, type Statement, type Tx } from "./database.ts";

/** Neighbours one trace is compared with, the newest: what is busier than that is odd by itself. */
const neighboursMax = 12;

/** The name a trace is kept under: 128 bits of a SHA-256 over its kind and key, as an id. */
export function traceId({ kind, key }: Pick<Trace, "kind" | "key">): string {
  return hash("sha256", `${kind}\u001e${key}`, "hex").slice(0, 32);
}

/** A trace of a stored event. */
export interface TraceOf {
  readonly eventId: string;
  readonly trace: Trace;
}

const insert: Statement = {
  name: "event_traces_insert",
  text: `insert into event_traces (organization_id, trace, at, event_id, facts)
    select $1, * from unnest(string_to_array($2, E'\\x1f')::uuid[], string_to_array($3, E'\\x1f')::timestamptz[], string_to_array($4, E'\\x1f')::uuid[],
      string_to_array($5, E'\\x1f')) on conflict do nothing`,
};

/** Remembers traces. Those of an event that was prepared before are there already. */
export async function insertTraces(tx: Tx, traces: readonly TraceOf[]): Promise<void> {
  if (traces.length === 0) return;
  await tx.change(insert, [
    tx.organizationId,
    packTexts(traces.map(({ trace }) => traceId(trace))),
    packTexts(traces.map(({ trace }) => instant(minutesOf(trace.at)))),
    packTexts(traces.map(({ eventId }) => eventId)),
    packTexts(traces.map(({ trace }) => JSON.stringify([trace.at, trace.facts]))),
  ]);
}

/** A question about what is remembered around a trace. */
export interface NeighbourQuestion extends TraceOf {
  /** Minutes to look back and ahead. */
  readonly before: number;
  readonly after: number;
}

// What came before an event counts in any living state; what came after it only once it is on its way to the books, so
// that of two that wait for a person one can go through.
const selectNeighbours: Statement = {
  name: "event_traces_neighbours",
  text: `select given.place::int as place, k.facts, e.source_id as source, e.type, e.id, e.number
    from unnest(string_to_array($2, E'\\x1f')::uuid[], string_to_array($3, E'\\x1f')::timestamptz[], string_to_array($4, E'\\x1f')::timestamptz[],
      string_to_array($5, E'\\x1f')::uuid[]) with ordinality as given(trace, since, until, event_id, place)
    cross join lateral (
      select t.event_id, t.facts from event_traces t
      where t.organization_id = $1 and t.trace = given.trace and t.at between given.since and given.until and t.event_id <> given.event_id
      order by t.at desc limit ${neighboursMax}
    ) k
    cross join lateral (
      select o.source_id, o.type, o.id, o.number, o.state from events o where o.organization_id = $1 and o.event_id = k.event_id offset 0
    ) e
    where e.state not in ('superseded', 'voided', 'excluded') and (k.event_id < given.event_id or e.state in ('prepared', 'posted'))`,
};

/** What is remembered around each trace, in the order of the questions; the newest first. */
export async function findNeighbours(tx: Tx, questions: readonly NeighbourQuestion[]): Promise<Neighbour[][]> {
  const found = questions.map((): Neighbour[] => []);
  if (questions.length === 0) return found;
  const rows = await tx.rows<{ place: number; facts: string; source: string; type: string; id: string; number: string | null }>(
    selectNeighbours,
    [
      tx.organizationId,
      packTexts(questions.map(({ trace }) => traceId(trace))),
      packTexts(questions.map(({ trace, before }) => instant(minutesOf(trace.at) - before))),
      packTexts(questions.map(({ trace, after }) => instant(minutesOf(trace.at) + after))),
      packTexts(questions.map(({ eventId }) => eventId)),
    ],
  );
  for (const { place, facts, source, type, id, number } of rows) {
    const [at, known] = JSON.parse(facts) as [string, Record<string, string>];
    found[place - 1]!.push({ at, facts: known, source, type, id, number });
  }
  for (const list of found) list.sort((a, b) => minutesOf(b.at) - minutesOf(a.at));
  return found;
}

function instant(minutes: number): string {
  return new Date(minutes * 60_000).toISOString();
}
