import type { LedgerDocument } from "../document.ts";
import type { Finding } from "../finding.ts";
import type { ReferenceIndex } from "../reference-index.ts";
import type { CompiledRules } from "../rules/compile.ts";

/** What a check looks at and where it puts what it found. */
export interface Validation {
  readonly document: LedgerDocument;
  readonly reference: ReferenceIndex;
  readonly rules: CompiledRules;
  readonly findings: Finding[];
}

/** `Did you mean …?` from the books' own list, with a blank before it. */
export function guess(text: string | null): string {
  return text === null ? "" : ` Did you mean "${text}"?`;
}

/** `row accounts/17 of the rule set "trucking"`, for the fix of whoever has to change it. */
export function place(rules: CompiledRules, row: string): string {
  return `${row} of the rule set "${rules.name}"`;
}
