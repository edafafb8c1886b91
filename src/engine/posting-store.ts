import { appendAudit } from "../audit/log.ts";
import type { Candidate, Outcome, PostingStore, Verdict } from "../core/posting/ports.ts";
import { type Beginning, beginAttempts, type Intent, lookUpFirst } from "../store/attempts.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { contentHashOf, readPostable, type StoredPostable } from "../store/documents.ts";
import { fenceLane } from "../store/lanes.ts";
import { noticeRestore } from "../store/origins.ts";
import {
  abandonSending,
  findReadyPostings,
  findUncertainPostings,
  type OpenPosting,
  type PostingOutcome,
  recordOutcomes,
} from "../store/postings.ts";
import type { LaneContext } from "./lane-context.ts";
import { rememberLinks, writeConsequences } from "./posting-consequences.ts";
import { takeShare } from "./retry-share.ts";
import { freshenLinks } from "./review-fresh.ts";

/** A posting as the steps carry it: with its row and its document read. */
export interface Sending extends Candidate<StoredPostable> {
  readonly row: OpenPosting;
}

/** The postings of one lane in the database. Every call is one transaction under the lane's lease. */
export function storeOf(context: LaneContext): PostingStore<StoredPostable> {
  const read = new Map<string, Sending>();
  const keep = (sending: Sending): Sending => {
    read.set(sending.postingId, sending);
    return sending;
  };
  const fenced = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    inOrganization(context.parts.database, context.organizationId, async (tx) => {
      await fenceLane(tx, context.lease);
      return work(tx);
    });
  const beginning = (from: Beginning["from"], runsForMs: number): Beginning => ({ epoch: context.lease.epoch, from, runsForMs });
  return {
    takeOver: () => fenced((tx) => takeOver(tx, context)),
    begin: (limit, runsForMs, intentOf) =>
      fenced(async (tx) => {
        const rows = await takeShare(context.opened, { limit, batch: context.connector.capabilities.batchItemsMax }, (most) =>
          findReadyPostings(tx, context.books.booksId, most),
        );
        if (rows.length > 0) await freshenLinks(tx, context);
        const ready = rows.map((row) => keep({ ...candidateOf(row), settledInMs: 0, firstSentAgoMs: null, inDoubt: row.inDoubt }));
        const { send = [], "look-up": doubtful = [] } = Object.groupBy(ready, intentOf);
        await writeIntents(tx, context, beginning("ready", runsForMs), send);
        await lookUpFirst(tx, beginning("ready", runsForMs), doubtful.map(intentFor));
        await appendAudit(
          tx,
          context.parts.now(),
          doubtful.map(({ postingId }) => leafOf(postingId, "posting.uncertain", { reason: "the database was restored" })),
        );
        return send;
      }),
    beginAgain: (uncertain, runsForMs) =>
      fenced(async (tx) => {
        const sending = uncertain.map(({ postingId }) => read.get(postingId)!);
        await writeIntents(tx, context, beginning("uncertain", runsForMs), sending);
        return sending;
      }),
    readUncertain: async (limit) => {
      const rows = await inOrganization(context.parts.database, context.organizationId, (tx) =>
        findUncertainPostings(tx, context.books.booksId, limit),
      );
      return rows.map((row) => {
        const { settledInMs, firstSentAgoMs } = row;
        return keep({ ...candidateOf(row), settledInMs, firstSentAgoMs, inDoubt: false });
      });
    },
    record: async (verdicts) => {
      const written = await fenced((tx) => writeVerdicts(tx, context, verdicts, read));
      rememberLinks(context, written, read);
    },
  };
}

function candidateOf(row: OpenPosting) {
  const { postingId, key, attempts, openForMs, body } = row;
  return { row, postingId, key, attempts, openForMs, postable: readPostable(body) };
}

/** What an earlier holder was sending when it lost the lane has an unknown outcome. A restored database is noticed here too. */
async function takeOver(tx: Tx, { parts, books, lease }: LaneContext): Promise<void> {
  const [abandoned, isRestored] = [await abandonSending(tx, books.booksId, lease.epoch), await noticeRestore(tx, books.booksId)];
  const leaves = abandoned.map(({ postingId }) =>
    leafOf(postingId, "posting.uncertain", { reason: "lane taken over", epoch: lease.epoch }),
  );
  if (isRestored) {
    parts.log("warn", "this database was restored or taken over by a standby: documents are looked up in the books before they are sent", {
      books: books.name,
    });
    leaves.push({ ...leafOf(books.booksId, "books.restore_noticed", {}), objectType: "books" });
  }
  await appendAudit(tx, parts.now(), leaves);
}

function intentFor({ postingId, key, row, postable }: Sending): Intent {
  return { postingId, key, bodyHash: contentHashOf(row.body), number: "number" in postable ? postable.number : postable.name };
}

async function writeIntents(tx: Tx, { parts }: LaneContext, beginning: Beginning, sending: readonly Sending[]): Promise<void> {
  const intents = sending.map(intentFor);
  await beginAttempts(tx, beginning, intents);
  const leaves = sending.map(({ postingId, key, attempts }, index) =>
    leafOf(postingId, "posting.sending", {
      attempt: attempts + 1,
      key,
      sha256: intents[index]!.bodyHash.toString("hex"),
      epoch: beginning.epoch,
    }),
  );
  await appendAudit(tx, parts.now(), leaves);
}

/** Commits outcomes: state, attempt, findings, audit leaf and message of each together. Answers those that changed a row. */
async function writeVerdicts(
  tx: Tx,
  context: LaneContext,
  verdicts: readonly Verdict[],
  read: ReadonlyMap<string, Sending>,
): Promise<Verdict[]> {
  const outcomes = verdicts.map(({ outcome }) => storedOutcome(context, outcome, read.get(outcome.postingId)!));
  const changed = new Set((await recordOutcomes(tx, outcomes)).map(({ postingId }) => postingId));
  const written = verdicts.filter(({ outcome }) => changed.has(outcome.postingId));
  const stored = new Map(outcomes.map((outcome) => [outcome.postingId, outcome]));
  await writeConsequences(
    tx,
    context,
    written.map(({ outcome, finding }) => ({ ...read.get(outcome.postingId)!, outcome: stored.get(outcome.postingId)!, finding })),
  );
  return written;
}

function storedOutcome({ connector }: LaneContext, outcome: Outcome, { postable }: Sending): PostingOutcome {
  const { record, ...rest } = outcome;
  return {
    ...rest,
    providerId: record?.providerId ?? null,
    providerVersion: record?.version ?? null,
    url: record === null ? null : connector.openUrl(postable.kind, record.providerId),
  };
}

function leafOf(objectId: string, action: string, facts: Record<string, unknown>) {
  return { actor: "system:worker", action, objectType: "posting" as "posting" | "books", objectId, facts };
}
