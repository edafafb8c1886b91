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
}

const insert: Statement = {
  name: "postings_insert",
  text: `insert into postings (organization_id, state, posting_id, document_id, event_id, books_id, key, waits_for)
    select $1, 'ready', * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[])`,
};

/** Creates postings as `ready`. A key that exists already is a bug and fails the transaction. */
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
}

/** A posting with the document it carries. */
export interface OpenPosting {
  readonly postingId: string;
  readonly documentId: string;
  readonly eventId: string | null;
  readonly key: string;
  readonly state: PostingState;
  readonly attempts: number;
  readonly sentAt: Date | null;
  /** When it was put to work, the last time: retries are bounded from here. */
  readonly openedAt: Date;
  readonly body: string;
}

const columns = `p.posting_id as "postingId", p.document_id as "documentId", p.event_id as "eventId", p.key, p.state, p.attempts,
  p.sent_at as "sentAt", p.opened_at as "openedAt", d.body`;

const selectReady: Statement = {
  name: "postings_ready",
  text: `select ${columns} from postings p cross join lateral (
      select k.body from documents k where k.organization_id = $1 and k.document_id = p.document_id offset 0
    ) d
    where p.organization_id = $1 and p.books_id = $2 and p.state = 'ready' and p.next_at <= now()
      and (p.waits_for is null or exists (select 1 from postings w where w.organization_id = $1 and w.posting_id = p.waits_for and w.state in ('posted', 'voided', 'superseded')))
    order by p.posting_id limit $3 for update of p`,
};

/** The next postings that may be sent now: due, and nothing they wait for is open. Locks them. */
export function findReadyPostings(tx: Tx, booksId: string, limit: number): Promise<OpenPosting[]> {
  return tx.rows<OpenPosting>(selectReady, [tx.organizationId, booksId, limit]);
}

const selectUncertain: Statement = {
  name: "postings_uncertain",
  text: `select ${columns} from postings p cross join lateral (
      select k.body from documents k where k.organization_id = $1 and k.document_id = p.document_id offset 0
    ) d
    where p.organization_id = $1 and p.books_id = $2 and p.state = 'uncertain' and p.next_at <= now()
    order by p.posting_id limit $3`,
};

/** Postings whose outcome must be looked up now. */
export function findUncertainPostings(tx: Tx, booksId: string, limit: number): Promise<OpenPosting[]> {
  return tx.rows<OpenPosting>(selectUncertain, [tx.organizationId, booksId, limit]);
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

/** The intent to send: written and committed before the first byte leaves. */
export interface Intent {
  readonly postingId: string;
  readonly attempt: number;
  readonly key: string;
  readonly bodyHash: Buffer;
  readonly number: string;
}

const markSending: Statement = {
  name: "postings_sending",
  text: `update postings set state = 'sending', attempts = attempts + 1, epoch = $3, sent_at = now(), updated_at = now(), fault_code = null, fault_message = null
    where organization_id = $1 and posting_id = any($2::uuid[]) and state = 'ready'`,
};
const insertAttempts: Statement = {
  name: "attempts_insert",
  text: `insert into attempts (organization_id, epoch, deadline_at, posting_id, attempt, key, body_hash, number)
    select $1, $2, $3, * from unnest($4::uuid[], $5::int[], $6::text[], $7::bytea[], $8::text[])`,
};

/** Marks postings as being sent under `epoch` and writes one attempt each. */
export async function beginAttempts(tx: Tx, epoch: bigint, deadline: Date, intents: readonly Intent[]): Promise<void> {
  const ids = intents.map(({ postingId }) => postingId);
  const marked = await tx.change(markSending, [tx.organizationId, ids, epoch]);
  if (marked !== intents.length) throw new Error(`Only ${marked} of ${intents.length} postings were still ready`);
  await tx.change(insertAttempts, [
    tx.organizationId,
    epoch,
    deadline,
    ids,
    intents.map(({ attempt }) => attempt),
    intents.map(({ key }) => key),
    intents.map(({ bodyHash }) => bodyHash),
    intents.map(({ number }) => number),
  ]);
}

/** What became of a posting, and what is next. */
export interface PostingOutcome {
  readonly postingId: string;
  readonly from: PostingState;
  readonly state: PostingState;
  readonly nextAt: Date | null;
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
  text: `update postings p set state = o.state, next_at = coalesce(o.next_at, p.next_at), provider_id = coalesce(o.provider_id, p.provider_id),
      provider_version = coalesce(o.provider_version, p.provider_version), url = coalesce(o.url, p.url), adopted = o.adopted,
      fault_code = o.fault_code, fault_message = o.fault_message, updated_at = now(),
      posted_at = case when o.state = 'posted' then now() else p.posted_at end
    from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::text[])
      as o(posting_id, from_state, state, next_at, provider_id, provider_version, url, adopted, fault_code, fault_message)
    where p.organization_id = $1 and p.posting_id = any($2::uuid[]) and p.posting_id = o.posting_id and p.state = o.from_state
    returning p.posting_id as "postingId", p.event_id as "eventId"`,
};
const endAttempts: Statement = {
  name: "attempts_end",
  text: `update attempts a set ended_at = now(), outcome = o.outcome, detail = o.detail
    from unnest($2::uuid[], $3::text[], $4::text[]) as o(posting_id, outcome, detail)
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
    outcomes.map((outcome) => outcome.nextAt?.toISOString() ?? null),
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
  readonly reverses: string | null;
  readonly body: string;
}

const selectOfEvents: Statement = {
  name: "postings_of_events",
  text: `select p.posting_id as "postingId", p.document_id as "documentId", p.event_id as "eventId", p.state, p.attempts, d.reverses, d.body
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
  text: `update postings set state = 'ready', next_at = now(), attempts = 0, opened_at = now(), updated_at = now(), fault_code = null, fault_message = null
    where organization_id = $1 and posting_id = any($2::uuid[]) and state = 'refused'`,
};

/** Puts refused postings back to work with the same key. Answers how many. */
export function reopenPostings(tx: Tx, postingIds: readonly string[]): Promise<number> {
  return tx.change(reopen, [tx.organizationId, postingIds]);
}

const nextDue: Statement = {
  name: "postings_next_due",
  text: `select min(p.next_at) as "at" from postings p where p.organization_id = $1 and p.books_id = $2 and p.state in ('ready', 'uncertain')
    and (p.waits_for is null or exists (select 1 from postings w where w.organization_id = $1 and w.posting_id = p.waits_for and w.state in ('posted', 'voided', 'superseded')))`,
};

/** When the next open posting is due; null when nothing is open that could move. */
export async function nextPostingDue(tx: Tx, booksId: string): Promise<Date | null> {
  const [row] = await tx.rows<{ at: Date | null }>(nextDue, [tx.organizationId, booksId]);
  return row?.at ?? null;
}
