import type { Statement, Tx } from "./database.ts";

/** One published version of a rule set. Versions are never changed. */
export interface StoredRuleSet {
  readonly name: string;
  readonly version: number;
  readonly body: unknown;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const columns = `name, version, body, created_by as "createdBy", created_at as "createdAt"`;
const selectNewest: Statement = {
  name: "rules_newest",
  text: `select ${columns} from rule_sets where organization_id = $1 and name = $2 order by version desc limit 1`,
};
const selectVersion: Statement = {
  name: "rules_version",
  text: `select ${columns} from rule_sets where organization_id = $1 and name = $2 and version = $3`,
};

/** The newest version of a rule set, or the one asked for. */
export async function findRuleSet(tx: Tx, name: string, version?: number): Promise<StoredRuleSet | undefined> {
  const rows =
    version === undefined
      ? tx.rows<StoredRuleSet>(selectNewest, [tx.organizationId, name])
      : tx.rows<StoredRuleSet>(selectVersion, [tx.organizationId, name, version]);
  return (await rows)[0];
}

const selectAll: Statement = {
  name: "rules_all",
  text: `select distinct on (name) ${columns} from rule_sets where organization_id = $1 order by name, version desc`,
};

/** The newest version of every rule set. */
export function listRuleSets(tx: Tx): Promise<StoredRuleSet[]> {
  return tx.rows<StoredRuleSet>(selectAll, [tx.organizationId]);
}

const insert: Statement = {
  name: "rules_insert",
  text: `insert into rule_sets (organization_id, name, version, body, created_by)
    select $1, $2, coalesce(max(version), 0) + 1, $3, $4 from rule_sets where organization_id = $1 and name = $2
    having $5::int is null or coalesce(max(version), 0) = $5 returning version`,
};

/**
 * Adds the next version. Null: `basedOn` is not the newest version any more, and nothing was added. Two at once: the
 * second fails on the key.
 */
export async function insertRuleSet(
  tx: Tx,
  ruleSet: { name: string; body: unknown; createdBy: string; basedOn?: number },
): Promise<number | null> {
  const { name, body, createdBy, basedOn } = ruleSet;
  const rows = await tx.rows<{ version: number }>(insert, [tx.organizationId, name, JSON.stringify(body), createdBy, basedOn ?? null]);
  return rows[0]?.version ?? null;
}
