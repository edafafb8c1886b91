import type { Finding } from "../core/finding.ts";
import type { WaitingEvent } from "../store/events.ts";

/** A person decides before what stands in the books is taken back for something newer. */
export function editHeld(ruleSet: string, { type, id, revision }: WaitingEvent): Finding {
  return {
    code: "edit_held",
    severity: "hold",
    field: null,
    message: `Revision ${revision} of ${type} ${id} differs from what stands in the books`,
    fix: `Correct it in the books by hand, or set edits.posted to replace in the rule set "${ruleSet}" and retry.`,
    cause: `edit_held:${type}`,
  };
}
