import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import type { Records } from "./records.ts";

export type Strictness = "error" | "warning" | "ignore";

/** One request at work on one account. */
export interface Work {
  readonly company: Company;
  readonly records: Records;
  readonly storage: Storage;
  readonly atMs: number;
  /** Now, as the account's clocks show it. */
  readonly atText: string;
  /** Address of the services as the client reaches them: `http://…/services/rest`. */
  readonly base: string;
  /** What is done with names that are not in the schema. */
  readonly names: Strictness;
  /** What is done with values of the wrong form. */
  readonly values: Strictness;
  /** Names (and values) that were dropped, for the warning headers. */
  readonly dropped: string[];
  /** The change touches nothing of the ledger, and its period lets such changes through. */
  readonly isHarmless?: boolean;
  /** The key the oracle files the write under. */
  readonly key: string | null;
}
