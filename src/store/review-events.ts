import type { EventState } from "../core/posting.ts";
import type { Statement, Tx } from "./database.ts";
import { resolveFindingsOfEvents } from "./findings.ts";
import type { Reopened } from "./review-mend.ts";

const exclude: Statement = {
  name: "review_exclude",
  text: `update events e set state = 'excluded', updated_at = now()
    where e.organization_id = $1 and e.event_id = any($2::uuid[]) and e.state in ('review', 'held')
      and not exists (select 1 from postings p where p.organization_id = $1 and p.event_id = e.event_id and p.state in ('sending', 'uncertain', 'posted'))
    returning e.event_id as "eventId"`,
};
const withdraw: Statement = {
  name: "review_withdraw",
  text: `update postings set state = 'superseded', updated_at = now()
    where organization_id = $1 and event_id = any($2::uuid[]) and state in ('ready', 'refused')`,
};

/**
 * Takes stopped events out of the work: nothing of them is posted. Those of which something is in the books, or may be, stay as they
 * are. Answers the ones that were taken out.
 */
export async function excludeEvents(tx: Tx, eventIds: readonly string[]): Promise<string[]> {
  if (eventIds.length === 0) return [];
  const gone = (await tx.rows<{ eventId: string }>(exclude, [tx.organizationId, eventIds])).map(({ eventId }) => eventId);
  await resolveFindingsOfEvents(tx, gone);
  await tx.change(withdraw, [tx.organizationId, gone]);
  return gone;
}

const bringBack: Statement = {
  name: "review_bring_back",
  text: `update events set state = 'received', updated_at = now() where organization_id = $1 and event_id = any($2::uuid[]) and state = 'excluded'
    returning event_id as "eventId", books_id as "booksId"`,
};

/** Puts excluded events back in line. */
export function bringBackEvents(tx: Tx, eventIds: readonly string[]): Promise<Reopened[]> {
  return tx.rows<Reopened>(bringBack, [tx.organizationId, eventIds]);
}

/** A stored revision that a person wants to correct. */
export interface EditableEvent {
  readonly eventId: string;
  readonly sourceId: string;
  readonly booksId: string;
  readonly type: string;
  readonly id: string;
  readonly revision: number;
  readonly state: EventState;
  readonly body: string;
  /** The newest revision there is of it. */
  readonly newest: number;
}

const selectEditable: Statement = {
  name: "review_editable",
  text: `select e.event_id as "eventId", e.source_id as "sourceId", e.books_id as "booksId", e.type, e.id, e.revision, e.state, e.body,
      (select max(k.revision) from events k where k.organization_id = $1 and k.source_id = e.source_id and k.type = e.type and k.id = e.id) as newest
    from events e where e.organization_id = $1 and e.event_id = $2 for update of e`,
};

/** One revision with its text. Locks it. */
export async function findEditableEvent(tx: Tx, eventId: string): Promise<EditableEvent | undefined> {
  return (await tx.rows<EditableEvent>(selectEditable, [tx.organizationId, eventId]))[0];
}

const markEdited: Statement = {
  name: "review_mark_edited",
  text: "update events set edited_by = $3 where organization_id = $1 and event_id = $2",
};

/** Notes that a person made this revision here. */
export async function markEditedBy(tx: Tx, eventId: string, actor: string): Promise<void> {
  await tx.change(markEdited, [tx.organizationId, eventId, actor]);
}

const supersede: Statement = {
  name: "review_supersede",
  text: `update events set state = 'superseded', updated_at = now() where organization_id = $1 and event_id = $2 and state in ('review', 'held', 'excluded')`,
};

/** The corrected revision takes the place of this one. */
export async function supersedeEvent(tx: Tx, eventId: string): Promise<void> {
  if ((await tx.change(supersede, [tx.organizationId, eventId])) === 0) return;
  await resolveFindingsOfEvents(tx, [eventId]);
  await tx.change(withdraw, [tx.organizationId, [eventId]]);
}

const selectCauses: Statement = {
  name: "review_causes_of_events",
  text: `select distinct on (event_id) event_id as "eventId", cause from findings
    where organization_id = $1 and event_id = any($2::uuid[]) and resolved_at is null and severity <> 'warn' order by event_id, finding_id`,
};

/** The first open cause of each of these events. */
export async function findCausesOfEvents(tx: Tx, eventIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ eventId: string; cause: string }>(selectCauses, [tx.organizationId, eventIds]);
  return new Map(rows.map(({ eventId, cause }) => [eventId, cause]));
}

const selectBehind: Statement = {
  name: "review_books_behind",
  text: `select b.books_id as "booksId", b.name, b.rule_set as "ruleSet", min(e.event_id::text)::uuid as "eventId" from findings f
    join events e on e.organization_id = $1 and e.event_id = f.event_id
    join books b on b.organization_id = $1 and b.books_id = e.books_id
    where f.organization_id = $1 and f.cause = $2 and f.resolved_at is null group by b.books_id, b.name, b.rule_set order by b.name`,
};

/** Books that events behind an open cause go to, each with one such event. */
export function findBooksBehind(tx: Tx, cause: string): Promise<{ booksId: string; name: string; ruleSet: string; eventId: string }[]> {
  return tx.rows(selectBehind, [tx.organizationId, cause]);
}
