import { canBecome, type PostingState } from "../core/posting.ts";
import type { Statement, Tx } from "./database.ts";

/** A posting as it is created: ready, waiting for another one when `waitsFor` names it. */
export interface NewPosting {
  readonly postingId: string;
  readonly documentId: string;
  readonly eventId: string | null;
  readonly booksId: string;
  readonly key: string;
  readonly waitsFor: string | null;
  /** It may be in the books already: it begins as uncertain and is looked up before it is sent. */
  readonly lookUpFirst?: boolean;
}

const insert: Statement = {
  name: "postings_insert",
  text: `insert into postings (organization_id, state, posting_id, document_id, event_id, books_id, key, waits_for, period)
    select $1, 'ready', given.*, coalesce((select date_trunc('month', d.date)::date from documents d
        where d.organization_id = $1 and d.document_id = given.document_id offset 0), '0001-01-01')
    from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[]) as given(posting_id, document_id, event_id, books_id, key, waits_for)`,
};

const doubt: Statement = {
  name: "postings_doubt",
  text: "update postings set state = 'uncertain' where organization_id = $1 and posting_id = any($2::uuid[]) and state = 'ready'",
};

/**
 * Creates postings as `ready`, or `uncertain` where they are to be looked up first, of documents that are there already: their
 * month says which go first. A key that exists already is a bug and fails the transaction.
 */
export async function insertPostings(tx: Tx, postings: readonly NewPosting[]): Promise<void> {
  if (postings.length === 0) return;
  await tx.change(insert, [
    tx.organizationId,
    postings.map(({ postingId }) => postingId),
    postings.map(({ documentId }) => documentId),
    postings.map(({ eventId }) => eventId),
    postings.map(({ booksId }) => booksId),
    postings.map(({ key }) => key),
    postings.map(({ waitsFor }) => waitsFor),
  ]);
  const inDoubt = postings.filter(({ lookUpFirst }) => lookUpFirst === true).map(({ postingId }) => postingId);
  if (inDoubt.length > 0) await tx.change(doubt, [tx.organizationId, inDoubt]);
}

/** A posting with the document it carries. */
export interface OpenPosting {
  readonly postingId: string;
  readonly documentId: string;
  readonly eventId: string | null;
  readonly key: string;
  readonly attempts: number;
  /** Milliseconds since it was put to work, the last time: retries are bounded from here. */
  readonly openForMs: number;
  readonly body: string;
}

/** One that may be sent. `inDoubt`: this database was restored, and nothing of it was sent or looked up since. */
export interface ReadyPosting extends OpenPosting {
  readonly inDoubt: boolean;
}

/** One of unknown outcome. Milliseconds, counted when it was read. */
export interface UncertainPosting extends OpenPosting {
  /** Until no attempt of it can be running over there any more; 0 or less: none can. */
  readonly settledInMs: number;
  /** Since the first attempt that may have sent it; null when none did. */
  readonly firstSentAgoMs: number | null;
}

const columns = `p.posting_id as "postingId", p.document_id as "documentId", p.event_id as "eventId", p.key, p.attempts,
  (extract(epoch from now() - p.opened_at) * 1000)::float8 as "openForMs", d.body`;

const isInDoubt = `exists (select 1 from lane_origins o where o.organization_id = $1 and o.books_id = p.books_id and o.doubt_until > now()
    and not exists (select 1 from attempts a where a.organization_id = $1 and a.posting_id = p.posting_id and a.started_at >= o.restored_at))`;

const isReady = (further: string) => `select ${columns}, ${isInDoubt} as "inDoubt" from postings p cross join lateral (
      select k.body from documents k where k.organization_id = $1 and k.document_id = p.document_id offset 0
    ) d
    where p.organization_id = $1 and p.books_id = $2 and p.state = 'ready' and p.next_at <= now() and ${further}
      and (p.waits_for is null or exists (select 1 from postings w where w.organization_id = $1 and w.posting_id = p.waits_for and w.state in ('posted', 'voided', 'superseded')))
    order by p.period, p.posting_id limit $3 for update of p`;

const selectFresh: Statement = { name: "postings_fresh", text: isReady("p.attempts = 0") };
const selectAgain: Statement = { name: "postings_again", text: isReady("p.attempts > 0") };

/**
 * The next postings that may be sent now: due, and nothing they wait for is open; those of the month that closes first
 * come first. At most `again` of them were sent before: retries must not crowd out the rest. Where nothing else is ready,
 * one batch of them, `againAtLeast`, goes anyway. Locks them.
 */
