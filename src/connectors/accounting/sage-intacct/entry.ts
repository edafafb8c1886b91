import { createHash } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import { parseDecimal } from "../../../core/money.ts";
import type { RecordKind } from "../../../core/reference.ts";
import type { Lookup } from "../connector.ts";
import { descriptionLengthMax, documentNumberLengthMax } from "./limits.ts";
import type { BooksOptions } from "./options.ts";
import type { Dimension, EntryLine } from "./tasks.ts";

/** What a translation needs to know. */
export interface Context {
  readonly lookup: Lookup;
  readonly options: BooksOptions;
}

/** Text as XML and their fields take it: composed characters, no control characters, one line. */
export function clean(text: string, lengthMax: number): string {
  return text
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cs}]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, lengthMax)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trim();
}

/** What proves a record ours: it stands at the end of its description. A hash of the key, because titles are short over there. */
function marker(key: string): string {
  return `ledgerlane:${createHash("sha256").update(key).digest("base64url").slice(0, 16)}`;
}

/** The description with our mark at its end; a long one is cut, the mark never. */
export function marked(memo: string, key: string, lengthMax = descriptionLengthMax): string {
  const mark = marker(key);
  return `${clean(memo, lengthMax - mark.length - 1)} ${mark}`.trim();
}

export function isMarked(description: string, key: string): boolean {
  return description.split(/\s+/).includes(marker(key));
}

/** A number is never cut: cut, it could not be found again, or would be another document's. */
export function numberFitting(number: string): string {
  if (number !== "" && number.length <= documentNumberLengthMax && clean(number, number.length) === number) return number;
  return refuse(
    `The number "${clean(number, 60)}" has ${number.length} characters; Intacct takes 1 to ${documentNumberLengthMax}, without control characters or blanks at its ends.`,
  );
}

/** Home units for one unit of a foreign currency. Fault: `books_refused` for what is none. */
export function currencyHead(currency: string, exchangeRate: string | undefined, options: BooksOptions): Record<string, string> {
  if (exchangeRate !== undefined && !isRate(exchangeRate)) {
    refuse(`"${exchangeRate}" is no exchange rate: it must be a decimal above zero, home units for one unit of the currency.`);
  }
  if (currency === options.homeCurrency) return {};
  return { CURRENCY: currency, BASECURR: options.homeCurrency, ...(exchangeRate === undefined ? {} : { EXCHANGE_RATE: exchangeRate }) };
}

function isRate(text: string): boolean {
  try {
    return parseDecimal(text).units > 0n;
  } catch {
    return false;
  }
}

/** The books' id of what a document names. Fault: `reference_unknown`. */
export function idOf(lookup: Lookup, kind: RecordKind, name: string): string {
  const id = lookup(kind, name);
  if (id !== undefined) return id;
  throw new Fault(
    "reference_unknown",
    `Sage Intacct has no ${spoken[kind]} "${name}" we know of, or it is inactive. Create it or correct the mapping, then retry.`,
    { kind, name },
  );
}

const spoken: Readonly<Record<RecordKind, string>> = {
  account: "account",
  statistical_account: "statistical account",
  item: "item",
  vendor: "vendor for",
  customer: "customer for",
  employee: "employee for",
  term: "payment term",
  class: "class",
  department: "department",
  location: "location",
  project: "project",
  entity: "entity",
  segment: "dimension value",
};

const plainDimensions: readonly Dimension[] = [
  ...(["location", "department", "project", "customer", "vendor", "employee", "item", "class"] as const),
];

/**
 * Dimensions of a line: its own before the document's, a location for each where the connection names one. Their own dimensions
 * stand as `segment:<object>`. Fault: `books_refused` for a dimension that Intacct does not have.
 */
export function dimensionsOf(
  named: readonly Readonly<Record<string, string>>[],
  extra: Partial<Record<Dimension, string>>,
  { lookup, options }: Context,
): Pick<EntryLine, "dimensions" | "segments"> {
  const dimensions: Partial<Record<Dimension, string>> = {};
  const segments: Record<string, string> = {};
  for (const [name, value] of Object.entries(Object.assign({}, ...named.toReversed()) as Record<string, string>)) {
    const plain = plainDimensions.find((each) => each === name);
    if (plain) dimensions[plain] = idOf(lookup, plain, value);
    else if (name === "entity") dimensions.location ??= idOf(lookup, "entity", value);
    else if (name.startsWith("segment:")) segments[name.slice(8).toUpperCase()] = idOf(lookup, "segment", `${name.slice(8)}/${value}`);
    else
      refuse(
        `Intacct has no dimension "${name}". Use one of ${plainDimensions.join(", ")}, entity, or segment:<name> for one of the company's own.`,
      );
  }
  // A line's own location goes before the entity's, in whatever order they were named.
  const location = named.map((each) => each["location"]).find((each) => each !== undefined);
  if (location !== undefined) dimensions.location = idOf(lookup, "location", location);
  if (options.location !== "") dimensions.location ??= options.location;
  return { dimensions: { ...extra, ...dimensions }, segments };
}

/** Stops what Intacct has no place for, before anything is sent. */
export function refuse(message: string): never {
  throw new Fault("books_refused", message);
}
