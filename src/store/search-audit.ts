import type { Statement, Tx } from "./database.ts";
import { type Listed, type Page, pageOf, readCursor, searchStatement, writeCursor } from "./search.ts";

/** One audit leaf as it stands in the log. `facts` are canonical JSON. */
export interface LeafRow {
  readonly leafId: bigint;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  readonly facts: string;
  readonly leafHash: Buffer;
}

const columns = `leaf_id as "leafId", at, actor, action, object_type as "objectType", object_id as "objectId", facts, leaf_hash as "leafHash"`;

/** Searches the log, newest first. */
export async function searchAudit(
  tx: Tx,
  filter: { objectId?: string | undefined; action?: string | undefined },
  page: Page,
): Promise<Listed<LeafRow>> {
  const { statement, values } = searchStatement(
    "search_audit",
    { head: `select ${columns} from audit_leaves where organization_id = $1`, tail: "order by leaf_id desc limit $2" },
    [tx.organizationId, page.limit + 1],
    [
      { as: "object", sql: "object_id = ?", value: filter.objectId },
      { as: "action", sql: "action = ?", value: filter.action },
      { as: "after", sql: "leaf_id < ?", value: page.cursor === null ? undefined : Number(readCursor(page.cursor, 1)[0]) || 0 },
    ],
  );
  return pageOf(await tx.rows<LeafRow>(statement, values), page.limit, (row) => writeCursor(Number(row.leafId)));
}

const ofObjects: Statement = {
  name: "audit_of_objects",
  text: `select ${columns} from audit_leaves where organization_id = $1 and object_id = any($2::text[]) order by leaf_id limit $3`,
};

/** What happened to these objects, in order. */
export function listLeavesOf(tx: Tx, objectIds: readonly string[], limit: number): Promise<LeafRow[]> {
  return tx.rows<LeafRow>(ofObjects, [tx.organizationId, objectIds, limit]);
}
