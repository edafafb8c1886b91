import { firstOfNextMonth } from "./calendar.ts";
import type { DocumentKind } from "./document.ts";
import type { BooksPreferences } from "./reference.ts";
import { firstOpenDay as dayAfter } from "./rules/closed-period.ts";

/** Parts of the books that close each by itself: payables, receivables, and the general ledger, which closes all of them. */
export const modules = ["AP", "AR", "GL"] as const;
export type Module = (typeof modules)[number];

const moduleOfKind: Readonly<Record<DocumentKind, Module>> = {
  bill: "AP",
  vendor_credit: "AP",
  expense: "AP",
  expense_report: "AP",
  invoice: "AR",
  credit_memo: "AR",
  journal_entry: "GL",
  statistical_entry: "GL",
};

/** The module that a document is booked in. */
export function moduleOf(kind: DocumentKind): Module {
  return moduleOfKind[kind];
}

/** A month of one module that somebody closed or opened by hand. `period`: `2026-10`. */
export interface PeriodState {
  readonly module: Module;
  readonly period: string;
  readonly state: "open" | "closed";
}

/** Which days of which module are closed, and by whom: the books themselves, or somebody by hand. */
export interface PeriodCalendar {
  readonly closedBy: (module: Module, date: string) => "books" | "hand" | null;
  /** The first open day of a module on a day or after it; null when twenty years from it are closed. */
  readonly openDay: (module: Module, date: string) => string | null;
}

/** True for `2026-10`. */
export function isPeriod(text: string): boolean {
  return /^(?:19|2[01])\d\d-(?:0[1-9]|1[0-2])$/.test(text);
}

/** The month of a day: `2026-10-15` → `2026-10`. */
export function periodOf(date: string): string {
  return date.slice(0, 7);
}

/** A calendar of what the books say and what was set by hand. What the books closed, nobody opens here. */
export function calendarOf(preferences: BooksPreferences, states: readonly PeriodState[]): PeriodCalendar {
  const closed = new Set(states.filter(({ state }) => state === "closed").map(({ module, period }) => `${module}/${period}`));
  const throughOf = (module: Module): string => {
    const { closedThrough, modulesClosedThrough = {} } = preferences;
    return [closedThrough, modulesClosedThrough.GL, modulesClosedThrough[module]].reduce<string>(
      (latest, day) => ((day ?? "") > latest ? day! : latest),
      "",
    );
  };
  const closedBy = (module: Module, date: string) => {
    if (date <= throughOf(module)) return "books";
    const period = periodOf(date);
    return closed.has(`${module}/${period}`) || closed.has(`GL/${period}`) ? "hand" : null;
  };
  const openDay = (module: Module, date: string) => {
    let day = date;
    for (let months = 0; months < 240; months += 1) {
      const by = closedBy(module, day);
      if (by === null) return day;
      day = by === "books" ? dayAfter(throughOf(module)) : firstOfNextMonth(day);
    }
    return null;
  };
  return { closedBy, openDay };
}
