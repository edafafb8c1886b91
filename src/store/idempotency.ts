import type { Statement, Tx } from "./database.ts";

/** What is known of a request that carried an Idempotency-Key. */
export type KnownRequest =
  /** Nobody asked before: the caller goes on, and ends with `keepAnswer` or `forgetRequest`. */
  | { readonly state: "new" }
  | { readonly state: "running" }
  | { readonly state: "mismatch" }
  | { readonly state: "answered"; readonly status: number; readonly response: string };

const forgetOld: Statement = {
  name: "idempotency_forget_old",
  text: "delete from idempotency_keys where organization_id = $1 and created_at < now() - interval '24 hours'",
};
// A row without an answer that is older than any request may run was left by a program that stopped: it is taken over.
const claim: Statement = {
  name: "idempotency_claim",
  text: `insert into idempotency_keys as i (organization_id, key, request_hash) values ($1, $2, $3)
    on conflict (organization_id, key) do update set created_at = now()
      where i.status is null and i.request_hash = excluded.request_hash and i.created_at < now() - interval '5 minutes'`,
};
const select: Statement = {
  name: "idempotency_select",
  text: `select request_hash as "requestHash", status, response from idempotency_keys where organization_id = $1 and key = $2`,
};

/** Claims a key for a request, or tells what became of the one that had it before. Keys are kept for 24 hours. */
export async function claimRequest(tx: Tx, key: string, requestHash: Buffer): Promise<KnownRequest> {
  await tx.change(forgetOld, [tx.organizationId]);
  if ((await tx.change(claim, [tx.organizationId, key, requestHash])) === 1) return { state: "new" };
  const [row] = await tx.rows<{ requestHash: Buffer; status: number | null; response: string | null }>(select, [tx.organizationId, key]);
  if (row === undefined) return { state: "running" }; // Given back between the two statements: the caller may ask again.
  if (!row.requestHash.equals(requestHash)) return { state: "mismatch" };
  return row.status === null ? { state: "running" } : { state: "answered", status: row.status, response: row.response ?? "" };
}

const keep: Statement = {
  name: "idempotency_keep",
  text: "update idempotency_keys set status = $3, response = $4 where organization_id = $1 and key = $2 and status is null",
};

/** Keeps the answer, to be given again. */
export async function keepAnswer(tx: Tx, key: string, answer: { status: number; response: string }): Promise<void> {
  await tx.change(keep, [tx.organizationId, key, answer.status, answer.response]);
}

const forget: Statement = {
  name: "idempotency_forget",
  text: "delete from idempotency_keys where organization_id = $1 and key = $2 and status is null",
};

/** Gives a key back after a failure that the same request may overcome. */
export async function forgetRequest(tx: Tx, key: string): Promise<void> {
  await tx.change(forget, [tx.organizationId, key]);
}
