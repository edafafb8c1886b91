import type { Statement, Tx } from "./database.ts";

/** The intent to send: written and committed before the first byte leaves. */
export interface Intent {
  readonly postingId: string;
  readonly key: string;
  readonly bodyHash: Buffer;
  readonly number: string;
}

/** Under which lease attempts begin, what they are, and for how long one of them may change the books from now on. */
export interface Beginning {
  readonly epoch: bigint;
  readonly from: "ready" | "uncertain";
  readonly runsForMs: number;
}

const markSending: Statement = {
  name: "postings_sending",
  text: `update postings set state = 'sending', attempts = attempts + 1, epoch = $3, sent_at = now(), updated_at = now(), fault_code = null, fault_message = null
    where organization_id = $1 and posting_id = any($2::uuid[]) and state = $4`,
};
const markDoubtful: Statement = {
  name: "postings_look_up_first",
  text: `update postings set state = 'uncertain', next_at = now(), updated_at = now(), fault_code = 'upstream_silent',
      fault_message = 'The database was restored: it is looked up in the books before it is sent'
    where organization_id = $1 and posting_id = any($2::uuid[]) and state = 'ready'`,
};
// Numbered after the attempts there are: a posting that was put back to work counts its tries afresh.
const insertAttempts: Statement = {
  name: "attempts_insert",
  text: `insert into attempts (organization_id, epoch, posting_id, attempt, key, body_hash, number, deadline_at)
    select $1, $2, given.posting_id, 1 + coalesce(a.last, 0), given.key, given.body_hash, given.number, now() + make_interval(secs => $7)
    from unnest($3::uuid[], $4::text[], $5::bytea[], $6::text[]) as given(posting_id, key, body_hash, number)
    cross join lateral (
      select max(k.attempt) as last from attempts k where k.organization_id = $1 and k.posting_id = given.posting_id offset 0
    ) a`,
};
// What was forgotten may have been sent just before the restore, and still be running.
const insertLookUps: Statement = {
  name: "attempts_insert_look_ups",
  text: `insert into attempts (organization_id, epoch, posting_id, attempt, key, body_hash, number, deadline_at, ended_at, outcome)
    select $1, $2, given.posting_id, 1 + coalesce(a.last, 0), given.key, given.body_hash, given.number,
      greatest(now(), o.restored_at + make_interval(secs => $7)), now(), 'look-up'
    from unnest($3::uuid[], $4::text[], $5::bytea[], $6::text[]) as given(posting_id, key, body_hash, number)
    cross join lateral (
      select max(k.attempt) as last from attempts k where k.organization_id = $1 and k.posting_id = given.posting_id offset 0
    ) a
    cross join lateral (select k.books_id from postings k where k.organization_id = $1 and k.posting_id = given.posting_id offset 0) p
    cross join lateral (select k.restored_at from lane_origins k where k.organization_id = $1 and k.books_id = p.books_id offset 0) o`,
};

function attemptValues(tx: Tx, { epoch, runsForMs }: Beginning, intents: readonly Intent[]): unknown[] {
  return [
    tx.organizationId,
    epoch,
    intents.map(({ postingId }) => postingId),
    intents.map(({ key }) => key),
    intents.map(({ bodyHash }) => bodyHash),
    intents.map(({ number }) => number),
    runsForMs / 1_000,
  ];
}

/** Marks postings as being sent under the lease's epoch and writes one attempt each. */
export async function beginAttempts(tx: Tx, beginning: Beginning, intents: readonly Intent[]): Promise<void> {
  if (intents.length === 0) return;
  const ids = intents.map(({ postingId }) => postingId);
  const marked = await tx.change(markSending, [tx.organizationId, ids, beginning.epoch, beginning.from]);
  if (marked !== intents.length) throw new Error(`Only ${marked} of ${intents.length} postings were still ${beginning.from}`);
  await tx.change(insertAttempts, attemptValues(tx, beginning, intents));
}

/** Ready postings that this database may have forgotten to have been sent become uncertain: they are looked up instead. */
export async function lookUpFirst(tx: Tx, beginning: Beginning, intents: readonly Intent[]): Promise<void> {
  if (intents.length === 0) return;
  await tx.change(markDoubtful, [tx.organizationId, intents.map(({ postingId }) => postingId)]);
  await tx.change(insertLookUps, attemptValues(tx, beginning, intents));
}
