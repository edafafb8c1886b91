import type { Fault } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { FoundRecord } from "./ports.ts";

/** Tried too often or for too long; surely not in the books. */
export function exhausted(tries: number, code: string, lastWords: string): Finding {
  return {
    code: "retries_exhausted",
    severity: "block",
    field: null,
    message: `Given up after ${tries} tries; the last answer was: ${lastWords}`,
    fix: "See whether the books are reachable again, then retry",
    cause: `retries_exhausted:${code}`,
  };
}

/** A refusal of the books as a finding. Refusals for one reason share a cause. */
export function refusal(fault: Fault): Finding {
  const { fix, cause, field } = fault.details;
  return {
    code: fault.code,
    severity: "block",
    field: field ?? null,
    message: fault.message,
    fix: fix ?? "Mend what the message names, in the books or in the rules, then retry",
    cause: `${fault.code}:${cause ?? fault.details["code"] ?? fault.message.slice(0, 80)}`,
  };
}

/** The alarm: one document is in the books more than once. */
export function severalFound(key: string, records: readonly FoundRecord[]): Finding {
  const ids = records.map(({ providerId }) => providerId).join(", ");
  return {
    code: "books_hold_several",
    severity: "block",
    field: null,
    message: `The books hold this document ${records.length} times (records ${ids})`,
    fix: "Open them, delete the ones too many in the books, then retry: the one that stays is taken over",
    cause: `books_hold_several:${key}`,
  };
}

/** The number stands on something that is not what we would send. */
export function conflictFound(key: string, record: FoundRecord): Finding {
  const state = record.active ? "with other content" : "but inactive";
  return {
    code: "number_taken",
    severity: "block",
    field: "/number",
    message: `The books hold "${record.number ?? ""}" already (record ${record.providerId}), ${state}`,
    fix: "Compare the two: correct or remove the one in the books and retry, or send the event under another number as a new revision",
    cause: `number_taken:${record.number ?? key}`,
  };
}
