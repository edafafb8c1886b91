import type { Clock } from "./clock.ts";
import type { Answer, SandboxRequest } from "./http.ts";
import type { JsonObject } from "./json.ts";
import type { Limits } from "./limits.ts";
import type { Storage } from "./storage.ts";

/** What the emulators are given by the server. */
export interface Surroundings {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly limits: Limits;
}

/** What faults, limits and the request log want to know of a request before it runs. */
export interface RequestFacts {
  readonly company: string | null;
  /** Lower case; a batch lists itself and every entity in it. */
  readonly entities: readonly string[];
  /** `create`, `update`, `delete`, `void`, `read`, `query`, `batch`, `token` … */
  readonly operations: readonly string[];
  /** Names the one operation this request stands for, or null: a twin waits until the first has finished. */
  readonly claim: string | null;
  /** The idempotency key as sent. */
  readonly key: string | null;
  /** How many records it writes at once; absent: one. */
  readonly records?: number;
}

/** A company as the control API shows it: all that a client needs to sign in. */
export interface CompanyCard {
  readonly system: string;
  readonly id: string;
  readonly name: string;
  readonly credentials: JsonObject;
}

/** One accounting system. The server, faults, limits and control API know nothing else of it. */
export interface Emulator {
  readonly system: string;
  accepts(path: string): boolean;
  identify(request: SandboxRequest): RequestFacts;
  /** What the vendor refuses on arrival, before any trouble or waiting: too many at once. Null lets it in. */
  atTheDoor?(request: SandboxRequest): Answer | null;
  /** Runs a request to its end. Synchronous on purpose: two writes can never interleave. */
  handle(request: SandboxRequest): Answer;
  /** What the vendor says when it breaks: a service fault, or whatever stands in front of it. */
  failed(status: number): Answer;
  /** What the vendor's gateway says when it is asked too often, in the words of the API that was called. */
  throttled(request: SandboxRequest): Answer;
  /** Makes the credentials of this request expire at once. */
  expireCredentials(request: SandboxRequest): void;
  companies(): CompanyCard[];
  createCompany(order: { id: string | null; template: "trucking" | "empty"; options: JsonObject }): CompanyCard;
  issueTokens(id: string): JsonObject;
  /** The key under which the ledger knows a company; null when there is none of that id. */
  ledgerKey(id: string): number | null;
  describeAccount(id: string, account: string): { number: string; name: string };
  changePreferences(id: string, preferences: JsonObject): JsonObject;
  /** Behaviours that the vendor does not document, by name. */
  changeSwitches(id: string, switches: JsonObject): JsonObject;
  /** Notifications: where they go, and the queue. A RangeError says what is wrong with an order. `id` null: all companies. */
  readonly webhooks?: {
    configure(id: string | null, order: JsonObject): void;
    describe(id: string | null): JsonObject;
  };
  /** A person merges one row of a list into another. A RangeError says why not. */
  merge?(id: string, order: { entity: string; from: string; into: string }): JsonObject;
  /** Calls by class and month, where the vendor meters them. */
  usage?(id: string | null): readonly object[];
  /** Time was moved, or something may have become due. */
  tick?(): void;
  /** The sandbox closes. */
  stop?(): void;
  /** Back to the template; all companies when `id` is null. Connections stay. */
  reset(id: string | null): void;
}
