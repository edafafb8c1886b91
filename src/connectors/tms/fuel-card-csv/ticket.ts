import type { FuelTransaction } from "../../../core/events.ts";
import { formatMinor } from "../../../core/money.ts";
import type { ReadOptions, ReadPart } from "../connector.ts";
import { defaultDims, unreadable } from "../part.ts";
import type { Layout } from "./columns.ts";
import { chainOf } from "./products.ts";
import type { Row } from "./row.ts";
import { instantOf } from "./values.ts";

/** The rows of one ticket so far. */
export interface Ticket {
  readonly rows: Row[];
  /** Lines of rows that could not be read. */
  readonly badLines: number[];
}

const canadianRegions: ReadonlySet<string> = new Set("AB BC MB NB NL NS NT NU ON PE QC SK YT".split(" "));

/** The event of a ticket, or, when one of its rows was unreadable, the reason why the others wait with it. */
export function finishTicket(ticket: Ticket, layout: Layout, options: ReadOptions): ReadPart[] {
  const [first] = ticket.rows;
  if (first === undefined) return [];
  const place = `line ${first.line}`;
  if (ticket.badLines.length > 0) {
    const lines = ticket.rows.map((row) => row.line).join(", ");
    return [
      unreadable(place, {
        code: "ticket_incomplete",
        message: `The ticket of line ${lines} is left out because line ${ticket.badLines.join(", ")} of the same ticket could not be read`,
        fix: "Mend that row and send all rows of the ticket again",
        detail: layout.name,
      }),
    ];
  }
  const mixed = ticket.rows.find((row) => row.currency !== first.currency);
  if (mixed !== undefined) {
    return [
      unreadable(place, {
        code: "currency_mixed",
        message: `The ticket of line ${first.line} has rows in ${first.currency} and, at line ${mixed.line}, in ${mixed.currency}`,
        fix: "Correct the currency column; a ticket is in one currency",
        detail: layout.name,
      }),
    ];
  }
  const fee = feeOf(ticket.rows);
  const event = buildEvent(ticket.rows, fee.minor, { layout, options });
  const parts: ReadPart[] = [{ event: { place, raw: event } }];
  if (fee.isRepeated) {
    const amount = formatMinor(fee.minor, first.currency);
    parts.push(
      unreadable(place, {
        code: "fee_repeated",
        severity: "warn",
        message: `The fee ${amount} stands on every row of the ticket of line ${first.line}; it was taken once`,
        fix: "Nothing, if the card company charges one fee a ticket; otherwise correct the event's fees",
        detail: layout.name,
        field: "/fees",
      }),
    );
  }
  return parts;
}

/** Card reports put a ticket's fee on its first row; some exports repeat it on every row. */
export function feeOf(rows: readonly Row[]): { minor: bigint; isRepeated: boolean } {
  const first = rows[0]?.feeMinor ?? 0n;
  const isRepeated = rows.length > 1 && first !== 0n && rows.every((row) => row.feeMinor === first);
  return { minor: isRepeated ? first : rows.reduce((sum, row) => sum + row.feeMinor, 0n), isRepeated };
}

function buildEvent(
  rows: readonly Row[],
  feeMinor: bigint,
  { layout, options }: { layout: Layout; options: ReadOptions },
): FuelTransaction {
  const first = rows[0]!;
  const { cell, currency, date, time } = first;
  const totalMinor = rows.reduce((sum, row) => sum + row.amountMinor, 0n);
  const provider = cell("provider") || options.dims["provider"] || (layout.name === "efs" ? "EFS" : "CARD");
  const invoice = cell("invoice");
  const odometer = cell("odometer").replaceAll(",", "").replace(/^0+/, "");
  const location = locationOf(cell);
  return {
    type: "fuel_transaction",
    id: cell("transactionId") || [first.last4, date.replaceAll("-", ""), time?.replace(":", ""), invoice].filter(Boolean).join("-"),
    revision: 1,
    ...(invoice === "" ? {} : { number: invoice }),
    date,
    ...(time === null ? {} : { occurredAt: instantOf(date, time, options.timeZone) }),
    currency,
    dims: dimsOf(first, options),
    provider,
    fundedBy: options.ownerOperatorUnits.has(cell("unit")) ? "ownerOperator" : "company",
    vendor: chainOf(cell("location")) ?? { id: provider, name: provider },
    ...(location === null ? {} : { location }),
    ...(first.last4 === null ? {} : { card: { last4: first.last4 } }),
    ...(/^[1-9]\d{0,8}(?:\.\d)?$/.test(odometer) ? { odometer } : {}),
    lines: rows.map((row, index) => ({ lineNo: index + 1, ...row.product })),
    fees: formatMinor(feeMinor, currency),
    // Amounts are net: the discount is already out of them.
    discount: formatMinor(0n, currency),
    invoiceTotal: formatMinor(totalMinor, currency),
    netTotal: formatMinor(totalMinor + feeMinor, currency),
  };
}

function dimsOf({ cell }: Row, options: ReadOptions): FuelTransaction["dims"] {
  const dims = defaultDims(options);
  const columns = {
    tractor: "unit",
    trailer: "trailer",
    driver: "driver",
    trip: "trip",
    load: "load",
    terminal: "terminal",
    division: "division",
  } as const;
  for (const [name, column] of Object.entries(columns) as [keyof typeof columns, (typeof columns)[keyof typeof columns]][]) {
    if (cell(column) !== "") dims[name] = cell(column);
  }
  return dims;
}

function locationOf(cell: Row["cell"]): NonNullable<FuelTransaction["location"]> | null {
  const region = cell("state").toUpperCase();
  if (region === "") return null;
  const country = cell("country").toUpperCase() || (canadianRegions.has(region) ? "CA" : "US");
  const name = cell("location");
  const city = cell("city");
  return { ...(name === "" ? {} : { name }), ...(city === "" ? {} : { city }), region, country };
}
