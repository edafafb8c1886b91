import type { JsonObject } from "../json.ts";
import type { Leg } from "../ledger.ts";
import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import type { Columns, Records, Stored } from "./records.ts";
import type { Shape } from "./schema.ts";

/** One request at work on one company. */
export interface Work {
  readonly company: Company;
  readonly records: Records;
  readonly storage: Storage;
  readonly atMs: number;
  /** The request id, with the item's id inside a batch: the oracle files the write under it. */
  readonly key: string | null;
  /** Values of `include` in the query: `allowduplicatedocnum`, `allowautodocnum`. */
  readonly include: ReadonlySet<string>;
  /** Where files are fetched from. */
  readonly origin: string;
}

/** What a transaction settles: so much of another one, in the currency both have. */
export interface Link {
  readonly entity: string;
  readonly id: string;
  readonly minor: bigint;
}

/** A checked record, ready to be kept. */
export interface Prepared {
  readonly body: JsonObject;
  readonly legs: readonly Leg[];
  readonly columns: Columns;
  readonly active: boolean;
  /** What this transaction settles; absent: nothing. */
  readonly links?: readonly Link[];
}

/** One entity of the API. */
export interface Kind {
  /** As JSON spells it: `JournalEntry`. */
  readonly name: string;
  /** Rows of a list cannot be deleted; a `plain` record is neither in a list nor in the ledger. */
  readonly type: "transaction" | "list" | "plain";
  readonly fields: Shape;
  readonly isReadOnly?: boolean;
  /** Saves in a way of its own, where a record has no id. */
  save?(work: Work, input: JsonObject): JsonObject;
  /** Change data capture leaves it out. */
  readonly isSilent?: boolean;
  /** What stays of the body after a void; absent where there is no void. */
  voided?(body: JsonObject): JsonObject;
  /** Refuses a change, void or deletion of what is there; `operation` says which. */
  guard?(work: Work, before: Stored, operation: "update" | "delete" | "void"): void;
  /** Refuses a deletion by what was sent with it. */
  checkDeletion?(input: JsonObject): void;
  /** Applies references and business rules to a draft of clean values; throws a Refusal. */
  prepare(work: Work, draft: JsonObject, before: Stored | null): Prepared;
}
