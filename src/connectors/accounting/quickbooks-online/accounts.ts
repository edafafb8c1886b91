import type { Call } from "./api.ts";
import { valuesPerQueryMax } from "./limits.ts";
import { activeOrNot, isIn, queryRows } from "./query.ts";
import { textOf, type JsonObject } from "./wire.ts";

/** Types of accounts by id: filled whenever the chart is read, completed by a query when an expense needs one that is missing. */
export interface AccountTypes {
  readonly of: (accountId: string) => string | undefined;
  readonly learn: (accounts: readonly JsonObject[]) => void;
  readonly load: (accountIds: readonly string[]) => Promise<void>;
  /** After a refusal for a wrong account type: somebody changed it over there. */
  readonly forget: () => void;
}

export function accountTypes(call: Call): AccountTypes {
  const types = new Map<string, string>();
  const learn = (accounts: readonly JsonObject[]): void => {
    for (const account of accounts) types.set(textOf(account, "Id"), textOf(account, "AccountType"));
  };
  return {
    of: (accountId) => types.get(accountId),
    learn,
    forget: () => types.clear(),
    load: async (accountIds) => {
      const missing = [...new Set(accountIds)].filter((id) => !types.has(id));
      for (let start = 0; start < missing.length; start += valuesPerQueryMax) {
        const ids = missing.slice(start, start + valuesPerQueryMax);
        learn(await queryRows(call, "Account", `select * from Account where ${isIn("Id", ids)} and ${activeOrNot} maxresults 1000`));
      }
    },
  };
}
