import type { Statement, Tx } from "./database.ts";

/** The next version of a rule set while it is written: one draft a rule set. */
export interface RuleSetDraft {
  readonly name: string;
  /** Counts its saves; an approval is for one of them. */
  readonly revision: number;
  readonly body: unknown;
  /** The newest published version when it was begun; 0: none. */
  readonly basedOn: number;
  readonly effectiveFrom: string | null;
  readonly note: string;
  readonly restoredFrom: number | null;
  readonly authors: readonly string[];
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly updatedAt: Date;
}

const columns = `name, revision, body, based_on as "basedOn", effective_from as "effectiveFrom", note, restored_from as "restoredFrom", authors,
  approved_by as "approvedBy", approved_at as "approvedAt", updated_at as "updatedAt"`;
const select: Statement = {
  name: "rule_drafts_find",
  text: `select ${columns} from rule_set_drafts where organization_id = $1 and name = $2`,
};

/** The draft of a rule set. */
export async function findDraft(tx: Tx, name: string): Promise<RuleSetDraft | undefined> {
  return (await tx.rows<RuleSetDraft>(select, [tx.organizationId, name]))[0];
}

const selectAll: Statement = {
  name: "rule_drafts_all",
  text: `select ${columns} from rule_set_drafts where organization_id = $1 order by name`,
};

/** All drafts. */
export function listDrafts(tx: Tx): Promise<RuleSetDraft[]> {
  return tx.rows<RuleSetDraft>(selectAll, [tx.organizationId]);
}

const put: Statement = {
  name: "rule_drafts_put",
  text: `insert into rule_set_drafts as old (organization_id, name, revision, body, based_on, effective_from, note, restored_from, authors)
    select $1, $2, 1, $3, $4, $5, $6, $7, array[$8] where coalesce($9::int, 0) = 0
      or exists (select 1 from rule_set_drafts d where d.organization_id = $1 and d.name = $2)
    on conflict (organization_id, name) do update set revision = old.revision + 1, body = excluded.body, based_on = excluded.based_on,
      effective_from = excluded.effective_from, note = excluded.note, restored_from = excluded.restored_from,
      authors = (select array_agg(distinct author) from unnest(old.authors || excluded.authors) as author), updated_at = now()
    where $9::int is null or old.revision = $9
    returning ${columns}`,
};

/** What a save of a draft says. */
export interface DraftContent {
  readonly name: string;
  readonly body: unknown;
  readonly basedOn: number;
  readonly effectiveFrom: string | null;
  readonly note: string;
  readonly restoredFrom: number | null;
  readonly author: string;
  /** The revision it replaces, 0 for a new draft; null: whichever there is. */
  readonly ifRevision: number | null;
}

/** Saves a draft; an approval it had is gone. Undefined: somebody saved another revision meanwhile, and nothing was changed. */
export async function putDraft(tx: Tx, draft: DraftContent): Promise<RuleSetDraft | undefined> {
  const { name, body, basedOn, effectiveFrom, note, restoredFrom, author, ifRevision } = draft;
  const values = [name, JSON.stringify(body), basedOn, effectiveFrom, note, restoredFrom, author, ifRevision];
  return (await tx.rows<RuleSetDraft>(put, [tx.organizationId, ...values]))[0];
}

const approve: Statement = {
  name: "rule_drafts_approve",
  text: `update rule_set_drafts set approved_by = $4, approved_at = now()
    where organization_id = $1 and name = $2 and revision = $3 and $4 <> all (authors) returning ${columns}`,
};

/** Approves one revision of a draft. Undefined: it is another revision by now, or the approver wrote a part of it. */
export async function approveDraft(tx: Tx, of: { name: string; revision: number; approvedBy: string }): Promise<RuleSetDraft | undefined> {
  return (await tx.rows<RuleSetDraft>(approve, [tx.organizationId, of.name, of.revision, of.approvedBy]))[0];
}

const remove: Statement = { name: "rule_drafts_remove", text: "delete from rule_set_drafts where organization_id = $1 and name = $2" };

/** Throws a draft away. False: there was none. */
export async function deleteDraft(tx: Tx, name: string): Promise<boolean> {
  return (await tx.change(remove, [tx.organizationId, name])) > 0;
}

const selectPolicy: Statement = {
  name: "rule_policies_find",
  text: `select four_eyes as "fourEyes" from rule_set_policies where organization_id = $1`,
};

/** Whether another person must approve a rule set before it is published. */
export async function asksFourEyes(tx: Tx): Promise<boolean> {
  return (await tx.rows<{ fourEyes: boolean }>(selectPolicy, [tx.organizationId]))[0]?.fourEyes ?? false;
}

const putPolicy: Statement = {
  name: "rule_policies_put",
  text: `insert into rule_set_policies (organization_id, four_eyes) values ($1, $2)
    on conflict (organization_id) do update set four_eyes = excluded.four_eyes`,
};

/** Asks for four eyes, or no more. */
export async function putFourEyes(tx: Tx, fourEyes: boolean): Promise<void> {
  await tx.change(putPolicy, [tx.organizationId, fourEyes]);
}
