import type { Fault } from "../../../core/errors.ts";
import type { Element, Markup } from "./xml.ts";

/** One row of a list or of documents: fields by their XML names, values in their words; empty means null over there. */
export type Row = Readonly<Record<string, string>>;

/** One comparison of a field. Dates are ISO days, stamps `2026-04-01T15:50:21` in their own zone. */
export interface Condition {
  readonly field: string;
  readonly is: "equal" | "in" | "after" | "from" | "until" | "null" | "filled" | "like";
  readonly values: readonly string[];
  /** How the values are written over there. */
  readonly as?: "text" | "date" | "stamp";
}

/** What rows must meet: one condition, all of several, or any of several. */
export type Filter = Condition | { readonly all: readonly Filter[] } | { readonly any: readonly Filter[] };

/** A question for rows. */
export interface Query {
  readonly object: string;
  readonly fields: readonly string[];
  readonly filter: Filter | null;
  readonly order: readonly string[];
  readonly size: number;
  readonly offset?: number;
  /** Compares texts without regard to case. */
  readonly anyCase?: true;
  /** The number that tells its rows apart; `RECORDNO` when left out. */
  readonly key?: string;
}

/** One thing that changes the books. */
export type Write =
  | { readonly verb: "create"; readonly entry: Entry }
  | { readonly verb: "update"; readonly entry: Entry; readonly recordNo: string }
  | { readonly verb: "delete"; readonly object: string; readonly recordNo: string }
  | { readonly verb: "reverse"; readonly object: string; readonly recordNo: string; readonly date: string; readonly memo: string }
  | { readonly verb: "attach"; readonly file: Upload };

/** A file on its way, with the folder it goes to. */
export interface Upload {
  readonly id: string;
  readonly folder: string;
  readonly name: string;
  readonly extension: string;
  readonly base64: string;
  readonly description: string;
}

/** A dimension of a line, in the words every object of theirs has a name of its own for. */
export type Dimension = "location" | "department" | "project" | "customer" | "vendor" | "employee" | "item" | "class";

export interface EntryLine {
  readonly account: string;
  /** Exact decimal; signed in the document's own direction, absolute on a journal line. */
  readonly amount: string;
  /** Only on a journal line: debit, or an increase on a statistical account. */
  readonly debit?: boolean;
  readonly description: string;
  /** The account on the other side, where the document may choose it. */
  readonly offset?: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  /** Their own dimensions, by the object's name in capitals: the record id of the value. */
  readonly segments: Readonly<Record<string, string>>;
}

/** What a payment settles: a document, by money, by a credit, or by both. */
export interface EntryDetail {
  readonly document: string;
  readonly amount: string;
  readonly credit?: string;
  readonly creditAmount?: string;
}

/** A record ready to be written, before either gateway's spelling. Dates ISO, amounts exact decimals. */
export interface Entry {
  readonly object: string;
  readonly statistical?: true;
  /** The company's own currency, where the document is in it. */
  readonly homeCurrency?: string;
  /** Fields of the head by their XML read names; see `entities.ts`. */
  readonly head: Readonly<Record<string, string>>;
  readonly lines: readonly EntryLine[];
  readonly details?: readonly EntryDetail[];
  /** Custom fields by their integration name. */
  readonly custom: Readonly<Record<string, string>>;
}

/** A task of one call. Ids tell the answers apart, never their order; a write's id is its idempotency key. */
export type Task = { readonly id: string; readonly write: Write } | { readonly id: string; readonly query: Query };

/** What became of a task: rows of a query with how many there are in all, the record number of a write, or why not. */
export type Outcome = { readonly rows: readonly Row[]; readonly total: number } | { readonly key: string } | { readonly fault: Fault };

/** One way to reach a company. Throws a Fault when the whole call failed; single tasks fail in their outcome. */
export interface Transport {
  readonly run: (tasks: readonly Task[]) => Promise<ReadonlyMap<string, Outcome>>;
  /** One function that only the XML gateway has; its fault is thrown. */
  readonly ask: (markup: Markup) => Promise<Element>;
}
