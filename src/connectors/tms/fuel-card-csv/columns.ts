import type { CsvRecord } from "./records.ts";

/** Columns we read, by our name. Everything else in a file is left alone. */
export type Column =
  | "transactionId"
  | "provider"
  | "card"
  | "date"
  | "time"
  | "invoice"
  | "unit"
  | "trailer"
  | "driver"
  | "trip"
  | "load"
  | "terminal"
  | "division"
  | "odometer"
  | "location"
  | "city"
  | "state"
  | "country"
  | "fee"
  | "product"
  | "retailPrice"
  | "netPrice"
  | "quantity"
  | "uom"
  | "amount"
  | "discount"
  | "line"
  | "currency";

/** Spellings of headers, compared without case, blanks and punctuation. */
const shared: Partial<Record<Column, readonly string[]>> = {
  unit: ["unit", "unitnumber", "vehicle", "tractor"],
  trailer: ["trailer", "trailernumber"],
  driver: ["driverid", "drid", "driverprompt"],
  trip: ["trip", "tripnumber", "tripno"],
  load: ["load", "loadno", "loadnumber"],
  terminal: ["terminal", "branch"],
  division: ["division", "department", "subfleet"],
  odometer: ["odometer", "odometerreading", "hubometer"],
  city: ["city", "locationcity"],
  state: ["state", "stateprov", "province", "stateprovince", "locationstate"],
  country: ["country", "locationcountry"],
  quantity: ["qty", "quantity", "units"],
  currency: ["currency", "curr"],
  provider: ["provider", "cardprovider"],
};

export interface Layout {
  readonly name: "efs" | "neutral";
  readonly title: string;
  readonly headers: Partial<Record<Column, readonly string[]>>;
  readonly required: readonly Column[];
}

/** The EFS/TCH transaction report: one row a product, `Fees` on the first row of a ticket, groups by card, totals at the end. */
const efs: Layout = {
  name: "efs",
  title: "EFS/TCH transaction report",
  headers: {
    ...shared,
    card: ["card", "cardnumber", "cardno"],
    date: ["trandate", "transactiondate", "date"],
    time: ["trantime", "transactiontime", "time"],
    invoice: ["invoice", "invoicenumber", "invoiceno"],
    transactionId: ["transactionid", "transid", "tranid"],
    location: ["locationname", "location", "site"],
    fee: ["fees", "fee"],
    product: ["item", "product", "productcode"],
    retailPrice: ["unitprice", "ppu"],
    netPrice: ["discppu"],
    discount: ["discamt"],
    amount: ["amt", "amount"],
  },
  required: ["card", "date", "invoice", "product", "amount"],
};

/** Our own template: one row a product with the provider's transaction id. */
const neutral: Layout = {
  name: "neutral",
  title: "neutral layout, one row a product",
  headers: {
    ...shared,
    transactionId: ["transactionid"],
    card: ["cardlast4", "card"],
    date: ["trandate"],
    time: ["trantime"],
    invoice: ["invoice", "ticket"],
    location: ["location"],
    fee: ["fee"],
    product: ["product"],
    line: ["line"],
    uom: ["uom"],
    netPrice: ["ppu"],
    retailPrice: ["retailppu"],
    discount: ["discamount"],
    amount: ["amount"],
  },
  required: ["transactionId", "date", "product", "amount"],
};

/** A header that was found: which layout, and where its columns stand. */
export interface Header {
  readonly layout: Layout;
  readonly positions: ReadonlyMap<Column, number>;
  /** Columns that stand twice: their values cannot be told apart. */
  readonly ambiguous: readonly string[];
  readonly cells: string;
}

/** The layout whose required columns all stand in this record, or null when it is no header. */
export function findHeader(record: CsvRecord): Header | null {
  const cells = record.cells.map(normalized);
  for (const layout of [neutral, efs]) {
    const found = positionsIn(layout, cells);
    if (layout.required.every((column) => found.positions.has(column))) return { layout, ...found, cells: cells.join(",") };
  }
  return null;
}

function positionsIn(layout: Layout, cells: readonly string[]): Pick<Header, "positions" | "ambiguous"> {
  const positions = new Map<Column, number>();
  const ambiguous: string[] = [];
  for (const [column, spellings] of Object.entries(layout.headers) as [Column, readonly string[]][]) {
    const spelling = spellings.find((name) => cells.includes(name));
    if (spelling === undefined) continue;
    positions.set(column, cells.indexOf(spelling));
    if (cells.indexOf(spelling) !== cells.lastIndexOf(spelling)) ambiguous.push(spelling);
  }
  return { positions, ambiguous };
}

/** True for a header row that comes again, on a new page. */
export function repeatsHeader(header: Header, record: CsvRecord): boolean {
  return record.cells.map(normalized).join(",") === header.cells;
}

/** The required columns of the layout that fits best, for the person who sent something else. */
export function missingColumns(cells: readonly string[]): string {
  const names = cells.map(normalized);
  const missing = [efs, neutral].map(({ title, headers, required }) => ({
    title,
    columns: required.filter((column) => !headers[column]!.some((name) => names.includes(name))),
  }));
  missing.sort((a, b) => a.columns.length - b.columns.length);
  return `${missing[0]!.columns.join(", ")} (${missing[0]!.title})`;
}

function normalized(cell: string): string {
  return cell.toLowerCase().replace(/[^a-z0-9]/g, "");
}
