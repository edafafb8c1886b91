import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization } from "../store/database.ts";
import { resolveFindingsOfEvents } from "../store/findings.ts";
import { findRuleSet } from "../store/rules.ts";
import { type RemapSelection, reopenForMapping } from "../store/rule-events.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf, requireDate } from "./publish-rules.ts";
import { unknownRuleSet } from "./rule-versions.ts";

/**
 * Maps events anew by the rules as they are now: on purpose, never by itself. What comes out the same stays in the books as it is; what
 * differs is reversed there and posted again. Faults: `not_found`, `request_invalid` for no selection.
 */
export async function remapEvents(parts: EngineParts, actor: Actor, name: string, selection: RemapSelection): Promise<{ events: number }> {
  if (selection.eventIds === null && (selection.from === null || selection.to === null)) {
    throw new Fault("request_invalid", "Name the events, or the first and last document date, that are to be mapped anew");
  }
  requireDate(selection.from);
  requireDate(selection.to);
  const reopened = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const newest = await findRuleSet(tx, name);
    if (newest === undefined) throw await unknownRuleSet(tx, name);
    const events = await reopenForMapping(tx, name, selection);
    const eventIds = events.map(({ eventId }) => eventId);
    await resolveFindingsOfEvents(tx, eventIds);
    const facts = { ruleSet: name, version: newest.version };
    await appendAudit(
      tx,
      parts.now(),
      eventIds.map((objectId) => ({ actor: nameOf(actor), action: "event.remapped", objectType: "event" as const, objectId, facts })),
    );
    return events;
  });
  for (const booksId of new Set(reopened.map((event) => event.booksId)))
    await parts.wake({ organizationId: actor.organizationId, booksId });
  return { events: reopened.length };
}
