import { parseMoney } from "../../../core/money.ts";
import type { EventLine } from "../../../core/events.ts";
import type { ReadOptions } from "../connector.ts";
import type { Column, Header } from "./columns.ts";
import { productOf } from "./products.ts";
import type { CsvRecord } from "./records.ts";
import { readDate, readNumber, readTime } from "./values.ts";

/** One product row of a ticket. */
export interface Row {
  readonly line: number;
  /** Rows of one ticket have the same key: card, date, time and invoice as written, or the transaction id. */
  readonly key: string;
  readonly currency: string;
  readonly date: string;
  readonly time: string | null;
  readonly last4: string | null;
  readonly product: Omit<EventLine, "lineNo">;
  readonly providerCode: string;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  /** A cell's text; "" when the column is missing, blank or says `null`. */
  readonly cell: (column: Column) => string;
}

/** Why a row cannot be taken, and which cell is to blame. */
export interface BadCell {
  readonly column: string;
  readonly value: string;
  readonly why: string;
  readonly fix: string;
}

export interface RowSource {
  readonly header: Header;
  readonly delimiter: string;
  readonly options: ReadOptions;
}

export function cellOf({ positions }: Header, { cells }: CsvRecord, column: Column): string {
  const position = positions.get(column);
  const text = position === undefined ? "" : (cells[position] ?? "");
  return text.toLowerCase() === "null" ? "" : text.replace(/\s*\n\s*/g, " ");
}

/** Rows of one ticket have one key, readable or not: a ticket with an unreadable row must not be taken in part. */
export function ticketKey(header: Header, record: CsvRecord): string {
  const cell = (column: Column) => cellOf(header, record, column);
  return cell("transactionId") || ["card", "date", "time", "invoice"].map((column) => cell(column as Column)).join("|");
}

/** Reads one product row. All bad cells are collected. */
export function readRow(source: RowSource, record: CsvRecord): Row | BadCell[] {
  const bad: BadCell[] = [];
  const cell = (column: Column) => cellOf(source.header, record, column);
  const number = (column: Column, decimals: number): string | null => {
    const text = cell(column);
    if (text === "") return null;
    const value = readNumber(text, decimals, source.delimiter === ";");
    if (value === null) bad.push({ column, value: text, why: "is no number", fix: "Write it like 1234.56" });
    return value;
  };
  for (const column of source.header.layout.required) {
    if (cell(column) === "") bad.push({ column, value: "", why: "is empty", fix: "Fill the cell in or remove the row" });
  }
  const [currency, unit] = currencyOf(cell("currency"), source.options.currency);
  const providerCode = cell("product");
  const product = { ...productOf(providerCode), uom: uomOf(cell("uom") || unit) };
  const quantity = number("quantity", 0);
  const unitPrice = number(source.header.positions.has("netPrice") ? "netPrice" : "retailPrice", 0);
  const amountText = number("amount", 2);
  const feeText = number("fee", 2);
  const { date, time, last4 } = readKeyCells(cell, bad);
  const amountMinor = money(amountText, currency, "amount", bad);
  const feeMinor = money(feeText, currency, "fee", bad);
  if (bad.length > 0 || date === null || amountText === null) return bad;
  const line: Omit<EventLine, "lineNo"> = { code: product.code, product: product.product, amount: amountText };
  if (quantity !== null) line.quantity = { value: quantity, uom: product.isVolume ? (product.uom ?? "gal") : (uomOf(cell("uom")) ?? "ea") };
  if (unitPrice !== null && !/^[0.]+$/.test(unitPrice)) line.unitPrice = unitPrice;
  const key = ticketKey(source.header, record);
  return { line: record.line, key, currency, date, time, last4, product: line, providerCode, amountMinor, feeMinor, cell };
}

function readKeyCells(cell: Row["cell"], bad: BadCell[]): { date: string | null; time: string | null; last4: string | null } {
  const eaten = /^\d+(?:\.\d+)?E\+?\d+$/i;
  for (const column of ["card", "invoice", "transactionId"] as const) {
    if (eaten.test(cell(column))) {
      bad.push({
        column,
        value: cell(column),
        why: "was rounded by a spreadsheet",
        fix: "Export the file again and do not save it from a spreadsheet",
      });
    }
  }
  const dateText = cell("date");
  const date = readDate(dateText);
  if (date === null && dateText !== "")
    bad.push({ column: "date", value: dateText, why: "is no date", fix: "Write it like 2026-10-05 or 10/05/2026" });
  const timeText = cell("time");
  const time = timeText === "" ? null : readTime(timeText);
  if (time === null && timeText !== "") bad.push({ column: "time", value: timeText, why: "is no time of day", fix: "Write it like 04:22" });
  const card = cell("card");
  const last4 = /(\d{4})\D*$/.exec(card)?.[1] ?? null;
  if (last4 === null && card !== "")
    bad.push({ column: "card", value: "", why: "does not end in four digits", fix: "Give the last four digits of the card" });
  return { date, time, last4 };
}

function money(text: string | null, currency: string, column: Column, bad: BadCell[]): bigint {
  if (text === null) return 0n;
  try {
    return parseMoney(text, currency).minor;
  } catch {
    bad.push({ column, value: text, why: `is no amount in ${currency}`, fix: "Write it with two decimals" });
    return 0n;
  }
}

/** `USD/Gallons` says both the currency and the unit fuel is measured in. */
function currencyOf(text: string, fallback: string): [currency: string, unit: string] {
  const [currency = "", unit = ""] = text.split("/");
  return [/^[A-Za-z]{3}$/.test(currency.trim()) ? currency.trim().toUpperCase() : fallback, unit.trim()];
}

function uomOf(text: string): string | null {
  if (/^g(?:a|al|als|allon|allons)?$/i.test(text)) return "gal";
  if (/^(?:l|lt|ltr|liters?|litres?)$/i.test(text)) return "L";
  return text === "" ? null : text.toLowerCase();
}