export async function findReadyPostings(
  tx: Tx,
  booksId: string,
  most: { readonly limit: number; readonly again: number; readonly againAtLeast: number },
): Promise<ReadyPosting[]> {
  const read = (statement: Statement, limit: number) => tx.rows<ReadyPosting>(statement, [tx.organizationId, booksId, limit]);
  const again = most.again > 0 ? await read(selectAgain, most.again) : [];
  const fresh = await read(selectFresh, most.limit - again.length);
  const nothingElse = fresh.length === 0 && most.again === 0;
  return nothingElse ? read(selectAgain, most.againAtLeast) : [...again, ...fresh];
}

const selectUncertain: Statement = {
  name: "postings_uncertain",
  text: `select ${columns}, t.settled as "settledInMs", t.first_sent as "firstSentAgoMs" from postings p cross join lateral (
      select k.body from documents k where k.organization_id = $1 and k.document_id = p.document_id offset 0
    ) d cross join lateral (
      select coalesce((extract(epoch from max(a.deadline_at) - now()) * 1000)::float8, 0) as settled,
        (extract(epoch from now() - min(a.started_at) filter (where a.outcome is distinct from 'look-up')) * 1000)::float8 as first_sent
      from attempts a where a.organization_id = $1 and a.posting_id = p.posting_id offset 0
    ) t
    where p.organization_id = $1 and p.books_id = $2 and p.state = 'uncertain' and p.next_at <= now()
    order by p.posting_id limit $3`,
};

/** Postings whose outcome must be looked up now. */
export function findUncertainPostings(tx: Tx, booksId: string, limit: number): Promise<UncertainPosting[]> {
  return tx.rows<UncertainPosting>(selectUncertain, [tx.organizationId, booksId, limit]);
}

const abandon: Statement = {
  name: "postings_abandon",
  text: `update postings set state = 'uncertain', next_at = now(), updated_at = now(), fault_code = 'upstream_silent',
      fault_message = 'The program stopped while this was being sent'
    where organization_id = $1 and books_id = $2 and state = 'sending' and epoch < $3 returning posting_id as "postingId"`,
};

/** What an earlier lease holder was sending when it died is uncertain now. */
export function abandonSending(tx: Tx, booksId: string, epoch: bigint): Promise<{ postingId: string }[]> {
  return tx.rows(abandon, [tx.organizationId, booksId, epoch]);
}

/** What became of a posting, and what is next. */
export interface PostingOutcome {
  readonly postingId: string;
  readonly from: PostingState;
  readonly state: PostingState;
  /** Milliseconds until it is its turn again, by the database's clock. */
  readonly waitMs: number;
  /** Milliseconds until nothing of it can be running over there any more. */
  readonly settlesInMs: number;
  readonly providerId: string | null;
  readonly providerVersion: string | null;
  readonly url: string | null;
  /** It was found in the books rather than answered by them. */
  readonly adopted: boolean;
  readonly faultCode: string | null;
  readonly faultMessage: string | null;
}

const record: Statement = {
  name: "postings_record",
  text: `update postings p set state = o.state, next_at = now() + make_interval(secs => o.wait_ms / 1000), provider_id = coalesce(o.provider_id, p.provider_id),
      provider_version = coalesce(o.provider_version, p.provider_version), url = coalesce(o.url, p.url), adopted = o.adopted,
      fault_code = o.fault_code, fault_message = o.fault_message, updated_at = now(),
      posted_at = case when o.state = 'posted' then now() else p.posted_at end
    from unnest($2::uuid[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::text[])
      as o(posting_id, from_state, state, wait_ms, provider_id, provider_version, url, adopted, fault_code, fault_message)
    where p.organization_id = $1 and p.posting_id = any($2::uuid[]) and p.posting_id = o.posting_id and p.state = o.from_state
    returning p.posting_id as "postingId", p.event_id as "eventId"`,
};
const endAttempts: Statement = {
  name: "attempts_end",
  text: `update attempts a set ended_at = now(), outcome = o.outcome, detail = o.detail, deadline_at = now() + make_interval(secs => o.settles_ms / 1000)
    from unnest($2::uuid[], $3::text[], $4::text[], $5::float8[]) as o(posting_id, outcome, detail, settles_ms)
    where a.organization_id = $1 and a.posting_id = any($2::uuid[]) and a.posting_id = o.posting_id and a.ended_at is null`,
};

