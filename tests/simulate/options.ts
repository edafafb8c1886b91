import { createDice } from "./time.ts";

/** Everything a seed decides beforehand. Printed with a failing seed. */
export interface Options {
  readonly seed: number;
  readonly workers: number;
  readonly lanes: number;
  readonly documentsPerLane: number;
  readonly faultMinutes: number;
  readonly killEveryMs: number;
  readonly stopEveryMs: number;
  readonly databaseCrashEveryMs: number;
  readonly restores: boolean;
  readonly revisions: number;
  readonly clockSkewMs: number;
  readonly people: number;
  readonly books: BooksOptions;
}

/** How one provider behaves. */
export interface BooksOptions {
  readonly batchItemsMax: number;
  readonly executionLimitMs: number;
  readonly lookUpLagMs: number;
  /** Promised to the protocol; 0: no promise. A provider that promises keeps it. */
  readonly replayMs: number;
  /** Without a promise: whether it happens to honour the key. */
  readonly honoursKeys: boolean;
  readonly uniqueNumbers: boolean;
  /** Chances of one call, while faults are on. */
  readonly lostBefore: number;
  readonly lostAfter: number;
  readonly late: number;
  readonly throttled: number;
  readonly unreachable: number;
  readonly tokenExpired: number;
  readonly itemMissing: number;
  readonly itemRefused: number;
  readonly slowGate: number;
  /** The caller is stopped for longer than its lease just after the request left. */
  readonly callerStops: number;
  readonly outageEveryMs: number;
  readonly failingSearch: number;
}

const minute = 60_000;

export function optionsOf(seed: number): Options {
  const dice = createDice(seed ^ 0x5eed);
  const some = (most: number) => (dice.chance(0.3) ? 0 : dice.roll() * most);
  const promises = dice.chance(0.3);
  return {
    seed,
    workers: dice.between(1, 4),
    lanes: dice.between(1, 3),
    documentsPerLane: dice.between(2, 14),
    faultMinutes: dice.between(5, 40),
    killEveryMs: dice.oneOf([20_000, 60_000, 5 * minute, 60 * minute]),
    stopEveryMs: dice.oneOf([30_000, 2 * minute, 60 * minute]),
    databaseCrashEveryMs: dice.oneOf([40_000, 3 * minute, 60 * minute]),
    restores: dice.chance(0.2),
    revisions: dice.chance(0.5) ? dice.between(1, 5) : 0,
    clockSkewMs: dice.oneOf([0, 0, 2_000, 20 * minute, -20 * minute]),
    people: dice.chance(0.5) ? dice.between(1, 3) : 0,
    books: {
      batchItemsMax: dice.oneOf([1, 3, 25]),
      executionLimitMs: dice.oneOf([500, 20_000, 150_000, 960_000]),
      lookUpLagMs: dice.oneOf([0, 0, 60_000]),
      replayMs: promises ? dice.oneOf([10 * minute, 24 * 60 * minute]) : 0,
      honoursKeys: promises || dice.chance(0.4),
      uniqueNumbers: dice.chance(0.4),
      lostBefore: some(0.2),
      lostAfter: some(0.4),
      late: some(0.4),
      throttled: some(0.2),
      unreachable: some(0.2),
      tokenExpired: some(0.1),
      itemMissing: some(0.2),
      itemRefused: some(0.1),
      slowGate: some(0.2),
      callerStops: some(0.05),
      outageEveryMs: dice.oneOf([3 * minute, 20 * minute, 600 * minute]),
      failingSearch: some(0.3),
    },
  };
}
