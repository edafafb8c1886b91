import { appendAudit } from "../audit/log.ts";
import { inOrganization } from "../store/database.ts";
import { addUsage, findUsage } from "../store/usage.ts";
import { addToOutbox } from "../webhooks/outbox.ts";
import { type LaneContext, meteredOf } from "./lane-context.ts";

/** From this share of the month's metered calls on, only reads that money needs are made. */
const scarceShare = 0.9;

/**
 * Whether this month's metered calls are nearly used up. Then lists are read anew only when an answer shows that they are
 * old, and changes are awaited rather than asked for; look-ups of uncertain postings go on.
 */
export function readsAreScarce({ metered, connector }: Pick<LaneContext, "metered" | "connector">): boolean {
  return metered >= connector.features.meteredReadsPerMonth * scarceShare;
}

/** Writes down what was used since the last time, and tells once a month when reads become scarce. */
export async function chargeUsage(context: LaneContext): Promise<void> {
  const { parts, organizationId, books, connector, opened } = context;
  const { writes, meteredReads } = connector.usage();
  const used = { writes: writes - opened.charged.writes, meteredReads: meteredReads - opened.charged.meteredReads };
  if (used.writes + used.meteredReads === 0) return;
  const wereScarce = readsAreScarce(context);
  await inOrganization(parts.database, organizationId, async (tx) => {
    await addUsage(tx, books.booksId, parts.now(), used);
    context.metered = meteredOf(connector.features, await findUsage(tx, books.booksId, parts.now()));
    if (wereScarce || !readsAreScarce(context)) return;
    const facts = { metered: context.metered, perMonth: connector.features.meteredReadsPerMonth };
    await appendAudit(tx, parts.now(), [
      { actor: "system:worker", action: "books.reads_scarce", objectType: "books", objectId: books.booksId, facts },
    ]);
    await addToOutbox(tx, [{ topic: "books.reads_scarce", body: { booksId: books.booksId, ...facts } }]);
  });
  opened.charged = { writes, meteredReads };
}
