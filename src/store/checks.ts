import type { EventType } from "../core/events.ts";
import type { CheckSeverity } from "../core/validation/check.ts";
import type { OwnCheck } from "../core/validation/own-check.ts";
import type { CheckSetting } from "../core/validation/policy.ts";
import type { Statement, Tx } from "./database.ts";

/** A setting with who made it. */
export interface StoredSetting extends CheckSetting {
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** An own check with who wrote it. */
export interface StoredOwnCheck extends OwnCheck {
  readonly changedBy: string;
  readonly changedAt: Date;
}

const selectSettings: Statement = {
  name: "check_settings_all",
  text: `select code, nullif(source_id, '') as source, nullif(type, '') as type, severity, thresholds, changed_by as "changedBy", changed_at as "changedAt"
    from check_settings where organization_id = $1 order by code, source_id, type`,
};

/** Everything that was set, by code. */
export function listCheckSettings(tx: Tx): Promise<StoredSetting[]> {
  return tx.rows<StoredSetting>(selectSettings, [tx.organizationId]);
}

/** Which setting is meant: a check, for all events or those of a source, a type, or both. */
export interface SettingKey {
  readonly code: string;
  readonly source: string | null;
  readonly type: EventType | null;
}

const putSetting: Statement = {
  name: "check_settings_put",
  text: `insert into check_settings (organization_id, code, source_id, type, severity, thresholds, changed_by, changed_at)
    values ($1, $2, $3, $4, $5, $6, $7, now())
    on conflict (organization_id, code, source_id, type) do update
      set severity = excluded.severity, thresholds = excluded.thresholds, changed_by = excluded.changed_by, changed_at = now()`,
};

/** Stores a setting in place of what stood there. */
export async function putCheckSetting(
  tx: Tx,
  key: SettingKey,
  to: { readonly severity: CheckSeverity | null; readonly thresholds: Readonly<Record<string, string>>; readonly changedBy: string },
): Promise<void> {
  const { code, source, type } = key;
  await tx.change(putSetting, [
    tx.organizationId,
    code,
    source ?? "",
    type ?? "",
    to.severity,
    JSON.stringify(to.thresholds),
    to.changedBy,
  ]);
}

const lockSettings: Statement = {
  name: "check_settings_lock",
  text: "select pg_advisory_xact_lock(hashtextextended('ledgerlane checks ' || $1::text, 0))",
};

/** Makes other changes of this organization's checks wait for the end of the transaction: a change starts from what stands there. */
export async function lockChecks(tx: Tx): Promise<void> {
  await tx.rows(lockSettings, [tx.organizationId]);
}

const deleteSetting: Statement = {
  name: "check_settings_delete",
  text: "delete from check_settings where organization_id = $1 and code = $2 and source_id = $3 and type = $4",
};

/** Takes a setting away. Answers whether there was one. */
export async function deleteCheckSetting(tx: Tx, { code, source, type }: SettingKey): Promise<boolean> {
  return (await tx.change(deleteSetting, [tx.organizationId, code, source ?? "", type ?? ""])) > 0;
}

const selectOwn: Statement = {
  name: "own_checks_all",
  text: `select name, body, changed_by as "changedBy", changed_at as "changedAt" from own_checks where organization_id = $1 order by name`,
};

/** The checks the organization wrote itself, by name. */
export async function listOwnChecks(tx: Tx): Promise<StoredOwnCheck[]> {
  const rows = await tx.rows<{ name: string; body: Omit<OwnCheck, "name">; changedBy: string; changedAt: Date }>(selectOwn, [
    tx.organizationId,
  ]);
  return rows.map(({ name, body, changedBy, changedAt }) => ({ name, ...body, changedBy, changedAt }));
}

const putOwn: Statement = {
  name: "own_checks_put",
  text: `insert into own_checks (organization_id, name, body, changed_by) values ($1, $2, $3, $4)
    on conflict (organization_id, name) do update set body = excluded.body, changed_by = excluded.changed_by, changed_at = now()`,
};

/** Stores a check of the organization's own in place of one of that name. */
export async function putOwnCheck(tx: Tx, { name, ...body }: OwnCheck, changedBy: string): Promise<void> {
  await tx.change(putOwn, [tx.organizationId, name, JSON.stringify(body), changedBy]);
}

const deleteOwn: Statement = { name: "own_checks_delete", text: "delete from own_checks where organization_id = $1 and name = $2" };

/** Takes a check of the organization's own away. Answers whether there was one. */
export async function deleteOwnCheck(tx: Tx, name: string): Promise<boolean> {
  return (await tx.change(deleteOwn, [tx.organizationId, name])) > 0;
}
