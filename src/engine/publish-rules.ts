import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { compileRuleSet } from "../core/rules/compile.ts";
import { type RuleSet, readRuleSet } from "../core/rules/rule-set.ts";
import { inOrganization } from "../store/database.ts";
import { insertRuleSet } from "../store/rules.ts";
import type { Actor } from "./engine.ts";
import type { EngineParts } from "./parts.ts";

/** Checks a rule set whole and publishes it as the next version. Faults: `rule_set_invalid`, each place with its sentence in details. */
export async function publishRuleSet(
  parts: EngineParts,
  actor: Actor,
  raw: RuleSet,
): Promise<{ name: string; version: number; warnings: Finding[] }> {
  const { ruleSet, findings } = readRuleSet(raw);
  const wrong = findings.filter(({ severity }) => severity !== "warn");
  if (ruleSet === null || wrong.length > 0) {
    const details = Object.fromEntries(wrong.slice(0, 50).map(({ field, message, fix }) => [field ?? "/", `${message}. ${fix}`]));
    throw new Fault("rule_set_invalid", `The rule set has ${wrong.length} mistakes; nothing was published`, details);
  }
  compileRuleSet(ruleSet, 0); // Expressions are parsed here: what does not compile is not stored.
  const version = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const next = await insertRuleSet(tx, ruleSet.name, ruleSet, `${actor.type}:${actor.id}`);
    const facts = { name: ruleSet.name, version: next };
    await appendAudit(tx, parts.now(), [
      { actor: `${actor.type}:${actor.id}`, action: "rules.published", objectType: "rule_set", objectId: ruleSet.name, facts },
    ]);
    return next;
  });
  return { name: ruleSet.name, version, warnings: findings.filter(({ severity }) => severity === "warn") };
}
