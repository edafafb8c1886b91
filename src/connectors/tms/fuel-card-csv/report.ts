import type { ReadOptions, ReadPart } from "../connector.ts";
import { unreadable } from "../part.ts";
import type { Header } from "./columns.ts";
import type { CsvRecord } from "./records.ts";
import { type BadCell, cellOf, readRow, type Row, ticketKey } from "./row.ts";
import { feeOf, finishTicket, type Ticket } from "./ticket.ts";
import { addTo, checkTotal, noTotals, type Totals } from "./totals.ts";
import { readDate } from "./values.ts";

/** Tickets whose rows may still come. Rows of a ticket stand together; the limit only bounds memory. */
const openTicketsMax = 1000;

/** One report while it is read. */
export interface Report {
  readonly header: Header;
  readonly delimiter: string;
  readonly options: ReadOptions;
  /** In insertion order: the oldest ticket is finished first. */
  readonly tickets: Map<string, Ticket>;
  group: Totals;
  grand: Totals;
  section: "rows" | "group" | "grand";
  /** What the printed totals are called: `Group 1`, `The file`. */
  scope: string;
}

export function startReport(source: Pick<Report, "header" | "delimiter" | "options">): Report {
  const { currency } = source.options;
  return { ...source, tickets: new Map(), group: noTotals(currency), grand: noTotals(currency), section: "rows", scope: "" };
}

/** Takes one record: a product row, a total, a blank or a page break. */
export function takeRecord(report: Report, record: CsvRecord): ReadPart[] {
  if (record.problem !== null) return badRecord(report, record);
  const [label = ""] = record.cells;
  if (record.cells.every((cell) => cell === "")) {
    if (report.section === "group") endGroup(report);
    return [];
  }
  if (/^group \d+\s*:/i.test(label)) return startTotals(report, "group", label.split(":")[0]!);
  if (/^grand totals?/i.test(label)) return startTotals(report, "grand", "The file");
  if (isRow(report, record)) {
    if (report.section === "grand") return [rowAfterTotals(record)];
    if (report.section === "group") endGroup(report);
    return takeRow(report, record);
  }
  if (report.section !== "rows") {
    const part = checkTotal(report.section === "group" ? report.group : report.grand, {
      scope: report.scope,
      label,
      amount: record.cells[1] ?? "",
      line: record.line,
      isComplete: report.section === "group",
    });
    return part === null ? [] : [part];
  }
  if (/^(?:grand |sub)?totals?\b/i.test(label)) return plainTotal(report, record);
  return takeRow(report, record);
}

/** The header came again: on a new page, or, below grand totals, at the head of another report. */
export function restart(report: Report): void {
  if (report.section === "grand") report.grand = noTotals(report.options.currency);
  if (report.section !== "rows") endGroup(report);
}

/** Gives out the tickets still open at the end of the file. */
export function finishReport(report: Report): ReadPart[] {
  return flush(report, 0);
}

/** Between totals anything that has a card and a date is a row again. */
function isRow({ header, section }: Report, record: CsvRecord): boolean {
  if (section === "rows") return false;
  return (
    /\d{4}/.test(cellOf(header, record, header.positions.has("card") ? "card" : "transactionId")) &&
    readDate(cellOf(header, record, "date")) !== null
  );
}

function startTotals(report: Report, section: "group" | "grand", scope: string): ReadPart[] {
  report.section = section;
  report.scope = scope;
  return flush(report, 0);
}

function endGroup(report: Report): void {
  report.section = "rows";
  report.group = noTotals(report.options.currency);
}

/** A `Total` row under the columns themselves, as in a spreadsheet. */
function plainTotal(report: Report, record: CsvRecord): ReadPart[] {
  const parts = flush(report, 0);
  const fees = report.grand.byLabel.get("FEES") ?? 0n;
  const rowsOnly: Totals = { ...report.grand, byLabel: new Map([["TOTALS", (report.grand.byLabel.get("TOTALS") ?? 0n) - fees]]) };
  const amount = cellOf(report.header, record, "amount");
  const part = checkTotal(rowsOnly, { scope: "The file", label: "Totals", amount, line: record.line, isComplete: false });
  return part === null ? parts : [...parts, part];
}

function takeRow(report: Report, record: CsvRecord): ReadPart[] {
  const row = record.cells.some((cell) => cell.includes("\u0000"))
    ? [{ column: "row", value: "", why: "holds a NUL character", fix: "Export the file again: it was damaged on the way" }]
    : readRow(report, record);
  const ticket = ticketOf(report, record);
  if (!Array.isArray(row)) {
    ticket.rows.push(row);
    return flush(report, openTicketsMax);
  }
  ticket.badLines.push(record.line);
  countBadRow(report);
  return [badRow(record.line, row), ...flush(report, openTicketsMax)];
}

function ticketOf(report: Report, record: CsvRecord): Ticket {
  const key = ticketKey(report.header, record);
  const ticket: Ticket = report.tickets.get(key) ?? { rows: [], badLines: [] };
  report.tickets.set(key, ticket);
  return ticket;
}

function countBadRow({ group, grand }: Report): void {
  group.badRows += 1;
  grand.badRows += 1;
}

/** Finishes the oldest tickets until at most `keep` are open. */
function flush(report: Report, keep: number): ReadPart[] {
  const parts: ReadPart[] = [];
  for (const [key, ticket] of report.tickets) {
    if (report.tickets.size <= keep) break;
    report.tickets.delete(key);
    count(report, ticket.rows);
    parts.push(...finishTicket(ticket, report.header.layout, report.options));
  }
  return parts;
}

function count({ group, grand }: Report, rows: readonly Row[]): void {
  for (const totals of [group, grand]) {
    for (const row of rows) addTo(totals, row.providerCode, row.amountMinor);
    addTo(totals, "FEES", feeOf(rows).minor);
  }
}

function badRow(line: number, cells: readonly BadCell[]): ReadPart {
  const [first] = cells;
  const what = cells
    .map(({ column, value, why }) => `column "${column}"${value === "" ? "" : ` with "${value.slice(0, 40)}"`} ${why}`)
    .join("; ");
  return unreadable(`line ${line}`, {
    code: "row_unreadable",
    message: `Line ${line}: ${what}`,
    fix: `${[...new Set(cells.map(({ fix }) => fix))].join(". ")}; then send the file again, rows already taken are not taken twice`,
    detail: first?.column ?? "row",
  });
}

function badRecord(report: Report, record: CsvRecord): ReadPart[] {
  countBadRow(report);
  const isQuote = record.problem === "quote_open";
  if (isQuote) ticketOf(report, record).badLines.push(record.line);
  return [
    unreadable(`line ${record.line}`, {
      code: "row_unreadable",
      message: `Line ${record.line} ${isQuote ? "opens a quote that is never closed" : "is longer than 64 KiB"}`,
      fix: isQuote ? "Close or remove the quote and send the file again" : "Look at the line: a line end is probably missing",
      detail: record.problem ?? "row",
    }),
  ];
}

function rowAfterTotals(record: CsvRecord): ReadPart {
  return unreadable(`line ${record.line}`, {
    code: "row_after_totals",
    message: `Line ${record.line} looks like a transaction but stands below the grand totals`,
    fix: "Move it above the totals, or send it as a file of its own with a header",
    detail: "efs",
  });
}
