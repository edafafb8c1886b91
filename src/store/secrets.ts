import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Fault } from "../core/errors.ts";
import type { Statement, Tx } from "./database.ts";

/** What a secret belongs to; bound into its seal, so that a row copied elsewhere does not open. */
export interface SecretName {
  /** `books:<id>` */
  readonly owner: string;
  readonly field: string;
}

interface SecretRow {
  version: number;
  wrapped_key: Buffer;
  sealed: Buffer;
}

const select: Statement = {
  name: "secret_select",
  text: "select version, wrapped_key, sealed from secrets where organization_id = $1 and owner = $2 and field = $3",
};
const upsert: Statement = {
  name: "secret_upsert",
  text: `insert into secrets (organization_id, owner, field, version, wrapped_key, sealed) values ($1, $2, $3, $4, $5, $6)
    on conflict (organization_id, owner, field) do update
    set version = excluded.version, wrapped_key = excluded.wrapped_key, sealed = excluded.sealed, updated_at = now(), refreshing_until = null`,
};

/**
 * Stores a secret in an envelope: AES-256-GCM under a key of its own, which is wrapped by the master key. The
 * organization, owner, field and version are authenticated with both.
 */
export async function putSecret(tx: Tx, masterKey: Buffer, name: SecretName, plain: string): Promise<void> {
  const [current] = await tx.rows<SecretRow>(select, [tx.organizationId, name.owner, name.field]);
  const version = (current?.version ?? 0) + 1;
  const about = aad(tx.organizationId, name, version);
  const dataKey = randomBytes(32);
  const wrapped = seal(masterKey, dataKey, about);
  await tx.change(upsert, [tx.organizationId, name.owner, name.field, version, wrapped, seal(dataKey, Buffer.from(plain, "utf8"), about)]);
}

/** Opens a secret; null when there is none. Faults: `credentials_refused` when the master key is another or the row was tampered with. */
export async function getSecret(tx: Tx, masterKey: Buffer, name: SecretName): Promise<string | null> {
  const [row] = await tx.rows<SecretRow>(select, [tx.organizationId, name.owner, name.field]);
  if (row === undefined) return null;
  const about = aad(tx.organizationId, name, row.version);
  try {
    return open(open(masterKey, row.wrapped_key, about), row.sealed, about).toString("utf8");
  } catch (cause) {
    throw new Fault(
      "credentials_refused",
      `The stored ${name.field} of ${name.owner} does not open: LEDGERLANE_MASTER_KEY is not the key it was sealed with, or the row was changed`,
      {},
      { cause },
    );
  }
}

function aad(organizationId: string, { owner, field }: SecretName, version: number): Buffer {
  return Buffer.from(JSON.stringify([organizationId, owner, field, version]), "utf8");
}

/** Nonce (12 bytes), tag (16 bytes), ciphertext. */
function seal(key: Buffer, plain: Buffer, about: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(about);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function open(key: Buffer, sealed: Buffer, about: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12)).setAAD(about).setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

const claim: Statement = {
  name: "secret_claim",
  text: `update secrets set refreshing_until = now() + interval '60 seconds'
    where organization_id = $1 and owner = $2 and field = $3 and (refreshing_until is null or refreshing_until < now())`,
};

/**
 * Claims the right to replace a secret, for a minute at most. One claimant of all processes wins; the claim ends when
 * the new secret is put. It stands in the row, so that no transaction is open while a provider is asked.
 */
export async function claimSecret(tx: Tx, name: SecretName): Promise<boolean> {
  return (await tx.change(claim, [tx.organizationId, name.owner, name.field])) === 1;
}

const unclaim: Statement = {
  name: "secret_unclaim",
  text: "update secrets set refreshing_until = null where organization_id = $1 and owner = $2 and field = $3",
};

/** Gives a claim back without a new secret. */
export async function unclaimSecret(tx: Tx, name: SecretName): Promise<void> {
  await tx.change(unclaim, [tx.organizationId, name.owner, name.field]);
}

const remove: Statement = {
  name: "secret_delete",
  text: "delete from secrets where organization_id = $1 and owner = $2 and ($3::text is null or field = $3)",
};

/** Forgets a secret; without a field, everything its owner has. */
export async function deleteSecrets(tx: Tx, name: { readonly owner: string; readonly field?: string }): Promise<void> {
  await tx.change(remove, [tx.organizationId, name.owner, name.field ?? null]);
}
