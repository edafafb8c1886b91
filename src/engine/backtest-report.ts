import { formatMinor } from "../core/money.ts";
import type { DocumentChange, FindingCount, Tally } from "../core/rules/tally.ts";

/** What a backtest found, as people and programs read it. Amounts are decimal strings; above zero is a debit. */
export interface BacktestReport {
  readonly events: number;
  readonly changedEvents: number;
  readonly changedDocuments: number;
  readonly lines: { readonly before: number; readonly after: number; readonly moved: number };
  readonly money: readonly MoneyMoved[];
  readonly findings: { readonly gained: readonly FindingCount[]; readonly lost: readonly FindingCount[] };
  readonly documents: readonly ChangedDocument[];
  /** How many changed documents are counted and not listed. */
  readonly documentsLeftOut: number;
}

/** Money on one account with the same dimensions, of changed documents only, where it is not the same before and after. */
interface MoneyMoved {
  readonly account: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly currency: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
  readonly linesBefore: number;
  readonly linesAfter: number;
}

type ChangedDocument = Omit<DocumentChange, "beforeMinor" | "afterMinor"> & { readonly before: string; readonly after: string };

/** Writes a tally down: largest movement first, most frequent finding first. */
export function reportOf(tally: Tally, changesMax: number): BacktestReport {
  const { events, changedEvents, changedDocuments, linesBefore, linesAfter, linesMoved, movements, gained, lost, changes } = tally;
  const moved = [...movements.values()].filter((one) => one.beforeMinor !== one.afterMinor || one.beforeLines !== one.afterLines);
  moved.sort((a, b) => compareSize(b.afterMinor - b.beforeMinor, a.afterMinor - a.beforeMinor) || (a.account < b.account ? -1 : 1));
  const documents = changes.slice(0, changesMax).map(({ beforeMinor, afterMinor, ...change }) => ({
    ...change,
    before: formatMinor(beforeMinor, change.currency),
    after: formatMinor(afterMinor, change.currency),
  }));
  return {
    ...{ events, changedEvents, changedDocuments },
    lines: { before: linesBefore, after: linesAfter, moved: linesMoved },
    money: moved.map(({ account, dimensions, currency, beforeMinor, afterMinor, beforeLines, afterLines }) => ({
      ...{ account, dimensions, currency },
      before: formatMinor(beforeMinor, currency),
      after: formatMinor(afterMinor, currency),
      change: formatMinor(afterMinor - beforeMinor, currency),
      linesBefore: beforeLines,
      linesAfter: afterLines,
    })),
    findings: { gained: mostFirst(gained), lost: mostFirst(lost) },
    documents,
    documentsLeftOut: changedDocuments - documents.length,
  };
}

function compareSize(a: bigint, b: bigint): number {
  const [left, right] = [a < 0n ? -a : a, b < 0n ? -b : b];
  return left < right ? -1 : left > right ? 1 : 0;
}

function mostFirst(counts: ReadonlyMap<string, FindingCount>): FindingCount[] {
  return [...counts.values()].sort((a, b) => b.events - a.events || (a.cause < b.cause ? -1 : 1));
}
