/** Seeded randomness in whole numbers, so that a month comes out the same on every machine. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  readonly between: (min: number, max: number) => number;
  /** True `permille` times in a thousand. */
  readonly chance: (permille: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
  /** Picks by weight; weights are whole numbers of the list's length. */
  readonly weighted: <T>(list: readonly T[], weights: readonly number[]) => T;
  /** A whole number whose distribution has these quantiles, evenly spaced in probability, straight lines between them. */
  readonly quantile: (values: readonly number[]) => number;
}

/** One stream a topic: drawing more fuel does not change the invoices. */
export function createRandom(seed: number, topic: string): Random {
  let state = seed >>> 0;
  for (const char of topic) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0;
  // mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain)
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const between = (min: number, max: number): number => min + (next() % (max - min + 1));
  return {
    between,
    chance: (permille) => between(0, 999) < permille,
    pick: (list) => list[between(0, list.length - 1)]!,
    weighted: (list, weights) => {
      let left = between(0, weights.reduce((sum, weight) => sum + weight, 0) - 1);
      return list[weights.findIndex((weight) => (left -= weight) < 0)]!;
    },
    quantile: (values) => {
      const step = between(0, values.length - 2);
      return between(Math.min(values[step]!, values[step + 1]!), Math.max(values[step]!, values[step + 1]!));
    },
  };
}
