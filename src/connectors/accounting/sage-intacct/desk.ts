import type { Fault } from "../../../core/errors.ts";
import type { PostResult } from "../connector.ts";
import type { BooksOptions } from "./options.ts";
import type { Transport } from "./tasks.ts";

/** What all work with one company needs. */
export interface Desk {
  readonly transport: Transport;
  readonly options: BooksOptions;
  readonly company: string;
}

/** The outcome of what failed, with the pause that it asks for. */
export function failed(key: string, fault: Fault): PostResult {
  const wait = Number(fault.details["retryAfterMs"] ?? "NaN");
  return Number.isFinite(wait) ? { key, fault, retryAfterMs: wait } : { key, fault };
}
