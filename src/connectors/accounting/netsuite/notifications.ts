import { Fault } from "../../../core/errors.ts";
import type { Hint, Notifications } from "../connector.ts";

/** NetSuite tells nobody by itself: changes are asked for. Nothing is signed, so nothing is believed. */
export const netSuiteNotifications: Notifications = { verify: () => false, read: refuseAll, isEcho };

function refuseAll(): Hint[] {
  throw new Fault("body_malformed", "NetSuite sends no notifications; its changes are read by asking");
}

/**
 * A version is a time to the second with a hash of the head behind it. The very version we wrote is ours; so is an older time.
 * The same second with another head is somebody's change right after ours.
 */
function isEcho(change: { readonly operation: "changed" | "deleted"; readonly version: string | null }, written: string | null): boolean {
  if (change.operation === "deleted") return written === null;
  if (written === null || change.version === null) return false;
  if (change.version === written) return true;
  const [told, ours] = [change.version, written].map((version) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(version)?.[0]);
  return told !== undefined && ours !== undefined && told < ours;
}
