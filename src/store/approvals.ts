import type { Statement, Tx } from "./database.ts";
import { type Listed, type Page, pageOf, readCursor, searchStatement, writeCursor } from "./search.ts";

/** What an approver decided about a hold. */
export interface Release {
  /** What he chose where there was a choice: of a closed period `as_dated` or `next_open`. */
  readonly choice: string | null;
}

const selectReleased: Statement = {
  name: "approvals_released",
  text: `select a.event_id as "eventId", a.subject as cause, a.choice from unnest($2::uuid[]) as given(event_id)
    cross join lateral (
      select k.event_id, k.subject, k.choice, k.content_hash from approvals k
      where k.organization_id = $1 and k.event_id = given.event_id and k.kind = 'hold' and k.state = 'approved' offset 0
    ) a
    cross join lateral (select k.content_hash from events k where k.organization_id = $1 and k.event_id = a.event_id offset 0) e
    where e.content_hash = a.content_hash`,
};

/**
 * The causes of these events that somebody approved, by event: a hold for one of them does not hold again. An approval is for the
 * content it was given for; another revision is another event here and has none.
 */
export async function releasedCauses(tx: Tx, eventIds: readonly string[]): Promise<Map<string, Map<string, Release>>> {
  const released = new Map<string, Map<string, Release>>();
  if (eventIds.length === 0) return released;
  const rows = await tx.rows<{ eventId: string; cause: string; choice: string | null }>(selectReleased, [tx.organizationId, eventIds]);
  for (const { eventId, cause, choice } of rows) {
    const causes = released.get(eventId) ?? new Map<string, Release>();
    causes.set(cause, { choice });
    released.set(eventId, causes);
  }
  return released;
}

/** What is asked for: to let one event through, to publish rules, or to open a month for a while. */
export type ApprovalKind = "hold" | "rules" | "period";

