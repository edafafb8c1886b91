/** One request as it was received and answered. */
export interface LoggedRequest {
  readonly sequence: number;
  readonly time: string;
  readonly system: string | null;
  readonly id: string | null;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly key: string | null;
  /** What the emulator answered; null when it never ran, or runs after the line was cut. */
  readonly status: number | null;
  readonly throttled: boolean;
  /** The planned trouble that struck it. */
  readonly fault: string | null;
  readonly durationMs: number;
}

export interface RequestLog {
  add(entry: Omit<LoggedRequest, "sequence">): void;
  list(filter: { system: string | null; id: string | null }): LoggedRequest[];
  clear(): void;
}

const keptMax = 10_000;

/** Keeps the newest requests in memory, in order of arrival at the log. */
export function createRequestLog(): RequestLog {
  let kept: LoggedRequest[] = [];
  let sequence = 0;
  return {
    add(entry) {
      sequence += 1;
      kept.push({ sequence, ...entry });
      // Twice the size before cutting, so that the copy is paid once per ten thousand.
      if (kept.length >= 2 * keptMax) kept = kept.slice(-keptMax);
    },
    list: ({ system, id }) =>
      kept.slice(-keptMax).filter((entry) => (system === null || entry.system === system) && (id === null || entry.id === id)),
    clear() {
      kept = [];
    },
  };
}
