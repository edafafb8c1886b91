import type { TransportEvent } from "../events.ts";
import type { RuleLine } from "./paths.ts";
import type { DocumentRow } from "./schema.ts";
import type { Template } from "./template.ts";

/** How an event becomes a document: the row that won, ready to use. */
export interface DocumentChoice {
  readonly row: DocumentRow;
  /** `documents/3` */
  readonly path: string;
  readonly matched: Readonly<Record<string, string>>;
  readonly number: Template;
  readonly memo: Template;
  readonly balance: (line: RuleLine) => { account: string; path: string } | null;
}

export interface AccountChoice {
  readonly account: string;
  readonly item: string | null;
  readonly path: string;
  readonly fallback: "row" | "category" | "master";
  readonly matched: Readonly<Record<string, string>>;
}

/** The value of one books dimension, or what stands in its way. `missing`: the fields of which none is filled, though one must be. */
export type DimensionChoice =
  | { readonly value: string | null }
  | { readonly unknown: string; readonly from: string }
  | { readonly missing: readonly string[] };

/** Account of a line; null when the whole fallback chain has none. */
export type ChooseAccount = (subject: { event: TransportEvent; line: RuleLine }) => AccountChoice | null;

/** Where a row or an entry of a table stands: `accounts/17`; with its rule set before it where it was inherited. */
export type PathOf = (section: string, key: number | string) => string;
