import { appendAudit } from "../audit/log.ts";
import { Fault } from "../core/errors.ts";
import { setBooksState } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import type { LaneWake } from "../store/jobs.ts";
import { beginTurn, endTurn } from "../store/lane-turns.ts";
import { laneHasWork, type Lease, pauseLane, releaseLane, renewLane, takeLane } from "../store/lanes.ts";
import { nextPostingDueMs } from "../store/postings.ts";
import { refreshBudgets } from "./budgets-read.ts";
import { type LaneCache, type LaneContext, openLane } from "./lane-context.ts";
import type { EngineParts } from "./parts.ts";
import { restMs } from "./outcome.ts";
import { type Posted, postSlice, resolveSlice, takeOverSending } from "./post.ts";
import { prepareSlice } from "./prepare.ts";
import { needsReference, refreshReference } from "./refresh.ts";
import { syncBooks } from "./sync-books.ts";
import { chargeUsage } from "./usage.ts";

/** A dead holder's lane is taken over this long after its last heartbeat. */
const leaseSeconds = 10;
const heartbeatMs = 3_000;
/** One turn; then the lane queues up behind the others that have work. */
const turnMs = 5_000;
const eventsPerSlice = 200;

/** One worker's hold on its lanes. */
export interface LaneRunner {
  /** Gives a lane a turn where it is free. */
  readonly run: (lane: LaneWake) => Promise<void>;
  /** Ends turns after the slice that is under way; what waits for the provider's limits is turned away unsent. */
  readonly stop: () => void;
}

/** Runs lanes, one turn a call. Nothing is thrown for what the books did; only bugs and a lost database get out. */
export function createLaneRunner(parts: EngineParts, cache: LaneCache): LaneRunner {
  let stopping = false;
  let floor = 0n;
  return {
    stop: () => {
      stopping = true;
      for (const { pace } of cache.connectors.values()) pace.stop();
    },
    run: async (lane) => {
      if (stopping) return;
      const lease = await inOrganization(parts.database, lane.organizationId, async (tx) => {
        const taken = await takeLane(tx, lane.booksId, cache.holder, leaseSeconds);
        if (taken !== null) floor = await beginTurn(tx, lane.booksId, { floor, leaseSeconds });
        return taken;
      });
      if (lease === null) return; // Held elsewhere or resting: it is due again when that ends.
      const heart = beat(parts, lane, lease);
      const turn: Turn = { lane, lease, goOn: () => !stopping && heart.isHeld(), calls: 0, roomInMs: 0 };
      let moved: boolean | null = true;
      let nextInMs: number | null = brokenMs;
      try {
        moved = await takeTurn(parts, cache, turn).catch((error: unknown) => fail(parts, turn, error));
        nextInMs = moved === null ? null : await nextTurnIn(parts, turn, moved);
      } finally {
        heart.stop();
        await inOrganization(parts.database, lane.organizationId, async (tx) => {
          if (await releaseLane(tx, lease)) await endTurn(tx, lease, { calls: turn.calls, nextInMs });
        });
      }
    },
  };
}

interface Turn {
  readonly lane: LaneWake;
  readonly lease: Lease;
  readonly goOn: () => boolean;
  /** Calls made to the provider in this turn. */
  calls: number;
  /** Milliseconds until the provider's limits allow the next batch. */
  roomInMs: number;
}

/** Answers whether anything moved; null when the books are paused and nothing may: whoever resumes them wakes the lane. */
async function takeTurn(parts: EngineParts, cache: LaneCache, turn: Turn): Promise<boolean | null> {
  const { lane, lease, goOn } = turn;
  const context = await openLane(parts, cache, lane.organizationId, lease);
  if (context.books.state === "paused") return null;
  const callsBefore = context.connector.usage().requests;
  try {
    return await workOn(context, goOn);
  } finally {
    turn.calls = context.connector.usage().requests - callsBefore;
    turn.roomInMs = context.opened.pace.room().waitMs;
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

async function restLane(context: LaneContext, rest: NonNullable<Posted["rest"]>): Promise<void> {
  const { parts, organizationId, books } = context;
  if (rest.until === null) return askForReconnect(parts, { organizationId, booksId: books.booksId }, rest.reason);
  await inOrganization(parts.database, organizationId, (tx) => pauseLane(tx, books.booksId, rest.until));
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
async function fail(parts: EngineParts, { lane, goOn }: Turn, error: unknown): Promise<boolean> {
  if (!(error instanceof Fault)) throw error;
  if (error.code === "lease_lost" || (error.remedy === "retry" && !goOn())) return false; // Another worker goes on with it.
  if (error.remedy === "reconnect") {
    await askForReconnect(parts, lane, error);
    return false;
  }
  const until = new Date(parts.now().getTime() + restMs(error, 5_000));
  await inOrganization(parts.database, lane.organizationId, (tx) => pauseLane(tx, lane.booksId, until));
  parts.log("warn", "lane rests", { booksId: lane.booksId, until: until.toISOString(), fault: error.code, reason: error.message });
  return false;
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

/** What should be able to move and did not is looked at again this much later. */
const stuckMs = 1_000;
/** A turn that ended in a mistake of ours, or without its database, is tried again this much later. */
const brokenMs = 10_000;

/**
 * When the lane wants its next turn: at once while things move, otherwise when the next posting is due that waits for nothing
 * but time. What waits for another posting needs no turn of its own: it is this lane that will move that one.
 */
async function nextTurnIn(parts: EngineParts, { lane, roomInMs }: Turn, moved: boolean): Promise<number | null> {
  const { busy, dueInMs } = await inOrganization(parts.database, lane.organizationId, async (tx) => ({
    busy: await laneHasWork(tx, lane.booksId),
    dueInMs: await nextPostingDueMs(tx, lane.booksId),
  }));
  if (busy && moved) return Math.min(roomInMs, stuckMs);
  if (dueInMs === null) return null;
  if (dueInMs > 0) return dueInMs;
  return roomInMs > 0 ? roomInMs : stuckMs;
}
