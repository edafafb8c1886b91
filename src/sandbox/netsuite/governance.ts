import type { Answer } from "../http.ts";
import type { PublishedLimits } from "../limits.ts";
import type { Company } from "./company.ts";
import { forbidden, methodNotAllowed } from "./errors.ts";
import { tiers } from "./preferences.ts";
import { singular } from "./record-service.ts";
import type { Work } from "./work.ts";

/** Requests the whole account may have under way at once. */
function concurrencyOf({ preferences }: Company): number {
  return tiers[preferences.tier] + 10 * preferences.suiteCloudPlus;
}

/** What is left for this integration while others hold lanes. The vendor publishes no other quota. */
export function publishedLimits(company: Company): PublishedLimits {
  const unlimited = Number.POSITIVE_INFINITY;
  const inFlight = Math.max(0, concurrencyOf(company) - company.preferences.heldByOthers);
  return { perSecond: unlimited, perMinute: unlimited, batchesPerMinute: unlimited, inFlight };
}

/** `GET /system/v1/governanceLimits`, for administrators alone. */
export function governance({ company }: Work, method: string): Answer {
  if (method !== "GET") throw methodNotAllowed(method);
  if (!company.preferences.isAdministrator) throw forbidden("Administrator");
  const limit = concurrencyOf(company);
  return singular({
    accountConcurrencyLimit: limit,
    accountUnallocatedConcurrencyLimit: limit,
    integrationConcurrencyLimit: limit,
    integrationLimitType: "accountLimit",
  });
}
