import type { AccountingProvider } from "../connectors/accounting/connector.ts";
import type { TmsConnector } from "../connectors/tms/connector.ts";
import type { Database } from "../store/database.ts";
import type { LaneWake } from "../store/jobs.ts";

/** Everything the engine is given from outside. Time, randomness and connectors come in here, so that tests choose them. */
export interface EngineParts {
  readonly database: Database;
  readonly masterKey: Buffer;
  readonly tmsConnectors: readonly TmsConnector[];
  readonly providers: readonly AccountingProvider[];
  readonly now: () => Date;
  /** 0 to below 1. */
  readonly random: () => number;
  /** Asks for a lane to be looked at, after the caller's transaction has committed. */
  readonly wake: (lane: LaneWake, at?: Date) => Promise<void>;
  readonly log: Log;
}

/** Structured lines. `facts` never hold secrets or bodies. */
export type Log = (level: "debug" | "info" | "warn" | "error", message: string, facts?: Readonly<Record<string, unknown>>) => void;