/** Writes outcomes down, each only if the posting is still in the state it was read in. Answers those that changed. */
export async function recordOutcomes(
  tx: Tx,
  outcomes: readonly PostingOutcome[],
): Promise<{ postingId: string; eventId: string | null }[]> {
  if (outcomes.length === 0) return [];
  for (const { from, state } of outcomes) {
    if (from !== state && !canBecome(state).includes(from)) throw new Error(`A posting cannot go from ${from} to ${state}`);
  }
  const changed = await tx.rows<{ postingId: string; eventId: string | null }>(record, [
    tx.organizationId,
    outcomes.map((outcome) => outcome.postingId),
    outcomes.map((outcome) => outcome.from),
    outcomes.map((outcome) => outcome.state),
    outcomes.map((outcome) => outcome.waitMs),
    outcomes.map((outcome) => outcome.providerId),
    outcomes.map((outcome) => outcome.providerVersion),
    outcomes.map((outcome) => outcome.url),
    outcomes.map((outcome) => outcome.adopted),
    outcomes.map((outcome) => outcome.faultCode),
    outcomes.map((outcome) => outcome.faultMessage),
  ]);
  await tx.change(endAttempts, [
    tx.organizationId,
    outcomes.map((outcome) => outcome.postingId),
    outcomes.map((outcome) => (outcome.adopted ? "adopted" : outcome.state)),
    outcomes.map((outcome) => outcome.faultMessage),
    outcomes.map((outcome) => outcome.settlesInMs),
  ]);
  return changed;
}

/** A posting of an event, as the handling of later revisions needs it. */
export interface EventPosting {
  readonly postingId: string;
  readonly documentId: string;
  readonly eventId: string;
  readonly state: PostingState;
  readonly attempts: number;
  readonly faultCode: string | null;
  /** Ready, but this database was restored and may have forgotten that it was sent. */
  readonly inDoubt: boolean;
  readonly reverses: string | null;
  readonly body: string;
}

const selectOfEvents: Statement = {
  name: "postings_of_events",
  text: `select p.posting_id as "postingId", p.document_id as "documentId", p.event_id as "eventId", p.state, p.attempts, p.fault_code as "faultCode", p.state = 'ready' and ${isInDoubt} as "inDoubt",
      d.reverses, d.body
    from postings p cross join lateral (
      select k.body, k.reverses from documents k where k.organization_id = $1 and k.document_id = p.document_id offset 0
    ) d
    where p.organization_id = $1 and p.event_id = any($2::uuid[]) order by p.posting_id for update of p`,
};

/** Every posting of these events. Locks them. */
export function findPostingsOfEvents(tx: Tx, eventIds: readonly string[]): Promise<EventPosting[]> {
  return tx.rows<EventPosting>(selectOfEvents, [tx.organizationId, eventIds]);
}

const supersede: Statement = {
  name: "postings_supersede",
  text: `update postings set state = $3, updated_at = now() where organization_id = $1 and posting_id = any($2::uuid[])
    and state = any($4::text[])`,
};

/** Withdraws postings that never reached the books. Answers how many. */
export function supersedePostings(tx: Tx, postingIds: readonly string[]): Promise<number> {
  return tx.change(supersede, [tx.organizationId, postingIds, "superseded", ["ready", "refused"]]);
}

/** Marks postings whose reversal is on its way: they were in the books and no longer count. */
export function voidPostings(tx: Tx, postingIds: readonly string[]): Promise<number> {
  return tx.change(supersede, [tx.organizationId, postingIds, "voided", ["posted"]]);
}

const reopen: Statement = {
  name: "postings_reopen",
  text: `update postings set state = case when fault_code = any($3::text[]) then 'uncertain' else 'ready' end, next_at = now(), attempts = 0, opened_at = now(), updated_at = now(), fault_code = null, fault_message = null
    where organization_id = $1 and posting_id = any($2::uuid[]) and state = 'refused'`,
};

/** Refusals after which the document may stand in the books: looked up first when they are put back to work. */
export const refusedInDoubt: readonly string[] = ["number_taken", "books_hold_several"];

/** Puts refused postings back to work with the same key. Answers how many. */
export function reopenPostings(tx: Tx, postingIds: readonly string[]): Promise<number> {
  return tx.change(reopen, [tx.organizationId, postingIds, refusedInDoubt]);
}

// In the order of the index: the first that may move ends the search, however many wait behind it.
const nextDue: Statement = {
  name: "postings_next_due",
  text: `select (extract(epoch from p.next_at - now()) * 1000)::float8 as ms from postings p
    where p.organization_id = $1 and p.books_id = $2 and p.state in ('ready', 'uncertain')
      and (p.waits_for is null or exists (select 1 from postings w where w.organization_id = $1 and w.posting_id = p.waits_for and w.state in ('posted', 'voided', 'superseded')))
    order by p.next_at limit 1`,
};

/** Milliseconds until the next open posting is due, 0 or less when it is; null when nothing is open that could move. */
export async function nextPostingDueMs(tx: Tx, booksId: string): Promise<number | null> {
  const [row] = await tx.rows<{ ms: number }>(nextDue, [tx.organizationId, booksId]);
  return row?.ms ?? null;
}
