import type { Statement, Tx } from "./database.ts";
import { newId } from "./ids.ts";
import { type Listed, type Page, pageOf, readIdCursor, searchStatement, writeCursor } from "./search.ts";

/** What a person can do about a root cause. */
export type ReviewActionKind =
  | "retry"
  | "exclude"
  | "snooze"
  | "assign"
  | "comment"
  | "link"
  | "create_party"
  | "add_row"
  | "add_alias"
  | "edit";

/** One thing that was done about a root cause. `facts` hold what undoing it needs. */
export interface ReviewAction {
  readonly actionId: string;
  readonly cause: string;
  readonly kind: ReviewActionKind;
  readonly actor: string;
  readonly reason: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly at: Date;
  readonly undoneBy: string | null;
  readonly undoneAt: Date | null;
}

const actionColumns = `action_id as "actionId", cause, kind, actor, reason, facts, at, undone_by as "undoneBy", undone_at as "undoneAt"`;

const isKnown: Statement = {
  name: "review_cause_known",
  text: `select exists (select 1 from findings where organization_id = $1 and cause = $2)
    or exists (select 1 from review_actions where organization_id = $1 and cause = $2) as known`,
};

/** Whether anything was ever found with this cause. */
export async function isCauseKnown(tx: Tx, cause: string): Promise<boolean> {
  return (await tx.rows<{ known: boolean }>(isKnown, [tx.organizationId, cause]))[0]?.known ?? false;
}

const insert: Statement = {
  name: "review_actions_insert",
  text: "insert into review_actions (organization_id, action_id, cause, kind, actor, reason, facts) values ($1, $2, $3, $4, $5, $6, $7)",
};
const insertEvents: Statement = {
  name: "review_actions_events",
  text: "insert into review_action_events (organization_id, action_id, event_id) select $1, $2, * from unnest($3::uuid[])",
};

/** Notes what somebody did about a cause, with the events it changed where undoing needs them. Answers its id. */
export async function insertAction(
  tx: Tx,
  action: Pick<ReviewAction, "cause" | "kind" | "actor" | "reason" | "facts">,
  eventIds: readonly string[] = [],
): Promise<string> {
  const id = newId();
  const { cause, kind, actor, reason, facts } = action;
  await tx.change(insert, [tx.organizationId, id, cause, kind, actor, reason, JSON.stringify(facts)]);
  if (eventIds.length > 0) await tx.change(insertEvents, [tx.organizationId, id, eventIds]);
  return id;
}

const selectEvents: Statement = {
  name: "review_actions_events_of",
  text: `select event_id as "eventId" from review_action_events where organization_id = $1 and action_id = $2`,
};

/** Events that an action changed. */
export async function findActionEvents(tx: Tx, actionId: string): Promise<string[]> {
  return (await tx.rows<{ eventId: string }>(selectEvents, [tx.organizationId, actionId])).map(({ eventId }) => eventId);
}

const selectLast: Statement = {
  name: "review_actions_last",
  text: `select ${actionColumns} from review_actions where organization_id = $1 and cause = $2 and undone_at is null and kind <> 'retry'
    order by action_id desc limit 1 for update`,
};

/** The last thing done about a cause that was not undone; undefined when there is none. Running something again is not undone. */
export async function findLastAction(tx: Tx, cause: string): Promise<ReviewAction | undefined> {
  return (await tx.rows<ReviewAction>(selectLast, [tx.organizationId, cause]))[0];
}

const undo: Statement = {
  name: "review_actions_undo",
  text: "update review_actions set undone_by = $3, undone_at = now() where organization_id = $1 and action_id = $2 and undone_at is null",
};

/** Marks an action as undone. */
export async function markUndone(tx: Tx, actionId: string, by: string): Promise<void> {
  await tx.change(undo, [tx.organizationId, actionId, by]);
}

/** What was done about a cause, newest first. */
export async function listActions(tx: Tx, cause: string, page: Page): Promise<Listed<ReviewAction>> {
  const { statement, values } = searchStatement(
    "review_actions_list",
    {
      head: `select ${actionColumns} from review_actions where organization_id = $1 and cause = $3`,
      tail: "order by action_id desc limit $2",
    },
    [tx.organizationId, page.limit + 1, cause],
    [{ as: "after", sql: "action_id < ?", value: readIdCursor(page.cursor) }],
  );
  return pageOf(await tx.rows<ReviewAction>(statement, values), page.limit, ({ actionId }) => writeCursor(actionId));
}

/** What people decided about a card as a whole. */
export interface CardState {
  readonly owner: string | null;
  readonly snoozedUntil: Date | null;
}

const selectCard: Statement = {
  name: "review_cards_find",
  text: `select owner, snoozed_until as "snoozedUntil" from review_cards where organization_id = $1 and cause = $2`,
};

/** The owner of a card and until when it is put aside. */
export async function findCard(tx: Tx, cause: string): Promise<CardState> {
  return (await tx.rows<CardState>(selectCard, [tx.organizationId, cause]))[0] ?? { owner: null, snoozedUntil: null };
}

const putCard: Statement = {
  name: "review_cards_put",
  text: `insert into review_cards (organization_id, cause, owner, snoozed_until) values ($1, $2, $3, $4)
    on conflict (organization_id, cause) do update set owner = excluded.owner, snoozed_until = excluded.snoozed_until, updated_at = now()`,
};

/** Keeps the owner of a card and until when it is put aside. */
export async function saveCard(tx: Tx, cause: string, card: CardState): Promise<void> {
  await tx.change(putCard, [tx.organizationId, cause, card.owner, card.snoozedUntil?.toISOString() ?? null]);
}