/** One request for an approval, and what became of it. */
export interface Approval {
  readonly approvalId: string;
  readonly kind: ApprovalKind;
  /** The finding's code, `rules_publication` or `period_exception`. */
  readonly code: string;
  /** The cause of a hold, the name of a rule set, or the month. */
  readonly subject: string;
  readonly message: string;
  readonly eventId: string | null;
  readonly event: { readonly type: string; readonly id: string; readonly revision: number; readonly number: string | null } | null;
  readonly booksId: string | null;
  /** Of a rule set's draft, or of the event. */
  readonly revision: number | null;
  readonly details: Readonly<Record<string, string>>;
  readonly currency: string | null;
  /** Minor units, never below zero. */
  readonly amountMinor: bigint | null;
  /** Who made it, and so cannot approve it. */
  readonly makers: readonly string[];
  /** `expired`: its time was over before anybody decided. */
  readonly state: "open" | "approved" | "rejected" | "withdrawn" | "expired";
  readonly choice: string | null;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy: string | null;
  /** On whose behalf, where it was delegated. */
  readonly decidedFor: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

const stateNow = "case when a.state = 'open' and a.expires_at <= now() then 'expired' else a.state end";
const columns = `a.approval_id as "approvalId", a.kind, a.code, a.subject, a.message, a.event_id as "eventId", a.books_id as "booksId", a.revision, a.details,
  a.currency, a.amount_minor as "amountMinor", a.makers, ${stateNow} as state, a.choice, a.asked_at as "askedAt", a.expires_at as "expiresAt",
  a.decided_by as "decidedBy", a.decided_for as "decidedFor", a.decided_at as "decidedAt", a.note,
  (select jsonb_build_object('type', e.type, 'id', e.id, 'revision', e.revision, 'number', e.number) from events e
    where e.organization_id = $1 and e.event_id = a.event_id) as event`;

/** What a list of approvals is narrowed to. */
export interface ApprovalFilter {
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly code?: string | undefined;
  readonly cause?: string | undefined;
  readonly eventId?: string | undefined;
}

/** Searches approvals, newest first. */
export async function searchApprovals(tx: Tx, filter: ApprovalFilter, page: Page): Promise<Listed<Approval>> {
  const after = page.cursor === null ? undefined : JSON.stringify(readCursor(page.cursor, 2));
  const { statement, values } = searchStatement(
    "search_approvals",
    {
      head: `select ${columns}, a.asked_at::text as place from approvals a where a.organization_id = $1`,
      tail: "order by a.asked_at desc, a.approval_id desc limit $2",
    },
    [tx.organizationId, page.limit + 1],
    [
      { as: "state", sql: `${stateNow} = ?`, value: filter.state },
      { as: "kind", sql: "a.kind = ?", value: filter.kind },
      { as: "code", sql: "a.code = ?", value: filter.code },
      { as: "cause", sql: "a.subject = ?", value: filter.cause },
      { as: "event", sql: "a.event_id = ?", value: filter.eventId },
      { as: "after", sql: "(a.asked_at, a.approval_id) < ((?::jsonb->>0)::timestamptz, (?::jsonb->>1)::uuid)", value: after },
    ],
  );
  const rows = await tx.rows<Approval & { place: string }>(statement, values);
  const { items, nextCursor } = pageOf(rows, page.limit, ({ place, approvalId }) => writeCursor(place, approvalId));
  return { items: items.map(({ place: _, ...approval }) => approval), nextCursor };
}

const selectById: Statement = {
  name: "approvals_by_id",
  text: `select ${columns} from approvals a where a.organization_id = $1 and a.approval_id = any($2::uuid[]) order by a.approval_id for update of a`,
};
const selectByCause: Statement = {
  name: "approvals_by_cause",
  text: `select ${columns} from approvals a where a.organization_id = $1 and a.state = 'open' and a.expires_at > now() and a.subject = $2
    order by a.approval_id limit $3 for update of a`,
};

/** These approvals, locked to be decided: by id whatever their state, by cause those that can be decided. */
export function lockApprovals(tx: Tx, of: { ids: readonly string[] } | { cause: string; limit: number }): Promise<Approval[]> {
  return "ids" in of ? tx.rows(selectById, [tx.organizationId, of.ids]) : tx.rows(selectByCause, [tx.organizationId, of.cause, of.limit]);
}

/** A decision about one approval. */
export interface Decided {
  readonly approvalId: string;
  readonly decidedFor: string | null;
}

const decide: Statement = {
  name: "approvals_decide",
  text: `update approvals a set state = $3, decided_by = $4, decided_at = now(), note = $5, choice = $6, decided_for = given.decided_for
    from unnest($2::uuid[], $7::text[]) as given(approval_id, decided_for)
    where a.organization_id = $1 and a.approval_id = given.approval_id and a.state = 'open'`,
};

/** Writes decisions down. The database refuses an approval by who made it, on behalf of who made it, or after its time. */
export async function recordDecisions(
  tx: Tx,
  decided: readonly Decided[],
  by: { state: "approved" | "rejected"; actor: string; note: string; choice: string | null },
): Promise<number> {
  if (decided.length === 0) return 0;
  const ids = decided.map(({ approvalId }) => approvalId);
  const behalf = decided.map(({ decidedFor }) => decidedFor);
  return tx.change(decide, [tx.organizationId, ids, by.state, by.actor, by.note, by.choice, behalf]);
}

const reopen: Statement = {
  name: "approvals_reopen_events",
  text: `update events e set state = 'received', updated_at = now() where e.organization_id = $1 and e.event_id = any($2::uuid[]) and e.state = 'held'
      and not exists (
        select 1 from findings f where f.organization_id = $1 and f.event_id = e.event_id and f.resolved_at is null and f.severity <> 'warn'
          and not exists (
            select 1 from approvals a where a.organization_id = $1 and a.event_id = e.event_id and a.kind = 'hold' and a.state = 'approved'
              and a.subject = f.cause and a.content_hash = e.content_hash
          )
      )
    returning e.event_id as "eventId", e.books_id as "booksId"`,
};

/** Puts held events back to work for which nothing is left to approve. */
export function reopenApproved(tx: Tx, eventIds: readonly string[]): Promise<{ eventId: string; booksId: string }[]> {
  return eventIds.length === 0 ? Promise.resolve([]) : tx.rows(reopen, [tx.organizationId, eventIds]);
}

const ask: Statement = {
  name: "approvals_ask_period",
  text: `insert into approvals (organization_id, approval_id, kind, code, subject, books_id, details, message, makers, expires_at)
    select $1, $2, 'period', 'period_exception', $3, $4, $5, $6, array[$7],
      now() + make_interval(days => coalesce((select p.expiry_days from approval_policies p where p.organization_id = $1), 30))
    on conflict do nothing`,
};

/** Asks to open a month for a while. False: the same is asked for already. */
export async function askPeriodException(
  tx: Tx,
  asked: { approvalId: string; subject: string; booksId: string; details: Record<string, string>; message: string; maker: string },
): Promise<boolean> {
  const { approvalId, subject, booksId, details, message, maker } = asked;
  return (await tx.change(ask, [tx.organizationId, approvalId, subject, booksId, JSON.stringify(details), message, maker])) === 1;
}
