import { hash } from "node:crypto";
import { canonicalJson } from "../core/canonical.ts";
import { packJson, type Statement, type Tx } from "../store/database.ts";

/** One thing that happened, before it is written. `facts` holds ids, states and hashes; never a secret. */
export interface AuditEntry {
  /** `key:…`, `user:…` or `system:worker`. */
  readonly actor: string;
  /** `event.accepted`, `posting.sending`, `posting.posted` … */
  readonly action: string;
  readonly objectType: "event" | "document" | "posting" | "rule_set" | "books" | "file" | "finding";
  readonly objectId: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const insert: Statement = {
  name: "audit_append",
  text: `insert into audit_leaves (organization_id, at, actor, action, object_type, object_id, body, leaf_hash)
    select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::text[], string_to_array($7, E'\\x1f'), $8::bytea[])`,
};

/** The bytes a leaf's hash covers: canonical JSON of everything but the place in the log. */
function leafBytes(organizationId: string, at: Date, entry: AuditEntry): string {
  const { actor, action, objectType, objectId, facts } = entry;
  return canonicalJson({
    v: 1,
    organization: organizationId,
    at: at.toISOString(),
    actor,
    action,
    object: { type: objectType, id: objectId },
    facts,
  });
}

/** SHA-256 over a zero byte and the leaf's bytes: the leaf hash of RFC 9162, so that sealing can build a tree over the rows as they are. */
function leafHash(bytes: string): Buffer {
  return hash("sha256", `\0${bytes}`, "buffer");
}

/** Appends leaves in the caller's transaction: what happened and its record commit together or not at all. */
export async function appendAudit(tx: Tx, at: Date, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const bodies = entries.map((entry) => leafBytes(tx.organizationId, at, entry));
  await tx.change(insert, [
    tx.organizationId,
    at.toISOString(),
    entries.map((entry) => entry.actor),
    entries.map((entry) => entry.action),
    entries.map((entry) => entry.objectType),
    entries.map((entry) => entry.objectId),
    packJson(bodies),
    bodies.map(leafHash),
  ]);
}
