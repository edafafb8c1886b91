import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { setBooksState } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import type { LaneWake } from "../store/jobs.ts";
import { laneHasWork, type Lease, pauseLane, releaseLane, renewLane, takeLane } from "../store/lanes.ts";
import { abandonSending, nextPostingDue } from "../store/postings.ts";
import { refreshBudgets } from "./budgets-read.ts";
import { type LaneCache, type LaneContext, openLane } from "./lane-context.ts";
import type { EngineParts } from "./parts.ts";
import { restMs } from "./outcome.ts";
import { type Posted, postSlice } from "./post.ts";
import { prepareSlice } from "./prepare.ts";
import { needsReference, refreshReference } from "./refresh.ts";
import { resolveSlice } from "./resolve.ts";
import { syncBooks } from "./sync-books.ts";
import { chargeUsage } from "./usage.ts";

/** A dead holder's lane is taken over this long after its last heartbeat. */
const leaseSeconds = 10;
const heartbeatMs = 3_000;
/** One turn; then the lane queues up behind the others that have work. */
const turnMs = 5_000;
const eventsPerSlice = 200;

/** One worker's hold on its lanes. `stopping` ends turns after the slice that is under way. */
export interface LaneRunner {
  readonly run: (lane: LaneWake) => Promise<void>;
  readonly stop: () => void;
}

/** Runs lanes, one turn a call. Nothing is thrown for what the books did; only bugs and a lost database get out. */
export function createLaneRunner(parts: EngineParts, cache: LaneCache): LaneRunner {
  let stopping = false;
  return {
    stop: () => {
      stopping = true;
    },
    run: async (lane) => {
      if (stopping) return;
      const lease = await inOrganization(parts.database, lane.organizationId, (tx) =>
        takeLane(tx, lane.booksId, cache.holder, leaseSeconds),
      );
      if (lease === null) return; // Held elsewhere or resting: whoever ends that wakes it.
      const heart = beat(parts, lane, lease);
      let moved: boolean | null = false;
      try {
        moved = await takeTurn(parts, cache, { lane, lease, goOn: () => !stopping && heart.isHeld() });
      } catch (error) {
        await fail(parts, lane, error);
      } finally {
        heart.stop();
        await inOrganization(parts.database, lane.organizationId, (tx) => releaseLane(tx, lease));
      }
      // Books that a person paused are woken by whoever resumes them.
      if (!stopping && moved !== null) await wakeNext(parts, lane, moved);
    },
  };
}

interface Turn {
  readonly lane: LaneWake;
  readonly lease: Lease;
  readonly goOn: () => boolean;
}

/** Answers whether anything moved; null when the books are paused and nothing may. */
async function takeTurn(parts: EngineParts, cache: LaneCache, turn: Turn): Promise<boolean | null> {
  const { lane, lease, goOn } = turn;
  const context = await openLane(parts, cache, lane.organizationId, lease);
  if (context.books.state === "paused") return null;
  try {
    return await workOn(context, goOn);
  } finally {
    await chargeUsage(context);
  }
}

async function workOn(context: LaneContext, goOn: () => boolean): Promise<boolean> {
  await takeOverSending(context);
  if (needsReference(context) || context.books.state === "reconnect") await refreshReference(context);
  if (context.books.state === "reconnect") await markConnected(context);
  await refreshBudgets(context);
  const until = Date.now() + turnMs;
  let moved = false;
  let afterId = "00000000-0000-0000-0000-000000000000";
  while (goOn() && Date.now() < until) {
    await syncBooks(context);
    if (context.staleReference) await refreshReference(context);
    const resolved = await resolveSlice(context);
    const [prepared, posted] = await Promise.all([
      prepareSlice(context, { afterId, limit: eventsPerSlice }),
      resolved.rest === null ? postSlice(context) : noPosting,
    ]);
    afterId = prepared.lastId;
    const rest = resolved.rest ?? posted.rest;
    const steps = resolved.sent + prepared.events + posted.sent;
    moved ||= steps > 0;
    if (rest !== null) await restLane(context, rest);
    if (rest !== null || steps === 0) break;
  }
  return moved;
}

const noPosting: Posted = { sent: 0, rest: null };

