import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { updateBooksRuleSet } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import { asksFourEyes } from "../store/rule-drafts.ts";
import { findRuleSet } from "../store/rules.ts";
import type { Actor } from "./actor.ts";
import { findBooksNamed } from "./books-named.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";
import { reopenForRules } from "./review-mend.ts";
import { unknownRuleSet } from "./rule-versions.ts";

/** The books, and the rule set they had before. */
export interface RulesInUse {
  readonly books: string;
  readonly ruleSet: string;
  readonly before: string;
}

/**
 * Maps what comes for books by another rule set. What was mapped before stays; what waits in review is mapped by it at once. Faults:
 * `not_found`; `forbidden` for all but administrators where rules need the approval of another person, as it is a way around it.
 */
export async function useRules(parts: EngineParts, actor: Actor, name: string, booksName: string | null): Promise<RulesInUse> {
  const { books, isNew } = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const rules = await findRuleSet(tx, name);
    if (rules === undefined) throw await unknownRuleSet(tx, name);
    if (actor.role !== "admin" && (await asksFourEyes(tx)))
      throw new Fault("forbidden", "Rules need the approval of another person here; an administrator may say which rule set books use");
    const found = await findBooksNamed(tx, booksName);
    if (!(await updateBooksRuleSet(tx, found.booksId, name))) return { books: found, isNew: false };
    const facts = { ruleSet: name, before: found.ruleSet };
    await appendAudit(tx, parts.now(), [
      { actor: nameOf(actor), action: "books.rules_changed", objectType: "books", objectId: found.booksId, facts },
    ]);
    await reopenForRules(tx, parts, { name, version: rules.version, actor: nameOf(actor) });
    return { books: found, isNew: true };
  });
  if (isNew) await parts.wake({ organizationId: actor.organizationId, booksId: books.booksId });
  return { books: books.name, ruleSet: name, before: books.ruleSet };
}
