import { Fault } from "../../../core/errors.ts";
import type { BooksPolicies } from "../connector.ts";
import type { Call } from "./api.ts";
import { readTimeoutMs } from "./limits.ts";
import { textOf } from "./wire.ts";

/** How many requests the account takes at once. Only an administrator's role is told; ours need not be one. */
export async function readLanes(call: Call): Promise<Pick<BooksPolicies, "lanes">> {
  try {
    const { json } = await call({ method: "GET", path: "system/v1/governanceLimits", timeoutMs: readTimeoutMs });
    const account = Number(textOf(json, "accountConcurrencyLimit") || "NaN");
    const ours = Number(textOf(json, "integrationConcurrencyLimit") || "NaN");
    const isOurs = textOf(json, "integrationLimitType") === "integrationSpecific" && Number.isFinite(ours);
    return Number.isFinite(account) ? { lanes: { account, ours: isOurs ? ours : null } } : {};
  } catch (error) {
    // Not being told is no trouble; anything that may pass is.
    if (error instanceof Fault && ["books_readonly", "record_stale", "books_refused"].includes(error.code)) return {};
    throw error;
  }
}
