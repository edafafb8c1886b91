import { randomUUID } from "node:crypto";
import type { Work } from "./kind.ts";

export interface Happening {
  readonly entity: string;
  readonly id: string;
  readonly operation: "Create" | "Update" | "Delete" | "Merge" | "Void";
  /** The record that was merged away. */
  readonly other?: string;
}

/** Where notifications of a realm go; `realm` is `*` for all that have no endpoint of their own. */
export interface Endpoint {
  readonly realm: string;
  readonly url: string;
  readonly verifierToken: string;
  readonly form: "cloudevents" | "classic";
  readonly delayMs: number;
}

const notified = new Set(
  (
    "Account Bill BillPayment Budget Class CreditMemo Currency Customer Department Deposit Employee Invoice Item JournalEntry " +
    "Payment Preferences Purchase Term Transfer Vendor VendorCredit"
  ).split(" "),
);

export function endpointOf({ storage }: Pick<Work, "storage">, realm: string): Endpoint | null {
  const row = storage.get("SELECT * FROM qbo_hooks WHERE realm IN (?, '*') ORDER BY realm = '*' LIMIT 1", realm);
  if (row === undefined) return null;
  return {
    realm: String(row["realm"]),
    url: String(row["url"]),
    verifierToken: String(row["verifier"]),
    form: row["form"] === "classic" ? "classic" : "cloudevents",
    delayMs: Number(row["delay"]),
  };
}

/** Queues a notification with the write that causes it; without an endpoint there is nobody to tell. */
export function queueEvent(work: Pick<Work, "storage" | "company" | "atMs">, happening: Happening): void {
  if (!notified.has(happening.entity)) return;
  const endpoint = endpointOf(work, work.company.id);
  if (endpoint === null) return;
  const { entity, id, operation, other } = happening;
  work.storage.run(
    `INSERT INTO qbo_events (realm, uuid, entity, record, operation, other, at, due, attempts, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 'waiting')`,
    ...[work.company.id, randomUUID(), entity, id, operation, other ?? null, work.atMs, work.atMs + endpoint.delayMs],
  );
}
