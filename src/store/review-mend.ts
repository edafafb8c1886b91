import type { Statement, Tx } from "./database.ts";
import { resolveFindingsOfEvents } from "./findings.ts";

/** An event that is back in line, and the lane it is in. */
export interface Reopened {
  readonly eventId: string;
  readonly booksId: string;
}

const behind: Statement = {
  name: "review_mend_behind",
  text: `select distinct f.event_id as "eventId" from findings f
    where f.organization_id = $1 and f.resolved_at is null and f.severity <> 'warn' and f.event_id is not null and f.code ~ $2`,
};
const reopen: Statement = {
  name: "review_mend_reopen",
  text: `update events e set state = 'received', updated_at = now()
    where e.organization_id = $1 and e.event_id = any($2::uuid[]) and e.state in ('review', 'held') and ($3::uuid is null or e.books_id = $3)
      and ($4::text is null or e.books_id = any(array(select b.books_id from books b where b.organization_id = $1 and b.rule_set = $4)))
    returning e.event_id as "eventId", e.books_id as "booksId"`,
};

/**
 * Puts every stopped event back in line that has an open finding with a code like `codes` (a regular expression), of one books or of
 * all that are mapped by a rule set, and closes its findings. A few statements, however many events.
 */
export async function reopenByCodes(tx: Tx, of: { codes: string; booksId: string | null; ruleSet: string | null }): Promise<Reopened[]> {
  const stopped = await tx.rows<{ eventId: string }>(behind, [tx.organizationId, of.codes]);
  if (stopped.length === 0) return [];
  // By a list of ids rather than a join: planned for small tables, a join would read every open finding for every event.
  const ids = stopped.map(({ eventId }) => eventId);
  const opened = await tx.rows<Reopened>(reopen, [tx.organizationId, ids, of.booksId, of.ruleSet]);
  await resolveFindingsOfEvents(
    tx,
    opened.map(({ eventId }) => eventId),
  );
  return opened;
}

const booksOf: Statement = {
  name: "review_books_of_rules",
  text: `select books_id as "booksId" from books where organization_id = $1 and rule_set = $2`,
};

/** Books that are mapped by a rule set. */
export async function findBooksOfRules(tx: Tx, ruleSet: string): Promise<string[]> {
  return (await tx.rows<{ booksId: string }>(booksOf, [tx.organizationId, ruleSet])).map(({ booksId }) => booksId);
}

const linksVersion: Statement = {
  name: "review_links_version",
  text: `select links_version as "version" from books where organization_id = $1 and books_id = $2`,
};

/** Counts the times a person linked a party of these books. */
export async function findLinksVersion(tx: Tx, booksId: string): Promise<bigint> {
  return (await tx.rows<{ version: bigint }>(linksVersion, [tx.organizationId, booksId]))[0]?.version ?? 0n;
}

const raiseLinks: Statement = {
  name: "review_links_raise",
  text: "update books set links_version = links_version + 1 where organization_id = $1 and books_id = $2",
};

/** Tells the workers that links of these books are others now. */
export async function raiseLinksVersion(tx: Tx, booksId: string): Promise<void> {
  await tx.change(raiseLinks, [tx.organizationId, booksId]);
}
