import { Fault } from "../../../core/errors.ts";
import type { ReportPeriod } from "../connector.ts";
import { isObject, listOf, minorOf, textOf, type Json, type JsonObject } from "./wire.ts";

/** One cell: what it shows, and the id of the account or transaction it stands for. */
export interface Cell {
  readonly value: string;
  readonly id: string;
}

/** A data row, with the sections it stands in, outermost first. */
export interface ReportRow {
  readonly cells: readonly Cell[];
  readonly sections: readonly Section[];
}

export interface Section {
  /** `Income`, `COGS` … where they name one. */
  readonly group: string;
  readonly header: readonly Cell[];
}

/** A report without its nesting. */
export interface ReportTable {
  readonly currency: string;
  readonly basis: "accrual" | "cash";
  readonly from: string;
  readonly through: string;
  readonly rows: readonly ReportRow[];
  /** The cells of each section's total, by its group. */
  readonly totals: ReadonlyMap<string, readonly Cell[]>;
  /** Place of a column by its type, key or title, whichever they tell; -1 when there is none. Places move, names do not. */
  readonly column: (...names: string[]) => number;
}

/** Flattens a report of theirs. Fault: `upstream_silent` when it is no report. */
export function readTable(report: JsonObject, asked: ReportPeriod): ReportTable {
  const header = report["Header"];
  if (!isObject(header) || !isObject(report["Rows"])) throw untrusted("it is no report");
  const names = listOf(report["Columns"], "Column").map(namesOfColumn);
  const rows: ReportRow[] = [];
  const totals = new Map<string, readonly Cell[]>();
  collect(listOf(report["Rows"], "Row"), [], { rows, totals });
  const isEmpty = listOf(header, "Option").some(
    (option) => textOf(option, "Name") === "NoReportData" && textOf(option, "Value") === "true",
  );
  return {
    currency: textOf(header, "Currency") || "USD",
    basis: /^cash$/i.test(textOf(header, "ReportBasis")) ? "cash" : "accrual",
    from: textOf(header, "StartPeriod") || asked.from,
    through: textOf(header, "EndPeriod") || asked.through,
    rows: isEmpty ? [] : rows,
    totals,
    column: (...wanted) => names.findIndex((known) => wanted.some((name) => known.has(name.toLowerCase()))),
  };
}

function namesOfColumn(column: JsonObject): Set<string> {
  const keys = listOf(column, "MetaData").flatMap((entry) => (textOf(entry, "Name") === "ColKey" ? [textOf(entry, "Value")] : []));
  return new Set(
    [textOf(column, "ColType"), textOf(column, "ColTitle"), ...keys].filter((name) => name !== "").map((name) => name.toLowerCase()),
  );
}

interface Collected {
  readonly rows: ReportRow[];
  readonly totals: Map<string, readonly Cell[]>;
}

function collect(list: readonly JsonObject[], sections: readonly Section[], into: Collected): void {
  for (const row of list) {
    if (row["ColData"] !== undefined) into.rows.push({ cells: cellsOf(row), sections });
    const summary = row["Summary"];
    const group = textOf(row, "group");
    if (group !== "" && summary !== undefined) into.totals.set(group, cellsOf(summary));
    if (row["Rows"] === undefined && row["Header"] === undefined) continue;
    const section: Section = { group, header: cellsOf(row["Header"]) };
    collect(listOf(row["Rows"], "Row"), [...sections, section], into);
    // An account with sub-accounts shows its own amount on the head of its section.
    if (section.header.slice(1).some(({ value }) => value !== "")) into.rows.push({ cells: section.header, sections });
  }
}

function cellsOf(holder: Json | undefined): Cell[] {
  return listOf(holder, "ColData").map((cell) => ({ value: textOf(cell, "value"), id: textOf(cell, "id") }));
}

/** A money cell in minor units; an empty one is 0. Fault: `upstream_silent` when it is no amount. */
export function amountIn(cell: Cell | undefined, currency: string): bigint {
  const text = cell?.value.trim() ?? "";
  if (text === "") return 0n;
  const amount = minorOf(text.replace(/^(-?)\./, "$10."), currency);
  if (amount === null) throw untrusted(`"${text.slice(0, 40)}" is no amount`);
  return amount;
}

/** Figures that do not add up are not compared with anything. */
export function untrusted(why: string): Fault {
  return new Fault("upstream_silent", `QuickBooks' report cannot be relied on: ${why}`);
}
