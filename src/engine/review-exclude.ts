import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findBehind } from "../store/findings.ts";
import { excludeEvents, findCausesOfEvents } from "../store/review-events.ts";
import { addToOutbox } from "../webhooks/outbox.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";
import { noteAction, requireReason } from "./review-cards.ts";

/** Which stopped events are meant: all behind a cause, or these. */
export interface ReviewSelection {
  readonly cause?: string;
  readonly eventIds?: readonly string[];
}

/** What became of an exclusion. `left`: something of them is in the books already, or may be. */
export interface Excluded {
  readonly excluded: number;
  readonly left: number;
}

/** Takes stopped events out of the work, with a reason; nothing is deleted, and undo brings them back. Faults: `request_invalid`. */
export async function excludeFromReview(parts: EngineParts, actor: Actor, of: ReviewSelection & { reason: string }): Promise<Excluded> {
  if (of.cause === undefined && (of.eventIds?.length ?? 0) === 0)
    throw new Fault("request_invalid", "Name a cause or at least one event to exclude");
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const behind = await findBehind(tx, of);
    const ids = [...new Set(behind.flatMap(({ eventId }) => eventId ?? []))];
    return excludeAll(tx, { parts, actor }, { eventIds: ids, cause: of.cause ?? null, reason: of.reason });
  });
}

/** Excludes these events in the caller's transaction; each is undone from the card it stood on. */
export async function excludeAll(
  tx: Tx,
  by: { parts: EngineParts; actor: Actor },
  of: { eventIds: readonly string[]; cause: string | null; reason: string },
): Promise<Excluded> {
  const reason = requireReason(of.reason, "these events are excluded");
  const causes = await findCausesOfEvents(tx, of.eventIds);
  const gone = await excludeEvents(tx, of.eventIds);
  if (gone.length === 0) return { excluded: 0, left: of.eventIds.length };
  for (const [cause, ids] of Map.groupBy(gone, (eventId) => of.cause ?? causes.get(eventId) ?? "unknown"))
    await noteAction(tx, by, { cause, kind: "exclude", reason, facts: {} }, ids);
  const actor = nameOf(by.actor);
  await appendAudit(
    tx,
    by.parts.now(),
    gone.map((objectId) => ({ actor, action: "event.excluded", objectType: "event", objectId, facts: { reason } })),
  );
  await addToOutbox(
    tx,
    gone.map((eventId) => ({ topic: "event.excluded", body: { eventId, reason, by: actor } })),
  );
  return { excluded: gone.length, left: of.eventIds.length - gone.length };
}
