import { readSetting, writeSetting, type Storage } from "./storage.ts";

/** The time every emulator lives in, in milliseconds since 1970. It runs on unless it is frozen. */
export interface Clock {
  now(): number;
  /** Moves or freezes time; the shift outlives a restart of the file. */
  change(change: ClockChange): void;
}

export interface ClockChange {
  /** The instant it shall be now. */
  readonly nowMs?: number | undefined;
  readonly advanceMs?: number | undefined;
  readonly frozen?: boolean | undefined;
  /** Back to real time, before anything else of this change. */
  readonly reset?: boolean | undefined;
}

export function createClock(base: () => number, storage: Storage): Clock {
  const kept = readSetting(storage, "clock") as { shiftMs: number; frozenAtMs: number | null } | undefined;
  let shiftMs = kept?.shiftMs ?? 0;
  let frozenAtMs = kept?.frozenAtMs ?? null;
  const now = () => frozenAtMs ?? base() + shiftMs;

  function moveTo(instant: number): void {
    if (frozenAtMs === null) shiftMs = instant - base();
    else frozenAtMs = instant;
  }

  return {
    now,
    change(change) {
      if (change.reset === true) {
        shiftMs = 0;
        frozenAtMs = null;
      }
      if (change.frozen === true) frozenAtMs ??= now();
      if (change.frozen === false && frozenAtMs !== null) {
        shiftMs = frozenAtMs - base();
        frozenAtMs = null;
      }
      if (change.nowMs !== undefined) moveTo(change.nowMs);
      if (change.advanceMs !== undefined) moveTo(now() + change.advanceMs);
      writeSetting(storage, "clock", { shiftMs, frozenAtMs });
    },
  };
}
