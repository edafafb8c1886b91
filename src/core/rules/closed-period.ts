import { daysInMonth } from "../calendar.ts";
import type { LedgerDocument } from "../document.ts";
import type { Finding } from "../finding.ts";
import type { ClosedPeriodPolicy } from "./schema.ts";

/** The first open day, when everything up to `closedThrough` is closed. */
export function firstOpenDay(closedThrough: string): string {
  const [year, month, day] = closedThrough.split("-").map(Number) as [number, number, number];
  const two = (value: number): string => String(value).padStart(2, "0");
  if (day < daysInMonth(year, month)) return `${year}-${two(month)}-${two(day + 1)}`;
  return month === 12 ? `${year + 1}-01-01` : `${year}-${two(month + 1)}-01`;
}

/** A document dated another day, which its memo says; the due date stays. */
export function datedOn(document: LedgerDocument, date: string): LedgerDocument {
  if (date === document.date) return document;
  return { ...document, date, memo: `${document.memo} · of ${document.date}`.slice(0, 4_000) };
}

/** Findings about closed periods, as severe as the policy says. One that is moved is told, and stops nothing. */
export function asPolicySays(findings: readonly Finding[], policy: ClosedPeriodPolicy): Finding[] {
  return findings.map((finding) => {
    if (finding.code !== "period_closed") return finding;
    if (policy === "block") return { ...finding, severity: "block" };
    // What is accrued in place of a hold is told by whoever accrues it.
    if (policy !== "next_open") return { ...finding, severity: "hold" };
    return { ...finding, severity: "warn", fix: "Nothing to do: it is dated the first open day, and its memo keeps the date it had." };
  });
}
