import type { Fault } from "../core/errors.ts";

/** How long a lane rests after a call as a whole failed: as long as the books asked for, a minute where they did not say. */
export function restMs(fault: Fault, otherwiseMs: number): number {
  if (fault.code !== "upstream_busy") return otherwiseMs;
  const asked = Number(fault.details["retryAfterMs"]);
  return Number.isFinite(asked) && asked > 0 ? asked : 60_000;
}
