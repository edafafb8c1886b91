import type { PostResult } from "../connectors/accounting/connector.ts";
import { Fault } from "../core/errors.ts";
import type { Ports } from "../core/posting/ports.ts";
import { resolveNext, sendNext } from "../core/posting/steps.ts";
import type { StoredPostable } from "../store/documents.ts";
import { type LaneContext, lookupOf } from "./lane-context.ts";
import { restMs } from "./outcome.ts";
import { withPermit } from "./permit.ts";
import { storeOf } from "./posting-store.ts";

/** Books that cannot be reached are not asked again by every posting in turn. */
const unreachableRestMs = 10_000;

/** What a slice of posting did. `rest` asks the lane to pause: the provider said so, or nobody can sign in. */
export interface Posted {
  readonly sent: number;
  readonly rest: { readonly until: Date | null; readonly reason: Fault } | null;
}

/** Sends the next ready postings, as many as the pace lets go at once: what cannot go stays ready, and no kill leaves it in doubt. */
export async function postSlice(context: LaneContext): Promise<Posted> {
  const { calls } = context.opened.pace.room();
  if (calls === 0) return { sent: 0, rest: null };
  const { moved, answers } = await sendNext(portsOf(context), calls);
  return { sent: moved, rest: restFrom(context, answers as readonly PostResult[]) };
}

/** Looks up postings of unknown outcome in the books and decides each: adopted, to be sent again, to review, or looked up again later. */
export async function resolveSlice(context: LaneContext): Promise<Posted> {
  try {
    const { moved, answers } = await resolveNext(portsOf(context));
    return { sent: moved, rest: restFrom(context, answers as readonly PostResult[]) };
  } catch (error) {
    // The look-up itself failed: nothing is known yet, and the lane tries again after a rest.
    if (!(error instanceof Fault) || error.code === "lease_lost") throw error;
    const until = error.remedy === "reconnect" ? null : new Date(context.parts.now().getTime() + restMs(error, 2_000));
    return { sent: 0, rest: { until, reason: error } };
  }
}

/** What an earlier holder of the lane was sending when it lost it has an unknown outcome. */
export function takeOverSending(context: LaneContext): Promise<void> {
  return storeOf(context).takeOver();
}

/** The steps' view of a lane: its rows, its books, and the time and dice of this process. */
function portsOf(context: LaneContext): Ports<StoredPostable> {
  const { connector, parts } = context;
  return {
    store: storeOf(context),
    books: {
      bounds: connector.capabilities,
      post: (items, leave) => withPermit(leave, () => connector.post(items, lookupOf(context))),
      find: (items) => connector.find(items, lookupOf(context)),
    },
    random: parts.random,
    elapsedMs: elapsedMs(),
    report: (message, error) => parts.log("error", message, { error: String((error as Error).stack ?? error) }),
  };
}

/** Time since now. The monotonic clock stands still while the machine sleeps, the wall clock can be set back: the greater counts. */
function elapsedMs(): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - steady, Date.now() - wall);
}

/**
 * A refused connection rests the whole lane; so does a refusal for being too fast, unless the pace saw it: then only the
 * calls it is about rest. A stale list is read anew before the next slice.
 */
function restFrom(context: LaneContext, results: readonly PostResult[]): Posted["rest"] {
  for (const result of results) {
    if ("posted" in result) continue;
    const { fault, retryAfterMs } = result;
    const now = context.parts.now().getTime();
    if (fault.code === "reference_unknown" || fault.code === "period_closed") context.staleReference = true;
    if (fault.remedy === "reconnect") return { until: null, reason: fault };
    const isPaced = context.opened.pace.room().waitMs > 0;
    if (fault.code === "upstream_busy" && !isPaced) return { until: new Date(now + (retryAfterMs ?? 60_000)), reason: fault };
    if (fault.code === "upstream_unreachable") return { until: new Date(now + unreachableRestMs), reason: fault };
  }
  return null;
}
