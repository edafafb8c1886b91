import type { EventState } from "../core/posting.ts";
import { packTexts, type Statement, type Tx } from "./database.ts";

/** An event as it is kept: `body` is the canonical JSON without its revision; its SHA-256, `contentHash`, names the content. */
export interface NewEvent {
  readonly eventId: string;
  readonly type: string;
  readonly id: string;
  readonly revision: number;
  readonly body: string;
  /** Hex. */
  readonly contentHash: string;
  readonly number: string | null;
  readonly date: string;
  readonly currency: string;
  readonly totalMinor: bigint;
  /** It cancels what the earlier revisions made. */
  readonly isVoid: boolean;
}

/** One known revision of a key. */
export interface KnownRevision {
  readonly type: string;
  readonly id: string;
  readonly revision: number;
  /** Hex. */
  readonly contentHash: string;
  /** A person made it here; the TMS does not know it. */
  readonly edited: boolean;
}

// `offset 0` keeps the look-up per key: planned for an empty table, a join would read every event of the source.
const selectKnown: Statement = {
  name: "events_known_2",
  text: `select e.type, e.id, e.revision, e.content_hash as "contentHash", e.edited
    from (select distinct * from unnest($3::text[], $4::text[]) as given(type, id)) given
    cross join lateral (
      select k.type, k.id, k.revision, encode(k.content_hash, 'hex') as content_hash, k.edited_by is not null as edited from events k
      where k.organization_id = $1 and k.source_id = $2 and k.type = given.type and k.id = given.id offset 0
    ) e`,
};

/** All revisions known of the given keys of one source. */
export function findKnownRevisions(tx: Tx, sourceId: string, keys: readonly { type: string; id: string }[]): Promise<KnownRevision[]> {
  return tx.rows<KnownRevision>(selectKnown, [tx.organizationId, sourceId, keys.map(({ type }) => type), keys.map(({ id }) => id)]);
}

/** SQLSTATE of https://www.postgresql.org/docs/current/errcodes-appendix.html */
const uniqueViolation = "23505";

// What all events of a batch share comes once; the rest comes packed.
const insert: Statement = {
  name: "events_insert",
  text: `insert into events (organization_id, state, source_id, books_id, event_id, type, id, revision, content_hash, body, number, date, currency, total_minor, is_void)
    select $1, 'received', $2, $3, event_id, type, id, revision, decode(content_hash, 'hex'), body, number, date, currency, total_minor, is_void
    from unnest(string_to_array($4, E'\\x1f')::uuid[], string_to_array($5, E'\\x1f'), string_to_array($6, E'\\x1f'), $7::int[], string_to_array($8, E'\\x1f'),
      string_to_array($9, E'\\x1f', ''), string_to_array($10, E'\\x1f')::date[], string_to_array($11, E'\\x1f'), $12::bigint[], $13::boolean[],
      string_to_array($14, E'\\x1f'))
      as given(event_id, type, id, revision, body, number, date, currency, total_minor, is_void, content_hash)`,
};

/** Somebody else inserted one of the keys meanwhile. The transaction is void; the next one sees their rows. */
export class KeyTaken extends Error {}

/**
 * Inserts new events of one source as `received`, all or none. Throws `KeyTaken` when one lost a race to the same key: that is
 * rare, so nobody looks for it row by row.
 */
export async function insertEvents(tx: Tx, from: { sourceId: string; booksId: string }, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const packed = (of: (event: NewEvent) => string) => packTexts(events.map(of));
  const values = [
    tx.organizationId,
    from.sourceId,
    from.booksId,
    packed((event) => event.eventId),
    packed((event) => event.type),
    packed((event) => event.id),
    events.map((event) => event.revision),
    packed((event) => event.body),
    packed((event) => event.number ?? ""),
    packed((event) => event.date),
    packed((event) => event.currency),
    events.map((event) => event.totalMinor),
    events.map((event) => event.isVoid),
    packed((event) => event.contentHash),
  ];
  try {
    await tx.change(insert, values);
  } catch (error) {
    throw (error as { code?: unknown }).code === uniqueViolation
      ? new KeyTaken("An event of this key is there already", { cause: error })
      : error;
  }
}

/** A waiting event together with what became of its earlier revisions. */
export interface WaitingEvent {
  readonly eventId: string;
  readonly sourceId: string;
  readonly type: string;
  readonly id: string;
  readonly revision: number;
  readonly body: string;
}

const selectWaiting: Statement = {
  name: "events_waiting",
  text: `select event_id as "eventId", source_id as "sourceId", type, id, revision, body from events
    where organization_id = $1 and books_id = $2 and state = 'received' and event_id > $3 order by event_id limit $4`,
};

/** The next events that have not been prepared, oldest first, after `afterId`. */
export function findWaitingEvents(tx: Tx, booksId: string, page: { afterId: string; limit: number }): Promise<WaitingEvent[]> {
  return tx.rows<WaitingEvent>(selectWaiting, [tx.organizationId, booksId, page.afterId, page.limit]);
}

/** An earlier revision that still stands. */
export interface EarlierRevision {
  readonly eventId: string;
  readonly ofEventId: string;
  readonly revision: number;
  readonly state: EventState;
}

const selectEarlier: Statement = {
  name: "events_earlier",
  text: `select old.event_id as "eventId", new.event_id as "ofEventId", old.revision, old.state
    from events new cross join lateral (
      select k.event_id, k.revision, k.state from events k
      where k.organization_id = $1 and k.source_id = new.source_id and k.type = new.type and k.id = new.id and k.revision < new.revision offset 0
    ) old
    where new.organization_id = $1 and new.event_id = any($2::uuid[]) and old.state not in ('superseded', 'voided')
    order by old.revision`,
};

/** Earlier revisions of these events that were neither superseded nor voided. */
export function findEarlierRevisions(tx: Tx, eventIds: readonly string[]): Promise<EarlierRevision[]> {
  return tx.rows<EarlierRevision>(selectEarlier, [tx.organizationId, eventIds]);
}

const move: Statement = {
  name: "events_move",
  text: `update events set state = moved.state, updated_at = now()
    from unnest($2::uuid[], $3::text[]) as moved(event_id, state)
    where events.organization_id = $1 and events.event_id = any($2::uuid[]) and events.event_id = moved.event_id and events.state <> moved.state`,
};

/** Sets the state of each event. Answers how many rows changed. */
export function moveEvents(tx: Tx, moves: readonly { eventId: string; state: EventState }[]): Promise<number> {
  if (moves.length === 0) return Promise.resolve(0);
  return tx.change(move, [tx.organizationId, moves.map(({ eventId }) => eventId), moves.map(({ state }) => state)]);
}

const settle: Statement = {
  name: "events_settle",
  text: `update events set updated_at = now(), state = case
      when exists (select 1 from postings p where p.organization_id = $1 and p.event_id = events.event_id and p.state = 'refused') then 'review'
      when exists (select 1 from postings p where p.organization_id = $1 and p.event_id = events.event_id and p.state in ('ready', 'sending', 'uncertain')) then 'prepared'
      when is_void then 'voided'
      else 'posted' end
    where organization_id = $1 and event_id = any($2::uuid[]) and state in ('prepared', 'review', 'posted')`,
};

/** Brings events up to what their postings say: all in the books → `posted`, one refused → `review`, otherwise `prepared`. */
export async function settleEvents(tx: Tx, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length > 0) await tx.change(settle, [tx.organizationId, eventIds]);
}
