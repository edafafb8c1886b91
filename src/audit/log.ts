import { canonicalJson } from "../core/canonical.ts";
import { packTexts, type Statement, type Tx } from "../store/database.ts";

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

// The leaf hash of RFC 9162: SHA-256 over a zero byte and the leaf's bytes, so that sealing can build a tree over the rows as they are.
const insert: Statement = {
  name: "audit_append",
  text: `insert into audit_leaves (organization_id, at, actor, action, object_type, object_id, body, leaf_hash)
    select $1, $2, $3, $4, $5, object_id, body, sha256('\\x00'::bytea || convert_to(body, 'UTF8'))
    from unnest(string_to_array($6, E'\\x1f'), string_to_array($7, E'\\x1f')) as given(object_id, body)`,
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

/** Appends leaves in the caller's transaction: what happened and its record commit together or not at all. */
export async function appendAudit(tx: Tx, at: Date, entries: readonly AuditEntry[]): Promise<void> {
  // One statement for leaves that say the same of several objects; they keep their order.
  for (let start = 0; start < entries.length; ) {
    const { actor, action, objectType } = entries[start]!;
    const isSame = (entry: AuditEntry) => entry.action === action && entry.actor === actor && entry.objectType === objectType;
    let end = start + 1;
    while (end < entries.length && isSame(entries[end]!)) end += 1;
    const run = entries.slice(start, end);
    const bodies = run.map((entry) => leafBytes(tx.organizationId, at, entry));
    const objects = packTexts(run.map(({ objectId }) => objectId));
    await tx.change(insert, [tx.organizationId, at.toISOString(), actor, action, objectType, objects, packTexts(bodies)]);
    start = end;
  }
}
