import type { Clock } from "./clock.ts";
import { readSetting, writeSetting, type Storage } from "./storage.ts";

/** The published limits of one system. Zero scale would lock everything out; 1 is what the vendor publishes. */
export interface PublishedLimits {
  readonly perSecond: number;
  readonly perMinute: number;
  readonly batchesPerMinute: number;
  readonly inFlight: number;
}
export interface LimitSetting {
  readonly system: string;
  /** One company; absent: all of the system. */
  readonly id: string | null;
  readonly enabled: boolean;
  readonly scale: number;
  /** Metered calls of a month before they are blocked; null or absent: no quota. */
  readonly meteredPerMonth?: number | null;
}
export interface Limits {
  set(setting: LimitSetting): void;
  settings(): readonly LimitSetting[];
  clear(): void;
  /** Counts a request that has arrived; the answer is called when it has been answered. */
  enter(system: string, company: string): () => void;
  /** The monthly quota of metered calls; null when there is none. */
  quota(system: string, company: string): number | null;
  /** False when this request is over a limit. Refused requests are not counted. */
  admit(call: { system: string; company: string; isBatch: boolean; published: PublishedLimits }): boolean;
}

interface Traffic {
  inFlight: number;
  /** Times of admitted requests within the last minute, oldest first. */
  requests: number[];
  batches: number[];
}

/** Drops what is older than a window, and what lies ahead after the clock was set back. */
function within(times: number[], now: number, windowMs: number): number[] {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || (first > now - windowMs && last <= now)) return times;
  return times.filter((time) => time > now - windowMs && time <= now);
}

export function createLimits(clock: Clock, storage: Storage): Limits {
  let settings = (readSetting(storage, "limits") as LimitSetting[] | undefined) ?? [];
  const traffic = new Map<string, Traffic>();
  const save = () => writeSetting(storage, "limits", settings);

  function trafficOf(system: string, company: string): Traffic {
    const name = `${system} ${company}`;
    let found = traffic.get(name);
    if (found === undefined) traffic.set(name, (found = { inFlight: 0, requests: [], batches: [] }));
    return found;
  }

  function settingOf(system: string, company: string): LimitSetting | undefined {
    const own = settings.find((setting) => setting.system === system && setting.id === company);
    return own ?? settings.find((setting) => setting.system === system && setting.id === null);
  }

  return {
    set(setting) {
      settings = [...settings.filter((other) => other.system !== setting.system || other.id !== setting.id), setting];
      save();
    },
    settings: () => settings,
    clear() {
      settings = [];
      save();
    },
    enter(system, company) {
      const own = trafficOf(system, company);
      own.inFlight += 1;
      let isOpen = true;
      return () => {
        if (isOpen) own.inFlight -= 1;
        isOpen = false;
      };
    },
    quota(system, company) {
      const setting = settingOf(system, company);
      return setting === undefined || !setting.enabled ? null : (setting.meteredPerMonth ?? null);
    },
    admit({ system, company, isBatch, published }) {
      const setting = settingOf(system, company);
      if (setting === undefined || !setting.enabled) return true;
      const own = trafficOf(system, company);
      const now = clock.now();
      own.requests = within(own.requests, now, 60_000);
      own.batches = within(own.batches, now, 60_000);
      const { scale } = setting;
      const lastSecond = own.requests.reduceRight((count, time) => (time > now - 1000 ? count + 1 : count), 0);
      if (own.inFlight > published.inFlight * scale) return false;
      if (lastSecond >= published.perSecond * scale || own.requests.length >= published.perMinute * scale) return false;
      if (isBatch && own.batches.length >= published.batchesPerMinute * scale) return false;
      own.requests.push(now);
      if (isBatch) own.batches.push(now);
      return true;
    },
  };
}
