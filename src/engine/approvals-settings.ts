import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { parseDecimal } from "../core/money.ts";
import {
  type ApprovalPolicy,
  type Delegation,
  findActorNamed,
  insertDelegation,
  putApprovalPolicy,
  revokeDelegation,
} from "../store/approval-rights.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { newId } from "../store/ids.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";

/** Says who may approve what. Faults: `forbidden` for all but administrators, `request_invalid`. */
export async function setApprovalPolicy(parts: EngineParts, actor: Actor, policy: ApprovalPolicy): Promise<void> {
  if (actor.role !== "admin") throw new Fault("forbidden", "Only an administrator may say who approves what");
  for (const { upTo } of policy.limits) {
    if (upTo !== null && parseDecimal(upTo).units < 0n) throw new Fault("request_invalid", `A limit is zero or more, not "${upTo}"`);
  }
  await inOrganization(parts.database, actor.organizationId, async (tx) => {
    await putApprovalPolicy(tx, policy);
    await leave(tx, parts, actor, { action: "approvals.policy_set", facts: { ...policy } });
  });
}

const delegationDaysMax = 366;

/** Lends what the actor may approve to another person until a moment. Faults: `not_found`, `request_invalid`. */
export function delegateApprovals(
  parts: EngineParts,
  actor: Actor,
  order: { to: string; startsAt: Date | null; endsAt: Date },
): Promise<Delegation> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const found = await findActorNamed(tx, order.to);
    if (found === undefined)
      throw new Fault("not_found", `There is nobody "${order.to}" here; name an e-mail address, user:<id> or key:<id>`);
    if (found.role === "machine") throw new Fault("request_invalid", "A machine's key approves nothing; name a person");
    if (found.actor === nameOf(actor)) throw new Fault("request_invalid", "You cannot delegate to yourself");
    const startsAt = order.startsAt ?? parts.now();
    const days = (order.endsAt.getTime() - startsAt.getTime()) / 86_400_000;
    if (!(days > 0 && days <= delegationDaysMax))
      throw new Fault("request_invalid", `A delegation ends after it starts, within ${delegationDaysMax} days`);
    const delegation = await insertDelegation(tx, {
      ...{ delegationId: newId(), from: nameOf(actor), to: found.actor },
      ...{ startsAt, endsAt: order.endsAt },
    });
    const facts = {
      delegationId: delegation.delegationId,
      to: found.actor,
      startsAt: startsAt.toISOString(),
      endsAt: order.endsAt.toISOString(),
    };
    await leave(tx, parts, actor, { action: "approvals.delegated", facts });
    return delegation;
  });
}

/** Takes a delegation back: one's own, or any as an administrator. Faults: `not_found`. */
export function endDelegation(parts: EngineParts, actor: Actor, delegationId: string): Promise<Delegation> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const ended = await revokeDelegation(tx, delegationId, actor.role === "admin" ? null : nameOf(actor));
    if (ended === undefined) throw new Fault("not_found", "There is no such delegation of yours, or it was taken back already");
    await leave(tx, parts, actor, { action: "approvals.delegation_ended", facts: { delegationId, from: ended.from, to: ended.to } });
    return ended;
  });
}

/** Who may approve belongs to the organization: the leaf names it. */
function leave(tx: Tx, parts: EngineParts, actor: Actor, leaf: { action: string; facts: Record<string, unknown> }): Promise<void> {
  return appendAudit(tx, parts.now(), [
    { actor: nameOf(actor), action: leaf.action, objectType: "finding", objectId: tx.organizationId, facts: leaf.facts },
  ]);
}
