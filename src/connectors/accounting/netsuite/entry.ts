import { Fault } from "../../../core/errors.ts";
import { parseDecimal } from "../../../core/money.ts";
import type { RecordKind } from "../../../core/reference.ts";
import type { EntryKind, Lookup } from "../connector.ts";
import type { Company, CompanyFacts } from "./company.ts";
import type { FormFields } from "./custom-fields.ts";
import { documentNumberLengthMax } from "./limits.ts";
import { numberOf } from "./wire.ts";

/** One record as it is sent. */
export interface Entry {
  readonly kind: EntryKind;
  /** Path below `record/v1/` for its creation: a type, or a transform. */
  readonly path: string;
  /** REST type of what comes out. */
  readonly type: string;
  readonly externalId: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Sublists that are ours as a whole. */
  readonly sublists: readonly string[];
  readonly lineCount: number;
}

/** What a kind adds to the head. */
export interface Written {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly sublists: readonly string[];
}

/** How these books want to be written to; each is a setting where Oracle's documentation leaves it open. */
export interface WritingOptions {
  /** Our number in `tranId`, or NetSuite's own with ours in the memo. Bills carry the vendor's number in any case. */
  readonly numbering: "ours" | "netsuite";
  /** How a journal over several subsidiaries is written; refused where it is off. */
  readonly intercompany: "off" | "pair" | "advanced";
  readonly customForm: string | undefined;
}

/** What a translation needs to know of the account. */
export interface Context {
  readonly lookup: Lookup;
  readonly company: Company;
  readonly facts: Pick<CompanyFacts, "accountType" | "isEliminating">;
  readonly fields: FormFields;
  readonly options: WritingOptions;
}

/** The books' id of what a document names. Fault: `reference_unknown`. */
export function idOf(lookup: Lookup, kind: RecordKind, name: string): string {
  const id = lookup(kind, name);
  if (id !== undefined) return id;
  throw new Fault(
    "reference_unknown",
    `NetSuite has no ${spoken[kind]} "${name}" we know of, or it is inactive or not open to the subsidiary. Create it or correct the mapping, then retry.`,
    { kind, name, cause: `${kind}:${name}` },
  );
}

/** Ids are text on their side too. */
export function ref(id: string): { readonly id: string } {
  return { id };
}

const spoken: Readonly<Record<RecordKind, string>> = {
  account: "account with number",
  statistical_account: "statistical account with number",
  item: "item",
  vendor: "vendor for",
  customer: "customer for",
  employee: "employee for",
  class: "class",
  department: "department",
  location: "location",
  project: "project",
  entity: "subsidiary",
  segment: "segment value",
  term: "payment term",
};

/** A number is never cut: cut, it could be another document's. */
export function numberFitting(number: string): string {
  if (number !== "" && number.length <= documentNumberLengthMax) return number;
  return refuse(`The number "${number.slice(0, 60)}" has ${number.length} characters; NetSuite takes 1 to ${documentNumberLengthMax}.`);
}

/** Home units for one foreign unit, sent only where somebody names a rate. */
export function rateOf(exchangeRate: string | undefined): Record<string, unknown> {
  if (exchangeRate === undefined) return {};
  try {
    if (parseDecimal(exchangeRate).units > 0n) return { exchangeRate: numberOf(exchangeRate) };
  } catch {
    // Told below with zero and less.
  }
  return refuse(`"${exchangeRate}" is no exchange rate: it must be a decimal above zero, home units for one unit of the currency.`);
}

/** Text as NetSuite takes it: no control characters, nothing beyond the length. What is cut ends in an ellipsis that shows it. */
export function clean(text: string, lengthMax: number): string {
  const plain = text
    .normalize("NFC")
    .replace(/[^\P{Cc}\n]+/gu, " ")
    .replace(/\p{Cs}/gu, "")
    .trim();
  return plain.length <= lengthMax ? plain : `${plain.slice(0, lengthMax - 1)}…`;
}

/** Stops what NetSuite has no place for, before anything is sent. */
export function refuse(message: string): never {
  throw new Fault("books_refused", message);
}
