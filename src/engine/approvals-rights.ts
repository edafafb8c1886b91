import { minorDigitsOf, parseDecimal } from "../core/money.ts";
import type { ApprovalPolicy } from "../store/approval-rights.ts";
import type { Approval } from "../store/approvals.ts";
import type { Actor } from "./actor.ts";

/** Somebody in whose name a decision is made. */
export interface Decider {
  readonly actor: string;
  readonly role: Actor["role"];
}

/** Why somebody may not approve something, as a sentence; null when he may. */
export function whyNot(approval: Approval, { actor, role }: Decider, policy: ApprovalPolicy): string | null {
  if (approval.makers.includes(actor)) return "who made it cannot approve it; another person must";
  const limits = policy.limits.filter((limit) => limit.role === role);
  const own = limits.filter(({ code }) => code === approval.code);
  const [limit] = own.length > 0 ? own : limits.filter(({ code }) => code === undefined);
  if (limit === undefined) return `the role ${role} may not approve ${approval.code}`;
  if (limit.upTo === null || isWithin(approval, limit.upTo)) return null;
  return `the role ${role} may approve ${approval.code} up to ${limit.upTo}`;
}

function isWithin({ amountMinor, currency }: Approval, upTo: string): boolean {
  if (amountMinor === null || currency === null) return true;
  const { units, scale } = parseDecimal(upTo);
  return amountMinor * 10n ** BigInt(scale) <= units * 10n ** BigInt(minorDigitsOf(currency));
}
