import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findActionEvents, findCard, findLastAction, markUndone, type ReviewAction, saveCard } from "../store/review-cards.ts";
import { bringBackEvents, findEditableEvent } from "../store/review-events.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";
import { putRevision } from "./review-edit.ts";
import { wakeForRules } from "./review-mend.ts";
import { undoLink } from "./review-parties.ts";
import { undoAmendment } from "./review-rules.ts";

/** What was undone. */
export interface Undone {
  readonly kind: ReviewAction["kind"];
  /** Events that are back in line. */
  readonly events: number;
}

/** Lanes and rule sets that have work after an undo. */
interface Woken {
  readonly events: number;
  readonly booksIds: readonly string[];
  readonly ruleSet: string | null;
}

/**
 * Undoes the last thing that was done about a cause. What reached the books meanwhile stays there. Faults: `not_found` when there is
 * nothing to undo, `request_invalid` where it cannot be undone any more, with what to do instead.
 */
export async function undoLast(parts: EngineParts, actor: Actor, cause: string): Promise<Undone> {
  const { kind, woken } = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const action = await findLastAction(tx, cause);
    if (action === undefined) throw new Fault("not_found", `Nothing was done about "${cause}" that could be undone`);
    const done = await undoAction(tx, { parts, actor }, action);
    await markUndone(tx, action.actionId, nameOf(actor));
    const facts = { kind: action.kind, actionId: action.actionId, events: done.events };
    await appendAudit(tx, parts.now(), [{ actor: nameOf(actor), action: "review.undone", objectType: "finding", objectId: cause, facts }]);
    return { kind: action.kind, woken: done };
  });
  for (const booksId of new Set(woken.booksIds)) await parts.wake({ organizationId: actor.organizationId, booksId });
  if (woken.ruleSet !== null) await wakeForRules(parts, actor.organizationId, woken.ruleSet);
  return { kind, events: woken.events };
}

const none: Woken = { events: 0, booksIds: [], ruleSet: null };

async function undoAction(tx: Tx, by: { parts: EngineParts; actor: Actor }, action: ReviewAction): Promise<Woken> {
  const { cause, facts } = action;
  switch (action.kind) {
    case "comment":
      return none; // Marked as undone, it is no part of the card any more.
    case "assign":
    case "snooze":
      await putCardBack(tx, action);
      return none;
    case "exclude": {
      const events = await bringBackEvents(tx, await findActionEvents(tx, action.actionId));
      const leaf = { actor: nameOf(by.actor), action: "event.retried", objectType: "event" as const, facts: { because: "undo" } };
      await appendAudit(
        tx,
        by.parts.now(),
        events.map(({ eventId }) => ({ ...leaf, objectId: eventId })),
      );
      return { ...none, events: events.length, booksIds: events.map(({ booksId }) => booksId) };
    }
    case "edit":
      return undoEdit(tx, by, facts as { from: string; to: string });
    case "link":
      return { ...none, booksIds: [await undoLink(tx, facts)] };
    case "add_row":
    case "add_alias":
      if (by.actor.role !== "admin" && by.actor.role !== "controller")
        throw new Fault("forbidden", "It changed the rules; have somebody undo it who may publish them");
      return { ...none, ruleSet: await undoAmendment(tx, by, facts) };
    case "retry":
    case "create_party":
      throw new Fault("request_invalid", `"${cause}": a record that was created in the books is made inactive there`);
  }
}

async function putCardBack(tx: Tx, { cause, kind, facts }: ReviewAction): Promise<void> {
  const { before } = facts as { before: { owner: string | null; snoozedUntil: string | null } };
  const card = await findCard(tx, cause);
  const snoozedUntil = before.snoozedUntil === null ? null : new Date(before.snoozedUntil);
  await saveCard(tx, cause, kind === "assign" ? { ...card, owner: before.owner } : { ...card, snoozedUntil });
}

/** The old content once more, as a newer revision: nothing that was ever stored is taken away. */
async function undoEdit(tx: Tx, by: { parts: EngineParts; actor: Actor }, { from, to }: { from: string; to: string }): Promise<Woken> {
  const [old, edited] = [await findEditableEvent(tx, from), await findEditableEvent(tx, to)];
  if (
    old === undefined ||
    edited === undefined ||
    edited.revision < edited.newest ||
    !["review", "held", "excluded"].includes(edited.state)
  )
    throw new Fault("request_invalid", "The corrected event is not stopped any more; what is in the books is corrected by a new revision");
  const content = JSON.parse(old.body) as Record<string, unknown>;
  await putRevision(tx, by, { stored: edited, content, reason: "The correction was undone" });
  return { ...none, events: 1, booksIds: [edited.booksId] };
}
