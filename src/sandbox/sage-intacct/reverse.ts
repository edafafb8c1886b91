import type { Draft, Entry, Kind, Prepared, Values, Work } from "./kind.ts";
import { settledOf } from "./links.ts";
import { checkOpen } from "./posting.ts";
import { refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { keepChange, keepReversal } from "./write.ts";

const payments = new Set(["APPYMT", "ARPYMT", "EPPAYMENT"]);

/** Takes a posted document back by a twin on another day. What it settled is open again; both stay to be seen. */
export function reverse(work: Work, kind: Kind, before: Stored, { date, memo }: { date: string; memo: string | null }): Stored {
  const state = before.values["STATE"] ?? "";
  if (["Reversed", "Reversal", "Voided"].includes(state))
    refuseRule("This transaction is already reversed.", { category: "operationNotAllowed" });
  if (before.legs.length === 0) refuseRule(`This transaction cannot be reversed: it is ${state}.`, { category: "operationNotAllowed" });
  if (before.date !== null && date < before.date)
    refuseRule("Date must be on or after the date of the transaction", { target: "datereversed" });
  const { paid, selected } = settledOf(work, before);
  if (!payments.has(kind.object) && (paid !== 0n || selected !== 0n))
    refuseRule("This transaction has payments: reverse them first.", { category: "operationNotAllowed" });
  const entries = before.legs.map((leg): Entry => {
    const turned = { ...leg, minor: -leg.minor, memo, document: null };
    return leg.foreign === undefined ? turned : { ...turned, foreign: { ...leg.foreign, minor: -leg.foreign.minor } };
  });
  checkOpen(work, date, entries);
  return keepReversal(work, kind, before, { date, entries, memo });
}

/** A person, or a step of a payment on its way, moves a document on: approved, confirmed, declined, voided. */
export function changeState(work: Work, kind: Kind, before: Stored, state: string): Stored {
  const was = before.values["STATE"] ?? "";
  if (["Voided", "Declined", "Reversed", "Reversal"].includes(was) || (was === state && state === "Complete"))
    refuseRule(`This transaction cannot become ${state}: it is ${was}.`, { category: "operationNotAllowed" });
  if (kind.prepare === undefined) return before;
  return keepChange(work, kind, before, prepared(work, kind, before, state));
}

function prepared(work: Work, kind: Kind, before: Stored, state: string): Prepared {
  const lists = Object.fromEntries(
    kind.lists.map(({ list, object }): [string, Draft[]] => [
      list,
      work.records.children(work.company.key, object, String(before.recordno)).map(({ values }) => ({ values, lists: {} })),
    ]),
  );
  const action = state === "Posted" ? "Approve" : state === "Declined" ? "Decline" : state === "Draft" ? "Draft" : null;
  const values: Values = { ...before.values, STATE: state, ACTION: action };
  // A document that was a draft is looked at as if it were new; its own number is not a twin.
  return kind.prepare?.(work, { values, lists }, { ...before, values: { ...before.values, STATE: "Draft" } }) ?? { values };
}
