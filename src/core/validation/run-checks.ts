import type { TransportEvent } from "../events.ts";
import type { Finding, Severity } from "../finding.ts";
import type { Asked, CheckFacts, Saying, Surroundings } from "./check.ts";
import type { Active, ActiveChecks } from "./policy.ts";
import type { Found, HistoryCheck } from "./trace.ts";

/** Asks all checks that are on about one event: those of the catalog that need no history, and the organization's own. */
export function runEventChecks(active: ActiveChecks, event: TransportEvent, surroundings: Surroundings): Finding[] {
  const findings: Finding[] = [];
  for (const { check, severity, limits } of active.event) check.look(event, askedBy({ check, severity, limits }, surroundings, findings));
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

function askedBy({ check, severity, limits }: Active<CheckFacts>, surroundings: Surroundings, into: Finding[]): Asked {
  const { documents, reference, today } = surroundings;
  const { decimal, names } = limits;
  return { documents, reference, today, decimal, names, say: (saying) => into.push(findingOf(check, severity, saying)) };
}

function findingOf({ code, remedy }: CheckFacts, severity: Severity, { field, message, about }: Saying): Finding {
  return { code, severity, field, message, fix: remedy, cause: `${code}:${about}` };
}

/** One cause is said once an event. */
function once(findings: readonly Finding[]): Finding[] {
  if (findings.length < 2) return [...findings];
  const seen = new Set<string>();
  return findings.filter(({ cause }) => !seen.has(cause) && seen.add(cause) !== undefined);
}
