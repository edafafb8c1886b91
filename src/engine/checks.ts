import type { Finding } from "../core/finding.ts";
import type { Tx } from "../store/database.ts";
import { budgetChecker } from "./budgets.ts";
import type { CheckContext, Checker } from "./checker.ts";
import { catalogChecker } from "./checks-catalog.ts";
import type { Draft } from "./plan.ts";

/** In this order: what costs least first, what reserves last. */
const checkers: readonly Checker[] = [catalogChecker, budgetChecker];

/** Asks every checker about the drafts of a slice. Answers all findings of each event, those of its draft first. */
export async function checkDrafts(tx: Tx, context: CheckContext, drafts: readonly Draft[]): Promise<Map<string, Finding[]>> {
  const found = new Map(drafts.map(({ stored, findings }) => [stored.eventId, [...findings]]));
  for (const { run } of checkers) {
    const asked = drafts
      .filter(({ event }) => event.status !== "void")
      .map((draft) => ({ ...draft, findings: found.get(draft.stored.eventId)! }));
    for (const [eventId, findings] of await run(tx, context, asked)) found.get(eventId)?.push(...findings);
  }
  return found;
}

/** A hold that somebody approved for this event and its content is no hold any more: it stays in sight as a warning. */
export function asReleased(findings: readonly Finding[], released: { readonly has: (cause: string) => boolean } | undefined): Finding[] {
  if (released === undefined) return [...findings];
  return findings.map((finding) =>
    finding.severity === "hold" && released.has(finding.cause) ? { ...finding, severity: "warn" } : finding,
  );
}
