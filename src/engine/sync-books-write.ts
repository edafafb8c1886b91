import { appendAudit } from "../audit/log.ts";
import { inOrganization } from "../store/database.ts";
import { insertFindings } from "../store/findings.ts";
import { fenceLane } from "../store/lanes.ts";
import { handleNotifications, resolveDriftFindings } from "../store/notifications.ts";
import { relinkParties } from "../store/parties.ts";
import { addToOutbox, type OutboxMessage } from "../webhooks/outbox.ts";
import { type LaneContext, linkKey } from "./lane-context.ts";
import type { Compared } from "./sync-books-compare.ts";

/** Writes down what became of hints: findings, messages, leaves and the hints themselves in one transaction. */
export async function writeNews(context: LaneContext, news: readonly Compared[]): Promise<void> {
  if (news.length === 0) return;
  const { parts, organizationId, books, lease } = context;
  const { booksId } = books;
  const told = news.filter(({ outcome }) => outcome === "told" || outcome === "drift");
  const drifted = news.filter(({ finding }) => finding !== undefined);
  const relinked = await inOrganization(parts.database, organizationId, async (tx) => {
    await fenceLane(tx, lease);
    const links = await relinkParties(tx, booksId, mergesIn(context, news));
    // Another change replaces what was found before; the same content again ends it.
    await resolveDriftFindings(
      tx,
      told.flatMap(({ posting }) => (posting === null ? [] : [posting.postingId])),
    );
    await insertFindings(
      tx,
      drifted.map(({ posting, finding }) => ({ eventId: posting!.eventId, postingId: posting!.postingId, finding: finding! })),
    );
    await handleNotifications(
      tx,
      booksId,
      news.flatMap(({ hints, outcome, version }) => hints.map(({ notificationId }) => ({ notificationId, outcome, version }))),
    );
    await addToOutbox(
      tx,
      told.map((one) => messageOf(booksId, one)),
    );
    const actor = "system:worker";
    await appendAudit(tx, parts.now(), [
      ...drifted.map(({ posting, entity, providerId, operation, finding }) => ({
        ...{ actor, action: "posting.drifted", objectType: "posting" as const, objectId: posting!.postingId },
        facts: { entity, id: providerId, operation, message: finding!.message },
      })),
      ...links.map(({ kind, partyId, externalId }) => ({
        ...{ actor, action: "books.party_merged", objectType: "books" as const, objectId: booksId },
        facts: { kind, party: partyId, into: externalId },
      })),
      { actor, action: "books.changes_read", objectType: "books", objectId: booksId, facts: countsOf(news) },
    ]);
    return links;
  });
  for (const link of relinked) context.links.set(linkKey(link.kind, link.partyId), link);
  if (news.some(({ outcome }) => outcome === "reference")) context.staleReference = true;
}

function messageOf(booksId: string, { entity, providerId, operation, mergedId, at, posting, outcome }: Compared): OutboxMessage {
  const ours = posting === null ? {} : { postingId: posting.postingId, documentId: posting.documentId, eventId: posting.eventId };
  const merged = mergedId === null ? {} : { mergedId };
  const body = {
    books: booksId,
    entity,
    id: providerId,
    operation,
    at: at?.toISOString() ?? null,
    ...merged,
    ...ours,
    drift: outcome === "drift",
  };
  return { topic: "books.changed", body };
}

/** A party whose record was merged away is from now on the record that took it in: the books moved its past there too. */
function mergesIn({ connector }: LaneContext, news: readonly Compared[]) {
  return news.flatMap(({ entity, providerId, hints }) =>
    (["vendor", "customer"] as const).flatMap((kind) =>
      connector.entityOf(kind) !== entity
        ? []
        : hints.flatMap(({ mergedId }) => (mergedId === null ? [] : [{ kind, goneId: mergedId, intoId: providerId }])),
    ),
  );
}

function countsOf(news: readonly Compared[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, hints } of news) counts[outcome] = (counts[outcome] ?? 0) + hints.length;
  return counts;
}
