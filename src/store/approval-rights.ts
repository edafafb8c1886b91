import type { Role } from "./access.ts";
import type { Statement, Tx } from "./database.ts";

/** What a role may approve: of one finding code, or of all that no line names; up to an amount in whatever currency it is, or without bound. */
export interface ApprovalLimit {
  readonly role: Exclude<Role, "machine" | "auditor">;
  readonly code?: string;
  /** Decimal string; null: without bound. */
  readonly upTo: string | null;
}

/** Who may approve what, and how long a request waits for a decision. */
export interface ApprovalPolicy {
  readonly expiryDays: number;
  readonly limits: readonly ApprovalLimit[];
}

/** What holds until an organization says otherwise. */
const defaultApprovalPolicy: ApprovalPolicy = {
  expiryDays: 30,
  limits: [
    { role: "controller", upTo: "50000.00" },
    { role: "admin", upTo: null },
  ],
};

const selectPolicy: Statement = {
  name: "approval_policy_find",
  text: `select expiry_days as "expiryDays", limits from approval_policies where organization_id = $1`,
};

/** The organization's policy, or the default one. */
export async function findApprovalPolicy(tx: Tx): Promise<ApprovalPolicy> {
  return (await tx.rows<ApprovalPolicy>(selectPolicy, [tx.organizationId]))[0] ?? defaultApprovalPolicy;
}

const putPolicy: Statement = {
  name: "approval_policy_put",
  text: `insert into approval_policies (organization_id, expiry_days, limits) values ($1, $2, $3)
    on conflict (organization_id) do update set expiry_days = excluded.expiry_days, limits = excluded.limits`,
};

/** Replaces the policy. Requests that are open keep their time. */
export async function putApprovalPolicy(tx: Tx, policy: ApprovalPolicy): Promise<void> {
  await tx.change(putPolicy, [tx.organizationId, policy.expiryDays, JSON.stringify(policy.limits)]);
}

/** Somebody who lends what he may approve to another for a while. Actors are `user:…` or `key:…`. */
export interface Delegation {
  readonly delegationId: string;
  readonly from: string;
  readonly to: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly revokedAt: Date | null;
}

const columns = `delegation_id as "delegationId", from_actor as "from", to_actor as "to", starts_at as "startsAt", ends_at as "endsAt", revoked_at as "revokedAt"`;
const insert: Statement = {
  name: "delegations_insert",
  text: `insert into approval_delegations (organization_id, delegation_id, from_actor, to_actor, starts_at, ends_at) values ($1, $2, $3, $4, $5, $6)
    returning ${columns}`,
};

/** Lends. */
export async function insertDelegation(tx: Tx, made: Omit<Delegation, "revokedAt">): Promise<Delegation> {
  const { delegationId, from, to, startsAt, endsAt } = made;
  const values = [tx.organizationId, delegationId, from, to, startsAt.toISOString(), endsAt.toISOString()];
  return (await tx.rows<Delegation>(insert, values))[0]!;
}

const selectAll: Statement = {
  name: "delegations_all",
  text: `select ${columns} from approval_delegations where organization_id = $1 order by starts_at desc, delegation_id limit 200`,
};

/** The newest two hundred, ended and revoked ones too. */
export function listDelegations(tx: Tx): Promise<Delegation[]> {
  return tx.rows<Delegation>(selectAll, [tx.organizationId]);
}

const revoke: Statement = {
  name: "delegations_revoke",
  text: `update approval_delegations set revoked_at = now() where organization_id = $1 and delegation_id = $2 and revoked_at is null
    and ($3::text is null or from_actor = $3) returning ${columns}`,
};

/** Takes back what was lent: by who lent it, or by anybody where `from` is null. Undefined: there is nothing of the kind. */
export async function revokeDelegation(tx: Tx, delegationId: string, from: string | null): Promise<Delegation | undefined> {
  return (await tx.rows<Delegation>(revoke, [tx.organizationId, delegationId, from]))[0];
}

const who = `select 'user:' || user_id as actor, email as name, role from users where organization_id = $1
  union all select 'key:' || key_id, name, role from api_keys where organization_id = $1 and revoked_at is null`;
const selectLenders: Statement = {
  name: "delegations_lenders",
  text: `select w.actor, w.role from approval_delegations d join (${who}) w on w.actor = d.from_actor
    where d.organization_id = $1 and d.to_actor = $2 and d.revoked_at is null and d.starts_at <= now() and d.ends_at > now() order by d.starts_at, w.actor`,
};

/** Who lends to this actor now, with the roles they have today. */
export function findLenders(tx: Tx, actor: string): Promise<{ actor: string; role: Role }[]> {
  return tx.rows(selectLenders, [tx.organizationId, actor]);
}

const selectWho: Statement = {
  name: "approval_actor",
  text: `select actor, role from (${who}) w where w.actor = $2 or (w.actor like 'user:%' and w.name = lower($2))`,
};

/** Somebody by `user:…`, `key:…` or the e-mail address of a user. */
export async function findActorNamed(tx: Tx, name: string): Promise<{ actor: string; role: Role } | undefined> {
  return (await tx.rows<{ actor: string; role: Role }>(selectWho, [tx.organizationId, name]))[0];
}
