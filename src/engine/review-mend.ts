import { appendAudit } from "../audit/log.ts";
import { findingClassPatterns } from "../core/finding-class.ts";
import type { BooksRecord, BooksReference, RecordKind } from "../core/reference.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findBooksOfRules, reopenByCodes } from "../store/review-mend.ts";
import type { EngineParts } from "./parts.ts";

/** What was mended, for the record of every event that runs again because of it. */
export interface Mended {
  /** Codes whose findings this may have mended, as a regular expression. */
  readonly codes: string;
  readonly booksId: string | null;
  readonly ruleSet: string | null;
  readonly actor: string;
  readonly because: Readonly<Record<string, string | number>>;
}

/**
 * Puts everything back in line that a change may have mended. What it did not mend comes back with the same finding and the same
 * age. Wake the lanes after the transaction. Answers how many events.
 */
export async function reopenMended(tx: Tx, now: Date, { codes, booksId, ruleSet, actor, because }: Mended): Promise<number> {
  const events = await reopenByCodes(tx, { codes, booksId, ruleSet });
  await appendAudit(
    tx,
    now,
    events.map(({ eventId }) => ({ actor, action: "event.retried", objectType: "event", objectId: eventId, facts: because })),
  );
  return events.length;
}

/** Rules choose accounts, dimensions, parties, numbers and what a closed period means. */
const byRules = findingClassPatterns
  .filter(([name]) => name === "mapping" || name === "reference" || name === "period")
  .map(([, pattern]) => `(${pattern})`)
  .join("|");

/** A version was published: what stopped for want of a rule is mapped by it. */
export async function reopenForRules(
  tx: Tx,
  parts: EngineParts,
  published: { name: string; version: number; actor: string },
): Promise<void> {
  const { name, version, actor } = published;
  const because = { because: "rules", ruleSet: name, version };
  await reopenMended(tx, parts.now(), { codes: byRules, booksId: null, ruleSet: name, actor, because });
}

/** After the publication is committed: every lane that is mapped by the rule set looks for work. */
export async function wakeForRules(parts: EngineParts, organizationId: string, name: string): Promise<void> {
  for (const booksId of await inOrganization(parts.database, organizationId, (tx) => findBooksOfRules(tx, name)))
    await parts.wake({ organizationId, booksId });
}

/** Codes of findings that say something of a list of the books. */
const codesOfList: Readonly<Record<RecordKind, string>> = {
  account: "^(account_|item_account)",
  statistical_account: "^statistical_account_",
  item: "^item_",
  vendor: "^(party_|vendor_|credit_)",
  customer: "^(party_|customer_|credit_)",
  employee: "^(party_|employee_)",
  term: "^term_",
  class: "^(class_|dimension_)",
  department: "^(department_|dimension_)",
  location: "^(location_|dimension_)",
  project: "^(project_|dimension_)",
  entity: "^(entity_|dimension_)",
  segment: "^(segment_|dimension_)",
};
const codesOfSettings = "^(period_|currency_|dimension_)";
/** What the books refused by a list of theirs. */
const codesOfAny = "^reference_";

/** Codes whose findings newer lists of the books may have mended, as a regular expression; null when nothing is another than before. */
export function codesMendedBy(before: BooksReference | null, after: BooksReference): string | null {
  const old = fingerprints(before?.records ?? []);
  const fresh = fingerprints(after.records);
  const kinds = [...new Set([...old.keys(), ...fresh.keys()])].filter((kind) => old.get(kind) !== fresh.get(kind));
  const codes = kinds.map((kind) => codesOfList[kind]);
  if (JSON.stringify(before?.preferences ?? null) !== JSON.stringify(after.preferences)) codes.push(codesOfSettings);
  return codes.length === 0 ? null : [...new Set([...codes, codesOfAny])].map((code) => `(${code})`).join("|");
}

/** One text a list, the same whatever order its rows came in. */
function fingerprints(records: readonly BooksRecord[]): Map<RecordKind, string> {
  const rows = Map.groupBy(records, ({ kind }) => kind);
  return new Map([...rows].map(([kind, list]) => [kind, list.map(textOf).sort().join("\n")]));
}

function textOf({ externalId, name, number, active, facts }: BooksRecord): string {
  return JSON.stringify([externalId, name, number, active, Object.entries(facts).sort()]);
}
