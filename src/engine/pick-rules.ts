import { Fault } from "../core/errors.ts";
import type { RuleSetSource } from "../core/rules/compose.ts";
import type { Tx } from "../store/database.ts";
import { findDraft } from "../store/rule-drafts.ts";
import { findRuleSet } from "../store/rules.ts";
import { loadBase, loadSource, unknownRuleSet } from "./rule-versions.ts";

/** Which rules are meant: the newest version, a version, the draft, or rules that are handed in and stored nowhere. */
export type RuleChoice =
  | { readonly kind: "newest" }
  | { readonly kind: "version"; readonly version: number }
  | { readonly kind: "draft" }
  | { readonly kind: "given"; readonly raw: Readonly<Record<string, unknown>>; readonly effectiveFrom: string | null };

/** The rules that are meant, and from which service date. Faults: `not_found`, `rule_set_invalid`. */
export async function pickSource(
  tx: Tx,
  name: string,
  choice: RuleChoice,
): Promise<{ source: RuleSetSource; effectiveFrom: string | null }> {
  if (choice.kind === "given") {
    const source = { name, version: 0, raw: choice.raw, base: await loadBase(tx, choice.raw, [name]) };
    return { source, effectiveFrom: choice.effectiveFrom };
  }
  if (choice.kind === "draft") {
    const draft = await findDraft(tx, name);
    if (draft === undefined) throw new Fault("not_found", `The rule set "${name}" has no draft; save one first`);
    const raw = draft.body as Record<string, unknown>;
    return { source: { name, version: 0, raw, base: await loadBase(tx, raw, [name]) }, effectiveFrom: draft.effectiveFrom };
  }
  const version = choice.kind === "version" ? choice.version : undefined;
  const stored = await findRuleSet(tx, name, version);
  if (stored === undefined) throw await unknownRuleSet(tx, name, version);
  return { source: await loadSource(tx, name, stored.version), effectiveFrom: stored.effectiveFrom };
}
