import { Fault } from "../../../core/errors.ts";
import type { Lookup, PostResult } from "../connector.ts";
import type { Call } from "./api.ts";
import type { Company, CompanyFacts } from "./company.ts";
import type { Catalog } from "./custom-fields.ts";
import type { WritingOptions } from "./entry.ts";

/** What writing needs of the connection. */
export interface Desk {
  readonly call: Call;
  readonly facts: CompanyFacts;
  readonly catalog: Catalog;
  readonly options: WritingOptions;
  /** Requests of one call side by side: the account's other integrations want lanes too. */
  readonly lanes: number;
  /** Records whose removal was sent in this process, by the key of the removal: what is gone then may be gone by us. */
  readonly removals: Set<string>;
  /** Waits between two looks at a job. */
  readonly pause: (ms: number) => Promise<void>;
  /** Whether several records go as one batch job. */
  readonly batches: boolean;
}

/** What one call of a verb works with. */
export interface Work extends Desk {
  readonly lookup: Lookup;
  readonly company: Company;
}

/** The outcome of what failed with a Fault; anything else is a mistake of ours and goes on its way. */
export function failed(key: string, error: unknown): PostResult {
  if (!(error instanceof Fault)) throw error;
  const wait = Number(error.details["retryAfterMs"] ?? "NaN");
  return Number.isFinite(wait) ? { key, fault: error, retryAfterMs: wait } : { key, fault: error };
}

/** Does each, so many at a time; answers in the order of the list. */
export async function sideBySide<Item, Answer>(
  list: readonly Item[],
  lanes: number,
  act: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = new Map<number, Answer>();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < list.length; at = next++) answers.set(at, await act(list[at]!));
  };
  await Promise.all(Array.from({ length: Math.min(lanes, list.length) }, lane));
  return list.map((_, at) => answers.get(at)!);
}
