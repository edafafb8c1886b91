import type { LedgerDocument } from "../document.ts";
import type { Finding } from "../finding.ts";
import type { ReferenceIndex } from "../reference-index.ts";
import type { CompiledRules } from "../rules/compile.ts";
import { checkAccounts } from "./accounts.ts";
import { checkBalance } from "./balance.ts";
import { checkDimensions, checkTerm } from "./dimensions.ts";
import { checkItems } from "./items.ts";
import { checkParties } from "./parties.ts";
import { checkCurrency, checkNumber, checkPeriod } from "./settings.ts";
import type { Validation } from "./validation.ts";

/**
 * Checks one document against the books: their chart, lists and settings. All that is wrong is collected, each root cause once
 * a document; an empty list means it may be posted.
 */
export function validateDocument(document: LedgerDocument, reference: ReferenceIndex, rules: CompiledRules): Finding[] {
  const validation: Validation = { document, reference, rules, findings: [] };
  checkBalance(validation);
  checkNumber(validation);
  checkPeriod(validation);
  checkCurrency(validation);
  checkAccounts(validation);
  checkItems(validation);
  checkDimensions(validation);
  checkTerm(validation);
  checkParties(validation);
  const seen = new Set<string>();
  return validation.findings.filter(({ cause }) => !seen.has(cause) && seen.add(cause));
}
