import { Fault } from "../core/errors.ts";
import type { Source } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import type { KnownRevision, WaitingEvent } from "../store/events.ts";
import { newId } from "../store/ids.ts";
import type { Actor } from "./actor.ts";
import type { MessageBody, Receipt } from "./receipts.ts";
import { recognize, watch } from "./files.ts";
import { type Candidate, candidateOf, connectorFor, decideCandidates, readOptions } from "./ingest.ts";
import type { EngineParts } from "./parts.ts";

/** A file to be tried. `format` null: recognized by its head and name. */
export interface TrialFile {
  readonly format: string | null;
  readonly name: string;
  readonly body: MessageBody;
  readonly sourceId: string | undefined;
}

/** One batch of a file: events as they would be stored, and what would be answered for all of it. */
interface TrialBatch {
  readonly events: readonly WaitingEvent[];
  readonly receipts: readonly Receipt[];
}

const batchSize = 200;
const eventsMax = 500_000;

/** Reads a file as intake would, and stores nothing of it. Faults: `format_unknown`, `file_malformed`, `body_malformed`, `request_invalid`. */
export async function* readTrialFile(
  parts: EngineParts,
  actor: Actor,
  file: TrialFile & { readonly source: Source },
): AsyncGenerator<TrialBatch> {
  const { source } = file;
  const { head, body } = await watch(file.body);
  const connector = connectorFor(parts, file.format ?? recognize(parts, head, file.name));
  const seen = new Map<string, KnownRevision[]>();
  let batch: Candidate[] = [];
  let receipts: Receipt[] = [];
  let count = 0;
  const flush = async (): Promise<TrialBatch> => {
    const before = [...new Set(batch.map(({ event }) => keyOf(event)))].flatMap((key) => seen.get(key) ?? []);
    const decisions = await inOrganization(parts.database, actor.organizationId, (tx) =>
      decideCandidates(tx, { source, candidates: batch }, before),
    );
    const taken = decisions.filter(({ receipt }) => receipt.status === "accepted");
    for (const { candidate, receipt } of taken) {
      const { type, id } = candidate.event;
      const revision = { type, id, revision: receipt.revision!, contentHash: candidate.hash, edited: false };
      seen.set(keyOf(revision), [...(seen.get(keyOf(revision)) ?? []), revision]);
    }
    const done = {
      events: taken.map(({ candidate, receipt }) => stored(source, candidate, receipt.revision!)),
      receipts: all(receipts, decisions),
    };
    [batch, receipts] = [[], []];
    return done;
  };
  for await (const part of connector.read(body, readOptions(source))) {
    if ("unreadable" in part && part.unreadable.finding.severity !== "block") continue; // A remark about the file.
    count += 1;
    if (count > eventsMax) throw new Fault("request_invalid", `More than ${eventsMax} events are too many for one dry run; cut the file`);
    const read = candidateOf(part, batch.length);
    if ("receipt" in read) receipts.push(read.receipt);
    else batch.push(read.candidate);
    if (batch.length + receipts.length >= batchSize) yield await flush();
  }
  if (batch.length + receipts.length > 0) yield await flush();
}

function keyOf({ type, id }: { type: string; id: string }): string {
  return `${type}/${id}`;
}

function all(receipts: readonly Receipt[], decisions: readonly { receipt: Receipt }[]): Receipt[] {
  return [...receipts, ...decisions.map(({ receipt }) => receipt)];
}

function stored({ sourceId }: Source, { event, body }: Candidate, revision: number): WaitingEvent {
  return { eventId: newId(), sourceId, type: event.type, id: event.id, revision, body };
}
