/** A bucket that fills at a steady rate. Kept in memory: each gateway process counts its own. */
export interface RateLimit {
  /** Takes one; 0 when it was there, otherwise the seconds to wait until it is. */
  readonly take: (who: string) => number;
  /** Fills the bucket again. */
  readonly forgive: (who: string) => void;
}

interface Bucket {
  left: number;
  at: number;
}

/** Buckets of `burst`, refilled by `perSecond`. Holds at most `callersMax` callers and forgets the longest unseen first. */
export function createRateLimit(options: { perSecond: number; burst: number; callersMax?: number; now?: () => number }): RateLimit {
  const { perSecond, burst, callersMax = 50_000, now = Date.now } = options;
  const buckets = new Map<string, Bucket>();
  return {
    take: (who) => {
      const at = now();
      const seen = buckets.get(who) ?? { left: burst, at };
      const left = Math.min(burst, seen.left + ((at - seen.at) / 1000) * perSecond);
      buckets.delete(who); // Re-inserted at the end: the map's order is the order of last sight.
      buckets.set(who, { left: left >= 1 ? left - 1 : left, at });
      if (buckets.size > callersMax) buckets.delete(buckets.keys().next().value!);
      return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond));
    },
    forgive: (who) => void buckets.delete(who),
  };
}
