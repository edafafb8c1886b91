import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { compileRuleSet } from "../core/rules/compile.ts";
import { type RuleSet, readRuleSet } from "../core/rules/rule-set.ts";
import { inOrganization } from "../store/database.ts";
import { insertRuleSet } from "../store/rules.ts";
import type { Actor } from "./engine.ts";
import type { EngineParts } from "./parts.ts";

/** Checks a rule set whole and publishes it as the next version. Faults: `rule_set_invalid`, each place with its
 * sentence in details; `version_behind` when `basedOn` is not the newest version any more.
 */
export async function publishRuleSet(
  parts: EngineParts,
  actor: Actor,
  raw: RuleSet,
  basedOn?: number,
): Promise<{ name: string; version: number; warnings: Finding[] }> {
  const { ruleSet, findings } = readRuleSet(raw);
  const wrong = findings.filter(({ severity }) => severity !== "warn");
  if (ruleSet === null || wrong.length > 0) {
    const details = Object.fromEntries(wrong.slice(0, 50).map(({ field, message, fix }) => [field ?? "/", `${message}. ${fix}`]));
    throw new Fault("rule_set_invalid", `The rule set has ${wrong.length} mistakes; nothing was published`, details);
  }
  compileRuleSet(ruleSet, 0); // Expressions are parsed here: what does not compile is not stored.
  const version = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const createdBy = `${actor.type}:${actor.id}`;
    const added = { name: ruleSet.name, body: ruleSet, createdBy, ...(basedOn === undefined ? {} : { basedOn }) };
    const next = await insertRuleSet(tx, added);
    if (next === null) throw new Fault("version_behind", `Rule set "${ruleSet.name}" has a newer version than ${basedOn}`);
    const facts = { name: ruleSet.name, version: next };
    await appendAudit(tx, parts.now(), [
      { actor: `${actor.type}:${actor.id}`, action: "rules.published", objectType: "rule_set", objectId: ruleSet.name, facts },
    ]);
    return next;
  });
  return { name: ruleSet.name, version, warnings: findings.filter(({ severity }) => severity === "warn") };
}
