import type { Capabilities, Gate } from "../connectors/accounting/connector.ts";

/** Keeps this process' calls to one books inside the provider's limits. */
export interface Pace {
  /** Runs a call as soon as the limits allow. `batch` calls count against the batch limit too. */
  readonly run: Gate;
}

/**
 * Sliding windows over the last second and the last minute, and a bound on calls in flight. A window counts from a
 * call's start, so a provider that counts on arrival never sees more than published.
 */
export function createPace(capabilities: Capabilities, now: () => number): Pace {
  const { requestsPerSecond, requestsPerMinute, batchesPerMinute, inFlightMax } = capabilities;
  const second = slidingWindow(requestsPerSecond, 1_000);
  const minute = slidingWindow(requestsPerMinute, 60_000);
  const batches = slidingWindow(batchesPerMinute, 60_000);
  let inFlight = 0;
  const waiting: (() => void)[] = [];
  const enter = async (windows: readonly Window[]): Promise<void> => {
    for (;;) {
      if (inFlight >= inFlightMax) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        continue;
      }
      const wait = Math.max(...windows.map((window) => window.waitMs(now())));
      if (wait <= 0) break;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    inFlight += 1;
    for (const window of windows) window.add(now());
  };
  return {
    run: async (kind, call) => {
      await enter(kind === "batch" ? [second, minute, batches] : [second, minute]);
      try {
        return await call();
      } finally {
        inFlight -= 1;
        waiting.shift()?.();
      }
    },
  };
}

interface Window {
  readonly waitMs: (at: number) => number;
  readonly add: (at: number) => void;
}

function slidingWindow(limit: number, lengthMs: number): Window {
  const starts: number[] = [];
  return {
    waitMs: (at) => {
      while (starts.length > 0 && starts[0]! <= at - lengthMs) starts.shift();
      return starts.length < limit ? 0 : starts[0]! + lengthMs - at + 1;
    },
    add: (at) => {
      starts.push(at);
    },
  };
}
