import type { Usage } from "../connector.ts";
import type { Call } from "./api.ts";
import { listOf } from "./wire.ts";

export interface Meter {
  readonly call: Call;
  readonly usage: () => Usage;
}

/**
 * Counts what Intuit counts: successful calls, each item of a batch by itself, reads ("CorePlus") apart from writes
 * ("Core"). Only reads are limited by the month.
 */
export function metered(call: Call): Meter {
  let counted: Usage = { requests: 0, batches: 0, writes: 0, meteredReads: 0 };
  return {
    usage: () => counted,
    call: async (request) => {
      const answer = await call(request);
      const isRead = request.method === "GET" || request.path === "query";
      const isBatch = request.path === "batch";
      const writes = isRead ? 0 : isBatch ? listOf(answer, "BatchItemResponse").length : 1;
      counted = {
        requests: counted.requests + 1,
        batches: counted.batches + (isBatch ? 1 : 0),
        writes: counted.writes + writes,
        meteredReads: counted.meteredReads + (isRead ? 1 : 0),
      };
      return answer;
    },
  };
}
