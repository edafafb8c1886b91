import { Fault } from "../../../core/errors.ts";
import type { FoundRecord, PostResult } from "../connector.ts";
import { failed } from "./desk.ts";
import { isReversal, type Entity } from "./entities.ts";
import { unreadable } from "./errors.ts";
import type { Outcome, Query, Row, Task, Transport, Write } from "./tasks.ts";

/** One record, translated and ready to go. */
export interface Ready {
  readonly key: string;
  readonly entity: Entity;
  readonly write: Write;
  /** Reads a row of theirs as this record; its lines are taken to be those that were sent. */
  readonly found: (row: Row) => FoundRecord;
}

/** How what was sent is read back in the same request, and looked up with its lines where an earlier try may have landed. */
export interface ReadBack {
  readonly queries: (ready: readonly Ready[]) => readonly Query[];
  readonly lookUp: (ready: Ready) => Promise<FoundRecord | null>;
}

/**
 * Sends all in one request, each function for itself, and asks in the same request for the heads of what was written: an answer
 * names record numbers only, and a key that was used before is refused without saying what it made. Never throws a Fault.
 */
export async function sendAll(transport: Transport, ready: readonly Ready[], readBack: ReadBack): Promise<PostResult[]> {
  if (ready.length === 0) return [];
  // Two items with one key cannot stand in one request.
  const first = [...new Map(ready.map((each) => [each.key, each])).values()];
  const queries = readBack.queries(first).map((query, index) => ({ id: `read-${index}`, query }));
  const writes: Task[] = first.map(({ key, write }) => ({ id: key, write }));
  let outcomes: ReadonlyMap<string, Outcome>;
  try {
    outcomes = await transport.run([...writes, ...queries]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Refused as a whole, nothing ran: one that cannot be read must not stop the others.
    if (error.code === "books_refused" && first.length > 1) return sendEach(transport, first, readBack);
    return first.map(({ key }) => failed(key, error));
  }
  const rows = queries.flatMap(({ id, query }) =>
    rowsIn(outcomes.get(id))
      .filter((row) => !isReversal(row))
      .map((row) => ({ entity: query.object, row })),
  );
  const results: PostResult[] = [];
  for (const each of first) {
    const candidates = rows.filter(({ entity }) => entity === each.entity).map(({ row }) => each.found(row));
    results.push(await resultOf(each, outcomes.get(each.key), candidates, readBack));
  }
  return results;
}

async function sendEach(transport: Transport, ready: readonly Ready[], readBack: ReadBack): Promise<PostResult[]> {
  const results: PostResult[] = [];
  for (const each of ready) results.push(...(await sendAll(transport, [each], readBack)));
  return results;
}

/** What cannot be read back is still written: only its version is not known then. */
function rowsIn(outcome: Outcome | undefined): readonly Row[] {
  return outcome !== undefined && "rows" in outcome ? outcome.rows : [];
}

/** A refusal beside a record with our mark means that an earlier try landed unheard: that record is looked at with its lines. */
async function resultOf(
  ready: Ready,
  outcome: Outcome | undefined,
  candidates: readonly FoundRecord[],
  readBack: ReadBack,
): Promise<PostResult> {
  const { key } = ready;
  if (outcome !== undefined && "key" in outcome) {
    // The mark before the key: of several answers that come in order the mark alone is sure.
    const ours = candidates.filter((candidate) => candidate.ours);
    const written = ours.find(({ providerId }) => providerId === outcome.key) ?? ours[0];
    if (written) return { key, posted: written };
    return outcome.key === "" ? { key, fault: unreadable(200, "a success that names no record") } : readAlone(ready, readBack);
  }
  const fault = outcome !== undefined && "fault" in outcome ? outcome.fault : unreadable(200, "no answer to one entry of a request");
  if (!candidates.some(({ ours }) => ours)) return failed(key, fault);
  return readAlone(ready, readBack, fault);
}

async function readAlone(ready: Ready, readBack: ReadBack, fault?: Fault): Promise<PostResult> {
  const { key } = ready;
  try {
    const landed = await readBack.lookUp(ready);
    if (landed?.ours && (landed.sameContent || fault === undefined)) return { key, posted: landed };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  return {
    key,
    fault: new Fault(
      "upstream_silent",
      "Intacct has seen this entry before, or has saved it, and what it holds now could not be told apart. It is looked up before anything is sent again.",
      { ...fault?.details },
    ),
  };
}
