import type { TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import { formatMinor } from "../money.ts";
import type { CompiledRules } from "../rules/compile.ts";
import { type Draft, minorOf } from "./draft.ts";

/** What the rules carry into the next settlement where deductions exceed the pay; null where nothing is carried. */
export function carryForward(event: TransportEvent, rules: CompiledRules, findings: Finding[]): bigint | null {
  if (event.type !== "driver_settlement" || rules.ruleSet.settlement.negativeNet !== "carry_forward") return null;
  const net = minorOf(event.totals.net, event.currency);
  if (net >= 0n) return null;
  findings.push({
    code: "net_carried_forward",
    severity: "warn",
    field: "/totals/net",
    message: `The settlement's net is ${event.totals.net}; ${formatMinor(-net, event.currency)} is carried forward as owed by the payee`,
    fix: "See that the next settlement brings it back as totals.carryForwardIn.",
    cause: `net_carried_forward:${event.id}`,
  });
  return -net;
}

/** A settlement that would leave the payee owing money waits for a person. */
export function checkNet(event: TransportEvent, draft: Draft, findings: Finding[]): void {
  if (event.type !== "driver_settlement") return;
  const net = draft.lines.reduce((sum, { debitMinor }) => sum + debitMinor, 0n);
  if (net >= 0n) return;
  findings.push({
    code: "net_negative",
    severity: "hold",
    field: "/totals/net",
    message: `The settlement's net is ${event.totals.net}: deductions exceed the pay, and the payee would owe the difference`,
    fix: "Carry the shortfall forward in the TMS (totals.carryForwardOut), or release it to leave an open credit with the payee.",
    cause: `net_negative:${event.id}`,
  });
}
