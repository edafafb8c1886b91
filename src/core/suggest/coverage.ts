import type { Gap } from "./gaps.ts";

/** What has no mapping, over all events of one type and source in one currency. */
export interface CoverageRow extends Omit<Gap, "amountMinor"> {
  readonly type: string;
  readonly source: string;
  readonly currency: string;
  readonly events: number;
  /** Minor units, without sign. */
  readonly amountMinor: bigint;
  /** One of the events, to look at. */
  readonly sampleId: string;
}

/** A stored event as it is counted. */
export interface CountedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly source: string;
  readonly currency: string;
  readonly totalMinor: bigint;
}

/** Counts gaps as events come by; it holds a row for each thing that is missing, and none of the events. */
export interface CoverageTally {
  readonly add: (event: CountedEvent, gaps: readonly Gap[]) => void;
  /** Most money first, then by name; the same for the same events in any order of sources. */
  readonly rows: () => CoverageRow[];
  /** Events seen, and those with nothing missing. */
  readonly events: () => { seen: number; covered: number };
}

export function createTally(): CoverageTally {
  const byKey = new Map<string, { row: CoverageRow; events: number; amountMinor: bigint }>();
  let [seen, covered] = [0, 0];
  return {
    add: (event, gaps) => {
      seen += 1;
      if (gaps.every(({ state }) => state === "created")) covered += 1;
      for (const gap of gaps) {
        const { eventId, type, source, currency, totalMinor } = event;
        const key = JSON.stringify([gap.kind, gap.value, gap.state, type, source, currency]);
        const whole = totalMinor < 0n ? -totalMinor : totalMinor;
        const amountMinor = gap.amountMinor ?? whole;
        const known = byKey.get(key);
        if (known === undefined) {
          const row = { ...gap, type, source, currency, events: 1, amountMinor, sampleId: eventId };
          byKey.set(key, { row, events: 1, amountMinor });
        } else {
          known.events += 1;
          known.amountMinor += amountMinor;
        }
      }
    },
    rows: () => [...byKey.values()].map(({ row, events, amountMinor }) => ({ ...row, events, amountMinor })).sort(byWeight),
    events: () => ({ seen, covered }),
  };
}

function byWeight(a: CoverageRow, b: CoverageRow): number {
  if (a.amountMinor !== b.amountMinor) return a.amountMinor > b.amountMinor ? -1 : 1;
  const [one, other] = [a, b].map(({ kind, value, type, source, currency }) => JSON.stringify([kind, value, type, source, currency]));
  return one! < other! ? -1 : 1;
}
