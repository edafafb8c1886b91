import type { Finding } from "../core/finding.ts";
import type { Statement, Tx } from "./database.ts";
import { newId } from "./ids.ts";

/** A finding and what it is about: an event, or a posting of one (or of a party record, which has no event). */
export interface FindingOf {
  readonly eventId: string | null;
  readonly postingId: string | null;
  readonly finding: Finding;
}

const insert: Statement = {
  name: "findings_insert_2",
  text: `insert into findings (organization_id, finding_id, event_id, posting_id, code, severity, field, message, fix, cause, created_at)
    select $1, given.*, coalesce((
        select min(p.created_at) from findings p join events e on e.organization_id = $1 and e.event_id = p.event_id
        where p.organization_id = $1 and p.event_id = given.event_id and p.cause = given.cause and p.resolved_at = e.updated_at and e.state = 'received'
      ), now())
    from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
      as given(finding_id, event_id, posting_id, code, severity, field, message, fix, cause)`,
};

/** Writes findings down. One that the event had when it was last put back in line keeps its age: nothing was mended. */
export async function insertFindings(tx: Tx, findings: readonly FindingOf[]): Promise<void> {
  if (findings.length === 0) return;
  await tx.change(insert, [
    tx.organizationId,
    findings.map(() => newId()),
    findings.map(({ eventId }) => eventId),
    findings.map(({ postingId }) => postingId),
    findings.map(({ finding }) => finding.code),
    findings.map(({ finding }) => finding.severity),
    findings.map(({ finding }) => finding.field),
    findings.map(({ finding }) => finding.message),
    findings.map(({ finding }) => finding.fix),
    findings.map(({ finding }) => finding.cause),
  ]);
}

const resolveEvents: Statement = {
  name: "findings_resolve_events",
  text: "update findings set resolved_at = now() where organization_id = $1 and event_id = any($2::uuid[]) and resolved_at is null",
};
const resolvePostings: Statement = {
  name: "findings_resolve_postings",
  text: "update findings set resolved_at = now() where organization_id = $1 and posting_id = any($2::uuid[]) and resolved_at is null",
};

/** Closes every open finding of these events: they are looked at afresh. */
export async function resolveFindingsOfEvents(tx: Tx, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length > 0) await tx.change(resolveEvents, [tx.organizationId, eventIds]);
}

/** Closes every open finding of these postings. */
export async function resolveFindingsOfPostings(tx: Tx, postingIds: readonly string[]): Promise<void> {
  if (postingIds.length > 0) await tx.change(resolvePostings, [tx.organizationId, postingIds]);
}

const selectBehind: Statement = {
  name: "findings_behind_cause",
  text: `select distinct event_id as "eventId", posting_id as "postingId" from findings
    where organization_id = $1 and resolved_at is null and severity <> 'warn' and (cause = $2 or event_id = any($3::uuid[]))`,
};

/** What stands behind one open cause, or behind the findings of the given events. */
export function findBehind(
  tx: Tx,
  selection: { cause?: string; eventIds?: readonly string[] },
): Promise<{ eventId: string | null; postingId: string | null }[]> {
  return tx.rows(selectBehind, [tx.organizationId, selection.cause ?? null, selection.eventIds ?? []]);
}
