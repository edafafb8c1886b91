import type { Statement, Tx } from "./database.ts";

/** A stored event that somebody asks about. */
export interface NewestEvent {
  readonly eventId: string;
  readonly revision: number;
  readonly booksId: string;
  readonly body: string;
}

const selectNewest: Statement = {
  name: "rule_events_newest",
  text: `select event_id as "eventId", revision, books_id as "booksId", body from events e
    where organization_id = $1 and type = $2 and id = $3 and source_id = coalesce($4, source_id)
      and source_id in (select s.source_id from sources s where s.organization_id = $1) order by revision desc limit 1`,
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
