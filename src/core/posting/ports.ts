import type { Fault } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { PostingState } from "../posting.ts";

/** A record of the books, as far as posting looks at it. */
export interface FoundRecord {
  readonly providerId: string;
  readonly version: string;
  readonly number: string | null;
  /** Content equals what we would send. */
  readonly sameContent: boolean;
  /** It carries our mark, so it is ours and not somebody's namesake. */
  readonly ours: boolean;
  readonly active: boolean;
}

/** What the books answered for one item. */
export type Answer =
  | { readonly key: string; readonly posted: FoundRecord }
  | { readonly key: string; readonly fault: Fault; readonly retryAfterMs?: number };

/** What is known about the provider. */
export interface Bounds {
  readonly batchItemsMax: number;
  /** How long a request may still run over there after it left. */
  readonly executionLimitMs: number;
  /** How much later than its commit a record may be found; 0 where left out. */
  readonly lookUpLagMs?: number;
  /**
   * For how long after the first sending a repeated key surely gets the outcome of the first, even while that one still runs.
   * Left out or 0: no promise, and nothing is repeated before it is proved absent.
   */
  readonly replayMs?: number;
}

/** A posting as it is read. Times are counted by the store's clock, so that a worker's wrong clock decides nothing. */
export interface Candidate<Postable = unknown> {
  readonly postingId: string;
  readonly key: string;
  readonly postable: Postable;
  readonly attempts: number;
  /** Milliseconds since it was put to work, the last time. */
  readonly openForMs: number;
  /** Milliseconds until no earlier attempt of it can be running over there; 0 or less: none can. */
  readonly settledInMs: number;
  /** Milliseconds since its key was first sent; null when it never was. */
  readonly firstSentAgoMs: number | null;
  /** The database may have forgotten that this was sent: it was restored from an older copy. */
  readonly inDoubt: boolean;
}

/** What becomes of a posting, to be written down as one step. */
export interface Outcome {
  readonly postingId: string;
  readonly from: PostingState;
  readonly state: PostingState;
  /** Milliseconds until it is its turn again. */
  readonly waitMs: number;
  /** Milliseconds until nothing of it can be running over there any more. Only of an uncertain one. */
  readonly settlesInMs: number;
  /** The record in the books; only when posted. */
  readonly record: FoundRecord | null;
  /** It was found in the books rather than answered by them. */
  readonly adopted: boolean;
  readonly faultCode: string | null;
  readonly faultMessage: string | null;
}

/** A posting's next step, and what people must know about it. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly finding: Finding | null;
}

/** `send` writes the intent to send; `look-up` makes it uncertain instead, and nothing is sent. */
export type Intent = "send" | "look-up";

/**
 * Where postings are kept. Each call is one transaction under the lane's lease: committed when it returns, and refused with
 * the fault `lease_lost` when somebody else has the lane.
 */
export interface PostingStore<Postable> {
  /** What an earlier holder of the lane was sending has an unknown outcome. */
  readonly takeOver: () => Promise<void>;
  /**
   * Picks at most `limit` postings that are ready and due, and writes the intent of each: sending, with an attempt that may
   * run for `runsForMs`, or uncertain where it is to be looked up first. Answers those to be sent.
   */
  readonly begin: (
    limit: number,
    runsForMs: number,
    intentOf: (candidate: Candidate<Postable>) => Intent,
  ) => Promise<Candidate<Postable>[]>;
  /** Writes the intent to send uncertain ones again with the same key. Answers those that were still uncertain. */
  readonly beginAgain: (uncertain: readonly Candidate<Postable>[], runsForMs: number) => Promise<Candidate<Postable>[]>;
  /** At most `limit` uncertain postings that are due. */
  readonly readUncertain: (limit: number) => Promise<Candidate<Postable>[]>;
  /** Writes outcomes, each only if the posting is still in the state it came from, with everything that follows from them. */
  readonly record: (verdicts: readonly Verdict[]) => Promise<void>;
}

/** One item to be sent or looked for. */
export interface Item<Postable> {
  readonly key: string;
  readonly postable: Postable;
}

/** The books. No transaction is open while they are asked. */
export interface Books<Postable> {
  readonly bounds: Bounds;
  /** Sends each item at most once. `leave` is called just before bytes of a request leave, and throws when they must not. */
  readonly post: (items: readonly Item<Postable>[], leave: () => void) => Promise<readonly Answer[]>;
  /** Looks for all items; a missing key means not found. Throws a Fault when it cannot tell. */
  readonly find: (items: readonly Item<Postable>[]) => Promise<ReadonlyMap<string, readonly FoundRecord[]>>;
}

/** Everything a step works with. The worker and the simulator hand in their own. */
export interface Ports<Postable> {
  readonly store: PostingStore<Postable>;
  readonly books: Books<Postable>;
  /** 0 to below 1. */
  readonly random: () => number;
  /** Milliseconds that never go back, however the wall clock is set. */
  readonly elapsedMs: () => number;
  /** Hears of mistakes in the program. */
  readonly report: (message: string, error: unknown) => void;
}
