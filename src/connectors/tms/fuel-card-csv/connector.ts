import { Fault } from "../../../core/errors.ts";
import type { ReadOptions, ReadPart, TmsConnector } from "../connector.ts";
import { unreadable } from "../part.ts";
import { findHeader, missingColumns, repeatsHeader } from "./columns.ts";
import { type CsvRecord, readRecords } from "./records.ts";
import { finishReport, type Report, restart, startReport, takeRecord } from "./report.ts";

/** Titles and query parameters may stand above the header; they are few. */
const linesBeforeHeaderMax = 30;

/**
 * Fuel-card transaction reports, one row a product: the EFS/TCH report and our neutral layout. The header decides which
 * it is; columns are found by name. Rows of one ticket become one fuel_transaction.
 *
 * Faults: `file_malformed` when no header is found or one of its columns stands twice.
 */
export const fuelCardConnector: TmsConnector = {
  format: "fuel-card-csv",
  title: "Fuel card CSV: EFS/TCH report or neutral layout",
  recognizes: (head) => head.split(/\r\n|\r|\n/, linesBeforeHeaderMax).some(isHeaderLine),
  async *read(bytes, options) {
    let report: Report | null = null;
    let first: CsvRecord | null = null;
    for await (const record of readRecords(bytes, () => report?.delimiter ?? null)) {
      first ??= record;
      if (report !== null && !repeatsHeader(report.header, record)) yield* takeRecord(report, record);
      else if (report !== null) restart(report);
      else {
        report = tryStart(record, options);
        if (report === null && record.line >= linesBeforeHeaderMax) break;
        if (report !== null) yield* remarks(report, record);
      }
    }
    if (report === null) refuse(first);
    yield* finishReport(report);
  },
};

function isHeaderLine(line: string): boolean {
  return [",", ";", "\t", "|"].some(
    (delimiter) => findHeader({ line: 1, cells: line.replaceAll('"', "").split(delimiter), delimiter, problem: null }) !== null,
  );
}

function tryStart(record: CsvRecord, options: ReadOptions): Report | null {
  const header = findHeader(record);
  if (header === null) return null;
  if (header.ambiguous.length > 0) {
    const line = String(record.line);
    throw new Fault(
      "file_malformed",
      `The header at line ${line} has the column "${header.ambiguous.join('", "')}" twice; keep one of them`,
      { line },
    );
  }
  return startReport({ header, delimiter: record.delimiter, options });
}

function* remarks({ header }: Report, record: CsvRecord): Generator<ReadPart> {
  if (header.layout.name !== "efs" || header.positions.has("netPrice")) return;
  yield unreadable(`line ${record.line}`, {
    code: "discount_columns_missing",
    severity: "warn",
    message: "The report was made without its discount columns: amounts are retail, before discount",
    fix: "Switch the discount columns on in the report's options, so that the net amounts are booked",
    detail: "efs",
  });
}

function refuse(first: CsvRecord | null): never {
  if (first === null) throw new Fault("file_malformed", "The file is empty, not even a header is in it; export it again", { line: "1" });
  const missing = missingColumns(first.cells);
  throw new Fault(
    "file_malformed",
    `No header of a fuel-card report was found in the first ${linesBeforeHeaderMax} lines; missing: ${missing}`,
    {
      line: String(first.line),
      missing,
    },
  );
}
