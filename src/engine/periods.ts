import { fitToBooks } from "../core/documents/fit.ts";
import { accrueLate } from "../core/documents/accrue-late.ts";
import type { LedgerDocument } from "../core/document.ts";
import type { Finding } from "../core/finding.ts";
import { calendarOf, type Module, moduleOf, modules, type PeriodCalendar, periodOf } from "../core/periods.ts";
import type { ReferenceIndex } from "../core/reference-index.ts";
import { asPolicySays } from "../core/rules/closed-period.ts";
import { validateDocument } from "../core/validation/validate.ts";
import { type Release, releasedCauses } from "../store/approvals.ts";
import type { Tx } from "../store/database.ts";
import { findPeriodExceptions, findPeriodStates } from "../store/periods.ts";
import type { CheckContext } from "./checker.ts";
import type { Draft } from "./plan.ts";

/** Which months of these books are open now: what the books say, what was set by hand, and exceptions that were approved. */
async function loadCalendar(tx: Tx, booksId: string, { preferences }: Pick<ReferenceIndex, "preferences">): Promise<PeriodCalendar> {
  const [states, exceptions] = await Promise.all([findPeriodStates(tx, booksId), findPeriodExceptions(tx, booksId)]);
  const open = new Set(exceptions.map(({ module, period }) => `${module}/${period}`));
  return calendarOf(
    preferences,
    states.filter(({ module, period }) => !open.has(`${module}/${period}`)),
  );
}

/**
 * Finds where documents dated in a closed month go: what the rules' policy for their event says, or what a person decided about
 * this event. Adds the findings of months that were closed by hand, the days of documents that move, and accruals.
 */
export async function placeInPeriods(tx: Tx, context: CheckContext, drafts: readonly Draft[]): Promise<Draft[]> {
  const calendar = await loadCalendar(tx, context.books.booksId, context.reference);
  const isLate = (draft: Draft) => draft.documents.some(({ kind, date }) => calendar.closedBy(moduleOf(kind), date) !== null);
  const late = drafts.filter(isLate);
  if (late.length === 0) return [...drafts];
  const released = await releasedCauses(
    tx,
    late.map(({ stored }) => stored.eventId),
  );
  return drafts.map((draft) => (isLate(draft) ? placeDraft(draft, { calendar, reference: context.reference, released }) : draft));
}

interface Placing {
  readonly calendar: PeriodCalendar;
  readonly reference: ReferenceIndex;
  readonly released: ReadonlyMap<string, ReadonlyMap<string, Release>>;
}

function placeDraft(draft: Draft, { calendar, reference, released }: Placing): Draft {
  const { policy } = draft.rules.closedPeriod(draft.event);
  const days = new Map<LedgerDocument, string>();
  const documents: LedgerDocument[] = [];
  const findings = new Map(draft.findings.map((finding) => [`${finding.code} ${finding.cause} ${finding.field}`, finding]));
  const add = (finding: Finding) => findings.set(`${finding.code} ${finding.cause} ${finding.field}`, finding);
  for (const document of draft.documents) {
    documents.push(document);
    const module = moduleOf(document.kind);
    const by = calendar.closedBy(module, document.date);
    if (by === null) continue;
    const known = by === "books" ? draft.findings.find(({ code }) => code === "period_closed") : undefined;
    const said = known ?? closedFinding(document, module, by);
    const choice = released.get(draft.stored.eventId)?.get(said.cause)?.choice ?? policy;
    const day = calendar.openDay(module, document.date);
    if (choice === "accrue") {
      const { finding, added } = accrue(draft, document, { said, day, isLedgerOpen: calendar.closedBy("GL", document.date) === null });
      add(finding);
      for (const one of added) {
        const fitting = fitToBooks(one, reference);
        documents.push(fitting);
        for (const wrong of validateDocument(fitting, reference, draft.rules)) add(wrong);
      }
      if (finding.severity === "warn") days.set(document, day!);
      if (added.length > 0) days.set(documents.at(-1)!, day!);
      continue;
    }
    if (known === undefined) add(asPolicySays([said], policy)[0]!);
    if (choice === "next_open" && day !== null) days.set(document, day);
  }
  return { ...draft, documents, findings: [...findings.values()], days };
}

function closedFinding(document: LedgerDocument, module: Module, by: "books" | "hand"): Finding {
  const period = periodOf(document.date);
  return {
    code: "period_closed",
    severity: "hold",
    field: "/date",
    message: `Dated ${document.date}, but ${period} is closed for ${nameOf[module]}${by === "hand" ? "" : " in the books"}`,
    fix: "Decide where it goes (ledgerlane approvals), or open the month (ledgerlane periods) and retry.",
    cause: `period_closed:${module}:${period}${by === "books" ? ":books" : ""}`,
  };
}

/** The causes under which documents wait for a month that was closed by hand. The general ledger closes every module. */
export function heldCauses(module: Module, period: string): string[] {
  return (module === "GL" ? modules : [module]).map((each) => `period_closed:${each}:${period}`);
}

const nameOf: Readonly<Record<Module, string>> = { AP: "payables", AR: "receivables", GL: "the general ledger" };

function accrue(
  draft: Draft,
  document: LedgerDocument,
  { said, day, isLedgerOpen }: { said: Finding; day: string | null; isLedgerOpen: boolean },
): { finding: Finding; added: LedgerDocument[] } {
  const { account, path } = draft.rules.closedPeriod(draft.event);
  const stop = (fix: string) => ({ finding: { ...said, severity: "hold" as const, fix }, added: [] });
  if (!isLedgerOpen || day === null)
    return stop("The general ledger is closed too, so it cannot be accrued there: have it approved for the first open day.");
  const made = accrueLate(document, { account: account!, path });
  const fix = `Nothing to do: it is accrued on its own date and goes to ${day}, where the accrual is taken back.`;
  return { finding: { ...said, severity: "warn", fix }, added: made === null ? [] : [made.accrual, made.reversal] };
}
