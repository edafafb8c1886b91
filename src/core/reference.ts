import type { DocumentKind } from "./document.ts";

/** What the books know that a document may name: the chart, the lists and the settings. One snapshot, read-only. */
export type RecordKind =
  | ("account" | "statistical_account" | "item" | "vendor" | "customer" | "employee" | "term")
  | ("class" | "department" | "location" | "project" | "entity")
  /** One value of a dimension of the books' own, named `<dimension>/<value>`. */
  | "segment";

/** One row of a list in the books, in our words. */
export interface BooksRecord {
  readonly kind: RecordKind;
  /** The provider's id, a string of any length. */
  readonly externalId: string;
  /** Fully qualified name. */
  readonly name: string;
  /** Account number; null where the list has none. */
  readonly number: string | null;
  readonly active: boolean;
  /** account: its type (`Bank`, `Accounts Payable` …). item: externalId of its income account. Other facts by name. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Settings of the books that decide what may be posted. */
export interface BooksPreferences {
  readonly companyName: string;
  readonly homeCurrency: string;
  readonly multiCurrency: boolean;
  /** Last closed day, `2026-10-31`; null when nothing is closed. */
  readonly closedThrough: string | null;
  /** Last closed day of one module, where the books close payables and receivables each by itself. */
  readonly modulesClosedThrough?: Readonly<Partial<Record<"AP" | "AR" | "GL", string | null>>>;
  readonly tracksClasses: boolean;
  readonly tracksDepartments: boolean;
  /**
   * Custom fields of these kinds of document, each by every spelling that the books take for it, the one they show first. Left out
   * where the books do not tell them.
   */
  readonly customFields?: { readonly kinds: readonly DocumentKind[]; readonly names: readonly (readonly string[])[] };
}

export interface BooksReference {
  readonly preferences: BooksPreferences;
  readonly records: readonly BooksRecord[];
}
