import { Fault } from "../core/errors.ts";
import type { Statement, Tx } from "./database.ts";
import { changesDue } from "./notifications.ts";
import { noticeRestore } from "./origins.ts";

/** One books' ordered work, held by at most one worker. The epoch grows with every taking; writes of outcomes carry it. */
export interface Lease {
  readonly booksId: string;
  readonly holder: string;
  readonly epoch: bigint;
}

const create: Statement = {
  name: "lanes_create",
  text: "insert into lanes (organization_id, books_id) values ($1, $2) on conflict do nothing",
};
const createTurn: Statement = {
  name: "turns_create",
  text: "insert into lane_turns (organization_id, books_id) values ($1, $2) on conflict do nothing",
};

/** Makes the lane of new books. */
export async function createLane(tx: Tx, booksId: string): Promise<void> {
  await tx.change(create, [tx.organizationId, booksId]);
  await tx.change(createTurn, [tx.organizationId, booksId]);
  await noticeRestore(tx, booksId);
}

const take: Statement = {
  name: "lanes_take",
  text: `update lanes set holder = $3, lease_until = now() + make_interval(secs => $4), epoch = epoch + 1
    where organization_id = $1 and books_id = $2 and (holder is null or lease_until < now()) and (paused_until is null or paused_until < now())
    returning epoch`,
};

/** Takes a lane that is free. Null: somebody else holds it, or it is paused. */
export async function takeLane(tx: Tx, booksId: string, holder: string, seconds: number): Promise<Lease | null> {
  const [row] = await tx.rows<{ epoch: bigint }>(take, [tx.organizationId, booksId, holder, seconds]);
  return row === undefined ? null : { booksId, holder, epoch: row.epoch };
}

const renew: Statement = {
  name: "lanes_renew",
  text: `update lanes set lease_until = now() + make_interval(secs => $5)
    where organization_id = $1 and books_id = $2 and holder = $3 and epoch = $4 and lease_until >= now()`,
};

/** Keeps a lane. False: it was taken over; stop at once. */
export async function renewLane(tx: Tx, lease: Lease, seconds: number): Promise<boolean> {
  return (await tx.change(renew, [tx.organizationId, lease.booksId, lease.holder, lease.epoch, seconds])) === 1;
}

const release: Statement = {
  name: "lanes_release",
  text: "update lanes set holder = null, lease_until = null where organization_id = $1 and books_id = $2 and holder = $3 and epoch = $4",
};

/** Gives a lane back. False: it was taken over before. */
export async function releaseLane(tx: Tx, lease: Lease): Promise<boolean> {
  return (await tx.change(release, [tx.organizationId, lease.booksId, lease.holder, lease.epoch])) === 1;
}

const fence: Statement = {
  name: "lanes_fence",
  text: "select 1 from lanes where organization_id = $1 and books_id = $2 and holder = $3 and epoch = $4 for share",
};

/**
 * Holds the lane still for the rest of the transaction and fails when it was taken over meanwhile, so that nothing a
 * worker writes after losing its lease changes a row. Faults: `lease_lost`.
 */
export async function fenceLane(tx: Tx, lease: Lease): Promise<void> {
  const rows = await tx.rows(fence, [tx.organizationId, lease.booksId, lease.holder, lease.epoch]);
  if (rows.length === 0) throw new Fault("lease_lost", "Another worker took this lane over; its work goes on there");
}

const pause: Statement = { name: "lanes_pause", text: "update lanes set paused_until = $3 where organization_id = $1 and books_id = $2" };

/** Lets a lane rest until `until`; null wakes it. */
export async function pauseLane(tx: Tx, booksId: string, until: Date | null): Promise<void> {
  await tx.change(pause, [tx.organizationId, booksId, until]);
}

const documentsWait = `exists (select 1 from events where organization_id = $1 and books_id = $2 and state = 'received')
  or exists (select 1 from postings where organization_id = $1 and books_id = $2 and state in ('ready', 'sending', 'uncertain') and next_at <= now())`;

const hasDocuments: Statement = { name: "lanes_has_documents", text: `select ${documentsWait} as found` };

/** Whether a lane has events to prepare or documents to post now. */
export async function laneHasDocuments(tx: Tx, booksId: string): Promise<boolean> {
  const [row] = await tx.rows<{ found: boolean }>(hasDocuments, [tx.organizationId, booksId]);
  return row?.found ?? false;
}

const hasWork: Statement = {
  name: "lanes_has_work",
  text: `select exists (select 1 from books where organization_id = $1 and books_id = $2 and state <> 'paused' and (${documentsWait}
      or (state = 'connected' and (${changesDue}
        or exists (select 1 from book_notifications where organization_id = $1 and books_id = $2 and handled_at is null))))) as found`,
};

/** Whether a lane has anything to do now: documents to post, or news from the books. Paused books have nothing. */
export async function laneHasWork(tx: Tx, booksId: string): Promise<boolean> {
  const [row] = await tx.rows<{ found: boolean }>(hasWork, [tx.organizationId, booksId]);
  return row?.found ?? false;
}

// Otherwise a lane whose holder died would be due when its lease would have ended.
const hurryAll: Statement = {
  name: "turns_hurry_all",
  text: `update lane_turns t set due_at = now() where t.organization_id = $1
    and exists (select 1 from lanes l where l.organization_id = $1 and l.books_id = t.books_id and l.holder is not null)`,
};
const freeAll: Statement = {
  name: "lanes_free_all",
  text: "update lanes set holder = null, lease_until = null where organization_id = $1 and holder is not null",
};

/** Gives back every lane of an organization. Only where it is certain that no worker is alive: an embedded database that was just started. */
export async function freeLanes(tx: Tx): Promise<void> {
  await tx.change(hurryAll, [tx.organizationId]);
  await tx.change(freeAll, [tx.organizationId]);
}
