import type { Usage } from "../connector.ts";

/** Counts what Sage meters for the monthly tier: each record written, each query or page read. Lines are free. */
export interface Counter {
  readonly usage: () => Usage;
  readonly asked: () => void;
  readonly wrote: (count: number, asBatch: boolean) => void;
  readonly read: (count: number) => void;
}

export function counterOf(): Counter {
  let counted: Usage = { requests: 0, batches: 0, writes: 0, meteredReads: 0 };
  return {
    usage: () => counted,
    asked: () => {
      counted = { ...counted, requests: counted.requests + 1 };
    },
    wrote: (count, asBatch) => {
      counted = { ...counted, writes: counted.writes + count, batches: counted.batches + (asBatch ? 1 : 0) };
    },
    read: (count) => {
      counted = { ...counted, meteredReads: counted.meteredReads + count };
    },
  };
}