/** What an earlier holder was sending when it lost the lane has an unknown outcome. */
async function takeOverSending({ parts, organizationId, books, lease }: LaneContext): Promise<void> {
  await inOrganization(parts.database, organizationId, async (tx) => {
    const abandoned = await abandonSending(tx, books.booksId, lease.epoch);
    const leaves = abandoned.map(({ postingId }) => ({
      actor: "system:worker",
      action: "posting.uncertain",
      objectType: "posting" as const,
      objectId: postingId,
      facts: { reason: "lane taken over", epoch: lease.epoch },
    }));
    await appendAudit(tx, parts.now(), leaves);
  });
}

async function restLane(context: LaneContext, rest: NonNullable<Posted["rest"]>): Promise<void> {
  const { parts, organizationId, books } = context;
  if (rest.until === null) return askForReconnect(parts, { organizationId, booksId: books.booksId }, rest.reason);
  await inOrganization(parts.database, organizationId, (tx) => pauseLane(tx, books.booksId, rest.until));
  await parts.wake({ organizationId, booksId: books.booksId }, rest.until);
  parts.log("info", "lane rests", { books: books.name, until: rest.until.toISOString(), reason: rest.reason.message });
}

const reconnectProbeMs = 60_000;

async function askForReconnect(parts: EngineParts, lane: LaneWake, reason: Fault): Promise<void> {
  await inOrganization(parts.database, lane.organizationId, async (tx) => {
    await pauseLane(tx, lane.booksId, new Date(parts.now().getTime() + reconnectProbeMs));
    if (!(await setBooksState(tx, lane.booksId, "reconnect", reason.message))) return;
    const facts = { fault: reason.code, message: reason.message };
    await appendAudit(tx, parts.now(), [
      { actor: "system:worker", action: "books.reconnect_needed", objectType: "books", objectId: lane.booksId, facts },
    ]);
  });
  parts.log("warn", "books need a reconnect", { booksId: lane.booksId, reason: reason.message });
}

/** The first call of the turn was answered: the connection is good again. */
async function markConnected({ parts, organizationId, books }: LaneContext): Promise<void> {
  await inOrganization(parts.database, organizationId, async (tx) => {
    await setBooksState(tx, books.booksId, "connected", null);
    await appendAudit(tx, parts.now(), [
      { actor: "system:worker", action: "books.connected", objectType: "books", objectId: books.booksId, facts: {} },
    ]);
  });
}

/** Faults outside single postings: the lane rests and is tried again. A lost lease is no failure. */
async function fail(parts: EngineParts, lane: LaneWake, error: unknown): Promise<void> {
  if (!(error instanceof Fault)) throw error;
  if (error.code === "lease_lost") return;
  if (error.remedy === "reconnect") return askForReconnect(parts, lane, error);
  const until = new Date(parts.now().getTime() + restMs(error, 5_000));
  await inOrganization(parts.database, lane.organizationId, (tx) => pauseLane(tx, lane.booksId, until));
  parts.log("warn", "lane rests", { booksId: lane.booksId, until: until.toISOString(), fault: error.code, reason: error.message });
}

function beat(parts: EngineParts, lane: LaneWake, lease: Lease) {
  let held = true;
  let renewedAt = Date.now();
  const timer = setInterval(() => {
    inOrganization(parts.database, lane.organizationId, (tx) => renewLane(tx, lease, leaseSeconds)).then(
      (kept) => {
        held = kept;
        renewedAt = Date.now();
      },
      () => undefined, // The database is away: the lease runs out by itself.
    );
  }, heartbeatMs);
  timer.unref();
  return {
    isHeld: () => held && Date.now() - renewedAt < leaseSeconds * 1_000,
    stop: () => clearInterval(timer),
  };
}

/** What waits for something of its own that is under way is looked at again this much later. */
const stuckMs = 1_000;

/** Asks for the next turn: at once when there is more to do that can move, otherwise when the next posting is due. */
async function wakeNext(parts: EngineParts, lane: LaneWake, moved: boolean): Promise<void> {
  const { busy, due } = await inOrganization(parts.database, lane.organizationId, async (tx) => ({
    busy: await laneHasWork(tx, lane.booksId),
    due: await nextPostingDue(tx, lane.booksId),
  }));
  if (busy && moved) await parts.wake(lane);
  else if (busy) await parts.wake(lane, new Date(parts.now().getTime() + stuckMs));
  else if (due !== null) await parts.wake(lane, due);
}
