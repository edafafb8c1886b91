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
}

/** A checked record, ready to be kept. */
export interface Prepared {
  readonly body: JsonObject;
  readonly legs: readonly Leg[];
  readonly columns: Columns;
  readonly active: boolean;
}

/** One entity of the API. */
export interface Kind {
  /** As JSON spells it: `JournalEntry`. */
  readonly name: string;
  readonly type: "transaction" | "list";
  readonly fields: Shape;
  /** Applies references and business rules to a draft of clean values; throws a Refusal. */
  prepare(work: Work, draft: JsonObject, before: Stored | null): Prepared;
}
