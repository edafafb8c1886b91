import { appendAudit } from "../audit/log.ts";
import { indexReference } from "../core/reference-index.ts";
import { putReference } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import { fenceLane } from "../store/lanes.ts";
import type { LaneContext } from "./lane-context.ts";

const referenceAgeMaxMs = 5 * 60_000;

/** Whether our copy of the books' lists must be read anew before anything is checked against it. */
export function needsReference(context: LaneContext): boolean {
  const { books, parts, staleReference } = context;
  return staleReference || books.referenceAt === null || parts.now().getTime() - books.referenceAt.getTime() > referenceAgeMaxMs;
}

/** Reads chart, lists and settings from the books and keeps them. */
export async function refreshReference(context: LaneContext): Promise<void> {
  const { parts, organizationId, books, connector, pace, lease } = context;
  const reference = await pace.run("read", () => connector.reference());
  await inOrganization(parts.database, organizationId, async (tx) => {
    await fenceLane(tx, lease);
    await putReference(tx, books.booksId, reference);
    const facts = { records: reference.records.length, closedThrough: reference.preferences.closedThrough };
    await appendAudit(tx, parts.now(), [
      { actor: "system:worker", action: "books.reference_read", objectType: "books", objectId: books.booksId, facts },
    ]);
  });
  context.reference = indexReference(reference);
  context.staleReference = false;
}
