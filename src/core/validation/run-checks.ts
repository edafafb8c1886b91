import type { TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import type { Asked, CheckFacts, Saying, Surroundings } from "./check.ts";
import type { Active, ActiveChecks } from "./policy.ts";
import type { Found, HistoryCheck } from "./trace.ts";

/** Asks all checks that are on about one event: those of the catalog that need no history, and the organization's own. */
export function runEventChecks(active: ActiveChecks, event: TransportEvent, surroundings: Surroundings): Finding[] {
  const findings: Finding[] = [];
  for (const one of active.event) one.check.look(event, askedBy(one, surroundings, findings));
  for (const { look } of active.own) {
    const finding = look(event);
    if (finding !== null) findings.push(finding);
  }
  return once(findings);
}

/** Asks the history checks that are on about one event: `foundOf` answers what is remembered around each of its traces, for a check. */
export function runHistoryChecks(
  active: ActiveChecks,
  event: TransportEvent,
  given: { surroundings: Surroundings; foundOf: (check: Active<HistoryCheck>) => readonly Found[] },
): Finding[] {
  const findings: Finding[] = [];
  for (const one of active.history) {
    for (const found of given.foundOf(one)) one.check.judge(event, found, askedBy(one, given.surroundings, findings));
  }
  return once(findings);
}

function askedBy(one: Active<CheckFacts>, surroundings: Surroundings, into: Finding[]): Asked {
  const { documents, reference, today } = surroundings;
  const { decimal, names } = one.limits;
  return { documents, reference, today, decimal, names, say: (saying) => into.push(findingOf(one, saying)) };
}

function findingOf({ check, severity, weakSeverity }: Active<CheckFacts>, { field, message, about, isWeak }: Saying): Finding {
  const { code, remedy } = check;
  return { code, severity: isWeak === true ? weakSeverity : severity, field, message, fix: remedy, cause: `${code}:${about}` };
}

/** One cause is said once an event. */
function once(findings: readonly Finding[]): Finding[] {
  if (findings.length < 2) return [...findings];
  const seen = new Set<string>();
  return findings.filter(({ cause }) => !seen.has(cause) && seen.add(cause) !== undefined);
}
