import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import {
  type CardState,
  findCard,
  insertAction,
  isCauseKnown,
  listActions,
  type ReviewAction,
  type ReviewActionKind,
  saveCard,
} from "../store/review-cards.ts";
import type { Listed, Page } from "../store/search.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";

/** What a person does about a card. */
export interface CardAction {
  readonly cause: string;
  readonly kind: ReviewActionKind;
  readonly reason: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Notes an action in the card's history and in the audit log, in the caller's transaction. `eventIds`: what undoing needs. */
export async function noteAction(
  tx: Tx,
  by: { parts: EngineParts; actor: Actor },
  action: CardAction,
  eventIds: readonly string[] = [],
): Promise<string> {
  const actor = nameOf(by.actor);
  const actionId = await insertAction(tx, { ...action, actor }, eventIds);
  const facts = { kind: action.kind, reason: action.reason, actionId, events: eventIds.length, ...action.facts };
  await appendAudit(tx, by.parts.now(), [{ actor, action: `review.${action.kind}`, objectType: "finding", objectId: action.cause, facts }]);
  return actionId;
}

/** Faults: `not_found` for a cause that nothing was ever found with. */
async function requireCause(tx: Tx, cause: string): Promise<void> {
  if (!(await isCauseKnown(tx, cause)))
    throw new Fault("not_found", `Nothing is known of the cause "${cause}"; take it from the review list as it stands there`);
}

/** A reason that says something. Faults: `request_invalid`. */
export function requireReason(reason: string, what: string): string {
  const said = reason.trim();
  if (said === "") throw new Fault("request_invalid", `Say why ${what}: the reason stays in the audit log`, { "/reason": "is empty" });
  return said;
}

/** Gives a card an owner, or nobody. Faults: `not_found`. */
export function assignCard(parts: EngineParts, actor: Actor, cause: string, owner: string | null): Promise<CardState> {
  return changeCard(parts, actor, { cause, kind: "assign", change: { owner } });
}

/** Puts a card aside until a moment, or takes it up again. It counts as before. Faults: `not_found`, `request_invalid`. */
export async function snoozeCard(parts: EngineParts, actor: Actor, cause: string, until: Date | null): Promise<CardState> {
  if (until !== null && until.getTime() <= parts.now().getTime())
    throw new Fault("request_invalid", `${until.toISOString()} is past; name a moment to come`, { "/until": "is past" });
  return changeCard(parts, actor, { cause, kind: "snooze", change: { snoozedUntil: until } });
}

function changeCard(
  parts: EngineParts,
  actor: Actor,
  of: { cause: string; kind: "assign" | "snooze"; change: Partial<CardState> },
): Promise<CardState> {
  const { cause, kind, change } = of;
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    await requireCause(tx, cause);
    const before = await findCard(tx, cause);
    const after = { ...before, ...change };
    await saveCard(tx, cause, after);
    await noteAction(tx, { parts, actor }, { cause, kind, reason: null, facts: { before, after } });
    return after;
  });
}

/** Adds a word to a card. Faults: `not_found`, `request_invalid`. */
export async function commentOnCard(parts: EngineParts, actor: Actor, cause: string, text: string): Promise<{ actionId: string }> {
  const reason = requireReason(text, "something");
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    await requireCause(tx, cause);
    return { actionId: await noteAction(tx, { parts, actor }, { cause, kind: "comment", reason, facts: {} }) };
  });
}

/** What was done about a cause, newest first. Faults: `not_found`. */
export function readHistory(parts: EngineParts, actor: Actor, cause: string, page: Page): Promise<Listed<ReviewAction>> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    await requireCause(tx, cause);
    return listActions(tx, cause, page);
  });
}
