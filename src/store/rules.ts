import type { Statement, Tx } from "./database.ts";

/** A published version without its content. */
export interface RuleSetVersion {
  readonly name: string;
  readonly version: number;
  /** First service date it is for; null: all. */
  readonly effectiveFrom: string | null;
  readonly note: string;
  /** Everybody who wrote a part of it. */
  readonly authors: readonly string[];
  readonly approvedBy: string | null;
  /** The version it brought back. */
  readonly restoredFrom: number | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** One published version of a rule set. Versions are never changed. */
export interface StoredRuleSet extends RuleSetVersion {
  readonly body: unknown;
}

const facts = `name, version, effective_from as "effectiveFrom", note, authors, approved_by as "approvedBy",
  restored_from as "restoredFrom", created_by as "createdBy", created_at as "createdAt"`;
const selectNewest: Statement = {
  name: "rules_newest_2",
  text: `select ${facts}, body from rule_sets where organization_id = $1 and name = $2 order by version desc limit 1`,
};
const selectVersion: Statement = {
  name: "rules_version_2",
  text: `select ${facts}, body from rule_sets where organization_id = $1 and name = $2 and version = $3`,
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
  name: "rules_all_2",
  text: `select distinct on (name) ${facts} from rule_sets where organization_id = $1 order by name, version desc`,
};

/** The newest version of every rule set, without its content. */
export function listRuleSets(tx: Tx): Promise<RuleSetVersion[]> {
  return tx.rows<RuleSetVersion>(selectAll, [tx.organizationId]);
}

const selectVersions: Statement = {
  name: "rules_versions",
  text: `select ${facts} from rule_sets where organization_id = $1 and name = $2 order by version desc`,
};

/** All versions of a rule set, newest first, without their content. */
export function listVersions(tx: Tx, name: string): Promise<RuleSetVersion[]> {
  return tx.rows<RuleSetVersion>(selectVersions, [tx.organizationId, name]);
}

/** A version to be added. */
export interface NewRuleSet {
  readonly name: string;
  readonly body: unknown;
  readonly createdBy: string;
  /** The newest version it may follow; absent: whichever is the newest. 0: there is none yet. */
  readonly basedOn?: number;
  readonly effectiveFrom?: string | null;
  readonly note?: string;
  readonly authors?: readonly string[];
  readonly approvedBy?: string | null;
  readonly restoredFrom?: number | null;
}

const insert: Statement = {
  name: "rules_insert_2",
  text: `insert into rule_sets (organization_id, name, version, body, created_by, effective_from, note, authors, approved_by, restored_from)
    select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $6, $7, $8, $9, $10 from rule_sets where organization_id = $1 and name = $2
    having $5::int is null or coalesce(max(version), 0) = $5 returning version`,
};

/**
 * Adds the next version. Null: `basedOn` is not the newest version any more, and nothing was added. Two at once: the
 * second fails on the key. Where four eyes are asked for, one without the approval of its draft fails on `rule_sets_four_eyes`.
 */
export async function insertRuleSet(tx: Tx, added: NewRuleSet): Promise<number | null> {
  const { name, body, createdBy, basedOn = null, effectiveFrom = null, note = "", approvedBy = null, restoredFrom = null } = added;
  const values = [JSON.stringify(body), createdBy, basedOn, effectiveFrom, note, added.authors ?? [createdBy], approvedBy, restoredFrom];
  const rows = await tx.rows<{ version: number }>(insert, [tx.organizationId, name, ...values]);
  return rows[0]?.version ?? null;
}
