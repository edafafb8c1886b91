import type { Statement, Tx } from "./database.ts";

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
