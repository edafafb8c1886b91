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

/** The document as it is posted: dated the first open day where its own is closed and the policy moves it. */
export function inOpenPeriod(
  document: LedgerDocument,
  { policy, closedThrough }: { policy: ClosedPeriodPolicy; closedThrough: string | null },
): LedgerDocument {
  if (policy !== "next_open" || closedThrough === null || document.date > closedThrough) return document;
  return datedOn(document, firstOpenDay(closedThrough));
}

/** Findings about closed periods, as severe as the policy says. One that is moved is told, and stops nothing. */
export function asPolicySays(findings: readonly Finding[], policy: ClosedPeriodPolicy): Finding[] {
  return findings.map((finding) => {
    if (finding.code !== "period_closed") return finding;
    if (policy !== "next_open") return { ...finding, severity: policy };
    return { ...finding, severity: "warn", fix: "Nothing to do: it is dated the first open day, and its memo keeps the date it had." };
  });
}
