import { randomUUID } from "node:crypto";
import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";

/** Where a company's triggers and Smart Events post to; a company of its own beats `*`. */
export interface Endpoint {
  readonly company: string;
  readonly url: string;
  /** `smart_event`: fields with a secret of the administrator's; `webhook`: delivery with a signed token. */
  readonly form: "smart_event" | "webhook";
  /** The secret parameter, or the key of the signature. */
  readonly token: string;
  readonly delayMs: number;
}

export interface Happening {
  readonly object: string;
  readonly record: string;
  readonly operation: "create" | "update" | "delete";
}

export function endpointOf(storage: Storage, company: string): Endpoint | null {
  const row = storage.get("SELECT * FROM intacct_hooks WHERE company = ?", company);
  if (row === undefined) return null;
  return {
    company,
    url: String(row["url"]),
    form: row["form"] === "webhook" ? "webhook" : "smart_event",
    token: String(row["token"]),
    delayMs: Number(row["delay"]),
  };
}

/** Queues a notification in the transaction of the write it tells of. Without an endpoint nothing is kept. */
export function queueEvent(work: { storage: Storage; company: Company; atMs: number }, { object, record, operation }: Happening): void {
  const { storage, company, atMs } = work;
  const endpoint = endpointOf(storage, company.id) ?? endpointOf(storage, "*");
  if (endpoint === null) return;
  storage.run(
    `INSERT INTO intacct_events (company, uuid, object, record, operation, at, due, attempts, state, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'waiting', NULL)`,
    ...[company.id, randomUUID(), object, record, operation, atMs, atMs + endpoint.delayMs],
  );
}
