/** Virtual time: nothing waits, everything happens in the order of its moment, and equal moments in the order they were asked for. */
export interface Time {
  readonly now: () => number;
  readonly at: (inMs: number, act: () => void) => void;
  /** Lets everything happen up to `untilMs`, or until `isDone`. */
  readonly run: (untilMs: number, isDone?: () => boolean) => Promise<void>;
}

interface Planned {
  readonly ms: number;
  readonly order: number;
  readonly act: () => void;
}

export function createTime(): Time {
  const heap: Planned[] = [];
  let [now, order] = [0, 0];
  const isBefore = (a: Planned, b: Planned) => a.ms < b.ms || (a.ms === b.ms && a.order < b.order);
  function push(one: Planned): void {
    let at = heap.push(one) - 1;
    for (let up = (at - 1) >> 1; at > 0 && isBefore(heap[at]!, heap[up]!); at = up, up = (at - 1) >> 1) swap(at, up);
  }
  function pop(): Planned {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right;
      if (least === at) return first;
      swap(at, least);
      at = least;
    }
  }
  function swap(a: number, b: number): void {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  }
  return {
    now: () => now,
    at: (inMs, act) => push({ ms: now + Math.max(0, inMs), order: order++, act }),
    run: async (untilMs, isDone = () => false) => {
      while (heap.length > 0 && heap[0]!.ms <= untilMs && !isDone()) {
        const next = pop();
        now = next.ms;
        next.act();
        await settled(); // Whatever the programs do at this moment is done before the next one.
      }
    },
  };
}

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Mulberry32: the same seed throws the same numbers for ever. */
export interface Dice {
  /** 0 to below 1. */
  readonly roll: () => number;
  readonly chance: (probability: number) => boolean;
  /** A whole number from `least` to `most`, both included. */
  readonly between: (least: number, most: number) => number;
  readonly oneOf: <One>(all: readonly One[]) => One;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number) => least + Math.floor(roll() * (most - least + 1));
  return { roll, between, chance: (probability) => roll() < probability, oneOf: (all) => all[between(0, all.length - 1)]! };
}

/** A program that can be killed or stopped for a while. What it waits for reaches it only while it runs. */
export interface Process {
  readonly name: string;
  isAlive: boolean;
  /** Virtual time until which it is stopped, as by SIGSTOP. */
  stoppedUntil: number;
  /** How far its wall clock is off. */
  readonly skewMs: number;
}

/** Hands something to a process: at once, when it runs again, or never. */
export function deliver(time: Time, to: Process, act: () => void): void {
  if (!to.isAlive) return;
  if (time.now() < to.stoppedUntil) time.at(to.stoppedUntil - time.now(), () => deliver(time, to, act));
  else act();
}

export function sleep(time: Time, process: Process, ms: number): Promise<void> {
  return new Promise((resolve) => {
    time.at(ms, () => deliver(time, process, resolve));
  });
}
