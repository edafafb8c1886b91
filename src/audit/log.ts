import { canonicalJson } from "../core/canonical.ts";
import { packTexts, type Statement, type Tx } from "../store/database.ts";

/** One thing that happened, before it is written. `facts` holds ids, states and hashes; never a secret. */
export interface AuditEntry {
  /** `key:…`, `user:…` or `system:worker`. */
  readonly actor: string;
  /** `event.accepted`, `posting.sending`, `posting.posted` … */
  readonly action: string;
  readonly objectType: "event" | "document" | "posting" | "rule_set" | "books" | "file" | "finding" | "check";
  readonly objectId: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What the leaves of one run share: everything but the object's id and the facts. */
type Shared = Pick<AuditEntry, "actor" | "action" | "objectType">;

// The leaf hash of RFC 9162: SHA-256 over a zero byte and the leaf's bytes, so that sealing can build a tree over the rows as they
// are. The bytes are put together here and not stored: they say nothing that the columns do not say.
const insert: Statement = {
  name: "audit_append",
  text: `insert into audit_leaves (organization_id, at, actor, action, object_type, object_id, facts, leaf_hash)
    select $1, $2, $3, $4, $5, object_id, facts, sha256('\\x00'::bytea || convert_to($8 || facts || $9 || to_json(object_id)::text || $10, 'UTF8'))
    from unnest(string_to_array($6, E'\\x1f'), string_to_array($7, E'\\x1f')) as given(object_id, facts)`,
};

/**
 * The bytes a leaf's hash covers, as text: canonical JSON (RFC 8785) of everything but the place in the log. `facts` are
 * canonical JSON already, as they are stored.
 */
export function leafText(organizationId: string, at: Date, leaf: Shared & { readonly objectId: string; readonly facts: string }): string {
  const { before, between, after } = frameOf(organizationId, at, leaf);
  return before + leaf.facts + between + JSON.stringify(leaf.objectId) + after;
}

/** What stands before the facts, between them and the object's id, and after it. */
function frameOf(organizationId: string, at: Date, { actor, action, objectType }: Shared) {
  const [what, who, type] = [action, actor, objectType].map((text) => JSON.stringify(text));
  return {
    before: `{"action":${what},"actor":${who},"at":"${at.toISOString()}","facts":`,
    between: `,"object":{"id":`,
    after: `,"type":${type}},"organization":"${organizationId}","v":1}`,
  };
}

/** Appends leaves in the caller's transaction: what happened and its record commit together or not at all. */
export async function appendAudit(tx: Tx, at: Date, entries: readonly AuditEntry[]): Promise<void> {
  // One statement for leaves that say the same of several objects; they keep their order.
  for (let start = 0; start < entries.length; ) {
    const shared = entries[start]!;
    const { actor, action, objectType } = shared;
    const isSame = (entry: AuditEntry) => entry.action === action && entry.actor === actor && entry.objectType === objectType;
    let end = start + 1;
    while (end < entries.length && isSame(entries[end]!)) end += 1;
    const run = entries.slice(start, end);
    const objects = packTexts(run.map(({ objectId }) => objectId));
    const facts = packTexts(run.map((entry) => canonicalJson(entry.facts)));
    const { before, between, after } = frameOf(tx.organizationId, at, shared);
    const values = [tx.organizationId, at.toISOString(), actor, action, objectType, objects, facts, before, between, after];
    await tx.change(insert, values);
    start = end;
  }
}
