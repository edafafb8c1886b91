import { appendAudit } from "../audit/log.ts";
import { indexReference } from "../core/reference-index.ts";
import { findReference, putReference } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import { fenceLane } from "../store/lanes.ts";
import type { LaneContext } from "./lane-context.ts";
import { codesMendedBy, reopenMended } from "./review-mend.ts";
import { readsAreScarce } from "./usage.ts";

const referenceAgeMaxMs = 5 * 60_000;
/** While metered calls are scarce, lists may be this old. A refusal that shows they are old has them read at once. */
const scarceAgeMaxMs = 6 * 3_600_000;

/** Whether our copy of the books' lists must be read anew in any case. */
export function needsReference({ staleReference, referenceAt }: LaneContext): boolean {
  return staleReference || referenceAt === null;
}

/** Whether the copy is too old for documents to be checked against it. A lane without documents need not care: reading costs. */
export function isReferenceOld(context: LaneContext): boolean {
  const { parts, referenceAt } = context;
  const ageMaxMs = readsAreScarce(context) ? scarceAgeMaxMs : referenceAgeMaxMs;
  return referenceAt === null || parts.now().getTime() - referenceAt.getTime() > ageMaxMs;
}

/** Reads chart, lists and settings from the books and keeps them. */
export async function refreshReference(context: LaneContext): Promise<void> {
  const { parts, organizationId, books, connector, lease } = context;
  const reference = await connector.reference();
  await inOrganization(parts.database, organizationId, async (tx) => {
    await fenceLane(tx, lease);
    const codes = codesMendedBy(await findReference(tx, books), reference);
    await putReference(tx, books.booksId, reference);
    if (codes !== null) {
      const because = { because: "reference" };
      await reopenMended(tx, parts.now(), { codes, booksId: books.booksId, ruleSet: null, actor: "system:worker", because });
    }
    const facts = { records: reference.records.length, closedThrough: reference.preferences.closedThrough };
    await appendAudit(tx, parts.now(), [
      { actor: "system:worker", action: "books.reference_read", objectType: "books", objectId: books.booksId, facts },
    ]);
  });
  context.reference = indexReference(reference);
  context.staleReference = false;
  context.referenceAt = parts.now();
}
