import { type Database, inDirectory, type Statement, type Tx } from "./database.ts";
import type { Lease } from "./lanes.ts";

/** Which books' lane is meant. */
export interface LaneWake {
  readonly organizationId: string;
  readonly booksId: string;
}

/** Where processes hear of lanes that want a turn: `organization/books`. Nothing else travels there. */
export const wakeChannel = "ledgerlane_wake";

// A lane that is due already is left alone: whoever wakes it again waits for nobody.
const wake: Statement = {
  name: "turns_wake",
  text: `insert into lane_turns as t (organization_id, books_id, due_at) values ($1, $2, now() + make_interval(secs => $3))
    on conflict (organization_id, books_id) do update set due_at = excluded.due_at where t.due_at is null or t.due_at > excluded.due_at`,
};
const notify: Statement = { name: "turns_notify", text: `select pg_notify('${wakeChannel}', $1)` };

/** Asks for a turn, in `inMs` milliseconds at the latest. What asks for one now is heard by every worker when it commits. */
export async function wakeLane(tx: Tx, booksId: string, inMs: number): Promise<void> {
  const changed = await tx.change(wake, [tx.organizationId, booksId, inMs / 1_000]);
  if (changed === 1 && inMs <= 0) await tx.rows(notify, [`${tx.organizationId}/${booksId}`]);
}

const begin: Statement = {
  name: "turns_begin",
  text: `update lane_turns set due_at = now() + make_interval(secs => $4), served = greatest(served, $3)
    where organization_id = $1 and books_id = $2 returning served`,
};

/**
 * Begins a turn. Should its holder die, the lane is due again when the lease ends. `floor`: what the lanes that had turns
 * lately began with; one that slept does not save up turns. Answers what this one begins with.
 */
export async function beginTurn(tx: Tx, booksId: string, turn: { readonly floor: bigint; readonly leaseSeconds: number }): Promise<bigint> {
  const [row] = await tx.rows<{ served: bigint }>(begin, [tx.organizationId, booksId, turn.floor, turn.leaseSeconds]);
  return row?.served ?? turn.floor;
}

const end: Statement = {
  name: "turns_end",
  text: `update lane_turns set served = served + $3,
      due_at = case when due_at <= now() then due_at when $4::float8 is null then null else now() + make_interval(secs => $4) end
    where organization_id = $1 and books_id = $2`,
};

/** Ends a turn that made `calls` to the provider. A wake-up that came meanwhile stays; otherwise the lane is due in `nextInMs`, or when it is woken. */
export async function endTurn(tx: Tx, lease: Lease, turn: { readonly calls: number; readonly nextInMs: number | null }): Promise<void> {
  const seconds = turn.nextInMs === null ? null : Math.max(0, turn.nextInMs) / 1_000;
  await tx.change(end, [tx.organizationId, lease.booksId, Math.max(1, turn.calls), seconds]);
}

// The index on due_at finds those that are due, however much work lies behind each of them.
const selectDue: Statement = {
  name: "turns_due",
  text: `select t.organization_id as "organizationId", t.books_id as "booksId" from lane_turns t
    join lanes l on l.organization_id = t.organization_id and l.books_id = t.books_id
    where t.due_at <= now() and (l.holder is null or l.lease_until < now()) and (l.paused_until is null or l.paused_until < now())
    order by t.served, t.due_at limit $1`,
};
const selectNext: Statement = {
  name: "turns_next",
  text: "select (extract(epoch from min(due_at) - now()) * 1000)::float8 as ms from lane_turns where due_at > now()",
};

/** Lanes of all organizations that want a turn, the one that has had least first; and in how many milliseconds the next one will. */
export function findDueLanes(database: Database, limit: number): Promise<{ due: LaneWake[]; nextInMs: number | null }> {
  return inDirectory(database, async (tx) => {
    const [due, [next]] = await Promise.all([tx.rows<LaneWake>(selectDue, [limit]), tx.rows<{ ms: number | null }>(selectNext)]);
    return { due, nextInMs: next?.ms ?? null };
  });
}

const selectQuiet: Statement = {
  name: "turns_quiet",
  text: `select organization_id as "organizationId", books_id as "booksId" from lane_turns
    where (organization_id, books_id) > ($1, $2) and due_at is null order by organization_id, books_id limit $3`,
};

/** Some lanes that nobody woke, after `after`: a wake-up is lost with the process that should have sent it. */
export function findQuietLanes(database: Database, after: LaneWake, limit: number): Promise<LaneWake[]> {
  return inDirectory(database, (tx) => tx.rows(selectQuiet, [after.organizationId, after.booksId, limit]));
}
