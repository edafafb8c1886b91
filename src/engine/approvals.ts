import { appendAudit, type AuditEntry } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import type { Module } from "../core/periods.ts";
import { findApprovalPolicy, findLenders } from "../store/approval-rights.ts";
import { type Approval, type Decided, lockApprovals, recordDecisions, reopenApproved } from "../store/approvals.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { resolveFindingsOfEvents } from "../store/findings.ts";
import { approveDraft } from "../store/rule-drafts.ts";
import { addToOutbox } from "../webhooks/outbox.ts";
import type { Actor } from "./actor.ts";
import { type Decider, whyNot } from "./approvals-rights.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";
import { heldCauses } from "./periods.ts";
import { retryReview } from "./review.ts";

/** Which approvals are meant: some by id, or all that wait behind one cause. */
export type ApprovalSelection = { readonly ids: readonly string[] } | { readonly cause: string };

/** What somebody decides. */
export interface Decision {
  readonly state: "approved" | "rejected";
  readonly note: string;
  /** Where what is dated in a closed month goes: as it is, or to the first open day. */
  readonly choice: "as_dated" | "next_open" | null;
}

/** What came of it. `refused` names those the actor may not decide, with the reason. */
export interface DecisionResult {
  readonly decided: number;
  /** Events that are back at work. */
  readonly released: number;
  readonly refused: readonly { readonly approvalId: string; readonly reason: string }[];
}

const decisionsMax = 10_000;

/**
 * Decides what was asked for. An approved hold puts its event back to work as soon as nothing else stops it. Faults: `not_found`;
 * `forbidden` when the actor may decide none of it; `version_behind` when all of it is decided or over; `request_invalid`.
 */
export async function decideApprovals(
  parts: EngineParts,
  actor: Actor,
  selection: ApprovalSelection,
  decision: Decision,
): Promise<DecisionResult> {
  if (decision.state === "rejected" && decision.note.trim() === "")
    throw new Fault("request_invalid", "Say in a note why it is rejected: whoever asked reads that");
  const done = await inOrganization(parts.database, actor.organizationId, (tx) => decide(tx, parts, { actor, selection, decision }));
  for (const booksId of done.lanes) await parts.wake({ organizationId: actor.organizationId, booksId });
  let { released } = done;
  for (const cause of done.opened) released += (await retryReview(parts, actor, { cause })).retried;
  return { decided: done.decided, released, refused: done.refused };
}

interface Order {
  readonly actor: Actor;
  readonly selection: ApprovalSelection;
  readonly decision: Decision;
}

async function decide(tx: Tx, parts: EngineParts, { actor, selection, decision }: Order) {
  const found = await lockApprovals(tx, "ids" in selection ? selection : { ...selection, limit: decisionsMax });
  if (found.length === 0) throw new Fault("not_found", "There is no such request for an approval");
  const open = found.filter(({ state }) => state === "open");
  if (open.length === 0) throw new Fault("version_behind", overSentence(found[0]!));
  const { allowed, refused } = await sortOut(tx, open, { actor, decision });
  if (allowed.length === 0) throw new Fault("forbidden", `You may not decide this: ${refused[0]!.reason}`);
  const by = { ...decision, actor: nameOf(actor) };
  await recordDecisions(
    tx,
    allowed.map(({ approval, decidedFor }): Decided => ({ approvalId: approval.approvalId, decidedFor })),
    by,
  );
  const approved = decision.state === "approved" ? allowed.map(({ approval }) => approval) : [];
  for (const approval of approved) await approveRules(tx, approval, by.actor);
  const events = await reopenApproved(
    tx,
    approved.flatMap(({ eventId }) => eventId ?? []),
  );
  await resolveFindingsOfEvents(
    tx,
    events.map(({ eventId }) => eventId),
  );
  await appendAudit(
    tx,
    parts.now(),
    allowed.map((one) => leafOf(one, by)),
  );
  await addToOutbox(
    tx,
    allowed.map(({ approval }) => ({
      topic: `approval.${decision.state}`,
      body: { approvalId: approval.approvalId, code: approval.code, subject: approval.subject, event: approval.event, note: decision.note },
    })),
  );
  const opened = approved
    .filter(({ kind }) => kind === "period")
    .flatMap(({ details }) => heldCauses(details["module"] as Module, details["period"]!));
  return { decided: allowed.length, released: events.length, refused, opened, lanes: new Set(events.map(({ booksId }) => booksId)) };
}

function overSentence({ state, decidedBy }: Approval): string {
  if (state === "expired") return "The time to decide this is over; retry what it held, and it is asked for anew";
  return state === "withdrawn" ? "This is not asked for any more" : `It was ${state} by ${decidedBy} already`;
}

interface Allowed {
  readonly approval: Approval;
  readonly decidedFor: string | null;
}

/** What the actor may decide, by himself or for somebody who lends him his right. */
async function sortOut(tx: Tx, open: readonly Approval[], { actor, decision }: Pick<Order, "actor" | "decision">) {
  const [policy, lenders] = [await findApprovalPolicy(tx), await findLenders(tx, nameOf(actor))];
  const self: Decider = { actor: nameOf(actor), role: actor.role };
  const allowed: Allowed[] = [];
  const refused: { approvalId: string; reason: string }[] = [];
  for (const approval of open) {
    const isOwn = approval.makers.includes(self.actor);
    const reason = decision.state === "approved" ? missingChoice(approval, decision) : null;
    const ownReason = whyNot(approval, self, policy);
    // Who made it may take it back; nobody approves for another what he made himself.
    if (reason === null && (ownReason === null || (isOwn && decision.state === "rejected"))) allowed.push({ approval, decidedFor: null });
    else {
      const lender = isOwn || reason !== null ? undefined : lenders.find((one) => whyNot(approval, one, policy) === null);
      if (lender !== undefined) allowed.push({ approval, decidedFor: lender.actor });
      else refused.push({ approvalId: approval.approvalId, reason: reason ?? ownReason ?? "" });
    }
  }
  return { allowed, refused };
}

/** Where a late document goes is said by whoever approves it. What the books closed cannot go there as it is dated. */
function missingChoice({ code, subject }: Approval, { choice }: Decision): string | null {
  if (code !== "period_closed") return null;
  if (choice === null) return "say where it goes: as_dated or next_open";
  const closedByBooks = /^period_closed:(?:\d{4}-\d{2}-\d{2}$|.*:books$)/.test(subject);
  return closedByBooks && choice === "as_dated"
    ? "the books themselves are closed on that day; choose next_open, or open them and retry"
    : null;
}

/** The draft itself carries its approval: publishing looks there. */
async function approveRules(tx: Tx, { kind, subject, revision }: Approval, approvedBy: string): Promise<void> {
  if (kind !== "rules") return;
  if ((await approveDraft(tx, { name: subject, revision: revision!, approvedBy })) === undefined)
    throw new Fault("version_behind", `The draft of "${subject}" changed meanwhile; read it before you approve it`);
}

const objectOf = { hold: "event", rules: "rule_set", period: "books" } as const;

function leafOf({ approval, decidedFor }: Allowed, by: Decision & { actor: string }): AuditEntry {
  const { approvalId, kind, code, subject, eventId, booksId, makers, revision, currency, amountMinor } = approval;
  const amount = amountMinor === null ? null : String(amountMinor);
  return {
    actor: by.actor,
    action: `approval.${by.state}`,
    objectType: objectOf[kind],
    objectId: eventId ?? (kind === "period" ? booksId! : subject),
    facts: { approvalId, code, subject, revision, currency, amountMinor: amount, makers, note: by.note, choice: by.choice, decidedFor },
  };
}
