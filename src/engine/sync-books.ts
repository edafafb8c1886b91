import { appendAudit } from "../audit/log.ts";
import type { Change } from "../connectors/accounting/connector.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization } from "../store/database.ts";
import { fenceLane, laneHasDocuments } from "../store/lanes.ts";
import {
  advanceChanges,
  claimChanges,
  findPostedRecords,
  findWaitingNotifications,
  hasUnsurePostings,
  insertNotifications,
  leaveOutKnown,
  type NewNotification,
  type WaitingNotification,
} from "../store/notifications.ts";
import { providerOf } from "./connect.ts";
import type { LaneContext } from "./lane-context.ts";
import { isReferenceOld } from "./refresh.ts";
import { readsAreScarce } from "./usage.ts";
import { compareRecords, type Compared } from "./sync-books-compare.ts";
import { isEchoOf, isList, matchPosted, type RecordHints, recordsOf } from "./sync-books-match.ts";
import { writeNews } from "./sync-books-write.ts";

/** Hints of one slice; the rest waits for the next, so that posting goes on between. */
const hintsPerSlice = 2_000;
/** Records of one slice that must be looked at over there: one query, and one read for each that differs. */
const comparedPerSlice = 10;
/** While an outcome of ours is unknown, a strange record may be it; a hint waits for the answer no longer than this. */
const doubtMs = 10 * 60_000;

/**
 * What the books tell of changes: notifications that wait, and where none came for a while, what is found by asking.
 * Cheap where there is nothing. Faults of a look at a record that may pass end the turn, as with any other call; asking for
 * changes that fails is tried again a minute later and holds up nothing.
 */
export async function syncBooks(context: LaneContext): Promise<void> {
  const { parts, organizationId, books } = context;
  await askForChanges(context);
  const { hints, isUnsure, hasDocuments } = await inOrganization(parts.database, organizationId, async (tx) => ({
    hints: await findWaitingNotifications(tx, books.booksId, hintsPerSlice),
    isUnsure: await hasUnsurePostings(tx, books.booksId),
    hasDocuments: isReferenceOld(context) && (await laneHasDocuments(tx, books.booksId)),
  }));
  if (hasDocuments) context.staleReference = true;
  if (hints.length > 0) await handle(context, hints, isUnsure);
}

async function handle(context: LaneContext, hints: readonly WaitingNotification[], isUnsure: boolean): Promise<void> {
  const { parts, organizationId, books, connector } = context;
  const { isEcho } = providerOf(parts, books.system).notifications;
  const posted = await inOrganization(parts.database, organizationId, (tx) =>
    findPostedRecords(
      tx,
      books.booksId,
      hints.map(({ providerId }) => providerId),
    ),
  );
  const records = recordsOf(hints).map((record) => ({ ...record, posting: matchPosted(connector, posted, record) }));
  const settled: Compared[] = [];
  const doubtful: RecordHints[] = [];
  for (const record of records) {
    const { posting } = record;
    if (posting !== null && isEchoOf(isEcho, record, posting)) settled.push({ ...record, outcome: "echo", version: record.version });
    else if (isList(connector, record.entity)) settled.push({ ...record, outcome: "reference", version: record.version });
    else if (posting !== null && posting.state === "posted") doubtful.push(record);
    else if (posting === null && isUnsure && isYoung(context, record)) continue;
    else settled.push({ ...record, outcome: "told", version: record.version });
  }
  const compared = await compareRecords(context, doubtful.slice(0, comparedPerSlice));
  const inOrder = [...settled, ...compared].sort((one, other) => (firstOf(one) < firstOf(other) ? -1 : 1));
  await writeNews(context, inOrder);
}

/** Ids of hints ascend in the order they came. */
function firstOf({ hints }: RecordHints): string {
  return hints[0]!.notificationId;
}

function isYoung({ parts }: LaneContext, record: RecordHints): boolean {
  return parts.now().getTime() - record.hints[0]!.receivedAt.getTime() < doubtMs;
}

/** Where it is due, asks what changed and keeps what is no echo of ours as hints, each once. */
async function askForChanges(context: LaneContext): Promise<void> {
  const { parts, organizationId, books, connector, lease } = context;
  const { isEcho } = providerOf(parts, books.system).notifications;
  const claimed = await inOrganization(parts.database, organizationId, (tx) => claimChanges(tx, books.booksId));
  // While reads are scarce, notifications are waited for; the next look is a minute away all the same.
  if (claimed === null || readsAreScarce(context)) return;
  try {
    const page = await connector.changesSince(claimed.cursor);
    await inOrganization(parts.database, organizationId, async (tx) => {
      await fenceLane(tx, lease);
      const posted = await findPostedRecords(
        tx,
        books.booksId,
        page.changes.map(({ providerId }) => providerId),
      );
      const news = page.changes.map(hintOf).filter((hint) => {
        const posting = matchPosted(connector, posted, hint);
        return posting === null || !isEchoOf(isEcho, hint, posting);
      });
      const taken = await insertNotifications(tx, books.booksId, await leaveOutKnown(tx, books.booksId, news));
      await advanceChanges(tx, books.booksId, { cursor: page.cursor, isBehind: !page.complete });
      if (taken === 0) return;
      const facts = { taken, seen: page.changes.length };
      await appendAudit(tx, parts.now(), [
        { actor: "system:worker", action: "books.changes_found", objectType: "books", objectId: books.booksId, facts },
      ]);
    });
  } catch (error) {
    if (!(error instanceof Fault) || error.code === "lease_lost" || error.remedy === "reconnect") throw error;
    parts.log("warn", "the books could not be asked what changed", { books: books.name, fault: error.code, reason: error.message });
  }
}

function hintOf({ entity, providerId, version, operation, at }: Change): NewNotification {
  return { entity, providerId, operation, mergedId: null, version, at: Number.isNaN(Date.parse(at)) ? null : at };
}
