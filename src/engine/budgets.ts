import { type BudgetLine, judgeNeed, needOf } from "../core/budgets.ts";
import type { LedgerDocument } from "../core/document.ts";
import type { Finding } from "../core/finding.ts";
import type { ReferenceIndex } from "../core/reference-index.ts";
import { releasedCauses } from "../store/approvals.ts";
import { type BudgetUse, findBudgetLines, findOwnUses, lockBudgets, takeFromBudgets } from "../store/budgets.ts";
import type { Tx } from "../store/database.ts";
import type { NewDocument } from "../store/documents.ts";
import type { NewPosting } from "../store/postings.ts";
import type { CheckContext, Checker } from "./checker.ts";
import type { Draft } from "./plan.ts";

/** The books' id of an account as documents name it. */
export function accountIdIn(reference: ReferenceIndex): (account: string) => string | undefined {
  return (account) => reference.find("account", account)?.externalId;
}

/**
 * Asks whether budgets allow the drafts of a slice, in order: each sees what the ones before it take. The budgets of these books stay
 * locked until the transaction ends, so that nobody else can take the same money meanwhile.
 */
export const budgetChecker: Checker = {
  name: "budgets",
  run: async (tx, context, drafts) => {
    const found = new Map<string, Finding[]>();
    if (drafts.length === 0 || !(await lockBudgets(tx, context.books.booksId))) return found;
    const lines = await linesFor(tx, context, drafts.flatMap(datedDocuments));
    if (lines.length === 0) return found;
    const ids = drafts.map(({ stored }) => stored.eventId);
    const [own, released] = [await findOwnUses(tx, ids), await releasedCauses(tx, ids)];
    const ownBy = Map.groupBy(own, ({ eventId }) => eventId);
    const taken = new Map(lines.map((line) => [line.lineId, line.takenMinor]));
    for (const draft of drafts) {
      const { eventId } = draft.stored;
      const { needs, unpriced } = needsOf(draft, lines, context);
      for (const { lineId, amountMinor } of ownBy.get(eventId) ?? []) needs.set(lineId, (needs.get(lineId) ?? 0n) - amountMinor);
      const findings = judge({ lines, taken, needs });
      if (unpriced) findings.push(unpricedFinding(draft));
      if (findings.length > 0) found.set(eventId, findings);
      const stops = [...draft.findings, ...findings].some(
        ({ severity, cause }) => severity === "block" || (severity === "hold" && !released.get(eventId)?.has(cause)),
      );
      if (!stops) for (const [lineId, needMinor] of needs) taken.set(lineId, (taken.get(lineId) ?? 0n) + needMinor);
    }
    return found;
  },
};

interface Dated {
  readonly document: LedgerDocument;
  readonly date: string;
}

function datedDocuments({ documents, days }: Draft): Dated[] {
  return documents.map((document) => ({ document, date: days?.get(document) ?? document.date }));
}

async function linesFor(tx: Tx, { books, reference }: CheckContext, documents: readonly Dated[]): Promise<BudgetLine[]> {
  const accountId = accountIdIn(reference);
  const accountIds = new Set(documents.flatMap(({ document }) => document.lines.map(({ account }) => accountId(account) ?? [])).flat());
  const dates = documents.map(({ date }) => date).sort();
  if (accountIds.size === 0) return [];
  return findBudgetLines(tx, books.booksId, { accountIds: [...accountIds], from: dates[0]!, through: dates.at(-1)! });
}

function needsOf(draft: Draft, lines: readonly BudgetLine[], { reference }: CheckContext) {
  const needs = new Map<string, bigint>();
  let unpriced = false;
  for (const { document, date } of datedDocuments(draft)) {
    const need = needOf(document, { date, lines, accountId: accountIdIn(reference) });
    unpriced ||= need.unpriced;
    for (const [lineId, amount] of need.byLine) needs.set(lineId, (needs.get(lineId) ?? 0n) + amount);
  }
  return { needs, unpriced };
}

function judge(of: { lines: readonly BudgetLine[]; taken: ReadonlyMap<string, bigint>; needs: ReadonlyMap<string, bigint> }): Finding[] {
  const { lines, taken, needs } = of;
  return lines.flatMap((line) => {
    const need = needs.get(line.lineId);
    if (need === undefined) return [];
    return judgeNeed({ ...line, takenMinor: taken.get(line.lineId)! }, need) ?? [];
  });
}

function unpricedFinding({ event }: Draft): Finding {
  return {
    code: "budget_unpriced",
    severity: "warn",
    field: "/currency",
    message: `It is in ${event.currency} and names no rate, so the budgets of these books could not be asked`,
    fix: "Have the TMS send the exchange rate with the event.",
    cause: `budget_unpriced:${event.currency}`,
  };
}

/** Takes what the new documents need of budgets, in the transaction that creates their postings. Locks budgets as the checker does. */
export async function reserveBudgets(
  tx: Tx,
  context: CheckContext,
  { documents, postings }: { documents: readonly NewDocument[]; postings: readonly NewPosting[] },
): Promise<void> {
  if (postings.length === 0 || !(await lockBudgets(tx, context.books.booksId))) return;
  const documentOf = new Map(documents.map((document) => [document.documentId, document]));
  const counted = postings.flatMap(({ postingId, documentId, eventId }) => {
    const { postable, reverses } = documentOf.get(documentId)!;
    if (!("lines" in postable) || reverses !== null || eventId === null) return [];
    return { postingId, eventId, document: postable, date: postable.date };
  });
  const lines = await linesFor(tx, context, counted);
  if (lines.length === 0) return;
  await takeFromBudgets(
    tx,
    counted.flatMap((one) => usesOf(one, lines, accountIdIn(context.reference))),
  );
}

/** What one posting takes of the given lines. */
export function usesOf(
  { postingId, eventId, document }: { postingId: string; eventId: string; document: LedgerDocument },
  lines: readonly BudgetLine[],
  accountId: (account: string) => string | undefined,
): BudgetUse[] {
  const { byLine } = needOf(document, { date: document.date, lines, accountId });
  return [...byLine].map(([lineId, amountMinor]) => ({ postingId, eventId, lineId, amountMinor }));
}
