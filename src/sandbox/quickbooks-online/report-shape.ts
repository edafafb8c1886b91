import { formatMinor } from "../../core/money.ts";
import type { JsonObject } from "../json.ts";
import type { Company } from "./company.ts";
import type { Period } from "./report-period.ts";
import type { Filter, Posting, ReportAccount } from "./report-ledger.ts";
import { pacificTime } from "./time.ts";

/** Everything one report is made of. */
export interface ReportWork {
  readonly name: string;
  readonly company: Company;
  readonly atMs: number;
  readonly period: Period & { macro: string | null };
  readonly query: URLSearchParams;
  readonly chart: readonly ReportAccount[];
  /** Postings up to the end of the period, oldest first. */
  readonly postings: readonly Posting[];
  readonly filter: Filter;
}

export interface Cell {
  readonly value: string;
  readonly id?: string;
}

export const cell = (value: string, id?: string): Cell => (id === undefined ? { value } : { value, id });
export const money = (minor: bigint): Cell => ({ value: formatMinor(minor, "USD") });
/** Money, or nothing at all where it is zero. */
export const moneyOrBlank = (minor: bigint): Cell => (minor === 0n ? { value: "" } : money(minor));

const creditNormal = new Set(["Liability", "Equity", "Revenue"]);

/** Debits less credits, turned so that an account's usual side is above zero. */
export function natural({ classification }: ReportAccount, minor: bigint): bigint {
  return creditNormal.has(classification) ? -minor : minor;
}

export const isPosition = ({ classification }: ReportAccount): boolean => classification !== "Revenue" && classification !== "Expense";

export interface Column {
  readonly ColTitle: string;
  readonly ColType: string;
  readonly MetaData?: readonly { Name: string; Value: string }[];
}

/** The report as it goes over the wire: no entity around it and no time beside it; every value a string. */
export function reportOf(work: ReportWork, columns: readonly Column[], rows: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  const { name, atMs, period } = work;
  return {
    Header: {
      Time: pacificTime(atMs),
      ReportName: name,
      ...(period.macro === null ? {} : { DateMacro: period.macro }),
      ReportBasis: "Accrual",
      StartPeriod: period.start,
      EndPeriod: period.end,
      ...more,
      Currency: "USD",
      Option: [
        { Name: "AccountingStandard", Value: "GAAP" },
        { Name: "NoReportData", Value: rows.length === 0 ? "true" : "false" },
      ],
    },
    Columns: { Column: columns.map((column) => ({ ...column })) as unknown as JsonObject[] },
    Rows: rows.length === 0 ? {} : { Row: [...rows] },
  };
}

export function dataRow(cells: readonly Cell[]): JsonObject {
  return { ColData: cells.map((one) => ({ ...one })), type: "Data" };
}

export function summaryRow(group: string, cells: readonly Cell[]): JsonObject {
  return { Summary: { ColData: cells.map((one) => ({ ...one })) }, type: "Section", group };
}

export function section(parts: {
  header: readonly Cell[];
  rows: readonly JsonObject[];
  summary: readonly Cell[];
  group?: string;
}): JsonObject {
  const { header, rows, summary, group } = parts;
  return {
    Header: { ColData: header.map((one) => ({ ...one })) },
    Rows: { Row: [...rows] },
    Summary: { ColData: summary.map((one) => ({ ...one })) },
    type: "Section",
    ...(group === undefined ? {} : { group }),
  };
}

export const blanks = (count: number): Cell[] => Array.from({ length: count }, () => cell(""));
