import type { NewBudgetLine } from "./budgets.ts";
import { daysInMonth, isCivilDate } from "./calendar.ts";
import { Fault } from "./errors.ts";
import { parseMoney } from "./money.ts";
import { didYouMean } from "./nearest.ts";
import type { BooksRecord, RecordKind } from "./reference.ts";
import type { ReferenceIndex } from "./reference-index.ts";

/** Columns that narrow a budget, with the list of the books their values come from. `segment:<name>` is one of the books' own. */
const dimensionKinds: Readonly<Record<string, RecordKind>> = {
  class: "class",
  department: "department",
  location: "location",
  project: "project",
  entity: "entity",
  customer: "customer",
};
const needed = ["account", "period", "amount"];
const problemsMax = 50;

/**
 * Reads a budget from CSV: `account,period,amount` and a column for each dimension it is divided by. A period is a month (2026-11), a quarter
 * (2026-Q4), a year (2026) or two days (2026-11-01..2026-11-15); an empty dimension means all of it.
 *
 * Faults: `file_malformed` with every line that is wrong, by `line N`; nothing of such a file is used.
 */
export function readBudgetFile(text: string, reference: ReferenceIndex, currency: string): NewBudgetLine[] {
  const rows = splitRows(text.replace(/^\uFEFF/, ""));
  const head = (rows.shift()?.cells ?? []).map((cell) => cell.toLowerCase());
  refuseHead(head);
  const problems: Record<string, string> = {};
  const lines: NewBudgetLine[] = [];
  const seen = new Map<string, number>();
  for (const { line, cells } of rows) {
    const read = readRow(Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ""])), reference, currency);
    if (typeof read === "string") problems[`line ${line}`] = read;
    else {
      const key = JSON.stringify([read.accountId, Object.entries(read.dimensions).sort(), read.starts]);
      const before = seen.get(key);
      if (before === undefined) lines.push(read);
      else problems[`line ${line}`] = `says the same account, dimensions and period as line ${before}`;
      seen.set(key, line);
    }
  }
  const wrong = Object.entries(problems);
  if (wrong.length > 0)
    throw new Fault(
      "file_malformed",
      `${wrong.length} lines of the budget are wrong; nothing was taken`,
      Object.fromEntries(wrong.slice(0, problemsMax)),
    );
  if (lines.length === 0) throw new Fault("file_malformed", "The budget has no lines under its header");
  return lines;
}

function refuseHead(head: readonly string[]): void {
  const known = [...needed, ...Object.keys(dimensionKinds)];
  const missing = needed.filter((name) => !head.includes(name));
  if (missing.length > 0)
    throw new Fault("file_malformed", `The header lacks ${missing.join(", ")}; write ${needed.join(",")} and a column for each dimension`);
  for (const name of head) {
    if (known.includes(name) || /^segment:\S/.test(name)) continue;
    throw new Fault("file_malformed", `The header has a column "${name}" that means nothing here.${didYouMean(name, known)}`);
  }
}

function readRow(row: Readonly<Record<string, string>>, reference: ReferenceIndex, currency: string): NewBudgetLine | string {
  const account = reference.find("account", row["account"] ?? "");
  if (account === undefined)
    return `"${row["account"]}" is no account of the books${hint(reference.suggest("account", row["account"] ?? ""))}`;
  const days = daysOf(row["period"] ?? "");
  if (days === null) return `"${row["period"]}" is no period such as 2026-11, 2026-Q4, 2026 or 2026-11-01..2026-11-15`;
  const dimensions: Record<string, string> = {};
  for (const [name, value] of Object.entries(row)) {
    if (needed.includes(name) || value === "") continue;
    const kind = dimensionKinds[name] ?? "segment";
    const record = reference.find(kind, kind === "segment" ? `${name.slice("segment:".length)}/${value}` : value);
    if (record === undefined) return `"${value}" is no ${name} of the books${hint(reference.suggest(kind, value))}`;
    dimensions[name] = kind === "segment" ? value : record.name;
  }
  try {
    const amountMinor = parseMoney(row["amount"] ?? "", currency).minor;
    return {
      accountId: account.externalId,
      account: account.number ?? account.name,
      dimensions,
      ...days,
      side: sideOf(account),
      amountMinor,
    };
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

function hint(name: string | null): string {
  return name === null ? "" : `. Did you mean "${name}"?`;
}

/** The side that uses a budget of this account up: revenue is earned on the credit side. */
export function sideOf({ facts }: BooksRecord): "debit" | "credit" {
  const said = `${facts["classification"] ?? ""} ${facts["type"] ?? ""}`;
  return /\b(?:revenue|income|othincome)\b/i.test(said) ? "credit" : "debit";
}

/** First and last day of a period as people write it; null when it is none. */
export function daysOf(period: string): { starts: string; ends: string } | null {
  const two = (month: number) => String(month).padStart(2, "0");
  const span = (year: string, first: number, last: number) => ({
    starts: `${year}-${two(first)}-01`,
    ends: `${year}-${two(last)}-${daysInMonth(Number(year), last)}`,
  });
  const [, year, , quarter, month] = /^(\d{4})(-(?:Q([1-4])|(0[1-9]|1[0-2])))?$/.exec(period) ?? [];
  if (year !== undefined) {
    const days = quarter
      ? span(year, Number(quarter) * 3 - 2, Number(quarter) * 3)
      : month
        ? span(year, Number(month), Number(month))
        : span(year, 1, 12);
    return isCivilDate(days.starts) ? days : null;
  }
  const [starts = "", ends = ""] = period.split("..");
  return isCivilDate(starts) && isCivilDate(ends) && starts <= ends ? { starts, ends } : null;
}

/** Rows of RFC 4180 with the line each begins on; empty lines are left out. */
function splitRows(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  const delimiter = /^[^\n]*;/.test(text) && !/^[^\n]*,/.test(text) ? ";" : ",";
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${delimiter}\\r\\n]*))[ \\t]*(${delimiter}|\\r?\\n|$)`, "gy");
  let [line, at, cells]: [number, number, string[]] = [1, 1, []];
  while (cell.lastIndex < text.length || cells.length > 0) {
    const found = cell.exec(text);
    if (found === null) throw new Fault("file_malformed", `Line ${line} has a quote in the middle of a cell, or one that is never closed`);
    const [whole, quoted, bare = "", end] = found;
    cells.push((quoted?.replaceAll('""', '"') ?? bare).trim());
    line += whole.split("\n").length - 1;
    if (end === delimiter) continue;
    if (cells.some((value) => value !== "")) rows.push({ line: at, cells });
    [at, cells] = [line, []];
  }
  return rows;
}
