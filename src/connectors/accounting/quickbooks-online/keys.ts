import { createHash } from "node:crypto";
import { batchItemIdLengthMax, batchRequestIdLengthMax, requestIdLengthMax } from "./limits.ts";

/** The `requestid` of one item: its key, or a hash of a key that is too long. */
export function requestIdOf(key: string): string {
  return key.length <= requestIdLengthMax - refusalRoom ? key : sha256(key).slice(0, 40);
}

/** The `requestid` of a batch: the same items give the same id, in whatever order they are handed in. */
export function batchRequestIdOf(keys: readonly string[]): string {
  return sha256(JSON.stringify([...keys].sort())).slice(0, batchRequestIdLengthMax);
}

/** The `bId` of an item: a retry of the same batch must carry the same ones, or it runs again. */
export function batchItemIdOf(key: string): string {
  return BigInt(`0x${sha256(key)}`)
    .toString(36)
    .slice(0, batchItemIdLengthMax);
}

/** Room for `.2` behind a request id, see `RequestIds`. */
const refusalRoom = 6;
const refusalsKept = 10_000;

/**
 * Request ids that were answered with a definite refusal. A provider that replays the first answer would repeat the refusal
 * for ever, even after the cause was mended over there (a period reopened, a vendor made active). Such a request saved
 * nothing, so its next try may safely carry a new id. After a restart the first retry may meet the old answer once more.
 */
export interface RequestIds {
  readonly next: (id: string, lengthMax: number) => string;
  readonly refused: (id: string) => void;
}

export function requestIds(): RequestIds {
  const refusals = new Map<string, number>();
  return {
    next: (id, lengthMax) => {
      const count = refusals.get(id) ?? 0;
      if (count === 0) return id;
      const ending = `.${count}`;
      return id.slice(0, lengthMax - ending.length) + ending;
    },
    refused: (id) => {
      const count = (refusals.get(id) ?? 0) + 1;
      refusals.delete(id);
      refusals.set(id, count);
      if (refusals.size > refusalsKept) refusals.delete(refusals.keys().next().value!);
    },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
