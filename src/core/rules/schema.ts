import type { DocumentKind } from "../document.ts";
import type { EventType } from "../events.ts";

export type Scalar = string | boolean;

/**
 * What a field must be: a value, one of several values, text with `*` in it (glob), a range with both ends included,
 * a prefix, anything but these, or simply there or not there.
 */
export type Condition =
  | Scalar
  | readonly Scalar[]
  | { readonly min?: string; readonly max?: string }
  | { readonly prefix: string }
  | { readonly not: Scalar | readonly Scalar[] }
  | { readonly exists: boolean };

/** Conditions every row may have. All of them must hold. `from` and `to` are service dates, both included. */
export interface RuleRow {
  readonly where?: Readonly<Record<string, Condition>>;
  /** A CEL expression over `event`, `line` and `dims` that must be true. */
  readonly when?: string;
  readonly from?: string;
  readonly to?: string;
  /** For people. */
  readonly note?: string;
}

/** Which part of an event is the document's party; `none` leaves it out. */
export const partySources = ["vendor", "customer", "payee", "remitTo", "none"] as const;
type PartySource = (typeof partySources)[number];

/** The other side of the document, by line where one event needs several. */
export interface BalanceRow extends RuleRow {
  readonly account: string;
}

/** What an event becomes. `kind` none: nothing, on purpose. */
export interface DocumentRow extends RuleRow {
  readonly event: EventType;
  readonly kind: DocumentKind | "none";
  readonly balance: readonly BalanceRow[];
  /** Template of the document number. */
  readonly number: string;
  readonly party: PartySource;
  readonly memo: string;
  /** Lines whose sign is against the document's: `credit` puts them on a second document, `journal` makes the whole a journal entry. */
  readonly negatives: "credit" | "journal";
}

/** Gives a code to lines and fees that come without one. */
export interface LineCodeRow extends RuleRow {
  readonly event: EventType;
  readonly code: string;
}

export interface AccountRow extends RuleRow {
  readonly event?: readonly EventType[];
  /** Codes, or globs such as `DINS*`; without it the row is for every code. */
  readonly code?: readonly string[];
  readonly account: string;
  /** Product or service name on invoices. */
  readonly item?: string;
}

export interface CategoryRow extends RuleRow {
  readonly event?: readonly EventType[];
  readonly kind: string;
  readonly account: string;
  readonly item?: string;
}

/** One code of the catalogue. `account` is its row without conditions. */
export interface CodeEntry {
  readonly name: string;
  readonly kind: string;
  readonly account?: string;
  readonly item?: string;
}

/** Books dimension from event dims: the first filled field of `from`, looked up in `values`. */
export interface DimensionRule {
  readonly from: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** `keep`: a value that is not in the table is used as it is; `default`: the default is used; `block`: a finding. */
  readonly unknown: "keep" | "default" | "block";
  readonly default?: string;
}

export interface PartyPolicy {
  /** A party that is not in the books yet is created. */
  readonly create: boolean;
  /** New vendors of this kind are marked for the 1099. */
  readonly is1099: boolean;
}

/** From events to documents, as data. One version of it never changes. */
export interface RuleSet {
  readonly name: string;
  readonly description: string;
  readonly documents: readonly DocumentRow[];
  readonly lineCodes: readonly LineCodeRow[];
  readonly codes: Readonly<Record<string, CodeEntry>>;
  readonly accounts: readonly AccountRow[];
  readonly categories: readonly CategoryRow[];
  /** Account of last resort; null: what no row knows becomes a finding. */
  readonly master: string | null;
  /** Product or service by income account. */
  readonly items: Readonly<Record<string, string>>;
  readonly dimensions: Readonly<Record<"class" | "department", DimensionRule | null>>;
  readonly memo: { readonly line: string };
  /** Characters a document number may have in the books. */
  readonly docNumber: { readonly lengthMax: number };
  readonly parties: Readonly<Record<"vendor" | "customer" | "employee", PartyPolicy>>;
  readonly terms: Readonly<Record<string, string>>;
  readonly closedPeriod: "block" | "hold";
  readonly settlement: { readonly shape: "bill_plus_credit" | "journal" };
}
