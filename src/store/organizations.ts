import type { Statement, Tx } from "./database.ts";

const insert: Statement = { name: "organizations_insert", text: "insert into organizations (organization_id, name) values ($1, $2)" };

/** Adds the organization of the transaction. */
export async function insertOrganization(tx: Tx, name: string): Promise<void> {
  await tx.change(insert, [tx.organizationId, name]);
}

const select: Statement = {
  name: "organizations_by_name",
  text: `select organization_id as "organizationId" from organizations where name = $1`,
};

/** Ids of the organizations called so. Run it with sight of the directory. */
export async function findOrganizations(tx: Tx, name: string): Promise<string[]> {
  return (await tx.rows<{ organizationId: string }>(select, [name])).map(({ organizationId }) => organizationId);
}
