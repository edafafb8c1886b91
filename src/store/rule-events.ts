import type { Statement, Tx } from "./database.ts";

/** A stored event that somebody asks about. */
export interface NewestEvent {
  readonly eventId: string;
  readonly revision: number;
  readonly booksId: string;
  readonly body: string;
}

// Per source, so that the key of the event is found by its index.
const selectNewest: Statement = {
  name: "rule_events_newest",
  text: `select e.event_id as "eventId", e.revision, e.books_id as "booksId", e.body from sources s cross join lateral (
      select k.event_id, k.revision, k.books_id, k.body from events k
      where k.organization_id = $1 and k.source_id = s.source_id and k.type = $2 and k.id = $3 order by k.revision desc limit 1
    ) e where s.organization_id = $1 and ($4::text is null or s.source_id = $4) order by e.revision desc limit 1`,
};

/** The newest revision of an event; of the sources' events of one name any, when no source is named. */
export async function findNewestEvent(tx: Tx, of: { type: string; id: string; source?: string }): Promise<NewestEvent | undefined> {
  return (await tx.rows<NewestEvent>(selectNewest, [tx.organizationId, of.type, of.id, of.source ?? null]))[0];
}

/** Which events are to be mapped anew. */
export interface RemapSelection {
  readonly eventIds: readonly string[] | null;
  /** Document dates, both included; null with `eventIds`. */
  readonly from: string | null;
  readonly to: string | null;
  readonly types: readonly string[];
}

const reopen: Statement = {
  name: "rule_events_reopen",
  text: `update events e set state = 'received', updated_at = now()
    where e.organization_id = $1 and e.state in ('posted', 'prepared', 'excluded', 'review', 'held') and not e.is_void
      and ($2::uuid[] is null or e.event_id = any($2)) and ($3::date is null or e.date >= $3) and ($4::date is null or e.date <= $4)
      and (cardinality($5::text[]) = 0 or e.type = any($5))
      and exists (select 1 from books b where b.organization_id = $1 and b.books_id = e.books_id and b.rule_set = $6)
    returning event_id as "eventId", books_id as "booksId"`,
};

/** Puts events that are mapped by a rule set back in line, to be mapped by it as it is now. */
export function reopenForMapping(tx: Tx, ruleSet: string, selection: RemapSelection): Promise<{ eventId: string; booksId: string }[]> {
  const { eventIds, from, to, types } = selection;
  return tx.rows(reopen, [tx.organizationId, eventIds, from, to, types, ruleSet]);
}
