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
    select $1, $2, coalesce(max(version), 0) + 1, $3, $4 from rule_sets where organization_id = $1 and name = $2 returning version`,
};

/** Adds the next version. Two at once: the second fails on the key and may try again. */
export async function insertRuleSet(tx: Tx, name: string, body: unknown, createdBy: string): Promise<number> {
  const [row] = await tx.rows<{ version: number }>(insert, [tx.organizationId, name, JSON.stringify(body), createdBy]);
  return row!.version;
}
